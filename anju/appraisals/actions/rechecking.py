"""A share of an appraiser's work is drawn and looked at again by another (S1-28)."""

import secrets
from datetime import date
from decimal import ROUND_CEILING, Decimal

from django.db import connection, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import MD5, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import temporary
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.appraisals import rules
from anju.appraisals.models import Appraisal, RecheckItem, RecheckLot
from anju.appraisals.permitting import allow, day_of, locked
from anju.policy import NoRule, keys, rule
from anju.policy.rules import Rule
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division

_LOCK = 20_260_128
"""Two draws of one person's work wait for each other, so that no paper is drawn twice."""
VALID = Appraisal.State.VALID


def share_rule(area: str, day: date) -> Rule[int]:
    """The rule that says how many per cent of each person's appraisals are looked at again; refused where policy sets none."""
    try:
        return rule(keys.RECHECK_PERCENT, area, day)
    except NoRule as none:
        raise Refused(rules.RECHECK, str(none)) from none


def drawable(*, appraiser: User, area: str, since: date, until: date) -> QuerySet[Appraisal]:
    """The person's valid appraisals of the area and period that stand in no lot that counts."""
    drawn = RecheckItem.objects.filter(lot__appraiser=appraiser, lot__voided_at=None)
    return _work(appraiser, area, since, until).exclude(pk__in=drawn.values("appraisal"))


def _work(appraiser: User, area: str, since: date, until: date) -> QuerySet[Appraisal]:
    return Appraisal.objects.filter(within(area), by=appraiser, state=VALID, on__gte=since, on__lte=until)


@recorded("recheck.drawn")
@transaction.atomic
def draw(
    *, appraiser: User, area: str, since: date, until: date, by: User, share: Decimal | None = None, seed: str | None = None
) -> RecheckLot:
    """抽取: so large a share of the person's valid appraisals from ``since`` to ``until``, at least one, rounded up, none that was drawn before.

    ``share``: a part of one, policy's where none is given. The papers are ordered by MD5 of ``seed`` and their numbers: the same seed draws the same.
    """
    stem = division.stem(area)
    allow(by, Power.MANAGE_APPRAISALS, stem)
    if by.pk == appraiser.pk:
        raise Refused(rules.ANOTHER, _("不能抽取自己的鉴定，请由别人抽取"))
    day_of(until)
    if until < since:
        raise Refused(rules.DAY, _("结束日期 %(end)s 早于开始日期 %(start)s") % {"end": until, "start": since})
    part = Decimal(share_rule(stem, until).value) / 100 if share is None else share
    if not 0 < part <= 1:
        raise Refused(rules.RECHECK, _("比例应大于 0%、不超过 100%"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, appraiser.pk])
    worked = _work(appraiser, stem, since, until).count()
    many = max(1, int((worked * part).to_integral_value(rounding=ROUND_CEILING)))
    picked = (seed or secrets.token_hex(8)).strip()[:40]
    dice = MD5(Concat(Value(picked), Value(":"), F("number")))
    found = drawable(appraiser=appraiser, area=stem, since=since, until=until)
    drawn = list(found.order_by(dice, "number").values_list("pk", "area")[:many])
    if not drawn:
        raise Refused(
            rules.RECHECK,
            _("%(name)s 在 %(since)s 至 %(until)s 没有可抽取的有效鉴定，请换个时间段或鉴定人")
            % {"name": appraiser.name, "since": since, "until": until},
        )
    lot = RecheckLot.objects.create(
        area=stem,
        appraiser=appraiser,
        since=since,
        until=until,
        share=part,
        seed=picked,
        worked=worked,
        drawn_by=by,
        drawn_at=timezone.now(),
    )
    temporary.insert([RecheckItem(lot=lot, appraisal_id=pk, area=place) for pk, place in drawn])
    return lot


@recorded("recheck.settled")
@transaction.atomic
def settle(
    *, item: RecheckItem, by: User, same: bool, second: Appraisal | None = None, note: str = "", on: date | None = None
) -> RecheckItem:
    """The second look says the same, or differs: then ``second``, another person's appraisal of the house, stands for the first, and ``note`` says
    what differs."""
    allow(by, Power.APPRAISE, item.area)
    day = day_of(on)
    locked([item.appraisal.household_id])  # what voids a paper, or the lot, waits until this is settled, and the other way about
    lot = RecheckLot.objects.select_for_update(no_key=True).get(pk=item.lot_id)
    row = RecheckItem.objects.select_for_update(no_key=True, of=("self",)).select_related("appraisal").get(pk=item.pk)
    first, second = row.appraisal, Appraisal.objects.get(pk=second.pk) if second is not None else None
    if by.pk == lot.appraiser_id:
        raise Refused(rules.ANOTHER, _("不能复核自己的鉴定，请由别的鉴定人复核"))
    if lot.voided_at is not None:
        raise Refused(rules.RECHECK, _("这一批抽查已作废"))
    if row.same is not None:
        raise Refused(rules.RECHECK, _("鉴定 %(number)s 已于 %(on)s 复核") % {"number": first.number, "on": row.done_on})
    if first.state == Appraisal.State.WITHDRAWN:
        raise Refused(rules.STATE, _("鉴定 %(number)s 已经作废，不再复核") % {"number": first.number})
    if day < first.on:
        raise Refused(rules.DAY, _("复核日期 %(on)s 早于鉴定日期 %(appraised)s") % {"on": day, "appraised": first.on})
    if second is not None:
        _second(first, second, lot, day)
    _agrees(first, second, same, note)
    row.same, row.second, row.note, row.done_on, row.settled_by = same, second, note.strip()[:300], day, by
    row.save(update_fields=["same", "second", "note", "done_on", "settled_by"])
    return row


def _second(first: Appraisal, second: Appraisal, lot: RecheckLot, day: date) -> None:
    """Refused where ``second`` isn't another person's valid, later appraisal of the same house, made by the day on which the paper is settled."""
    if second.by_id == lot.appraiser_id:
        raise Refused(rules.ANOTHER, _("%(number)s 是原鉴定人自己作的，请由别的鉴定人重新鉴定") % {"number": second.number})
    if second.dwelling_id != first.dwelling_id or (second.on, second.pk) <= (first.on, first.pk):
        raise Refused(rules.SECOND, _("%(number)s 不是这处房屋在 %(first)s 之后的鉴定") % {"number": second.number, "first": first.number})
    if day < second.on:
        raise Refused(rules.DAY, _("复核日期 %(on)s 早于重新鉴定的日期 %(appraised)s") % {"on": day, "appraised": second.on})
    if second.state != VALID:
        raise Refused(rules.STATE, _("鉴定 %(number)s %(state)s") % {"number": second.number, "state": second.get_state_display()})


def _agrees(first: Appraisal, second: Appraisal | None, same: bool, note: str) -> None:
    if same and second is not None and second.grade != first.grade:
        raise Refused(
            rules.SECOND,
            _("重新鉴定为 %(new)s 级，原为 %(was)s 级，请选“不一致”") % {"new": second.grade, "was": first.grade},
        )
    if same:
        return
    if second is None:
        raise Refused(rules.SECOND, _("不一致的，请先由别的鉴定人按“抽查复核”重新鉴定，再登记"))
    if second.grade == first.grade:
        raise Refused(rules.SECOND, _("重新鉴定也是 %(grade)s 级，请选“一致”") % {"grade": first.grade})
    if not note.strip():
        raise Refused(rules.SECOND, _("请写明与原鉴定不同在哪里"))


@recorded("recheck.voided")
@transaction.atomic
def void(*, lot: RecheckLot, by: User, reason: str) -> RecheckLot:
    """作废: the lot doesn't count, its papers may be drawn again. Only while nothing of it is settled."""
    allow(by, Power.MANAGE_APPRAISALS, lot.area)
    row = RecheckLot.objects.select_for_update(no_key=True).get(pk=lot.pk)
    if by.pk == row.appraiser_id:
        raise Refused(rules.ANOTHER, _("不能作废对自己鉴定的抽查，请由别人办理"))
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么作废"))
    if row.voided_at is not None:
        raise Refused(rules.RECHECK, _("这一批抽查已作废"))
    items = RecheckItem.objects.select_for_update(no_key=True).filter(lot=row)
    if any(one.same is not None for one in items):
        raise Refused(rules.RECHECK, _("已有复核结果，不能作废"))
    row.voided_at, row.voided_reason, row.voided_by = timezone.now(), reason.strip()[:200], by
    row.save(update_fields=["voided_at", "voided_reason", "voided_by"])
    return row
