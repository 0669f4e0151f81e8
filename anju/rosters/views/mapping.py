"""Headings nobody has declared: a clerk says once which column is which, and the next file with them is read by itself."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from anju.accounts.asking import user_of, why_not
from anju.accounts.roles import Power
from anju.rosters import layouts
from anju.rosters.actions import receiving
from anju.rosters.models import Batch
from anju.rosters.refusal import Refused
from anju.rosters.views.asking import whole_batch_of
from anju.tabular.layout import Layout


@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The columns seen, with samples and best guesses; a choice for each."""
    user = user_of(request)
    batch = whole_batch_of(request, pk)
    if batch.status != Batch.Status.MAPPING:
        return redirect("rosters:batch", pk)
    given = request.POST if request.method == "POST" else request.GET
    layout = layouts.BY_KEY.get(given.get("layout", "") or batch.layout) or _only(batch)
    seen = batch.recognition.get("seen", [])
    chosen = {one["index"]: given.get(f"column-{one['index']}", "") for one in seen} if request.method == "POST" else {}
    status = 200
    if request.method == "POST" and layout is not None:
        mapping, twice = _mapping(seen, chosen)
        if twice:
            messages.error(request, _("“%s”指给了两列，请只留一列。") % _(layout.by_key[twice].title))
            status = 422
        else:
            try:
                receiving.map_columns(batch=batch, layout=layout.key, mapping=mapping, by=user)
                return redirect("rosters:batch", pk)
            except Refused as refusal:
                messages.error(request, refusal.message)
                status = 422
    context = {
        "batch": batch,
        "layout": layout,
        "layouts": layouts.ALL,
        "columns": [_column(one, layout, chosen.get(one["index"])) for one in seen],
        "choices": [(column.key, _(column.title), column.required) for column in layout.columns] if layout else [],
        "needed": _needed(layout) if layout else "",
        "may_receive": user.may(Power.RECEIVE),
        "why_not": why_not(user, Power.RECEIVE),
    }
    return render(request, "rosters/mapping.html", context, status=status)


def _only(batch: Batch) -> Layout | None:
    """The office's layout, where it has only one."""
    own = [layout for layout in layouts.ALL if str(layout.owner) == batch.owner]
    return own[0] if len(own) == 1 else None


def _mapping(seen: list[dict[str, Any]], chosen: dict[int, str]) -> tuple[dict[str, str], str]:
    """Our key → heading; and a key given to two columns, where there is one."""
    mapping: dict[str, str] = {}
    for one in seen:
        key = chosen.get(one["index"], "")
        if not key:
            continue
        if key in mapping:
            return mapping, key
        mapping[key] = one["heading"]
    return mapping, ""


def _column(seen: dict[str, Any], layout: Layout | None, chosen: str | None) -> dict[str, Any]:
    guess = chosen if chosen is not None else (seen.get("guess") or "")
    known = layout.by_key if layout else {}
    return {
        **seen,
        "letter": _letter(seen["index"]),
        "choice": guess if guess in known else "",
        "guessed": chosen is None and guess in known,
    }


def _letter(index: int) -> str:
    """0 → A, 26 → AA: as the spreadsheet names it."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _needed(layout: Layout) -> str:
    """What a file of this layout can't do without, in words."""

    def title(key: str) -> str:
        column = layout.by_key.get(key)
        return _(column.title) if column else key

    return _("、").join(_("或").join(title(key) for key in (need if isinstance(need, tuple) else (need,))) for need in layout.needs)


@require_safe
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """Which heading was read as what, and which weren't needed."""
    batch = whole_batch_of(request, pk)
    layout = layouts.BY_KEY.get(batch.layout)
    titles = {column.key: _(column.title) for column in layout.columns} if layout else {}
    read = [(heading, titles.get(key, key)) for key, heading in batch.recognition.get("columns", {}).items()]
    return render(request, "rosters/columns.html", {"batch": batch, "read": read, "unmatched": batch.recognition.get("unmatched", [])})
