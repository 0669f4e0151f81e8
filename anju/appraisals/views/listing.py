"""待鉴定 and 鉴定台账: who waits for an appraisal and why; every paper of the area, filtered and found by key."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope, within
from anju.appraisals.models import Appraisal, Round
from anju.appraisals.queries import appraisal as queries
from anju.appraisals.queries import household as households
from anju.appraisals.queries.appraisal import Filters
from anju.appraisals.views.within import SIGNED_TONES, STATE_TONES, places, tabs
from anju.divisions import queries as divisions
from anju.registry.models import Category, Household
from anju.vocabulary import division

LIMIT = 40
MOST_COUNTED = 10_000
OBJECTION, HAZARD, SUSPECT, GROUP = "objection", "hazard", "suspect", "group"


def _reasons() -> dict[str, str]:
    return {OBJECTION: _("有异议"), HAZARD: _("新增险情"), SUSPECT: _("疑似危房"), GROUP: _("重点对象未鉴定")}


def _waiting(user: User, area: str, today: date) -> dict[str, tuple[Any, tuple[str, ...]]]:
    return {
        OBJECTION: (queries.objections(user, area), ("on", "id")),
        HAZARD: (queries.hazards(user, area), ("due", "id")),
        SUSPECT: (queries.suspects(user, area), ("on", "id")),
        GROUP: (queries.ungraded(user, area, today), ("area", "number")),
    }


@require_safe
def waiting(request: HttpRequest) -> HttpResponse:
    """The households to be appraised, by why."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    asked = request.GET.get("area", "")
    area = asked if asked and division.contains(area, asked) else area
    found = _waiting(user, area, today)
    counts = {why: rows[:MOST_COUNTED].count() for why, (rows, _order) in found.items()}
    why = request.GET.get("why", "")
    if why not in found:
        why = next((one for one, number in counts.items() if number), OBJECTION)
    rows, order = found[why]
    page = paging.page(rows, order=order, asked=request.GET, limit=LIMIT, total=counts[why] if counts[why] < MOST_COUNTED else None)
    context = {
        "page": page,
        "why": why,
        "lines": list(_lines(why, page.rows, today)),
        "chips": [
            {"label": label, "count": counts[key], "url": query(request, why=key), "on": key == why} for key, label in _reasons().items()
        ],
        "tabs": tabs("waiting"),
        "headings": [
            *(
                {"title": _("户主")},
                {"title": _("户编号")},
                {"title": _("住址")},
                {"title": _("现等级"), "align": "c"},
                {"title": _("为什么")},
            ),
            *({"title": _("自")}, {"title": _("期限")}, {"title": _("处理"), "align": "r"}),
        ],
        "places": divisions.children(chosen(request)),
        "may_appraise": user.may(Power.APPRAISE),
        "most": MOST_COUNTED,
    }
    return render(request, "appraisals/waiting.html", context)


def _lines(why: str, rows: list[Any], today: date) -> Iterator[dict[str, Any]]:
    def household(row: Any) -> Household:
        found: Household = row if why == GROUP else row.appraisal.household if why == OBJECTION else row.household
        return found

    of = {household(row).pk: household(row) for row in rows}
    heads, grades = households.heads(of), households.open_grades(of)
    where = places(one.area for one in of.values())
    shorts = {code: _(short) for code, short in Category.objects.values_list("code", "short")} if why == GROUP else {}
    for row in rows:
        one = household(row)
        yield {
            "household": one,
            "head": heads.get(one.pk, ""),
            "place": where[one.area],
            "grade": grades.get(one.pk, ""),
            "why": _why(why, row, shorts),
            "since": None if why == GROUP else row.on,
            "waited": None if why == GROUP else (today - row.on).days,
            "due": row.due if why == HAZARD else None,
            "paper": row.appraisal if why == OBJECTION else None,
        }


def _why(why: str, row: Any, shorts: dict[str, str]) -> str:
    """What is said of one who waits."""
    if why == GROUP:
        return _("、").join(shorts.get(code, code) for code in row.groups.split("+"))
    if why == HAZARD:
        return f"{row.get_cause_display()} · {row.description}"
    return str(row.reason if why == OBJECTION else row.note or _("排查为疑似危房"))


# ------------------------------------------------------------------------------------------------ the ledger


def _chips(request: HttpRequest, counts: dict[str, int], filters: Filters) -> list[dict[str, Any]]:
    named = {
        "": _("全部"),
        **{letter: _("%s 级") % letter for letter in "ABCD"},
        "unsigned": _("农户未签"),
        "objected": _("有异议"),
        "superseded": _("已替代"),
        "withdrawn": _("已作废"),
    }
    return [
        {"label": label, "count": counts[state], "url": query(request, state=state or None), "on": filters.state == state}
        for state, label in named.items()
    ]


@require_safe
def ledger(request: HttpRequest) -> HttpResponse:
    """Every appraisal of the area, newest first."""
    user, area = user_of(request), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    counts = queries.counts(user, filters.area)
    found = queries.ledger(user, filters)
    total = found.count() if filters.narrowed else counts[filters.state]
    page = paging.page(found.select_related("household"), order=("-on", "-id"), asked=request.GET, limit=LIMIT, total=total)
    heads = households.heads(row.household_id for row in page.rows)
    where = places(row.area for row in page.rows)
    context = {
        "page": page,
        "lines": [_line(row, heads, where) for row in page.rows],
        "chips": _chips(request, counts, filters),
        "tabs": tabs("ledger"),
        "filters": filters,
        "filtered": filters.narrowed or filters.state or filters.area != area,
        "counts": counts,
        "valid": sum(counts[letter] for letter in "ABCD"),
        "dangerous": counts["C"] + counts["D"],
        "headings": [
            *({"title": _("报告编号")}, {"title": _("户主")}, {"title": _("住址")}, {"title": _("等级"), "align": "c"}),
            *({"title": _("日期")}, {"title": _("标准")}, {"title": _("鉴定人")}, {"title": _("为什么")}, {"title": _("农户意见")}),
            {"title": _("状态")},
        ],
        "standards": [("2019", _("2019 导则")), ("2009", _("2009 导则"))],
        "rounds": scope(user, Round.objects.filter(within(area))).order_by("-starts_on")[:40],
        "places": divisions.children(area),
    }
    return render(request, "appraisals/ledger.html", context)


def _line(row: Appraisal, heads: dict[int, str], where: dict[str, str]) -> dict[str, Any]:
    return {
        "row": row,
        "head": heads.get(row.household_id, ""),
        "place": where[row.area],
        "tone": STATE_TONES[Appraisal.State(row.state)],
        "signed_tone": SIGNED_TONES[row.acknowledged],
        "standard": row.standard[:4],
        "appraisers": _("、").join(row.appraisers),
    }
