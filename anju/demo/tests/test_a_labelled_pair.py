"""A pair for ``anju reconcile``: truth one to one, labels that agree with the files, every kind of damage there."""

import csv
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from anju.demo import command, damage, listing, pair, place
from anju.vocabulary import dates, idnumber, names

HERE = place.invented(counties=3, townships=4, villages=8)


class Made:
    """A pair read back: rows by the number a spreadsheet shows, truth and labels."""

    def __init__(self, folder: Path, style: str, meta: dict[str, Any]) -> None:
        self.folder, self.style, self.meta = folder, style, meta
        habits = pair.STYLES[style]
        self.left = self._rows("left", habits.left)
        self.right = self._rows("right", habits.right)
        self.truth = [(int(a), int(b)) for a, b in self._table("truth.csv")]
        self.labels = {(s, int(r)): (int(m), d.split(";")) for s, r, m, d in self._table("labels.csv")}
        self.households = self._table("households.csv")

    def _rows(self, side: str, habit: listing.Habit) -> dict[int, dict[str, str]]:
        with (self.folder / f"{side}.csv").open(encoding=habit.encoding, newline="") as file:
            lines = list(csv.reader(file))
        keys = [key for key, _ in habit.columns]
        return {n: dict(zip(keys, line, strict=True)) for n, line in enumerate(lines, 1) if n > len(habit.titles) + 1}

    def _table(self, name: str) -> list[list[str]]:
        with (self.folder / name).open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file))[1:]


@pytest.fixture(scope="module", params=sorted(pair.STYLES))
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder = tmp_path_factory.mktemp(f"pair-{request.param}")
    return Made(folder, request.param, pair.make(HERE, 4_000, folder, seed=5, style=request.param))


def test_the_truth_is_one_to_one_and_names_rows_that_exist(made: Made) -> None:
    lefts, rights = [a for a, _ in made.truth], [b for _, b in made.truth]
    assert len(set(lefts)) == len(lefts)
    assert len(set(rights)) == len(rights)
    assert set(lefts) <= set(made.left)
    assert set(rights) <= set(made.right)
    assert len(made.left) == made.meta["left_rows"]
    assert len(made.right) == made.meta["right_rows"]
    assert len(made.truth) == made.meta["persons_on_both"]


def test_rows_without_a_label_say_the_same_on_both_lists(made: Made) -> None:
    compared = 0
    for a, b in made.truth:
        if ("left", a) in made.labels or ("right", b) in made.labels:
            continue
        left, right = made.left[a], made.right[b]
        assert left["id_number"] == right["id_number"]
        assert idnumber.is_valid(left["id_number"])
        assert left["name"] == right["name"]
        if "birth_date" in left and "birth_date" in right:
            assert dates.read(left["birth_date"]) == dates.read(right["birth_date"])
        compared += 1
    assert compared > len(made.truth) * (0.3 if made.style == "worst" else 0.6)


def test_a_form_is_read_back_as_the_true_value_and_a_mistake_is_not(made: Made) -> None:
    partner = {b: a for a, b in made.truth}
    for (side, row), (main, kinds) in made.labels.items():
        if side != "right" or main not in partner or row != main or ("left", partner[row]) in made.labels:
            continue
        written, true = made.right[row], made.left[partner[row]]
        reading = idnumber.read(written["id_number"])
        if set(kinds) & set(damage.ID_FORMS):
            assert reading.value == true["id_number"], kinds
        if set(kinds) & (set(damage.ID_MISTAKES) | {"id-of-another"}):
            assert reading.value != true["id_number"], kinds
        if set(kinds) & {"name-spaced", "name-noted"}:
            assert names.normalise(written["name"]) == names.normalise(true["name"]), kinds
        if set(kinds) & set(damage.NAME_MISTAKES):
            assert written["name"] != true["name"]


def test_a_repeated_row_names_the_row_it_repeats(made: Made) -> None:
    repeats = {key: main for key, (main, _) in made.labels.items() if key[1] != main}
    assert repeats
    paired = {("left", a) for a, _ in made.truth} | {("right", b) for _, b in made.truth}
    assert not paired & set(repeats)
    for (side, row), main in repeats.items():
        kinds = made.labels[side, row][1]
        assert {"listed-twice", "in-two-households"} & set(kinds)
        assert (made.left if side == "left" else made.right)[row] is not None
        assert (side, main) in made.labels


def test_the_left_list_has_the_households_that_were_asked_for(made: Made) -> None:
    assert len({row["household"] for row in made.left.values()}) == 4_000


def test_households_that_split_merged_moved_or_changed_head_are_told(made: Made) -> None:
    assert {kind for _, _, kind in made.households} == {"same", "head_differs", "split", "merged", "moved"}
    assert {left for left, _, _ in made.households} <= {row["household"] for row in made.left.values()}
    assert {right for _, right, _ in made.households} <= {row["household"] for row in made.right.values()}
    split = [left for left, _, kind in made.households if kind == "split"]
    assert any(split.count(left) == 2 for left in split)
    merged = [right for _, right, kind in made.households if kind == "merged"]
    assert any(merged.count(right) == 2 for right in merged)


def test_every_kind_of_damage_occurs(tmp_path: Path) -> None:
    pair.make(place.invented("1521", counties=3, townships=4, villages=8), 12_000, tmp_path, seed=1, style="messy")
    with (tmp_path / "labels.csv").open(encoding="utf-8") as lines:
        seen = {kind for line in csv.DictReader(lines) for kind in line["damages"].split(";")}
    assert set(damage.LABELS) - seen <= {"name-dot"}


def test_a_plain_join_on_the_number_finds_about_nine_in_ten(made: Made) -> None:
    assert (0.7 if made.style == "worst" else 0.85) < made.meta["exact_id_join_recall"] < 0.955


def test_the_command_knows_every_style() -> None:
    assert sorted(pair.STYLES) == list(command.STYLES)


def test_the_same_seed_writes_the_same_files(tmp_path: Path) -> None:
    for name in ("a", "b"):
        pair.make(HERE, 300, tmp_path / name, seed=9)
    for file in ("left.csv", "right.csv", "truth.csv", "labels.csv", "households.csv"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()


def test_a_workbook_holds_the_same_rows_and_damaged_numbers_as_numbers(tmp_path: Path) -> None:
    pair.make(HERE, 1_500, tmp_path / "csv", seed=9, style="messy")
    pair.make(HERE, 1_500, tmp_path / "xlsx", seed=9, style="messy", format="xlsx")
    assert (tmp_path / "csv/truth.csv").read_bytes() == (tmp_path / "xlsx/truth.csv").read_bytes()
    sheet = CalamineWorkbook.from_path(tmp_path / "xlsx/right.xlsx").get_sheet_by_index(0).to_python()
    habit = pair.STYLES["messy"].right
    column = [key for key, _ in habit.columns].index("id_number")
    assert list(sheet[len(habit.titles)]) == [heading for _, heading in habit.columns]
    assert any(isinstance(cell, float) and cell > 1e17 for cell in (row[column] for row in sheet[3:]))


def test_more_rows_than_a_sheet_holds_is_refused_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pair, "SPREADSHEET_ROWS", 100)
    with pytest.raises(ValueError, match="csv"):
        pair.make(HERE, 300, tmp_path, format="xlsx")
