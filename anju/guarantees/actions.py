"""Every write to how a household is housed: one transaction each, facts superseded and never overwritten."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence.models import Album
from anju.guarantees import rules
from anju.guarantees.models import Guarantee
from anju.refusing import Refused
from anju.registry.models import Dwelling, Household
from anju.trail.acts import recorded
from anju.vocabulary.route import ROUTES, Category, Route


def _standing(household: Household) -> Household:
    row = Household.objects.select_for_update(no_key=True).get(pk=household.pk)
    if row.closed_on is not None:
        raise Refused(rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不能再登记") % {"number": row.number, "on": row.closed_on})
    return row


def _route(code: str) -> Route:
    route = ROUTES.get(code)
    if route is None:
        raise Refused(rules.ROUTE, _("没有这种保障途径，请从列出的途径中选择"))
    if route.works:
        raise Refused(rules.WORKS, _("“%(route)s”在竣工验收合格时自动写入，这里不登记") % {"route": _(route.name)})
    return route


@recorded("guarantee.recorded")
@transaction.atomic
def record(
    *,
    household: Household,
    route: str,
    since: date,
    by: User,
    provider: str = "",
    relation: str = "",
    place: str = "",
    document: str = "",
    until: date | None = None,
    safe_because: str = "",
    note: str = "",
    dwelling: Dwelling | None = None,
    album: Album | None = None,
    source: str = "",
) -> Guarantee:
    """登记保障途径: from ``since`` on the household lives safely in this way. The one it had until then ends on that day.

    ``until``: the last day of a contract or consent. ``safe_because``: why the house lived in is safe. Raises ``Refused``.
    """
    permitting.allow(by, Power.GUARANTEE, household.area, rules.ROLE)
    day = permitting.day_of(since, rules.DAY)
    row = _standing(household)
    chosen = _route(route)
    words = {"provider": provider.strip()[:100], "document": document.strip()[:120], "safe_because": safe_because.strip()[:200]}
    if chosen.category is Category.GUARANTEED:
        if not words["provider"]:
            raise Refused(rules.PROVIDER, _("没有写住房由谁提供（出租人、亲属、产权单位）"))
        if not words["safe_because"]:
            raise Refused(rules.SAFE, _("没有写现住房为什么安全（鉴定报告号、验收文件）"))
    if not words["document"] and album is None:
        raise Refused(rules.PROOF, _("没有佐证材料：请写合同或文件的名称编号，或先上传照片"))
    if chosen.needs_term and until is None:
        raise Refused(rules.TERM, _("“%(route)s”要写合同或同意的最后一天") % {"route": _(chosen.name)})
    if until is not None and until < day:
        raise Refused(rules.TERM, _("最后一天 %(until)s 早于开始日期 %(since)s") % {"until": until, "since": day})
    now = timezone.now()
    for held in Guarantee.objects.select_for_update(no_key=True).filter(household=row, superseded_at=None, valid_to=None):
        if held.valid_from > day:
            raise Refused(
                rules.DAY,
                _("该户 %(since)s 起已登记“%(route)s”，新的途径不能早于它；填错的请先更正或撤销那一条")
                % {"since": held.valid_from, "route": held.get_route_display()},
            )
        _ended(held, day, _("改为%s") % _(chosen.name), now)
    return Guarantee.objects.create(
        household=row, area=row.area, route=chosen.code, valid_from=day, until=until, recorded_at=now, by=by, dwelling=dwelling, album=album,
        relation=relation.strip()[:30], place=place.strip()[:200], note=note.strip()[:300], source=source, **words,
    )  # fmt: skip


def _ended(held: Guarantee, on: date, why: str, now: datetime) -> Guarantee | None:
    """Supersedes the fact and writes it with its end; one that began that very day was never true and isn't written again."""
    held.superseded_at = now
    held.save(update_fields=["superseded_at"])
    if held.valid_from == on:
        return None
    again = _copy(held)
    again.valid_to, again.ended_reason, again.recorded_at, again.superseded_at = on, why[:200], now, None
    again.save(force_insert=True)
    return again


def _copy(held: Guarantee) -> Guarantee:
    values: dict[str, Any] = {
        field.attname: getattr(held, field.attname) for field in Guarantee._meta.concrete_fields if not field.primary_key
    }
    return Guarantee(**values)


def _open(guarantee: Guarantee) -> Guarantee:
    row = Guarantee.objects.select_for_update(no_key=True).get(pk=guarantee.pk)
    if row.superseded_at is not None or row.valid_to is not None:
        raise Refused(rules.DAY, _("这条保障途径已经结束或更正过，请办理当前的一条"))
    return row


@recorded("guarantee.corrected")
@transaction.atomic
def correct(*, guarantee: Guarantee, by: User, reason: str, **facts: Any) -> Guarantee:
    """更正: what was written of the way was wrong; it is taken back and written anew with ``facts`` (those of ``record``). Raises ``Refused``."""
    household = guarantee.household
    withdraw(guarantee=guarantee, by=by, reason=reason)
    return record(household=household, by=by, **facts)


@recorded("guarantee.ended")
@transaction.atomic
def end(*, guarantee: Guarantee, by: User, on: date | None = None, reason: str) -> Guarantee | None:
    """结束: the way doesn't hold any more from that day on; the fact as ended, None where it ends on the day it began."""
    permitting.allow(by, Power.GUARANTEE, guarantee.area, rules.ROLE)
    day = permitting.day_of(on, rules.DAY)
    row = _open(guarantee)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么结束"))
    if day < row.valid_from:
        raise Refused(rules.DAY, _("结束日期 %(on)s 早于开始日期 %(since)s") % {"on": day, "since": row.valid_from})
    return _ended(row, day, reason.strip(), timezone.now())


@recorded("guarantee.withdrawn")
@transaction.atomic
def withdraw(*, guarantee: Guarantee, by: User, reason: str) -> Guarantee | None:
    """撤销登记: it never held. What the household had until then holds again; that one is returned, None where there was none."""
    permitting.allow(by, Power.GUARANTEE, guarantee.area, rules.ROLE)
    row = _open(guarantee)
    if not reason.strip():
        raise Refused(rules.REASON, _("请写明为什么撤销"))
    now = timezone.now()
    row.superseded_at, row.ended_reason = now, reason.strip()[:200]
    row.save(update_fields=["superseded_at", "ended_reason"])
    before = Guarantee.objects.filter(household=row.household_id, superseded_at=None, valid_to=row.valid_from).order_by("-id").first()
    if before is None:
        return None
    again = _copy(before)
    before.superseded_at = now
    before.save(update_fields=["superseded_at"])
    again.valid_to, again.ended_reason, again.recorded_at, again.superseded_at = None, "", now, None
    again.save(force_insert=True)
    return again
