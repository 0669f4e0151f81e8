"""The one way in which a case moves: a step that the workflow allows, by whom it may be done, with nothing that speaks against it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.accounts.roles import POWER_NAMES, Power
from anju.cases import rules, standards
from anju.cases.actions.archiving import reckon
from anju.cases.actions.moving import DRAWS, elsewhere, settle
from anju.cases.actions.past import void_finished
from anju.cases.guards import Asked, findings
from anju.cases.looking import Look, look
from anju.cases.models import Case, CaseStep, CaseWaiver
from anju.cases.photographs import kinds_in
from anju.cases.standing import APPLY, COLUMNS, FINISHED, GROUND, UNDO, counting, of_this_round, put
from anju.cases.workflow import CHECKING, ENDS, WORKFLOW
from anju.checks import BLOCK
from anju.evidence.models import Album
from anju.kept import kept
from anju.refusing import Refused
from anju.registry.models import Household
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.fieldwork import Captured
from anju.workflow import STAYS, OutOfOrder, Transition

_NOWHERE = Captured()
_BY_ID = {rule.id: rule for rule in rules.CHECKS}
T = TypeVar("T")
Said = Mapping[str, Any]
Details = Said | Callable[[Case, Look], Said]


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """What is said of one case of an act in particular: with the step, why, which row of a workbook says so, its photos."""

    details: Said = field(default_factory=dict)
    reason: str = ""
    source: str = ""
    album: Album | None = None


_NOTHING = Own()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is done to every case of one act: the transition, its day (today), what is said with it, why; ``own`` what is said of single cases (their keys).

    ``photos_follow``: it comes from a phone or a workbook, whose photos come into the album afterwards (quality 4).
    """

    code: str
    on: date | None = None
    details: Details = field(default_factory=dict)
    reason: str = ""
    album: Album | None = None
    captured: Captured = _NOWHERE
    source: str = ""
    own: Mapping[int, Own] = field(default_factory=dict)
    photos_follow: bool = False


@recorded("case.advanced")
@transaction.atomic
def advance(*, case: Case, step: Step, by: User) -> Case:
    """One step of one case. The same ``captured.client_id`` does it once. Raises ``Refused`` with the rule that speaks against it."""
    if (sent := sent_before(CaseStep, step.captured)) is not None:
        if (sent.case_id, sent.code) != (case.pk, step.code):
            raise Refused(rules.TWICE, _("这份提交已登记为别的办理；请作为新的办理另行提交"))
        return Case.objects.get(pk=case.pk)
    moved, refusals = stepped([case.pk], step, by)
    if refusals:
        raise refusals[case.pk]
    return moved[0]


@recorded("case.advanced")
@transaction.atomic
def advance_many(*, cases: Sequence[int], step: Step, by: User) -> dict[int, Refused]:
    """The same step of many cases, by their keys, each held to all that one is held to. Those refused stay where they are: key → why.

    A step of one case done with the same ``captured.client_id`` is done once.
    """
    if (sent := sent_before(CaseStep, step.captured)) is not None:
        if [(sent.case_id, sent.code)] != [(key, step.code) for key in cases]:
            raise Refused(rules.TWICE, _("这份提交已登记为别的办理；请作为新的办理另行提交"))
        return {}
    return stepped(cases, step, by)[1]


def advance_each(cases: Sequence[int], step: Step, by: User) -> dict[int, Refused]:
    """As ``advance_many``; what refuses the whole act, as a day that can't be, refuses each of them."""
    try:
        return advance_many(cases=cases, step=step, by=by)
    except Refused as refused:
        return dict.fromkeys(cases, refused)


def by_day(dated: Iterable[tuple[date | None, T]]) -> list[tuple[date | None, list[T]]]:
    """What belongs to each day, the earliest first; None is today."""
    ordered = sorted(dated, key=lambda one: one[0] or date.max)
    return [(day, [one for _day, one in of_day]) for day, of_day in groupby(ordered, key=lambda one: one[0])]


def held(cases: Iterable[int], *, homes: bool = False) -> list[Case]:
    """The cases, locked in the order of their keys until the end of the transaction.

    ``homes``: their households before them, for what changes the register or waits for an application, which lock these first.
    """
    keys = set(cases)
    if homes:
        whose = Case.objects.filter(pk__in=keys).values("household")
        list(Household.objects.select_for_update(no_key=True).filter(pk__in=whose).order_by("pk").values_list("pk"))
    rows = Case.objects.select_for_update(no_key=True, of=("self",)).filter(pk__in=keys).order_by("pk")
    return list(rows.select_related("household", "appraisal"))


def stepped(cases: Iterable[int], step: Step, by: User) -> tuple[list[Case], dict[int, Refused]]:
    """As ``advance_many``, inside the caller's transaction: the cases that moved, and the others with why."""
    way = WORKFLOW.transition(step.code)
    rows = held(cases, homes=_moves_home(way) or way.code in DRAWS)
    day = permitting.day_of(step.on, rules.DAY)
    known = look([one.household_id for one in rows], day, rows)
    now, photos = timezone.now(), kinds_in(step.album, *(one.album for one in step.own.values()))
    made: list[CaseStep] = []
    moved: list[Case] = []
    refusals: dict[int, Refused] = {}
    with clock.one_day():
        for case in rows:
            try:
                made.append(_checked(case, way, step, known, by=by, now=now, photos=photos))
            except Refused as refused:
                refusals[case.pk] = refused
                continue
            moved.append(case)
    temporary.insert(made)
    for case, one in zip(moved, made, strict=True):
        known.steps[case.pk].append(one)
        put(case, known.steps[case.pk])
    temporary.update(moved, COLUMNS_OF_CASE)
    if _moves_home(way):
        for case in elsewhere(moved):
            settle(case=case, day=day, by=by)
    reckon(cases=moved, steps=known.steps)
    return moved, refusals


def _moves_home(way: Transition) -> bool:
    """Whether no plan lets the family live elsewhere any more afterwards."""
    return "plan" in way.clears or way.target in ENDS


COLUMNS_OF_CASE = [name.removesuffix("_id") for name in (*COLUMNS, *GROUND.values())]


def may(by: User, way: Transition, area: str) -> None:
    """Refused where the role may not do it, or the case lies outside the person's area."""
    if not any(by.may(Power(power)) for power in way.by):
        names = _("、").join(_(POWER_NAMES[Power(power)]) for power in way.by)
        raise Refused(rules.ROLE, _("您现在的角色不能办理“%(what)s”（需要：%(powers)s）") % {"what": _(way.title), "powers": names})
    if not division.contains(by.area, area):
        raise Refused(rules.ROLE, _("这一户不在您的辖区内"))
    if way.mark in CHECKING and not checks(by, way):
        raise Refused(rules.JOINT, _("“%s”由县级该部门自己办理") % _(way.title))


def checks(by: User, way: Transition) -> bool:
    """Whether this person's office is the county's department (or one above it) that a part of the joint check asks for."""
    return way.mark == f"checked_{by.organisation.kind}" and len(by.organisation.area) <= 6 and len(by.area) <= 6


def _checked(
    case: Case, way: Transition, step: Step, known: Look, *, by: User, now: datetime, photos: Mapping[int, frozenset[str]]
) -> CaseStep:
    """The step, not yet written, where nothing speaks against it; else ``Refused``."""
    may(by, way, case.area)
    state = case.state
    try:
        WORKFLOW.step(state, way.code)
    except OutOfOrder as wrong:
        raise Refused(rules.ORDER, _out_of_order(case, wrong)) from wrong
    last = max(one.on for one in counting(known.steps[case.pk]))
    earliest = case.since if way.target == STAYS else last
    if known.on < earliest:
        raise Refused(rules.DAY, _("日期 %(on)s 早于前一步的 %(before)s；请改正日期") % {"on": known.on, "before": earliest})
    own = step.own.get(case.pk, _NOTHING)
    reason = own.reason.strip() or step.reason.strip()
    if way.reason and not reason:
        raise Refused(rules.REASON, _("请写明“%s”的理由") % _(way.title))
    details = {**(step.details(case, known) if callable(step.details) else step.details), **own.details}
    album = own.album or step.album
    shown = photos.get(album.pk, frozenset()) if album is not None else frozenset()
    follow = step.photos_follow and album is not None
    found = findings(case, Asked(way.code, known.on, details, shown, follow), known)
    blocks = [one for one in found if one.level == BLOCK]
    if blocks:
        more = "".join(_("；又：%s") % one.message for one in blocks[1:])
        raise Refused(_BY_ID[blocks[0].check], blocks[0].message + more)
    captured = step.captured
    return CaseStep(
        case=case, area=case.area, code=way.code, on=known.on, by=by, office=by.organisation, at=now, reason=reason[:300], details=details,
        waived=[one.check for one in found if one.level != BLOCK and one.check in known.waived.get(case.pk, ())], album=album,
        client_id=captured.client_id, captured_at=captured.at, device=captured.device[:80], source=own.source or step.source,
    )  # fmt: skip


def _out_of_order(case: Case, wrong: OutOfOrder) -> str:
    if wrong.done:
        return _("“%s”已经登记过；登记错了的，先撤销那一步") % _(wrong.transition.title)
    stage, ways = _(wrong.stage.title), [one for one in wrong.possible if one.by]
    if not ways:
        return _("%(number)s 现在是“%(stage)s”，不能再办理“%(what)s”") % {
            "number": case.number,
            "stage": stage,
            "what": _(wrong.transition.title),
        }
    return _("%(number)s 现在是“%(stage)s”，不能办理“%(what)s”；现在可以办理：%(ways)s") % {
        "number": case.number, "stage": stage, "what": _(wrong.transition.title), "ways": _("、").join(_(one.title) for one in ways),
    }  # fmt: skip


@recorded("case.undone")
@transaction.atomic
def undo(*, case: Case, by: User, reason: str, step: int | None = None) -> Case:
    """撤销上一步: a reversing step is recorded and the case stands where it stood before. By whoever may do the step itself; never the application.
    A case of earlier years is taken back whole by it.

    ``step``: the key of the step that is meant; where another is the last one by now, nothing is undone.
    """
    row = held([case.pk], homes=True)[0]  # an application waits, or is seen
    told = list(row.steps.order_by("id"))
    if row.stage == WORKFLOW.taken_back:
        raise Refused(rules.ORDER, _("%s 已经作废") % row.number)
    last = counting(told)[-1]
    if step is not None and step != last.pk:
        raise Refused(rules.TWICE, _("最后一步已经不是要撤销的那一步；请看最新的经过"))
    if last.code == FINISHED:
        if row.pk in (refused := void_finished(cases=[row.pk], by=by, reason=reason)):
            raise refused[row.pk]
        return Case.objects.get(pk=row.pk)
    if last.code == APPLY:
        raise Refused(rules.ORDER, _("只有申请，没有可撤销的步骤；申请错了的，按“认定不符合”办理"))
    way = WORKFLOW.transition(last.code)
    if way.final or not way.by:
        raise Refused(rules.ORDER, _("“%s”不能在这里撤销") % _(way.title))
    may(by, way, row.area)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么撤销“%s”") % _(way.title))
    if row.ended_on is not None and Case.objects.filter(household=row.household_id, ended_on=None).exists():
        raise Refused(rules.ONE_OPEN, _("该户又有了在办的改造，这一件不能再恢复"))
    back = CaseStep.objects.create(
        case=row,
        area=row.area,
        code=UNDO,
        on=clock.today(),
        by=by,
        office=by.organisation,
        at=timezone.now(),
        reason=reason.strip()[:300],
        undoes=last,
    )
    put(row, [*told, back]).save(update_fields=COLUMNS_OF_CASE)
    reckon(cases=[row], steps={row.pk: [*told, back]})
    if last.code in DRAWS or _moves_home(way):
        settle(case=row, day=back.on, by=by, undone=last)
    return row


@recorded("case.waived")
@transaction.atomic
def waive(*, case: Case, rule: str, reason: str, by: User) -> CaseWaiver:
    """县级按户豁免一条规则: by name and reason. Only rules that may be lifted at all. It holds until the case is reviewed from the beginning; then it is
    lifted anew, or holds."""
    permitting.allow(by, Power.CASE_APPROVE, case.area, rules.ROLE)
    fact = {rules.HOUSE.id: standards.ANOTHER_HOUSE, rules.PUBLIC_EMPLOYEE.id: standards.PUBLIC_EMPLOYEE}.get(rule, "")
    if rule not in rules.WAIVABLE or standards.excluded(case.area, clock.today(), fact):
        raise Refused(rules.ROLE, _("这条规则不能豁免"))
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么可以例外"))
    row = held([case.pk])[0]
    if row.ended_on is not None:
        raise Refused(rules.ORDER, _("%s 已经办结，不用再豁免") % row.number)
    if known := row.waivers.filter(rule=rule, ended_at=None).first():
        if known.at > of_this_round(row.steps.order_by("id"))[0].at:
            return known
        _lifted_no_more(known, by, kept(gettext_lazy("退回重审后重新豁免")))
    return CaseWaiver.objects.create(case=row, area=row.area, rule=rule, reason=reason.strip()[:300], by=by, at=timezone.now())


@recorded("case.unwaived")
@transaction.atomic
def unwaive(*, case: Case, rule: str, reason: str, by: User) -> CaseWaiver:
    """收回豁免: the rule holds for the case again, by name and reason. Not once a step that counts has made use of it since the case began anew."""
    permitting.allow(by, Power.CASE_APPROVE, case.area, rules.ROLE)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么收回豁免"))
    row = held([case.pk])[0]
    one = row.waivers.filter(rule=rule, ended_at=None).first()
    if one is None:
        raise Refused(rules.ORDER, _("这条规则没有豁免，不用收回"))
    used = next((step for step in of_this_round(row.steps.order_by("id")) if rule in step.waived), None)
    if used is not None:
        raise Refused(
            rules.ORDER,
            _("%(on)s 的“%(what)s”已经用了这条豁免；先撤销那一步，再收回")
            % {"on": used.on, "what": _(WORKFLOW.transition(used.code).title)},
        )
    return _lifted_no_more(one, by, reason)


def _lifted_no_more(one: CaseWaiver, by: User, reason: str) -> CaseWaiver:
    one.ended_at, one.ended_by, one.ended_reason = timezone.now(), by, reason.strip()[:300]
    one.save(update_fields=["ended_at", "ended_by", "ended_reason"])
    return one
