"""改造实施: the cases of the area by phase and stage, what waits for this person, and the places with how far they are."""

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.cases import queries
from anju.cases.exporting import SHEETS
from anju.cases.models import Case
from anju.cases.queries import GOING, PHASES, SIDE, Counts, Filters
from anju.cases.views.many import offered
from anju.cases.views.within import LIMIT, lines, shorts, stage_said, tabs
from anju.cases.workflow import CODES
from anju.cases.years import FIRST_YEAR
from anju.divisions import queries as divisions
from anju.vocabulary.method import METHODS

SORTS: dict[str, tuple[str, ...]] = {
    "number": ("number",),
    "place": ("area", "number"),
    "since": ("since", "id"),
    "grade": ("grade", "id"),
    "method": ("method", "id"),
}


def works() -> dict[str, str]:
    """What waits, as the page says it."""
    return {
        "review": _("待村评议"),
        "visit": _("待入户核实"),
        "review_township": _("待乡镇审核"),
        "post": _("待张贴公示"),
        "posted": _("公示已结束"),
        "check": _("待本部门联审"),
        "pass": _("联审待通过"),
        "approve": _("待审批"),
        "prepare": _("待办齐开工前手续"),
        "start": _("可以开工"),
        "report": _("施工中"),
        "returned": _("退回补正"),
        "card": _("银行卡待更换"),
    }


def opened(**asked: str) -> str:
    """The address of the very cases a figure counts."""
    return f"{reverse('cases:list')}?{urlencode({name: value for name, value in asked.items() if value})}"


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The cases asked for, those that moved last first; those that wait for a person, the longest waiting first."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    counts = queries.counts(user, filters, today)
    sort = request.GET.get("sort", "since" if filters.work or filters.stuck else "-since")
    order: tuple[str, ...] = SORTS.get(sort.lstrip("-"), SORTS["since"])
    if sort.startswith("-"):
        order = tuple(f"-{name}" for name in order)
    found = queries.listed(user, filters, today).only("pk", *(name.lstrip("-") for name in order))
    keys = paging.page(found, order=order, asked=request.GET, limit=LIMIT, total=counts.asked(filters))
    page = replace(keys, rows=queries.fetched(keys.rows))
    acts = offered(user, _stages(filters, page.rows), filters.work)
    narrowed = {name: value for name in ("grade", "method", "group", "q") if (value := getattr(filters, name))}
    narrowed |= {"area": filters.area} if filters.area != area else {}
    context = {
        "page": page,
        "lines": lines(page.rows, today),
        "acts": acts,
        "sheet": filters.work if filters.work in SHEETS else "",
        "all_at_once": f"{acts[0]['url']}?{urlencode(narrowed)}" if acts and (page.next or page.previous) else "",
        "tiles": _tiles(counts, filters, area),
        "chips": _chips(request, counts, filters),
        "works": _works(request, user, filters, area),
        "tabs": tabs("list"),
        "counts": counts,
        "going": counts.of(GOING),
        "filters": filters,
        "filtered": filters.narrowed or filters.area != area,
        "grades": [("C", _("C 级")), ("D", _("D 级")), ("none", _("无房"))],
        "methods": [(one.code, _(one.name)) for one in METHODS.values()],
        "groups": shorts().items(),
        "pasts": [(queries.HISTORY, _("录入的历年改造")), (queries.RENOVATED, _("已改造，连同历年"))],
        "years": [str(year) for year in range(today.year, FIRST_YEAR - 1, -1)],
        "places": divisions.children(area),
        "may_apply": user.may(Power.CASE_APPLY),
        "sort": request.GET.get("sort", ""),
        "kept": [(name, getattr(filters, name)) for name in ("stage", "phase", "work") if getattr(filters, name)],
        "headings": [
            *(
                {"title": _("户主")},
                {"title": _("编号"), "key": "number", "sort": True},
                {"title": _("住址"), "key": "place", "sort": True},
            ),
            {"title": _("等级"), "align": "c", "key": "grade", "sort": True},
            *({"title": _("改造方式"), "key": "method", "sort": True}, {"title": _("对象类别")}, {"title": _("阶段")}),
            *({"title": _("自"), "key": "since", "sort": True}, {"title": _("天数"), "align": "r"}),
        ],
    }
    return render(request, "cases/list.html", context)


def _stages(filters: Filters, rows: list[Case]) -> tuple[str, ...]:
    """The stages in which the listed cases stand, where they are few enough for one thing to be done with all."""
    if filters.stage:
        return (filters.stage,)
    return tuple({one.stage for one in rows}) if filters.work else ()


def _tiles(counts: Counts, filters: Filters, area: str) -> list[dict[str, Any]]:
    """The phases with how many are in each of what is asked for otherwise; each opens its cases."""
    within = {"area": filters.area if filters.area != area else ""}
    within |= {name: getattr(filters, name) for name in ("grade", "method", "group", "work", "q")}
    found = [{"label": _(one), "value": counts.of(one), "url": opened(phase=one, **within), "tone": ""} for one in PHASES]
    side = counts.of(SIDE)
    return [
        *found,
        {"label": _("退回、暂停、整改"), "value": side, "url": opened(phase=SIDE, **within), "tone": "soon" if side else ""},
        {
            "label": _("超过时限"),
            "value": counts.stuck,
            "url": opened(stuck="1", **within),
            "tone": "late" if counts.stuck else "",
        },
    ]


def _chips(request: HttpRequest, counts: Counts, filters: Filters) -> list[dict[str, Any]]:
    """The stages in which there are cases."""
    shown = [code for code in CODES if counts.stages.get(code) or code == filters.stage]
    if filters.phase:
        shown = [code for code in shown if code in queries.stages_of(filters.phase)]
    every = {"label": _("全部"), "count": counts.of(filters.phase) if filters.phase else counts.total, "url": query(request, stage=None)}
    return [
        {**every, "on": not filters.stage},
        *(
            {"label": stage_said(code), "count": counts.stages.get(code, 0), "url": query(request, stage=code), "on": filters.stage == code}
            for code in shown
        ),
    ]


def _works(request: HttpRequest, user: User, filters: Filters, area: str) -> list[dict[str, Any]]:
    """What waits for this person in the place; each opens its cases, whatever else was asked for."""
    said, place = works(), filters.area if filters.area != area else ""
    mine = queries.waits(user, filters.area)
    if not mine:
        return []
    every = {"label": _("不限"), "count": None, "url": query(request, work=None), "on": not filters.work}
    return [
        every,
        *(
            {"label": said[one], "count": count, "url": opened(area=place, work=one), "on": filters.work == one}
            for one, (count, _first) in mine.items()
        ),
    ]


@require_safe
def areas(request: HttpRequest) -> HttpResponse:
    """Where the cases are and how far, by the areas right below the one looked at; every figure opens its cases."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    parts = queries.by_area(user, area, today)
    names = divisions.short_names(parts)
    whole = Counts({}, {})
    for one in parts.values():
        for code, number in one.stages.items():
            whole.stages[code] = whole.stages.get(code, 0) + number
            whole.late[code] = whole.late.get(code, 0) + one.late.get(code, 0)
    context = {
        "rows": [
            {"name": names.get(code, code), "url": opened(area=code), "total": one.total, "figures": _figures(one, code)}
            for code, one in parts.items()
        ],
        "sum": _figures(whole, area),
        "total": whole.total,
        "phases": [*(_(one) for one in PHASES), _("退回、暂停、整改"), _("未改造而终止"), _("超过时限")],
        "tabs": tabs("areas"),
    }
    return render(request, "cases/areas.html", context)


def _figures(counts: Counts, area: str) -> list[dict[str, Any]]:
    ended = sum(counts.stages.get(code, 0) for code in queries.stages_of(queries.ENDED))
    return [
        *({"label": _(one), "value": counts.of(one), "url": opened(area=area, phase=one), "tone": ""} for one in PHASES),
        {"label": _("退回、暂停、整改"), "value": counts.of(SIDE), "url": opened(area=area, phase=SIDE), "tone": "soon"},
        {"label": _("未改造而终止"), "value": ended, "url": opened(area=area, phase=queries.ENDED), "tone": ""},
        {"label": _("超过时限"), "value": counts.stuck, "url": opened(area=area, stuck="1"), "tone": "late"},
    ]
