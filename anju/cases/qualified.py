"""应改尽改 (S0-30): the households in danger that have no safe way of living, each with where it stands: going on, in no plan though it qualifies, or not
qualified by which rule. What is qualified and in no plan must be 0.

Rests on the danger ledger of today (on a list, C or D or without a house, no other safe house) without those that have a way out in force.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Case, CharField, Count, DateField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Substr

from anju import policy
from anju.accounts.models import User
from anju.accounts.scope import within
from anju.appraisals.models import HouseGrade, NoHouse
from anju.cases import models, standards
from anju.cases.models import CaseStep
from anju.cases.workflow import WORKFLOW
from anju.guarantees.models import Guarantee
from anju.guarantees.queries import danger, in_force
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
HOUSED = "housed"
"""Has a way out in force: not in danger, and not counted here."""
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


# Where a household stands is asked of sets, each read once for the whole area and looked up by its key (``pk__in`` inside a ``Case``); asked of each
# household one by one, a county of 281,000 took minutes.


def _ended() -> QuerySet[models.Case]:
    """The case of the household that ended last; what was read in by mistake was none."""
    found = models.Case.objects.filter(household=OuterRef("pk"), ended_on__isnull=False).exclude(stage=WORKFLOW.taken_back)
    return found.order_by("-ended_on", "-id")


def _of_any(facts: QuerySet[Any], members: QuerySet[Membership]) -> Q:
    """Households of which one of these facts holds, or of a member of today."""
    persons = facts.filter(person__isnull=False).values("person")
    return Q(pk__in=facts.filter(household__isnull=False).values("household")) | Q(
        pk__in=members.filter(person__in=persons).values("household")
    )


def _confirmed(area: str, today: date, members: QuerySet[Membership]) -> Q:
    """On a list that the departments have locked, in a group that counts here (S4-05, S4-06)."""
    try:
        groups = policy.value(keys.GROUPS, area, today)
    except NoRule:
        return Q(pk__in=[])
    numbered = When(source__regex=r"^rosters\.row:[0-9]{1,18}$", then=Cast(Substr("source", 13), BigIntegerField()))
    locked = BatchRow.objects.filter(pk=OuterRef("listed_by"), batch__status=Batch.Status.LOCKED)
    in_danger = HouseGrade.objects.open().filter(within(area), grade__in=("C", "D")).values("household")
    whose = (
        Q(household__in=in_danger)
        | Q(person__isnull=False)
        | Q(household__in=NoHouse.objects.open().filter(within(area)).values("household"))
    )
    held = Belonging.objects.filter(within(area), whose, is_open(), category__in=groups)
    listed_by = Case(numbered, default=None, output_field=BigIntegerField())
    return _of_any(held.annotate(listed_by=listed_by).filter(Exists(locked)), members)


def _employed(area: str, today: date, members: QuerySet[Membership]) -> Q:
    """Of a household with a public employee, where the place helps none (V12)."""
    stem = division.stem(area)
    inside = {
        one.area
        for one in policy.rules().by_key.get(keys.EXCLUSIONS.key, ())
        if one.area != stem and one.area.startswith(stem) and one.holds_on(today)
    }
    whole = bool(standards.excluded(stem, today, standards.PUBLIC_EMPLOYEE))
    if not whole and not inside:
        return Q(pk__in=[])
    places = Q() if whole else Q(pk__in=[])
    for place in sorted(inside, key=len):
        blocks = standards.excluded(place, today, standards.PUBLIC_EMPLOYEE)
        places = places | within(place) if blocks else places & ~within(place)
    flags = DatedFlag.objects.filter(within(area), true_on(today), flag=DatedFlag.Flag.PUBLIC_EMPLOYEE)
    return _of_any(flags, members) & places


def _again(area: str, today: date) -> Q:
    """Renovated, and the house was found dangerous after that (返危), where a place helps such a household again."""
    once = policy.find(keys.ONCE_ONLY, area, today)
    if once is None or "redanger_disaster" not in once.value.exceptions:
        return Q(pk__in=[])
    newer = HouseGrade.objects.open().filter(household=OuterRef("pk"), grade__in=("C", "D"), valid_from__gt=OuterRef("finished"))
    return Q(Exists(newer))


def standing(user: User, area: str, today: date, *, grade: str = "", group: str = "", states: Sequence[str] = STATES) -> QuerySet[Any]:
    """The households in danger without a way out that stand so; ``states_of`` says of some of them how."""
    found: QuerySet[Any] = _told(user, area, today, grade, group).filter(state__in=states)
    return found


def _told(user: User, area: str, today: date, grade: str, group: str) -> QuerySet[Any]:
    """The households of the danger ledger with ``state`` to filter and group by: one of ``STATES``, or ``HOUSED``."""
    found: QuerySet[Any] = danger.on_ledger(user, danger.Filters(area, grade=grade, group=group), today)
    cases = models.Case.objects.filter(within(area))
    going, ended = cases.filter(ended_on=None), cases.filter(ended_on__isnull=False).exclude(stage=WORKFLOW.taken_back)
    members = Membership.objects.filter(within(area), true_on(today))
    supports = PastSupport.objects.filter(within(area), superseded_at=None)
    first = ~Q(pk__in=ended.values("household"))
    latest = _ended()
    stage = Subquery(latest.values("stage")[:1])
    found = found.alias(
        stage=stage, finished=Subquery(latest.values(done=Coalesce("completed_on", "ended_on"))[:1], output_field=DateField())
    )
    told: QuerySet[Any] = found.alias(
        state=Case(
            When(pk__in=Guarantee.objects.filter(within(area), in_force(today)).values("household"), then=Value(HOUSED)),
            *(When(pk__in=going.filter(stage=one).values("household"), then=Value(one)) for one in (RETURNED, PAUSED)),
            When(pk__in=going.values("household"), then=Value(GOING)),
            When(first & _of_any(supports, members), then=Value(ONCE)),
            When(first & _employed(area, today, members), then=Value(EMPLOYEE)),
            When(first & ~_confirmed(area, today, members), then=Value(UNLOCKED)),
            When(first, then=Value(NOT_APPLIED)),
            *(When(stage=one, then=Value(one)) for one in (REFUSED, WITHDRAWN)),
            When(stage="other_route", then=Value(LAPSED)),
            When(_again(area, today), then=Value(AGAIN)),
            default=Value(ONCE),
            output_field=CharField(),
        )
    )
    return told


def listed(user: User, filters: Filters, today: date) -> QuerySet[Any]:
    """The households asked for, by place and number."""
    found = standing(user, filters.area, today, grade=filters.grade, group=filters.group, states=filters.states)
    return (found.filter(number=filters.q) if filters.q else found).order_by("area", "number")


def states_of(user: User, households: Sequence[Household], today: date) -> dict[int, str]:
    """How each of some households stands; those that aren't in danger are left out. Read off the smallest area that holds them."""
    if not households:
        return {}
    found = _told(user, division.holding(*(one.area for one in households)), today, "", "").filter(pk__in=[one.pk for one in households])
    return {key: state for key, state in found.annotate(stands=F("state")).values_list("pk", "stands") if state != HOUSED}


def counts(user: User, area: str, today: date, *, digits: int = 0, grade: str = "", group: str = "") -> dict[str, dict[str, int]]:
    """By area (cut to ``digits``; 0: the whole) the households in danger without a way out, by state: one query."""
    place = Substr("area", 1, digits) if digits else Value(area, CharField())
    rows = (
        _told(user, area, today, grade, group)
        .order_by()
        .annotate(place=place, stands=F("state"))
        .values_list("place", "stands")
        .annotate(many=Count("pk"))
    )
    found: dict[str, dict[str, int]] = {}
    for where, state, many in sorted(rows):
        if state == HOUSED:
            continue
        found.setdefault(where, {})[state] = many
    return found


def missing(user: User, area: str, today: date) -> int:
    """应改未改: how many households of an area qualify and are in no plan though somebody could act."""
    return standing(user, area, today, states=MISSING).order_by().count()


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
