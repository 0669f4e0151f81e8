"""问题台账: the problems of the area looked at, and the form with which one is entered."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.models import User
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.divisions import queries as divisions
from anju.problems import queries
from anju.problems.actions import open_problem
from anju.problems.forms import OpenForm
from anju.problems.models import UNFINISHED, Category, Problem, Severity, Source, State
from anju.problems.queries import Filters
from anju.registry.models import Household

LIMIT = 40
SORTS = {"number": ("id",), "found": ("found_on", "id"), "due": ("due_key", "id")}
TONES = {
    State.OPEN: "soon",
    State.RECTIFYING: "doing",
    State.VERIFYING: "soon",
    State.RETURNED: "late",
    State.CLOSED: "ok",
    State.CLUE: "hold",
    State.VOID: "idle",
}
SEVERITY_TONES = {Severity.SERIOUS: "soon", Severity.GRAVE: "late"}


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The ledger: counted by state, filtered, sorted, found by key."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    counts = queries.counts(user, filters.area, today)
    sort = request.GET.get("sort", "-number")
    order: tuple[str, ...] = SORTS.get(sort.lstrip("-"), ("id",))
    if sort.startswith("-") or sort.lstrip("-") not in SORTS:
        order = tuple(f"-{name}" for name in order)
    found = queries.ledger(user, filters, today)
    narrowed = any(getattr(filters, name) for name in ("source", "category", "severity", "household", "mine"))
    total = found.count() if narrowed or filters.state == queries.TO_VERIFY else _known(counts, filters.state)
    page = paging.page(found.select_related("handed_to", "household"), order=order, asked=request.GET, limit=LIMIT, total=total)
    context = {
        "page": page,
        "lines": lines(page.rows, short=len(filters.area) >= 6),
        "counts": counts,
        "headings": _headings(),
        "chips": _chips(request, counts, filters),
        "filters": filters,
        "filtered": narrowed or filters.state or filters.area != area,
        "sources": Source.choices,
        "categories": Category.choices,
        "severities": Severity.choices,
        "places": divisions.children(area),
        "may_open": user.may(Power.PROBLEMS_OPEN),
        "why_not": why_not(user, Power.PROBLEMS_OPEN),
        "rectifies": user.may(Power.PROBLEMS_RECTIFY),
        "sort": request.GET.get("sort", ""),
    }
    return render(request, "problems/list.html", context)


def _known(counts: queries.Counts, state: str) -> int:
    if state == queries.OVERDUE:
        return counts.overdue
    if state == queries.UNFINISHED_ALL:
        return counts.unfinished
    return counts.states[state] if state else counts.total


def lines(rows: list[Problem], *, short: bool = False) -> list[dict[str, Any]]:
    """Rows of a table of problems: where, who has to act, how far; ``short`` leaves the county out of the numbers."""
    names = divisions.short_names({stem for row in rows for stem in (row.area, row.area[:9])})
    return [
        {
            "problem": row,
            "number": row.number[row.number.find("〔") :] if short else row.number,
            "place": "".join(dict.fromkeys(names.get(stem, "") for stem in (row.area[:9], row.area))) or row.area,
            "tone": TONES[State(row.state)],
            "severity": SEVERITY_TONES.get(Severity(row.severity), ""),
            "counted": row.due if row.state in UNFINISHED else None,
        }
        for row in rows
    ]


def _headings() -> list[dict[str, Any]]:
    return [
        {"title": _("编号"), "key": "number", "sort": True},
        {"title": _("问题")},
        {"title": _("类别")},
        {"title": _("发现渠道")},
        {"title": _("所在地")},
        {"title": _("承办单位")},
        {"title": _("发现"), "key": "found", "sort": True},
        {"title": _("期限"), "key": "due", "sort": True},
        {"title": _("状态")},
    ]


def _chips(request: HttpRequest, counts: queries.Counts, filters: Filters) -> list[dict[str, Any]]:
    """States with their counts; each opens its rows."""
    asked = [
        ("", _("全部"), counts.total),
        (queries.UNFINISHED_ALL, _("未销号"), counts.unfinished),
        (queries.OVERDUE, _("逾期"), counts.overdue),
    ]
    asked += [(state.value, str(state.label), counts.states[state]) for state in State if state != State.VOID]
    return [
        {"label": label, "count": count, "url": query(request, state=state or None), "on": filters.state == state}
        for state, label, count in asked
    ]


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """发现登记."""
    user = user_of(request)
    if not user.may(Power.PROBLEMS_OPEN):
        messages.error(request, _("您的角色不登记问题：%s。") % why_not(user, Power.PROBLEMS_OPEN))
        return redirect("problems:list")
    area = chosen(request)
    if request.method == "POST":
        form = OpenForm(request.POST, user=user, area=area)
        if done := attempt(form, open_problem, by=user):
            messages.success(request, _("已登记 %(number)s，接下来交办给承办单位。") % {"number": done.made.number})
            return redirect("problems:show", done.made.pk)
        return render(request, "problems/new.html", {"form": form}, status=422)
    return render(request, "problems/new.html", {"form": OpenForm(user=user, area=area, initial=_given(request, user))})


def _given(request: HttpRequest, user: User) -> dict[str, Any]:
    """What the address already says: the household it is about, the problem that came again."""
    initial: dict[str, Any] = {"on": clock.today(), "area": user.area}
    if household := scope(user, Household.objects.filter(number=request.GET.get("household", ""))).first():
        initial |= {"household": household.number, "area": household.area[:12]}
    earlier = request.GET.get("again", "")
    if earlier.isdecimal() and (problem := scope(user, Problem.objects.select_related("household").filter(pk=int(earlier))).first()):
        initial |= {"recurrence_of": problem.number, "area": problem.area, "category": problem.category, "source": problem.source}
        if problem.household:
            initial["household"] = problem.household.number
    return initial
