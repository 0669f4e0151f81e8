"""Renovation cases that wait for this person, by what is to be done with them."""

from collections.abc import Iterator
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.cases import queries
from anju.web.worklist.work import Dated, Item, Link

_URGENT = frozenset({"review", "review_township", "check", "pass", "approve", "posted", "returned"})
"""What holds a household up: the number beside the menu counts these."""


def _words() -> dict[str, tuple[str, str, str, str]]:
    """(title, what for, the button, where the button leads: an act of many, or "" for the list)."""
    return {
        "returned": (_("退回的改造待补正"), _("补齐后重报，从头评议"), _("去补正"), ""),
        "review": (_("改造申请待村评议"), _("开村民会议，逐户登记同意人数"), _("登记评议"), "review"),
        "posted": (_("公示已结束，待转下一步"), _("没有未答复的异议"), _("去办理"), ""),
        "visit": (_("改造申请待入户核实"), _("核实后才能审核"), _("去核实"), ""),
        "review_township": (_("改造申请待乡镇审核"), _("已入户核实"), _("去审核"), "review-township"),
        "post": (_("改造对象待公示"), _("贴出当天拍照，满天数再往下办"), _("去公示"), ""),
        "check": (_("改造对象待本部门联审"), _("四部门都通过，县里才能批准"), _("去联审"), "check"),
        "pass": (_("四部门已联审，待通过"), _("通过后县级公示"), _("去通过"), "pass"),
        "approve": (_("改造对象待审批"), _("县公示已满，定方式、面积和补助"), _("去审批"), "approve"),
        "prepare": (_("开工前手续待办齐"), _("建设方式、协议、备料、培训"), _("去登记"), ""),
        "start": (_("手续办齐，可以开工"), _("开工当天登记"), _("登记开工"), "start"),
        "card": (_("银行卡待更换"), _("户主已变更，拨付前要登记现户主的卡"), _("去登记"), ""),
        "report": (_("施工中，待报进度"), _("到一个节点登记一次"), _("去报进度"), ""),
    }


def items(user: User, area: str, today: date) -> Iterator[Dated]:
    """One line for each kind of work that there is."""
    words = _words()
    for work, (count, first) in queries.waits(user, area).items():
        if first is None:
            continue
        title, reason, label, act = words[work]
        url, waited = f"{reverse('cases:list')}?work={work}", max(0, (today - first).days)
        said = _("最早的已等 %d 天") % waited if waited else _("今天收到")
        button = Link(label, reverse("cases:many", args=[act]) if act else url)
        yield Item(title, reason, count, _("户"), url, button, waiting=said, order=(2 if work in _URGENT else 5, -count)), None


def waiting(user: User, area: str) -> dict[str, int]:
    """The cases that this person holds up, for the menu."""
    return {"cases": sum(count for work, (count, _first) in queries.waits(user, area).items() if work in _URGENT)}
