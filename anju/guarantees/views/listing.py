"""保障途径: the ways of the area, by how they stand."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of
from anju.accounts.scope import chosen
from anju.appraisals.queries import household as appraisals
from anju.divisions import queries as divisions
from anju.guarantees.forms import routes
from anju.guarantees.queries import listing as queries
from anju.guarantees.queries.listing import ENDED, HOLDS, OVER, SOON_OVER, Filters
from anju.guarantees.views.within import LIMIT, places, tabs
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

TONES = {HOLDS: "ok", SOON_OVER: "soon", OVER: "late", ENDED: "idle"}
SORTS = {"since": ("valid_from", "id"), "last": ("last", "id")}


def words() -> dict[str, str]:
    """How each state is said."""
    return {HOLDS: _("期限内"), SOON_OVER: _("30 天内到期"), OVER: _("已到期"), ENDED: _("已结束")}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The ways asked for, the latest first; sorted by the last day on demand."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    counts = queries.counts(user, filters, today)
    sort = request.GET.get("sort", "-since")
    order: tuple[str, ...] = SORTS.get(sort.lstrip("-"), SORTS["since"])
    if sort.startswith("-") or sort.lstrip("-") not in SORTS:
        order = tuple(f"-{name}" for name in order)
    found = queries.listing(user, filters, today).select_related("household")
    page = paging.page(found, order=order, asked=request.GET, limit=LIMIT, total=counts[filters.state])
    keys = [way.household_id for way in page.rows]
    heads, grades, where, said = appraisals.heads(keys), appraisals.open_grades(keys), places(way.area for way in page.rows), words()
    context = {
        "page": page,
        "lines": [
            {
                "way": way,
                "route": _(ROUTES[way.route].name),
                "counts_as": _(CATEGORY_NAMES[ROUTES[way.route].category]),
                "head": heads.get(way.household_id, ""),
                "grade": grades.get(way.household_id, ""),
                "place": where.get(way.area, way.area),
                "tone": TONES[queries.state_of(way, today)],
                "state": said[queries.state_of(way, today)],
                "counted": way.until if way.valid_to is None else None,
            }
            for way in page.rows
        ],
        "counts": counts,
        "chips": [
            {"label": label, "count": counts[state], "url": query(request, state=state or None), "on": filters.state == state}
            for state, label in {"": _("全部"), **said}.items()
        ],
        "tabs": tabs("list"),
        "headings": _headings(),
        "filters": filters,
        "filtered": filters.narrowed or filters.state or filters.area != area,
        "routes": [(label, [*some, *_by_works(label)]) for label, some in routes()],
        "categories": [(one.value, _(CATEGORY_NAMES[one])) for one in (Category.RENOVATED, Category.GUARANTEED)],
        "places": divisions.children(area),
        "sort": request.GET.get("sort", ""),
    }
    return render(request, "guarantees/list.html", context)


def _by_works(label: str) -> list[tuple[str, str]]:
    """The ways of a category that a finished case writes."""
    return [(one.code, _(one.name)) for one in ROUTES.values() if one.works and _(CATEGORY_NAMES[one.category]) == label]


def _headings() -> list[dict[str, Any]]:
    return [
        *(
            {"title": _("户主")},
            {"title": _("户编号")},
            {"title": _("住址")},
            {"title": _("现等级"), "align": "c"},
            {"title": _("保障途径")},
        ),
        *({"title": _("计入")}, {"title": _("提供人")}, {"title": _("佐证材料")}, {"title": _("入住"), "key": "since", "sort": True}),
        *({"title": _("最后一天"), "key": "last", "sort": True}, {"title": _("状态")}),
    ]
