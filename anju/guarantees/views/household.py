"""How one household is housed: its ways on the household's page, the form that enters or corrects one, a way with its proof."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of, why_not
from anju.accounts.middleware import open_to
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.appraisals.queries import household as appraisals
from anju.appraisals.queries.living import DANGEROUS, worst_home
from anju.evidence import albums
from anju.guarantees import actions, forms
from anju.guarantees.models import Guarantee
from anju.guarantees.queries import history, of
from anju.guarantees.queries.listing import state_of
from anju.guarantees.views.listing import TONES, words
from anju.guarantees.views.within import household_of, way_of, where_of
from anju.kept import kept
from anju.registry.models import Household
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES

PHOTO_KINDS, PHOTO_KIND = "proof,agreement,present,other", "proof"
_FIELDS = ("route", "until", "provider", "relation", "place", "document", "safe_because", "note")


ACTS: dict[str, Act] = {
    "end": Act(gettext_lazy("结束"), forms.EndForm, actions.end, gettext_lazy("已结束。没有别的途径的，请重新安置或重新核验。")),
    "withdraw": Act(gettext_lazy("撤销登记"), forms.WithdrawForm, actions.withdraw, gettext_lazy("已撤销，以前的途径恢复。"), danger=True),
}


def said(way: Guarantee, today: date) -> dict[str, Any]:
    """A way as a line says it: its name, what it counts as, how it stands."""
    route, state = ROUTES[way.route], state_of(way, today)
    return {
        "way": way,
        "name": _(route.name),
        "counts_as": _(CATEGORY_NAMES[route.category]),
        "tone": TONES[state],
        "state": words()[state],
        "due": way.until if way.valid_to is None else None,
    }


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The household's ways, for its page."""
    household, user, today = household_of(request, number), user_of(request), clock.today()
    lines = [said(way, today) for way in history(household)[:6]]
    context = {
        "household": household,
        "lines": lines,
        "missing": worst_home(household.pk, today) in DANGEROUS and of(household, today) is None,
        "may": user.may(Power.GUARANTEE) and household.closed_on is None,
    }
    return render(request, "guarantees/_panel.html", context)


@open_to(Power.GUARANTEE)
@require_http_methods(["GET", "POST"])
def record(request: HttpRequest, number: str) -> HttpResponseBase:
    """A way is entered; what is refused comes back with everything that was typed."""
    household, user = household_of(request, number), user_of(request)
    form = forms.WayForm(request.POST or None, initial={"since": clock.today()})
    album = albums.begun(key=request.POST.get("album", ""), owner=number, by=user)
    if done := attempt(form, actions.record, household=household, by=user, album=album):
        messages.success(request, _("已登记“%s”。") % done.made.get_route_display())
        return redirect("households:page", number)
    return _fill(request, household, form, title=_("登记保障途径"))


@open_to(Power.GUARANTEE)
@require_http_methods(["GET", "POST"])
def correct(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was written of a way is put right, with the reason."""
    way, user = way_of(request, pk), user_of(request)
    form = forms.CorrectForm(request.POST or None, initial={**{name: getattr(way, name) for name in _FIELDS}, "since": way.valid_from})
    album = albums.begun(key=request.POST.get("album", ""), owner=way.household.number, by=user) or way.album
    if done := attempt(form, actions.correct, guarantee=way, by=user, album=album, dwelling=way.dwelling, source=way.source):
        messages.success(request, _("已更正。"))
        return redirect("guarantees:show", done.made.pk)
    return _fill(request, way.household, form, title=_("更正保障途径"), way=way)


def _fill(request: HttpRequest, household: Household, form: django_forms.Form, *, title: str, way: Guarantee | None = None) -> HttpResponse:
    user, today = user_of(request), clock.today()
    held = [said(one, today) for one in history(household) if one.valid_to is None]
    context = {
        "household": household,
        "head": appraisals.heads([household.pk]).get(household.pk, ""),
        "where": where_of(household.area),
        "grade": worst_home(household.pk, today),
        "form": form,
        "title": title,
        "way": way,
        "held": held if way is None else [],
        "begun": albums.begun(key=request.POST.get("album", ""), owner=household.number, by=user),
        "album": way.album if way else None,
        "photo_kinds": PHOTO_KINDS,
        "photo_kind": PHOTO_KIND,
    }
    return render(request, "guarantees/fill.html", context, status=422 if form.errors else 200)


@open_to(Power.GUARANTEE)
@require_POST
def album(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the album for the proof of a way that is being entered."""
    household, user = household_of(request, number), user_of(request)
    made = albums.new(
        area=household.area, title=kept(gettext_lazy("保障途径佐证 %s"), clock.today().isoformat()), owner=household.number, by=user
    )
    context = {"album": made, "form_id": "way", "photo_kinds": PHOTO_KINDS, "photo_kind": PHOTO_KIND}
    return render(request, "evidence/begun.html", context)


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A way with its proof, and what can be done with it."""
    return _page(request, way_of(request, pk))


def _page(
    request: HttpRequest, way: Guarantee, *, tried: str = "", form: django_forms.Form | None = None, status: int = 200
) -> HttpResponse:
    user, today = user_of(request), clock.today()
    standing = way.superseded_at is None and way.valid_to is None
    may = standing and user.may(Power.GUARANTEE)
    context = {
        **said(way, today),
        "household": way.household,
        "head": appraisals.heads([way.household_id]).get(way.household_id, ""),
        "where": where_of(way.area),
        "facts": _facts(way),
        "replaced": way.superseded_at is not None,
        "may": may,
        "why_not": why_not(user, Power.GUARANTEE) if standing else "",
        "photograph": standing and user.may(Power.PHOTOGRAPH),
        "photo_kinds": PHOTO_KINDS,
        "photo_kind": PHOTO_KIND,
        "history": [said(one, today) for one in history(way.household)],
        "offers": _offers(way, tried, form) if may else [],
    }
    return render(request, "guarantees/way.html", context, status=status)


def _facts(way: Guarantee) -> list[tuple[str, Any]]:
    said = [
        (_("户编号"), way.household.number),
        (_("住房由谁提供"), f"{way.provider}（{way.relation}）" if way.relation else way.provider),
        (_("现住址"), way.place),
        (_("佐证材料"), way.document),
        (_("现住房为什么安全"), way.safe_because),
        (_("入住日期"), way.valid_from.isoformat()),
        (_("最后一天"), way.until.isoformat() if way.until else ""),
        (_("结束日期"), way.valid_to.isoformat() if way.valid_to else ""),
        (_("结束或撤销的理由"), way.ended_reason),
        (_("备注"), way.note),
        (_("登记"), f"{way.by.organisation.name} {way.by.name}" if way.by else ""),
    ]
    return [(key, text) for key, text in said if text]


def _offers(way: Guarantee, tried: str, form: django_forms.Form | None) -> list[Mapping[str, Any]]:
    return [
        {
            "title": act.title,
            "danger": act.danger,
            "open": key == tried,
            "url": reverse("guarantees:act", args=[way.pk, key]),
            "form": form if key == tried and form is not None else act.form(auto_id=f"{key}-%s"),
        }
        for key, act in ACTS.items()
    ]


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Ends a way or takes it back; what is refused comes back with what was typed."""
    way = way_of(request, pk)
    offered = named(ACTS, do)
    form = offered.form(request.POST, auto_id=f"{do}-%s")
    if attempt(form, offered.do, guarantee=way, by=user_of(request)):
        messages.success(request, str(offered.said))
        return redirect("households:page", way.household.number)
    return _page(request, way, tried=do, form=form, status=422)
