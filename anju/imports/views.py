"""批量录入: workbooks of records come in, what became of them, and what goes back."""

import io
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anju import paging
from anju.accounts.asking import by_dropzone, by_htmx, query, user_of
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, within
from anju.accounts.signing_in.middleware import unattended
from anju.checks import BLOCK
from anju.divisions import queries as places
from anju.evidence.sending import attachment
from anju.evidence.uploading import given
from anju.imports import actions, queries
from anju.imports.kinds import declared, kind_of, open_to
from anju.imports.models import ImportBatch, ImportRow
from anju.imports.refusal import AlreadyImported, Refused
from anju.imports.values import sent, typed
from anju.tabular.writing import template
from anju.vocabulary.hiding import plain

LIMIT = 40
TONES = {
    ImportBatch.Status.READING: "doing",
    ImportBatch.Status.APPLYING: "doing",
    ImportBatch.Status.UNDOING: "doing",
    ImportBatch.Status.DONE: "ok",
    ImportBatch.Status.STOPPED: "soon",
    ImportBatch.Status.FAILED: "late",
    ImportBatch.Status.CANCELLED: "idle",
    ImportBatch.Status.UNDONE: "idle",
}
_WORKING = (ImportBatch.Status.READING, ImportBatch.Status.APPLYING, ImportBatch.Status.UNDOING)
_SORTS = {"at": ("at", "id"), "rows": ("rows_total", "id"), "refused": ("rows_refused", "id"), "title": ("title", "id")}


def _batch(request: HttpRequest, pk: int) -> ImportBatch:
    """The workbook, where the user may see any of it; 404 otherwise."""
    return get_object_or_404(queries.batches(user_of(request)), pk=pk)


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The workbooks of the area looked at, and where new ones come in."""
    user, asked = user_of(request), request.GET
    everything = queries.batches(user).filter(within(chosen(request)))
    found = everything
    if (kind := asked.get("kind", "")) in {one.key for one in declared()}:
        found = found.filter(kind=kind)
    if (status := asked.get("status", "")) in ImportBatch.Status.values:
        found = found.filter(status=status)
    sort = asked.get("sort", "")
    order: tuple[str, ...] = _SORTS.get(sort.lstrip("-"), ("-id",))
    if sort.startswith("-"):
        order = tuple(f"-{name}" for name in order)
    page = paging.page(found, order=order, asked=asked, limit=LIMIT, total=found.count())
    names = places.short_names({one.area for one in page.rows})
    kinds = open_to(user)
    context = {
        "page": page,
        "lines": [
            {"batch": one, "place": names.get(one.area, one.area), "tone": TONES[ImportBatch.Status(one.status)]} for one in page.rows
        ],
        "headings": _headings(),
        "kinds": kinds,
        "every_kind": declared(),
        "statuses": ImportBatch.Status.choices,
        "filtered": bool(kind or status),
        "any": bool(page.rows) or everything.exists(),
        "placed": len(chosen(request)) >= 6,
    }
    return render(request, "imports/list.html", context)


def _headings() -> list[dict[str, Any]]:
    return [
        {"title": _("录入的表"), "key": "title", "sort": True},
        {"title": _("种类")},
        {"title": _("行数"), "key": "rows", "sort": True, "align": "r"},
        {"title": _("已登记"), "align": "r"},
        {"title": _("有提示"), "align": "r"},
        {"title": _("未登记"), "key": "refused", "sort": True, "align": "r"},
        {"title": _("状态")},
        {"title": _("录入人")},
        {"title": _("录入时间"), "key": "at", "sort": True},
    ]


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """One workbook arrives. What can be known of it isn't asked: the kind by its headings, the day by its name, the place by where the user looks."""
    if request.method == "GET":
        return redirect(reverse("imports:list") + "#upload")
    file, name, why_not = given(request)
    if file is None or why_not:
        return _said(request, why_not, name=name)
    try:
        batch = actions.receive(file=file, name=name, by=user_of(request), area=chosen(request))
    except Refused as refusal:
        return _said(request, refusal.message, earlier=refusal.batch if isinstance(refusal, AlreadyImported) else None, name=name)
    location = reverse("imports:batch", args=[batch.pk])
    if by_dropzone(request):
        return JsonResponse({"location": location, "message": _("已识别为“%s”，正在读取") % batch.kind_title})
    return redirect(location)


def _said(request: HttpRequest, message: str, *, earlier: ImportBatch | None = None, name: str = "") -> HttpResponse:
    """Why the file wasn't taken, and what to do next."""
    part = by_dropzone(request) or by_htmx(request)
    return render(
        request,
        "imports/_refused.html" if part else "imports/refused.html",
        {"said": message, "earlier": earlier, "name": name},
        status=422,
    )


@require_GET
def kind_template(request: HttpRequest, key: str) -> HttpResponseBase:
    """An empty workbook of one kind, to fill in."""
    if key not in {one.key for one in declared()}:
        raise Http404
    made = io.BytesIO()
    template(kind_of(key).layout, made)
    return attachment(made, _("%s（模板）.xlsx") % _(kind_of(key).layout.title))


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A workbook's page; while its rows are read or applied, its progress."""
    user, batch = user_of(request), _batch(request, pk)
    if batch.status in _WORKING:
        return _progress(request, batch)
    whole, may = queries.whole(user, batch), user.may(batch.declared.power)
    faults = queries.faults(batch, user)
    rows_url = reverse("imports:rows", args=[pk])
    context = {
        "batch": batch,
        "tone": TONES[ImportBatch.Status(batch.status)],
        "place": places.short_names([batch.area]).get(batch.area, batch.area),
        "whole": whole,
        "results": _results(batch, rows_url),
        "blocking": [one for one in faults if one.level == BLOCK],
        "warning": [one for one in faults if one.level != BLOCK],
        "skipped": batch.recognition.get("skipped", []) if whole else [],
        "may_file": whole and (may or user.may(Power.EXPORT)) and batch.read_at is not None,
        "may_resume": whole and may and batch.status == ImportBatch.Status.STOPPED,
        "may_undo": whole
        and user.may(batch.declared.undone_with(own=batch.by_id == user.pk))
        and batch.declared.undo is not None
        and batch.status in (ImportBatch.Status.DONE, ImportBatch.Status.STOPPED)
        and batch.rows_in > 0,
        "gone": batch.status in ImportBatch.GONE,
    }
    return render(request, "imports/batch.html", context)


def _results(batch: ImportBatch, rows_url: str) -> list[dict[str, Any]]:
    """What became of the rows; each count opens them."""
    outcome = ImportRow.Outcome
    counts = (
        (outcome.APPLIED, batch.rows_applied, ""),
        (outcome.NOTED, batch.rows_noted, "c2"),
        (outcome.REFUSED, batch.rows_refused, "c4"),
        (outcome.UNDONE, batch.rows_undone, "o"),
        (outcome.WAITING, batch.rows_open, "c3"),
    )
    return [
        {"label": one.label, "count": count, "swatch": swatch, "url": f"{rows_url}?outcome={one.value}" if count else ""}
        for one, count, swatch in counts
        if count or one in (outcome.APPLIED, outcome.REFUSED)
    ]


def _progress(request: HttpRequest, batch: ImportBatch) -> HttpResponse:
    context = {"batch": batch, "job": batch.job, "own": batch.job is not None and batch.job.created_by_id == user_of(request).pk}
    return render(request, "imports/_progress.html" if by_htmx(request) else "imports/progress.html", context)


@unattended
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the workbook is, asked each second; once it is ready the page is loaded anew."""
    batch = _batch(request, pk)
    if batch.status in _WORKING:
        return _progress(request, batch)
    return HttpResponse(headers={"HX-Redirect": reverse("imports:batch", args=[pk])})


@require_GET
def rows(request: HttpRequest, pk: int) -> HttpResponse:
    """A workbook's rows: those a number of its page counts."""
    user, batch = user_of(request), _batch(request, pk)
    found = queries.rows(batch, user, request.GET)
    page = paging.page(found, order=("id",), asked=request.GET, limit=LIMIT, total=queries.number(batch, user, request.GET))
    context = {
        "batch": batch,
        "page": page,
        "lines": queries.lines(page.rows),
        "outcomes": _chips(request, batch),
        "checks": [(one.check, one.label) for one in queries.faults(batch, user)],
        "filtered": bool(request.GET.get("outcome") or request.GET.get("check")),
    }
    return render(request, "imports/rows.html", context)


def _chips(request: HttpRequest, batch: ImportBatch) -> list[dict[str, Any]]:
    asked = request.GET.get("outcome", "")
    counts = {
        ImportRow.Outcome.APPLIED: batch.rows_applied,
        ImportRow.Outcome.NOTED: batch.rows_noted,
        ImportRow.Outcome.REFUSED: batch.rows_refused,
        ImportRow.Outcome.UNDONE: batch.rows_undone,
    }
    return [
        {"label": _("全部"), "count": batch.rows_total, "url": query(request, outcome=None), "on": not asked},
        *(
            {"label": one.label, "count": count, "url": query(request, outcome=one.value), "on": asked == one.value}
            for one, count in counts.items()
            if count or asked == one.value
        ),
    ]


@require_GET
def row(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One row: its cells as sent, what was read, what is wrong, whose it is."""
    user, batch = user_of(request), _batch(request, pk)
    found = get_object_or_404(queries.rows(batch, user, {}), pk=row)
    cells, closed = sent([found]).get((found.sheet, found.row), ([], {}))
    values = typed(batch.declared.layout, closed | found.values)
    context = {
        "batch": batch,
        "row": found,
        "line": queries.lines([found])[0],
        "read": [(title, plain(text)) for title, text in queries.worded(values, batch.declared)],
        "cells": _cells(batch, found, cells),
    }
    return render(request, "imports/_row.html" if by_htmx(request) else "imports/row.html", context)


def _cells(batch: ImportBatch, found: ImportRow, sent_cells: list[Any]) -> list[dict[str, Any]]:
    """The cells as sent under their headings, with what was found wrong in each."""
    headings = {one["index"]: one["heading"] for one in batch.recognition.get("seen", [])}
    read_as = batch.recognition.get("columns", {})
    cards = {read_as.get(column.key) for column in batch.declared.layout.columns if column.kind == "card"}
    wrong = {one["column"]: one["message"] for one in found.findings if one["column"]}
    shown = []
    for at, value in enumerate(sent_cells):
        heading = headings.get(at) or _("第 %d 列") % (at + 1)
        hidden = queries.card if heading in cards else plain
        shown.append({"heading": heading, "text": "" if value is None else hidden(str(value)), "wrong": wrong.get(heading, "")})
    return shown


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponse:
    """Goes on with a workbook that stopped half-way."""
    try:
        actions.resume(batch=_batch(request, pk), by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("imports:batch", pk)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes the whole workbook back."""
    try:
        actions.undo(batch=_batch(request, pk), by=user_of(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("imports:batch", pk)
