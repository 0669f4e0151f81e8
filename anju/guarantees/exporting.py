"""保障途径, 危房台账 and the stock as files, column by column as the household archive names them (domain 2.8, 2.9)."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.appraisals.models import Stock, StockEntry
from anju.appraisals.queries import household as appraisals
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import NotThere, Numbers, RowSet, export_kind
from anju.guarantees.models import Guarantee
from anju.guarantees.queries import danger, listing, stock
from anju.guarantees.queries.danger import lists_said, shorts, since_of
from anju.guarantees.queries.household import ways_of
from anju.registry.models import Household
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES

_CHUNK = 1000


def _texts(asked: Asked) -> dict[str, str]:
    return {name: str(value) for name, value in asked.items()}


@export_kind("guarantees.list", "保障途径", numbers=Numbers.NONE, filters=("area", "route", "category", "state"), powers=(Power.EXPORT,))
def ways(asked: Asked, user: User, full: bool) -> RowSet:
    """The ways as the page lists them, the latest first."""
    filters, today = listing.Filters.of(_texts(asked), user.area), clock.today()
    found = listing.listing(user, filters, today)
    said = {listing.HOLDS: _("期限内"), listing.SOON_OVER: _("30 天内到期"), listing.OVER: _("已到期"), listing.ENDED: _("已结束")}

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.select_related("household").order_by("-valid_from", "-id")
        last: Guarantee | None = None
        while piece := list((ordered.filter(_earlier(last)) if last else ordered)[:_CHUNK]):
            keys = [one.household_id for one in piece]
            where, heads, grades = divisions.full_names({one.area for one in piece}), appraisals.heads(keys), appraisals.open_grades(keys)
            for one in piece:
                route = ROUTES[one.route]
                yield (
                    *(
                        one.household.number,
                        heads.get(one.household_id, ""),
                        where.get(one.area, one.area),
                        grades.get(one.household_id, ""),
                    ),
                    *(
                        _(CATEGORY_NAMES[route.category]),
                        _(route.name),
                        one.provider,
                        one.relation,
                        one.place,
                        one.document,
                        one.safe_because,
                    ),
                    *(one.valid_from, one.until or "", one.valid_to or "", one.ended_reason, said[listing.state_of(one, today)], one.note),
                )
            last = piece[-1]

    return RowSet(_("保障途径"), _WAYS, found.count(), rows(), area=filters.area)


_WAYS = (
    *(
        "户编号",
        "户主",
        "住址",
        "房屋等级",
        "住房安全保障途径",
        "具体保障方式",
        "提供人",
        "与提供人的关系",
        "现住址",
        "佐证材料",
        "现住房为什么安全",
    ),
    *("入住日期", "最后一天", "结束日期", "结束的理由", "状态", "备注"),
)


def _earlier(last: Guarantee) -> Q:
    return Q(valid_from__lt=last.valid_from) | Q(valid_from=last.valid_from, pk__lt=last.pk)


_DANGER = ("户编号", "户主", "住址", "危房等级", "评定日期", "对象类别", "住房安全保障途径", "入住日期", "最后一天", "危房住人")
_DANGER_FILTERS = ("area", "grade", "group", "way", "lived")


def _dangerous(title: str, found: QuerySet[Household], area: str) -> RowSet:
    """Households in danger, by area and number."""
    today, names = clock.today(), shorts()

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.annotate(lived=danger.lives_in_danger(today)).order_by("area", "number")
        last: Household | None = None
        while piece := list((ordered.filter(_behind(last)) if last else ordered)[:_CHUNK]):
            keys = [one.pk for one in piece]
            where, heads = divisions.full_names({one.area for one in piece}), appraisals.heads(keys)
            grades, since, held = appraisals.open_grades(keys), since_of(keys), ways_of(keys, today)
            for one in piece:
                way: Any = held.get(one.pk)
                yield (
                    *(
                        one.number,
                        heads.get(one.pk, ""),
                        where.get(one.area, one.area),
                        grades.get(one.pk, "") or _("无房"),
                        since.get(one.pk, ""),
                    ),
                    *(lists_said(one.groups, names), _(ROUTES[way.route].name) if way else "", way.valid_from if way else ""),
                    *((way.until or "") if way else "", _("是") if one.lived and not way else ""),
                )
            last = piece[-1]

    return RowSet(title, _DANGER, found.count(), rows(), area=area)


def _behind(last: Household) -> Q:
    return Q(area__gt=last.area) | Q(area=last.area, number__gt=last.number)


@export_kind("guarantees.danger", "危房台账", numbers=Numbers.NONE, filters=_DANGER_FILTERS, powers=(Power.EXPORT,))
def on_ledger(asked: Asked, user: User, full: bool) -> RowSet:
    """The danger ledger of the day as the page lists it."""
    filters = danger.Filters.of(_texts(asked), user.area)
    return _dangerous(_("危房台账"), danger.on_ledger(user, filters, clock.today()), filters.area)


@export_kind("guarantees.lived_in", "危房住人", numbers=Numbers.NONE, filters=_DANGER_FILTERS, powers=(Power.EXPORT,))
def lived_in(asked: Asked, user: User, full: bool) -> RowSet:
    """Who lives in a dangerous house without a way out."""
    filters = danger.Filters.of(_texts(asked), user.area)
    return _dangerous(_("危房住人"), danger.living(user, filters, clock.today()), filters.area)


_STOCK = ("户编号", "户主", "住址", "存量等级", "对象类别", "现等级", "住房安全保障途径", "销档日期", "销档理由")


@export_kind(
    "guarantees.stock", "危房存量台账", numbers=Numbers.NONE, filters=("stock", "area", "grade", "state", "way"), powers=(Power.EXPORT,)
)
def stocked(asked: Asked, user: User, full: bool) -> RowSet:
    """The entries of a stock, with what became of them."""
    texts, today, names = _texts(asked), clock.today(), shorts()
    key = texts.get("stock", "")
    made = scope(user, Stock.objects.filter(pk=int(key) if key.isdecimal() and len(key) < 19 else 0)).first()
    if made is None:
        raise NotThere
    filters = stock.Filters.of(texts, made.area)
    found = stock.entries(user, made, filters, today)

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.select_related("household").order_by("area", "id")
        last: StockEntry | None = None
        while piece := list((ordered.filter(_after(last)) if last else ordered)[:_CHUNK]):
            keys = [one.household_id for one in piece]
            where, heads = divisions.full_names({one.area for one in piece}), appraisals.heads(keys)
            grades, held = appraisals.open_grades(keys), ways_of(keys, today)
            for one in piece:
                way: Any = held.get(one.household_id)
                yield (
                    *(one.household.number, heads.get(one.household_id, ""), where.get(one.area, one.area), one.grade or _("无房")),
                    *(lists_said(one.groups, names), grades.get(one.household_id, ""), _(ROUTES[way.route].name) if way else ""),
                    *(one.struck_on or "", one.struck_why),
                )
            last = piece[-1]

    return RowSet(_("危房存量台账"), _STOCK, found.count(), rows(), area=filters.area)


def _after(last: StockEntry) -> Q:
    return Q(area__gt=last.area) | Q(area=last.area, pk__gt=last.pk)
