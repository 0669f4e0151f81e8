"""All of it, county by county: the year's plans, the courses of the townships, and the villages told household by household."""

import itertools
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context

from django.db import connections, transaction
from django.db.models import Count

from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals.models import Appraisal, NoHouse
from anju.cases.models import Case, QuotaRequest
from anju.demo import elsewhere, setup
from anju.demo.place import Place
from anju.demo.renovations import courses, desk, planning, turns
from anju.demo.renovations.choosing import Wanted
from anju.demo.renovations.road import Led, Road
from anju.demo.story import DESK
from anju.registry.models import Membership

Users = dict[str, User]
_NEEDS_MANY = ("head changed", "split")
_NEEDS_D = ("foundation", "structure", "completed", "untrained")


def tell(people: Users, place: Place, asked: Wanted, processes: int = 1) -> None:
    """The whole story, so many counties side by side, the largest first; a county that has its cases already is left as it is."""
    led = {county: list(_led(place, county, _chosen(county))) for county in place.counties}
    _with_toilets([one for found in led.values() for _season, one in found], asked.toilets)
    begun = {county for county in led if Case.objects.filter(within(county), applied_on__year=2020).exists()}
    if not begun:
        planning.hand_down(people, place.prefix, {county: len(found) for county, found in led.items() if found})
    waiting = [
        (place, county, found) for county, found in sorted(led.items(), key=lambda one: -len(one[1])) if found and county not in begun
    ]
    if processes < 2:
        for one in waiting:
            tell_county(*one)
    else:
        connections.close_all()
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=setup.ready) as pool:
            for done in [pool.submit(tell_county, *one) for one in waiting]:
                done.result()
    if not QuotaRequest.objects.exists():
        planning.ask(people)


@transaction.atomic
def tell_county(place: Place, county: str, found: list[tuple[str, Led]]) -> None:
    """One county's renovations."""
    people = {user.login: user for user in User.objects.filter(login__startswith="demo-")}
    road = Road(people, place, county)
    townships = Counter(one.village[:9] for _season, one in found)
    planning.to_townships(road.clerk, county, townships)
    road.drawings = planning.draw(road.clerk, county)
    for name, course in courses.COURSES.items():
        mine = [one for season, one in found if season == name]
        late = [one for one in mine if one.then == "late"]
        road.lead(course, [one for one in mine if one not in late])
        if late:
            road.lead(replace(course, applied=courses.LATE), late)
    everyone = [one for _season, one in found]
    turns.hang(road, everyone)
    for one in everyone:
        turns.take(road, one)


def _with_toilets(led: list[Led], many: int) -> None:
    """So many of the registered poor whose D house is built anew and has its plan get a toilet in it, spread over all of them (S2-33)."""
    fit = [one for one in led if one.grade == "D" and one.poor and one.goes("agreed")]
    for at, one in enumerate(fit):
        one.toilet = at * many // len(fit) != (at + 1) * many // len(fit) if many < len(fit) else True


def _chosen(county: str) -> list[Led]:
    """Those who were chosen, in the order of their villages; how far they come isn't said yet."""
    papers = Appraisal.objects.filter(within(county), on__lt=elsewhere.APPRAISED_FROM).order_by("area", "household__number")
    none = NoHouse.objects.filter(within(county), superseded_at=None)
    of, also = ("household", "area", "household__groups"), ("grade",)
    rows = [*papers.values_list(*of, *also), *((*row, "none") for row in none.values_list(*of))]
    spells = Membership.objects.open().filter(household__in=[row[0] for row in rows])
    persons = dict(spells.order_by().values_list("household").annotate(many=Count("pk")))
    return [
        Led(key, area[:12], "applied", grade=grade, poor="JDLK" in groups.split("+"), persons=persons.get(key, 0))
        for key, area, groups, grade in rows
    ]


def _led(place: Place, county: str, chosen: list[Led]) -> Iterator[tuple[str, Led]]:
    """Each with its season, how far it comes and what happens to it."""
    township = next((one for one in place.townships if one.startswith(county)), "") if county == DESK else ""
    mine = [one.code for one in place.villages if one.township == township][: len(desk.VILLAGES)]
    seasons = courses.OF_THE_DESK if county == DESK else courses.OF_TOWNSHIPS
    by_township: dict[str, list[Led]] = {}
    scripts = itertools.cycle(desk.SCRIPTS)
    for village in mine:
        yield from _told([one for one in chosen if one.village == village], scripts)
    for one in chosen:
        if one.village not in mine:
            by_township.setdefault(one.village[:9], []).append(one)
    for at_all, (_township, households) in enumerate(sorted(by_township.items())):
        season = seasons[at_all % len(seasons)]
        for at, one in enumerate(households):
            one.reach, one.then = courses.far(season, at)
            yield season, one


def _told(households: list[Led], scripts: Iterator[desk.Script]) -> Iterator[tuple[str, Led]]:
    """The next scripts, as many as the village has households, each with one that it fits."""
    left = list(households)
    while left:
        season, reach, then = next(scripts)
        one = left[0]
        if then in _NEEDS_D:
            one = next((each for each in left if each.grade == "D"), one)
        elif then in _NEEDS_MANY:
            one = max(left, key=lambda each: each.persons)
        left.remove(one)
        one.reach, one.then = reach, then
        yield season, one
