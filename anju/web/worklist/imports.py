"""批量录入: workbooks that stopped half-way, and rows that went back to who sent them."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.imports import queries
from anju.web.worklist.work import Dated, Item, Link, sentence, since


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """A person's own workbooks: to be gone on with, or to be corrected and sent again."""
    waiting = queries.waiting(user, area)
    for one in waiting.stopped:
        url = reverse("imports:batch", args=[one.pk])
        reason = sentence(one.title, one.message)
        yield (
            Item(
                _("批量录入停在半路"),
                reason,
                one.rows_open,
                _("行"),
                url,
                Link(_("接着登记"), url),
                due=since(one.at),
                order=(3, -one.rows_open),
            ),
            None,
        )
    for one in waiting.refused:
        url = reverse("imports:batch", args=[one.pk])
        rows = f"{reverse('imports:rows', args=[one.pk])}?outcome=refused"
        reason = sentence(one.title, _("已登记 %s 行") % f"{one.rows_in:,}")
        yield (
            Item(
                _("录入退回的行待改正"),
                reason,
                one.rows_refused,
                _("行"),
                rows,
                Link(_("下载改正"), url),
                due=since(one.at),
                order=(5, -one.rows_refused),
            ),
            None,
        )


def waiting(user: User, area: str) -> dict[str, int]:
    """How many of a person's workbooks stopped half-way."""
    return {"imports": len(queries.waiting(user, area).stopped)}
