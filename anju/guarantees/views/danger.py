"""危房台账: by area how many households are dangerously housed and how many have a way out; the very households; 危房住人."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.appraisals.queries.living import DANGEROUS
from anju.divisions import queries as divisions
from anju.guarantees.queries import danger as queries
from anju.guarantees.queries.danger import NO_HOUSE, OTHERS, Count, Filters
from anju.guarantees.views.within import LIMIT, lines, tabs, where_of
from anju.registry.models import Household
from anju.vocabulary import division

Listed = Callable[[User, Filters, date], QuerySet[Household]]


def opened(area: str, **asked: str) -> str:
    """The address of the very households a figure counts."""
    return reverse("guarantees:households") + "?" + "&".join(f"{name}={value}" for name, value in {"area": area, **asked}.items() if value)


def figures(count: Count, area: str) -> list[dict[str, Any]]:
    """The figures of an area, each with the rows it counts."""
    named: tuple[tuple[str, int, dict[str, str], str], ...] = (
        (_("台账户数"), count.households, {}, ""),
        (_("C 级"), count.c, {"grade": "C"}, ""),
        (_("D 级"), count.d, {"grade": "D"}, ""),
        (_("无房"), count.no_house, {"grade": NO_HOUSE}, ""),
        (_("已有途径"), count.routed, {"way": "open"}, ""),
        (_("还没有途径"), count.unrouted, {"way": "none"}, "soon" if count.unrouted else ""),
        (_("危房住人"), count.lived, {"lived": "1"}, "late" if count.lived else ""),
    )
    return [{"label": label, "value": value, "url": opened(area, **asked), "tone": tone} for label, value, asked, tone in named]


@require_safe
def summary(request: HttpRequest) -> HttpResponse:
    """The ledger of today by area."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    parts = queries.counts(user, area, today, division.below(area))
    whole = sum(parts.values(), Count(area))
    names = divisions.short_names(parts)
    context = {
        "whole": whole,
        "figures": figures(whole, area),
        "rows": [
            {"name": names.get(code, code), "url": opened(code), "figures": figures(one, code)[1:], "count": one}
            for code, one in parts.items()
        ],
        "tabs": tabs("danger"),
        "today": today,
        "area": area,
    }
    return render(request, "guarantees/danger.html", context)


@require_safe
def households(request: HttpRequest) -> HttpResponse:
    """The households of the ledger, filtered."""
    return _list(request, "danger", queries.on_ledger)


@require_safe
def lived_in(request: HttpRequest) -> HttpResponse:
    """危房住人: whoever lives in a dangerous house and has no way out, on a list or not."""
    return _list(request, "lived-in", queries.living)


def _list(request: HttpRequest, here: str, listed: Listed) -> HttpResponse:
    user, today, area = user_of(request), clock.today(), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    found = listed(user, filters, today)
    page = paging.page(found, order=("area", "number"), asked=request.GET, limit=LIMIT, total=found.count())
    flagged = queries.living_in_danger([one.pk for one in page.rows], today)
    ledger = here == "danger"
    context = {
        "page": page,
        "lines": lines(page.rows, today, flagged),
        "filters": filters,
        "filtered": filters.narrowed or filters.area != area,
        "chips": _chips(request, filters, ledger),
        "tabs": tabs(here),
        "ledger": ledger,
        "all_url": reverse("guarantees:households" if ledger else "guarantees:lived-in"),
        "where": where_of(filters.area) or _("全国"),
        "groups": [*((code, _(short)) for code, short in queries.groups_of(area)), *([] if ledger else [(OTHERS, _("不在名单上"))])],
        "places": divisions.children(area),
        "place": filters.area,
        "may_guarantee": user.may(Power.GUARANTEE),
        "headings": [
            *({"title": _("户主")}, {"title": _("户编号")}, {"title": _("住址")}, {"title": _("等级"), "align": "c"}, {"title": _("自")}),
            *({"title": _("对象类别")}, {"title": _("保障途径")}, {"title": _("居住")}, {"title": _("处理"), "align": "r"}),
        ],
    }
    return render(request, "guarantees/households.html", context)


def _chips(request: HttpRequest, filters: Filters, ledger: bool) -> list[dict[str, Any]]:
    """Grades; on the ledger also whether there is a way out."""

    def chip(label: str, on: bool, **asked: Any) -> dict[str, Any]:
        cleared = {"grade": None, "way": None, "lived": None}
        return {"label": label, "count": None, "url": query(request, **{**cleared, **asked}), "on": on}

    found = [
        chip(_("全部"), not (filters.grade or filters.way or filters.lived)),
        *(chip(_("%s 级") % one, filters.grade == one, grade=one) for one in DANGEROUS),
    ]
    if ledger:
        found += [
            chip(_("无房"), filters.grade == NO_HOUSE, grade=NO_HOUSE),
            chip(_("已有途径"), filters.way == "open", way="open"),
            chip(_("还没有途径"), filters.way == "none", way="none"),
            chip(_("危房住人"), filters.lived, lived="1"),
        ]
    return found
