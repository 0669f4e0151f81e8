"""A list's rows, any of them: what every number of the other pages opens; and one row with all that is known of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from anju.accounts.asking import by_htmx, query, user_of
from anju.accounts.scope import chosen, within
from anju.divisions import queries as places
from anju.privacy.vault import open_all, open_secrets
from anju.rosters import cells, layouts, marking
from anju.rosters.models import BatchRow, Match, MatchRun, Mismatch
from anju.rosters.queries import batches
from anju.rosters.queries.batches import Row, RowFilters
from anju.rosters.views.asking import batch_of, run_of
from anju.rosters.views.batch import paged
from anju.vocabulary import masking, relation

LIMIT = 50
_SEXES = {"1": pgettext_lazy("性别", "男"), "2": pgettext_lazy("性别", "女")}


def filters_of(request: HttpRequest) -> RowFilters:
    """The filter that the address names."""
    asked = request.GET
    return RowFilters(
        outcome=asked.get("outcome", ""),
        passed=asked.get("passed", ""),
        verdict=asked.get("verdict", ""),
        check=asked.get("check", ""),
        reading=asked.get("reading", ""),
        township=asked.get("town", ""),
        gone=asked.get("gone") == "1",
        enrolled=asked.get("enrolled", ""),
    )


@require_GET
def index(request: HttpRequest, pk: int) -> HttpResponse:
    """The rows that the address's filter names."""
    user = user_of(request)
    batch = batch_of(request, pk)
    found = batches.rows(batch, user, filters_of(request), after=request.GET.get("after", ""), limit=LIMIT)
    open_secrets(one.row.typed for one in found.rows)
    run = run_of(batch)
    page = batches.page(batch, user)
    context = {
        "batch": batch,
        "rows": [{"relation": _(relation.NAMES.get(one.row.relation, "")), **_fields(one)} for one in found.rows],
        "pager": paged(found),
        "outcomes": _outcomes(request, page),
        "readings": BatchRow.Outcome.choices,
        "passes": [(flow.passed, flow.label) for flow in page.flow if flow.passed],
        "checks": [(check, label) for check, label, _count in page.faults],
        "towns": [(code, name) for code, name, _pending in batches.townships(run, user)] if run else [],
        "filtered": any(request.GET.get(name) for name in ("outcome", "passed", "verdict", "check", "reading", "town")),
    }
    return render(request, "rosters/rows.html", context)


def _fields(one: Row) -> dict[str, Any]:
    shown = {name: getattr(one, name) for name in ("row", "match", "place", "outcome_label", "household", "faults")}
    return {**shown, "number": marking.plain(one.row.typed.clear)}


def _outcomes(request: HttpRequest, page: Any) -> list[dict[str, Any]]:
    asked = request.GET.get("outcome", "")
    return [{"label": _("全部"), "count": page.total, "url": query(request, outcome=None), "on": not asked}] + [
        {"label": one.label, "count": one.count, "url": query(request, outcome=one.outcome), "on": one.outcome == asked}
        for one in page.results
    ]


@require_GET
def show(request: HttpRequest, pk: int, row: int) -> HttpResponse:
    """One row: its cells as sent, what was read, what is wrong, who it is."""
    batch = batch_of(request, pk)
    area = max(chosen(request), batch.area, key=len)
    found = get_object_or_404(BatchRow.objects.filter(within(area) if area != batch.area else within(batch.area)), pk=row, batch=batch)
    matches = list(
        Match.objects.filter(run__batch=batch, run__current=True, run__kind=MatchRun.Kind.REGISTER, row=found).select_related(
            "person", "household"
        )
    )
    sent, more = cells.opened(found)
    open_all(found)
    context = {
        "batch": batch,
        "row": found,
        "cells": _cells(batch.recognition, found, sent),
        "read": _read(found, more),
        "matches": matches,
        "mismatches": Mismatch.objects.filter(row=found, run__current=True, run__kind=MatchRun.Kind.REGISTER),
    }
    return render(request, "rosters/_row.html" if by_htmx(request) else "rosters/row.html", context)


def _cells(recognition: dict[str, Any], row: BatchRow, sent: list[Any]) -> list[dict[str, Any]]:
    """The cells as sent under their headings, with what was found wrong in each."""
    seen = {one["index"]: one["heading"] for one in recognition.get("seen", [])}
    headings = recognition.get("headings", [])
    wrong = {one.get("column"): one["message"] for one in row.findings if one.get("column")}
    shown = []
    for at, value in enumerate(sent):
        heading = seen.get(at) or (headings[at] if at < len(headings) else "") or _("第 %d 列") % (at + 1)
        text = "" if value is None else str(value)
        shown.append({"heading": heading, "text": marking.plain(text), "wrong": wrong.get(heading, "")})
    return shown


def _read(row: BatchRow, more: dict[str, Any]) -> list[tuple[str, str]]:
    """What was understood, in words."""
    layout = layouts.BY_KEY.get(row.batch.layout)
    labels = {column.key: _(column.title) for column in layout.columns} if layout else {}
    place = places.below_county([row.area])[row.area] if row.placed else _("没有认出：%s") % row.place
    pairs = [
        (_("姓名"), row.name),
        (
            _("证件号"),
            marking.plain(row.typed.clear) if row.id_number or not row.id_text else _("不成立：%s") % marking.plain(row.id_text.clear),
        ),
        (_("性别"), str(_SEXES.get(row.sex, ""))),
        (_("出生日期"), row.birth_date.isoformat() if row.birth_date else ""),
        (_("与户主关系"), _(relation.NAMES.get(row.relation, ""))),
        (_("户主"), row.head_name),
        (_("村组"), place),
        (_("联系电话"), masking.in_force().show(masking.Kind.PHONE, row.phone.clear, masking.Place.PAGE)),
        (_("证号"), marking.plain(row.cert_no.clear)),
    ]
    pairs += [
        (labels.get(key, key), marking.plain(str(value)))
        for key, value in (row.extra | more).items()
        if value not in (None, "") and key in labels and "id" not in key.split("_")
    ]
    return [(label, value) for label, value in pairs if value]
