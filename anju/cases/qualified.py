"""应改尽改 (S0-30): the households in danger that have no safe way of living, each with where it stands: going on, in no plan though it qualifies, or not
qualified by which rule. What is qualified and in no plan must be 0.

Rests on the danger ledger of today (on a list, C or D or without a house, no other safe house) without those that have a way out in force.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Substr

from anju import policy
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals.models import HouseGrade
from anju.cases import models, standards
from anju.cases.models import CaseStep
from anju.guarantees.queries import danger
from anju.policy import NoRule, keys
from anju.registry.facts import is_open, true_on
from anju.registry.models import Belonging, DatedFlag, Household, Membership, PastSupport
from anju.rosters.models import Batch, BatchRow
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


def _latest() -> QuerySet[models.Case]:
    """The household's case that goes on, else the one that ended last."""
    return models.Case.objects.filter(household=OuterRef("pk")).order_by(F("ended_on").desc(nulls_first=True), "-id")


def _member(of_person: Exists, today: date) -> Exists:
    """Of a household: something holds of a member of today."""
    return Exists(Membership.objects.filter(true_on(today), household=OuterRef("pk")).filter(of_person))


def _supported(today: date) -> Q:
    """Subsidised in an earlier year, the household or a member (V3)."""
    known = PastSupport.objects.filter(superseded_at=None)
    return Q(Exists(known.filter(household=OuterRef("pk")))) | Q(_member(Exists(known.filter(person=OuterRef("person"))), today))


def _confirmed(area: str, today: date) -> Q:
    """On a list that the departments have locked, in a group that counts here (S4-05, S4-06)."""
    try:
        groups = policy.value(keys.GROUPS, area, today)
    except NoRule:
        return Q(pk__in=[])
    numbered = When(source__regex=r"^rosters\.row:[0-9]{1,18}$", then=Cast(Substr("source", 13), BigIntegerField()))
    locked = BatchRow.objects.filter(pk=OuterRef("listed_by"), batch__status=Batch.Status.LOCKED)
    held = (
        Belonging.objects.filter(is_open(), category__in=groups)
        .annotate(listed_by=Case(numbered, default=None, output_field=BigIntegerField()))
        .filter(Exists(locked))
    )
    return Q(Exists(held.filter(household=OuterRef("pk")))) | Q(_member(Exists(held.filter(person=OuterRef("person"))), today))


def _employed(area: str, today: date) -> Q:
    """Of a household with a public employee, where the place helps none (V12)."""
    flags = DatedFlag.objects.filter(true_on(today), flag=DatedFlag.Flag.PUBLIC_EMPLOYEE)
    of_any = Q(Exists(flags.filter(household=OuterRef("pk")))) | Q(_member(Exists(flags.filter(person=OuterRef("person"))), today))
    stem = division.stem(area)
    inside = {
        one.area
        for one in policy.rules().by_key.get(keys.EXCLUSIONS.key, ())
        if one.area != stem and one.area.startswith(stem) and one.holds_on(today)
    }
    whole = bool(standards.excluded(stem, today, standards.PUBLIC_EMPLOYEE))
    places = Q() if whole else Q(pk__in=[])
    for place in sorted(inside, key=len):
        blocks = standards.excluded(place, today, standards.PUBLIC_EMPLOYEE)
        places = places | within(place) if blocks else places & ~within(place)
    return of_any & places if whole or inside else Q(pk__in=[])


def _again(area: str, today: date) -> Q:
    """Renovated, and the house was found dangerous after that (返危), where a place helps such a household again."""
    once = policy.find(keys.ONCE_ONLY, area, today)
    if once is None or "redanger_disaster" not in once.value.exceptions:
        return Q(pk__in=[])
    newer = HouseGrade.objects.open().filter(household=OuterRef("pk"), grade__in=("C", "D"), valid_from__gt=OuterRef("finished"))
    return Q(Exists(newer))


def standing(user: User, area: str, today: date, *, grade: str = "", group: str = "") -> QuerySet[Any]:
    """The households in danger without a way out, each with ``state`` (one of ``STATES``)."""
    found: QuerySet[Any] = danger.on_ledger(user, danger.Filters(area, grade=grade, group=group, way="none"), today)
    latest = _latest()
    found = found.annotate(
        stage=Subquery(latest.values("stage")[:1]), finished=Subquery(latest.values("completed_on")[:1], output_field=DateField())
    )
    return found.annotate(
        state=Case(
            When(stage__in=(RETURNED, PAUSED, REFUSED, WITHDRAWN), then=F("stage")),
            When(stage="other_route", then=Value(LAPSED)),
            When(Q(stage="closed") & _again(area, today), then=Value(AGAIN)),
            When(stage="closed", then=Value(ONCE)),
            When(stage__isnull=False, then=Value(GOING)),
            When(_supported(today), then=Value(ONCE)),
            When(_employed(area, today), then=Value(EMPLOYEE)),
            When(~_confirmed(area, today), then=Value(UNLOCKED)),
            default=Value(NOT_APPLIED),
            output_field=CharField(),
        )
    )


def listed(user: User, filters: Filters, today: date) -> QuerySet[Any]:
    """The households asked for, by place and number."""
    found = standing(user, filters.area, today, grade=filters.grade, group=filters.group)
    if filters.q:
        found = found.filter(number=filters.q)
    return (found.filter(state__in=filters.states) if filters.state else found).order_by("area", "number")


def counts(user: User, area: str, today: date, *, digits: int = 0, grade: str = "", group: str = "") -> dict[str, dict[str, int]]:
    """By area (cut to ``digits``; 0: the whole) the households in danger without a way out, by state: one query."""
    place = Substr("area", 1, digits) if digits else Value(area, CharField())
    rows = (
        standing(user, area, today, grade=grade, group=group)
        .order_by()
        .annotate(place=place)
        .values_list("place", "state")
        .annotate(many=Count("pk"))
    )
    found: dict[str, dict[str, int]] = {}
    for where, state, many in sorted(rows):
        found.setdefault(where, {})[state] = many
    return found


def missing(user: User, area: str, today: date) -> int:
    """应改未改: how many households of an area qualify and are in no plan though somebody could act."""
    return standing(user, area, today).filter(state__in=MISSING).order_by().count()


@dataclass(frozen=True, slots=True)
class Why:
    """What the last case of a household says of why it isn't in a plan."""

    number: str
    on: date
    reason: str


_TOLD = {RETURNED: ("return", "split"), PAUSED: ("pause",), REFUSED: ("refuse",), WITHDRAWN: ("withdraw",), LAPSED: ("take_other_route",)}


def reasons(households: Iterable[Household]) -> dict[int, Why]:
    """Household → its last case, since when it stands so, and the reason written down; of those whose state comes of a case."""
    wanted = {one.pk: str(vars(one).get("state", "")) for one in households}
    latest: dict[int, models.Case] = {}
    for case in models.Case.objects.filter(household__in=wanted).order_by(F("ended_on").desc(nulls_first=True), "-id"):
        latest.setdefault(case.household_id, case)
    steps: dict[int, CaseStep] = {}
    codes = {code for each in _TOLD.values() for code in each}
    for step in CaseStep.objects.filter(case__in=[one.pk for one in latest.values()], code__in=codes).order_by("id"):
        steps[step.case_id] = step
    return {
        household: Why(case.number, case.since, steps[case.pk].reason if case.pk in steps else "")
        for household, case in latest.items()
        if wanted[household] in (*_TOLD, AGAIN, ONCE, GOING)
    }
