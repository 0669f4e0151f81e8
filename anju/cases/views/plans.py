"""年度计划: an area's task of a year with the day of every step, what the levels above and below want, and how far the areas right below are."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.models import User
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.cases import actions, planning, planning_forms, qualified, quotas
from anju.cases.actions.planning import above
from anju.cases.models import AnnualPlan, PlanChange
from anju.cases.planning import Done
from anju.cases.planning_words import named, parts
from anju.cases.views.within import LIMIT, lines, tabs
from anju.divisions import queries as divisions
from anju.policy.values.programme import STEPS
from anju.refusing import Refused
from anju.vocabulary import division

MOST_CHANGES = 12


def opened(area: str, year: int, part: str) -> str:
    """The address of the very cases a figure counts."""
    return f"{reverse('cases:plans-cases')}?{urlencode({'area': area, 'year': str(year), 'part': part})}"


def place_asked(request: HttpRequest) -> str:
    """The area an address asks for, inside the one looked at."""
    area, asked = chosen(request), request.GET.get("area", "")[:15]
    return division.stem(asked) if asked.isdecimal() and division.contains(area, asked) else area


def year_asked(request: HttpRequest) -> int:
    """The year an address asks for; else the present one."""
    return planning.year_of(request.GET.get("year", ""), clock.today())


@require_http_methods(["GET", "POST"])
def plans(request: HttpRequest) -> HttpResponse:
    """The year's tasks; made again for the same year and area, one is corrected."""
    user, area, year, today = user_of(request), place_asked(request), year_asked(request), clock.today()
    form = _form(request, user, year)
    if request.method == "POST" and (done := attempt(form, actions.make_plan, by=user)):
        messages.success(request, _("已录入 %(year)d 年计划，%(count)d 户。") % {"year": done.made.year, "count": done.made.households})
        return redirect(f"{reverse('cases:plans')}?year={done.made.year}")
    told = planning.plans_of(area, year)
    own = told.get(area)
    rows = _rows(user, area, year, today, told)
    whole = planning.total(area, (row["done"] for row in rows))
    stood = qualified.summed({row["code"]: row["stood"] for row in rows}).get("", {})
    steps = planning.beside(area, told, year, whole.reached)
    names = named(
        [*told, *(code for one in steps for code, _day in (*one.above, *one.earlier_below)), *(one.holds.area for one in steps), area]
    )
    years = sorted({*planning.years_of(area), today.year, year}, reverse=True)
    below = sum(row["plan"].households for row in rows if row["plan"])
    context = {
        "area": area,
        "where": names.get(area, area),
        "up": division.parent(area) if area != chosen(request) else None,
        "year": year,
        "now": year == today.year,
        "years": [{"label": str(one), "url": query(request, year=one), "on": one == year, "count": None} for one in years[:6]],
        "own": own,
        "tiles": _tiles(area, year, own, whole, stood, now=year == today.year),
        "steps": [_step(one, names, today, whole, own) | {"url": opened(area, year, _PART_OF[one.holds.step])} for one in steps],
        "rows": rows,
        "whole": whole,
        "sum": _figures(whole, area, year, own),
        "stock": sum(stood.values()),
        "missing": qualified.lacking(stood),
        "below": below,
        "handed": any(row["plan"] for row in rows),
        "difference": below - own.households if own else 0,
        "changes": _changes(user, own),
        "form": form,
        "may": user.may(Power.CASE_PLAN),
        "may_hand": user.may(Power.CASE_PLAN) and area == division.stem(user.area) and own is not None and len(area) < planning.LAST_LEVEL,
        "why_not": why_not(user, Power.CASE_PLAN),
        "today": today,
        "tabs": tabs("plans"),
    }
    return render(request, "cases/plans.html", context, status=422 if form.errors else 200)


def _form(request: HttpRequest, user: User, year: int) -> planning_forms.PlanForm:
    """The form for one's own level, and for those above it that aren't on the system; filled with what stands."""
    own = division.stem(user.area)
    codes = [own, *above(own)] if user.may(Power.CASE_PLAN) else [own]
    names = named(codes)
    places = [(code, names.get(code, code) if code == own else _("%s（上级下达）") % names.get(code, code)) for code in codes]
    plan = AnnualPlan.objects.filter(area=own, year=year).first()
    initial: dict[str, Any] = {"year": year}
    if plan is not None:
        initial |= {name: getattr(plan, name) for name in ("households", "start_due", "complete_due", "document")} | plan.days
    return planning_forms.PlanForm(request.POST if request.method == "POST" else None, places=places, initial=initial)


def _rows(user: User, area: str, year: int, today: date, told: Mapping[str, AnnualPlan]) -> list[dict[str, Any]]:
    """The areas right below with their tasks and how far they are; those in which there is anything, and all that have a task."""
    digits = division.below(area)
    found = planning.done(user, area, year, today, told, digits=digits)
    stood = qualified.counts(user, area, today, digits=digits) if year == today.year else {}
    codes = [*divisions.children(area).values_list("code", flat=True)]
    codes += sorted({*found, *stood, *(code for code in told if division.parent(code) == area)} - set(codes))
    names = named(codes)
    rows = []
    for code in codes:
        plan, done, states = told.get(code) if code != area else None, found.get(code, Done(code)), stood.get(code, {})
        if plan is None and code not in found and not states and len(code) > planning.LAST_LEVEL:
            continue
        rows.append(
            {
                "code": code,
                "name": names.get(code, code),
                "url": query_of(code, year) if code != area else "",
                "plan": plan,
                "done": done,
                "stood": states,
                "stock": sum(states.values()),
                "missing": qualified.lacking(states),
                "figures": _figures(done, code, year, plan),
                "bar": [
                    (done.completed, "ok"),
                    (max(0, done.started - done.completed), "doing"),
                    (max(0, done.approved - done.started), "pale"),
                ],
                "bar_of": max(plan.households if plan else 0, done.approved),
                "bar_said": _("竣工 %(done)d，在建 %(going)d，未开工 %(left)d")
                % {"done": done.completed, "going": max(0, done.started - done.completed), "left": max(0, done.approved - done.started)},
                "due": next((one.day for one in planning.schedule(code, told, year) if one.step == planning.COMPLETION), None),
                "earlier": plan is not None and area in told and plan.complete_due < told[area].complete_due,
            }
        )
    return rows


def query_of(area: str, year: int) -> str:
    """The page of an area's plan."""
    return f"{reverse('cases:plans')}?{urlencode({'area': area, 'year': str(year)})}"


def _figures(done: Done, area: str, year: int, plan: AnnualPlan | None) -> dict[str, Any]:
    """Every number of an area with the cases it opens; the rates of its task."""
    task = plan.households if plan else 0
    return {
        part: {"value": getattr(done, part), "url": opened(area, year, part) if getattr(done, part) else "", "of": task}
        for part in planning.PARTS
    }


def _tiles(area: str, year: int, own: AnnualPlan | None, whole: Done, stood: Mapping[str, int], *, now: bool) -> list[dict[str, Any]]:
    """Stock → plan → approved → begun → completed, and what is late."""
    task = own.households if own else None
    missing = qualified.lacking(stood)
    found = []
    if now:
        found += [
            {
                "label": _("存量"),
                "value": sum(stood.values()),
                "url": f"{reverse('cases:qualified')}?area={area}&state=",
                "tone": "",
                "of": None,
            },
            {
                "label": _("应改未改"),
                "value": missing,
                "url": f"{reverse('cases:qualified')}?area={area}",
                "tone": "late" if missing else "ok",
                "of": None,
            },
        ]
    found.append({"label": _("任务"), "value": task, "url": "", "tone": "", "of": None})
    for part in ("approved", "started", "completed"):
        found.append(
            {"label": parts()[part], "value": getattr(whole, part), "url": opened(area, year, part), "of": task or None, "tone": ""}
        )
    for part in [one for one in ("late_start", "late_completion") if getattr(whole, one)] or ["late_completion"]:
        value = getattr(whole, part)
        found.append({"label": parts()[part], "value": value, "url": opened(area, year, part), "of": None, "tone": "late" if value else ""})
    return found


_PART_OF = dict(zip(STEPS, ("approved", "surveyed", "prepared", "started", "completed"), strict=True))


def _step(one: planning.Beside, names: Mapping[str, str], today: date, whole: Done, own: AnnualPlan | None) -> dict[str, Any]:
    """A step as the table says it: the day that holds, who set it, the days above, who below is earlier, how many are there."""
    holds = one.holds
    who = _("倒排") if holds.counted else _("规定") if holds.policy else names.get(holds.area, holds.area)
    task = own.households if own else None
    missing = max(0, (task if task is not None else whole.approved) - (one.reached or 0))
    return {
        "name": _(holds.name),
        "day": holds.day,
        "who": who,
        "source": holds.source,
        "own": one.own,
        "above": [{"name": names.get(code, code), "day": day} for code, day in one.above],
        "below": [{"name": names.get(code, code), "day": day} for code, day in one.earlier_below[:3]],
        "below_more": max(0, len(one.earlier_below) - 3),
        "reached": one.reached,
        "missing": missing if holds.day < today else 0,
        "later": one.own is not None and one.own > holds.day,
    }


def _changes(user: User, plan: AnnualPlan | None) -> list[dict[str, Any]]:
    """What was said of the plan before, the newest first; the request that led to it is opened by the two levels that see it."""
    if plan is None:
        return []
    changes = list(planning.changes_of(plan)[:MOST_CHANGES])
    asked = [one.request_id for one in changes if one.request_id is not None]
    seen = set(quotas.seen(user).filter(pk__in=asked).values_list("pk", flat=True)) if asked else set()
    return [
        {
            "one": change,
            "kind": change.get_kind_display(),
            "said": said_of(change),
            "office": change.office.name,
            "request": change.request_id if change.request_id in seen else None,
        }
        for change in changes
    ]


def said_of(change: PlanChange) -> list[str]:
    """From what to what, for everything that changed."""
    labels = {"households": _("任务户数"), **{step: _("%s期限") % _(name) for step, name in STEPS.items()}, "document": _("文号")}
    told = []
    for name, label in labels.items():
        before, after = change.before.get(name), change.after.get(name)
        if before != after:
            words = {"label": label, "from": before or "—", "to": after or "—"}
            told.append(_("%(label)s %(from)s → %(to)s") % words if change.before else _("%(label)s %(to)s") % words)
    return told


# ------------------------------------------------------------------------------------------------ the cases behind a number


@require_safe
def counted(request: HttpRequest) -> HttpResponse:
    """The very cases that a figure of a plan counts."""
    user, area, year, today = user_of(request), place_asked(request), year_asked(request), clock.today()
    part = request.GET.get("part", "approved")
    if part not in planning.PARTS:
        raise Http404
    found = planning.counted(user, area, year, today, part).select_related("household")
    order = ("area", "number")
    page = paging.page(found, order=order, asked=request.GET, limit=LIMIT, total=found.count())
    told = planning.plans_of(area, year)
    due = {one.area[:9]: {step.step: step.day for step in planning.schedule(one.area[:9], told, year)} for one in page.rows}
    rows = lines(page.rows, today)
    for row in rows:
        days = due.get(row["case"].area[:9], {})
        row["start_due"], row["complete_due"] = days.get(planning.START), days.get(planning.COMPLETION)
        row["late_start"] = _late(row["case"].started_on, row["start_due"], today)
        row["late_completion"] = _late(row["case"].completed_on, row["complete_due"], today)
    said = parts()
    context = {
        "page": page,
        "lines": rows,
        "area": area,
        "where": named([area]).get(area, area),
        "year": year,
        "part": part,
        "said": said[part],
        "back": query_of(area, year),
        "chips": [{"label": label, "count": None, "url": query(request, part=one), "on": one == part} for one, label in said.items()],
        "places": divisions.children(area),
        "tabs": tabs("plans"),
        "headings": [
            *({"title": _("户主")}, {"title": _("编号")}, {"title": _("住址")}, {"title": _("等级"), "align": "c"}, {"title": _("阶段")}),
            *({"title": _("批准")}, {"title": _("开工期限")}, {"title": _("开工")}, {"title": _("竣工期限")}, {"title": _("竣工")}),
        ],
    }
    return render(request, "cases/plan_cases.html", context)


def _late(done: date | None, due: date | None, today: date) -> int:
    """How many days later than its day something was done, or by now isn't."""
    return max(0, ((done or today) - due).days) if due is not None else 0


# ------------------------------------------------------------------------------------------------ handing down


@require_http_methods(["GET", "POST"])
def hand_down(request: HttpRequest) -> HttpResponse:
    """分解下达: one row for each area right below; a refusal keeps what was typed."""
    user, year = user_of(request), year_asked(request)
    area = division.stem(user.area)
    if not user.may(Power.CASE_PLAN):
        raise PermissionDenied(_("您的角色不办理“%(what)s”：%(why)s。") % {"what": _("分解下达"), "why": why_not(user, Power.CASE_PLAN)})
    told = planning.plans_of(area, year)
    form = planning_forms.HandDownForm(request.POST if request.method == "POST" else None)
    rows = _shares(request, area, told)
    if request.method == "POST" and form.is_valid():
        made = None
        wrong = [row for row in rows if row["wrong"]]
        if wrong:
            form.add_error(None, _("%d 行看不懂，改正后再下达。") % len(wrong))
        else:
            try:
                made = actions.hand_down(
                    area=area,
                    year=year,
                    shares=[row["share"] for row in rows if row["share"]],
                    by=user,
                    document=form.cleaned_data["document"],
                )
            except Refused as refusal:
                form.add_error(None, refusal.message)
        if made is not None:
            messages.success(request, _("已下达 %(places)d 个地方，合计 %(total)d 户。") % {"places": len(made.plans), "total": made.total})
            return redirect(query_of(area, year))
    own = told.get(area)
    days = {one.step: one for one in planning.schedule(area, told, year)}
    context = {
        "form": form,
        "rows": rows,
        "own": own,
        "area": area,
        "where": named([area]).get(area, area),
        "year": year,
        "start": days.get(planning.START),
        "completion": days.get(planning.COMPLETION),
        "total": sum(row["count"] or 0 for row in rows),
        "back": query_of(area, year),
    }
    return render(request, "cases/hand_down.html", context, status=422 if form.errors else 200)


def _shares(request: HttpRequest, area: str, told: Mapping[str, AnnualPlan]) -> list[dict[str, Any]]:
    """A row for each area right below: what it has, what was typed, and the share that this makes; a row left empty makes none."""
    rows = []
    for place in divisions.children(area):
        plan = told.get(place.code)
        own = planning.own_days(plan) if plan else {}
        typed = {name: request.POST.get(f"{name}-{place.code}", "")[:20] for name in ("households", "start", "completion")}
        row: dict[str, Any] = {"code": place.code, "name": place.short_name, "plan": plan, "wrong": "", "share": None, "count": None}
        if request.method != "POST":
            typed = {
                "households": str(plan.households) if plan else "",
                **{step: own[step].isoformat() if step in own else "" for step in (planning.START, planning.COMPLETION)},
            }
        row |= typed
        try:
            row["count"] = planning_forms.count_typed(typed["households"])
            days = {
                step: day for step in (planning.START, planning.COMPLETION) if (day := planning_forms.day_typed(typed[step])) is not None
            }
        except ValueError as wrong:
            row["wrong"] = str(wrong)
        else:
            if row["count"] is not None:
                row["share"] = actions.Share(area=place.code, households=row["count"], days=days)
        rows.append(row)
    return rows
