"""Plans, the cases behind their numbers, 应改尽改 and quota as files: what their pages list."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.queries.household import heads, open_grades
from anju.cases import planning, qualified, queries, quotas
from anju.cases.models import AnnualPlan, QuotaGround, QuotaRequest
from anju.cases.planning import Done
from anju.cases.planning_words import groups, named, parts, states
from anju.cases.workflow import WORKFLOW
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters, NotThere, Numbers, RowSet, export_kind
from anju.registry.models import Category
from anju.vocabulary import division

_CHUNK = 1000
_PLANS = (
    *("地方", "年度", "存量", "应改未改", "任务户数", "申请在办", "已批准", "已开工", "开工率", "已竣工", "竣工率", "逾期开工", "逾期竣工"),
    *("开工期限", "竣工期限", "下达文号"),
)
_PLAN_CASES = ("编号", "户编号", "户主", "住址", "等级", "阶段", "批准日期", "开工期限", "开工日期", "竣工期限", "竣工日期")
_QUALIFIED = ("户编号", "户主", "住址", "等级", "对象类别", "情况", "自", "原因", "改造编号", "由谁办", "怎么办")
_QUOTAS = (
    *(
        "地方",
        "年度",
        "申请户数",
        "申请时任务",
        "应改未改",
        "理由",
        "申请文号",
        "申请日期",
        "向",
        "状态",
        "同意户数",
        "答复日期",
        "答复意见",
        "答复文号",
    ),
)
_GROUND = ("户编号", "户主", "住址", "等级", "当时的情况")


def _place(asked: Filters, user: User) -> str:
    place = str(asked.get("area", ""))
    return division.stem(place) if place and division.contains(user.area, place) else user.area


@export_kind("cases.plans", "年度计划和进度", numbers=Numbers.NONE, filters=("area", "year"), powers=(Power.EXPORT,))
def plans(asked: Filters, user: User, full: bool) -> RowSet:
    """The areas right below with their tasks, as the page of plans lists them; the sum last."""
    area, today = _place(asked, user), clock.today()
    year = planning.year_of(str(asked.get("year", "")), today)
    told, digits = planning.plans_of(area, year), division.below(area)
    found = planning.done(user, area, year, today, told, digits=digits)
    stood = qualified.counts(user, area, today, digits=digits) if year == today.year else {}
    codes = sorted({*found, *stood, *(code for code in told if division.parent(code) == area)})
    names = named([*codes, area])

    def row(code: str, name: str, plan: AnnualPlan | None, done: Done, counts: Mapping[str, int]) -> Sequence[object]:
        days = {one.step: one.day for one in planning.schedule(code, told, year)}
        task = plan.households if plan else None
        return (
            *(name, year, sum(counts.values()), qualified.lacking(counts), "" if task is None else task),
            *(
                done.pending,
                done.approved,
                done.started,
                planning.rate(done.started, task),
                done.completed,
                planning.rate(done.completed, task),
            ),
            *(done.late_start, done.late_completion, days.get(planning.START, ""), days.get(planning.COMPLETION, "")),
            plan.document if plan else "",
        )

    def rows() -> Iterator[Sequence[object]]:
        for code in codes:
            plan = told.get(code) if code != area else None
            yield row(code, names.get(code, code), plan, found.get(code, Done(code)), stood.get(code, {}))
        whole = qualified.summed(stood).get("", {})
        yield row(area, _("%s合计") % names.get(area, area), told.get(area), planning.total(area, found.values()), whole)

    notes = [_("开工率、竣工率的分母是任务户数，可以超过 100%；没有任务的不算率。")]
    return RowSet(_("年度计划和进度"), _PLANS, len(codes) + 1, rows(), area=area, notes=notes)


@export_kind("cases.plan_cases", "计划内的改造户", numbers=Numbers.NONE, filters=("area", "year", "part"), powers=(Power.EXPORT,))
def plan_cases(asked: Filters, user: User, full: bool) -> RowSet:
    """The cases that a figure of a plan counts, by place and number."""
    area, today, part = _place(asked, user), clock.today(), str(asked.get("part", "approved"))
    year = planning.year_of(str(asked.get("year", "")), today)
    if part not in planning.PARTS:
        raise NotThere(part)
    found, told = planning.counted(user, area, year, today, part), planning.plans_of(area, year)

    def rows() -> Iterator[Sequence[object]]:
        due: dict[str, dict[str, Any]] = {}
        for piece in queries.pieces(found.select_related("household")):
            where, head = divisions.full_names({one.area for one in piece}), queries.names(piece)
            for one in piece:
                town = one.area[:9]
                if town not in due:
                    due[town] = {step.step: step.day for step in planning.schedule(town, told, year)}
                yield (
                    *(one.number, one.household.number, head.get(one.head_id, ""), where.get(one.area, one.area)),
                    *(_("无房") if one.grade == "none" else one.grade, _(WORKFLOW.stage(one.stage).title), one.approved_on or ""),
                    *(
                        due[town].get(planning.START, ""),
                        one.started_on or "",
                        due[town].get(planning.COMPLETION, ""),
                        one.completed_on or "",
                    ),
                )

    return RowSet(_("计划内的改造户"), _PLAN_CASES, found.count(), rows(), area=area, caption=parts()[part])


@export_kind("cases.qualified", "应改尽改", numbers=Numbers.NONE, filters=("area", "state", "grade", "group", "q"), powers=(Power.EXPORT,))
def qualified_households(asked: Filters, user: User, full: bool) -> RowSet:
    """The households asked for, with where each stands and why, by place and number."""
    filters, today = qualified.Filters.of({name: str(value) for name, value in asked.items()}, user.area), clock.today()
    said, shorts = states(), {code: _(short) for code, short in Category.objects.values_list("code", "short")}

    def rows() -> Iterator[Sequence[object]]:
        for piece in qualified.pieces(user, filters, today):
            stands = {one.pk: state for one, state in piece}
            head, grades, why = heads(stands), open_grades(stands), qualified.reasons(stands)
            where = divisions.full_names({one.area for one, _state in piece})
            for one, state in piece:
                word, _tone, who, what = said[state]
                reason = why.get(one.pk)
                yield (
                    *(one.number, head.get(one.pk, ""), where.get(one.area, one.area), grades.get(one.pk) or _("无房")),
                    *(_("、").join(shorts.get(code, code) for code in one.groups.split("+") if code), word),
                    *((reason.on, reason.reason, reason.number) if reason else ("", "", "")),
                    *(who, what),
                )

    caption = groups().get(filters.state) or said[filters.state][0]
    count = qualified.listed(user, filters, today).count()
    return RowSet(_("应改尽改"), _QUALIFIED, count, rows(), area=filters.area, caption=caption)


@export_kind("cases.quotas", "指标申请", numbers=Numbers.NONE, filters=("side", "state"), powers=(Power.EXPORT,))
def quota_requests(asked: Filters, user: User, full: bool) -> RowSet:
    """The requests that the page lists, the newest first."""
    found = list(quotas.listed(user, side=str(asked.get("side", "")), state=str(asked.get("state", ""))))
    names = named([code for one in found for code in (one.area, one.asked_of)])

    def row(one: QuotaRequest) -> Sequence[object]:
        return (
            *(names.get(one.area, one.area), one.year, one.households, one.task, one.counted, one.reason, one.document, one.on),
            *(names.get(one.asked_of, one.asked_of), one.get_state_display(), "" if one.granted is None else one.granted),
            *(one.answered_on or "", one.answer, one.answer_document),
        )

    return RowSet(_("指标申请"), _QUOTAS, len(found), iter([row(one) for one in found]))


@export_kind("cases.quota_ground", "申请指标时应改未改的户", numbers=Numbers.NONE, filters=("request",), powers=(Power.EXPORT,))
def quota_ground(asked: Filters, user: User, full: bool) -> RowSet:
    """The households that were counted with a request, by place."""
    typed = str(asked.get("request", ""))
    request = quotas.seen(user).filter(pk=int(typed)).first() if typed.isdecimal() and len(typed) < 19 else None
    if request is None:
        raise NotThere(typed)
    found, said = quotas.ground(user, request), states()

    def rows() -> Iterator[Sequence[object]]:
        last: QuotaGround | None = None
        ahead = found
        while piece := list(ahead[:_CHUNK]):
            head, where = heads(one.household_id for one in piece), divisions.full_names({one.area for one in piece})
            for one in piece:
                grade = _("无房") if one.grade == "none" else one.grade
                yield (one.household.number, head.get(one.household_id, ""), where.get(one.area, one.area), grade, said[one.why][0])
            last = piece[-1]
            ahead = found.filter(Q(area__gt=last.area) | Q(area=last.area, id__gt=last.pk))

    return RowSet(_("申请指标时应改未改的户"), _GROUND, request.counted, rows(), area=request.area)
