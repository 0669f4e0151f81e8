"""The ledger as a file."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import Numbers, RowSet, export_kind
from anju.problems import queries
from anju.problems.models import Problem

_CHUNK = 1000
_HEADINGS = (
    *("编号", "问题", "情况", "类别", "发现渠道", "程度", "所在地", "户编号", "发现日期", "承办单位", "交办日期", "整改期限", "状态"),
    *("整改方案", "整改完成情况", "原因", "堵住漏洞", "举一反三", "整改日期", "核实方式", "销号日期", "再次发生自"),
)


@export_kind(
    "problems.ledger",
    "问题台账",
    numbers=Numbers.NONE,
    filters=("area", "state", "source", "category", "severity", "household", "mine"),
    powers=(Power.EXPORT, Power.PROBLEMS_VERIFY),
)
def ledger(asked: Asked, user: User, full: bool) -> RowSet:
    """The problems as the page lists them, newest first, with what was done about each."""
    today = clock.today()
    filters = queries.Filters.of({name: str(value) for name, value in asked.items()}, user.area)
    found = queries.ledger(user, filters, today)

    def rows() -> Iterator[Sequence[object]]:
        last = 0
        ordered = found.select_related("handed_to", "household", "recurrence_of").order_by("-id")
        while piece := list((ordered.filter(pk__lt=last) if last else ordered)[:_CHUNK]):
            places = divisions.full_names({one.area for one in piece})
            yield from (_line(one, places.get(one.area, one.area)) for one in piece)
            last = piece[-1].pk

    return RowSet(_("问题台账"), _HEADINGS, found.count(), rows(), area=filters.area)


def _line(one: Problem, place: str) -> Sequence[object]:
    return (
        *(one.number, one.title, one.description, one.get_category_display(), one.get_source_display(), one.get_severity_display()),
        *(place, one.household.number if one.household else "", one.found_on, one.handed_to.name if one.handed_to else ""),
        *(one.handed_on or "", one.due or "", one.get_state_display(), one.plan, one.report, one.cause, one.mended, one.self_check),
        *(one.rectified_on or "", one.get_way_display() if one.way else "", one.closed_on or ""),
        one.recurrence_of.number if one.recurrence_of else "",
    )
