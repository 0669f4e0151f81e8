"""All of it, county by county: the year's plans, the courses of the townships, and the villages told household by household."""

from collections.abc import Iterator
from datetime import date

from django.db import transaction

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals.models import Appraisal, NoHouse
from anju.cases import actions
from anju.cases.models import Case
from anju.demo import elsewhere
from anju.demo.place import Place
from anju.demo.renovations import courses, desk, turns
from anju.demo.renovations.choosing import Wanted
from anju.demo.renovations.road import Led, Road
from anju.demo.story import DESK

Users = dict[str, User]
_NEEDS_D = ("foundation", "structure", "completed", "untrained")


def tell(people: Users, place: Place, asked: Wanted) -> None:
    """The whole story, a county at a time; where a county has cases already nothing is done."""
    for county in place.counties:
        tell_county(people, place, county)


def tell_county(people: Users, place: Place, county: str) -> None:
    """One county's renovations."""
    if Case.objects.filter(within(county)).exists():
        return
    chosen = _chosen(county)
    if not chosen:
        return
    with transaction.atomic():
        road = Road(people, place, county)
        _planned(road, len(chosen))
        led: dict[str, list[Led]] = {}
        for season, one in _led(place, county, chosen):
            led.setdefault(season, []).append(one)
        for name, course in courses.COURSES.items():
            mine = led.get(name, [])
            late = [one for one in mine if one.then == "late"]
            road.lead(course, [one for one in mine if one not in late])
            if late:
                road.lead(courses.Course(name, courses.LATE, course.start_due, course.finish_due), late)
        everyone = [one for mine in led.values() for one in mine]
        turns.hang(road, everyone)
        for one in everyone:
            turns.take(road, one)


def _planned(road: Road, cases: int) -> None:
    """The county's task for the year, handed down in February: a little less than what was done (S2-02)."""
    actions.make_plan(
        area=road.county, year=2020, households=max(1, round(cases * 0.94)), start_due=date(2020, 4, 30), complete_due=date(2020, 6, 25),
        document="阜住建发〔2020〕演示1号", by=road.clerk,
    )  # fmt: skip


def _chosen(county: str) -> list[tuple[int, str, str]]:
    """(household, village, grade) of those who were chosen, in the order of their villages."""
    papers = Appraisal.objects.filter(within(county), on__lt=elsewhere.APPRAISED_FROM).order_by("area", "household__number")
    none = NoHouse.objects.filter(within(county), superseded_at=None)
    return [
        *((key, area[:12], grade) for key, area, grade in papers.values_list("household", "area", "grade")),
        *((key, area[:12], "none") for key, area in none.values_list("household", "area")),
    ]


def _led(place: Place, county: str, chosen: list[tuple[int, str, str]]) -> Iterator[tuple[str, Led]]:
    township = next((one for one in place.townships if one.startswith(county)), "") if county == DESK else ""
    mine = [one.code for one in place.villages if one.township == township][: len(desk.VILLAGES)]
    by_township: dict[str, list[tuple[int, str]]] = {}
    for village in mine:
        yield from _told(village, [(key, grade) for key, of, grade in chosen if of == village])
    for key, village, _grade in chosen:
        if village not in mine:
            by_township.setdefault(village[:9], []).append((key, village))
    for place_of, (_township, households) in enumerate(sorted(by_township.items())):
        course = courses.OF_TOWNSHIPS[place_of % len(courses.OF_TOWNSHIPS)]
        for at, (key, village) in enumerate(households):
            reach, then = courses.far(course, at)
            yield course, Led(key, village, reach, then)


def _told(village: str, households: list[tuple[int, str]]) -> Iterator[tuple[str, Led]]:
    """The scripts of a village, each with a household that it fits."""
    left = list(households)
    for course, reach, then in desk.SCRIPTS:
        if not left:
            return
        one = next((each for each in left if each[1] == "D"), left[0]) if then in _NEEDS_D else left[0]
        left.remove(one)
        yield course, Led(one[0], village, reach, then)
