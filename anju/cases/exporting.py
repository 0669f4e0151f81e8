"""Renovation cases as a file: what the page lists, with the day of every stage that counts and what was approved."""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import planning_exporting, queries
from anju.cases.models import Case
from anju.cases.workflow import PREPARED, WORKFLOW
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import Numbers, RowSet, export_kind
from anju.registry.models import Category
from anju.vocabulary.method import METHODS, MODES

__all__ = ["cases", "planning_exporting"]
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
        ordered = found.select_related("household", "plan").order_by("area", "number")
        last: Case | None = None
        while piece := list((ordered.filter(_behind(last)) if last else ordered)[:_CHUNK]):
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
            last = piece[-1]

    return RowSet(_("改造实施"), _CASES, found.count(), rows(), area=filters.area)


def _behind(last: Case) -> Q:
    return Q(area__gt=last.area) | Q(area=last.area, number__gt=last.number)
