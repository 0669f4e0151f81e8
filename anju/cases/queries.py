"""Reading cases: an area's cases filtered, counted by stage and by place; what waits for whom; a household's cases."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import Aggregate, Count, Exists, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Substr

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import ROLES, Power
from anju.accounts.scope import scope, within
from anju.cases.guards import LEVEL_OF
from anju.cases.models import Case, CaseNotice, CaseTally
from anju.cases.workflow import CHECKING, CODES, DONE, ENDS, PREPARED, STAGES, WORKFLOW, WORKING
from anju.notices.models import Outcome
from anju.registry.facts import is_open
from anju.registry.models import Household, HouseholdCard, Person
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.vocabulary.keygroup import EARLIER_GROUPS, KEY_GROUPS
from anju.vocabulary.method import METHODS

GOING, SIDE, ENDED = "going", "side", "ended"
"""Beside the phases: what isn't ended, what is on a side road, what ended without being renovated."""
HISTORY, RENOVATED = "history", "done"
PASTS = (HISTORY, RENOVATED)
"""What was read in as finished; whatever is finished, here or before."""
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


def to_renew_card(user: User) -> Q:
    """户主变了，银行卡待更换 (V11): told while the case goes on; it holds up nothing but the payment."""
    former = HouseholdCard.objects.filter(is_open(), renew=True).values("household")
    return Q(ended_on=None, household__in=former) if user.may(Power.CASE_TOWNSHIP) else NOBODY


NOBODY = Q(pk__in=[])
WORK = {
    "review": to_review, "visit": to_visit, "review_township": to_review_township, "post": to_post, "posted": posted_due, "check": to_check,
    "pass": to_pass, "approve": to_approve, "prepare": to_prepare, "start": to_start, "report": to_report, "returned": returned,
    "card": to_renew_card,
}  # fmt: skip
"""What waits, by the word an address names it with; each is a condition on cases for one person."""


def waiting(user: User, work: str, area: str) -> QuerySet[Case]:
    """The cases of an area that wait for this person so, the longest in their stage first."""
    return scope(user, Case.objects.filter(within(area)).filter(WORK[work](user))).order_by("since", "id")


def works_of(user: User) -> list[str]:
    """The kinds of work this person has at all."""
    return [work for work, of in WORK.items() if of(user) is not NOBODY]


HUNG = ("post", "posted", "card")
"""What rests on a notice or a bank card: asked of the cases themselves, the rest of their tally."""


def waits(user: User, area: str) -> dict[str, tuple[int, date | None]]:
    """Every kind of work this person has: how many cases wait, and since when the first of them stands where it does.

    Four queries at most: one of the tally, one for each of ``HUNG``.
    """
    mine = works_of(user)
    found: dict[str, Any] = {}
    if told := [work for work in mine if work not in HUNG]:
        alike = kinds(user, area)
        rows = alike.rows.filter(since__isnull=False).order_by().values("stage", "since", "marks").annotate(rows=alike.weight())
        asked: dict[str, Aggregate] = {}
        for work in told:
            of = WORK[work](user)
            asked |= {f"{work}_count": Sum("rows", filter=of), f"{work}_first": Min("since", filter=of)}
        found = rows.filter(rows__gt=0).aggregate(**asked)
    for work in mine:
        if work in HUNG:  # each by itself: in one query with another the notices of all cases would be read
            found |= waiting(user, work, area).order_by().aggregate(**{f"{work}_count": Count("pk"), f"{work}_first": Min("since")})
    return {work: (found[f"{work}_count"] or 0, found[f"{work}_first"]) for work in mine}


# ------------------------------------------------------------------------------------------------ the list


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" means everything. ``work`` is one of ``WORK``; ``phase`` one of ``PHASES``, ``going``, ``side`` or ``ended``; ``q`` the number of a
    case or of a household. ``past`` is one of ``PASTS``; where it isn't said, what was read in as finished stays out, but for who asks by number.
    ``year``: of the plan."""

    area: str = ""
    stage: str = ""
    phase: str = ""
    grade: str = ""
    method: str = ""
    group: str = ""
    work: str = ""
    q: str = ""
    stuck: bool = False
    past: str = ""
    year: str = ""

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
            group=one("group", {*(each.code for each in KEY_GROUPS), *EARLIER_GROUPS}),
            work=one("work", WORK),
            q=asked.get("q", "").strip()[:30],
            stuck=asked.get("stuck") == "1",
            past=one("past", PASTS),
            year=asked.get("year", "") if asked.get("year", "").isdecimal() and len(asked.get("year", "")) == 4 else "",
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than a place is asked for."""
        return self != Filters(area=self.area)


def _asked(user: User, filters: Filters, today: date) -> QuerySet[Case]:
    """The cases asked for, whatever their stage."""
    found = scope(user, Case.objects.filter(within(filters.area)))
    if filters.past == RENOVATED:
        found = found.filter(stage__in=DONE, year__isnull=False)
    elif filters.past == HISTORY:
        found = found.filter(historic=True)
    elif not filters.q:
        found = found.filter(historic=False)
    for name in ("grade", "method", "group", "year"):
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


def fetched(found: Sequence[Case]) -> list[Case]:
    """The cases of a page of which only the keys were looked up (``only``), whole and with their households, in its order.

    The page is found in an index alone, however many rows it passes over; only its own rows are read.
    """
    rows = Case.objects.select_related("household").in_bulk([one.pk for one in found])
    return [rows[one.pk] for one in found if one.pk in rows]


_CHUNK = 1000


def pieces(found: QuerySet[Case]) -> Iterator[list[Case]]:
    """The cases by place and number, a chunk of queries at a time, as files hold them."""
    ordered = found.order_by("area", "number")
    last: Case | None = None
    while piece := list((ordered.filter(Q(area__gt=last.area) | Q(area=last.area, number__gt=last.number)) if last else ordered)[:_CHUNK]):
        yield piece
        last = piece[-1]


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
        """How many the filters that were counted with leave, with their stage or phase, and late or not."""
        counted = self.late if filters.stuck else self.stages
        asked = (filters.stage,) if filters.stage else stages_of(filters.phase) if filters.phase else tuple(counted)
        return sum(counted.get(code, 0) for code in asked)


TALLIED = (2, 4, 6, 9, 12)
"""The lengths of the places that have a tally of their own."""


@dataclass(frozen=True, slots=True)
class Kinds:
    """Rows that stand for cases, and how much each counts: the tally's, or the cases themselves."""

    rows: QuerySet[Case] | QuerySet[CaseTally]
    weigh: Callable[..., Aggregate]
    unit: str

    def weight(self, only: Q | None = None) -> Aggregate:
        """How many cases the rows stand for, those of them that ``only`` leaves."""
        return self.weigh(self.unit, filter=only)


def kinds(user: User, area: str, *, below: int | None = None) -> Kinds:
    """The cases of an area, or of the areas right below it that are ``below`` digits long, by what they have in common.

    Of the tally, so that it costs the same however many there are. A third party, who sees only what it is named for, counts the cases themselves.
    """
    named = user.acting is not None and ROLES[user.acting.role].named
    digits = below or len(area) or TALLIED[0]
    if named or digits not in TALLIED or len(area) > TALLIED[-1]:
        return Kinds(scope(user, Case.objects.filter(within(area), historic=False)), Count, "pk")
    place = within(area) if below or not area else Q(area=area)
    return Kinds(scope(user, CaseTally.objects.filter(place, digits=digits)), Sum, "number")


def _alike(user: User, filters: Filters) -> Kinds:
    """The cases that the filters but for stage and phase leave."""
    if filters.q or filters.past or filters.year or filters.work in HUNG:
        return Kinds(_asked(user, replace(filters, stuck=False), clock.today()), Count, "pk")
    found = kinds(user, filters.area)
    rows = found.rows.filter(**{name: value for name in ("grade", "method", "group") if (value := getattr(filters, name))})
    return replace(found, rows=rows.filter(WORK[filters.work](user)) if filters.work else rows)


def counts(user: User, filters: Filters, today: date) -> Counts:
    """Cases by stage, whatever stage or phase is asked for: one query."""
    alike = _alike(user, filters)
    rows = alike.rows.order_by().values_list("stage").annotate(rows=alike.weight(), late=alike.weight(stuck(today)))
    found = {stage: (number, late or 0) for stage, number, late in rows if number}
    return Counts({stage: number for stage, (number, _late) in found.items()}, {stage: late for stage, (_number, late) in found.items()})


def by_area(user: User, area: str, today: date) -> dict[str, Counts]:
    """Cases by the areas right below one, and stage: one query."""
    length = division.below(area)
    alike = kinds(user, area, below=length)
    rows = (
        alike.rows.order_by()
        .annotate(place=Substr("area", 1, length))
        .values_list("place", "stage")
        .annotate(rows=alike.weight(), late=alike.weight(stuck(today)))
    )
    found: dict[str, Counts] = {}
    for place, stage, number, late in sorted(row for row in rows if row[2]):
        one = found.setdefault(place, Counts({}, {}))
        one.stages[stage], one.late[stage] = number, late or 0
    return found


def names(cases: Iterable[Case]) -> dict[int, str]:
    """The names of the heads of cases, by the head's key; one who lives elsewhere now has none here."""
    return dict(Person.objects.filter(pk__in={one.head_id for one in cases}).values_list("pk", "name"))


def of_household(user: User, household: int) -> QuerySet[Case]:
    """A household's cases, the newest first."""
    return scope(user, Case.objects.filter(household=household)).order_by("-id")
