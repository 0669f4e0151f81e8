"""The cases as a workbook: every row, money exact, nothing in it a formula."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date
from decimal import Decimal
from typing import Any

from anju.accounts.models import User
from anju.appraisals.tests.conftest import COUNTY
from anju.cases import actions
from anju.cases.tests.conftest import Road
from anju.exports.actions.asking import ask
from anju.exports.kinds import declared
from anju.exports.tests.conftest import EVIL
from anju.exports.tests.test_what_leaves_as_a_file import cells, look_through, made
from anju.registry.models import Household, Person
from anju.rosters.tests.conftest import done

__all__ = ["done"]
Done = Callable[[], AbstractContextManager[Any]]


def test_the_cases_leave_as_a_workbook_without_a_formula(dangerous: list[Household], road: Road, clerk: User, done: Done) -> None:
    first, second = road.to("county_posted", dangerous[0], dangerous[1])
    Person.objects.filter(pk=first.head_id).update(name=EVIL)
    actions.make_plan(area=COUNTY, year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    actions.approve(case=first, by=clerk, method="rebuild", main_area=Decimal("40.5"), amount=2_400_050, basis="=SUM(A1)")
    with done():
        export = ask(kind="cases.list", filters={}, by=clerk, reason="daily")
        narrowed = ask(kind="cases.list", filters={"stage": "approved"}, by=clerk, reason="daily")
        sheet = ask(kind="cases.sheet", filters={"work": "approve"}, by=clerk, reason="daily")
        cards = ask(kind="cases.cards", filters={}, by=clerk, reason="daily")
    for one in (export, narrowed, sheet, cards):
        look_through(one)
    found = [cell.value for cell in cells(made(export))]
    assert {first.number, second.number, EVIL, "=SUM(A1)", 24000.5} <= set(found)
    assert (export.rows, narrowed.rows) == (2, 1)


def test_every_file_of_the_renovations_is_looked_through(dangerous: list[Household], road: Road, clerk: User, done: Done) -> None:
    Person.objects.filter(memberships__household=dangerous[2]).update(name=EVIL)
    actions.make_plan(area=COUNTY, year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    road.to("approved", dangerous[0])
    asked = actions.ask_quota(area=COUNTY, year=2020, households=2, reason="=SUM(A1)", by=clerk)
    actions.add_drawing(
        area=COUNTY, code="=B1", name="=SUM(A1)", structure="stone", storeys=1, main_area=Decimal(40), rooms=2, document="=图", valid_from=road.day, by=clerk
    )  # fmt: skip
    finished = actions.Finished(
        household=dangerous[1].pk, year=2014, group="DB", method="repair", completed_year=2014, builder="=SUM(A1)", note="=SUM(A1)", source="t:1"
    )  # fmt: skip
    assert not actions.record_finished(finished=[finished], by=clerk).refused
    bare = []
    for kind in (
        one.code for one in declared() if one.code.startswith("cases.") and one.code not in ("cases.sheet", "cases.files")
    ):  # what waits; papers, not a workbook
        filters = {"work": "prepare", "request": str(asked.pk), "year": "2020" if "plan" in kind else ""}
        with done():
            made_of = ask(kind=kind, filters=filters, by=clerk, reason="daily")
        look_through(made_of)
        if not made_of.rows:
            bare.append(kind)
    assert bare == [], "looked through without rows"
