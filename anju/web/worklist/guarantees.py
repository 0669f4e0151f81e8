"""Ways of living safely that run out, people in dangerous houses without one, stocks to be signed."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Count, Min, Q
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.guarantees import queries
from anju.guarantees.queries import stock
from anju.web.worklist.work import Dated, Item, Link, left, up_to


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for what runs out, one for who has no way out, one for each stock that this office has to sign."""
    if user.may(Power.GUARANTEE):
        yield from _ways(user, area, today)
    for one in stock.to_sign(user, area)[:5]:
        url = reverse("guarantees:stock", args=[one.pk])
        title = _("%(day)s 危房存量台账待会签") % {"day": one.as_of.isoformat()}
        yield Item(title, _("四部门签齐后锁定"), one.households, _("户"), url, Link(_("去会签"), url), order=(2, -one.households)), None


def _ways(user: User, area: str, today: date) -> Iterator[Dated]:
    over, page = Q(until__lt=today), reverse("guarantees:list")
    ends: Any = scope(user, queries.ending(area, today)).order_by().aggregate(
        over=Count("pk", filter=over), soon=Count("pk", filter=~over), over_first=Min("until", filter=over), soon_first=Min("until", filter=~over)
    )  # fmt: skip
    for state, title in (("over", _("保障途径已到期")), ("soon", _("保障途径快到期"))):
        count, first = ends[state], ends[f"{state}_first"]
        if not count:
            continue
        url, (tag, tone) = f"{page}?state={state}&sort=last", left(first, today)
        yield (
            Item(
                title,
                _("续签，或另行安置"),
                count,
                _("户"),
                url,
                Link(_("去处理"), url),
                due=tag,
                due_tone=tone,
                filled=tone == "late",
                order=(1, -count),
            ),
            first,
        )
    lived, more = up_to(scope(user, queries.lived_in_dangerous(area, today)))
    if lived:
        url, why = reverse("guarantees:lived-in"), _("住在 C、D 级房屋，没有在期限内的保障途径")
        yield Item(_("危房住人"), why, lived, _("户"), url, Link(_("去安置"), url), order=(2, -lived), more=more), None


def waiting(user: User, area: str) -> dict[str, int]:
    """Stocks that wait for this office's signature."""
    return {"guarantees": stock.to_sign(user, area).count()}
