"""What hangs at a house: the sign with its result (any grade) and the safety plate (A and B only) are issued, hung, taken down (S0-33, S4-13)."""

import secrets
from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import albums, numbering, rules
from anju.appraisals.actions.appraising import current
from anju.appraisals.models import Appraisal, NumberSeries, Posting
from anju.appraisals.permitting import allow, day_of
from anju.kept import kept
from anju.policy import keys, value
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary.grade import GRADES

Kind = Posting.Kind
_SERIES = {Kind.SIGN: NumberSeries.Kind.SIGN, Kind.PLATE: NumberSeries.Kind.PLATE}


@recorded("posting.issued")
@transaction.atomic
def issue(*, kind: str, appraisal: Appraisal, by: User, on: date | None = None) -> Posting:
    """制牌: a numbered sign or plate for an appraisal that counts, with the album for its photos. A plate only for A and B."""
    allow(by, Power.MANAGE_APPRAISALS, appraisal.area)
    day = day_of(on)
    row = current(appraisal)
    what = Kind(kind)
    if day < row.on:
        raise Refused(rules.DAY, _("制牌日期 %(on)s 早于鉴定日期 %(appraised)s") % {"on": day, "appraised": row.on})
    if what == Kind.PLATE and not GRADES[row.grade].safe:
        raise Refused(
            rules.PLATE,
            _("鉴定 %(number)s 为 %(grade)s 级（%(name)s），不能挂安全认定牌；请挂鉴定结果公示牌，改造验收合格后再认定")
            % {"number": row.number, "grade": row.grade, "name": _(GRADES[row.grade].name)},
        )
    if there := row.postings.filter(kind=what, removed_on=None).first():
        raise Refused(rules.HANGING, _("%(kind)s %(number)s 已经制作，请用那一块") % {"kind": what.label, "number": there.number})
    number = numbering.give(_SERIES[what], row.area, day.year)[0]
    title = f"{kept(what.label)} {number}"
    return Posting.objects.create(
        kind=what, number=number, appraisal=row, household_id=row.household_id, area=row.area, grade=row.grade, token=secrets.token_urlsafe(16),
        issued_on=day, issued_by=by, recorded_at=timezone.now(),
        album=albums.of_house(household=row.household, dwelling=row.dwelling, title=title, by=by, since=day),
    )  # fmt: skip


@recorded("posting.hung")
@transaction.atomic
def hang(*, posting: Posting, by: User, on: date | None = None) -> Posting:
    """挂牌: it hangs at the house from that day, as its photos show. One whose appraisal no longer counts is not hung."""
    allow(by, Power.HANG, posting.area)
    day = day_of(on)
    row = _standing(posting)
    if row.posted_on is not None:
        raise Refused(rules.HANGING, _("%(number)s 已于 %(on)s 挂出") % {"number": row.number, "on": row.posted_on})
    current(row.appraisal)
    if day < row.issued_on:
        raise Refused(rules.DAY, _("挂牌日期 %(on)s 早于制牌日期 %(issued)s") % {"on": day, "issued": row.issued_on})
    wanted = value(keys.PLATE_PHOTOS, row.area, day)
    there = row.album.photos.filter(kind=row.kind, withdrawn_at=None).count() if row.album else 0
    if there < wanted:
        raise Refused(rules.HUNG_PHOTO, _("挂牌照片要 %(wanted)d 张，现有 %(there)d 张；请先拍照上传") % {"wanted": wanted, "there": there})
    row.posted_on, row.posted_by = day, by
    row.save(update_fields=["posted_on", "posted_by"])
    return row


@recorded("posting.removed")
@transaction.atomic
def take_down(*, posting: Posting, reason: str, by: User, on: date | None = None) -> Posting:
    """摘牌: it no longer hangs, or was never hung and doesn't count; the public page says so."""
    allow(by, Power.HANG, posting.area)
    day = day_of(on)
    row = _standing(posting)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么摘牌"))
    if day < (row.posted_on or row.issued_on):
        raise Refused(rules.DAY, _("摘牌日期 %(on)s 早于挂牌日期 %(posted)s") % {"on": day, "posted": row.posted_on or row.issued_on})
    row.removed_on, row.removed_reason, row.removed_by = day, reason.strip()[:200], by
    row.save(update_fields=["removed_on", "removed_reason", "removed_by"])
    return row


def _standing(posting: Posting) -> Posting:
    """The posting, locked; refused once taken down."""
    row = Posting.objects.select_for_update(no_key=True, of=("self",)).select_related("appraisal", "album").get(pk=posting.pk)
    if row.removed_on is not None:
        raise Refused(rules.HANGING, _("%(number)s 已于 %(on)s 摘牌") % {"number": row.number, "on": row.removed_on})
    return row


__all__ = ["hang", "issue", "take_down"]
