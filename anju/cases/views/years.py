"""历年改造: how many households were renovated in which year, where and how, each number opening them; what is known of one such case."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju import clock
from anju.accounts.asking import query, user_of
from anju.accounts.scope import chosen, scope
from anju.appraisals.models import Appraisal, Screening
from anju.cases import queries
from anju.cases.looking import look
from anju.cases.models import Case, CaseHistory
from anju.cases.views.listing import opened
from anju.cases.views.within import case_of, method_said, shorts, tabs
from anju.cases.workflow import DONE
from anju.cases.years import BY, Support, Tally, summed, supports, tallies
from anju.divisions import queries as divisions
from anju.vocabulary.method import METHODS
from anju.vocabulary.money import yuan

_TONES = ("", "c2", "c3", "c4", "ok", "doing", "late", "pale")


@require_safe
def years(request: HttpRequest) -> HttpResponse:
    """The renovated households by place and year, and by year and method (or group); every number opens the households."""
    user, area = user_of(request), chosen(request)
    groups = shorts()
    method = request.GET.get("method", "") if request.GET.get("method", "") in METHODS else ""
    group = request.GET.get("group", "") if request.GET.get("group", "") in groups else ""
    by = request.GET.get("by", "") if request.GET.get("by", "") in BY else BY[0]
    rows = tallies(user, area, method=method, group=group)
    asked = {"past": queries.RENOVATED, "method": method, "group": group}
    spoken = sorted({one.year for one in rows})
    historic = sum(one.cases for one in rows if one.historic)
    whole = sum(one.cases for one in rows)
    context = {
        "total": whole,
        "tiles": [
            {"label": _("已改造"), "value": whole, "url": opened(**asked)},
            {"label": _("其中历年录入"), "value": historic, "url": opened(**{**asked, "past": queries.HISTORY, "stage": "closed"})},
            {"label": _("其中系统内办理"), "value": whole - historic, "url": ""},
        ],
        "subsidy": Decimal(sum(one.subsidy for one in rows) // 100_000) / 10,
        "years": spoken,
        "places": _places(rows, spoken, asked),
        "sum": _cells(summed(rows, "year"), spoken, {**asked, "area": area}),
        "parts": _parts(rows, by, groups),
        "told": _told(rows, spoken, by, groups, asked),
        "by": [
            {"label": label, "url": query(request, by=None if key == BY[0] else key), "on": key == by}
            for key, label in (("method", _("按改造方式")), ("group", _("按对象类别")))
        ],
        "methods": [(one.code, _(one.name)) for one in METHODS.values()],
        "groups": groups.items(),
        "method": method,
        "group": group,
        "filtered": bool(method or group),
        "area": area,
        "tabs": tabs("years"),
    }
    return render(request, "cases/years.html", context)


def _cells(counts: dict[tuple[object, ...], int], spoken: Sequence[int], asked: dict[str, str], *more: str) -> list[dict[str, Any]]:
    return [
        {"year": year, "value": counts.get((*more, year), 0), "url": opened(**asked, year=str(year)), "label": _("%d 年") % year}
        for year in spoken
    ]


def _places(rows: Sequence[Tally], spoken: Sequence[int], asked: dict[str, str]) -> list[dict[str, Any]]:
    """The places below the one looked at, each with its years."""
    counts, all_of = summed(rows, "place", "year"), summed(rows, "place")
    places = sorted({one.place for one in rows})
    names = divisions.short_names(places)
    return [
        {
            "name": names.get(place, place),
            "url": opened(**asked, area=place),
            "total": all_of[place,],
            "cells": _cells(counts, spoken, {**asked, "area": place}, place),
        }
        for place in places
    ]


def _parts(rows: Sequence[Tally], by: str, groups: dict[str, str]) -> list[dict[str, str]]:
    """The methods or groups that there are, in their order, with the tone each has."""
    there = {getattr(one, by) for one in rows}
    names = {code: _(one.name) for code, one in METHODS.items()} if by == "method" else groups
    known = [code for code in names if code in there]
    return [{"code": code, "name": names[code], "tone": _TONES[at % len(_TONES)]} for at, code in enumerate(known)]


def _told(rows: Sequence[Tally], spoken: Sequence[int], by: str, groups: dict[str, str], asked: dict[str, str]) -> list[dict[str, Any]]:
    """The years, the latest first: how many, by method or group, what was paid."""
    counts, all_of = summed(rows, "year", by), summed(rows, "year")
    parts = _parts(rows, by, groups)
    money: dict[int, int] = {}
    for one in rows:
        money[one.year] = money.get(one.year, 0) + one.subsidy
    most = max(all_of.values(), default=0)
    return [
        {
            "year": year,
            "total": all_of[year,],
            "url": opened(**asked, year=str(year)),
            "most": most,
            "parts": [(counts.get((year, one["code"]), 0), one["tone"]) for one in parts],
            "cells": [
                {
                    "value": counts.get((year, one["code"]), 0),
                    "url": opened(**{**asked, by: one["code"]}, year=str(year)),
                    "label": one["name"],
                }
                for one in parts
            ],
            "subsidy": money[year] // 100,
        }
        for year in reversed(spoken)
    ]


# ------------------------------------------------------------------------------------------------ one case


@require_safe
def history(request: HttpRequest, number: str) -> HttpResponse:
    """What is known of a finished case beside its columns: days and money as the files say, the household's other supports, what was seen of the house since."""
    case = case_of(request, number)
    user, today = user_of(request), clock.today()
    known = CaseHistory.objects.filter(case=case).first()
    ledger = look([case.household_id], today).support.get(case.household_id, [])
    told = supports(queries.of_household(user, case.household_id), ledger)
    context = {
        "case": case,
        "void": case.stage not in DONE,
        "years": _years(case, known) if known else [],
        "money": _money(case, known) if known else [],
        "facts": _facts(known) if known else [],
        "supports": [_support(one, case) for one in told],
        "seen": _seen(request, case),
    }
    return render(request, "cases/_history.html", context)


def _years(case: Case, known: CaseHistory) -> list[dict[str, str]]:
    """The days that were written, the years where only these are known."""
    return [
        {
            "state": "done" if value is not None or other != _("不详") else "",
            "title": title,
            "note": value.isoformat() if value is not None else other,
        }
        for title, value, other in (
            (_("列入计划"), None, _("%d 年") % (case.year or known.completed_year)),
            (_("批准"), case.approved_on, _("不详")),
            (_("开工"), case.started_on, _("不详")),
            (_("竣工"), case.completed_on, _("%d 年") % known.completed_year),
            (_("验收"), known.accepted_on, _("不详")),
            (_("拨付"), known.paid_on, _("不详")),
        )
    ]


def _money(case: Case, known: CaseHistory) -> list[tuple[str, str]]:
    named = (
        *((_("中央补助"), known.central), (_("省级补助"), known.province), (_("市级补助"), known.city), (_("县级补助"), known.county)),
        *((_("补助合计"), case.subsidy), (_("自筹"), known.self_raised), (_("贷款"), known.loan), (_("其他资金"), known.other)),
        (_("总造价"), known.total_cost),
    )
    return [(name, yuan(value)) for name, value in named if value is not None]


def _facts(known: CaseHistory) -> list[tuple[str, str]]:
    said = [
        (_("改造后面积"), f"{known.area_after.normalize():f} ㎡" if known.area_after is not None else ""),
        (_("结构形式"), str(known.get_structure_display()) if known.structure else ""),
        (_("施工方"), known.builder),
        (_("档案号"), known.archive_number),
        (_("备注"), known.note),
    ]
    return [(name, value) for name, value in said if value]


def _support(one: Support, case: Case) -> dict[str, Any]:
    """A support of the household with where it is known from."""
    ledger = _("、").join(f"{entry.kind} {yuan(entry.amount)}" if entry.amount is not None else entry.kind for entry in one.ledger)
    return {
        "year": one.year,
        "case": one.case if one.case is not None and one.case.pk != case.pk else None,
        "here": one.case is not None and one.case.pk == case.pk,
        "method": method_said(one.case.method) if one.case is not None else "",
        "ledger": ledger,
    }


def _seen(request: HttpRequest, case: Case) -> list[dict[str, Any]]:
    """What was seen of the household's house after the works, in rounds and by appraisals, the last first."""
    user, since = user_of(request), case.completed_on or case.ended_on or case.since
    looks = scope(user, Screening.objects.filter(household=case.household_id, superseded_at=None, on__gte=since)).select_related("round")
    papers = scope(user, Appraisal.objects.filter(household=case.household_id, on__gte=since)).exclude(state=Appraisal.State.WITHDRAWN)
    told = [
        {"on": one.on, "title": one.round.name, "kind": one.round.get_kind_display(), "word": one.get_result_display(), "tone": "late" if one.result == Screening.Result.SUSPECT else "ok" if one.result == Screening.Result.FINE else "idle", "grade": "", "paper": None}
        for one in looks.order_by("-on", "-id")[:10]
    ]  # fmt: skip
    told += [
        {"on": one.on, "title": one.number, "kind": one.get_trigger_display(), "word": "", "tone": "", "grade": one.grade, "paper": one}
        for one in papers.order_by("-on", "-id")[:10]
    ]
    return sorted(told, key=lambda one: one["on"], reverse=True)
