"""Renovation cases as a file: what the page lists, with the day of every stage that counts and what was approved; what waits, as the workbook that is
filled in and sent back; the cards to which the subsidies go."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import BinaryIO

from django.db.models import Q
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import archive_files, archive_queries, drawings, planning_exporting, queries
from anju.cases.archives import BY_CODE
from anju.cases.importing import APPROVALS, CARDS, REVIEWS, VOTES
from anju.cases.models import CaseArchive, CaseHistory
from anju.cases.workflow import PREPARED, WORKFLOW
from anju.cases.years import summed, tallies
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import NotThere, Numbers, RowSet, export_kind
from anju.jobs.progress import Progress
from anju.privacy import vault
from anju.registry.models import Category, Household
from anju.registry.queries.cards import heads as present_heads
from anju.registry.queries.cards import in_force
from anju.tabular.layout import Layout
from anju.tabular.writing import Stamp, template
from anju.vocabulary import masking
from anju.vocabulary.keygroup import EARLIER_GROUPS
from anju.vocabulary.method import METHODS, MODES

__all__ = ["cases", "planning_exporting"]
_CHUNK = 1000
_HISTORY = (
    *(
        "编号",
        "户编号",
        "户主",
        "住址",
        "年度",
        "对象类别",
        "危房等级",
        "改造方式",
        "建设方式",
        "改造后面积",
        "批准日期",
        "开工日期",
        "竣工日期",
        "竣工年份",
        "验收日期",
        "拨付日期",
    ),
    *("中央补助", "省级补助", "市级补助", "县级补助", "补助合计", "总造价", "自筹", "贷款", "其他资金", "施工方", "档案号", "备注", "录入"),
)
_CASES = (
    *("编号", "户编号", "户主", "住址", "房屋等级", "家庭人口", "对象类别", "申请日期", "阶段", "自", "超过时限"),
    *("年度计划", "改造方式", "建设方式", "主房面积", "附属房面积", "补助金额（元）", "补助的依据"),
    *("批准日期", "一户一方案", "协议", "备料", "培训", "开工日期", "竣工日期", "办结日期"),
)


@export_kind(
    "cases.list", "改造实施", numbers=Numbers.NONE, filters=("area", "stage", "phase", "grade", "method", "group", "work", "q", "stuck", "past", "year"),
    powers=(Power.EXPORT,),
)  # fmt: skip
def cases(asked: Asked, user: User, full: bool) -> RowSet:
    """The cases as the page lists them, by place and number."""
    filters, today = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area), clock.today()
    found = queries.listed(user, filters, today)
    groups = {code: _(short) for code, short in (*Category.objects.values_list("code", "short"), *EARLIER_GROUPS.items())}

    def rows() -> Iterator[Sequence[object]]:
        for piece in queries.pieces(found.select_related("household", "plan")):
            where, heads = divisions.full_names({one.area for one in piece}), queries.names(piece)
            for one in piece:
                late = one.stage in queries.STUCK_AFTER and (today - one.since).days > queries.STUCK_AFTER[one.stage]
                yield (
                    *(one.number, one.household.number, heads.get(one.head_id, ""), where.get(one.area, one.area)),
                    *(
                        _("无房") if one.grade == "none" else one.grade,
                        one.size,
                        groups.get(one.group, one.group),
                        "" if one.historic else one.applied_on,
                    ),
                    *(_(WORKFLOW.stage(one.stage).title), one.since, _("是") if late else ""),
                    *(one.plan.year if one.plan else "", _(METHODS[one.method].name) if one.method else ""),
                    *(_(MODES[one.build_mode].name) if one.build_mode else "", one.main_area or "", one.auxiliary_area or ""),
                    *(_yuan(one.subsidy), one.subsidy_said, one.approved_on or ""),
                    *(_("已办") if mark in one.marks else "" for mark in PREPARED[1:]),
                    *(one.started_on or "", one.completed_on or "", one.ended_on or ""),
                )

    return RowSet(_("改造实施"), _CASES, found.count(), rows(), area=filters.area)


@export_kind(
    "cases.history", "历年改造户", numbers=Numbers.NONE, filters=("area", "year", "method", "group", "past"), powers=(Power.EXPORT,)
)
def history(asked: Asked, user: User, full: bool) -> RowSet:
    """The renovated households, whether here or before this system knew of them, by place and number."""
    said = {"past": queries.RENOVATED, **{name: str(value) for name, value in asked.items() if value}}
    filters, today = queries.Filters.of(said, user.area), clock.today()
    found = queries.listed(user, filters, today)
    groups = {code: _(short) for code, short in (*Category.objects.values_list("code", "short"), *EARLIER_GROUPS.items())}

    def rows() -> Iterator[Sequence[object]]:
        for piece in queries.pieces(found.select_related("household", "history")):
            where, heads = divisions.full_names({one.area for one in piece}), queries.names(piece)
            for one in piece:
                known: CaseHistory = getattr(one, "history", None) or CaseHistory(
                    completed_year=one.completed_on.year if one.completed_on else 0
                )
                yield (
                    *(one.number, one.household.number, heads.get(one.head_id, ""), where.get(one.area, one.area), one.year),
                    *(groups.get(one.group, one.group), _("无房") if one.grade == "none" else one.grade, _(METHODS[one.method].name)),
                    *(_(MODES[one.build_mode].name) if one.build_mode else "", known.area_after or one.main_area or ""),
                    *(one.approved_on or "", one.started_on or "", one.completed_on or "", known.completed_year or ""),
                    *(known.accepted_on or "", known.paid_on or ""),
                    *(_yuan(getattr(known, name)) for name in CaseHistory.SHARES),
                    *(_yuan(one.subsidy), *(_yuan(getattr(known, name)) for name in ("total_cost", "self_raised", "loan", "other"))),
                    *(known.builder, known.archive_number, known.note, _("历年录入") if one.historic else _("系统内办理")),
                )

    return RowSet(_("历年改造户"), _HISTORY, found.count(), rows(), area=filters.area)


def _yuan(fen: int | None) -> Decimal | str:
    return "" if fen is None else Decimal(fen) / 100


@export_kind("cases.years", "历年改造统计", numbers=Numbers.NONE, filters=("area", "method", "group"), powers=(Power.EXPORT,))
def years(asked: Asked, user: User, full: bool) -> RowSet:
    """How many households were renovated in which year in each place, and what was paid."""
    filters = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    told = tallies(user, filters.area, method=filters.method, group=filters.group)
    spoken = sorted({one.year for one in told})
    counts, places = summed(told, "place", "year"), sorted({one.place for one in told})
    names = divisions.full_names(places)
    paid = {place: sum(one.subsidy for one in told if one.place == place) for place in places}
    rows = [
        (
            names.get(place, place),
            sum(counts.get((place, year), 0) for year in spoken),
            *(counts.get((place, year), 0) for year in spoken),
            _yuan(paid[place]),
        )
        for place in places
    ]
    heads = ("地方", "合计", *(str(year) for year in spoken), "补助合计（元）")
    return RowSet(_("历年改造统计"), heads, len(rows), iter(rows), area=filters.area)


_DRAWINGS = ("图号", "名称", "地方", "结构", "层数", "主房面积", "间数", "抗震设防烈度", "出处", "有效期起", "有效期止")


@export_kind("cases.drawings", "农房图集", numbers=Numbers.NONE, filters=("q", "structure", "size", "former"), powers=(Power.EXPORT,))
def drawings_listed(asked: Asked, user: User, full: bool) -> RowSet:
    """The drawings catalogue as the page lists it."""
    filters = drawings.Filters.of({name: str(value) for name, value in asked.items()})
    found = list(drawings.listed(user.area, filters, clock.today()).order_by("code", "id"))
    names = divisions.full_names({one.area for one in found})
    rows = (
        (
            *(one.code, one.name, names.get(one.area, one.area), one.get_structure_display(), one.storeys, one.main_area, one.rooms),
            *(one.intensity or "", one.document, one.valid_from, one.valid_to or ""),
        )
        for one in found
    )
    return RowSet(_("农房图集"), _DRAWINGS, len(found), rows)


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
        for piece in queries.pieces(found.select_related("household")):
            now = present_heads(
                [one.household_id for one in piece]
            )  # by whom the register knows the household when the workbook comes back
            short = divisions.short_names({one.area[:length] for one in piece for length in (9, 12)})
            for one in piece:
                yield {
                    "case": one.number, "household": one.household.number, "head_name": now[one.household_id].person.name if one.household_id in now else "", "township": short.get(one.area[:9], ""),
                    "village": short.get(one.area[:12], ""),
                }  # fmt: skip

    def write(out: BinaryIO, stamp: Stamp, progress: Progress) -> int:
        return template(layout, out, rows=known(), stamp=stamp)

    return RowSet(_(layout.title), [one.title for one in layout.columns], found.count(), iter(()), area=filters.area, write=write)


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
        for piece in queries.pieces(found.select_related("household")):
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


_ARCHIVES = ("档号", "改造编号", "户编号", "户主", "住址", "阶段", "应有项数", "已有项数", "齐全率（%）", "缺什么", "审核日期", "审核人")


@export_kind(
    "cases.archives", "农户档案齐全情况", numbers=Numbers.NONE, filters=("area", "state", "missing", "phase", "q"), powers=(Power.EXPORT,)
)  # fmt: skip
def archives(asked: Asked, user: User, full: bool) -> RowSet:
    """The archives as the page lists them, by place: how much is there, what is missing."""
    filters = archive_queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    found = archive_queries.listed(user, filters)

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.select_related("case__household", "reviewed_by").order_by("area", "id")
        last: CaseArchive | None = None
        while piece := list((ordered.filter(Q(area__gt=last.area) | Q(area=last.area, pk__gt=last.pk)) if last else ordered)[:_CHUNK]):
            where, heads = divisions.full_names({one.area for one in piece}), queries.names([one.case for one in piece])
            for one in piece:
                yield (
                    *(
                        one.number,
                        one.case.number,
                        one.case.household.number,
                        heads.get(one.case.head_id, ""),
                        where.get(one.area, one.area),
                    ),
                    *(_(WORKFLOW.stage(one.case.stage).title), one.required, one.present, one.complete),
                    _("、").join(_(BY_CODE[code].title) for code in one.missing if code in BY_CODE),
                    *(one.reviewed_on or "", one.reviewed_by.name if one.reviewed_by is not None else ""),
                )
            last = piece[-1]

    return RowSet(_("农户档案齐全情况"), _ARCHIVES, found.count(), rows(), area=filters.area)


_NAMED = 20


@export_kind(
    "cases.files", "农户档案（PDF）", numbers=Numbers.MASKED, filters=("area", "state", "missing", "phase", "q"), powers=(Power.EXPORT,)
)  # fmt: skip
def files(asked: Asked, user: User, full: bool) -> RowSet:
    """The complete file of each household whose archive the page lists: an archive file with a PDF for each."""
    filters = archive_queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    households = Household.objects.filter(pk__in=archive_queries.listed(user, filters).values("case__household"))
    total = households.count()
    notes: list[str] = []

    def write(out: BinaryIO, stamp: Stamp, progress: Progress) -> int:
        def told(done: int, where: str) -> None:
            said = {"where": where, "done": f"{done:,}", "total": f"{total:,}"}
            progress.step(done, total, _("%(where)s：%(done)s / %(total)s 户") % said)

        run = archive_files.Run(user, stamp, told)
        written = archive_files.archives(households, out, run)
        for number, why in run.lost[:_NAMED]:
            notes.append(_("%(number)s 的档案没有导出：%(why)s") % {"number": number, "why": why})
        if len(run.lost) > _NAMED:
            notes.append(_("共有 %d 户的档案没有导出。") % len(run.lost))
        return written

    place = divisions.short_names([filters.area]).get(filters.area, "")
    title = _("农户档案 %(place)s %(total)s户") % {"place": place, "total": total}
    return RowSet(
        title,
        (_("一户一档"),),
        total,
        iter(()),
        area=filters.area,
        write=write,
        notes=notes,
        suffix=".zip",
        media_type="application/zip",
    )
