"""What is counted is what there is: the tally against the cases themselves, every filter against looking at each case, a page's cost against their number."""

import random
from datetime import date, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Count, Min, Sum
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from anju.accounts import lately
from anju.accounts.models import NamedRecord, User
from anju.accounts.scope import actor_of
from anju.appraisals.tests.conftest import COUNTY, TODAY, TOWNSHIP, VILLAGE, person
from anju.cases import queries
from anju.cases.actions import tallying
from anju.cases.models import Case, CaseTally
from anju.cases.queries import GOING, PHASES, SIDE, STUCK_AFTER, WORK, Filters
from anju.cases.tests.conftest import Road
from anju.cases.workflow import CHECKING, CODES, DONE, ENDS, PREPARED
from anju.divisions import actions as divisions
from anju.registry.models import Household
from anju.trail.acting import acting

OTHER_VILLAGE, ELSEWHERE = "210922109202", "210922115201"
KINDS = ("stage", "since", "marks", "grade", "method", "group")


def _kind(case: Case) -> tuple[Any, ...]:
    going = case.ended_on is None
    return (case.stage, case.since if going else None, tuple(case.marks) if going else (), case.grade, case.method, case.group)


def _told(digits: int) -> dict[tuple[Any, ...], int]:
    """What the tally says of every place that is so many digits long."""
    rows = CaseTally.objects.filter(digits=digits).values_list("area", *KINDS).annotate(all=Sum("number")).exclude(all=0)
    return {(area, stage, since, tuple(marks), *more): number for area, stage, since, marks, *more, number in rows}


def _holds() -> None:
    """The tally of every place equals its cases."""
    cases = list(Case.objects.filter(historic=False))
    for digits in queries.TALLIED:
        found: dict[tuple[Any, ...], int] = {}
        for one in cases:
            key = (one.area[:digits], *_kind(one))
            found[key] = found.get(key, 0) + 1
        assert _told(digits) == found, digits


class Many:
    """Cases of whatever kind, written past the actions: only what is counted and listed of them matters here."""

    def __init__(self, seed: int, like: Case) -> None:
        self.chance, self.like, self.made = random.Random(seed), like, 0

    def look(self) -> dict[str, Any]:
        """How a case may look."""
        chance = self.chance
        stage = chance.choice(CODES)
        since = TODAY - timedelta(days=chance.randint(0, 70))
        marks = [mark for mark in (*CHECKING, "visit", *PREPARED) if chance.random() < 0.5]
        return {
            "stage": stage, "since": since, "ended_on": since if stage in ENDS else None, "marks": marks, "grade": chance.choice("CD"),
            "method": chance.choice(("", "repair", "rebuild")), "group": chance.choice(("JDLK", "DB")), "area": chance.choice((VILLAGE, OTHER_VILLAGE, ELSEWHERE)),
            "year": chance.choice((2020, 2019, None)), "historic": False,
        }  # fmt: skip

    def before(self) -> dict[str, Any]:
        """How a renovation that was read in as finished looks."""
        return {**self.look(), "stage": "closed", "ended_on": TODAY, "year": self.chance.randint(2012, 2019), "historic": True}

    def cases(self, count: int, *, finished: int = 0) -> list[Case]:
        """So many more, each of a household of its own, and some that were read in as finished."""
        homes = Household.objects.bulk_create(
            Household(number=f"{VILLAGE}-9{self.made + at:04d}", area=VILLAGE, opened_on=TODAY) for at in range(count + finished)
        )
        rows = [
            Case(
                number=f"210922-GZ2020-9{self.made + at:05d}", household=home, appraisal=self.like.appraisal, head=self.like.head, size=1, applied_on=date(2020, 1, 1),
                recorded_at=timezone.now(), source=f"t:{self.made + at}", **(self.look() if at < count else self.before()),
            )
            for at, home in enumerate(homes)
        ]  # fmt: skip
        self.made += count + finished
        return Case.objects.bulk_create(rows)


@pytest.fixture
def many(dangerous: list[Household], road: Road) -> Many:
    """Makes them."""
    return Many(7, road.applied(dangerous[0]))


def test_the_tally_equals_the_cases_whatever_is_done_with_them(many: Many, dangerous: list[Household], road: Road) -> None:
    _holds()
    for turn in range(6):
        made = many.cases(12, finished=2)
        _holds()
        for case in made[:4]:
            Case.objects.filter(pk=case.pk).update(**many.look())
        Case.objects.filter(pk__in=[one.pk for one in made[4:8]]).update(area=ELSEWHERE, grade="C")
        Case.objects.filter(pk__in=[one.pk for one in made[8:10]]).update(size=2)  # nothing that is counted
        Case.objects.filter(pk__in=[one.pk for one in made[10:11]]).delete()
        Case.objects.filter(pk=made[12].pk).update(stage="void", area=ELSEWHERE)
        Case.objects.filter(pk=made[13].pk).delete()
        begun = transaction.savepoint()
        Case.objects.filter(pk=made[0].pk).update(group="TK")
        transaction.savepoint_rollback(begun)
        _holds()
        if turn % 2:
            tallying.gather()
            assert not CaseTally.objects.filter(gathered=False).exists()
            assert CaseTally.objects.values("digits", "area", *KINDS).distinct().count() == CaseTally.objects.count()
            assert tallying.gather() == 0
            _holds()
    road.to("checked", dangerous[1], dangerous[2])
    _holds()


def test_a_household_that_moves_takes_its_case_from_one_tally_to_the_other(many: Many) -> None:
    many.like.household.area = OTHER_VILLAGE
    many.like.household.save()
    many.like.refresh_from_db()
    assert many.like.area == OTHER_VILLAGE
    _holds()


def test_a_merger_of_townships_takes_the_tally_along(many: Many) -> None:
    many.cases(20, finished=2)
    was = {digits: _told(digits) for digits in queries.TALLIED}
    done = divisions.record_change(kind="merged", on=TODAY, old=[TOWNSHIP, ELSEWHERE[:9]], new=[divisions.New(TOWNSHIP)])
    assert {area for area, *_kind in _told(9)} == {TOWNSHIP}
    _holds()
    divisions.undo(change=done.change)
    assert {digits: _told(digits) for digits in queries.TALLIED} == was
    _holds()


def _late(case: Case) -> bool:
    return case.stage in STUCK_AFTER and (TODAY - case.since).days > STUCK_AFTER[case.stage]


def _fits(case: Case, filters: Filters, works: dict[str, set[int]]) -> bool:
    return (
        case.area.startswith(filters.area)
        and (not filters.stage or case.stage == filters.stage)
        and (bool(filters.stage) or not filters.phase or case.stage in queries.stages_of(filters.phase))
        and all(not getattr(filters, name) or getattr(case, name) == getattr(filters, name) for name in ("grade", "method", "group"))
        and (not filters.q or filters.q in (case.number, case.household.number))
        and (not filters.work or case.pk in works[filters.work])
        and (not filters.stuck or _late(case))
        and (not filters.year or str(case.year) == filters.year)
        and _of_then(case, filters)
    )


def _of_then(case: Case, filters: Filters) -> bool:
    if filters.past == queries.RENOVATED:
        return case.stage in DONE and case.year is not None
    return case.historic if filters.past == queries.HISTORY else bool(filters.q) or not case.historic


def test_every_filter_lists_and_counts_what_looking_at_each_case_finds(many: Many, clerk: User) -> None:
    many.cases(80, finished=20)
    cases = list(Case.objects.select_related("household"))
    works = {work: set(Case.objects.filter(of(clerk)).values_list("pk", flat=True)) for work, of in WORK.items()}
    chance = random.Random(11)
    some = chance.choice(cases)
    options: dict[str, tuple[Any, ...]] = {
        "area": (COUNTY, TOWNSHIP, VILLAGE), "stage": ("", *CODES), "phase": ("", *PHASES, GOING, SIDE), "grade": ("", "C", "D"), "method": ("", "repair"),
        "group": ("", "DB"), "work": ("", *WORK), "q": ("", some.number, some.household.number), "stuck": (False, True),
        "past": ("", *queries.PASTS), "year": ("", "2019", "2020"),
    }  # fmt: skip
    asked = [Filters(area=COUNTY, **{name: value}) for name, values in options.items() if name != "area" for value in values]
    asked += [Filters(**{name: chance.choice((values[0], *values)) for name, values in options.items()}) for _time in range(150)]
    for filters in asked:
        wanted = {one.pk for one in cases if _fits(one, filters, works)}
        assert set(queries.listed(clerk, filters, TODAY).values_list("pk", flat=True)) == wanted, filters
        assert queries.counts(clerk, filters, TODAY).asked(filters) == len(wanted), filters


def test_what_waits_is_what_each_kind_of_work_lists(
    many: Many, clerk: User, township: User, collector: User, offices: dict[str, User]
) -> None:
    many.cases(80)
    for user in (clerk, township, collector, *offices.values()):
        found = queries.waits(user, user.area)
        assert list(found) == queries.works_of(user)
        for work, told in found.items():
            live = queries.waiting(user, work, user.area).order_by().aggregate(rows=Count("pk"), first=Min("since"))
            assert told == (live["rows"], live["first"]), (user.login, work)


def test_the_places_add_up_to_the_whole(many: Many, clerk: User) -> None:
    many.cases(60)
    whole = queries.counts(clerk, Filters(COUNTY), TODAY)
    parts = queries.by_area(clerk, COUNTY, TODAY)
    assert set(parts) == {TOWNSHIP, ELSEWHERE[:9]}
    assert (sum(one.total for one in parts.values()), sum(one.stuck for one in parts.values())) == (whole.total, whole.stuck)
    villages = queries.by_area(clerk, TOWNSHIP, TODAY)
    assert {place: one.total for place, one in villages.items()} == {
        place: Case.objects.filter(area=place).count() for place in (VILLAGE, OTHER_VILLAGE)
    }
    province = person("省厅", "province_viewer", COUNTY[:2])
    assert queries.by_area(province, COUNTY[:2], TODAY)[COUNTY[:4]].total == whole.total
    assert queries.counts(province, Filters(COUNTY[:2]), TODAY) == whole


def test_nobody_counts_what_they_dont_see(many: Many, clerk: User, township: User) -> None:
    many.cases(30)
    stranger = person("外县经办", "county_clerk", "210921")
    firm = person("鉴定公司", "third_party_appraiser", COUNTY)
    NamedRecord.objects.create(grant=firm.grants.get(), kind="household", key=many.like.household.number)
    for user, wanted in (
        (clerk, Case.objects.count()),
        (township, Case.objects.filter(area__startswith=TOWNSHIP).count()),
        (stranger, 0),
        (firm, 1),
    ):
        with acting(actor_of(user)):
            assert queries.counts(user, Filters(user.area), TODAY).total == wanted
            assert sum(one.total for one in queries.by_area(user, user.area, TODAY).values()) == wanted
            assert queries.kinds(user, user.area).rows.filter(area="210922").exists() is (user is clerk)


def test_the_tally_is_written_by_nobody_but_the_database(many: Many, clerk: User) -> None:
    with acting(actor_of(clerk)):
        with pytest.raises(Exception, match="row-level security"), transaction.atomic():
            CaseTally.objects.create(digits=6, area=COUNTY, stage="applied", grade="D", group="DB", number=100)
        CaseTally.objects.update(number=7)
        CaseTally.objects.all().delete()
    _holds()


@pytest.mark.parametrize(
    "query", ["", "?stage=applied", "?phase=going", "?stuck=1", "?work=approve", "?grade=D&method=rebuild", "?sort=place"]
)
def test_a_page_of_the_list_asks_as_often_for_forty_cases_as_for_ten(many: Many, clerk: User, query: str) -> None:
    client = Client()
    client.force_login(clerk)
    acts = count(1)

    def asked() -> int:
        client.cookies[lately.MARK] = f"{next(acts):08x}"  # the menu's numbers are counted anew, whenever they were counted before
        with CaptureQueriesContext(connection) as told:
            assert client.get(reverse("cases:list") + query).status_code == 200
        return len(told)

    many.cases(10)
    while not client.get(reverse("cases:list") + query).context["page"].rows:
        many.cases(1)
    asked()
    few = asked()
    many.cases(30)
    assert asked() == few
