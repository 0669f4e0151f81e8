"""How long works take, counted backwards, and from where on a household's burden is warned of."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.policy import keys, value
from anju.policy.schedule import works_backwards
from anju.policy.values.works import DebtLine, read_debt_line, read_durations
from anju.vocabulary.method import METHODS
from anju.vocabulary.table import BadDeclaration

DAY = date(2020, 4, 1)


def test_milestones_are_counted_back_from_the_last_day() -> None:
    found = works_backwards("210922", DAY, method="rebuild", finish=date(2020, 6, 25))
    assert [(one.milestone, one.day.isoformat(), one.before) for one in found] == [
        ("start", "2020-04-26", 60),
        ("foundation", "2020-05-11", 45),
        ("structure", "2020-06-10", 15),
        ("completion", "2020-06-25", 0),
    ]
    repair = works_backwards("210922", DAY, method="repair", finish=date(2020, 6, 25))
    assert [one.milestone for one in repair] == ["start", "completion"]


@given(st.sampled_from(sorted(METHODS)), st.integers(0, 400))
def test_every_milestone_has_its_own_day_after_today_or_it_is_said_that_there_is_none(method: str, days: int) -> None:
    finish = DAY + timedelta(days=days)
    wanted = METHODS[method].milestones
    if days < len(wanted):
        with pytest.raises(ValueError, match="排不开"):
            works_backwards("210922", DAY, method=method, finish=finish)
        return
    found = works_backwards("210922", DAY, method=method, finish=finish)
    on = [one.day for one in found]
    assert on == sorted(set(on))
    assert on[0] > DAY
    assert on[-1] == finish
    assert [one.before for one in found] == [(finish - day).days for day in on]


def test_a_household_is_warned_above_the_line_and_not_on_it() -> None:
    line = value(keys.DEBT_LINE, "210922", DAY)
    assert not line.over(own=3_000_000, total=5_000_000)
    assert line.over(own=3_000_001, total=9_000_000)
    assert not line.over(own=600, total=1000)
    assert line.over(own=601, total=1000)
    assert "30,000.00 元" in line.said()


@pytest.mark.parametrize(
    "wrong", [{"most": 1, "percent": 0}, {"most": 1, "percent": 101}, {"most": 1}, {"most": 1, "percent": 5, "x": 1}, 3]
)
def test_a_line_that_can_not_be_does_not_load(wrong: object) -> None:
    assert read_debt_line({"most": 1, "percent": 100}) == DebtLine(100, 100)
    with pytest.raises((ValueError, BadDeclaration)):
        read_debt_line(wrong)


@pytest.mark.parametrize("wrong", [{"foundation": 0, "structure": 1, "completion": 1, "repair": 1}, {"foundation": 1}, []])
def test_durations_that_can_not_be_do_not_load(wrong: object) -> None:
    with pytest.raises((ValueError, BadDeclaration)):
        read_durations(wrong)
