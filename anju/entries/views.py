"""上级系统录入: how far each national system is, which households are still to be entered, and marking those that were."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anju import clock, paging
from anju.accounts.asking import query, user_of
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.entries import actions, queries
from anju.entries.fields import unfilled
from anju.entries.forms import MarkForm
from anju.entries.layouts import LAYOUTS
from anju.entries.models import SystemEntry
from anju.entries.refusal import Refused
from anju.entries.systems import SYSTEMS
from anju.vocabulary import division

LIMIT = 50
_SHOWN_LEFT = 200


def _system(request: HttpRequest) -> str:
    asked = request.GET.get("system", "")
    return asked if asked in SYSTEMS else SystemEntry.System.SAFETY


def _area(request: HttpRequest) -> str:
    """The place asked for inside the one looked at."""
    asked = request.GET.get("area", "")
    return asked if asked and division.contains(chosen(request), asked) else chosen(request)


def _states(request: HttpRequest, tally: queries.Tally) -> list[dict[str, Any]]:
    counts = {queries.OPEN: tally.open, SystemEntry.State.ENTERED: tally.entered, SystemEntry.State.RETURNED: tally.returned}
    asked = request.GET.get("state", "")
    return [
        {"label": _("应录入"), "count": tally.due, "url": query(request, state=None), "on": asked not in queries.STATES},
        *(
            {"label": label, "count": counts[state], "url": query(request, state=state), "on": asked == state}
            for state, label in ((queries.OPEN, _("未录入")), *SystemEntry.State.choices)
        ),
    ]


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """How far one system is, place by place; every number opens its households."""
    user, system, area = user_of(request), _system(request), _area(request)
    parts = queries.tallies(system, area)
    whole = queries.Tally(area, "", sum(one.due for one in parts), sum(one.entered for one in parts), sum(one.returned for one in parts))
    declared = SYSTEMS[system]
    layout = LAYOUTS[system]
    context = {
        "system": system,
        "title": SystemEntry.System(system).label,
        "declared": declared,
        "systems": [
            {"label": label, "url": f"?system={code}", "on": code == system, "count": None} for code, label in SystemEntry.System.choices
        ],
        "whole": whole,
        "parts": parts,
        "list": f"{reverse('entries:households')}?system={system}",
        "below": len(area) < 12,
        "may": user.may(Power.ENTER),
        "form": MarkForm(initial={"system": system, "state": SystemEntry.State.ENTERED, "on": clock.today()}),
        "export": f"entries.{system}",
        "empty": [_(one.heading) for one in layout.fields if one.key in unfilled([field.key for field in layout.fields])],
    }
    return render(request, "entries/index.html", context)


@require_GET
def households(request: HttpRequest) -> HttpResponse:
    """The households behind a number."""
    user, system, area = user_of(request), _system(request), _area(request)
    asked = request.GET.get("state", "")
    state = asked if asked in queries.STATES else ""
    tally = queries.tally(system, area)
    counts = {"": tally.due, queries.OPEN: tally.open, SystemEntry.State.ENTERED: tally.entered, SystemEntry.State.RETURNED: tally.returned}
    page = paging.page(
        queries.households(system, area, state), order=("area", "number"), asked=request.GET, limit=LIMIT, total=counts[state]
    )
    context = {
        "system": system,
        "title": SystemEntry.System(system).label,
        "page": page,
        "lines": queries.lines(page.rows, system),
        "states": _states(request, tally),
        "may": user.may(Power.ENTER),
        "form": MarkForm(initial={"system": system, "state": SystemEntry.State.ENTERED, "on": clock.today()}),
        "export": f"entries.{system}",
        "index": f"{reverse('entries:list')}?system={system}",
    }
    return render(request, "entries/households.html", context)


@require_POST
def mark(request: HttpRequest) -> HttpResponse:
    """Numbers pasted: those households were entered, or sent back."""
    form = MarkForm(request.POST)
    if not form.is_valid():
        return render(request, "entries/mark.html", {"form": form}, status=422)
    given = form.cleaned_data
    try:
        done = actions.mark_listed(
            system=given["system"],
            state=given["state"],
            on=given["on"],
            by=user_of(request),
            numbers=given["numbers"],
            result=given["result"],
        )
    except Refused as refusal:
        form.add_error(None, refusal.message)
        return render(request, "entries/mark.html", {"form": form}, status=422)
    label = SystemEntry.State(given["state"]).label
    if done.changed or done.same:
        said = _("%(n)s 户登记为%(state)s") % {"n": f"{done.changed:,}", "state": label}
        messages.success(request, said + (_("，%(n)s 户本来就是") % {"n": f"{done.same:,}"} if done.same else ""))
    if done.left:
        left = "\n".join(number for number, _why in done.left)
        again = MarkForm(initial={**given, "numbers": left})
        context = {"form": again, "left": done.left[:_SHOWN_LEFT], "count": len(done.left)}
        return render(request, "entries/mark.html", context)
    return redirect(f"{reverse('entries:households')}?system={given['system']}&state={given['state']}")


@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """A mark was wrong."""
    entry = get_object_or_404(scope(user_of(request), SystemEntry.objects.all()), pk=pk)
    try:
        actions.withdraw(entry=entry, by=user_of(request), reason=request.POST.get("reason", ""))
        messages.success(request, _("已撤回。"))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('entries:households')}?system={entry.system}")
