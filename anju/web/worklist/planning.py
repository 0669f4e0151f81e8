"""应改未改 of the area, requests for quota that wait for an answer, and answers nobody has taken note of."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import qualified, quotas
from anju.web.worklist.work import Dated, Item, Link


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for who is in no plan, one for each kind of request."""
    if user.may(Power.CASE_TOWNSHIP) or user.may(Power.CASE_APPROVE):
        missing = qualified.missing(user, area, today)
        if missing:
            url = reverse("cases:qualified")
            said = _("符合条件，没有列入改造；应为 0")
            yield Item(_("应改未改"), said, missing, _("户"), url, Link(_("去受理"), url), order=(2, -missing)), None
    page = reverse("cases:quotas")
    for found, title, reason, label, query in (
        (quotas.to_answer(user), _("指标申请待答复"), _("同意的户数计入其任务"), _("去答复"), "?side=asked&state=asked"),
        (quotas.to_note(user), _("指标申请已答复"), _("看过后点“知道了”"), _("去看"), "?side=mine"),
    ):
        first = found.first()
        if first is not None:
            count, since = found.count(), first.answered_on or first.on
            waited = max(0, (today - since).days)
            waiting = _("最早的已等 %d 天") % waited if waited else _("今天收到")
            url = reverse("cases:quota", args=[first.pk]) if count == 1 else page + query
            yield Item(title, reason, count, _("份"), url, Link(label, url), waiting=waiting, order=(3, -count)), None
