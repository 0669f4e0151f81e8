"""Scoring a reconciliation: worked out by hand on a small case."""

import json
from pathlib import Path

import pytest

from anju.demo import command, score


@pytest.fixture
def case(tmp_path: Path) -> tuple[Path, Path]:
    truth, out = tmp_path / "truth", tmp_path / "out"
    truth.mkdir()
    out.mkdir()
    (truth / "truth.csv").write_text("left_row,right_row\n2,12\n3,13\n4,14\n5,15\n6,16\n", encoding="utf-8")
    (truth / "labels.csv").write_text(
        "side,row,main_row,damages\nright,13,13,id-missing\nright,14,14,id-missing;name-same-sound\nright,17,12,listed-twice\nright,12,12,listed-twice\n",
        encoding="utf-8",
    )
    (truth / "households.csv").write_text("left_household,right_household,kind\nA,a,same\nB,b,moved\n", encoding="utf-8")
    (truth / "meta.json").write_text(json.dumps({"left_rows": 10}), encoding="utf-8")
    (out / "pairs.csv").write_text(
        "left_row,right_row,outcome,pass,score,explanation\n"
        '2,17,auto,id,1,"同一人，""两处"""\n'  # the repeated row of the right person
        "3,13,auto,id,1,\n"
        "4,14,review,name,0.5,\n"
        "4,15,review,name,0.4,\n"
        "5,16,auto,id,1,\n",  # wrong
        encoding="utf-8",
    )
    (out / "households.csv").write_text("left_household,right_household,kind\nA,a,same\nB,b,same\n", encoding="utf-8")
    return out, truth


def test_precision_recall_and_review_are_counted(case: tuple[Path, Path]) -> None:
    result = score.score(*case)
    assert result.truth == 5
    assert (result.auto_pairs, result.auto_right) == (3, 2)
    assert result.auto_precision == pytest.approx(2 / 3)
    assert result.found_auto == 2
    assert result.found == 3
    assert result.auto_recall == pytest.approx(0.4)
    assert result.recall_with_review == pytest.approx(0.6)
    assert result.review_rows == 1
    assert result.review_share == pytest.approx(0.1)
    assert result.wrong == ((5, 16),)
    assert result.missed == ((5, 15), (6, 16))


def test_what_was_missed_is_told_by_kind_of_damage(case: tuple[Path, Path]) -> None:
    kinds = {k.kind: (k.persons, k.auto, k.review, k.missed) for k in score.score(*case).kinds}
    assert kinds["id-missing"] == (2, 1, 1, 0)
    assert kinds["name-same-sound"] == (1, 0, 1, 0)
    assert kinds["listed-twice"] == (1, 1, 0, 0)
    assert kinds[""] == (2, 0, 0, 2)


def test_households_are_compared_kind_by_kind(case: tuple[Path, Path]) -> None:
    assert score.score(*case).households == {"moved": (1, 0, 0), "same": (1, 2, 1)}


def test_a_truth_file_alone_is_enough(case: tuple[Path, Path], tmp_path: Path) -> None:
    alone = tmp_path / "alone"
    alone.mkdir()
    (alone / "truth.csv").write_bytes((case[1] / "truth.csv").read_bytes())
    result = score.score(case[0], alone / "truth.csv")
    assert result.auto_right == 1
    assert result.left_rows == 5


def test_the_command_prints_the_table_and_json(case: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert command.main(["score", str(case[0]), str(case[1])]) == 0
    shown = capsys.readouterr().out
    assert "身份证号缺失" in shown
    assert "0.666667" in shown
    assert command.main(["score", str(case[0]), str(case[1]), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["auto_pairs"] == 3
