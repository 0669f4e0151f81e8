"""The ledgers of appraisals, rounds and hazards as files."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.appraisals.models import Appraisal, Hazard, RecheckItem, RecheckLot, Round, Screening
from anju.appraisals.queries import appraisal as queries
from anju.appraisals.queries import coverage, monitoring, rechecks, rounds
from anju.appraisals.queries import household as households
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import NotThere, Numbers, RowSet, export_kind
from anju.registry.models import Category, Household
from anju.vocabulary import division

_CHUNK = 1000
_HEADINGS = (
    *("报告编号", "户编号", "户主", "住址", "房屋编号", "鉴定日期", "标准", "鉴定或评定", "组织方式", "鉴定机构", "鉴定人", "为什么鉴定"),
    *("推算等级", "等级", "理由", "处理建议", "农户意见", "告知日期", "异议期至", "状态", "状态的理由"),
)


@export_kind(
    "appraisals.ledger",
    "鉴定台账",
    numbers=Numbers.NONE,
    filters=("area", "state", "standard", "round", "appraiser", "by", "since", "until"),
    powers=(Power.EXPORT,),
)
def ledger(asked: Asked, user: User, full: bool) -> RowSet:
    """The appraisals as the page lists them, newest first."""
    filters = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    found = queries.ledger(user, filters)

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.select_related("household", "dwelling", "agency").order_by("-on", "-id")
        last: Appraisal | None = None
        while piece := list((ordered.filter(_behind(last)) if last else ordered)[:_CHUNK]):
            places = divisions.full_names({one.area for one in piece})
            heads = households.heads(one.household_id for one in piece)
            yield from (_line(one, heads.get(one.household_id, ""), places.get(one.area, one.area)) for one in piece)
            last = piece[-1]

    return RowSet(_("鉴定台账"), _HEADINGS, found.count(), rows(), area=filters.area)


def _behind(last: Appraisal) -> Q:
    return Q(on__lt=last.on) | Q(on=last.on, pk__lt=last.pk)


def _line(one: Appraisal, head: str, place: str) -> Sequence[object]:
    return (
        *(one.number, one.household.number, head, place, one.dwelling.number, one.on, one.standard, one.get_kind_display()),
        *(one.get_organiser_display(), one.agency.name if one.agency else "", "、".join(one.appraisers), one.get_trigger_display()),
        *(
            one.computed,
            one.grade,
            one.override_reason,
            one.get_advice_display(),
            one.get_acknowledged_display(),
            one.acknowledged_on or "",
        ),
        *(one.objection_until, one.get_state_display(), one.state_reason),
    )


# ------------------------------------------------------------------------------------------------ rounds, hazards

_COVERAGE_HEADINGS = ("代码", "地方", "应排查", "已排查", "未见危险", "疑似危房", "无房", "未能入户", "未排查", "完成率")
_LOOK_HEADINGS = ("户编号", "户主", "住址", "排查结果", "看到的情况", "有人居住", "排查日期", "排查人")
_HAZARD_HEADINGS = (
    *("户编号", "户主", "住址", "发现日期", "发现途径", "成因", "报告人", "情况", "紧急", "核实日期", "核实情况", "转移日期", "鉴定期限"),
    *("鉴定报告", "等级", "销号日期", "怎样解决的", "状态", "未销号天数"),
)
_NEW_HEADINGS = ("户编号", "户主", "住址", "对象类别", "现等级", "认定后的鉴定", "鉴定日期", "应鉴定日期")


def _round(asked: Asked, user: User) -> tuple[Round, str]:
    """The round a file is about and the part of it that the user may take."""
    found = rounds.rounds(user.area).filter(pk=str(asked.get("round", ""))).first() if str(asked.get("round", "")).isdecimal() else None
    if found is None:
        raise NotThere
    area = str(asked.get("area", "")) or user.area
    return found, rounds.place(found, area if division.contains(user.area, area) else user.area)


@export_kind("rounds.coverage", "排查进度", numbers=Numbers.NONE, filters=("round", "area"), powers=(Power.EXPORT,))
def round_coverage(asked: Asked, user: User, full: bool) -> RowSet:
    """How far a round is, a line for each village."""
    found, area = _round(asked, user)
    by_village = coverage.coverage(found, within=area, digits=12)
    places = divisions.full_names(by_village)

    def rows() -> Iterator[Sequence[object]]:
        for code, one in sorted(by_village.items()):
            share = f"{one.seen * 100 / one.households:.1f}%" if one.households else ""
            yield (code, places.get(code, ""), one.households, one.seen, one.fine, one.suspect, one.no_house, one.absent, one.left, share)

    return RowSet(_("排查进度"), _COVERAGE_HEADINGS, len(by_village), rows(), area=area, caption=found.name)


@export_kind("rounds.households", "排查的农户", numbers=Numbers.NONE, filters=("round", "area", "state"), powers=(Power.EXPORT,))
def round_households(asked: Asked, user: User, full: bool) -> RowSet:
    """The households that a figure of a round counts, with what was seen."""
    found, area = _round(asked, user)
    state = str(asked.get("state", ""))
    households_of = scope(user, rounds.households(found, area, state if state in rounds.STATES else ""))

    def line(one: Household, head: str, place: str, look: Screening | None) -> Sequence[object]:
        if look is None:
            return (one.number, head, place, _("未排查"), "", "", "", "")
        lives = {True: _("是"), False: _("否"), None: ""}[look.lives_here]
        return (one.number, head, place, look.get_result_display(), look.note, lives, look.on, look.by.name if look.by else "")

    def rows() -> Iterator[Sequence[object]]:
        for piece in _pieces(households_of):
            heads, places = households.heads(one.pk for one in piece), divisions.full_names({one.area for one in piece})
            looks = rounds.looks(found, piece)
            yield from (line(one, heads.get(one.pk, ""), places.get(one.area, one.area), looks.get(one.pk)) for one in piece)

    return RowSet(_("排查的农户"), _LOOK_HEADINGS, households_of.count(), rows(), area=area, caption=found.name)


def _pieces(found: "QuerySet[Household]") -> Iterator[list[Household]]:
    """The households in the order of their numbers, a piece at a time."""
    ordered, last = found.order_by("number"), ""
    while piece := list(ordered.filter(number__gt=last)[:_CHUNK]):
        yield piece
        last = piece[-1].number


@export_kind(
    "hazards.ledger",
    "险情台账",
    numbers=Numbers.NONE,
    filters=("area", "state", "way", "cause", "urgent", "since", "until"),
    powers=(Power.EXPORT,),
)
def hazards(asked: Asked, user: User, full: bool) -> RowSet:
    """The hazards as the page lists them, newest first."""
    today = clock.today()
    filters = monitoring.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    found = monitoring.ledger(user, filters, today)

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.select_related("household", "appraisal").order_by("-on", "-id")
        last: Hazard | None = None
        while piece := list((ordered.filter(Q(on__lt=last.on) | Q(on=last.on, pk__lt=last.pk)) if last else ordered)[:_CHUNK]):
            places, heads = divisions.full_names({one.area for one in piece}), households.heads(one.household_id for one in piece)
            yield from (_hazard(one, heads.get(one.household_id, ""), places.get(one.area, one.area), today) for one in piece)
            last = piece[-1]

    return RowSet(_("险情台账"), _HAZARD_HEADINGS, found.count(), rows(), area=filters.area)


def _hazard(one: Hazard, head: str, place: str, today: date) -> Sequence[object]:
    paper = one.appraisal
    return (
        *(one.household.number, head, place, one.on, one.get_way_display(), one.get_cause_display(), one.reporter, one.description),
        *(_("是") if one.urgent else "", one.checked_on or "", one.checked_note, one.evacuated_on or "", one.due),
        *(paper.number if paper else "", paper.grade if paper else "", one.closed_on or "", one.closed_how),
        *(monitoring.words()[monitoring.state_of(one)], monitoring.days_open(one, today)),
    )


@export_kind("monitoring.newly", "新认定对象", numbers=Numbers.NONE, filters=("area", "month", "state"), powers=(Power.EXPORT,))
def newly(asked: Asked, user: User, full: bool) -> RowSet:
    """The households recognised in a month, with the appraisal since."""
    area = str(asked.get("area", "")) or user.area
    area = area if division.contains(user.area, area) else user.area
    month = monitoring.month_in(str(asked.get("month", "")), clock.today(), area)
    state = str(asked.get("state", ""))
    found = monitoring.newly(user, area, month, state if state in monitoring.NEW_STATES else monitoring.ALL)
    shorts = {code: _(short) for code, short in Category.objects.values_list("code", "short")}

    def rows() -> Iterator[Sequence[object]]:
        for piece in _pieces(found):
            keys = [one.pk for one in piece]
            heads, grades, papers = households.heads(keys), households.open_grades(keys), households.last_appraised(keys, month.first)
            places = divisions.full_names({one.area for one in piece})
            for one in piece:
                paper = papers.get(one.pk)
                groups = _("、").join(shorts.get(code, code) for code in one.groups.split("+") if code)
                yield (
                    *(one.number, heads.get(one.pk, ""), places.get(one.area, one.area), groups, grades.get(one.pk, "")),
                    *(paper.number if paper else "", paper.on if paper else "", month.appraised_by),
                )

    return RowSet(_("新认定对象"), _NEW_HEADINGS, found.count(), rows(), area=area, caption=month.key)


# ------------------------------------------------------------------------------------------------ re-checks

_RECHECK_HEADINGS = (
    *(
        "户编号",
        "户主",
        "住址",
        "鉴定报告",
        "鉴定人",
        "鉴定日期",
        "原等级",
        "复核鉴定报告",
        "复核等级",
        "复核结果",
        "说明",
        "复核日期",
        "复核人",
    ),
    "随机数",
)


@export_kind(
    "appraisals.rechecks", "复核抽查", numbers=Numbers.NONE, filters=("area", "state", "lot", "appraiser", "theirs"), powers=(Power.EXPORT,)
)
def rechecked(asked: Asked, user: User, full: bool) -> RowSet:
    """The drawn papers as the page lists them, with what the second look said."""
    filters = rechecks.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    found = rechecks.items(user, filters.area, filters.state, lot=filters.lot, appraiser=filters.appraiser, theirs=filters.theirs)
    words = {rechecks.OPEN: _("待复核"), rechecks.SAME: _("一致"), rechecks.DIFFERENT: _("不一致"), rechecks.GONE: _("原鉴定已作废")}

    def line(one: RecheckItem, head: str, place: str) -> Sequence[object]:
        first, second = one.appraisal, one.second
        return (
            *(first.household.number, head, place, first.number, one.lot.appraiser.name, first.on, first.grade),
            *(second.number if second else "", second.grade if second else "", words[rechecks.state_of(one)], one.note),
            *(one.done_on or "", one.settled_by.name if one.settled_by else "", one.lot.seed),
        )

    def rows() -> Iterator[Sequence[object]]:
        ordered = found.select_related("appraisal__household", "second", "lot__appraiser", "settled_by").order_by("id")
        last = 0
        while piece := list(ordered.filter(pk__gt=last)[:_CHUNK]):
            places = divisions.full_names({one.area for one in piece})
            heads = households.heads(one.appraisal.household_id for one in piece)
            yield from (line(one, heads.get(one.appraisal.household_id, ""), places.get(one.area, one.area)) for one in piece)
            last = piece[-1].pk

    return RowSet(_("复核抽查"), _RECHECK_HEADINGS, found.count(), rows(), area=filters.area)


_LOT_HEADINGS = (
    *("鉴定人", "范围", "鉴定日期自", "鉴定日期至", "这段时间的鉴定", "抽取比例", "抽取", "已复核", "不一致", "不一致率", "状态", "随机数"),
    *("抽取人", "抽取时间", "作废的理由"),
)


@export_kind(
    "appraisals.recheck_lots", "复核抽查批次", numbers=Numbers.NONE, filters=("area", "state", "appraiser"), powers=(Power.EXPORT,)
)
def recheck_lots(asked: Asked, user: User, full: bool) -> RowSet:
    """The lots as the page lists them, newest first, with how often the second look differs."""
    said = {name: str(value) for name, value in asked.items()}
    area = rechecks.Filters.of(said, user.area).area
    found = rechecks.lots(user, area, *rechecks.lots_asked(said)).select_related("appraiser", "drawn_by").order_by("-id")
    words = {rechecks.OPEN: _("待复核"), rechecks.SETTLED: _("已复核"), rechecks.VOIDED: _("已作废")}

    def line(one: RecheckLot, tally: rechecks.Tally, place: str) -> Sequence[object]:
        return (
            *(one.appraiser.name, place, one.since, one.until, one.worked, f"{(one.share * 100).normalize():f}%"),
            *(tally.drawn, tally.settled, tally.different, tally.differing, words[rechecks.lot_state(one, tally)], one.seed),
            *(one.drawn_by.name, timezone.localtime(one.drawn_at), one.voided_reason),
        )

    def rows() -> Iterator[Sequence[object]]:
        last: int | None = None
        while piece := list((found.filter(pk__lt=last) if last else found)[:_CHUNK]):
            tallies, places = rechecks.tallies(piece), divisions.full_names({one.area for one in piece})
            yield from (line(one, tallies.get(one.pk, rechecks.Tally()), places.get(one.area) or _("全国")) for one in piece)
            last = piece[-1].pk

    return RowSet(_("复核抽查批次"), _LOT_HEADINGS, found.count(), rows(), area=area)
