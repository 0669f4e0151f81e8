"""危房台账: who is on it on which day, and the stock that four departments lock."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import no_house, stock
from anju.appraisals.actions.appraising import submit
from anju.appraisals.models import Appraisal, StockEntry
from anju.appraisals.queries import ledger
from anju.appraisals.tests.conftest import COUNTY, ENROLLED, GOOD, TODAY, VILLAGE, house_of, person
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household

Submit = Callable[..., Appraisal]
ON = date(2020, 5, 1)


def _refused(rule: Any, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.rule is rule, refusal.value.message
    return refusal.value.message


def _numbers(**asked: Any) -> list[str]:
    return [one.number for one in ledger.entries(COUNTY, **asked)]


def test_in_a_group_and_dangerous_and_no_other_safe_house(give: Submit, households: list[Household], clerk: User, appraiser: User) -> None:
    poor, frail, other = households
    give("d", on=ON)
    give("c", household=frail, on=TODAY)
    give("d", household=other, on=ON)  # in no group
    assert _numbers(on=ON) == [poor.number]
    assert _numbers() == [poor.number, frail.number]
    assert ledger.counts(COUNTY)[COUNTY] == ledger.Count(COUNTY, 2, 1, 1, 0)
    assert ledger.counts(COUNTY, digits=12) == {VILLAGE: ledger.Count(VILLAGE, 2, 1, 1, 0)}
    assert _numbers(grade="C") == [frail.number]
    assert _numbers(after=f"{VILLAGE}_{poor.number}") == [frail.number]
    second = registry.record_dwelling(
        household=poor, kind="own", on=ENROLLED, by=clerk, state={"year_built": 2018, "structure": "brick_concrete", "storeys": 1}
    )
    submit(
        household=poor,
        dwelling=second,
        form={"site": "safe", "components": {"foundation": "a"}},
        by=appraiser,
        appraisers=["石岩"],
        on=TODAY,
    )
    assert _numbers() == [frail.number]
    assert _numbers(on=TODAY - timedelta(days=1)) == [poor.number]


def test_four_groups_to_2020_six_from_2021(places: None) -> None:
    assert ledger.ledger_values(COUNTY, date(2020, 12, 31), None)["codes"] == ["JDLK", "TK", "DB", "CJ"]
    assert "JDLK" not in ledger.ledger_values(COUNTY, date(2021, 1, 1), None)["codes"]
    assert "DBY" in ledger.ledger_values(COUNTY, date(2021, 1, 1), None)["codes"]


def test_a_household_without_a_house_is_on_it_once_it_was_reviewed(households: list[Household], clerk: User) -> None:
    household = households[1]
    given: dict[str, Any] = {
        "household": household, "applied_on": ON, "village_on": ON + timedelta(days=7), "village_opinion": "评议通过", "township_opinion": "属实",
        "by": clerk,
    }  # fmt: skip
    assert "自有住房" in _refused(rules.NO_HOUSE, lambda: no_house.determine(**given))
    registry.vacate(household=household, dwelling=house_of(household), kind="own", on=ON, by=clerk)
    _refused(rules.NO_HOUSE, lambda: no_house.determine(**{**given, "village_on": ON - timedelta(days=1)}))
    _refused(rules.NO_HOUSE, lambda: no_house.determine(**{**given, "village_opinion": ""}))
    found = no_house.determine(**given)
    assert [(one.number, one.grade) for one in ledger.entries(COUNTY)] == [(household.number, ledger.NO_HOUSE)]
    assert ledger.counts(COUNTY)[COUNTY].no_house == 1
    _refused(rules.NO_HOUSE, lambda: no_house.determine(**given))
    no_house.end(no_house=found, by=clerk)
    assert _numbers() == []
    assert _numbers(on=TODAY - timedelta(days=1)) == []


def test_the_stock_is_locked_by_the_fourth_signature_and_then_only_struck(give: Submit, households: list[Household], clerk: User) -> None:
    give("d", on=ON)
    made = stock.make(area=COUNTY, by=clerk, as_of=ON)
    assert (made.households, made.by_grade) == (1, {"C": 0, "D": 1, "no_house": 0})
    _refused(rules.STOCK, lambda: stock.make(area=COUNTY, by=clerk, as_of=ON))
    entry = StockEntry.objects.get(stock=made)
    assert (entry.household, entry.grade, entry.groups) == (households[0], "D", "JDLK")
    _refused(rules.STOCK, lambda: stock.strike(entry=entry, by=clerk, reason="已改造"))
    stock.sign(stock=made, by=clerk)
    _refused(rules.STOCK, lambda: stock.sign(stock=made, by=clerk))
    finance = person("财政", "finance_payer", COUNTY, "finance")
    _refused(rules.ROLE, lambda: stock.sign(stock=made, by=finance))
    for kind in ("poverty", "civil_affairs", "disabled_federation"):
        stock.sign(stock=made, by=person(kind, "cosigner", COUNTY, kind))
    made.refresh_from_db()
    assert made.locked_at is not None
    assert "D 级危房" in _refused(rules.STOCK, lambda: stock.strike(entry=entry, by=clerk, reason="已改造"))
    give("a", on=TODAY)
    _refused(rules.REASON, lambda: stock.strike(entry=entry, by=clerk, reason=""))
    assert stock.strike(entry=entry, by=clerk, reason="改造后鉴定 A 级").struck_on == TODAY
    _refused(rules.STOCK, lambda: stock.strike(entry=entry, by=clerk, reason="再一次"))
    _refused(rules.REASON, lambda: stock.void(stock=made, by=clerk, reason=" "))
    assert stock.void(stock=made, by=clerk, reason="名单有误，重做").voided_at is not None
    assert stock.make(area=COUNTY, by=clerk, as_of=ON).households == 1


def test_a_form_is_needed_for_every_component(give: Submit) -> None:
    assert "承重墙" in _refused(rules.COMPONENTS, lambda: give(form={**GOOD, "components": {"foundation": "a"}}))
