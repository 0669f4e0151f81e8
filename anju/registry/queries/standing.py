"""Who stands on which list: combinations of categories over the households of an area, on a day, as known now or then.

For today the columns kept on the household answer; for an earlier day, or an earlier knowledge, the facts do.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts import scope
from anju.registry.models import Category, Household
from anju.registry.queries.household import in_force
from anju.vocabulary import division


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many households a category has, and for how many it is the primary one."""

    code: str
    name: str
    short: str
    owner: str
    households: int
    primary: int


@dataclass(frozen=True, slots=True)
class Combination:
    """Households that are on exactly these lists; ``key`` (``JDLK+DB``) opens them as a listing."""

    key: str
    codes: tuple[str, ...]
    shorts: tuple[str, ...]
    households: int


@dataclass(frozen=True, slots=True)
class OfficeCombination:
    """Households that are on lists of exactly these offices; ``key`` (``civil_affairs+poverty``) opens them as a listing."""

    key: str
    offices: tuple[str, ...]
    households: int


@dataclass(frozen=True, slots=True)
class CrossTable:
    """The lists laid over one another. ``both[a, b]`` counts the households on list a and on list b."""

    within: str
    on: date
    known_at: datetime | None
    households: int
    without: int
    categories: tuple[CategoryCount, ...]
    combinations: tuple[Combination, ...]
    offices: tuple[OfficeCombination, ...]
    both: dict[tuple[str, str], int]


@dataclass(frozen=True, slots=True)
class AreaCount:
    """The households of one area; ``primary`` and ``groups`` count them by primary category and by every category."""

    area: str
    households: int
    without: int
    primary: dict[str, int]
    groups: dict[str, int]


# Household → its combination on a day as known at a moment. %(codes)s are the categories that exist on the day.
STANDING = """
stood AS (
    SELECT household_id, area FROM registry_registration
    WHERE area >= %(low)s AND area < %(high)s AND {only} AND {true_on}
), held AS (
    SELECT s.household_id, b.category_id FROM stood s JOIN (
        SELECT household_id, category_id FROM registry_belonging WHERE household_id IS NOT NULL AND category_id = ANY(%(codes)s) AND {true_on}
    ) b ON b.household_id = s.household_id
    UNION
    SELECT s.household_id, b.category_id FROM (
        SELECT person_id, category_id FROM registry_belonging WHERE person_id IS NOT NULL AND category_id = ANY(%(codes)s) AND {true_on}
    ) b
    JOIN (SELECT person_id, household_id FROM registry_membership WHERE {true_on}) m ON m.person_id = b.person_id
    JOIN stood s ON s.household_id = m.household_id
), standing AS (
    SELECT s.household_id, s.area, coalesce(h.groups, '') AS groups FROM stood s LEFT JOIN (
        SELECT h.household_id, string_agg(h.category_id, '+' ORDER BY c.primary_order, c.code) AS groups
        FROM held h JOIN registry_category c ON c.code = h.category_id GROUP BY h.household_id
    ) h ON h.household_id = s.household_id
)
"""
_TRUE = "valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) AND "
_NOW = _TRUE + "superseded_at IS NULL"
_THEN = _TRUE + "recorded_at <= %(known_at)s AND (superseded_at IS NULL OR superseded_at > %(known_at)s)"


def categories_on(day: date) -> dict[str, Category]:
    """The categories that exist on a day, in primary order."""
    return {category.code: category for category in Category.objects.all() if in_force(category, day)}


def fold(groups: str, standing: Iterable[str]) -> str:
    """A combination without the categories that don't exist on the day."""
    there = set(standing)
    return "+".join(code for code in groups.split("+") if code in there)


def is_present(on: date, known_at: datetime | None) -> bool:
    """Whether the columns kept on the household answer: today or later, as known now."""
    return known_at is None and on >= clock.today()


def standing_sql(known_at: datetime | None, *, only: str = "true") -> str:
    """The common table expressions ending in ``standing(household_id, area, groups)``; ``only`` narrows the households."""
    return "WITH " + STANDING.format(true_on=_NOW if known_at is None else _THEN, only=only)


@contextmanager
def over_all_facts() -> Iterator[CursorWrapper]:
    """A cursor for a question that goes through every fact of an area. The planner takes the conditions of two times for independent,
    believes in a handful of rows and loops over them: a quarter of an hour for a county instead of seconds. It isn't offered loops."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_nestloop = off")
        yield cursor
        cursor.execute("SET LOCAL enable_nestloop = on")


def standing_values(within: str, on: date, known_at: datetime | None) -> dict[str, Any]:
    """The values ``standing_sql`` mentions."""
    low, high = division.bounds(within)
    return {"low": low, "high": high, "on": on, "known_at": known_at, "codes": list(categories_on(on))}


def _counted(within: str, on: date, known_at: datetime | None, digits: int = 0) -> Counter[tuple[str, str]]:
    """(area cut to ``digits``, combination) → households."""
    counted: Counter[tuple[str, str]] = Counter()
    if is_present(on, known_at):
        rows: Iterable[tuple[str, str, int]]
        if digits:
            low, high = division.bounds(within)
            with connection.cursor() as cursor:
                cursor.execute(
                    """SELECT left(area, %s), groups, count(*) FROM registry_household
                       WHERE closed_on IS NULL AND area >= %s AND area < %s GROUP BY 1, 2""",
                    [digits, low, high],
                )
                rows = cursor.fetchall()
        else:
            found = Household.objects.filter(scope.within(within), closed_on__isnull=True).values_list("groups").annotate(many=Count("pk"))
            rows = [("", groups, many) for groups, many in found]
        there = categories_on(on)
        for area, groups, many in rows:
            counted[area, fold(groups, there)] += many
        return counted
    with over_all_facts() as cursor:
        cursor.execute(
            standing_sql(known_at) + "SELECT left(area, %(digits)s), groups, count(*) FROM standing GROUP BY 1, 2",
            {**standing_values(within, on, known_at), "digits": digits},
        )
        for area, groups, many in cursor.fetchall():
            counted[area, groups] += many
    return counted


def offices_of(groups: str, categories: dict[str, Category]) -> str:
    """The offices whose lists a combination is made of, joined by ``+``."""
    return "+".join(sorted({categories[code].owner for code in groups.split("+") if code in categories}))


def cross_table(*, within: str, on: date | None = None, known_at: datetime | None = None) -> CrossTable:
    """Every combination of lists with the number of households on exactly it, largest first."""
    day = on or clock.today()
    categories = categories_on(day)
    counted = {groups: many for (_area, groups), many in _counted(within, day, known_at).items()}
    each: Counter[str] = Counter()
    first: Counter[str] = Counter()
    both: Counter[tuple[str, str]] = Counter()
    offices: Counter[str] = Counter()
    for groups, many in counted.items():
        codes = groups.split("+") if groups else []
        first.update({codes[0]: many} if codes else {})
        offices[offices_of(groups, categories)] += many
        for code in codes:
            each[code] += many
            both.update({(code, other): many for other in codes if other != code})
    return CrossTable(
        within=within,
        on=day,
        known_at=known_at,
        households=sum(counted.values()),
        without=counted.get("", 0),
        categories=tuple(
            CategoryCount(code, _(category.name), _(category.short), category.owner, each[code], first[code])
            for code, category in categories.items()
        ),
        combinations=tuple(
            Combination(groups, tuple(groups.split("+")), tuple(_(categories[code].short) for code in groups.split("+")), many)
            for groups, many in sorted(counted.items(), key=lambda item: (-item[1], item[0]))
            if groups
        ),
        offices=tuple(
            OfficeCombination(key, tuple(key.split("+")), many)
            for key, many in sorted(offices.items(), key=lambda item: (-item[1], item[0]))
            if key
        ),
        both=dict(both),
    )


def counts_by_division(
    *, within: str, level: division.Level, on: date | None = None, known_at: datetime | None = None
) -> tuple[AreaCount, ...]:
    """The households of each area of that level inside ``within``, in order of code; areas without households are left out."""
    digits = {division.Level.PROVINCE: 2, division.Level.PREFECTURE: 4, division.Level.COUNTY: 6, division.Level.TOWNSHIP: 9}.get(level, 12)
    digits = 15 if level == division.Level.GROUP else digits
    day = on or clock.today()
    areas: dict[str, list[tuple[str, int]]] = {}
    for (area, groups), many in _counted(within, day, known_at, digits).items():
        areas.setdefault(area, []).append((groups, many))
    return tuple(_area(area, rows) for area, rows in sorted(areas.items()))


def _area(area: str, rows: Sequence[tuple[str, int]]) -> AreaCount:
    first: Counter[str] = Counter()
    each: Counter[str] = Counter()
    for groups, many in rows:
        codes = groups.split("+") if groups else []
        first.update({codes[0]: many} if codes else {})
        each.update(dict.fromkeys(codes, many))
    return AreaCount(area, sum(many for _groups, many in rows), sum(many for groups, many in rows if not groups), dict(first), dict(each))


@dataclass(frozen=True, slots=True)
class ThenAndNow:
    """A category's households on a day: as was known then, and as is known now."""

    code: str
    short: str
    then: int
    now: int


def then_and_now(*, within: str, on: date, known_at: datetime) -> tuple[ThenAndNow, ...]:
    """The number of then and the number of now for the same day (domain 3.27); code "" is all households."""
    then = cross_table(within=within, on=on, known_at=known_at)
    now = cross_table(within=within, on=on)
    return (
        ThenAndNow("", "", then.households, now.households),
        *(
            ThenAndNow(was.code, was.short, was.households, present.households)
            for was, present in zip(then.categories, now.categories, strict=True)
        ),
    )
