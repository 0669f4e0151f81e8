"""Renovations by year: how many households were made safe in which year, where, how and of whom, whether here or before this system knew of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Sum
from django.db.models.functions import Substr

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.cases.models import Case
from anju.cases.workflow import DONE
from anju.registry.models import PastSupport
from anju.vocabulary import division

FIRST_YEAR, LAST_YEAR = 2009, 2100
"""The programme's first year that the national archive system keeps; a later year than the other is a slip of the pen."""
BY = ("method", "group")
"""What the years are told by."""


@dataclass(frozen=True, slots=True)
class Tally:
    """Finished cases of a place, year, method and group: how many, the subsidy of those of which it is known (fen), and whether they were read in as finished."""

    place: str
    year: int
    method: str
    group: str
    historic: bool
    cases: int
    subsidy: int


def tallies(user: User, area: str, *, method: str = "", group: str = "") -> list[Tally]:
    """The finished cases of an area by the areas right below it, year, method and group: one query, read off one index."""
    found = scope(user, Case.objects.filter(within(area), stage__in=DONE, year__isnull=False))
    if method:
        found = found.filter(method=method)
    if group:
        found = found.filter(group=group)
    rows = (
        found.order_by()
        .annotate(place=Substr("area", 1, division.below(area)))
        .values_list("place", "year", "method", "group", "historic")
        .annotate(cases=Count("pk"), money=Sum("subsidy"))
    )
    return [Tally(place, year, how, whose, historic, cases, money or 0) for place, year, how, whose, historic, cases, money in rows]


def summed(rows: Iterable[Tally], *names: str) -> dict[tuple[object, ...], int]:
    """How many cases by these of their properties."""
    found: dict[tuple[object, ...], int] = {}
    for one in rows:
        key = tuple(getattr(one, name) for name in names)
        found[key] = found.get(key, 0) + one.cases
    return found


@dataclass(frozen=True, slots=True)
class Support:
    """What a household had in a year: the finished case, what the housing ledger says of it, or both; they are one and the same support."""

    year: int
    case: Case | None
    ledger: tuple[PastSupport, ...]


def supports(cases: Iterable[Case], ledger: Iterable[PastSupport]) -> list[Support]:
    """A household's earlier supports, the latest first: a case and the ledger's entry of its year count once."""
    done: dict[int, list[Case]] = {}
    for one in cases:
        if one.stage in DONE and one.year is not None:
            done.setdefault(one.year, []).append(one)
    told: dict[int, list[PastSupport]] = {}
    for entry in ledger:
        told.setdefault(entry.year, []).append(entry)
    found = []
    for year in sorted({*done, *told}, reverse=True):
        of_year = done.get(year, [])
        found.append(Support(year, of_year[0] if of_year else None, tuple(told.get(year, ()))))
        found.extend(Support(year, more, ()) for more in of_year[1:])
    return found
