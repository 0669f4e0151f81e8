"""What the programme's numbers say of a case differs by place and day; nothing of it is in the code."""

from datetime import date
from decimal import Decimal

import pytest

from anju.cases import rules, standards
from anju.cases.actions import make_plan
from anju.cases.forms import metres
from anju.cases.tests.conftest import Road
from anju.cases.tests.test_the_road import refused
from anju.registry.models import Household

FUXIN, YUZHOU, YUANMA, PINGLUO = "210922109201", "411081", "532328101", "640221"
DAY = date(2020, 6, 10)


def test_agreements_are_filed_where_the_place_says_so() -> None:
    assert standards.filed_with(FUXIN, DAY) == "市级住建部门"
    assert standards.filed_with(YUZHOU, date(2022, 6, 1)) == ""


@pytest.mark.parametrize(
    ("area", "on", "fact", "excluded"),
    [
        (FUXIN, DAY, standards.PUBLIC_EMPLOYEE, False),
        (YUANMA, DAY, standards.PUBLIC_EMPLOYEE, True),
        (YUANMA, DAY, standards.ANOTHER_HOUSE, True),
        (PINGLUO, date(2023, 6, 1), "car", True),
        (FUXIN, DAY, "car", False),
        (FUXIN, DAY, "", None),
    ],
)
def test_a_fact_excludes_in_one_place_and_is_explained_in_another(area: str, on: date, fact: str, excluded: bool | None) -> None:
    assert standards.excluded(area, on, fact) is excluded


def test_a_plan_is_not_later_than_the_level_above_wants(dangerous: list[Household], road: Road) -> None:
    clerk = road.people["county"]
    said = refused(rules.PLAN, lambda: make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 26), by=clerk))
    assert "2020-06-25" in said
    assert "2020-04-30" in refused(
        rules.PLAN,
        lambda: make_plan(area="210922", year=2020, households=10, start_due=date(2020, 5, 1), complete_due=date(2020, 6, 25), by=clerk),
    )
    made = make_plan(area="210922", year=2020, households=10, start_due=date(2020, 4, 20), complete_due=date(2020, 6, 20), by=clerk)
    assert (made.area, made.households) == ("210922", 10)


@pytest.mark.parametrize("typed", ["48.333", "NaN", "-1", "1e9", "六十", ""])
def test_what_is_no_area_is_none(typed: str) -> None:
    assert metres(typed) is None
    assert metres("48.33") == Decimal("48.33")
