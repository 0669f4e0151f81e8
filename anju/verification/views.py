"""住房安全有保障核验: the campaign at a glance, the village household by household, the sums that close."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from anju import clock, paging
from anju.accounts.asking import query, user_of, why_not
from anju.accounts.filling import captured, client_id
from anju.accounts.middleware import open_to
from anju.accounts.models import User
from anju.accounts.offering import attempt
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.appraisals.albums import of_house
from anju.divisions import queries as divisions
from anju.divisions.models import Division
from anju.documents import Unprintable
from anju.evidence import albums, store
from anju.evidence.models import Album
from anju.kept import kept
from anju.refusing import Refused
from anju.registry.models import Household, Membership
from anju.verification import actions, queries, sheets
from anju.verification.forms import CampaignForm, ConcludeForm
from anju.verification.models import Campaign, Verification
from anju.verification.queries import Balance
from anju.vocabulary import division
from anju.vocabulary.relation import HEAD
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

LIMIT = 40
CELL = {Category.APPRAISED: "", Category.RENOVATED: "c2", Category.GUARANTEED: "c3", Category.UNGUARANTEED: "late"}
TONE = {Category.APPRAISED: "ok", Category.RENOVATED: "ok", Category.GUARANTEED: "ok", Category.UNGUARANTEED: "late"}
_FIELDS = (
    ("appraised", Category.APPRAISED),
    ("renovated", Category.RENOVATED),
    ("guaranteed", Category.GUARANTEED),
    ("unguaranteed", Category.UNGUARANTEED),
)


def campaign_of(request: HttpRequest, pk: int) -> Campaign:
    """A campaign that concerns the user's area; others aren't there."""
    user = user_of(request)
    return get_object_or_404(queries.campaigns(user.area), pk=pk)


def _place(request: HttpRequest, campaign: Campaign) -> str:
    """The part of the campaign that the user looks at: what both areas share."""
    area = chosen(request)
    return area if division.contains(campaign.area, area) else campaign.area if division.contains(area, campaign.area) else division.NOWHERE


def heads(households: Iterable[Household]) -> dict[int, str]:
    """The head's name of each of these households, by their key."""
    found = Membership.objects.open().filter(household__in=[one.pk for one in households], relation=HEAD).select_related("person")
    return {one.household_id: one.person.name for one in found}


@dataclass(frozen=True)
class Row:
    """An area in the table of a campaign."""

    name: str
    url: str
    line: queries.Line
    parts: list[tuple[int, str]]
    open_url: str
    all_url: str
    on: bool


def _parts(balance: Balance) -> list[tuple[int, str]]:
    return [(balance.appraised, ""), (balance.renovated, "c2"), (balance.guaranteed, "c3"), (balance.unguaranteed, "late")]


def _opened(campaign: Campaign, area: str, category: str = "") -> str:
    asked = f"?area={area}" + (f"&category={category}" if category else "")
    return reverse("verification:households", args=[campaign.pk]) + asked


@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """The campaign of the area looked at: by township, and the villages of one township with a square for each household."""
    user, area = user_of(request), chosen(request)
    found = list(queries.campaigns(area)[:20])
    asked = request.GET.get("campaign", "")
    campaign = next((one for one in found if str(one.pk) == asked), found[0] if found else None)
    context: dict[str, Any] = {"campaign": campaign, "campaigns": found, "may_open": user.may(Power.ORGANISE), "form": CampaignForm()}
    if campaign is None:
        return render(request, "verification/overview.html", context)
    place = _place(request, campaign)
    villages = queries.coverage(campaign, within=place)
    digits = division.below(place)
    lines = queries.folded(villages, digits)
    whole = sum((line.balance for line in lines.values()), Balance(place))
    names = dict(Division.objects.filter(code__in=list(lines)).values_list("code", "short_name"))
    picked = request.GET.get("area", "")
    picked = picked if picked in lines else next((code for code, line in lines.items() if line.balance.open), next(iter(lines), ""))
    context |= {
        "whole": whole,
        "done": whole.households - whole.open,
        "villages": len(villages),
        "through": sum(one.open == 0 for one in villages.values()),
        "figures": [
            {"label": _(CATEGORY_NAMES[category]), "value": getattr(whole, name), "url": _opened(campaign, place, category.value), "cell": CELL[category]}
            for name, category in _FIELDS
        ],
        "open_url": _opened(campaign, place, "open"),
        "all_url": _opened(campaign, place),
        "rows": [
            Row(
                names.get(code, code), query(request, area=code), line, _parts(line.balance), _opened(campaign, code, "open"), _opened(campaign, code),
                code == picked,
            )
            for code, line in lines.items()
        ],
        "picked": names.get(picked, picked),
        "blocks": _blocks(campaign, picked, villages) if picked else [],
        "place": place,
        "stale": queries.stale(place).count(),
        "stale_url": _opened(campaign, place, "stale"),
        "level": _("村") if digits == 12 else _("地方"),
    }  # fmt: skip
    return render(request, "verification/overview.html", context)


def _blocks(campaign: Campaign, picked: str, villages: dict[str, Balance]) -> list[dict[str, Any]]:
    """The first villages of an area, one square a household."""
    shown = [code for code in villages if code.startswith(picked)][:12]
    names = dict(Division.objects.filter(code__in=shown).values_list("code", "short_name"))
    said = {"": ("o", _("未核验")), **{category.value: (CELL[category], _(name)) for category, name in CATEGORY_NAMES.items()}}
    page = reverse("households:page", args=["-"])
    made = []
    for code in shown:
        cells = []
        for number, category in queries.squares(campaign, code, 400):
            tone, words = said[category]
            cells.append({"tone": tone, "url": page.replace("/-/", f"/{number}/"), "title": f"{number} {words}"})
        made.append(
            {
                "code": code,
                "name": names.get(code, code),
                "cells": cells,
                "balance": villages[code],
                "url": reverse("verification:village", args=[campaign.pk, code]),
            }
        )
    return made


@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponseBase:
    """A campaign is opened over the area looked at."""
    user = user_of(request)
    form = CampaignForm(request.POST or None)
    if done := attempt(form, actions.open_campaign, area=chosen(request), by=user):
        messages.success(request, _("核验任务已开展。"))
        return redirect(f"{reverse('verification:overview')}?campaign={done.made.pk}")
    context = {"form": form, "why_not": why_not(user, Power.ORGANISE)}
    return render(request, "verification/new.html", context, status=422 if form.errors else 200)


@require_POST
def close(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The campaign is over."""
    campaign = campaign_of(request, pk)
    try:
        actions.close_campaign(campaign=campaign, by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect(f"{reverse('verification:overview')}?campaign={pk}")


@require_safe
def households(request: HttpRequest, pk: int) -> HttpResponse:
    """The very households a figure counts."""
    campaign, user = campaign_of(request, pk), user_of(request)
    area, category = request.GET.get("area", ""), request.GET.get("category", "")
    if not division.contains(user.area, area):
        area = _place(request, campaign)
    found = scope(user, queries.asked(campaign, within=area, category=category))
    page = paging.page(found, order=("number",), asked=request.GET, limit=LIMIT, total=found.count())
    context = {
        "campaign": campaign,
        "page": page,
        "rows": _rows(page.rows),
        "where": divisions.full_names([area]).get(area, area),
        "chips": [
            {"label": label, "count": None, "url": query(request, category=code), "on": category == code}
            for code, label in (
                ("", _("全部")), *((one.value, _(name)) for one, name in CATEGORY_NAMES.items()), ("open", _("未核验")), ("stale", _("依据已变")),
                *([("photos", _("照片不够"))] if queries.wanted_photos(campaign.area) else []),
            )
        ],
    }  # fmt: skip
    return render(request, "verification/households.html", context)


def _rows(households: Sequence[Household], on: date | None = None) -> list[dict[str, Any]]:
    """Lines of a table of households with the conclusion that holds, or held on a day."""
    held = queries.current(households) if on is None else queries.concluded([one.pk for one in households], on)
    names = heads(households)
    places = divisions.full_names([one.area for one in households])
    return [
        {
            "household": one,
            "head": names.get(one.pk, ""),
            "place": places.get(one.area, one.area),
            "conclusion": held.get(one.pk),
            "tone": TONE[Category(held[one.pk].category)] if one.pk in held else "idle",
            "ground": _ground(held.get(one.pk)),
        }
        for one in households
    ]


def _ground(conclusion: Verification | None) -> str:
    """On what a conclusion rests, in words."""
    if conclusion is None:
        return ""
    if conclusion.category == Category.UNGUARANTEED.value:
        return conclusion.why
    if conclusion.guarantee is not None:
        return _(ROUTES[conclusion.guarantee.route].name) + (f" {conclusion.guarantee.document}" if conclusion.guarantee.document else "")
    if conclusion.appraisal is not None:
        return _("%(grade)s 级鉴定 %(number)s") % {"grade": conclusion.appraisal.grade, "number": conclusion.appraisal.number}
    return ""


def _offer(said: actions.Grounds) -> dict[str, Any]:
    """What the data bear out of a household, to be taken with one tap."""
    supported = said.supported
    if supported is None:
        why = _("现住房鉴定为 %s 级") % said.dangerous.grade if said.dangerous else _("没有鉴定，也没有登记保障途径")
        return {"category": "", "why": why}
    if said.guarantee is not None:
        ground = _(ROUTES[said.guarantee.route].name)
    else:
        assert said.safe is not None
        ground = _("%(day)s 鉴定 %(grade)s 级") % {"day": said.safe.valid_from, "grade": said.safe.grade}
    return {"category": supported.value, "name": _(CATEGORY_NAMES[supported]), "why": ground}


@require_safe
def village(request: HttpRequest, pk: int, code: str) -> HttpResponse:
    """One village household by household: what the data bear out stands beside each and is taken with one tap."""
    campaign, user, today = campaign_of(request, pk), user_of(request), clock.today()
    if not division.contains(user.area, code) or not division.contains(campaign.area, code):
        raise Http404
    left = request.GET.get("show", "open") == "open"
    found = scope(user, queries.in_scope(campaign, within=code, category="open" if left else ""))
    page = paging.page(found, order=("number",), asked=request.GET, limit=LIMIT, total=found.count())
    rows = _rows(page.rows)
    said = actions.grounds_of([row["household"] for row in rows if row["conclusion"] is None], today)
    for row in rows:
        row["offer"] = _offer(said[row["household"].pk]) if row["household"].pk in said else None
    balance = sum(queries.coverage(campaign, within=code).values(), Balance(code))
    context = {
        "campaign": campaign,
        "code": code,
        "where": divisions.full_names([code]).get(code, code),
        "balance": balance,
        "done": balance.households - balance.open,
        "page": page,
        "rows": rows,
        "sheets": balance.households - balance.open,
        "alike": sum(bool(row["offer"] and row["offer"]["category"]) for row in rows),
        "may": user.may(Power.VERIFY) and campaign.closed_at is None,
        "why_not": why_not(user, Power.VERIFY),
        "me": user.name,
        "chips": [
            {"label": _("未核验"), "count": balance.open, "url": query(request, show="open"), "on": left},
            {"label": _("全部"), "count": balance.households, "url": query(request, show="all"), "on": not left},
        ],
    }
    return render(request, "verification/village.html", context)


@require_POST
def alike(request: HttpRequest, pk: int, code: str) -> HttpResponseBase:
    """The ticked households of a village, each with the conclusion its own data bear out; who has none is left."""
    campaign, user, today = campaign_of(request, pk), user_of(request), clock.today()
    if not division.contains(user.area, code) or not division.contains(campaign.area, code):
        raise Http404
    picked = scope(user, queries.in_scope(campaign, within=code, category="open")).filter(number__in=request.POST.getlist("pick"))
    names = [name for name in request.POST.get("verifiers", user.name).replace("，", "、").split("、") if name.strip()]
    chosen_ones = list(picked.order_by("number")[:LIMIT])
    known = actions.grounds_of(chosen_ones, today)
    borne_out = [(one, said) for one in chosen_ones if (said := known[one.pk].supported) is not None]
    findings = [
        actions.Finding(household=one.pk, category=said.value, on=today, verifiers=names, campaign=campaign) for one, said in borne_out
    ]
    refusals = actions.conclude_many(findings=findings, by=user)
    because: dict[str, list[str]] = {}
    for at, refusal in refusals.items():
        because.setdefault(refusal.message, []).append(borne_out[at][0].number)
    for why, numbers in because.items():
        messages.error(request, f"{_('、').join(numbers)}：{why}")
    done = len(borne_out) - len(refusals)
    left = len(chosen_ones) - len(borne_out)
    if done:
        messages.success(request, _("已核验 %d 户，各按本户的依据下了结论。") % done)
    if left:
        messages.warning(request, _("%d 户没有能支持结论的依据，请逐户核验。") % left)
    return redirect("verification:village", pk, code)


def _household(request: HttpRequest, number: str) -> Household:
    return get_object_or_404(scope(user_of(request), Household.objects.all()), number=number)


@require_safe
def panel(request: HttpRequest, number: str) -> HttpResponse:
    """The household's conclusions, for its page."""
    household, user = _household(request, number), user_of(request)
    return render(request, "verification/_panel.html", _panel(household, user))


def _panel(household: Household, user: User, form: ConcludeForm | None = None) -> dict[str, Any]:
    history = (
        queries.photographed(Verification.objects.filter(household=household, superseded_at=None))
        .select_related("appraisal", "guarantee")
        .annotate(photos=Count("album__photos", filter=Q(album__photos__withdrawn_at=None)))
        .order_by("-valid_from", "-id")
    )
    wanted = queries.wanted_photos(household.area)
    offer = _offer(actions.grounds(household, clock.today()))
    unsafe = any(one.valid_to is None and one.category == Category.UNGUARANTEED.value for one in history)
    return {
        "household": household,
        "history": [
            {
                "one": one,
                "tone": TONE[Category(one.category)],
                "ground": _ground(one),
                "photos": one.photos,
                "lacking": _lacking(one, wanted),
            }
            for one in history
        ],
        "wanted": wanted,
        "offer": offer,
        "may": user.may(Power.VERIFY) and household.closed_on is None,
        "problem": actions.problem_of(household),
        "problem_left": not unsafe,
        "form": form or _form(household, user),
        "tried": form is not None,
    }


def _form(household: Household, user: User, given: Any = None) -> ConcludeForm:
    """The form as it is begun: with the conclusion that the data bear out, 未保障 where they bear none."""
    offer = _offer(actions.grounds(household, clock.today()))
    return ConcludeForm(given, initial={"category": offer["category"] or "unguaranteed", "verifiers": user.name})


def _lacking(one: Any, wanted: int) -> str:
    """What a conclusion that holds lacks of photos (``queries.photographed``), in words."""
    if one.valid_to is not None or one.present >= wanted:
        return ""
    return _("现住房照片 %(taken)d 张，至少 %(wanted)d 张") % {"taken": one.present, "wanted": wanted}


_PHOTOS = {"photo_kinds": "present,house,proof,other", "photo_kind": "present"}


def _begun(request: HttpRequest, household: Household) -> Album | None:
    """The album begun on this form, not yet part of a conclusion."""
    found = albums.begun(key=request.POST.get("album", ""), owner=household.number, by=user_of(request))
    return None if found is None or Verification.objects.filter(album=found).exists() else found


@open_to(Power.VERIFY)
@require_POST
def album(request: HttpRequest, number: str) -> HttpResponse:
    """Opens the album for the photos of the present house; they must be taken at the house it lives in, in its village where that isn't known."""
    household, today = _household(request, number), clock.today()
    made = of_house(
        household=household,
        dwelling=queries.present_house(household, today),
        title=kept(gettext_lazy("住房核验 %s"), today.isoformat()),
        by=user_of(request),
        since=today,
    )
    return render(request, "evidence/begun.html", {"album": made, "form_id": "conclusion", **_PHOTOS})


@require_http_methods(["GET", "POST"])
def conclude(request: HttpRequest, number: str) -> HttpResponseBase:
    """One household's conclusion; a claim that the data contradict comes back with the reason and everything that was typed."""
    household, user = _household(request, number), user_of(request)
    form = _form(household, user, request.POST or None)
    asked = (request.POST or request.GET).get("campaign", "")
    campaign = queries.campaigns(household.area).filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 19 else None
    given: dict[str, Any] = {"campaign": campaign, "album": _begun(request, household), "captured": captured(request.POST.dict())}
    if done := attempt(form, actions.conclude, household=household, by=user, **given):
        messages.success(
            request, _("%(number)s 核验结论：%(category)s。") % {"number": number, "category": done.made.get_category_display()}
        )
        made = queries.photographed(Verification.objects.filter(pk=done.made.pk)).get()
        if lacking := _lacking(made, queries.wanted_photos(household.area)):
            messages.warning(request, lacking)
        back = request.POST.get("back", "")
        village_page = back.isdecimal() and campaign is not None
        return redirect(
            reverse("verification:village", args=[campaign.pk, back])
            if village_page and campaign
            else reverse("households:page", args=[number])
        )
    context = {
        **_panel(household, user, form),
        "head": heads([household]).get(household.pk, ""),
        "where": divisions.full_names([household.area]).get(household.area, ""),
        "campaign": campaign.pk if campaign is not None and campaign.closed_at is None else "",
        "back": request.POST.get("back") or request.GET.get("back", ""),
        "begun": _begun(request, household),
        "client_id": client_id(),
        **_PHOTOS,
    }
    return render(request, "verification/conclude.html", context, status=422 if form.errors else 200)


def _asked_day(request: HttpRequest) -> date:
    """The day asked for, not later than today; today where none can be read."""
    try:
        return min(date.fromisoformat(request.GET.get("on", "")), clock.today())
    except ValueError:
        return clock.today()


_COLUMNS = (("households", ""), *((name, category.value) for name, category in _FIELDS), ("open", "open"))


def _cells(one: Balance, area: str, on: date) -> list[dict[str, Any]]:
    """The figures of a line, each with the address of the households it counts."""
    page = reverse("verification:balance-households")
    said = dict(_categories())
    return [
        {
            "value": getattr(one, name),
            "label": said[category],
            "url": f"{page}?area={area}&on={on.isoformat()}" + (f"&category={category}" if category else ""),
        }
        for name, category in _COLUMNS
    ]


def _categories() -> list[tuple[str, str]]:
    return [("", _("总户数")), *((one.value, _(name)) for one, name in CATEGORY_NAMES.items()), ("open", _("未核验"))]


@require_safe
def sheet(request: HttpRequest, number: str) -> HttpResponseBase:
    """核验表 of the conclusion that holds, as PDF."""
    household = _household(request, number)
    held = queries.current([household]).get(household.pk)
    if held is None:
        messages.error(request, _("户 %(number)s 还没有核验结论，没有核验表。") % {"number": number})
        return redirect("households:page", number)
    try:
        made = sheets.pdf(held)
    except (Unprintable, store.Damaged) as refusal:
        messages.error(request, str(refusal))
        return redirect("households:page", number)
    answered = HttpResponse(made, content_type="application/pdf")
    answered["Content-Disposition"] = f'inline; filename="{number}.pdf"'
    answered["Cache-Control"] = "private, no-store"
    return answered


@require_safe
def balance(request: HttpRequest) -> HttpResponse:
    """闭环: of every household of the area, on any day, what was concluded; the five add up, and the parts make the whole."""
    area, on = chosen(request), _asked_day(request)
    digits = division.below(area)
    parts = queries.balance(area, on=on, digits=digits)
    names = dict(Division.objects.filter(code__in=list(parts)).values_list("code", "short_name"))
    whole = sum(parts.values(), Balance(area))
    context = {
        "on": on,
        "today": clock.today(),
        "heads": [label for _code, label in _categories()],
        "rows": [
            {"name": names.get(code, code), "one": one, "cells": _cells(one, code, on), "parts": _parts(one)}
            for code, one in sorted(parts.items())
        ],
        "whole": _cells(whole, area, on),
    }
    return render(request, "verification/balance.html", context)


@require_safe
def balance_households(request: HttpRequest) -> HttpResponse:
    """The very households a figure of the balance counts, with what was concluded of them by that day."""
    user, area, on = user_of(request), chosen(request), _asked_day(request)
    asked, category = request.GET.get("area", ""), request.GET.get("category", "")
    area = asked if asked and division.contains(area, asked) else area
    said = _categories()
    category = category if category in dict(said) else ""
    found = scope(user, queries.counted(area, on=on, category=category)).select_related("household")
    page = paging.page(found, order=("area", "household_id"), asked=request.GET, limit=LIMIT, total=found.count())
    context = {
        "page": page,
        "rows": _rows([one.household for one in page.rows], on),
        "where": divisions.full_names([area]).get(area, _("全国")),
        "on": on,
        "today": clock.today(),
        "category": category,
        "place": area,
        "places": divisions.children(chosen(request)),
        "may": user.may(Power.VERIFY),
        "chips": [
            {"label": label, "count": None, "url": query(request, category=code or None), "on": category == code} for code, label in said
        ],
    }
    return render(request, "verification/balance_households.html", context)
