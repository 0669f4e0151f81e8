"""锁定存量: the danger ledger of a day is written down, signed by four departments, and locked (S4-06, S3-11)."""

from datetime import date

from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import rules
from anju.appraisals.models import Stock, StockEntry, StockSignature
from anju.appraisals.permitting import allow, day_of
from anju.appraisals.queries import ledger
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

SIGNERS = (Office.HOUSING, Office.POVERTY, Office.CIVIL_AFFAIRS, Office.DISABLED_FEDERATION)


@recorded("stock.made")
@transaction.atomic
def make(*, area: str, by: User, as_of: date | None = None) -> Stock:
    """The ledger of an area as it stands on a day, household by household, to be signed. One a day and area."""
    stem = division.stem(area)
    allow(by, Power.STOCK, stem)
    day = day_of(as_of)
    if held := Stock.objects.filter(area=stem, as_of=day, voided_at=None).first():
        state = _("已锁定") if held.locked_at else _("等待会签")
        raise Refused(rules.STOCK, _("%(day)s 的存量台账已经有了，%(state)s；要重做的请先作废它") % {"day": day, "state": state})
    found = ledger.counts(stem, on=day).get(stem, ledger.Count(stem))
    made = Stock.objects.create(
        area=stem, as_of=day, households=found.households, by_grade={"C": found.c, "D": found.d, "no_house": found.no_house}, made_by=by,
        made_at=timezone.now(),
    )  # fmt: skip
    with connection.cursor() as cursor:
        ledger.write_to(cursor, stock=made.pk, within=stem, on=day)
    return made


@recorded("stock.signed")
@transaction.atomic
def sign(*, stock: Stock, by: User) -> StockSignature:
    """One department's signature; with the fourth the stock is locked."""
    allow(by, Power.LOCK, stock.area)
    row = Stock.objects.select_for_update(no_key=True).get(pk=stock.pk)
    if row.voided_at is not None or row.locked_at is not None:
        raise Refused(rules.STOCK, _("这份存量台账已锁定或已作废，不能再签"))
    office = by.organisation.kind
    if office not in SIGNERS:
        names = _("、").join(_(OFFICE_NAMES[one]) for one in SIGNERS)
        raise Refused(rules.STOCK, _("存量台账由%(names)s会签，您的单位不在其中") % {"names": names})
    try:
        with transaction.atomic():
            signature = StockSignature.objects.create(stock=row, area=row.area, office=office, by=by, at=timezone.now())
    except IntegrityError as twice:
        raise Refused(rules.STOCK, _("%(office)s已经签过了") % {"office": _(OFFICE_NAMES[Office(office)])}) from twice
    if set(row.signatures.values_list("office", flat=True)) >= set(SIGNERS):
        row.locked_at = timezone.now()
        row.save(update_fields=["locked_at"])
    return signature


@recorded("stock.voided")
@transaction.atomic
def void(*, stock: Stock, by: User, reason: str) -> Stock:
    """作废: the stock isn't valid any more; it stays readable with the reason."""
    allow(by, Power.STOCK, stock.area)
    row = Stock.objects.select_for_update(no_key=True).get(pk=stock.pk)
    if row.voided_at is not None:
        raise Refused(rules.STOCK, _("这份存量台账已经作废"))
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么作废"))
    row.voided_at, row.voided_reason = timezone.now(), reason.strip()[:200]
    row.save(update_fields=["voided_at", "voided_reason"])
    return row


@recorded("stock.struck")
@transaction.atomic
def strike(*, entry: StockEntry, by: User, reason: str, on: date | None = None) -> StockEntry:
    """销档: the household isn't dangerously housed any more. Only from a locked stock, and only once the ledger itself no longer holds it."""
    allow(by, Power.STOCK, entry.area)
    day = day_of(on)
    row = StockEntry.objects.select_for_update(no_key=True).select_related("stock", "household").get(pk=entry.pk)
    if row.stock.locked_at is None or row.stock.voided_at is not None:
        raise Refused(rules.STOCK, _("存量台账还没有锁定，不能销档"))
    if row.struck_on is not None:
        raise Refused(rules.STOCK, _("这一户已于 %(on)s 销档") % {"on": row.struck_on})
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明凭什么销档"))
    held = ledger.entries(row.household.area, on=day, limit=1, only=row.household_id)
    if held:
        raise Refused(
            rules.STOCK, _("户 %(number)s 现在仍是%(what)s，不能销档") % {"number": row.household.number, "what": _said(held[0].grade)}
        )
    row.struck_on, row.struck_why, row.struck_by = day, reason.strip()[:200], by
    row.save(update_fields=["struck_on", "struck_why", "struck_by"])
    return row


def _said(grade: str) -> str:
    return _("%s 级危房") % grade if grade else _("无房户")
