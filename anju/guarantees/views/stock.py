"""存量锁定: the danger ledger of a day, signed by four departments; what became of its households; its paper."""

from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import Act, attempt, named
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.appraisals.actions import stock as actions
from anju.appraisals.models import Stock, StockEntry
from anju.appraisals.queries import household as appraisals
from anju.divisions import queries as divisions
from anju.guarantees import forms
from anju.guarantees.queries import stock as queries
from anju.guarantees.queries.danger import lists_said, shorts
from anju.guarantees.queries.household import ways_of
from anju.guarantees.queries.stock import LEFT, NO_HOUSE, STRUCK, Count, Filters
from anju.guarantees.views.within import LIMIT, places, tabs, where_of
from anju.vocabulary import division
from anju.vocabulary.keygroup import OFFICE_NAMES, Office
from anju.vocabulary.route import ROUTES

MOST = 200


def stock_of(request: HttpRequest, pk: int) -> Stock:
    """The stock inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), Stock.objects.all())
    return get_object_or_404(found.select_related("made_by__organisation"), pk=pk)


def _state(stock: Stock) -> tuple[str, str]:
    """How a stock stands: tone and word."""
    if stock.voided_at is not None:
        return "late", _("已作废")
    return ("ok", _("已锁定")) if stock.locked_at is not None else ("soon", _("待会签"))


@require_http_methods(["GET", "POST"])
def index(request: HttpRequest) -> HttpResponseBase:
    """The stocks of the area; one is made here."""
    user, area = user_of(request), chosen(request)
    form = forms.MakeForm(request.POST or None)
    if done := attempt(form, actions.make, area=area, by=user):
        messages.success(request, _("已制作，%d 户，请各部门会签。") % done.made.households)
        return redirect("guarantees:stock", done.made.pk)
    found = list(queries.stocks(user, area).prefetch_related("signatures")[:MOST])
    where = divisions.full_names({one.area for one in found})
    rows = []
    for one in found:
        tone, word = _state(one)
        signed = len({signature.office for signature in one.signatures.all()})
        rows.append({"stock": one, "where": where.get(one.area, _("全国")), "tone": tone, "word": word, "signed": signed})
    context = {
        "rows": rows,
        "tabs": tabs("stocks"),
        "form": form,
        "may_make": user.may(Power.STOCK),
        "why_not": why_not(user, Power.STOCK),
        "offices": len(actions.SIGNERS),
        "place": where_of(area) or _("全国"),
    }
    return render(request, "guarantees/stocks.html", context, status=422 if form.errors else 200)


def opened(stock: Stock, area: str = "", **asked: str) -> str:
    """The address of the very entries a figure counts."""
    some = "&".join(f"{name}={value}" for name, value in {"area": area, **asked}.items() if value)
    return reverse("guarantees:stock-households", args=[stock.pk]) + (f"?{some}" if some else "")


def _figures(stock: Stock, count: Count, area: str) -> list[dict[str, Any]]:
    locked = stock.locked_at is not None
    named: list[tuple[str, int, dict[str, str], str]] = [
        (_("台账户数"), count.households, {}, ""),
        (_("C 级"), count.c, {"grade": "C"}, ""),
        (_("D 级"), count.d, {"grade": "D"}, ""),
        (_("无房"), count.no_house, {"grade": NO_HOUSE}, ""),
        (_("已有途径"), count.routed, {"state": LEFT, "way": "open"}, ""),
        (_("已销档"), count.struck, {"state": STRUCK}, ""),
        (_("未销档"), count.left, {"state": LEFT}, "soon" if locked and count.left else ""),
    ]
    return [{"label": label, "value": value, "url": opened(stock, area, **asked), "tone": tone} for label, value, asked, tone in named]


ACTS: dict[str, Act] = {
    "sign": Act(gettext_lazy("会签"), django_forms.Form, actions.sign, gettext_lazy("已签字。")),
    "void": Act(gettext_lazy("作废"), forms.VoidForm, actions.void, gettext_lazy("已作废，可以重新制作。"), danger=True),
}


@require_safe
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A stock by area, with its signatures."""
    return _page(request, stock_of(request, pk))


def _signers(stock: Stock) -> list[dict[str, Any]]:
    """Every department that has to sign, with its signature where there is one."""
    signed = {one.office: one for one in stock.signatures.select_related("by")}
    return [{"office": _(OFFICE_NAMES[office]), "signature": signed.get(office.value)} for office in actions.SIGNERS]


def _why_not_sign(stock: Stock, user: User) -> str:
    """Why this person doesn't sign it; "" where they do."""
    if not user.may(Power.LOCK):
        return why_not(user, Power.LOCK)
    kind = user.organisation.kind
    if kind not in actions.SIGNERS:
        return _("由%(names)s会签") % {"names": _("、").join(_(OFFICE_NAMES[one]) for one in actions.SIGNERS)}
    if stock.signatures.filter(office=kind).exists():
        return _("%(office)s已签") % {"office": _(OFFICE_NAMES[Office(kind)])}
    return ""


def _page(request: HttpRequest, stock: Stock, *, tried: str = "", form: django_forms.Form | None = None, status: int = 200) -> HttpResponse:
    user, today = user_of(request), clock.today()
    parts = queries.counts(user, stock, stock.area, today, division.below(stock.area))
    whole = sum(parts.values(), Count(stock.area))
    names = divisions.short_names(parts)
    tone, word = _state(stock)
    may_void = stock.voided_at is None and user.may(Power.STOCK)
    standing = stock.voided_at is None and stock.locked_at is None
    context = {
        "stock": stock,
        "where": where_of(stock.area) or _("全国"),
        "tone": tone,
        "word": word,
        "whole": whole,
        "figures": _figures(stock, whole, ""),
        "rows": [
            {"name": names.get(code, code), "url": opened(stock, code), "figures": _figures(stock, one, code)[1:], "count": one}
            for code, one in parts.items()
        ],
        "signers": _signers(stock),
        "standing": standing,
        "why_not_sign": _why_not_sign(stock, user) if standing else "",
        "office": user.organisation,
        "void": {
            "title": ACTS["void"].title,
            "danger": True,
            "open": tried == "void",
            "url": reverse("guarantees:stock-act", args=[stock.pk, "void"]),
            "form": form if tried == "void" and form is not None else forms.VoidForm(auto_id="void-%s"),
        }
        if may_void
        else None,
        "refused": form.non_field_errors() if form is not None and tried == "sign" else [],
    }
    return render(request, "guarantees/stock.html", context, status=status)


@require_POST
def act(request: HttpRequest, pk: int, do: str) -> HttpResponse:
    """Signs a stock or voids it; what is refused comes back with what was typed."""
    stock = stock_of(request, pk)
    offered = named(ACTS, do)
    form = offered.form(request.POST, auto_id=f"{do}-%s")
    if attempt(form, offered.do, stock=stock, by=user_of(request)):
        messages.success(request, str(offered.said))
        return redirect("guarantees:stock", pk)
    return _page(request, stock_of(request, pk), tried=do, form=form, status=422)


@require_safe
def households(request: HttpRequest, pk: int) -> HttpResponse:
    """The entries of a stock, filtered."""
    stock, user, today = stock_of(request, pk), user_of(request), clock.today()
    filters = Filters.of(request.GET.dict(), stock.area)
    found = queries.entries(user, stock, filters, today)
    page = paging.page(found.select_related("household"), order=("area", "id"), asked=request.GET, limit=LIMIT, total=found.count())
    keys = [one.household_id for one in page.rows]
    heads, grades, ways = appraisals.heads(keys), appraisals.open_grades(keys), ways_of(keys, today)
    where, names = places(one.area for one in page.rows), shorts()
    context = {
        "stock": stock,
        "page": page,
        "lines": [
            {
                "entry": one,
                "household": one.household,
                "head": heads.get(one.household_id, ""),
                "place": where.get(one.area, one.area),
                "now": grades.get(one.household_id, ""),
                "lists": lists_said(one.groups, names),
                "way": ways.get(one.household_id),
                "route": _(ROUTES[ways[one.household_id].route].name) if one.household_id in ways else "",
            }
            for one in page.rows
        ],
        "where": where_of(filters.area) or _("全国"),
        "place": filters.area,
        "filters": filters,
        "filtered": bool(filters.grade or filters.state or filters.way or filters.area != stock.area),
        "places": divisions.children(stock.area),
        "may_strike": user.may(Power.STOCK) and stock.locked_at is not None and stock.voided_at is None,
        "chips": _chips(request, filters),
        "headings": [
            *({"title": _("户主")}, {"title": _("户编号")}, {"title": _("住址")}, {"title": _("存量等级"), "align": "c"}),
            *({"title": _("现等级"), "align": "c"}, {"title": _("对象类别")}, {"title": _("保障途径")}, {"title": _("销档")}),
        ],
    }
    return render(request, "guarantees/stock_households.html", context)


def _chips(request: HttpRequest, filters: Filters) -> list[dict[str, Any]]:
    def chip(label: str, on: bool, **asked: Any) -> dict[str, Any]:
        cleared = {"grade": None, "state": None, "way": None}
        return {"label": label, "count": None, "url": query(request, **{**cleared, **asked}), "on": on}

    return [
        chip(_("全部"), not (filters.grade or filters.state)),
        *(chip(_("%s 级") % one, filters.grade == one, grade=one) for one in ("C", "D")),
        chip(_("无房"), filters.grade == NO_HOUSE, grade=NO_HOUSE),
        chip(_("已有途径"), filters.way == "open", state=LEFT, way="open"),
        chip(_("未销档"), filters.state == LEFT and not filters.way, state=LEFT),
        chip(_("已销档"), filters.state == STRUCK, state=STRUCK),
    ]


@open_to(Power.STOCK)
@require_http_methods(["GET", "POST"])
def strike(request: HttpRequest, pk: int) -> HttpResponseBase:
    """销档: one household is struck from a locked stock, with the ground."""
    user = user_of(request)
    entry = get_object_or_404(scope(user, StockEntry.objects.select_related("stock", "household")), pk=pk)
    form = forms.StrikeForm(request.POST or None)
    if attempt(form, actions.strike, entry=entry, by=user):
        messages.success(request, _("户 %(number)s 已销档。") % {"number": entry.household.number})
        return redirect(opened(entry.stock, entry.area[:12], state=LEFT))
    today, key = clock.today(), entry.household_id
    way = ways_of([key], today).get(key)
    context = {
        "entry": entry,
        "stock": entry.stock,
        "head": appraisals.heads([key]).get(key, ""),
        "where": where_of(entry.area),
        "form": form,
        "now": appraisals.open_grades([key]).get(key, ""),
        "facts": [
            (_("存量等级"), _("%s 级") % entry.grade if entry.grade else _("无房")),
            (_("对象类别"), lists_said(entry.groups, shorts())),
            (_("保障途径"), _(ROUTES[way.route].name) if way else ""),
            (_("已销档"), entry.struck_on.isoformat() if entry.struck_on else ""),
            (_("理由"), entry.struck_why),
        ],
    }
    return render(request, "guarantees/strike.html", context, status=422 if form.errors else 200)


@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The stock as a paper to sign and file: by area, the four departments below."""
    stock, user, today = stock_of(request, pk), user_of(request), clock.today()
    parts = queries.counts(user, stock, stock.area, today, division.below(stock.area))
    names = divisions.short_names(parts)
    context = {
        "stock": stock,
        "where": where_of(stock.area) or _("全国"),
        "rows": [{"name": names.get(code, code), "count": one} for code, one in parts.items()],
        "whole": sum(parts.values(), Count(stock.area)),
        "signers": _signers(stock),
    }
    return render(request, "guarantees/stock_paper.html", context)
