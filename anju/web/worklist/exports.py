"""Files that somebody else asked for and that go out only with this person's word."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.exports import queries as exports
from anju.web.worklist.work import LIMIT, Dated, Item, Link


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """Exports to approve."""
    for one in exports.waiting_for(user, area).select_related("requested_by")[:LIMIT]:
        item = Item(
            title=_("审批导出：%s") % one.title,
            reason=_("%(office)s %(who)s申请，用途：%(why)s")
            % {"office": one.office, "who": one.requested_by.name, "why": one.reason_said + (f"，{one.note}" if one.note else "")},
            count=one.rows,
            unit=_("行"),
            url=reverse("exports:show", args=[one.pk]),
            action=Link(_("审批"), reverse("exports:show", args=[one.pk])),
            order=(0, -one.rows),
        )
        yield item, None


def waiting(user: User, area: str) -> dict[str, int]:
    """How many exports wait for this person's word."""
    return {"exports": exports.waiting_for(user, area).count()}
