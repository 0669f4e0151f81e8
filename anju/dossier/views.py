"""The way to a household, the page of one household, and the changes a clerk makes on it."""

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from anju import clock
from anju.accounts.asking import user_of
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope
from anju.divisions import queries as places
from anju.dossier import searches
from anju.dossier.forms import HeadForm, LeaveForm, MergeForm, MoveForm, SplitForm
from anju.dossier.queries import listed
from anju.exports.actions import revealing
from anju.exports.reasons import REVEAL_REASONS
from anju.exports.refusal import Refused as NotShown
from anju.registry import actions, queries
from anju.registry.models import Category, Change, Household, Person
from anju.registry.queries import CrossTable, Filters, HouseholdPage
from anju.registry.refusal import Refused
from anju.trail import queries as trail
from anju.vocabulary import division, masking

_PAPERS = {"enrolled", "category_gained", "category_lost"}
_ROUTINE = {"filled"}


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


def _page(request: HttpRequest, number: str) -> HouseholdPage:
    """The household inside the user's area, as of the day and the knowledge asked for; 404 elsewhere."""
    known = _day(request.GET.get("known"))
    known_at = timezone.make_aware(datetime.combine(known, time.max)) if known else None
    try:
        return queries.household_page(number=number, within=user_of(request).area, on=_day(request.GET.get("on")), known_at=known_at)
    except Household.DoesNotExist as missing:
        raise Http404 from missing


def _events(page: HouseholdPage, kind: str, may_change: bool, may_audit: bool) -> list[dict[str, Any]]:
    rows = []
    entries = trail.written_by("registry_change", [event.id for event in page.timeline]) if may_audit else {}
    for event in page.timeline:
        group = "lists" if event.kind in _PAPERS else "changes"
        if kind and kind != group:
            continue
        said = [part for part in (event.sentence, _("经办 %s") % event.by if event.by else "") if part]
        rows.append(
            {
                "on": event.on,
                "time": "",
                "kind": "note" if event.kind in _ROUTINE else "problem" if event.kind == "undone" else "milestone",
                "title": event.label,
                "state": _("已撤销") if event.reversed else "",
                "tone": "idle",
                "text": " · ".join(said),
                "entry": entries.get(event.id),
                "undo": reverse("households:undo", args=[page.number, event.id]) if may_change and event.reversible else "",
            }
        )
    return rows


def _address(page: HouseholdPage, where: str) -> str:
    """The place and what the list adds to it, each said once."""
    return page.address if page.address.startswith(where) else f"{where} {page.address}".strip()


def _phone(text: str) -> str:
    return masking.in_force().show(masking.Kind.PHONE, text, masking.Place.PAGE)


def _facts(page: HouseholdPage, where: str) -> list[tuple[str, str]]:
    facts = [(_("户编号"), page.number), (_("住址"), _address(page, where)), (_("电话"), _phone(page.phone))]
    facts.append((_("立户"), page.opened_on.isoformat()))
    if page.closed_on:
        facts.append((page.ending or _("销户"), page.closed_on.isoformat()))
    return facts


def _filters(request: HttpRequest, user: User) -> Filters:
    asked = request.GET
    area = asked.get("area", "")
    return Filters(
        area=area if division.contains(chosen(request), area) else chosen(request),
        combination=asked.get("lists", ""),
        on_all=tuple(filter(None, asked.get("on_all", "").split("+"))),
        offices=asked.get("offices", ""),
        primary=asked.get("primary", ""),
        status=asked.get("status", "open") if asked.get("status") in ("closed", "all") else "open",
        on=_day(asked.get("on")),
    )


def _chips(filters: Filters, table: CrossTable) -> list[dict[str, Any]]:
    """Lists a household may be on, with how many are."""
    base = {"area": filters.area} if filters.area else {}

    def chip(label: str, count: int | None, on: bool, **more: str) -> dict[str, Any]:
        return {"label": label, "count": count, "on": on, "url": "?" + urlencode({**base, **more})}

    some = filters.combination or filters.on_all or filters.offices or filters.primary
    return [
        chip(_("全部"), table.households, not some),
        *(chip(one.short, one.households, filters.on_all == (one.code,), on_all=one.code) for one in table.categories if one.households),
        chip(_("不在任何名单"), table.without, filters.combination == "none", lists="none"),
    ]


@require_safe
def households(request: HttpRequest) -> HttpResponse:
    """The households of the area looked at: searched or listed, page by key."""
    user = user_of(request)
    text = searches.kept(request.session, request.GET.get("s", ""))
    after = request.GET.get("after", "")
    context: dict[str, Any] = {"text": text}
    if text:
        found = queries.search(text=text, within=user.area, after=after, limit=50)
        if len(found.hits) == 1 and not after and not found.areas:
            return redirect("households:page", found.hits[0].number)
        context |= {"found": found, "pager": {"next": found.after}, "categories": _shorts()}
        return render(request, "dossier/search.html", context)
    filters = _filters(request, user)
    sort = request.GET.get("sort", "number").lstrip("-")
    page = queries.listing(within=user.area, filters=filters, sort=sort, after=after)
    table = queries.cross_table(within=filters.area or user.area)
    context |= {
        "rows": page.rows,
        "pager": {"next": page.after, "total": queries.count(within=user.area, filters=filters)},
        "headings": [
            *({"title": _("户编号"), "key": "number", "sort": True}, {"title": _("户主")}, {"title": _("证件号")}),
            *({"title": _("人口"), "align": "r"}, {"title": _("对象类别")}, {"title": _("住址")}),
            {"title": _("立户"), "key": "opened", "sort": True, "align": "r"},
        ],
        "chips": _chips(filters, table),
        "filters": filters,
        "places": places.children(filters.area or chosen(request)),
        "place": places.find(filters.area) if filters.area else None,
        "up": division.parent(filters.area) if filters.area and filters.area != user.area else None,
        "statuses": [("open", _("在册")), ("closed", _("已销户、已并户")), ("all", _("全部"))],
        "query": request.GET.urlencode(),
        "empty": not table.households,
    }
    return render(request, "dossier/households.html", context)


def _shorts() -> dict[str, str]:
    return {code: _(short) for code, short in Category.objects.values_list("code", "short")}


@require_POST
def find(request: HttpRequest) -> HttpResponse:
    """What was typed is kept in the session, sealed: no name and no number stands in an address, nor readable in the table of sessions."""
    text = request.POST.get("q", "").strip()[:100]
    if not text:
        return redirect("households:list")
    return redirect(f"{reverse('households:list')}?s={searches.keep(request.session, text)}")


@require_safe
def household(request: HttpRequest, number: str) -> HttpResponse:
    """一户一档."""
    page = _page(request, number)
    user = user_of(request)
    where = places.full_names([page.area], page.on).get(page.area, page.area)
    kind = request.GET.get("show", "")
    today = clock.today()
    may_change = user.may(Power.CHANGE) and page.exists and page.on == today and page.known_at is None
    asked = {key: request.GET[key] for key in ("on", "known") if request.GET.get(key)}

    def tab(label: str, show: str) -> dict[str, Any]:
        return {"label": label, "url": "?" + urlencode({**asked, **({"show": show} if show else {})}), "on": kind == show, "count": None}

    context = {
        "page": page,
        "address": _address(page, where),
        "tabs": [tab(_("全部"), ""), tab(_("名单"), "lists"), tab(_("变更"), "changes")],
        "events": _events(page, kind, may_change, user.may(Power.AUDIT)),
        "facts": _facts(page, where),
        "listed": listed(persons=[member.person_id for member in page.members], user=user),
        "supports": [
            {"year": one.year, "kind": one.kind, "yuan": None if one.amount is None else Decimal(one.amount) / 100}
            for one in page.past_supports
        ],
        "today": today,
        "then": page.on != today or page.known_at is not None,
        "known": request.GET.get("known", ""),
        "may_change": may_change,
        "forms": _forms(page, today) if may_change else [],
        "back": reverse("households:list"),
        "may_reveal": user.may(Power.REVEAL) and any(member.id_number for member in page.members),
        "reveal_reasons": REVEAL_REASONS,
    }
    return render(request, "dossier/household.html", context)


@require_POST
@never_cache
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """The members' full numbers and the telephone, in this answer only; that they were looked at, and why, is registered."""
    page = _page(request, number)
    members = [member for member in page.members if member.id_number]
    try:
        revealing.reveal(
            area=page.area,
            subject=_("农户 %s") % page.number,
            numbers=len(members),
            by=user_of(request),
            reason=request.POST.get("why", ""),
            url=reverse("households:page", args=[number]),
        )
    except NotShown as refusal:
        return render(request, "dossier/_revealed.html", {"refused": refusal.message})
    return render(request, "dossier/_revealed.html", {"members": members, "phone": page.phone})


def _forms(page: HouseholdPage, today: date) -> list[dict[str, Any]]:
    alone = len(page.members) < 2
    offered: list[tuple[str, str, str, forms.Form | None]] = [
        (
            "head",
            _("更换户主"),
            _("原户主去世或不再当家时用；关系按新户主改。"),
            None if alone else HeadForm(members=page.members, today=today),
        ),
        ("leave", _("成员减少"), _("去世、婚嫁、迁出；最后一人离开时本户随之销户。"), LeaveForm(members=page.members, today=today)),
        ("split", _("分户"), _("分出的成员另立一户，本户编号不变。"), None if alone else SplitForm(members=page.members, today=today)),
        ("merge", _("并户"), _("本户并入另一户；本户编号保留，注明并入何处。"), MergeForm(today=today)),
        ("move", _("迁移"), _("本县内换村；户编号不变。"), MoveForm(today=today)),
    ]
    return [
        {"key": key, "title": title, "meaning": meaning, "form": form, "url": reverse(f"households:{key}", args=[page.number])}
        for key, title, meaning, form in offered
        if form is not None
    ]


def _member(page: HouseholdPage, key: int) -> Person:
    if key not in {member.person_id for member in page.members}:
        raise Refused(_("此人已不是本户成员；请刷新页面再试。"))
    return Person.objects.get(pk=key)


def _act(request: HttpRequest, number: str, make: Callable[[HouseholdPage, Household], str]) -> HttpResponse:
    """Does one change, says what was done or why not, and returns to the page."""
    user = user_of(request)
    page = _page(request, number)
    if not user.may(Power.CHANGE):
        messages.error(request, _("您的角色不能改户；请交县级审批员办理。"))
        return redirect("households:page", number)
    row = get_object_or_404(scope(user, Household.objects.all()), number=number)
    try:
        messages.success(request, make(page, row))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("households:page", number)


def _checked(form: forms.Form) -> dict[str, Any]:
    """The form's content, or its errors as one refusal."""
    if form.is_valid():
        return form.cleaned_data
    said = []
    for name, errors in form.errors.items():
        reasons = "；".join(str(error) for error in errors)
        said.append(f"{form.fields[name].label}：{reasons}" if name in form.fields else reasons)
    raise Refused("；".join(said))


@require_POST
def change_head(request: HttpRequest, number: str) -> HttpResponse:
    """更换户主."""

    def make(page: HouseholdPage, row: Household) -> str:
        given = _checked(HeadForm(request.POST, members=page.members, today=page.on))
        head = _member(page, given["head"])
        actions.change_head(household=row, head=head, on=given["on"], by=user_of(request))
        return _("户主已改为 %(name)s，自 %(on)s 起。") % {"name": head.name, "on": given["on"]}

    return _act(request, number, make)


@require_POST
def leave(request: HttpRequest, number: str) -> HttpResponse:
    """成员减少."""

    def make(page: HouseholdPage, row: Household) -> str:
        given = _checked(LeaveForm(request.POST, members=page.members, today=page.on))
        person = _member(page, given["person"])
        new_head = _member(page, given["new_head"]) if given["new_head"] else None
        actions.remove_member(
            household=row, person=person, reason=actions.Leaving(given["reason"]), on=given["on"], by=user_of(request), new_head=new_head
        )
        return _("%(name)s 自 %(on)s 起不再是本户成员。") % {"name": person.name, "on": given["on"]}

    return _act(request, number, make)


@require_POST
def split(request: HttpRequest, number: str) -> HttpResponse:
    """分户."""

    def make(page: HouseholdPage, row: Household) -> str:
        given = _checked(SplitForm(request.POST, members=page.members, today=page.on))
        if given["head"] not in given["members"]:
            raise Refused(_("新户的户主要在分出的成员里；请勾选他本人。"))
        made = actions.split(
            household=row,
            members=[_member(page, key) for key in given["members"]],
            head=_member(page, given["head"]),
            on=given["on"],
            by=user_of(request),
        )
        return _("已分户，新户编号 %s。") % made.number

    return _act(request, number, make)


@require_POST
def merge(request: HttpRequest, number: str) -> HttpResponse:
    """并户."""

    def make(page: HouseholdPage, row: Household) -> str:
        given = _checked(MergeForm(request.POST, today=page.on))
        into = scope(user_of(request), Household.objects.all()).filter(number=given["into"].strip()).first()
        if into is None:
            raise Refused(_("没有编号为 %s 的户；请在一户一档里查到后照抄编号。") % given["into"])
        actions.merge(household=row, into=into, on=given["on"], by=user_of(request))
        return _("本户已并入 %s。") % into.number

    return _act(request, number, make)


@require_POST
def move(request: HttpRequest, number: str) -> HttpResponse:
    """迁移."""

    def make(page: HouseholdPage, row: Household) -> str:
        given = _checked(MoveForm(request.POST, today=page.on))
        found = places.resolve([given["village"]], user_of(request).area)[given["village"]]
        if not found.code or len(found.code) < 12:
            near = "、".join(place.full_name for place in found.suggestions[:3])
            raise Refused(
                _("没有认出“%(typed)s”是哪个村。%(near)s")
                % {"typed": given["village"], "near": _("是不是：%s？") % near if near else _("请写乡镇和村名。")}
            )
        actions.move(household=row, area=found.code, address=given["address"], on=given["on"], by=user_of(request))
        return _("本户已迁往 %s。") % found.full_name

    return _act(request, number, make)


@require_POST
def undo(request: HttpRequest, number: str, change: int) -> HttpResponse:
    """Takes one change back."""

    def make(page: HouseholdPage, row: Household) -> str:
        line = get_object_or_404(Change, pk=change, household=row)
        actions.undo(change=line, by=user_of(request))
        return _("已撤销“%s”。") % Change.Kind(line.kind).label

    return _act(request, number, make)
