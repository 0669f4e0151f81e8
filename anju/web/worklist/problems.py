"""Problems that wait for this person: to be mended, handed over, verified, urged."""

from collections.abc import Iterator
from datetime import date

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.problems import queries
from anju.problems.models import Problem
from anju.web.worklist.work import LIMIT, Dated, Item, Link, counted, left


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for each problem this office has to mend; one for all that wait to be handed over, verified or urged."""
    for one in queries.handed_to(user, area)[:LIMIT]:
        url = reverse("problems:show", args=[one.pk])
        tag, tone = left(one.due, today) if one.due else ("", "")
        reason = " · ".join((one.number, str(one.get_category_display()), _("退回重改") if one.state == "returned" else _("上级交办")))
        yield (
            Item(
                one.title, reason, 1, _("个"), url, Link(_("报整改"), url), due=tag, due_tone=tone, filled=tone == "late", order=(0, one.pk)
            ),
            one.due,
        )
    page = reverse("problems:list")
    yield from _all(
        queries.to_verify(user, area), _("整改完成待验收"), f"{page}?state=to_verify&sort=due", _("去验收"), _("下一级报来，核实后销号")
    )
    yield from _all(queries.to_hand_over(user, area), _("问题待交办"), f"{page}?state=open", _("去交办"), _("已登记，还没有承办单位"))
    count, first = counted(queries.late(user, area, today), "due")
    if count:
        url, (tag, tone) = f"{page}?state=overdue&sort=due", left(first, today)
        yield (
            Item(
                _("问题逾期未销号"),
                _("催办承办单位"),
                count,
                _("个"),
                url,
                Link(_("去催办"), url),
                due=tag,
                due_tone=tone,
                order=(1, -count),
            ),
            first,
        )


def _all(found: QuerySet[Problem], title: str, url: str, action: str, reason: str) -> Iterator[Dated]:
    if count := found.count():
        yield Item(title, reason, count, _("个"), url, Link(action, url), order=(3, -count)), None


def waiting(user: User, area: str) -> dict[str, int]:
    """Problems that wait for this person's hand."""
    found = (queries.handed_to(user, area), queries.to_verify(user, area), queries.to_hand_over(user, area))
    return {"problems": sum(one.count() for one in found)}
