"""Notices that wait for this person: to be photographed, closed today, objections to be answered."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.divisions import queries as divisions
from anju.notices import queries
from anju.web.worklist.work import LIMIT, Dated, Item, Link, left, sentence


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for each notice, and one for each objection."""
    shots = list(queries.to_photograph(user, area, today).defer("content")[:LIMIT])
    ready = list(queries.to_close(user, area, today).defer("content")[:LIMIT])
    places = divisions.short_names({one.area for one in (*shots, *ready)})
    for one in shots:
        url = reverse("notices:show", args=[one.pk])
        start = one.start_photo_on is None
        day = one.starts_on if start else one.last_day
        tag, tone = left(day, today)
        title = _("公示张贴待拍照") if start else _("公示期满待拍照")
        reason = sentence(one.title, places.get(one.area, ""), _("晚拍一天，晚算一天") if start else _("拍完可结束"))
        yield Item(title, reason, 1, _("张"), url, Link(_("去拍照"), url), due=tag, due_tone=tone, order=(1, one.pk)), day
    for one in ready:
        url = reverse("notices:show", args=[one.pk])
        reason = sentence(one.title, places.get(one.area, ""), _("天数已满，没有未答复的异议"))
        yield (
            Item(_("公示可以结束"), reason, 1, _("张"), url, Link(_("去结束"), url), due=_("今天"), due_tone="soon", order=(2, one.pk)),
            today,
        )
    for objection in queries.to_answer(user, area)[:LIMIT]:
        url = reverse("notices:show", args=[objection.notice_id]) + "#objections"
        waited = (today - objection.received_on).days
        since = _("已等 %d 天") % waited if waited else _("今天收到")
        reason = sentence(objection.notice.title, objection.get_channel_display())
        yield Item(_("公示异议待答复"), reason, 1, _("条"), url, Link(_("去答复"), url), waiting=since, order=(0, -waited)), None


def waiting(user: User, area: str) -> dict[str, int]:
    """Notices and objections that wait for this person's hand."""
    today = clock.today()
    found = (queries.to_photograph(user, area, today), queries.to_close(user, area, today), queries.to_answer(user, area))
    return {"notices": sum(one.count() for one in found)}
