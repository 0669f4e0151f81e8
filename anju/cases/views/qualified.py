"""应改尽改: who qualifies and is in no plan, with why and who has to act; one click begins the applications; the same by area."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anju import clock, paging
from anju.accounts.asking import query, ticked, user_of, why_not
from anju.accounts.lately import lately
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.appraisals.queries.household import heads, open_grades
from anju.cases import actions, qualified
from anju.cases.forms import DayForm
from anju.cases.planning_words import groups, states
from anju.cases.qualified import Filters
from anju.cases.views.within import LIMIT, letter, places, shorts, tabs
from anju.divisions import queries as divisions
from anju.refusing import Refused
from anju.registry.models import Household
from anju.vocabulary import division

MOST = 500


def opened(**asked: str) -> str:
    """The address of the very households a figure counts."""
    return f"{reverse('cases:qualified')}?{urlencode(asked)}"


@require_safe
def households(request: HttpRequest) -> HttpResponse:
    """The households asked for, with why they are in no plan."""
    return _page(request, DayForm(), {}, [])


@require_http_methods(["POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """受理所选各户的申请, many in one act; those refused come back with why."""
    user = user_of(request)
    if not user.may(Power.CASE_APPLY):
        raise PermissionDenied(_("您的角色不办理“%(what)s”：%(why)s。") % {"what": _("受理申请"), "why": why_not(user, Power.CASE_APPLY)})
    picked = ticked(request.POST, "household", most=MOST)
    form = DayForm(request.POST)
    chosen_ones = {one.pk: one for one in scope(user, Household.objects.filter(number__in=picked))}
    if not form.is_valid() or not chosen_ones:
        form.add_error(None, _("还没有选任何一户。")) if not chosen_ones else None
        return _page(request, form, {}, picked, status=422)
    try:
        applications = [actions.Application(household=key, on=form.cleaned_data["on"]) for key in chosen_ones]
        said = actions.apply_many(applications=applications, by=user)
        refused = {applications[at].household: why for at, why in said.items()}
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return _page(request, form, {}, picked, status=422)
    if count := len(chosen_ones) - len(refused):
        messages.success(request, _("已受理 %d 户，接下来由村里评议。") % count)
    if not refused:
        return redirect("cases:qualified")
    form.add_error(None, _("%(count)d 户没有办成，原因写在各户下面；其余的已办。") % {"count": len(refused)})
    return _page(
        request, form, {key: one.message for key, one in refused.items()}, [chosen_ones[key].number for key in refused], status=422
    )


def _page(request: HttpRequest, form: DayForm, refused: Mapping[int, str], picked: list[str], *, status: int = 200) -> HttpResponse:
    user, today, area = user_of(request), clock.today(), chosen(request)
    filters = Filters.of(request.GET.dict(), area)
    stood = _places(request, user, filters.area, filters.grade, filters.group)
    counts = qualified.summed(stood, whole=filters.area).get(filters.area, {})
    if refused:
        found = qualified.listed(user, filters, today).filter(pk__in=refused)
        page = paging.page(found, order=qualified.ORDER, asked=request.GET, limit=LIMIT, total=found.count())
        stands = qualified.states_of(user, page.rows, today)
    else:
        if filters.q:
            stood = qualified.places(user, filters.area, today, grade=filters.grade, group=filters.group, q=filters.q)
        page, stands = qualified.page(user, filters, today, stood, asked=request.GET, limit=LIMIT)
    rows = _lines(page.rows, stands, refused, picked)
    context = {
        "page": page,
        "lines": rows,
        "form": form,
        "tiles": _tiles(counts, filters.area, area),
        "chips": _chips(request, counts, filters),
        "filters": filters,
        "filtered": filters != Filters(filters.area) or filters.area != area,
        "grades": [("C", _("C 级")), ("D", _("D 级")), ("none", _("无房"))],
        "groups": shorts().items(),
        "places": divisions.children(area),
        "may": user.may(Power.CASE_APPLY) and any(row["applies"] for row in rows),
        "asked": request.GET.urlencode(),
        "tabs": tabs("qualified"),
        "headings": [
            *(
                {"title": _("户主")},
                {"title": _("户编号")},
                {"title": _("住址")},
                {"title": _("等级"), "align": "c"},
                {"title": _("对象类别")},
            ),
            *({"title": _("情况")}, {"title": _("原因")}, {"title": _("由谁办")}),
        ],
    }
    return render(request, "cases/qualified.html", context, status=status)


def _places(request: HttpRequest, user: User, area: str, grade: str = "", group: str = "") -> qualified.Places:
    """Where the households are and how they stand, counted not long ago."""
    return lately(
        f"qualified:{grade}:{group}", request, user, area, lambda: qualified.places(user, area, clock.today(), grade=grade, group=group)
    )


def _lines(rows: list[Household], stands: Mapping[int, str], refused: Mapping[int, str], picked: list[str]) -> list[dict[str, Any]]:
    """Rows of the table: who, where, how dangerous, where it stands, why, who has to act."""
    keys, said, names = [one.pk for one in rows], states(), shorts()
    head, where, grades, why = heads(keys), places(one.area for one in rows), open_grades(keys), qualified.reasons(stands)
    return [
        {
            "household": one,
            "head": head.get(one.pk, ""),
            "place": where.get(one.area, one.area),
            "grade": letter(grades.get(one.pk, "none")),
            "groups": _("、").join(names.get(code, code) for code in one.groups.split("+") if code),
            "state": said[state][0],
            "tone": said[state][1],
            "who": said[state][2],
            "what": said[state][3],
            "why": why.get(one.pk),
            "applies": state in qualified.MAY_APPLY,
            "refused": refused.get(one.pk, ""),
            "picked": one.number in picked,
        }
        for one in rows
        if (state := stands.get(one.pk, ""))
    ]


def _tiles(counts: Mapping[str, int], place: str, area: str) -> list[dict[str, Any]]:
    within = {"area": place} if place != area else {}
    found = []
    for key, label in groups().items():
        value = sum(counts.get(one, 0) for one in (qualified.GROUPS[key] if key else qualified.STATES))
        tone = ("late" if value else "ok") if key == "missing" else ""
        found.append({"label": label, "value": value, "url": opened(state=key, **within), "tone": tone})
    return found


def _chips(request: HttpRequest, counts: Mapping[str, int], filters: Filters) -> list[dict[str, Any]]:
    said, several = states(), groups()
    shown = [one for one in (qualified.GROUPS.get(filters.state) or qualified.STATES) if counts.get(one)]
    if filters.state in qualified.STATES:
        shown = [one for one in qualified.STATES if counts.get(one) or one == filters.state]
    kept = filters.state if filters.state in several else "missing"
    every = {"label": several[kept], "count": sum(counts.get(one, 0) for one in (qualified.GROUPS.get(kept) or qualified.STATES))}
    first = {**every, "url": query(request, state=kept) if kept else f"{query(request, state=None)}&state=", "on": filters.state == kept}
    return [
        first,
        *(
            {"label": said[one][0], "count": counts.get(one, 0), "url": query(request, state=one), "on": filters.state == one}
            for one in shown
        ),
    ]


@require_safe
def by_area(request: HttpRequest) -> HttpResponse:
    """The same by the areas right below; every number opens its households."""
    user, today, area = user_of(request), clock.today(), chosen(request)
    found = qualified.summed(_places(request, user, area), division.below(area))
    names = divisions.short_names(found)
    said, shown = states(), [one for one in qualified.STATES if any(one in states_ for states_ in found.values())]
    context = {
        "rows": [{"name": names.get(code, code), **_figures(states_, shown, code)} for code, states_ in found.items()],
        "sum": _figures(qualified.summed(found).get("", {}), shown, area),
        "shown": [said[one][0] for one in shown],
        "where": divisions.short_names([area]).get(area, area) or _("全国"),
        "area": area,
        "today": today,
        "tabs": tabs("qualified"),
    }
    return render(request, "cases/qualified_areas.html", context)


def _figures(counts: Mapping[str, int], shown: list[str], area: str) -> dict[str, Any]:
    missing = qualified.lacking(counts)
    stock = sum(counts.values())
    return {
        "url": opened(area=area, state=""),
        "stock": stock,
        "missing": missing,
        "missing_url": opened(area=area),
        "going": counts.get(qualified.GOING, 0),
        "figures": [
            {"value": counts.get(one, 0), "url": opened(area=area, state=one), "tone": "late" if one in qualified.MISSING else ""}
            for one in shown
        ],
    }
