"""``anju documents``: the list and the samples."""

from pathlib import Path

import pytest

from anju.documents import declared
from anju.documents.command import main
from anju.documents.tests.echo import pages


def test_the_list_names_every_paper(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    said = capsys.readouterr().out
    assert all(kind.key in said and kind.title in said for kind in declared())


def test_a_sample_is_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "safety_plate", str(tmp_path / "plate.pdf")]) == 0
    assert "住房安全认定牌" in pages((tmp_path / "plate.pdf").read_bytes())[0]
    assert "plate.pdf" in capsys.readouterr().out


def test_a_paper_there_is_not_is_told_with_those_there_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "nonesuch", str(tmp_path / "x.pdf")]) == 2
    assert "verification_sheet" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sample", "safety_plate", str(tmp_path / "none" / "x.pdf")]) == 2
    assert "写不到" in capsys.readouterr().err
