"""The register itself as a file."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.exports import queries
from anju.exports.kinds import Filters as Asked
from anju.exports.kinds import Numbers, RowSet, export_kind
from anju.exports.models import Export

_CHUNK = 1000
_HEADINGS = ("编号", "申请时间", "申请人", "单位", "身份", "内容", "行数", "号码", "用途", "说明", "状态", "审批人", "审批时间", "审批意见")


def filters_of(asked: Asked) -> queries.Filters:
    """The filters an address names; what can't be read is left out."""
    return queries.Filters(
        **{name: str(asked.get(name, "")) for name in ("state", "kind", "numbers", "reason", "mark")},
        since=_day(str(asked.get("since", ""))),
        until=_day(str(asked.get("until", ""))),
        mine=str(asked.get("mine", "")) == "1",
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@export_kind(
    "exports.register",
    "导出登记",
    numbers=Numbers.NONE,
    filters=("state", "kind", "numbers", "reason", "since", "until", "mine", "mark"),
)
def register(asked: Asked, user: User, full: bool) -> RowSet:
    """The entries as the page shows them."""
    found = queries.everything(user, filters_of(asked))

    def rows() -> Iterator[Sequence[object]]:
        last = 0
        while piece := list((found.filter(pk__lt=last) if last else found)[:_CHUNK]):
            yield from (_line(one) for one in piece)
            last = piece[-1].pk

    return RowSet(_("导出登记"), (*_HEADINGS, "下载次数", "最近下载", "标记"), found.count(), rows())


def _line(one: Export) -> Sequence[object]:
    taken, last_taken = getattr(one, "taken", 0), getattr(one, "last_taken", None)
    return (
        *(one.number, timezone.localtime(one.requested_at), one.requested_by.name, one.office, one.grant),
        *(one.title, one.rows, "完整" if one.full else "脱敏或无号码", one.reason_said, one.note, one.get_state_display()),
        one.decided_by.name if one.decided_by else "",
        timezone.localtime(one.decided_at) if one.decided_at else "",
        one.decision_reason,
        taken,
        timezone.localtime(last_taken) if last_taken else "",
        one.mark,
    )
