"""Every write to how a household is housed: one transaction each, facts superseded and never overwritten."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence.models import Album
from anju.guarantees import rules
from anju.guarantees.models import Guarantee
from anju.refusing import Refused
from anju.registry.facts import copied, given_way
from anju.registry.models import Dwelling, Household
from anju.trail.acts import recorded
from anju.vocabulary.route import ROUTES, Category, Route


def _not_closed(household: Household) -> None:
    if household.closed_on is not None:
        raise Refused(
            rules.HOUSEHOLD, _("户 %(number)s 已于 %(on)s 销户，不能再登记") % {"number": household.number, "on": household.closed_on}
        )


def _route(code: str, *, works: bool = False) -> Route:
    route = ROUTES.get(code)
    if route is None:
        raise Refused(rules.ROUTE, _("没有这种保障途径，请从列出的途径中选择"))
    if route.works and not works:
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
    way = Way(
        household=household.pk, route=route, since=permitting.day_of(since, rules.DAY), provider=provider, relation=relation, place=place,
        document=document, until=until, safe_because=safe_because, note=note, dwelling=dwelling, album=album, source=source,
    )  # fmt: skip
    made, refusals = _recorded([way], by)
    if refusals:
        raise refusals[0]
    return made[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How one household is housed; its fields as ``record`` names them. ``household`` is its key."""

    household: int
    route: str
    since: date
    provider: str = ""
    relation: str = ""
    place: str = ""
    document: str = ""
    until: date | None = None
    safe_because: str = ""
    note: str = ""
    dwelling: Dwelling | None = None
    album: Album | None = None
    source: str = ""


@recorded("guarantee.recorded")
@transaction.atomic
def record_many(*, ways: Sequence[Way], by: User) -> dict[int, Refused]:
    """Many households in one act, each held to all that ``record`` holds one to. Those refused aren't written: place in ``ways`` → why.

    A household comes once at most.
    """
    return _recorded(ways, by)[1]


@recorded("guarantee.recorded")
@transaction.atomic
def record_works(*, ways: Sequence[Way], by: User) -> list[Guarantee]:
    """What finished cases write themselves: from its day on each household lives in the house that was made safe. Whoever finishes a case may.

    All or none: ``Refused`` where one can't be, which the case's own rules have to tell before. A household comes once at most.
    """
    made, refusals = _recorded(ways, by, works=True)
    if refusals:
        raise next(iter(refusals.values()))
    return made


def _recorded(ways: Sequence[Way], by: User, *, works: bool = False) -> tuple[list[Guarantee], dict[int, Refused]]:
    keys = {way.household for way in ways}
    households = Household.objects.select_for_update(no_key=True).filter(pk__in=keys).order_by("pk").in_bulk()
    open_ones = Guarantee.objects.open().select_for_update(no_key=True).filter(household__in=keys).order_by("pk")
    held = {one.household_id: one for one in open_ones}
    now = timezone.now()
    made: list[Guarantee] = []
    superseded: list[tuple[Guarantee, Guarantee]] = []
    refusals: dict[int, Refused] = {}
    with clock.one_day():
        for at, way in enumerate(ways):
            before = held.get(way.household)
            try:
                one = _checked(way, households[way.household], before, by, now, works=works)
            except Refused as refused:
                refusals[at] = refused
                continue
            made.append(one)
            if before is not None:
                superseded.append((before, one))
    Guarantee.objects.filter(pk__in=[before.pk for before, _after in superseded]).update(superseded_at=now)
    ended = []
    for before, after in superseded:
        if before.valid_from < after.valid_from:
            again = copied(before)
            again.valid_to, again.ended_reason = after.valid_from, (_("改为%s") % _(ROUTES[after.route].name))[:200]
            again.recorded_at, again.superseded_at = now, None
            ended.append(again)
    temporary.insert(ended)
    temporary.insert(made)
    return made, refusals


def _checked(way: Way, household: Household, before: Guarantee | None, by: User, now: datetime, *, works: bool) -> Guarantee:
    """The fact, not yet written, where nothing speaks against it; else ``Refused``."""
    if not works:
        permitting.allow(by, Power.GUARANTEE, household.area, rules.ROLE)
    day = permitting.day_of(way.since, rules.DAY)
    _not_closed(household)
    chosen = _route(way.route, works=works)
    words = {"provider": way.provider.strip()[:100], "document": way.document.strip()[:120], "safe_because": way.safe_because.strip()[:200]}
    if chosen.category is Category.GUARANTEED:
        if not words["provider"]:
            raise Refused(rules.PROVIDER, _("没有写住房由谁提供（出租人、亲属、产权单位）"))
        if not words["safe_because"]:
            raise Refused(rules.SAFE, _("没有写现住房为什么安全（鉴定报告号、验收文件）"))
    if not words["document"] and way.album is None:
        raise Refused(rules.PROOF, _("没有佐证材料：请写合同或文件的名称编号，或先上传照片"))
    if chosen.needs_term and way.until is None:
        raise Refused(rules.TERM, _("“%(route)s”要写合同或同意的最后一天") % {"route": _(chosen.name)})
    if way.until is not None and way.until < day:
        raise Refused(rules.TERM, _("最后一天 %(until)s 早于开始日期 %(since)s") % {"until": way.until, "since": day})
    if before is not None and before.valid_from > day:
        raise Refused(
            rules.DAY,
            _("该户 %(since)s 起已登记“%(route)s”，新的途径不能早于它；填错的请先更正或撤销那一条")
            % {"since": before.valid_from, "route": before.get_route_display()},
        )
    return Guarantee(
        household=household, area=household.area, route=chosen.code, valid_from=day, until=way.until, replaces=before, recorded_at=now, by=by,
        dwelling=way.dwelling, album=way.album, relation=way.relation.strip()[:30], place=way.place.strip()[:200], note=way.note.strip()[:300],
        source=way.source, **words,
    )  # fmt: skip


def _ended(held: Guarantee, on: date, why: str, now: datetime) -> Guarantee | None:
    """Supersedes the fact and writes it with its end; one that began that very day was never true and isn't written again."""
    held.superseded_at = now
    held.save(update_fields=["superseded_at"])
    if held.valid_from == on:
        return None
    again = copied(held)
    again.valid_to, again.ended_reason, again.recorded_at, again.superseded_at = on, why[:200], now, None
    again.save(force_insert=True)
    return again


def _open(guarantee: Guarantee) -> Guarantee:
    row = Guarantee.objects.select_for_update(no_key=True).get(pk=guarantee.pk)
    _still_open(row)
    return row


def _still_open(guarantee: Guarantee) -> None:
    if guarantee.superseded_at is not None or guarantee.valid_to is not None:
        raise Refused(rules.DAY, _("这条保障途径已经结束或更正过，请办理当前的一条"))


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
    restored, refusals = _withdrawn([guarantee.pk], by, reason)
    if refusals:
        raise refusals[guarantee.pk]
    return next(iter(restored), None)


@recorded("guarantee.withdrawn")
@transaction.atomic
def withdraw_many(*, guarantees: Sequence[int], by: User, reason: str) -> dict[int, Refused]:
    """Many ways, by their keys, each held to all that ``withdraw`` holds one to. Those refused still hold: key → why."""
    return _withdrawn(guarantees, by, reason)[1]


@recorded("guarantee.withdrawn")
@transaction.atomic
def withdraw_works(*, guarantees: Sequence[int], by: User, reason: str) -> None:
    """What cases had written themselves never held, as these cases were none; what was ended or withdrawn since stays as it is."""
    _withdrawn(guarantees, by, reason, works=True)


def _withdrawn(guarantees: Sequence[int], by: User, reason: str, *, works: bool = False) -> tuple[list[Guarantee], dict[int, Refused]]:
    rows = Guarantee.objects.select_for_update(no_key=True).filter(pk__in=guarantees).order_by("pk")
    gone: dict[int, Guarantee] = {}
    refusals: dict[int, Refused] = {}
    for row in rows:
        try:
            if not works:
                permitting.allow(by, Power.GUARANTEE, row.area, rules.ROLE)
            _still_open(row)
            if not reason.strip():
                raise Refused(rules.REASON, _("请写明为什么撤销"))
        except Refused as refused:
            refusals[row.pk] = refused
        else:
            gone[row.household_id] = row
    now = timezone.now()
    held, ended = given_way(Guarantee, list(gone.values()))
    Guarantee.objects.filter(pk__in=[one.pk for one in gone.values()]).update(superseded_at=now, ended_reason=reason.strip()[:200])
    Guarantee.objects.filter(pk__in=[one.pk for one in ended]).update(superseded_at=now)
    restored = []
    for one in held:
        again = copied(one)
        again.recorded_at, again.superseded_at = now, None
        restored.append(again)
    temporary.insert(restored)
    return restored, refusals
