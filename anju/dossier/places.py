"""Households by place: the tree of divisions and the counties on a map, every count opening its households."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.scope import chosen
from anju.divisions import queries as places
from anju.divisions.queries import Node
from anju.registry import queries
from anju.registry.queries import AreaCount
from anju.vocabulary import division
from anju.vocabulary.division import Level

_BELOW = {0: Level.PROVINCE, 2: Level.PREFECTURE, 4: Level.COUNTY, 6: Level.TOWNSHIP, 9: Level.VILLAGE}
_STEPS = 6


def _asked(request: HttpRequest) -> str:
    """The area asked for inside the one looked at; 404 outside."""
    area = division.stem(request.GET.get("area", "")) or chosen(request)
    if not division.contains(chosen(request), area):
        raise Http404
    return area


def _nodes(area: str) -> list[tuple[Node, AreaCount | None]]:
    """The places below with their counts."""
    level = _BELOW.get(len(area), Level.GROUP)
    counted = {one.area: one for one in queries.counts_by_division(within=area, level=level)}
    below = places.tree(area)
    return [(node, counted.get(node.code)) for node in below]


def _columns(area: str) -> list[tuple[str, str]]:
    table = queries.cross_table(within=area)
    return [(one.code, one.short) for one in table.categories if one.households]


def _rows(area: str, columns: list[tuple[str, str]]) -> list[dict[str, Any]]:
    list_url = reverse("households:list")
    rows = []
    for node, counted in _nodes(area):
        at = f"{list_url}?area={node.code}"
        rows.append(
            {
                "node": node,
                "households": counted.households if counted else 0,
                "url": at,
                "cells": [(counted.groups.get(code, 0) if counted else 0, f"{at}&on_all={code}") for code, _short in columns],
                "without": (counted.without if counted else 0, f"{at}&lists=none"),
                "below": f"{reverse('places:tree')}?area={node.code}&part=1" if node.has_children else "",
            }
        )
    return rows


@require_safe
def tree(request: HttpRequest) -> HttpResponse:
    """行政区划: each place with its households, opened level by level."""
    area = _asked(request)
    top = chosen(request)
    columns = _columns(top)
    context = {"rows": _rows(area, columns), "columns": columns, "depth": len(places.path(area)) - len(places.path(top))}
    if request.GET.get("part"):
        return render(request, "dossier/_places.html", context)
    table = queries.cross_table(within=area)
    of = {one.code: one.households for one in table.categories}
    context |= {
        "place": places.find(area),
        "area": area,
        "table": table,
        "totals": [of[code] for code, _short in columns],
        "tags": sorted({str(tag.label) for found in places.tags(clock.today().year, area).values() for tag in found}),
    }
    return render(request, "dossier/places.html", context)


@require_safe
def chart(request: HttpRequest) -> HttpResponse:
    """区划地图: counties coloured by a count."""
    user = user_of(request)
    area = chosen(request)
    shown = area[:4] if len(area) >= 6 else area
    columns = _columns(area)
    figure = request.GET.get("figure", "")
    if figure not in {code for code, _short in columns}:
        figure = ""
    level = Level.COUNTY if shown else Level.PROVINCE
    counted = queries.counts_by_division(within=area, level=level)
    names = places.short_names([one.area for one in counted])
    values = {one.area: one.groups.get(figure, 0) if figure else one.households for one in counted}
    edges = _edges(list(values.values()))
    label = dict(columns).get(figure, _("在册农户"))
    list_url = reverse("households:list")
    more = f"&on_all={figure}" if figure else ""
    areas = {
        code: {
            "label": names.get(code, code),
            "text": f"{value:,}",
            "step": sum(value >= edge for edge in edges),
            "href": f"{list_url}?area={code}{more}",
            "said": _("%(place)s %(label)s %(count)s 户") % {"place": names.get(code, code), "label": label, "count": f"{value:,}"},
        }
        for code, value in values.items()
    }
    ranked = sorted(counted, key=lambda one: (-values[one.area], one.area))
    low = len(area) >= 6
    context = {
        "shapes": reverse("divisions:boundaries", args=[shown or "all"]),
        "areas": areas,
        "scale": [_short(edge) for edge in edges],
        "label": label,
        "figures": [
            {"label": _("在册农户"), "url": "?", "on": not figure, "count": None},
            *({"label": short, "url": f"?figure={code}", "on": figure == code, "count": None} for code, short in columns),
        ],
        "columns": columns,
        "rows": _rows(area, columns) if low else [],
        "ranked": [
            {
                "name": names.get(one.area, one.area),
                "url": f"{list_url}?area={one.area}",
                "households": one.households,
                "cells": [(one.groups.get(code, 0), f"{list_url}?area={one.area}&on_all={code}") for code, _short in columns],
                "without": (one.without, f"{list_url}?area={one.area}&lists=none"),
            }
            for one in ranked
        ],
        "total": queries.cross_table(within=area),
        "place": places.find(area),
        "outside": low and user.area[:6] != "",
    }
    return render(request, "dossier/map.html", context)


def _short(count: int) -> str:
    """A count that fits under a step of the legend: 6,100, then 1.2万."""
    return f"{count:,}" if count < 10_000 else _("%s万") % f"{count / 10_000:.1f}"


def _edges(values: list[int]) -> list[int]:
    """Six lower edges of equal width from nought to the largest value, rounded so that a legend can say them."""
    largest = max(values, default=0)
    width = max(1, -(-largest // _STEPS))
    magnitude = 10 ** max(0, len(str(width)) - 2)
    width = -(-width // magnitude) * magnitude
    return [width * step for step in range(_STEPS)]
