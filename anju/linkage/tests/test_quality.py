"""What may be accepted by itself, what must be found, how little may be left to a person: over styles of damage, with the truth known."""

from pathlib import Path

import pytest

from anju.linkage.engine import Side, reconcile
from anju.linkage.reading import find
from anju.linkage.tests.lists import STYLES, Style, make

# with numbers and names alone a missing number can't be made up for; these styles keep precision and review, not recall
_POOR = {"numbers and names only", "no numbers at all on the right"}


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name.replace(" ", "-"))
def test_what_is_accepted_is_right_and_hardly_anybody_is_missed(style: Style, tmp_path: Path) -> None:
    pair = make(style, tmp_path, households=700, seed=5)
    result = reconcile(Side(find(pair.left, {}), "名单"), Side(find(pair.right, {}), "登记库"), workdir=tmp_path / "work")
    pairs = result.rows("SELECT left_row, right_row, outcome FROM pairs")
    auto = [(a, b) for a, b, outcome in pairs if outcome == "auto"]
    review = [(a, b) for a, b, outcome in pairs if outcome == "review"]
    wrong = [(a, b) for a, b in auto if pair.left_people[a] != pair.right_people[b]]
    both = {pair.left_people[a] for a, _ in pair.truth}
    found = {pair.left_people[a] for a, _ in auto}
    assert not wrong
    assert len(found & both) / len(both) >= (0.95 if style.name in _POOR else 0.997)
    assert len((found | {pair.left_people[a] for a, _ in review}) & both) / len(both) >= (0.985 if style.name in _POOR else 0.9985)
    assert len(review) / len(pair.left_people) <= (0.015 if style.name in _POOR else 0.005)
    assert len({a for a, _, _ in pairs}) == len(pairs) == len({b for _, b, _ in pairs})
    result.close()
