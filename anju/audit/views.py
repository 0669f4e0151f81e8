"""留痕: who did what, row by row, and how the chain stands. For those who audit; they see entries of their own area."""

from datetime import date
from typing import Any, cast

from django.contrib import messages
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from anju.accounts.middleware import open_to
from anju.accounts.models import Organisation, User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.audit import queries, values
from anju.audit.columns import words
from anju.audit.words import TABLES, act
from anju.divisions import queries as places
from anju.jobs import actions as jobs
from anju.trail import queries as trail
from anju.trail import sealing, verifying
from anju.trail.acting import SYSTEM
from anju.trail.acts import ACTS
from anju.trail.command import end_of, paper
from anju.trail.models import Entry, Operation

_TONES = {"insert": "ok", "update": "soon", "delete": "late", "truncate": "late"}


def _user(request: HttpRequest) -> User:
    return cast(User, request.user)


def said(entry: Entry) -> dict[str, Any]:
    """An entry in words: the act by its name, or how it was done where the act has none."""
    method, _space, address = entry.action.partition(" ")
    return {
        "entry": entry,
        "act": act(entry.action),
        "page": address if method in ("GET", "POST") else "",
        "table": str(TABLES.get(entry.table, entry.table)),
        "operation": Operation(entry.operation).label,
        "tone": _TONES[entry.operation],
        "by_hand": entry.role != connection.settings_dict["USER"],  # not through the application
        "unnamed": entry.login == entry.role,
    }


def _lines(entries: list[Entry]) -> list[dict[str, Any]]:
    names = {SYSTEM.login: _("系统")} | dict(User.objects.filter(login__in={entry.login for entry in entries}).values_list("login", "name"))
    where = places.short_names({entry.within for entry in entries if entry.within})
    numbers = trail.numbers(entries)
    return [
        said(entry) | {"name": names.get(entry.login, ""), "place": where.get(entry.within, entry.within), "no": numbers.get(entry.pk)}
        for entry in entries
    ]


@open_to(Power.AUDIT)
@require_safe
def entries(request: HttpRequest) -> HttpResponse:
    """The trail, newest first."""
    user = _user(request)
    filters = queries.Filters.read(request.GET.dict())
    page = queries.page(queries.entries(user, filters), after=request.GET.get("after", ""), before=request.GET.get("before", ""))
    asked = {key: value for key, value in request.GET.dict().items() if key not in ("after", "before") and value}
    context = {
        "lines": _lines(page.rows),
        "page": page,
        "filters": filters,
        "filtered": bool(asked),
        "query": request.GET.urlencode(),
        "headings": [
            *({"title": _("时间")}, {"title": _("谁")}, {"title": _("单位")}, {"title": _("办了什么")}, {"title": _("改了哪张表")}),
            *({"title": _("怎么改的")}, {"title": _("行数"), "align": "r"}, {"title": _("地方")}, {"title": _("链上号"), "align": "r"}),
        ],
        "tables": sorted(((table, str(word)) for table, word in TABLES.items()), key=lambda one: one[1]),
        "acts": [(code, str(word)) for code, word in ACTS.items()],
        "operations": Operation.choices,
        "offices": scope(user, Organisation.objects.order_by("area", "name")).values_list("name", flat=True)[:200],
        "places": places.children(filters.area or user.area),
        "place": places.find(filters.area) if filters.area else None,
        "chain": trail.chain(),
        "verified": verifying.last(),
        "today": timezone.localtime().date(),
    }
    return render(request, "audit/entries.html", context)


@open_to(Power.AUDIT)
@require_safe
def entry(request: HttpRequest, seq: int) -> HttpResponse:
    """One entry whole: who, what, the rows it is about, its digests and its place in the chain."""
    user = _user(request)
    found = get_object_or_404(queries.told(user).defer("keys"), pk=seq)
    keys = trail.keys_of(found, queries.LISTED)
    numbers = queries.households(user, found.table, keys) if user.may(Power.VIEW) else {}
    rows = [
        {"key": key, "url": reverse("households:page", args=[numbers[key]]) if key in numbers else "", "number": numbers.get(key, "")}
        for key in keys
    ]
    if found.table == "rosters_batch" and user.may(Power.VIEW):
        rows = [{"key": key, "url": reverse("rosters:batch", args=[key]), "number": _("名单 %s") % key} for key in keys]
    line = _lines([found])[0]
    context = {
        **line,
        "rows": rows,
        "names": _names(found),
        "changed": _changed(user, found, keys),
        "more": max(found.rows - queries.LISTED, 0),
        "seat": "—"
        if found.seat is None
        else places.names([found.seat]).get(found.seat, "") or (_("全国") if not found.seat else found.seat),
        "whole": places.names([found.within]).get(found.within, "") if found.within else _("全国"),
        "before": bytes(found.before).hex() if found.before else "",
        "after": bytes(found.after).hex() if found.after else "",
        "same": queries.entries(user, queries.Filters()).filter(txid=found.txid).exclude(pk=found.pk).count(),
    }
    return render(request, "audit/entry.html", context)


def _names(entry: Entry) -> list[str]:
    model = values.of_table(entry.table)
    return [values.key_shown(model, name) if model else name for name in (entry.names or [])[: queries.LISTED]]


def _changed(user: User, entry: Entry, keys: list[int]) -> list[tuple[str, str]]:
    """The columns that were changed, by their names; of a single row with what stands there now, where the reader may see it."""
    columns = entry.changed or []
    row: list[int | str] = [*keys, *(entry.names or [])]
    now = values.now(user, entry.table, row[0], columns) if entry.rows == 1 and len(row) == 1 else {}
    return [(said, now.get(column, "")) for column, said in zip(columns, words(entry.table, columns), strict=True)]


@open_to(Power.AUDIT)
@require_POST
def verify(request: HttpRequest) -> HttpResponse:
    """Verifies the whole chain in the background."""
    jobs.start(kind="audit.verify", title=_("核验留痕"), by=_user(request), area=_user(request).area)
    messages.success(request, _("正在从头核验；结果在“后台任务”里，也显示在本页。"))
    return redirect("trail:list")


@open_to(Power.AUDIT)
@require_safe
def root(request: HttpRequest) -> HttpResponse:
    """The root of a day's end on a sheet of paper, to be signed and kept elsewhere."""
    today = timezone.localtime().date()
    try:
        day = min(date.fromisoformat(request.GET.get("date", "")), today)
    except ValueError:
        day = today
    head, at = sealing.root(end_of(day))
    return render(
        request, "audit/root.html", {"day": day, "line": paper(day), "head": head, "hash": head.hash.hex(), "at": at, "today": today}
    )
