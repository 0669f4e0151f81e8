"""应改尽改 (S0-30): the households in danger that have no safe way of living, each with where it stands: going on, in no plan though it qualifies, or not
qualified by which rule. What is qualified and in no plan must be 0.

Rests on the danger ledger of today (on a list, C or D or without a house, no other safe house) without those that have a way out in force.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, QuerySet
from django.db.models.expressions import RawSQL

from anju import paging, policy
from anju.accounts.models import User
from anju.cases import models, standards
from anju.cases.models import CaseStep
from anju.cases.planning import positional
from anju.cases.workflow import WORKFLOW
from anju.guarantees.queries import danger
from anju.paging import Page
from anju.policy import NoRule, keys
from anju.registry.models import DatedFlag, Household
from anju.rosters.models import Batch
from anju.vocabulary import division

GOING = "going"
NOT_APPLIED, RETURNED, PAUSED, LAPSED, AGAIN = "none", "returned", "paused", "lapsed", "again"
REFUSED, WITHDRAWN = "refused", "withdrawn"
ONCE, EMPLOYEE, UNLOCKED = "once", "employee", "unlocked"
MISSING = (NOT_APPLIED, RETURNED, PAUSED, LAPSED, AGAIN)
"""应改未改: qualified, in no plan, and somebody has to act. Must be 0."""
CONCLUDED = (REFUSED, WITHDRAWN)
"""Qualified, in no plan, with a written conclusion."""
EXCLUDED = (ONCE, EMPLOYEE, UNLOCKED)
"""In danger, but not qualified today by a rule."""
STATES = (GOING, *MISSING, *CONCLUDED, *EXCLUDED)
GROUPS: dict[str, tuple[str, ...]] = {"missing": MISSING, "in": (GOING,), "concluded": CONCLUDED, "excluded": EXCLUDED}
"""How an address asks for several states at once."""
MAY_APPLY = (NOT_APPLIED, LAPSED)
"""States in which an application is what comes next."""
ORDER = ("area", "number")
_MOST = 2000
"""So many households are written out at once, unless a single village has more."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" means everything. ``state``: one of ``STATES`` or of ``GROUPS``; ``grade``: C, D or none; ``group``: a list's code; ``q``: a
    household's number."""

    area: str = ""
    state: str = "missing"
    grade: str = ""
    group: str = ""
    q: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        told = danger.Filters.of(asked, area)
        state = asked.get("state", "missing")
        known = state in (*STATES, *GROUPS, "")
        return cls(told.area, state if known else "missing", told.grade, told.group, asked.get("q", "").strip()[:20])

    @property
    def states(self) -> tuple[str, ...]:
        """The states asked for."""
        return GROUPS.get(self.state) or ((self.state,) if self.state else STATES)


# Where a household stands is asked set by set, of those in danger without a way out only: of a county of 281,000 they are one in ten. Each set is read by
# the households of the one before it, and is written down (MATERIALIZED): left to itself, the planner asks it anew of every household. It takes the danger set
# for far smaller than it is, so that no two of the sets are joined with each other, which it would do pair by pair: they are looked up by key (LATERAL, IN).
_STOOD = """
WITH danger(id, area, number) AS MATERIALIZED ({danger}), latest AS MATERIALIZED (
    SELECT d.id, d.area, d.number, l.stage, l.going, l.finished FROM danger d LEFT JOIN LATERAL (
        SELECT c.stage, c.ended_on IS NULL AS going, coalesce(c.completed_on, c.ended_on) AS finished FROM cases_case c
        WHERE c.household_id = d.id AND c.area >= %(low)s AND c.area < %(high)s AND (c.ended_on IS NULL OR c.stage <> %(taken_back)s)
        ORDER BY c.ended_on DESC NULLS FIRST, c.id DESC LIMIT 1
    ) l ON true
), fresh AS MATERIALIZED (
    SELECT id FROM latest WHERE stage IS NULL
), member AS MATERIALIZED (
    SELECT m.household_id, m.person_id FROM fresh f JOIN registry_membership m ON m.household_id = f.id WHERE {inside_m} AND {true_m}
), supported AS MATERIALIZED (
    SELECT s.household_id FROM fresh f JOIN registry_pastsupport s ON s.household_id = f.id WHERE {inside_s} AND s.superseded_at IS NULL
    UNION SELECT m.household_id FROM member m JOIN registry_pastsupport s ON s.person_id = m.person_id WHERE {inside_s} AND s.superseded_at IS NULL
), employed AS MATERIALIZED (
    SELECT g.household_id FROM fresh f JOIN registry_datedflag g ON g.household_id = f.id WHERE {inside_g} AND g.flag = %(employee)s AND {true_g}
    UNION SELECT m.household_id FROM member m JOIN registry_datedflag g ON g.person_id = m.person_id
    WHERE {inside_g} AND g.flag = %(employee)s AND {true_g}
), held AS MATERIALIZED (
    SELECT f.id AS household_id, b.source FROM fresh f, LATERAL (SELECT b.source FROM registry_belonging b WHERE b.household_id = f.id AND {belongs} OFFSET 0) b
    UNION ALL
    SELECT m.household_id, b.source FROM member m, LATERAL (SELECT b.source FROM registry_belonging b WHERE b.person_id = m.person_id AND {belongs} OFFSET 0) b
), confirmed AS MATERIALIZED (
    SELECT h.household_id FROM (
        SELECT household_id, (SELECT r.batch_id FROM rosters_batchrow r WHERE r.id = substr(source, 13)::bigint) AS batch FROM held
        WHERE source ~ '^rosters\\.row:[0-9]{{1,18}}$' OFFSET 0
    ) h WHERE h.batch IN (SELECT id FROM rosters_batch WHERE status = %(locked)s)
), stood AS MATERIALIZED (
    SELECT l.id, l.area, l.number, CASE
        WHEN l.going THEN CASE WHEN l.stage IN ('{returned}', '{paused}') THEN l.stage ELSE '{going}' END
        WHEN l.stage IS NULL THEN CASE
            WHEN l.id IN (SELECT household_id FROM supported) THEN '{once}'
            WHEN {excluded} AND l.id IN (SELECT household_id FROM employed) THEN '{employee}'
            WHEN l.id IN (SELECT household_id FROM confirmed) THEN '{none}'
            ELSE '{unlocked}' END
        WHEN l.stage IN ('{refused}', '{withdrawn}') THEN l.stage
        WHEN l.stage = 'other_route' THEN '{lapsed}'
        WHEN {again} THEN '{again_state}'
        ELSE '{once}' END AS state
    FROM latest l
)
"""
_INSIDE = "{0}.area >= %(low)s AND {0}.area < %(high)s"
_TRUE = "{0}.superseded_at IS NULL AND {0}.valid_from <= %(today)s AND ({0}.valid_to IS NULL OR {0}.valid_to > %(today)s)"
_OPEN = "{0}.superseded_at IS NULL AND {0}.valid_to IS NULL"
_NEWER = f"""EXISTS (SELECT FROM appraisals_housegrade g WHERE g.household_id = l.id AND {_OPEN.format("g")} AND g.grade IN ('C', 'D') AND g.valid_from > l.finished)"""


def _employer(area: str, today: date) -> tuple[str, dict[str, str]]:
    """Where a household with a public employee is helped by nobody (V12): the condition on ``l.area``, with its values."""
    stem = division.stem(area)
    inside = {
        one.area
        for one in policy.rules().by_key.get(keys.EXCLUSIONS.key, ())
        if one.area != stem and one.area.startswith(stem) and one.holds_on(today)
    }
    said = "true" if standards.excluded(stem, today, standards.PUBLIC_EMPLOYEE) else "false"
    values: dict[str, str] = {}
    for at, place in enumerate(sorted(inside, key=len)):
        values |= dict(zip((f"from{at}", f"to{at}"), division.bounds(place), strict=True))
        here = f"(l.area >= %(from{at})s AND l.area < %(to{at})s)"
        said = f"({said} OR {here})" if standards.excluded(place, today, standards.PUBLIC_EMPLOYEE) else f"({said} AND NOT {here})"
    return said, values


def _groups(area: str, today: date) -> list[str]:
    """The lists that count in an area (S4-05); none where no rule says which."""
    try:
        return list(policy.value(keys.GROUPS, area, today))
    except NoRule:
        return []


def _again(area: str, today: date) -> bool:
    """Whether a place helps a household again whose house was found dangerous after its renovation (返危)."""
    once = policy.find(keys.ONCE_ONLY, area, today)
    return once is not None and "redanger_disaster" in once.value.exceptions


def _stood(found: QuerySet[Household], area: str, today: date) -> tuple[str, dict[str, Any]]:
    """The common table expressions ending in ``stood(id, area, number, state)`` of the households ``found``, who are in danger without a way out, with the values
    they mention."""
    sql, given = found.values_list("pk", "area", "number").query.sql_with_params()
    named = {f"danger{at}": value for at, value in enumerate(given)}
    excluded, places = _employer(area, today)
    low, high = division.bounds(area)
    text = _STOOD.format(
        danger=sql % tuple(f"%({name})s" for name in named), excluded=excluded, again=_NEWER if _again(area, today) else "false",
        belongs=f"{_INSIDE.format('b')} AND {_OPEN.format('b')} AND b.category_id = ANY(%(groups)s)",
        **{f"inside_{one}": _INSIDE.format(one) for one in "msg"}, **{f"true_{one}": _TRUE.format(one) for one in "mg"},
        returned=RETURNED, paused=PAUSED, going=GOING, once=ONCE, employee=EMPLOYEE, none=NOT_APPLIED, unlocked=UNLOCKED, refused=REFUSED,
        withdrawn=WITHDRAWN, lapsed=LAPSED, again_state=AGAIN,
    )  # fmt: skip
    return text, {
        **named, **places, "low": low, "high": high, "today": today, "taken_back": WORKFLOW.taken_back, "locked": Batch.Status.LOCKED.value,
        "employee": DatedFlag.Flag.PUBLIC_EMPLOYEE.value, "groups": _groups(area, today),
    }  # fmt: skip


def _told(found: QuerySet[Household], area: str, today: date, what: str, **values: Any) -> list[tuple[Any, ...]]:
    """What is asked of ``stood``."""
    try:
        sql, given = _stood(found, area, today)
    except EmptyResultSet:
        return []
    with connection.cursor() as cursor:
        cursor.execute(sql + what, {**given, **values})
        return list(cursor.fetchall())


def _endangered(user: User, area: str, today: date, grade: str = "", group: str = "") -> QuerySet[Household]:
    """The danger ledger without those that have a way out in force."""
    return danger.on_ledger(user, danger.Filters(area, grade=grade, group=group, way="none"), today)


def _asked(user: User, filters: Filters, today: date) -> QuerySet[Household]:
    """The households whose states say which of them are asked for."""
    found = _endangered(user, filters.area, today, filters.grade, filters.group)
    return found.filter(number=filters.q) if filters.q else found


def listed(user: User, filters: Filters, today: date) -> QuerySet[Household]:
    """The households asked for, by place and number. ``page`` and ``pieces`` find some of them sooner, and with their states."""
    return _those(_asked(user, filters, today), filters.area, today, filters.states).order_by(*ORDER)


def standing(user: User, area: str, today: date, *, states: Sequence[str] = STATES) -> QuerySet[Household]:
    """The households in danger without a way out that stand so; ``states_of`` says of some of them how."""
    return _those(_endangered(user, area, today), area, today, states)


def _those(found: QuerySet[Household], area: str, today: date, states: Sequence[str]) -> QuerySet[Household]:
    try:
        sql, values = _stood(found.order_by(), area, today)
    except EmptyResultSet:
        return Household.objects.none()
    ordered = positional(f"{sql} SELECT id FROM stood WHERE state = ANY(%(states)s)", {**values, "states": list(states)})
    return Household.objects.filter(pk__in=RawSQL(*ordered))


Places = Mapping[str, Mapping[str, int]]
"""By the very area in which they stand (a village, a group of one) how many households stand how."""


def places(user: User, area: str, today: date, *, grade: str = "", group: str = "", q: str = "") -> dict[str, dict[str, int]]:
    """Where the households in danger without a way out are, and how they stand: one query, from which every sum follows and every page is found."""
    found: dict[str, dict[str, int]] = {}
    asked = "SELECT area, state, count(*) FROM stood GROUP BY 1, 2 ORDER BY 1, 2"
    for where, state, many in _told(_asked(user, Filters(area, "", grade, group, q), today).order_by(), area, today, asked):
        found.setdefault(where, {})[state] = many
    return found


def summed(stood: Places, digits: int = 0, whole: str = "") -> dict[str, dict[str, int]]:
    """``places`` by area cut to ``digits``; 0: all together, as ``whole``."""
    found: dict[str, dict[str, int]] = {}
    for where, states in stood.items():
        sums = found.setdefault(where[:digits] if digits else whole, {})
        for state, many in states.items():
            sums[state] = sums.get(state, 0) + many
    return found


def lacking(states: Mapping[str, int]) -> int:
    """应改未改 among households that are counted by state."""
    return sum(states.get(one, 0) for one in MISSING)


def page(
    user: User, filters: Filters, today: date, stood: Places, *, asked: Mapping[str, str], limit: int
) -> tuple[Page[Household], dict[int, str]]:
    """The page of the households asked for that an address points to, with how each of them stands. ``stood`` (``places`` with these filters) says in which few
    areas its households are, so that only those have to be asked."""
    many = {where: count for where, states in sorted(stood.items()) if (count := sum(states.get(one, 0) for one in filters.states))}
    cursor, backwards = paging.pointed(asked, len(ORDER))
    at = str(cursor[1][0]) if cursor else None
    areas: list[str] = []
    ahead = 0
    for where in sorted(many, reverse=backwards):
        if at is not None and (where > at if backwards else where < at):
            continue
        areas.append(where)
        ahead += 0 if where == at else many[where]
        if ahead > limit:
            break
    stands = _stand(user, filters, today, areas)
    found = Household.objects.filter(pk__in=stands)
    shown = paging.page(found, order=ORDER, asked=asked, limit=limit, total=sum(many.values()))
    return shown, {one.pk: stands[one.pk] for one in shown.rows}


def _stand(user: User, filters: Filters, today: date, areas: Sequence[str]) -> dict[int, str]:
    """How those asked for stand in some of the areas."""
    if not areas:
        return {}
    here = division.holding(*areas)
    found = _asked(user, replace(filters, area=here), today).filter(area__in=areas).order_by()
    return dict(_told(found, filters.area, today, "SELECT id, state FROM stood WHERE state = ANY(%(states)s)", states=list(filters.states)))


def pieces(user: User, filters: Filters, today: date) -> Iterator[list[tuple[Household, str]]]:
    """All households asked for with how each stands, by place and number, some thousand at a time."""
    areas: list[str] = []
    ahead = 0
    many = places(user, filters.area, today, grade=filters.grade, group=filters.group, q=filters.q)
    for where, states in many.items():
        count = sum(states.get(one, 0) for one in filters.states)
        if areas and ahead + count > _MOST:
            yield _piece(user, filters, today, areas)
            areas, ahead = [], 0
        if count:
            areas.append(where)
            ahead += count
    if areas:
        yield _piece(user, filters, today, areas)


def _piece(user: User, filters: Filters, today: date, areas: Sequence[str]) -> list[tuple[Household, str]]:
    stands = _stand(user, filters, today, areas)
    return [(one, stands[one.pk]) for one in Household.objects.filter(pk__in=stands).order_by(*ORDER)]


def states_of(user: User, households: Sequence[Household], today: date) -> dict[int, str]:
    """How each of some households stands; those that aren't in danger are left out. Read off the smallest area that holds them."""
    if not households:
        return {}
    area = division.holding(*(one.area for one in households))
    found = _endangered(user, area, today).filter(pk__in=[one.pk for one in households])
    return dict(_told(found.order_by(), area, today, "SELECT id, state FROM stood"))


def counts(user: User, area: str, today: date, *, digits: int = 0, grade: str = "", group: str = "") -> dict[str, dict[str, int]]:
    """By area (cut to ``digits``; 0: the whole) the households in danger without a way out, by state: one query."""
    return summed(places(user, area, today, grade=grade, group=group), digits, area)


def missing(user: User, area: str, today: date) -> int:
    """应改未改: how many households of an area qualify and are in no plan though somebody could act."""
    return sum(lacking(states) for states in places(user, area, today).values())


@dataclass(frozen=True, slots=True)
class Why:
    """What the last case of a household says of why it isn't in a plan."""

    number: str
    on: date
    reason: str


_TOLD = {RETURNED: ("return", "split"), PAUSED: ("pause",), REFUSED: ("refuse",), WITHDRAWN: ("withdraw",), LAPSED: ("take_other_route",)}


def reasons(stands: Mapping[int, str]) -> dict[int, Why]:
    """Household → its last case, since when it stands so, and the reason written down; of those whose state (``stands``) comes of a case."""
    latest: dict[int, models.Case] = {}
    for case in (
        models.Case.objects.filter(household__in=list(stands))
        .exclude(stage=WORKFLOW.taken_back)
        .order_by(F("ended_on").desc(nulls_first=True), "-id")
    ):
        latest.setdefault(case.household_id, case)
    steps: dict[int, CaseStep] = {}
    codes = {code for each in _TOLD.values() for code in each}
    for step in CaseStep.objects.filter(case__in=[one.pk for one in latest.values()], code__in=codes).order_by("id"):
        steps[step.case_id] = step
    return {
        household: Why(case.number, case.since, steps[case.pk].reason if case.pk in steps else "")
        for household, case in latest.items()
        if stands[household] in (*_TOLD, AGAIN, ONCE, GOING)
    }
