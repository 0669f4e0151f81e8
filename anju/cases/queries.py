"""Reading cases: an area's cases filtered, counted by stage and by place; what waits for whom; a household's cases."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope, within
from anju.cases.guards import LEVEL_OF
from anju.cases.models import Case, CaseNotice
from anju.cases.workflow import CHECKING, CODES, ENDS, PREPARED, STAGES, WORKFLOW, WORKING
from anju.notices.models import Outcome
from anju.registry.models import Household, Person
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.method import METHODS

GOING, SIDE, ENDED = "going", "side", "ended"
"""Beside the phases: what isn't ended, what is on a side road, what ended without being renovated."""
PHASES = tuple(phase for phase, _stages in WORKFLOW.line())
PHASE_OF = {one.code: one.phase or (SIDE if one.side else ENDED) for one in STAGES}
STUCK_AFTER = {one.code: one.within for one in STAGES if one.within is not None}


def stages_of(phase: str) -> tuple[str, ...]:
    """The stages of a phase, of the side roads, or all that haven't ended."""
    if phase == GOING:
        return tuple(code for code in CODES if code not in ENDS)
    return tuple(code for code, of in PHASE_OF.items() if of == phase)


def stuck(today: date) -> Q:
    """Longer in its stage than the stage should last."""
    found = Q(pk__in=[])
    for code, days in STUCK_AFTER.items():
        found |= Q(stage=code, since__lt=today - timedelta(days=days))
    return found


# ------------------------------------------------------------------------------------------------ what waits for whom


def _notices() -> QuerySet[CaseNotice]:
    """The notices of the level that the stage asks for, posted since the case came to its stage, but for those taken down."""
    wanted = Q(pk__in=[])
    for stage, level in POSTING.items():
        wanted |= Q(case__stage=stage, level=int(level))
    return CaseNotice.objects.filter(wanted, case=OuterRef("pk"), entered=OuterRef("entered"), notice__withdrawn_on=None)


POSTING: dict[str, Level] = {WORKFLOW.transition(code).sources[0]: level for code, level in LEVEL_OF.items()}
"""The stages that wait for a notice, and whose board it hangs on."""


def posts(user: User) -> tuple[str, ...]:
    """The stages whose notice this person's role takes note of."""
    return tuple(
        WORKFLOW.transition(code).sources[0] for code in LEVEL_OF if any(user.may(Power(one)) for one in WORKFLOW.transition(code).by)
    )


def to_review(user: User) -> Q:
    """待村评议."""
    return Q(stage="applied") if user.may(Power.CASE_VILLAGE) else NOBODY


def to_visit(user: User) -> Q:
    """待入户核实."""
    return Q(stage__in=("reviewed", "village_posted")) & ~Q(marks__contains=["visit"]) if user.may(Power.CASE_TOWNSHIP) else NOBODY


def to_review_township(user: User) -> Q:
    """已入户，待乡镇审核."""
    return Q(stage="village_posted", marks__contains=["visit"]) if user.may(Power.CASE_TOWNSHIP) else NOBODY


def to_post(user: User) -> Q:
    """待公示: whose stage needs a notice, and none hangs yet."""
    stages = posts(user)
    return Q(stage__in=stages) & ~Q(Exists(_notices())) if stages and user.may(Power.NOTICES_POST) else NOBODY


def posted_due(user: User) -> Q:
    """公示结束，待转入下一步: the notice has ended without an open objection."""
    stages, well = posts(user), (Outcome.NONE, Outcome.SETTLED)
    return Q(stage__in=stages) & Q(Exists(_notices().filter(notice__outcome__in=well))) if stages else NOBODY


def to_check(user: User) -> Q:
    """待本部门联审."""
    mark = f"checked_{user.organisation.kind}"
    return Q(stage="township_posted") & ~Q(marks__contains=[mark]) if user.may(Power.CASE_CHECK) and mark in CHECKING else NOBODY


def to_pass(user: User) -> Q:
    """四部门都联审过，待县里通过."""
    return Q(stage="township_posted", marks__contains=list(CHECKING)) if user.may(Power.CASE_APPROVE) else NOBODY


def to_approve(user: User) -> Q:
    """待审批."""
    return Q(stage="county_posted") if user.may(Power.CASE_APPROVE) else NOBODY


def to_prepare(user: User) -> Q:
    """已批准，开工前的四件事还没有办齐."""
    return Q(stage="approved") & ~Q(marks__contains=list(PREPARED)) if user.may(Power.CASE_PREPARE) else NOBODY


def to_start(user: User) -> Q:
    """四件事办齐，可以开工."""
    return Q(stage="approved", marks__contains=list(PREPARED)) if user.may(Power.CASE_PROGRESS) else NOBODY


def to_report(user: User) -> Q:
    """施工中，待报进度."""
    return Q(stage__in=WORKING) if user.may(Power.CASE_PROGRESS) else NOBODY


def returned(user: User) -> Q:
    """退回补正的."""
    return Q(stage="returned") if user.may(Power.CASE_VILLAGE) or user.may(Power.CASE_TOWNSHIP) else NOBODY


NOBODY = Q(pk__in=[])
WORK = {
    "review": to_review, "visit": to_visit, "review_township": to_review_township, "post": to_post, "posted": posted_due, "check": to_check,
    "pass": to_pass, "approve": to_approve, "prepare": to_prepare, "start": to_start, "report": to_report, "returned": returned,
}  # fmt: skip
"""What waits, by the word an address names it with; each is a condition on cases for one person."""


def waiting(user: User, work: str, area: str) -> QuerySet[Case]:
    """The cases of an area that wait for this person so, the longest in their stage first."""
    return scope(user, Case.objects.filter(within(area)).filter(WORK[work](user))).order_by("since", "id")


def works_of(user: User) -> list[str]:
    """The kinds of work this person has at all."""
    return [work for work, of in WORK.items() if of(user) is not NOBODY]


def waits(user: User, area: str) -> dict[str, tuple[int, date | None]]:
    """Every kind of work this person has: how many cases wait, and since when the first of them stands where it does. One query."""
    mine = works_of(user)
    if not mine:
        return {}
    asked: dict[str, Any] = {}
    for work in mine:
        of = WORK[work](user)
        asked |= {f"{work}_count": Count("pk", filter=of), f"{work}_first": Min("since", filter=of)}
    found = scope(user, Case.objects.filter(within(area), ended_on=None)).order_by().aggregate(**asked)
    return {work: (found[f"{work}_count"], found[f"{work}_first"]) for work in mine}


# ------------------------------------------------------------------------------------------------ the list


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" means everything. ``work`` is one of ``WORK``; ``phase`` one of ``PHASES``, ``going``, ``side`` or ``ended``; ``q`` the number of a
    case or of a household."""

    area: str = ""
    stage: str = ""
    phase: str = ""
    grade: str = ""
    method: str = ""
    group: str = ""
    work: str = ""
    q: str = ""
    stuck: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""

        def one(name: str, values: Iterable[str]) -> str:
            return asked.get(name, "") if asked.get(name, "") in values else ""

        place = asked.get("area", "")
        return cls(
            area=place if place and division.contains(area, place) else area,
            stage=one("stage", CODES),
            phase=one("phase", (*PHASES, GOING, SIDE, ENDED)),
            grade=one("grade", Case.GRADES),
            method=one("method", METHODS),
            group=one("group", {each.code for each in KEY_GROUPS}),
            work=one("work", WORK),
            q=asked.get("q", "").strip()[:30],
            stuck=asked.get("stuck") == "1",
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than a place is asked for."""
        return self != Filters(area=self.area)


def _asked(user: User, filters: Filters, today: date) -> QuerySet[Case]:
    """The cases asked for, whatever their stage."""
    found = scope(user, Case.objects.filter(within(filters.area)))
    for name in ("grade", "method", "group"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.q:
        household = Household.objects.filter(number=filters.q).values_list("pk", flat=True).first()
        found = found.filter(Q(number=filters.q.upper()) | Q(household=household))
    if filters.work:
        found = found.filter(WORK[filters.work](user))
    return found.filter(stuck(today)) if filters.stuck else found


def listed(user: User, filters: Filters, today: date) -> QuerySet[Case]:
    """The cases asked for, inside the user's area."""
    found = _asked(user, filters, today)
    if filters.stage:
        return found.filter(stage=filters.stage)
    return found.filter(stage__in=stages_of(filters.phase)) if filters.phase else found


@dataclass(frozen=True, slots=True)
class Counts:
    """How many cases stand in each stage, and how many of these for longer than they should."""

    stages: dict[str, int]
    late: dict[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.stages.values())

    @property
    def stuck(self) -> int:
        """Those longer in their stage than it should last."""
        return sum(self.late.values())

    def of(self, phase: str) -> int:
        """Those of a phase, of the side roads, or going on."""
        return sum(self.stages.get(code, 0) for code in stages_of(phase))

    def asked(self, filters: Filters) -> int:
        """How many the filters that were counted with leave, with their stage or phase."""
        return self.stages.get(filters.stage, 0) if filters.stage else self.of(filters.phase) if filters.phase else self.total


def counts(user: User, filters: Filters, today: date) -> Counts:
    """Cases by stage, whatever stage or phase is asked for: one query, read off an index."""
    rows = (
        _asked(user, replace(filters, stuck=False), today)
        .order_by()
        .values_list("stage")
        .annotate(rows=Count("pk"), late=Count("pk", filter=stuck(today)))
    )
    found = {stage: (number, late) for stage, number, late in rows}
    return Counts({stage: number for stage, (number, _late) in found.items()}, {stage: late for stage, (_number, late) in found.items()})


def by_area(user: User, area: str, today: date) -> dict[str, Counts]:
    """Cases by the areas right below one, and stage: one query."""
    length = division.below(area)
    rows = (
        scope(user, Case.objects.filter(within(area)))
        .order_by()
        .annotate(place=Substr("area", 1, length))
        .values_list("place", "stage")
        .annotate(rows=Count("pk"), late=Count("pk", filter=stuck(today)))
    )
    found: dict[str, Counts] = {}
    for place, stage, number, late in sorted(rows):
        one = found.setdefault(place, Counts({}, {}))
        one.stages[stage], one.late[stage] = number, late
    return found


def names(cases: Iterable[Case]) -> dict[int, str]:
    """The names of the heads of cases, by the head's key; one who lives elsewhere now has none here."""
    return dict(Person.objects.filter(pk__in={one.head_id for one in cases}).values_list("pk", "name"))


def of_household(user: User, household: int) -> QuerySet[Case]:
    """A household's cases, the newest first."""
    return scope(user, Case.objects.filter(household=household)).order_by("-id")
