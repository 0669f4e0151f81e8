"""历年改造: renovations that were finished before this system knew of them are recorded as finished cases, and taken back where they were wrong."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection, transaction
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import past_rules as rules
from anju.cases.actions.numbering import numbers
from anju.cases.models import Case, CaseHistory, CaseStep
from anju.cases.standing import FINISHED, UNDO, standing
from anju.cases.workflow import DONE, WITHOUT_WORKS
from anju.cases.years import FIRST_YEAR
from anju.guarantees import actions as guarantees
from anju.guarantees.models import Guarantee
from anju.kept import kept
from anju.refusing import Refused
from anju.registry.facts import known
from anju.registry.models import Household, Membership
from anju.trail.acts import recorded
from anju.vocabulary import relation
from anju.vocabulary.method import METHODS


@dataclass(frozen=True, slots=True, kw_only=True)
class Finished:
    """One finished renovation of a household (its key): what the files of then say. Money in fen, None where it isn't known; ``grade`` "" where nobody wrote it.

    ``completed_year`` is always known; ``size`` None: as many as the household has now. ``guarantees``: the renovation is also how it is housed safely.
    """

    household: int
    year: int
    group: str
    method: str
    completed_year: int
    grade: str = ""
    mode: str = ""
    structure: str = ""
    size: int | None = None
    area_after: Decimal | None = None
    approved_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None
    accepted_on: date | None = None
    paid_on: date | None = None
    subsidy: int | None = None
    shares: Mapping[str, int | None] = field(default_factory=dict)
    total_cost: int | None = None
    self_raised: int | None = None
    loan: int | None = None
    other: int | None = None
    builder: str = ""
    archive_number: str = ""
    note: str = ""
    guarantees: bool = False
    source: str

    @property
    def done_on(self) -> date | None:
        """The day from which the household lived in the renovated house; None where only the year is known."""
        return self.accepted_on or self.completed_on


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of them, by place: those refused with why, and what a clerk should know of those recorded (the rule's id, the words)."""

    refused: dict[int, Refused]
    told: dict[int, list[tuple[str, str]]]


@recorded("case.history_recorded")
@transaction.atomic
def record_finished(*, finished: Sequence[Finished], by: User) -> Recorded:
    """录入历年改造: each becomes a case that is closed, with one step that says so. Those refused aren't written: place in ``finished`` → why.

    A household may have been renovated several times; the same year and method is one renovation. What is going on doesn't matter to it.
    """
    keys = {one.household for one in finished}
    held = Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").in_bulk()
    known_of = _Known(keys, finished)
    refused: dict[int, Refused] = {}
    told: dict[int, list[tuple[str, str]]] = {}
    made: list[tuple[int, Finished]] = []
    today = clock.today()
    for at, one in enumerate(finished):
        household = held[one.household]
        try:
            permitting.allow(by, Power.CASE_APPROVE, household.area, rules.ROLE)
            _fits(one, household, known_of, today)
        except Refused as why:
            refused[at] = why
            continue
        if said := known_of.worth_saying(one):
            told[at] = said
        made.append((at, one))
        known_of.add(one)
    _write([one for _at, one in made], held, known_of, by)
    return Recorded(refused, told)


class _Known:
    """What is known of the households of one act, asked once for all."""

    def __init__(self, keys: set[int], finished: Sequence[Finished]) -> None:
        self.heads: dict[int, int] = dict(
            Membership.objects.filter(known(), household__in=keys, relation=relation.HEAD, valid_to=None).values_list("household", "person")
        )
        counted = Membership.objects.filter(known(), household__in=keys, valid_to=None).values_list("household")
        self.sizes: dict[int, int] = dict(counted.annotate(many=Count("person", distinct=True)))
        self.cases: dict[int, list[tuple[int | None, str, str, str]]] = {}
        for household, year, method, number, stage in (
            Case.objects.filter(household__in=keys).order_by("id").values_list("household", "year", "method", "number", "stage")
        ):
            self.cases.setdefault(household, []).append((year, method, number, stage))
        asking = {one.household for one in finished if one.guarantees}
        self.housed = set(Guarantee.objects.open().filter(household__in=asking).values_list("household_id", flat=True)) if asking else set()

    def same(self, one: Finished) -> str | None:
        """The number of the finished case that is the same renovation; "" where it is one of the same act."""
        for year, method, number, stage in self.cases.get(one.household, ()):
            if (year, method) == (one.year, one.method) and stage in DONE:
                return number
        return None

    def worth_saying(self, one: Finished) -> list[tuple[str, str]]:
        """That the household was renovated in other years too, or is about to be in the same."""
        said = []
        others = [(year, number) for year, _method, number, stage in self.cases.get(one.household, ()) if stage in DONE]
        if others:
            years = _("、").join(str(year) for year in sorted({year for year, _number in others if year is not None}))
            said.append((rules.EARLIER.id, _("该户 %(years)s 年已改造；两次都已登记，请核实是否同一次或不应重复补助") % {"years": years}))
        for year, _method, number, stage in self.cases.get(one.household, ()):
            if year == one.year and stage not in (*DONE, *WITHOUT_WORKS):
                said.append(
                    (
                        rules.GOING.id,
                        _("该户 %(year)d 年的改造 %(number)s 还在办理；如是同一件，请撤销本行") % {"year": year, "number": number},
                    )
                )
        return said

    def add(self, one: Finished) -> None:
        """One more is recorded in this act."""
        self.cases.setdefault(one.household, []).append((one.year, one.method, "", "closed"))
        if one.guarantees:
            self.housed.add(one.household)


def _fits(one: Finished, household: Household, known_of: _Known, today: date) -> None:
    if household.pk not in known_of.heads:
        raise Refused(rules.HOUSEHOLD, _("登记库里户 %s 没有户主；请先在农户页写明户主，再录入") % household.number)
    if household.closed_on is not None:
        raise Refused(
            rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户；请从表中去掉") % {"number": household.number, "on": household.closed_on}
        )
    if (number := known_of.same(one)) is not None:
        method = {"year": one.year, "method": _(METHODS[one.method].name), "number": number}
        raise Refused(
            rules.TWICE,
            _("该户 %(year)d 年的%(method)s已登记为 %(number)s；请从表中去掉本行，登记错了的先撤销那一次录入") % method
            if number
            else _("该户 %(year)d 年的%(method)s在本次录入中已有一行；请从表中去掉重复的一行") % method,
        )
    days = [one.approved_on, one.started_on, one.completed_on, one.accepted_on]
    written = [day for day in days if day is not None]
    if written != sorted(written) or (one.paid_on and one.approved_on and one.paid_on < one.approved_on):
        raise Refused(rules.DAYS, _("批准、开工、竣工、验收的日期先后颠倒；请核对后改正"))
    for year in (one.year, one.completed_year):
        if not FIRST_YEAR <= year <= today.year:
            raise Refused(rules.YEAR, _("写的是 %(year)d 年；应是 2009 年以来、不晚于 %(now)d 年") % {"year": year, "now": today.year})
    latest = max([*written, *([one.paid_on] if one.paid_on else [])], default=today)
    if latest > today:
        raise Refused(rules.YEAR, _("写的是 %(day)s，晚于今天 %(today)s；请改正") % {"day": latest, "today": today})
    if one.done_on is None and one.completed_year >= today.year:
        raise Refused(rules.DONE, _("今年竣工的请写明竣工日期或验收日期"))
    if one.guarantees and one.done_on is None:
        raise Refused(rules.ROUTE, _("要登记为保障途径的，请写明竣工日期或验收日期；不登记的把“登记为保障途径”空着"))
    if one.guarantees and household.pk in known_of.housed:
        raise Refused(rules.ROUTE, _("该户已登记别的保障途径；请把“登记为保障途径”空着，或先在农户页结束那一条"))


def _write(finished: Sequence[Finished], held: Mapping[int, Household], known_of: _Known, by: User) -> None:
    """The cases, their steps and what else is known of them, each kind in one statement."""
    now, read_in = timezone.now(), kept(gettext_lazy("历年改造录入"))
    given = numbers([(held[one.household].area[:6], one.year) for one in finished])
    cases: list[Case] = []
    steps: list[CaseStep] = []
    for one, number in zip(finished, given, strict=True):
        household = held[one.household]
        days = {name: getattr(one, name) for name in ("approved_on", "started_on", "completed_on")}
        said: dict[str, Any] = {
            "head": known_of.heads[household.pk], "size": one.size or known_of.sizes[household.pk], "year": one.year, "method": one.method,
            "build_mode": one.mode, "subsidy": one.subsidy, "subsidy_said": read_in if one.subsidy is not None else "",
            **{name: day.isoformat() for name, day in days.items() if day is not None},
        }  # fmt: skip
        case = Case(
            number=number, area=household.area, household=household, group=one.group, grade=one.grade, applied_on=_begun(one), recorded_at=now,
            source=one.source,
        )  # fmt: skip
        cases.append(case)
        steps.append(
            CaseStep(
                case=case,
                area=household.area,
                code=FINISHED,
                on=_ended(one),
                by=by,
                office=by.organisation,
                at=now,
                details=said,
                source=one.source,
            )
        )
    temporary.give_keys(cases)
    temporary.give_keys(steps)
    for case, step in zip(cases, steps, strict=True):
        step.case = case
        standing([step]).put_on(case)
    temporary.insert(cases)
    temporary.insert(steps)
    temporary.insert([_history(one, case) for one, case in zip(finished, cases, strict=True)])
    guarantees.record_works(
        ways=[
            guarantees.Way(
                household=one.household, route="new_house" if one.method == "newbuild" else "renovation", since=one.done_on or _ended(one),
                document=case.number, note=read_in, source=f"cases.case:{case.pk}",
            )
            for one, case in zip(finished, cases, strict=True)
            if one.guarantees
        ],
        by=by,
    )  # fmt: skip


def _history(one: Finished, case: Case) -> CaseHistory:
    return CaseHistory(
        case=case, area=case.area, completed_year=one.completed_year, accepted_on=one.accepted_on, paid_on=one.paid_on, structure=one.structure,
        area_after=one.area_after, total_cost=one.total_cost, self_raised=one.self_raised, loan=one.loan, other=one.other,
        builder=one.builder[:80], archive_number=one.archive_number[:60], note=one.note[:300],
        **{name: one.shares.get(name) for name in CaseHistory.SHARES},
    )  # fmt: skip


def _begun(one: Finished) -> date:
    """The first day that is known of it: of the approval, else the first of its year, or an earlier one that was written."""
    if one.approved_on is not None:
        return one.approved_on
    return min(
        [
            date(one.year, 1, 1),
            *(day for day in (one.started_on, one.completed_on, one.accepted_on) if day is not None),
            date(one.completed_year, 12, 31),
        ]
    )


def _ended(one: Finished) -> date:
    """The day on which it was finished, the last of the year where only that is known."""
    return one.done_on or max(date(one.completed_year, 12, 31), _begun(one))


@recorded("case.history_voided")
@transaction.atomic
def void_finished(*, cases: Iterable[int], by: User, reason: str) -> dict[int, Refused]:
    """作废录入的历年改造: they were none. A step says so and why; they count no more. Those on which something rests stay: key → why."""
    rows = list(
        Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=set(cases), historic=True, stage="closed").order_by("pk")
    )
    keys = [one.pk for one in rows]
    again = dict(Case.objects.filter(again_of__in=keys).exclude(stage__in=WITHOUT_WORKS).order_by("id").values_list("again_of", "number"))
    first = {one.case_id: one for one in CaseStep.objects.filter(case__in=keys, code=FINISHED)}
    ways = {
        int(source.partition(":")[2]): key
        for key, source in Guarantee.objects.open()
        .filter(household__in=[one.household_id for one in rows], source__in=[f"cases.case:{key}" for key in keys])
        .values_list("pk", "source")
    }
    refused: dict[int, Refused] = {}
    steps: list[CaseStep] = []
    gone: list[Case] = []
    now, today = timezone.now(), clock.today()
    for case in rows:
        try:
            permitting.allow(by, Power.CASE_APPROVE, case.area, rules.ROLE)
            if not reason.strip():
                raise Refused(rules.RESTED, _("请写明为什么作废"))
            if case.pk in again:
                raise Refused(rules.RESTED, _("返危重开的 %s 以这一件为依据，它没有终止，这一件不能作废") % again[case.pk])
        except Refused as why:
            refused[case.pk] = why
            continue
        gone.append(case)
        steps.append(
            CaseStep(
                case=case, area=case.area, code=UNDO, on=today, by=by, office=by.organisation, at=now, reason=reason.strip()[:300], undoes=first[case.pk]
            )
        )  # fmt: skip
    temporary.insert(steps)
    with connection.cursor() as cursor:  # the columns that ``standing`` tells of such a case
        cursor.execute(
            """UPDATE cases_case c SET stage = 'void', since = s."on", ended_on = s."on", entered = s.id FROM cases_casestep s
               WHERE s.case_id = c.id AND s.code = %s AND c.id = ANY(%s)""",
            [UNDO, [one.pk for one in gone]],
        )
    guarantees.withdraw_works(guarantees=[ways[one.pk] for one in gone if one.pk in ways], by=by, reason=reason)
    return refused
