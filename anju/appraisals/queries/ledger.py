"""The danger ledger 危房台账: in a key group valid there on that day, in a C or D house or without a house, and no other safe house.

Any day, as known then or now; read set-based off registrations, standings, grades of houses and determinations of no house.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.db.models import CharField, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat
from django.db.models.lookups import Contains

from anju import clock
from anju.accounts.scope import within as inside
from anju.appraisals.models import HouseGrade
from anju.policy import NoRule, keys, value
from anju.registry.models import Household
from anju.registry.queries.standing import categories_on, over_all_facts, standing_sql, standing_values
from anju.vocabulary import division

NO_HOUSE = ""
"""The grade of a household without a house."""

_TRUE = "valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)"
_KNOWN = {False: "superseded_at IS NULL", True: "recorded_at <= %(known_at)s AND (superseded_at IS NULL OR superseded_at > %(known_at)s)"}
_LEDGER = """
{standing}, graded AS (
    SELECT household_id, max(grade) FILTER (WHERE grade IN ('C', 'D')) AS worst, bool_or(grade IN ('A', 'B')) AS safe,
        (array_agg(dwelling_id ORDER BY grade DESC, dwelling_id))[1] AS dwelling_id
    FROM appraisals_housegrade WHERE area >= %(low)s AND area < %(high)s AND {true} AND {known} GROUP BY household_id
), homeless AS (
    SELECT DISTINCT household_id FROM appraisals_nohouse WHERE area >= %(low)s AND area < %(high)s AND {true} AND {known}
), ledger AS (
    SELECT s.household_id, s.area, s.groups, coalesce(g.worst, '') AS grade, g.dwelling_id
    FROM standing s LEFT JOIN graded g USING (household_id) LEFT JOIN homeless n USING (household_id)
    WHERE s.groups <> '' AND NOT coalesce(g.safe, false) AND (g.worst IS NOT NULL OR n.household_id IS NOT NULL)
)
"""


@dataclass(frozen=True, slots=True)
class Count:
    """The ledger's households of an area by grade; ``no_house`` are those without a house."""

    area: str
    households: int = 0
    c: int = 0
    d: int = 0
    no_house: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """A household of the ledger."""

    household_id: int
    number: str
    area: str
    grade: str
    groups: str


def ledger_sql(known_at: datetime | None, only: str = "true") -> str:
    """The common table expressions ending in ``ledger(household_id, area, groups, grade, dwelling_id)``."""
    return _LEDGER.format(standing=standing_sql(known_at, only=only), true=_TRUE, known=_KNOWN[known_at is not None])


def ledger_values(within: str, on: date | None, known_at: datetime | None) -> dict[str, Any]:
    """The values ``ledger_sql`` mentions; the groups are those valid in the area on the day."""
    day = on or clock.today()
    values = standing_values(within, day, known_at)
    valid = set(value(keys.GROUPS, within, day))
    return {**values, "codes": [code for code in values["codes"] if code in valid]}


def counts(within: str, *, on: date | None = None, known_at: datetime | None = None, digits: int = 0) -> dict[str, Count]:
    """By area (cut to ``digits``; 0: the whole) the households of the ledger; areas without any are left out."""
    found: dict[str, dict[str, int]] = {}
    with over_all_facts() as cursor:
        cursor.execute(
            ledger_sql(known_at)
            + "SELECT CASE WHEN %(digits)s = 0 THEN %(within)s ELSE left(area, %(digits)s) END, grade, count(*) FROM ledger GROUP BY 1, 2",
            {**ledger_values(within, on, known_at), "digits": digits, "within": within},
        )
        for area, grade, many in cursor.fetchall():
            found.setdefault(area, {})[grade] = many
    return {area: Count(area, sum(by.values()), by.get("C", 0), by.get("D", 0), by.get(NO_HOUSE, 0)) for area, by in sorted(found.items())}


def entries(
    within: str,
    *,
    on: date | None = None,
    known_at: datetime | None = None,
    grade: str | None = None,
    only: int | None = None,
    after: str = "",
    limit: int = 50,
) -> list[Entry]:
    """The households of the ledger by area and number, those behind ``after`` (``area_number``); one more than asked shows that more follow.

    ``grade``: C, D or ``NO_HOUSE``; None: all. ``only``: whether this household is on it.
    """
    area, _under, number = after.partition("_")
    with over_all_facts() as cursor:
        cursor.execute(
            ledger_sql(known_at, only="household_id = %(only)s" if only else "true")
            + """SELECT l.household_id, h.number, l.area, l.grade, l.groups FROM ledger l JOIN registry_household h ON h.id = l.household_id
                 WHERE (%(grade)s::text IS NULL OR l.grade = %(grade)s) AND (l.area, h.number) > (%(area)s COLLATE "C", %(number)s COLLATE "C")
                 ORDER BY l.area, h.number LIMIT %(limit)s""",
            {**ledger_values(within, on, known_at), "grade": grade, "area": area, "number": number, "limit": limit + 1, "only": only},
        )
        return [Entry(*row) for row in cursor.fetchall()]


def on_lists(codes: Iterable[str]) -> Q:
    """Households that stand on one of these lists now; who stands on none is left out by the index."""
    spelled = Concat(Value("+"), F("groups"), Value("+"), output_field=CharField())
    return Q(groups__gt="") & reduce(or_, (Q(Contains(spelled, f"+{code}+")) for code in codes), Q(pk__in=[]))


def groups_today(area: str) -> list[str]:
    """The lists whose households belong on the ledger of an area today."""
    today = clock.today()
    try:
        valid = set(value(keys.GROUPS, area, today))
    except NoRule:
        return []
    return [code for code in categories_on(today) if code in valid]


_IN_DANGER = """
SELECT household_id FROM appraisals_housegrade
WHERE area >= %s AND area < %s AND superseded_at IS NULL AND valid_to IS NULL AND grade IN ('C', 'D')
UNION SELECT household_id FROM appraisals_nohouse WHERE area >= %s AND area < %s AND superseded_at IS NULL AND valid_to IS NULL
"""


def now(area: str) -> QuerySet[Household]:
    """The ledger of today as households, to be filtered, counted and paged: what ``entries`` says of today, read off the open facts."""
    low, high = division.bounds(area)
    codes = groups_today(area)
    if not codes:
        return Household.objects.none()
    safe = HouseGrade.objects.open().filter(household=OuterRef("pk"), grade__in=("A", "B"))
    found = Household.objects.filter(inside(area), closed_on=None, pk__in=RawSQL(_IN_DANGER, (low, high, low, high)))
    return found.filter(on_lists(codes), ~Exists(safe)).order_by("area", "number")


def write_to(cursor: CursorWrapper, *, stock: int, within: str, on: date) -> None:
    """The ledger's households of a day as the entries of a stock."""
    cursor.execute(
        ledger_sql(None)
        + """INSERT INTO appraisals_stockentry (stock_id, household_id, area, grade, groups, dwelling_id, struck_why)
             SELECT %(stock)s, household_id, area, grade, groups, dwelling_id, '' FROM ledger""",
        {**ledger_values(within, on, None), "stock": stock},
    )
