"""部门对照: which households stand on which departments' lists, every combination, each opening its households."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from anju import clock
from anju.accounts.scope import chosen
from anju.divisions.models import Division
from anju.registry import queries as registry
from anju.registry.queries import CrossTable
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

_OFFICES = (Office.POVERTY, Office.CIVIL_AFFAIRS, Office.DISABLED_FEDERATION)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The cross table of an area on a day."""
    area = chosen(request)
    asked = request.GET.get("area", "")
    here = asked if asked.isdigit() and division.contains(area, asked) else area
    on = _day(request.GET.get("on", ""))
    table = registry.cross_table(within=here, on=on)
    context: dict[str, Any] = {
        "table": table,
        "listed": table.households - table.without,
        "on": on,
        "today": clock.today(),
        "here": here,
        "area": area,
        "place": Division.objects.filter(pk=here).first(),
        "places": list(
            Division.objects.filter(parent_id=area, valid_to__isnull=True).order_by("code").values_list("code", "short_name")[:400]
        ),
        "offices": [_(OFFICE_NAMES[office]) for office in _OFFICES],
        "office_lines": _office_lines(table, here, on),
        "lines": _lines(table, here, on),
        "each": [
            {"one": one, "url": _households(here, on, on_all=one.code), "first": _households(here, on, primary=one.code)}
            for one in table.categories
            if one.households
        ],
        "none_url": _households(here, on, lists="none"),
        "all_url": _households(here, on),
        "pairs": _pairs(table, here, on),
        "below": _below(table, here, on),
    }
    return render(request, "rosters/cross.html", context)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return clock.today()
    return min(day, clock.today())


def _households(area: str, on: date, **more: str) -> str:
    """The page that lists these households."""
    asked = {"area": area, **more}
    if on != clock.today():
        asked["on"] = on.isoformat()
    return f"{reverse('households:list')}?{urlencode({key: value for key, value in asked.items() if value})}"


def _office_lines(table: CrossTable, area: str, on: date) -> list[dict[str, Any]]:
    """Every combination of the three departments, those on most lists first; what other offices keep isn't counted here."""
    counted: dict[tuple[bool, ...], int] = {}
    keys: dict[tuple[bool, ...], str] = {}
    for one in table.offices:
        on_lists = tuple(office.value in one.offices for office in _OFFICES)
        counted[on_lists] = counted.get(on_lists, 0) + one.households
        keys[on_lists] = one.key
    combinations = sorted(
        ((a, b, c) for a in (True, False) for b in (True, False) for c in (True, False)),
        key=lambda on_lists: (-sum(on_lists), [not one for one in on_lists]),
    )
    return [
        {
            "on": on_lists,
            "count": counted.get(on_lists, 0),
            "url": _households(area, on, offices=keys.get(on_lists, "") or "none") if counted.get(on_lists) else "",
        }
        for on_lists in combinations
        if any(on_lists)
    ]


def _lines(table: CrossTable, area: str, on: date) -> list[dict[str, Any]]:
    """Every combination of categories there is, largest first."""
    there = [one for one in table.categories if one.households]
    return [
        {
            "on": [one.code in line.codes for one in there],
            "count": line.households,
            "shorts": line.shorts,
            "url": _households(area, on, lists=line.key),
        }
        for line in table.combinations
    ]


def _pairs(table: CrossTable, area: str, on: date) -> list[dict[str, Any]]:
    """List against list: the households on both."""
    there = [one for one in table.categories if one.households]
    lines = []
    for row in there:
        cells = []
        for column in there:
            same = row.code == column.code
            count = row.households if same else table.both.get((row.code, column.code), 0)
            cells.append(
                {"count": count, "same": same, "url": _households(area, on, on_all=row.code if same else f"{row.code}+{column.code}")}
            )
        lines.append({"label": row.short, "cells": cells})
    return lines


def _below(table: CrossTable, area: str, on: date) -> list[dict[str, Any]]:
    """The places one step down with their households by list."""
    level = division.level(area) if area else Level.NATION
    if level >= Level.VILLAGE:
        return []
    step = Level(level + 1)
    counts = registry.counts_by_division(within=area, level=step, on=on)
    names = dict(Division.objects.filter(code__in=[one.area for one in counts]).values_list("code", "short_name"))
    there = [one.code for one in table.categories if one.households]
    return [
        {
            "one": one,
            "name": names.get(one.area, one.area),
            "url": _households(one.area, on),
            "none": _households(one.area, on, lists="none"),
            "counts": [{"count": one.groups.get(code, 0), "url": _households(one.area, on, on_all=code)} for code in there],
        }
        for one in counts
    ]
