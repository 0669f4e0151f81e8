"""无房户: a household without a house, on its own word, reviewed by village and township (domain 2.1.5)."""

from datetime import date

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals import rules
from anju.appraisals.models import NoHouse
from anju.appraisals.permitting import allow, day_of, standing
from anju.evidence.models import Album
from anju.refusing import Refused
from anju.registry.facts import true_on
from anju.registry.models import Household, Occupancy
from anju.trail.acts import recorded


@recorded("no_house.determined")
@transaction.atomic
def determine(
    *,
    household: Household,
    applied_on: date,
    village_on: date,
    village_opinion: str,
    township_opinion: str,
    by: User,
    on: date | None = None,
    album: Album | None = None,
) -> NoHouse:
    """The township has agreed on ``on``: from then on the household has no house. ``album``: the papers that say so."""
    allow(by, Power.DETERMINE, household.area)
    day = day_of(on)
    row = standing(household)
    if not applied_on <= village_on <= day:
        raise Refused(rules.NO_HOUSE, _("申请、村评议、乡镇审核的日期应依次在后"))
    if not village_opinion.strip() or not township_opinion.strip():
        raise Refused(rules.NO_HOUSE, _("请写明村评议意见和乡镇审核意见"))
    owned = Occupancy.objects.filter(true_on(day), household=row, kind=Occupancy.Kind.OWN).select_related("dwelling").first()
    if owned is not None:
        raise Refused(
            rules.NO_HOUSE, _("户 %(number)s 登记有自有住房 %(house)s，不是无房户") % {"number": row.number, "house": owned.dwelling.number}
        )
    if NoHouse.objects.open().filter(household=row).exists():
        raise Refused(rules.NO_HOUSE, _("户 %(number)s 已认定为无房户") % {"number": row.number})
    return NoHouse.objects.create(
        household=row, area=row.area, applied_on=applied_on, village_on=village_on, village_opinion=village_opinion.strip()[:200],
        township_opinion=township_opinion.strip()[:200], album=album, by=by, valid_from=day, recorded_at=timezone.now(),
    )  # fmt: skip


@recorded("no_house.ended")
@transaction.atomic
def end(*, no_house: NoHouse, by: User, on: date | None = None) -> NoHouse:
    """The household has a house from that day on."""
    allow(by, Power.DETERMINE, no_house.area)
    day = day_of(on)
    row = NoHouse.objects.select_for_update(no_key=True).get(pk=no_house.pk)
    if row.superseded_at is not None or row.valid_to is not None or day < row.valid_from:
        raise Refused(rules.NO_HOUSE, _("这条无房认定已经结束，或结束日期早于认定日期"))
    now = timezone.now()
    values = {field.attname: getattr(row, field.attname) for field in NoHouse._meta.concrete_fields if not field.primary_key}
    row.superseded_at = now
    row.save(update_fields=["superseded_at"])
    return NoHouse.objects.create(**{**values, "valid_to": day, "recorded_at": now, "superseded_at": None})
