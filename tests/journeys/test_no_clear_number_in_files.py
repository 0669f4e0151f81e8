"""A list with known numbers is uploaded, received, compared, sent back with its errors and exported in full: no file on any disk then holds one
of them, packed or not, and none was written in clear on the way (issue of the secrets at rest; quality 6)."""

import csv
import io
import os
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from anju import database
from anju.exports.actions.asking import ask
from anju.exports.models import Export
from anju.rosters.models import Batch
from tests.journeys.conftest import COUNTY, World, number

_ROLL = ("户号", "户主姓名", "姓名", "性别", "身份证号", "与户主关系", "乡镇", "村", "户口性质")
_NUMBER = re.compile(rb"\d{17}[\dX]")
_HOUSEHOLDS = 1_500
KNOWN = frozenset(number(COUNTY, f"19{30 + at % 60:02d}0{1 + at % 9}{10 + at % 17}", at // 10 % 998) for at in range(_HOUSEHOLDS))


def _roll() -> bytes:
    """The village roll; every tenth row has something wrong, so that the error workbook has numbers too."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(_ROLL)
    for at, id_number in enumerate(sorted(KNOWN)):
        sex = "男" if (int(id_number[16]) % 2 == 1) is (at % 10 != 0) else "女"
        rows.writerow((f"H{at:05d}", f"关守{at}", f"关守{at}", sex, id_number, "户主", "大冷镇", "程沟村", "农业"))
    return out.getvalue().encode("gb18030")


def _found(data: bytes) -> set[str]:
    """Which of the known numbers stand in some bytes: as text, as UTF-16, inside what is packed."""
    seen = {match.decode() for text in (data, data.replace(b"\0", b"")) for match in _NUMBER.findall(text)} & KNOWN
    if data.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            for member in archive.namelist():
                seen |= _found(archive.read(member))
    return seen


def _clear(folder: Path, but: tuple[str, ...] = ()) -> dict[str, int]:
    """The files below a folder that hold known numbers, and how many."""
    return {
        str(path): len(seen)
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink() and path.relative_to(folder).parts[0] not in but and (seen := _found(path.read_bytes()))
    }


_written: list[str] | None = None


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _written is not None and isinstance(arguments[0], str | bytes) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        _written.append(os.fsdecode(arguments[0]))


@contextmanager
def _files_opened_to_write() -> Iterator[list[str]]:
    """Every file this process opens to write to."""
    global _written  # noqa: PLW0603  # an audit hook can't be taken off again
    if _written is None:
        sys.addaudithook(_watch)
    _written = []
    try:
        yield _written
    finally:
        _written = None


@pytest.fixture
def places(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The store and the temporary folder, to be looked through afterwards."""
    settings.FILE_STORE = tmp_path / "home" / "files"
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return tmp_path


def test_no_file_holds_a_known_number(world: World, places: Path) -> None:
    client = Client()
    client.force_login(world.users["clerk"])
    with _files_opened_to_write() as written:
        answer = client.post(
            reverse("rosters:upload"), {"file": SimpleUploadedFile("彰武县农户花名册20200531.csv", _roll(), content_type="text/csv")}
        )
        assert answer.status_code == 302
        batch = Batch.objects.get()
        assert (batch.status, batch.rows_total) == (Batch.Status.MATCHED, _HOUSEHOLDS)
        made = {
            kind: ask(kind=kind, filters={"batch": batch.pk}, by=world.users["clerk"], reason="archive", note="存档备查", full=True)
            for kind in ("rosters.original", "rosters.error_workbook", "rosters.rows")
        }

    original = b"".join(client.post(reverse("exports:download", args=[made["rosters.original"].pk])).streaming_content)  # type: ignore[attr-defined]
    assert original == _roll()
    errors = b"".join(client.post(reverse("exports:download", args=[made["rosters.error_workbook"].pk])).streaming_content)  # type: ignore[attr-defined]
    assert openpyxl.load_workbook(io.BytesIO(errors)).worksheets[0].max_row > _HOUSEHOLDS // 10
    assert _found(errors), "the workbook a person downloads has the numbers: the scan would see them"
    assert Export.objects.get(pk=made["rosters.rows"].pk).state == Export.State.READY

    assert _clear(places) == {}
    assert _clear(database.home(), but=("postgresql", "demo", "cache")) == {}
    work = str(Path(settings.FILE_STORE).parent / "work")
    in_memory = ("/dev/", "/proc/self/fd/")
    on_disk = [path for path in written if not path.startswith(in_memory) and not path.endswith(".pyc") and not Path(path).is_dir()]
    not_sealed = [path for path in on_disk if not path.startswith((f"{settings.FILE_STORE}/.aside-", work))]
    assert not_sealed == []
    assert {Path(path).name for path in on_disk if path.startswith(work)} <= {"left.csv", "right.csv"}
