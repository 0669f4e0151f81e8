"""Renovation cases as a file: what the page lists, with the day of every stage that counts and what was approved; what waits, as the workbook that is
filled in and sent back; the cards to which the subsidies go."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import queries
from anju.cases.importing import APPROVALS, CARDS, REVIEWS, VOTES
from anju.cases.models import Case
from anju.cases.workflow import PREPARED, WORKFLOW
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import NotThere, Numbers, RowSet, export_kind
from anju.jobs.progress import Progress
from anju.privacy import vault
from anju.registry.models import Category
from anju.registry.queries.cards import in_force
from anju.tabular.layout import Layout
from anju.tabular.writing import Stamp, template
from anju.vocabulary import masking
from anju.vocabulary.method import METHODS, MODES

_CHUNK = 1000
_CASES = (
    *("编号", "户编号", "户主", "住址", "房屋等级", "家庭人口", "对象类别", "申请日期", "阶段", "自", "超过时限"),
    *("年度计划", "改造方式", "建设方式", "主房面积", "附属房面积", "补助金额（元）", "补助的依据"),
    *("批准日期", "协议", "备料", "培训", "开工日期", "竣工日期", "办结日期"),
)


@export_kind(
    "cases.list", "改造实施", numbers=Numbers.NONE, filters=("area", "stage", "phase", "grade", "method", "group", "work", "q", "stuck"),
    powers=(Power.EXPORT,),
)  # fmt: skip
def cases(asked: Asked, user: User, full: bool) -> RowSet:
    """The cases as the page lists them, by place and number."""
    filters, today = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area), clock.today()
    found = queries.listed(user, filters, today)
    groups = {code: _(short) for code, short in Category.objects.values_list("code", "short")}

    def rows() -> Iterator[Sequence[object]]:
        for piece in _pieces(found.select_related("household", "plan")):
            where, heads = divisions.full_names({one.area for one in piece}), queries.names(piece)
            for one in piece:
                late = one.stage in queries.STUCK_AFTER and (today - one.since).days > queries.STUCK_AFTER[one.stage]
                yield (
                    *(one.number, one.household.number, heads.get(one.head_id, ""), where.get(one.area, one.area)),
                    *(_("无房") if one.grade == "none" else one.grade, one.size, groups.get(one.group, one.group), one.applied_on),
                    *(_(WORKFLOW.stage(one.stage).title), one.since, _("是") if late else ""),
                    *(one.plan.year if one.plan else "", _(METHODS[one.method].name) if one.method else ""),
                    *(_(MODES[one.build_mode].name) if one.build_mode else "", one.main_area or "", one.auxiliary_area or ""),
                    *(Decimal(one.subsidy) / 100 if one.subsidy is not None else "", one.subsidy_said, one.approved_on or ""),
                    *(_("已办") if mark in one.marks else "" for mark in PREPARED[1:]),
                    *(one.started_on or "", one.completed_on or "", one.ended_on or ""),
                )

    return RowSet(_("改造实施"), _CASES, found.count(), rows(), area=filters.area)


def _behind(last: Case) -> Q:
    return Q(area__gt=last.area) | Q(area=last.area, number__gt=last.number)


# ------------------------------------------------------------------------------------------------ filled in and sent back


SHEETS: dict[str, Layout] = {
    "review": VOTES.layout,
    "visit": REVIEWS.layout,
    "review_township": REVIEWS.layout,
    "approve": APPROVALS.layout,
    "card": CARDS.layout,
}
"""Which workbook is filled in for the cases that wait so (``queries.WORK``)."""


@export_kind(
    "cases.sheet", "改造填报表", numbers=Numbers.NONE, filters=("area", "work", "stage", "phase", "grade", "method", "group", "q", "stuck"),
    powers=(Power.EXPORT, Power.CASE_VILLAGE, Power.CASE_TOWNSHIP, Power.CASE_APPROVE),
)  # fmt: skip
def sheet(asked: Asked, user: User, full: bool) -> RowSet:
    """The cases that wait for something, in the workbook by which it is sent back: numbers, heads and places stand there, the rest is filled in."""
    filters, today = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area), clock.today()
    layout = SHEETS.get(filters.work)
    if layout is None:
        raise NotThere
    found = queries.listed(user, filters, today)

    def known() -> Iterator[dict[str, object]]:
        for piece in _pieces(found.select_related("household")):
            heads = queries.names(piece)
            short = divisions.short_names({one.area[:length] for one in piece for length in (9, 12)})
            for one in piece:
                yield {
                    "case": one.number, "household": one.household.number, "head_name": heads.get(one.head_id, ""), "township": short.get(one.area[:9], ""),
                    "village": short.get(one.area[:12], ""),
                }  # fmt: skip

    def write(out: BinaryIO, stamp: Stamp, progress: Progress) -> int:
        return template(layout, out, rows=known(), stamp=stamp)

    return RowSet(_(layout.title), [one.title for one in layout.columns], found.count(), iter(()), area=filters.area, write=write)


def _pieces(found: QuerySet[Case]) -> Iterator[list[Case]]:
    """The cases by place and number, a chunk of queries at a time."""
    ordered = found.order_by("area", "number")
    last: Case | None = None
    while piece := list((ordered.filter(_behind(last)) if last else ordered)[:_CHUNK]):
        yield piece
        last = piece[-1]


# ------------------------------------------------------------------------------------------------ cards

_CARDS = ("改造编号", "户编号", "户主", "住址", "阶段", "银行卡号", "持卡人", "开户银行", "启用日期", "待更换")


@export_kind(
    "cases.cards", "改造户银行卡", numbers=Numbers.CHOICE, filters=("area", "stage", "phase", "grade", "method", "group", "work", "q", "stuck"),
    powers=(Power.EXPORT,),
)  # fmt: skip
def cards(asked: Asked, user: User, full: bool) -> RowSet:
    """To which card the subsidy of each case goes; the number masked, whole where that was approved."""
    filters, today = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area), clock.today()
    found = queries.listed(user, filters, today)

    def rows() -> Iterator[Sequence[object]]:
        for piece in _pieces(found.select_related("household")):
            where, heads = divisions.full_names({one.area for one in piece}), queries.names(piece)
            held = in_force([one.household_id for one in piece])
            vault.open_all(*held.values())
            for one in piece:
                card = held.get(one.household_id)
                yield (
                    *(one.number, one.household.number, heads.get(one.head_id, ""), where.get(one.area, one.area)),
                    _(WORKFLOW.stage(one.stage).title),
                    *(
                        (_number(card.card_no.clear, full), card.holder.name, card.bank, card.valid_from, _("是") if card.renew else "")
                        if card is not None
                        else ("", "", "", "", "")
                    ),
                )

    return RowSet(_("改造户银行卡"), _CARDS, found.count(), rows(), area=filters.area)


def _number(number: str, full: bool) -> str:
    return number if full else masking.in_force().show(masking.Kind.CARD, number, masking.Place.EXPORT)
