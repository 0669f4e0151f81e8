"""What the programme's numbers say of a case differs by place and day; nothing of it is in the code."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import pytest
from django.urls import reverse

from anju.accounts.models import User
from anju.cases import actions, rules, standards
from anju.cases.actions import make_plan
from anju.cases.forms import metres
from anju.cases.tests.conftest import Road
from anju.cases.tests.test_pages import browser, page
from anju.cases.tests.test_the_road import refused
from anju.policy.lookup import rules as rules_in_force
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


_OWN = """
[[subsidy.rule]]
groups = ["JDLK"]
grades = ["D"]
methods = ["rebuild"]
fixed = 20000
from = 2019-01-01
to = 2020-12-31
source = "彰住建〔2019〕1号"

[[subsidy.extra]]
area = "210922"
key = "little_labour"
who = "基本没有劳动能力的"
ceiling = 20000
at_least = 10000
from = 2019-01-01
to = 2020-12-31
source = "彰住建〔2019〕2号"
"""


@pytest.fixture
def own_policy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A standard of the county's own, and what is added to it for who has hardly any labour."""
    (tmp_path / "21-liaoning.toml").write_text(_OWN, "utf-8")
    monkeypatch.setenv("ANJU_POLICY", str(tmp_path))
    rules_in_force.cache_clear()
    yield
    monkeypatch.undo()
    rules_in_force.cache_clear()


def test_what_is_added_for_a_household_in_need_is_asked_where_the_place_has_it(
    own_policy: None, dangerous: list[Household], road: Road, clerk: User
) -> None:
    (case,) = road.to("county_posted", dangerous[0])
    make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 20), by=clerk)
    client = browser(clerk)
    shown = page(client, "show", case.number)
    assert "基本没有劳动能力的另加" in shown
    assert "彰住建〔2019〕2号" in shown
    area = {"method": "rebuild", "main_area": "40"}
    told = client.get(reverse("cases:subsidy", args=[case.number]), area | {"extras": "little_labour"}).content.decode()
    assert "30,000.00 元 至 40,000.00 元" in told
    assert "20,000.00 元" in client.get(reverse("cases:subsidy", args=[case.number]), area).content.decode()
    approve = partial(actions.approve, case=case, by=clerk, method="rebuild", main_area=Decimal(40))
    assert "没有另加的补助" in refused(rules.AMOUNT, partial(approve, extras=["none"]))
    assert "30,000.00 元" in refused(rules.AMOUNT, partial(approve, extras=["little_labour"], amount=4_100_000))
    form = {"on": DAY.isoformat(), **area, "extras": ["little_labour"], "amount": "35000"}
    assert client.post(reverse("cases:act", args=[case.number, "approve"]), form).status_code == 302
    case.refresh_from_db()
    assert case.subsidy == 3_500_000
    assert "基本没有劳动能力的另加" in case.subsidy_said
    assert case.subsidy_said.endswith("彰住建〔2019〕1号；彰住建〔2019〕2号")
    assert case.steps.get(code="approve").details["extras"] == ["little_labour"]


def test_nothing_is_asked_where_nothing_is_added(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("county_posted", dangerous[0])
    make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 20), by=clerk)
    assert 'name="method"' in page(browser(clerk), "show", case.number)
    assert 'name="extras"' not in page(browser(clerk), "show", case.number)
