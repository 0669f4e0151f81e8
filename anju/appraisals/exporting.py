"""The ledger of appraisals as a file."""

from collections.abc import Iterator, Sequence

from django.db.models import Q
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.models import Appraisal
from anju.appraisals.queries import appraisal as queries
from anju.appraisals.queries import household as households
from anju.divisions import queries as divisions
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import Numbers, RowSet, export_kind

_CHUNK = 1000
_HEADINGS = (
    *("报告编号", "户编号", "户主", "住址", "房屋编号", "鉴定日期", "标准", "鉴定或评定", "组织方式", "鉴定机构", "鉴定人", "为什么鉴定"),
    *("推算等级", "等级", "理由", "处理建议", "农户意见", "农户意见日期", "异议期至", "状态", "状态的理由"),
)


@export_kind(
    "appraisals.ledger",
    "鉴定台账",
    numbers=Numbers.NONE,
    filters=("area", "state", "standard", "round", "appraiser", "since", "until"),
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
