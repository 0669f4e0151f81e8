"""排查轮次: the rounds of an area, a new one, one round with its coverage down to the village, and the very households a figure counts."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.appraisals import populations
from anju.appraisals.actions import rounds as actions
from anju.appraisals.field_forms import RoundForm, StaffForm
from anju.appraisals.models import Round, Screening
from anju.appraisals.queries import coverage
from anju.appraisals.queries import household as households
from anju.appraisals.queries import rounds as queries
from anju.appraisals.queries.coverage import Coverage
from anju.appraisals.views.within import places, where_of
from anju.divisions import queries as divisions
from anju.refusing import Refused
from anju.registry.models import Category
from anju.vocabulary import division

LIMIT, ROUNDS = 40, 8
RESULT = Screening.Result
TONES = {RESULT.FINE.value: "ok", RESULT.SUSPECT.value: "late", RESULT.NO_HOUSE.value: "hold", RESULT.ABSENT.value: "soon"}
VILLAGE = 12
"""Digits of a village's code."""


def round_of(request: HttpRequest, pk: int) -> Round:
    """A round that concerns the user's area; others aren't there."""
    return get_object_or_404(queries.rounds(user_of(request).area).select_related("organiser", "opened_by"), pk=pk)


def words() -> dict[str, str]:
    """State of a household in a round → what lists call it."""
    return {
        "": _("全部"), "left": _("未排查"), queries.SEEN: _("已排查"), "fine": _("未见危险"), "suspect": _("疑似危房"), "no_house": _("无房"),
        "absent": _("未能入户"),
    }  # fmt: skip


def whom(round: Round, shorts: dict[str, str]) -> str:
    """Whom a round is about."""
    said = _("、").join(shorts.get(code, code) for code in round.categories) if round.categories else ""
    if round.population:
        years = {"first": round.first_year, "last": round.last_year, "whom": populations.title_of(round.population)}
        said = _("，").join(one for one in (_("%(first)d—%(last)d 年%(whom)s") % years, said) if one)
    return said or _("所有农户")


def shorts() -> dict[str, str]:
    """Category → its short name."""
    return {code: _(short) for code, short in Category.objects.values_list("code", "short")}


# ------------------------------------------------------------------------------------------------ the list


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The rounds that concern the area looked at, the running ones first, each with how far it is there."""
    user, area, today = user_of(request), chosen(request), clock.today()
    state = request.GET.get("state", "") if request.GET.get("state", "") in ("running", "closed") else ""
    every = queries.rounds(area)
    found = {"": every, "running": every.filter(closed_at=None), "closed": every.exclude(closed_at=None)}
    page = paging.page(found[state].select_related("organiser"), order=("-starts_on", "-id"), asked=request.GET, limit=ROUNDS)
    named, far = shorts(), {row.pk: queries.progress(row, area) for row in page.rows}
    where = {"": _("全国"), **divisions.below_county(row.area for row in page.rows)} if page.rows else {}
    context = {
        "page": page,
        "lines": [
            {
                "row": row,
                "where": where.get(row.area, row.area),
                "whom": whom(row, named),
                "far": far[row.pk],
                "late": row.closed_at is None and row.ends_on < today and far[row.pk].left > 0,
                "url": _url(row, area),
            }
            for row in page.rows
        ],
        "chips": [
            {"label": label, "count": found[key].count(), "url": query(request, state=key or None), "on": key == state}
            for key, label in {"": _("全部"), "running": _("进行中"), "closed": _("已结束")}.items()
        ],
        "headings": [
            *({"title": _("轮次")}, {"title": _("类型")}, {"title": _("范围")}, {"title": _("对象")}, {"title": _("起止")}),
            *({"title": _("投入"), "align": "r"}, {"title": _("已排查 / 应排查"), "align": "r"}, {"title": _("完成")}),
            *({"title": _("疑似"), "align": "r"}, {"title": _("状态")}),
        ],
        "may_open": user.may(Power.ORGANISE),
        "why_not": why_not(user, Power.ORGANISE),
    }
    return render(request, "appraisals/rounds.html", context)


def _url(round: Round, area: str) -> str:
    """Where a round is opened: in a village, the village's own page."""
    if len(area) >= VILLAGE:
        return reverse("appraisals:round-village", args=[round.pk, area[:VILLAGE]])
    return reverse("appraisals:round", args=[round.pk])


@open_to(Power.ORGANISE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """A round is opened over the area looked at or a place below it."""
    user, area, today = user_of(request), chosen(request), clock.today()
    choices = [(area, where_of(area)), *((one.code, one.short_name) for one in divisions.children(area))]
    form = RoundForm(request.POST or None, places=choices, initial={"area": area, "starts_on": today})
    if done := attempt(form, actions.open_round, by=user):
        messages.success(request, _("已开展“%s”，村里可以逐户登记了。") % done.made.name)
        return redirect("appraisals:round", done.made.pk)
    return render(request, "appraisals/round_new.html", {"form": form}, status=422 if form.errors else 200)


# ------------------------------------------------------------------------------------------------ one round


def _place(request: HttpRequest, round: Round) -> str:
    """The part of the round looked at: the place asked for, else the area picked in the bar, else the user's own; the first that lies in it."""
    user, asked = user_of(request), request.GET.get("area", "")
    tried = (asked if asked and division.contains(user.area, asked) else chosen(request), chosen(request), user.area)
    return next((found for here in tried if (found := queries.place(round, here)) != division.NOWHERE), division.NOWHERE)


def _opened(round: Round, area: str, state: str = "") -> str:
    """The address of the households that a figure counts."""
    return reverse("appraisals:round-households", args=[round.pk]) + f"?area={area}" + (f"&state={state}" if state else "")


def _parts(one: Coverage) -> list[tuple[int, str]]:
    return [(one.fine, ""), (one.suspect, "late"), (one.no_house, "c4"), (one.absent, "c2")]


def _page(request: HttpRequest, round: Round, *, form: StaffForm | None = None, status: int = 200) -> HttpResponse:
    user, area, today = user_of(request), _place(request, round), clock.today()
    digits = division.below(area)
    below = coverage.coverage(round, within=area, digits=digits)
    whole = sum(below.values(), Coverage(area))
    names = divisions.short_names(below)
    villages = digits == 12
    going = round.closed_at is None
    rows = sorted(below.values(), key=lambda one: (one.left == 0, one.area))
    days = (round.ends_on - today).days
    may = user.may(Power.ORGANISE) and division.contains(user.area, round.area) and going
    context = {
        "round": round,
        "area": area,
        "where": divisions.short_names([area]).get(area, "") or _("全国"),
        "whole": whole,
        "seen": whole.seen,
        "tiles": [
            {
                "label": label,
                "value": getattr(whole, key),
                "url": _opened(round, area, key),
                "tone": "late" if key == "suspect" and whole.suspect else "",
            }
            for key, label in words().items()
            if key in ("fine", "suspect", "no_house", "absent", "left")
        ],
        "seen_url": _opened(round, area, queries.SEEN),
        "all_url": _opened(round, area),
        "level": _("村") if villages else _("地方"),
        "rows": [
            {
                "one": one,
                "name": names.get(one.area, one.area),
                "url": reverse("appraisals:round-village", args=[round.pk, one.area]) if villages else query(request, area=one.area),
                "seen": one.seen,
                "parts": _parts(one),
                "cells": [
                    (getattr(one, key), _opened(round, one.area, key), words()[key], tone)
                    for key, tone in (("fine", ""), ("suspect", "late"), ("no_house", ""), ("absent", ""), ("left", ""))
                ],
                "all_url": _opened(round, one.area),
                "seen_url": _opened(round, one.area, queries.SEEN),
            }
            for one in rows
        ],
        "through": sum(one.left == 0 for one in rows),
        "crumbs": _crumbs(request, round, area, user),
        "facts": [
            (_("类型"), round.get_kind_display()),
            (_("范围"), where_of(round.area) or _("全国")),
            (_("对象"), whom(round, shorts())),
            (_("起止"), f"{round.starts_on.isoformat()} — {round.ends_on.isoformat()}"),
            (_("方式"), _("逐户鉴定") if round.appraise else _("排查")),
            (_("组织单位"), round.organiser.name),
            (_("文号"), round.document),
            (_("干部人次"), f"{round.cadres:,}" if round.cadres else ""),
            (_("专家人次"), f"{round.experts:,}" if round.experts else ""),
        ],
        "papers": queries.papers(round, area).count(),
        "going": going,
        "pace": -(-whole.left // days) if going and days > 0 and whole.left else 0,
        "form": form or StaffForm(initial={"cadres": round.cadres, "experts": round.experts}),
        "tried": form is not None,
        "may": may,
        "left": queries.progress(round, round.area).left if may and area != round.area else whole.left,
    }
    return render(request, "appraisals/round.html", context, status=status)


def _crumbs(request: HttpRequest, round: Round, area: str, user: User) -> list[dict[str, str]]:
    """The places from the round's own (or the user's) down to the one looked at, each opening itself."""
    top = round.area if division.contains(user.area, round.area) else user.area
    return [
        {"title": _("房屋排查"), "url": reverse("appraisals:rounds")},
        *(
            {"title": one.short_name, "url": query(request, area=one.code)}
            for one in divisions.path(area)
            if len(one.code) >= len(top) and one.code != area
        ),
    ]


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A round's page."""
    return _page(request, round_of(request, pk))


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """登记投入, 结束轮次."""
    round, user = round_of(request, pk), user_of(request)
    if do == "close":
        try:
            actions.close_round(round=round, by=user)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            messages.success(request, _("“%s”已结束，不再登记排查结果。") % round.name)
        return redirect("appraisals:round", pk)
    if do != "staff":
        raise Http404
    form = StaffForm(request.POST)
    if attempt(form, actions.staff, round=round, by=user):
        messages.success(request, _("已登记投入。"))
        return redirect("appraisals:round", pk)
    return _page(request, round, form=form, status=422)


@require_safe
def listed(request: HttpRequest, pk: int) -> HttpResponse:
    """The very households a figure counts."""
    round, user = round_of(request, pk), user_of(request)
    area = _place(request, round)
    state = request.GET.get("state", "") if request.GET.get("state", "") in queries.STATES else ""
    tally = coverage.coverage(round, within=area).get(area, Coverage(area))
    counts = {
        "": tally.households,
        queries.SEEN: tally.seen,
        **{key: getattr(tally, key) for key in ("left", *RESULT.values)},
    }
    found = scope(user, queries.households(round, area, state))
    page = paging.page(found, order=("area", "number"), asked=request.GET, limit=LIMIT, total=counts[state])
    heads, grades = households.heads(one.pk for one in page.rows), households.open_grades(one.pk for one in page.rows)
    where, seen = places(one.area for one in page.rows), queries.looks(round, page.rows)
    context = {
        "round": round,
        "area": area,
        "where": where_of(area) or _("全国"),
        "page": page,
        "lines": [
            {
                "household": one,
                "head": heads.get(one.pk, ""),
                "grade": grades.get(one.pk, ""),
                "place": where[one.area],
                "look": seen.get(one.pk),
                "tone": TONES[seen[one.pk].result] if one.pk in seen else "idle",
            }
            for one in page.rows
        ],
        "chips": [
            {"label": label, "count": counts[key], "url": query(request, state=key or None), "on": key == state}
            for key, label in words().items()
        ],
        "headings": [
            *(
                {"title": _("户主")},
                {"title": _("户编号")},
                {"title": _("住址")},
                {"title": _("现等级"), "align": "c"},
                {"title": _("排查结果")},
            ),
            *({"title": _("看到的情况")}, {"title": _("日期")}, {"title": _("排查人")}, {"title": _("处理"), "align": "r"}),
        ],
        "may": user.may(Power.SCREEN) and round.closed_at is None,
    }
    return render(request, "appraisals/round_households.html", context)
