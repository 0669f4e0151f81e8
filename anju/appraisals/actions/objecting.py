"""A household doesn't accept its grade: the objection is received, answered, taken back, or settled by a new appraisal (S1-11)."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import rules
from anju.appraisals.actions.appraising import current
from anju.appraisals.models import Appraisal, Objection
from anju.appraisals.permitting import allow, day_of
from anju.refusing import Refused
from anju.trail.acts import recorded

State = Objection.State


@recorded("objection.received")
@transaction.atomic
def receive(*, appraisal: Appraisal, raised_by: str, reason: str, by: User, on: date | None = None) -> Objection:
    """登记异议: within the days printed on the paper; while one is open, another isn't taken. The paper then says that the household objects."""
    allow(by, Power.HEAR_OBJECTIONS, appraisal.area)
    day = day_of(on)
    row = current(appraisal)
    who, why = raised_by.strip()[:60], reason.strip()[:500]
    if not who or not why:
        raise Refused(rules.OBJECTION, _("请写明提出人和理由"))
    if day < row.on:
        raise Refused(rules.DAY, _("提出日期 %(on)s 早于鉴定日期 %(appraised)s") % {"on": day, "appraised": row.on})
    if day > row.objection_until:
        raise Refused(
            rules.OBJECTION,
            _("异议期到 %(until)s 为止，%(on)s 已过期；房屋情况有变化的，请登记险情或按疑似危房重新鉴定")
            % {"until": row.objection_until, "on": day},
        )
    if waiting := row.objections.filter(state=State.OPEN).first():
        raise Refused(rules.OBJECTION, _("%(on)s 提出的异议还没有处理，请并入那一条") % {"on": waiting.on})
    made = Objection.objects.create(
        appraisal=row, area=row.area, on=day, raised_by=who, reason=why, received_by=by, recorded_at=timezone.now()
    )
    row.acknowledged, row.acknowledged_on = Appraisal.Acknowledgement.OBJECTED, day
    row.save(update_fields=["acknowledged", "acknowledged_on"])
    return made


@recorded("objection.answered")
@transaction.atomic
def maintain(*, objection: Objection, answer: str, by: User, on: date | None = None) -> Objection:
    """维持原结果: the grade stands, and the household is told why."""
    allow(by, Power.MANAGE_APPRAISALS, objection.area)
    return _close(objection, State.REJECTED, answer, by, on)


@recorded("objection.withdrawn")
@transaction.atomic
def withdraw(*, objection: Objection, reason: str, by: User, on: date | None = None) -> Objection:
    """农户撤回: the household takes its objection back."""
    allow(by, Power.HEAR_OBJECTIONS, objection.area)
    return _close(objection, State.WITHDRAWN, reason, by, on)


def _close(objection: Objection, state: Objection.State, answer: str, by: User, on: date | None) -> Objection:
    day = day_of(on)
    said = answer.strip()[:500]
    if not said:
        raise Refused(rules.REASON, _("请写明给农户的答复") if state == State.REJECTED else _("请写明农户为什么撤回"))
    row = Objection.objects.select_for_update(no_key=True).get(pk=objection.pk)
    if row.state != State.OPEN:
        raise Refused(rules.OBJECTION, _("这条异议%(state)s，不用再处理") % {"state": row.get_state_display()})
    if day < row.on:
        raise Refused(rules.DAY, _("处理日期 %(on)s 早于提出日期 %(raised)s") % {"on": day, "raised": row.on})
    row.state, row.answer, row.answered_on, row.answered_by = state, said, day, by
    row.save(update_fields=["state", "answer", "answered_on", "answered_by"])
    return row


__all__ = ["maintain", "receive", "withdraw"]
