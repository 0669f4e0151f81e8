"""Cross table, listing and counts agree with counting one by one."""

import random
from collections import Counter
from datetime import date

import pytest
from django.utils import timezone

from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.registry import actions
from anju.registry.models import Household, Person
from anju.registry.queries import Filters, count, counts_by_division, cross_table, listing, then_and_now
from anju.registry.staging import Attachment, Detachment, Enrolment
from anju.registry.tests.conftest import DAY, OTHER_VILLAGE, VILLAGE
from anju.vocabulary.division import Level

pytestmark = pytest.mark.django_db
TODAY = date(2020, 6, 10)
ORDER = ["JDLK", "TK", "DB", "CJ"]


@pytest.fixture(autouse=True)
def truth(clerk: User) -> dict[str, tuple[str, ...]]:
    """Sixty households, each with its combination of lists."""
    set_today(day=TODAY)
    dice = random.Random(5)
    rows, wanted = [], {}
    for household in range(60):
        area = VILLAGE if household % 3 else OTHER_VILLAGE
        rows += [
            Enrolment(
                household * 2 + place, f"t:{household}:{place}", f"王{'一二'[place]}", area, str(household), relation=("02", "10")[place]
            )
            for place in (0, 1)
        ]
        wanted[str(household)] = tuple(code for code in ORDER if dice.random() < 0.3)
    actions.enrol(rows=rows, on=DAY, by=clerk, source="t")
    people = dict(Person.objects.values_list("source", "pk"))
    added = [
        Attachment(number, f"l:{key}:{code}", people[f"t:{key}:{dice.randrange(2)}"], category=code)
        for number, (key, codes) in enumerate(wanted.items())
        for code in codes
    ]
    actions.attach(rows=added, on=date(2020, 2, 1), by=clerk, source="l")
    return wanted


@pytest.mark.parametrize("on", [TODAY, date(2020, 3, 1)])
def test_the_cross_table_equals_counting(truth: dict[str, tuple[str, ...]], on: date) -> None:
    table = cross_table(within="2109", on=on)
    expected = Counter("+".join(codes) for codes in truth.values() if codes)
    assert {row.key: row.households for row in table.combinations} == expected
    assert (table.households, table.without) == (60, 60 - expected.total())
    assert {row.code: row.households for row in table.categories if row.households} == Counter(
        code for codes in truth.values() for code in codes
    )
    assert {row.code: row.primary for row in table.categories if row.primary} == Counter(codes[0] for codes in truth.values() if codes)
    assert table.both["JDLK", "DB"] == sum({"JDLK", "DB"} <= set(codes) for codes in truth.values())
    owners = {"JDLK": "poverty", "TK": "civil_affairs", "DB": "civil_affairs", "CJ": "disabled_federation"}
    by_office = Counter("+".join(sorted({owners[code] for code in codes})) for codes in truth.values() if codes)
    assert {row.key: row.households for row in table.offices} == by_office


@pytest.mark.parametrize("on", [None, date(2020, 3, 1)])
def test_each_combination_opens_the_households_it_counts(on: date | None) -> None:
    table = cross_table(within="2109", on=on)
    for row in table.combinations:
        page = listing(within="2109", filters=Filters(combination=row.key, on=on), limit=100)
        assert len(page.rows) == row.households
        assert {found.groups for found in page.rows} == {row.codes}
    for office in table.offices:
        assert count(within="2109", filters=Filters(offices=office.key, on=on)) == office.households
    assert count(within="2109", filters=Filters(combination="none", on=on)) == table.without
    for category in table.categories:
        assert count(within="2109", filters=Filters(on_all=(category.code,), on=on)) == category.households
        assert count(within="2109", filters=Filters(primary=category.code, on=on)) == category.primary


def test_lists_it_is_and_is_not_on(truth: dict[str, tuple[str, ...]]) -> None:
    found = count(within="2109", filters=Filters(on_all=("DB",), on_none=("JDLK", "TK")))
    assert found == sum("DB" in codes and not {"JDLK", "TK"} & set(codes) for codes in truth.values())


def test_before_the_lists_nobody_was_on_one() -> None:
    assert cross_table(within="2109", on=date(2020, 1, 15)).without == 60


def test_a_category_ends_with_its_year() -> None:
    set_today(day=date(2021, 3, 1))
    table = cross_table(within="2109")
    assert {code for row in table.combinations for code in row.codes} == {"TK", "DB"}
    for row in table.combinations:
        assert count(within="2109", filters=Filters(combination=row.key)) == row.households


def test_a_smaller_area_counts_its_own(truth: dict[str, tuple[str, ...]]) -> None:
    here, there = cross_table(within=VILLAGE), cross_table(within=OTHER_VILLAGE)
    assert (here.households, there.households) == (40, 20)
    areas = {row.area: row for row in counts_by_division(within="2109", level=Level.VILLAGE)}
    assert {area: row.households for area, row in areas.items()} == {VILLAGE: 40, OTHER_VILLAGE: 20}
    assert areas[VILLAGE].groups == {row.code: row.households for row in here.categories if row.households}
    (county,) = counts_by_division(within="2109", level=Level.COUNTY, on=date(2020, 3, 1))
    assert (county.area, county.households) == ("210922", 60)


def test_the_number_of_then_and_the_number_of_now(clerk: User) -> None:
    moment = timezone.now()
    on_list = Household.objects.filter(belongings__category="DB")[0]
    member = on_list.memberships.get(relation="02").person
    actions.detach(category="DB", rows=[Detachment(1, "x", member.pk)], on=date(2020, 4, 1), by=clerk, source="x")
    first = {row.code: row for row in then_and_now(within="2109", on=date(2020, 5, 1), known_at=moment)}
    assert first["DB"].then == first["DB"].now + 1
    second = {row.code: row for row in then_and_now(within="2109", on=date(2020, 3, 1), known_at=moment)}
    assert second["DB"].then == second["DB"].now
    assert first[""].then == first[""].now == 60


@pytest.mark.parametrize("sort", ["number", "opened"])
def test_pages_by_key_show_each_household_once(sort: str) -> None:
    seen: list[str] = []
    after = ""
    while True:
        page = listing(within="2109", sort=sort, after=after, limit=7)
        seen += [row.number for row in page.rows]
        after = page.after
        if not after:
            break
    assert len(seen) == 60
    assert sorted(seen) == sorted(set(seen))


def test_a_listing_shows_head_people_and_lists(clerk: User) -> None:
    row = listing(within="2109", filters=Filters(head="王一")).rows[0]
    assert (row.head, row.people) == ("王一", 2)
    assert listing(within="2109", filters=Filters(head="王二")).rows == ()
    assert count(within="2109", filters=Filters(area=OTHER_VILLAGE)) == 20
    actions.close(household=Household.objects.get(number=row.number), reason="整户外迁", on=TODAY, by=clerk)
    assert count(within="2109", filters=Filters(status="closed")) == 1
    assert count(within="2109") == 59
    assert count(within="2109", filters=Filters(on=date(2020, 3, 1))) == 60
