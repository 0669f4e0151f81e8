"""指标申请 (S2-35): an area asks the level above for a larger task or gives some of it back; the answer adjusts its plan."""

from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.queries.household import open_grades
from anju.cases import planning, qualified, rules
from anju.cases.actions.planning import written
from anju.cases.models import AnnualPlan, PlanChange, QuotaGround, QuotaRequest
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division

_MOST = 1_000_000


@recorded("quota.asked")
@transaction.atomic
def ask_quota(
    *, area: str, year: int, households: int, reason: str, by: User, on: date | None = None, document: str = "", asked_of: str | None = None
) -> QuotaRequest:
    """申请指标: so many households more (below 0: given back), with the households counted that qualify and are in no plan, each of which is kept.

    ``asked_of``: the level that answers, the one right above where none is named. One request at a time for a year.
    """
    stem = division.stem(area)
    permitting.allow(by, Power.CASE_QUOTA, stem, rules.ROLE)
    if stem != division.stem(by.area):
        raise Refused(rules.ROLE, _("指标由本级自己申请"))
    day = permitting.day_of(on, rules.DAY)
    to = division.parent(stem) if asked_of is None else division.stem(asked_of)
    if to is None or to == stem or not division.contains(to, stem):
        raise Refused(rules.QUOTA, _("请写明向哪一级申请"))
    if not 0 < abs(households) <= _MOST:
        raise Refused(rules.QUOTA, _("请写明申请增加（或减少）多少户"))
    if not reason.strip():
        raise Refused(rules.QUOTA, _("请写明理由"))
    plan = AnnualPlan.objects.select_for_update(no_key=True).filter(area=stem, year=year).first()
    if plan is None:
        raise Refused(rules.QUOTA, _("本级还没有 %d 年的任务；先有任务，再申请增减") % year)
    _keeps_enough(plan, households, by)
    waiting = QuotaRequest.objects.filter(area=stem, year=year, state=QuotaRequest.State.ASKED).first()
    if waiting is not None:
        raise Refused(
            rules.QUOTA,
            _("%(on)s 申请的 %(count)+d 户还没有答复；请等答复，或撤回后再申请") % {"on": waiting.on, "count": waiting.households},
        )
    found = [one for piece in qualified.pieces(by, qualified.Filters(stem), clock.today()) for one in piece]
    grades = open_grades([one.pk for one, _why in found])
    try:
        with transaction.atomic():
            made = QuotaRequest.objects.create(
                area=stem, asked_of=to, year=year, households=households, reason=reason.strip()[:500], document=document.strip()[:120],
                task=plan.households, counted=len(found), on=day, by=by, recorded_at=timezone.now(),
            )  # fmt: skip
    except IntegrityError as twice:
        raise Refused(rules.QUOTA, _("本级刚有一份申请还没有答复")) from twice
    temporary.insert(
        [QuotaGround(request=made, area=one.area, household=one, grade=grades.get(one.pk, "none"), why=why) for one, why in found]
    )
    return made


def _keeps_enough(plan: AnnualPlan, households: int, by: User) -> None:
    """Refused where less would be left than has been approved."""
    if households > 0:
        return
    plans = planning.plans_of(plan.area, plan.year)
    found = planning.done(by, plan.area, plan.year, clock.today(), plans, digits=0).get(plan.area)
    approved = found.approved if found is not None else 0
    if plan.households + households < approved:
        raise Refused(
            rules.QUOTA,
            _("任务 %(task)d 户，已批准 %(approved)d 户，最多减少 %(most)d 户")
            % {"task": plan.households, "approved": approved, "most": max(0, plan.households - approved)},
        )


@recorded("quota.answered")
@transaction.atomic
def answer_quota(
    *, request: QuotaRequest, by: User, granted: int, answer: str = "", document: str = "", on: date | None = None
) -> QuotaRequest:
    """答复: so many of the households asked for are granted (0: none, with the reason), and the area's task is adjusted with both documents.

    By the level that was asked. Where that isn't on the system, whoever asked records its answer, with its document.
    """
    row = _waiting(request)
    day = _day_after(row, on)
    _may_answer(by, row, document)
    if granted == 0:
        if not answer.strip():
            raise Refused(rules.REASON, _("不同意的请写明理由"))
        return _ended(row, QuotaRequest.State.REFUSED, by, day, answer=answer, document=document)
    if granted * row.households < 0 or abs(granted) > abs(row.households):
        raise Refused(rules.QUOTA, _("申请的是 %(asked)+d 户，同意的应在 0 到 %(asked)+d 户之间") % {"asked": row.households})
    plan = AnnualPlan.objects.select_for_update(no_key=True).get(area=row.area, year=row.year)
    _keeps_enough(plan, granted, by)
    households = plan.households + granted
    handed = {**plan.handed, "households": households} if plan.handed else {}
    papers = " / ".join(one for one in (document.strip(), row.document) if one)
    written(plan, by=by, kind=PlanChange.Kind.QUOTA, households=households, handed=handed, document=plan.document, said=papers, request=row)
    row.granted = granted
    return _ended(row, QuotaRequest.State.GRANTED, by, day, answer=answer, document=document)


def _may_answer(by: User, row: QuotaRequest, document: str) -> None:
    stem = division.stem(by.area)
    if stem == row.asked_of and by.may(Power.CASE_PLAN):
        return
    if stem == row.area and by.may(Power.CASE_QUOTA) and not planning.planners(row.asked_of):
        if not document.strip():
            raise Refused(rules.QUOTA, _("上级不在本系统，登记其答复要写明文号"))
        return
    permitting.allow(by, Power.CASE_PLAN, row.area, rules.ROLE)
    raise Refused(rules.ROLE, _("这份申请由接受申请的那一级答复"))


@recorded("quota.withdrawn")
@transaction.atomic
def withdraw_quota(*, request: QuotaRequest, by: User, reason: str, on: date | None = None) -> QuotaRequest:
    """撤回申请, with the reason; by the level that asked, as long as there is no answer."""
    row = _waiting(request)
    permitting.allow(by, Power.CASE_QUOTA, row.area, rules.ROLE)
    if division.stem(by.area) != row.area:
        raise Refused(rules.ROLE, _("由申请的那一级撤回"))
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么撤回"))
    return _ended(row, QuotaRequest.State.WITHDRAWN, by, _day_after(row, on), answer=reason)


@recorded("quota.seen")
@transaction.atomic
def note_quota(*, request: QuotaRequest, by: User) -> QuotaRequest:
    """知悉答复: somebody of the level that asked has read the answer; from then on it is no more in the day's work."""
    row = QuotaRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    permitting.allow(by, Power.CASE_QUOTA, row.area, rules.ROLE)
    if division.stem(by.area) != row.area or row.state not in (QuotaRequest.State.GRANTED, QuotaRequest.State.REFUSED):
        raise Refused(rules.ROLE, _("只有申请的那一级知悉已有的答复"))
    if row.seen_at is None:
        row.seen_by, row.seen_at = by, timezone.now()
        row.save(update_fields=["seen_by", "seen_at"])
    return row


def _waiting(request: QuotaRequest) -> QuotaRequest:
    row = QuotaRequest.objects.select_for_update(no_key=True).get(pk=request.pk)
    if row.state != QuotaRequest.State.ASKED:
        raise Refused(rules.QUOTA, _("这份申请%(state)s（%(on)s）") % {"state": row.get_state_display(), "on": row.answered_on})
    return row


def _day_after(row: QuotaRequest, on: date | None) -> date:
    day = permitting.day_of(on, rules.DAY)
    if day < row.on:
        raise Refused(rules.DAY, _("日期 %(day)s 早于申请的 %(on)s") % {"day": day, "on": row.on})
    return day


def _ended(row: QuotaRequest, state: str, by: User, on: date, *, answer: str, document: str = "") -> QuotaRequest:
    row.state, row.answered_by, row.answered_on = state, by, on
    row.answer, row.answer_document = answer.strip()[:500], document.strip()[:120]
    row.save(update_fields=["state", "granted", "answered_by", "answered_on", "answer", "answer_document"])
    return row
