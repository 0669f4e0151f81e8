"""How far a round is, to the last household: by area what was seen and who is left."""

from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.accounts.scope import within as inside
from anju.appraisals import populations
from anju.appraisals.models import Appraisal, Round, Screening
from anju.registry.models import Household
from anju.vocabulary import division
from anju.vocabulary.summing import Summed


@dataclass(frozen=True, slots=True)
class Coverage(Summed):
    """Households in scope of a round by what was seen; ``left`` haven't been looked at. All add up to ``households``."""

    area: str
    households: int = 0
    fine: int = 0
    suspect: int = 0
    no_house: int = 0
    absent: int = 0
    left: int = 0

    @property
    def seen(self) -> int:
        """Households that were looked at, whatever was seen."""
        return self.households - self.left


_SCOPE = """h.closed_on IS NULL AND h.area >= %(low)s AND h.area < %(high)s
    AND (%(categories)s::text[] = '{}' OR string_to_array(h.groups, '+') && %(categories)s::text[])"""


def coverage(round: Round, *, within: str = "", digits: int = 0) -> dict[str, Coverage]:
    """By area (cut to ``digits``; 0: the whole) the households of the round inside ``within`` that stand on the register now."""
    place = division.stem(within) or round.area
    low, high = division.bounds(place)
    found: dict[str, Coverage] = {}
    whom, keys = _whom(round, place)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT CASE WHEN %(digits)s = 0 THEN %(place)s ELSE left(h.area, %(digits)s) END, coalesce(s.result, 'left'), count(*)
                FROM registry_household h
                LEFT JOIN appraisals_screening s ON s.household_id = h.id AND s.round_id = %(round)s AND s.superseded_at IS NULL
                WHERE {_SCOPE}{whom} GROUP BY 1, 2""",
            {"digits": digits, "place": place, "round": round.pk, "low": low, "high": high, "categories": list(round.categories), **keys},
        )
        for area, result, many in cursor.fetchall():
            more: dict[str, Any] = {"area": area, "households": many, result: many}
            found[area] = found.get(area, Coverage(area)) + Coverage(**more)
    return found


def _whom(round: Round, place: str) -> tuple[str, dict[str, Any]]:
    """What narrows the households to the round's population, as SQL over ``h`` with its values by name; nothing where it is about all."""
    asked = populations.of(round, place)
    if asked is None:
        return "", {}
    sql, values = asked.query.sql_with_params()
    named = {f"whom_{at}": list(value) if isinstance(value, tuple) else value for at, value in enumerate(values)}
    return " AND h.id IN (" + sql % tuple(f"%({name})s" for name in named) + ")", named


def in_scope(round: Round, *, within: str = "", result: str = "") -> QuerySet[Household]:
    """The very households a figure of ``coverage`` counts; ``result`` "left" are those not looked at, "" all."""
    place = division.stem(within) or round.area
    found = Household.objects.filter(inside(place), closed_on=None)
    if (whom := populations.of(round, place)) is not None:
        found = found.filter(pk__in=whom)
    if round.categories:
        found = found.extra(where=["string_to_array(registry_household.groups, '+') && %s::text[]"], params=[list(round.categories)])
    seen = Screening.objects.filter(round=round, household=OuterRef("pk"), superseded_at=None)
    if result == "left":
        return found.filter(~Exists(seen))
    return found.filter(Exists(seen.filter(result=result))) if result else found


def looked_dangerous(area: str) -> QuerySet[Screening]:
    """The last look at a household's house that found it suspect, where it hasn't been appraised since; of households on the register."""
    seen = Screening.objects.filter(result=Screening.Result.SUSPECT, superseded_at=None)
    appraised = Appraisal.objects.filter(household=OuterRef("household"), on__gte=OuterRef("on")).exclude(state=Appraisal.State.WITHDRAWN)
    again = seen.filter(Q(on__gt=OuterRef("on")) | Q(on=OuterRef("on"), pk__gt=OuterRef("pk")), household=OuterRef("household"))
    return seen.filter(inside(area), ~Exists(appraised), ~Exists(again), household__closed_on=None)
