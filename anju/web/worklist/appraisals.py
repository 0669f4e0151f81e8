"""Appraisals that wait for this person: to be made, objections to be settled, signs and plates to be hung or taken down."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.queries import appraisal as queries
from anju.appraisals.queries import rechecks
from anju.web.worklist.work import Dated, Item, Link, counted, left, up_to


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for each kind of work, with the first day it is due."""
    page = reverse("appraisals:waiting")
    appraises, manages = user.may(Power.APPRAISE), user.may(Power.MANAGE_APPRAISALS)
    count, first = counted(queries.objections(user, area), "on") if appraises or manages else (0, today)
    if count:
        url, waited = f"{page}?why=objection", (today - first).days
        since = _("最早的已等 %d 天") % waited if waited else _("今天收到")
        yield (
            Item(
                _("鉴定异议待处理"),
                _("重新鉴定，或答复维持原结果"),
                count,
                _("条"),
                url,
                Link(_("去处理"), url),
                waiting=since,
                order=(0, -waited),
            ),
            None,
        )
    if appraises:
        yield from _to_appraise(user, area, today, page)
    if user.may(Power.HANG):
        yield from _to_hang(user, area, today)


def _to_appraise(user: User, area: str, today: date, page: str) -> Iterator[Dated]:
    count, due = counted(queries.hazards(user, area), "due")
    if count:
        url, (tag, tone) = f"{page}?why=hazard", left(due, today)
        yield (
            Item(
                _("新增险情待鉴定"), _("到期前完成鉴定或评定"), count, _("户"), url, Link(_("去鉴定"), url), due=tag, due_tone=tone,
                filled=tone == "late", order=(1, -count),
            ),
            due,
        )  # fmt: skip
    found: QuerySet[Any]
    for why, title, reason, found in (
        ("suspect", _("疑似危房待鉴定"), _("排查时看着有危险，还没有鉴定"), queries.suspects(user, area)),
        ("group", _("重点对象待鉴定"), _("在名单上，房屋还没有等级"), queries.ungraded(user, area, today)),
    ):
        number, more = up_to(found)
        if number:
            url = f"{page}?why={why}"
            yield Item(title, reason, number, _("户"), url, Link(_("去鉴定"), url), order=(4, -number), more=more), None
    count, more = up_to(rechecks.waiting(user, area))
    if count:
        url = f"{reverse('appraisals:recheck-items')}?state={rechecks.OPEN}&theirs=1"
        reason = _("别人鉴定过，抽中再看一遍")
        yield Item(_("抽查复核待办"), reason, count, _("份"), url, Link(_("去复核"), url), order=(4, -count), more=more), None


def _to_hang(user: User, area: str, today: date) -> Iterator[Dated]:
    page = reverse("appraisals:postings")
    issued, outdated = queries.to_hang(user, area)
    if count := outdated:
        url = f"{page}?state=outdated"
        reason = _("所据的鉴定已被替代或作废")
        yield (
            Item(
                _("牌应摘下"),
                reason,
                count,
                _("块"),
                url,
                Link(_("去摘牌"), url),
                due=_("今天"),
                due_tone="soon",
                filled=True,
                order=(1, -count),
            ),
            today,
        )
    if count := issued:
        url = f"{page}?state=issued"
        yield Item(_("牌待挂出"), _("挂好拍照登记"), count, _("块"), url, Link(_("去挂牌"), url), order=(5, -count)), None


def waiting(user: User, area: str) -> dict[str, int]:
    """Objections, hazards, suspect houses and drawn papers that wait for this person's hand."""
    waits = 0
    if user.may(Power.APPRAISE) or user.may(Power.MANAGE_APPRAISALS):
        waits += queries.objections(user, area).count()
    if user.may(Power.APPRAISE):
        waits += queries.hazards(user, area).count() + up_to(queries.suspects(user, area))[0]
        waits += up_to(rechecks.waiting(user, area))[0]
    return {"appraisals": waits}
