"""农户申请: a case begins with what the register and the appraisals say of the household on that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.filling import sent_before
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import rules
from anju.cases.actions.archiving import reckon
from anju.cases.actions.numbering import numbers
from anju.cases.grounds import dangerous
from anju.cases.looking import Look, look
from anju.cases.models import Case, CaseStep
from anju.cases.standing import APPLY
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.registry.actions.cards import Card, record_cards
from anju.registry.models import Household
from anju.trail.acts import recorded
from anju.vocabulary.fieldwork import Captured

_NOWHERE = Captured()


@recorded("case.applied")
@transaction.atomic
def apply(
    *,
    household: Household,
    by: User,
    on: date | None = None,
    album: Album | None = None,
    captured: Captured = _NOWHERE,
    source: str = "",
    card: Card | None = None,
) -> Case:
    """受理改造申请: the household's own words, its identity as a locked list has it, the grade of its house (or that it has none); with it ``card``, to
    which the subsidy is to go.

    Raises ``Refused`` for a household that isn't on the register, has a case going on, is on no locked list, or whose house isn't dangerous.
    The same ``captured.client_id`` gives the same case.
    """
    case = _begun(household, by=by, on=on, album=album, captured=captured, source=source)
    if card is not None and (refused := record_cards(cards=[card], by=by)):
        raise refused[0]
    return case


@recorded("case.applied")
@transaction.atomic
def reopen(*, case: Case, by: User, on: date | None = None, reason: str, album: Album | None = None, captured: Captured = _NOWHERE) -> Case:
    """返危重开: the house of a finished case has become dangerous again through a disaster; a new case begins that names the former."""
    if case.stage != "closed":
        raise Refused(rules.ORDER, _("%s 还没有结案，不能按返危重开") % case.number)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明因为什么返危"))
    return _begun(case.household, by=by, on=on, album=album, captured=captured, again_of=case, reason=reason)


def _begun(
    household: Household,
    *,
    by: User,
    on: date | None,
    album: Album | None,
    captured: Captured,
    source: str = "",
    again_of: Case | None = None,
    reason: str = "",
) -> Case:
    permitting.allow(by, Power.CASE_APPLY, household.area, rules.ROLE)
    day = permitting.day_of(on, rules.DAY)
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if (sent := sent_before(CaseStep, captured)) is not None:
        if (sent.case.household_id, sent.code) != (row.pk, APPLY):
            raise Refused(rules.TWICE, _("这份提交已登记为别的办理；请作为新的申请另行提交"))
        found: Case = sent.case
        return found
    known = look([row.pk], day)
    case = _drafted(row, known, by=by, source=source, again_of=again_of)
    step = _first_step(case, by=by, at=case.recorded_at, reason=reason, album=album, captured=captured)
    return _written([(case, step)])[0]


def _drafted(row: Household, known: Look, *, by: User, source: str = "", again_of: Case | None = None) -> Case:
    """The case, not yet numbered nor written, where nothing speaks against it; else ``Refused``. The household is locked."""
    day = known.on
    permitting.allow(by, Power.CASE_APPLY, row.area, rules.ROLE)
    if row.closed_on is not None:
        raise Refused(rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不能申请") % {"number": row.number, "on": row.closed_on})
    if (going := known.open_cases.get(row.pk)) is not None:
        raise Refused(rules.ONE_OPEN, _("该户 %(on)s 申请的 %(number)s 还在办理") % {"on": going.applied_on, "number": going.number})
    head = known.heads.get(row.pk)
    if head is None:
        raise Refused(rules.HOUSEHOLD, _("登记库里该户没有户主；请先在农户页写明户主"))
    worst, no_house = dangerous(row, known)
    if again_of is not None and again_of.completed_on is not None and worst is not None and worst.appraisal.on <= again_of.completed_on:
        raise Refused(
            rules.GRADE,
            _("%(on)s 的鉴定在上次竣工 %(done)s 之前；返危要有竣工以后的鉴定") % {"on": worst.appraisal.on, "done": again_of.completed_on},
        )
    appraised = worst.appraisal.on if worst is not None else day
    identity = known.confirmed(row, appraised)
    if identity is None:
        raise Refused(
            rules.IDENTITY, _("%(on)s 时没有锁定的名单确认该户是重点对象；请先会签锁定名单，再用那以后的鉴定申请") % {"on": appraised}
        )
    return Case(
        area=row.area, household=row, dwelling=worst.dwelling if worst else None, appraisal=worst.appraisal if worst else None,
        no_house=no_house, again_of=again_of, group=identity.category.code, grade=worst.grade if worst else "none", applied_on=day, recorded_at=timezone.now(),
        source=source, since=day, head=head.person, size=known.sizes[row.pk],
    )  # fmt: skip


def _first_step(
    case: Case, *, by: User, at: datetime, reason: str = "", words: str = "", album: Album | None = None, captured: Captured = _NOWHERE
) -> CaseStep:
    details = {"head": case.head_id, "size": case.size} | ({"note": words.strip()[:300]} if words.strip() else {})
    return CaseStep(
        case=case, area=case.area, code=APPLY, on=case.applied_on, by=by, office=by.organisation, at=at, reason=reason.strip()[:300], details=details,
        album=album, client_id=captured.client_id, captured_at=captured.at, device=captured.device[:80], source=case.source,
    )  # fmt: skip


def _written(begun: Sequence[tuple[Case, CaseStep]]) -> list[Case]:
    """The cases, numbered in their order, with their first steps."""
    cases, steps = [case for case, _step in begun], [step for _case, step in begun]
    for case, number in zip(cases, numbers([(case.area[:6], case.applied_on.year) for case in cases]), strict=True):
        case.number = number
    temporary.give_keys(cases)
    temporary.give_keys(steps)
    for case, step in begun:
        step.case, case.entered = case, step.pk
    temporary.insert(cases)
    temporary.insert(steps)
    reckon(cases=cases, steps={case.pk: [step] for case, step in begun})
    return cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """What one household (its key) applies with: the day and its own words."""

    household: int
    on: date | None = None
    words: str = ""
    source: str = ""


@recorded("case.applied")
@transaction.atomic
def apply_many(*, applications: Sequence[Application], by: User) -> dict[int, Refused]:
    """受理许多户的申请, each held to all that ``apply`` holds one to. Those refused aren't begun: place in ``applications`` → why.

    A household comes once at most.
    """
    keys = {one.household for one in applications}
    households = Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").in_bulk()
    refusals: dict[int, Refused] = {}
    days: dict[date, list[int]] = {}
    for at, one in enumerate(applications):
        try:
            if one.household not in households:
                raise Refused(rules.ROLE, _("这一户不在您的辖区内"))
            days.setdefault(permitting.day_of(one.on, rules.DAY), []).append(at)
        except Refused as refused:
            refusals[at] = refused
    begun: dict[int, tuple[Case, CaseStep]] = {}
    with clock.one_day():
        for day, places in sorted(days.items()):
            known = look([applications[at].household for at in places], day)
            for at in places:
                one = applications[at]
                try:
                    case = _drafted(households[one.household], known, by=by, source=one.source)
                except Refused as refused:
                    refusals[at] = refused
                    continue
                begun[at] = case, _first_step(case, by=by, at=case.recorded_at, words=one.words)
    _written([begun[at] for at in sorted(begun)])
    return refusals
