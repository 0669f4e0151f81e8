"""One list: where its rows went, what is to be done with the differences, its rows, its file, its signatures."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from anju.accounts.asking import by_htmx, query, user_of, why_not
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.signing_in.middleware import unattended
from anju.rosters.actions import deciding, locking, receiving
from anju.rosters.models import Batch, Decision, Disposition, MatchRun, Mismatch
from anju.rosters.queries import batches
from anju.rosters.refusal import Refused
from anju.rosters.views.asking import batch_of, run_of, whole_batch_of
from anju.vocabulary import division
from anju.vocabulary.keygroup import OFFICE_NAMES, Office

ROWS = 20
_WORKING = (Batch.Status.RECEIVING, Batch.Status.RECEIVED, Batch.Status.MATCHING)
_COLOURS = {"auto": "cat-1", "review": "cat-2", "only_list": "cat-4"}
_SWATCHES = {"auto": "", "review": "c2", "only_list": "c4"}
_UNDO = "rosters.undo"


@require_GET
def show(request: HttpRequest, pk: int) -> HttpResponse:
    """A list's page; while the list is being read or compared, its progress."""
    user = user_of(request)
    batch = batch_of(request, pk)
    if batch.status == Batch.Status.MAPPING:
        return redirect("rosters:mapping", pk)
    if batch.status in _WORKING:
        return _progress(request, batch)
    if batch.status in (Batch.Status.FAILED, Batch.Status.VOIDED):
        return render(request, "rosters/stopped.html", {"batch": batch, "may_receive": user.may(Power.RECEIVE)})
    return render(request, "rosters/batch.html", _context(request, batch, user))


def _progress(request: HttpRequest, batch: Batch) -> HttpResponse:
    context = {"batch": batch, "job": batch.job, "own": batch.job is not None and batch.job.created_by_id == user_of(request).pk}
    if by_htmx(request):
        return render(request, "rosters/_progress.html", context)
    return render(request, "rosters/progress.html", context)


@unattended
@require_GET
def progress(request: HttpRequest, pk: int) -> HttpResponse:
    """How far the list is, asked each second; once it is ready the page is loaded anew."""
    batch = batch_of(request, pk)
    if batch.status in _WORKING:
        return _progress(request, batch)
    return HttpResponse(headers={"HX-Redirect": reverse("rosters:batch", args=[pk])})


def _context(request: HttpRequest, batch: Batch, user: User) -> dict[str, Any]:
    page = batches.page(batch, user)
    run = page.run
    asked = request.GET
    view = asked.get("view", "flow")
    kind = asked.get("kind", "") if asked.get("kind", "") in Mismatch.Kind.values else ""
    disposition = asked.get("disposition", "")
    if disposition not in Disposition.values:
        disposition = "" if disposition == "all" else Disposition.PENDING
    found = (
        batches.differences(
            run, user, kind=kind, township=asked.get("town", ""), disposition=disposition, after=asked.get("after", ""), limit=ROWS
        )
        if run
        else None
    )
    chosen_kind = next((one for one in page.kinds if one.kind == kind), None)
    rows_url = reverse("rosters:rows", args=[batch.pk])
    towns = _towns(request, batches.townships(run, user) if run else [])
    return {
        "batch": batch,
        "page": page,
        "run": run,
        "view": view,
        "views": _views(request, view),
        "flow": _flow(batch, page) if view == "flow" and run else None,
        "grid": _grid(page, run, user, view, rows_url) if run and view != "flow" else [],
        "outcomes": [(result.outcome, result.label) for result in page.results],
        "results": [
            {"label": one.label, "count": one.count, "swatch": _SWATCHES.get(one.outcome, ""), "url": f"{rows_url}?outcome={one.outcome}"}
            for one in page.results
        ],
        "differences": found,
        "pager": paged(found),
        "chips": _chips(request, page, kind),
        "kind": chosen_kind,
        "disposition": disposition,
        "disposition_label": dict((*Disposition.choices, ("", _("全部处置")))).get(disposition, ""),
        "dispositions": [
            (value, label, query(request, disposition=value or "all")) for value, label in (*Disposition.choices, ("", _("全部处置")))
        ],
        "answers": [(value, label) for value, label in Disposition.choices if value != Disposition.PENDING],
        "towns": towns,
        "town": asked.get("town", ""),
        "town_name": next((one["name"] for one in towns if one["on"]), ""),
        "town_all": query(request, town=None),
        "missing": _("、").join(_office(one) for one in page.missing_signatures),
        "signers": _signers(batch, page),
        "may_decide": user.may(Power.DECIDE) and batch.status == Batch.Status.MATCHED,
        "may_change": user.may(Power.CHANGE) and batch.status == Batch.Status.MATCHED and division.contains(user.area, batch.area),
        "sheets": len(batch.recognition.get("sheets", [])) > 1,
        "may_not_decide": _why_not_decide(batch, user),
        "may_export": user.may(Power.EXPORT),
        "may_sign": _may_sign(batch, user, page),
        "why_not_sign": _why_not_sign(batch, user, page),
        "may_receive": user.may(Power.RECEIVE),
        "undo": _undoable(request, run),
        "whole": division.contains(user.area, batch.area),
    }


def paged(found: Any) -> dict[str, Any] | None:
    """A keyset page as the pager shows it."""
    return {"first": found.first, "last": found.last, "total": found.total, "next": found.after, "previous": ""} if found else None


def _office(code: Any) -> str:
    return _(OFFICE_NAMES[Office(code)])


def _signers(batch: Batch, page: Any) -> list[dict[str, Any]]:
    """Every office whose signature the lock needs, with the signature where there is one."""
    signed = {one.office: one for one in page.signatures}
    offices = dict.fromkeys([*signed, *(str(one) for one in page.missing_signatures)])
    return [{"office": _office(office), "signature": signed.get(office)} for office in offices]


def _towns(request: HttpRequest, townships: Any) -> list[dict[str, Any]]:
    asked = request.GET.get("town", "")
    return [{"name": name, "pending": pending, "url": query(request, town=code), "on": code == asked} for code, name, pending in townships]


def _grid(page: Any, run: MatchRun, user: User, view: str, rows_url: str) -> list[dict[str, Any]]:
    """Steps against results, or townships against results; each cell opens its rows."""
    outcomes = [result.outcome for result in page.results]
    lines = []
    if view == "matrix":
        for flow in page.flow:
            to = dict(flow.to)
            base = f"{rows_url}?passed={flow.passed}" if flow.passed else f"{rows_url}?outcome=only_list"
            cells = [{"count": to.get(outcome, 0), "url": f"{base}&outcome={outcome}" if flow.passed else base} for outcome in outcomes]
            lines.append({"label": flow.label, "cells": cells, "total": flow.rows, "url": base})
        return lines
    for (code, name), counts in batches.matrix(run, user):
        base = f"{rows_url}?town={code}"
        cells = [{"count": counts.get(outcome, 0), "url": f"{base}&outcome={outcome}"} for outcome in outcomes]
        lines.append({"label": name, "cells": cells, "total": sum(counts.values()), "url": base})
    return lines


def _why_not_decide(batch: Batch, user: User) -> str:
    if batch.status == Batch.Status.LOCKED:
        return _("名单已锁定；有变化请报新一期")
    return why_not(user, Power.DECIDE)


def _may_sign(batch: Batch, user: User, page: Any) -> bool:
    return (
        user.may(Power.LOCK)
        and batch.status == Batch.Status.MATCHED
        and user.organisation.kind in [str(one) for one in page.missing_signatures]
    )


def _why_not_sign(batch: Batch, user: User, page: Any) -> str:
    if batch.status == Batch.Status.LOCKED:
        return ""
    if not user.may(Power.LOCK):
        return why_not(user, Power.LOCK)
    if user.organisation.kind not in [str(one) for one in page.missing_signatures]:
        return _("本单位已签或不在会签单位中")
    return ""


def _views(request: HttpRequest, view: str) -> list[dict[str, Any]]:
    named = (("flow", _("流向")), ("matrix", _("矩阵")), ("towns", _("分乡镇")))
    return [{"label": label, "url": query(request, view=None if key == "flow" else key), "on": key == view} for key, label in named]


def _chips(request: HttpRequest, page: Any, kind: str) -> list[dict[str, Any]]:
    pending = sum(one.pending for one in page.kinds)
    whole = {"label": _("全部"), "count": pending, "url": query(request, kind=None), "on": not kind}
    return [whole] + [
        {"label": one.label, "count": one.pending, "url": query(request, kind=one.kind), "on": one.kind == kind}
        for one in page.kinds
        if one.total
    ]


def _flow(batch: Batch, page: Any) -> dict[str, Any]:
    """The drawing of list → pass → outcome, each node opening its rows."""
    rows = reverse("rosters:rows", args=[batch.pk])
    results = {result.outcome: result for result in page.results}
    nodes = [
        {
            "id": "list",
            "label": _("名单"),
            "value": page.total,
            "column": 0,
            "colour": "plan",
            "href": rows,
            "text": _("名单 %s 人") % f"{page.total:,}",
        }
    ]
    links = []
    for flow in page.flow:
        key = f"pass:{flow.passed or 'none'}"
        main = max(flow.to, key=lambda pair: pair[1])[0] if flow.to else "auto"
        only = not flow.passed
        nodes.append(
            {
                "id": key,
                "label": flow.label,
                "value": flow.rows,
                "column": 1,
                "colour": _COLOURS.get(main, "cat-1"),
                "href": f"{rows}?outcome=only_list" if only else f"{rows}?passed={flow.passed}",
            }
        )
        links.append({"from": "list", "to": key, "value": flow.rows})
        for outcome, count in flow.to:
            href = f"{rows}?outcome={outcome}" + ("" if only else f"&passed={flow.passed}")
            links.append({"from": key, "to": f"out:{outcome}", "value": count, "href": href})
    for outcome, result in results.items():
        if result.count and outcome in _COLOURS:
            nodes.append(
                {
                    "id": f"out:{outcome}",
                    "label": result.label,
                    "value": result.count,
                    "column": 2,
                    "colour": _COLOURS[outcome],
                    "href": f"{rows}?outcome={outcome}",
                }
            )
    known = {node["id"] for node in nodes}
    return {"unit": _("人"), "nodes": nodes, "links": [link for link in links if link["to"] in known]}


def _undoable(request: HttpRequest, run: MatchRun | None) -> Decision | None:
    """What the user just did here, to be taken back; shown once."""
    key = request.session.pop(_UNDO, None)
    if key is None or run is None:
        return None
    return Decision.objects.filter(pk=key, run=run, undone_at__isnull=True).first()


# ------------------------------------------------------------------------------------------------ acts


def _back(request: HttpRequest, pk: int) -> HttpResponse:
    """To the differences as they were looked at."""
    kept = request.POST.get("back", "")
    place = reverse("rosters:batch", args=[pk]) + (kept if kept.startswith("?") else "") + "#differences"
    return redirect(place)


def _run_or_404(batch: Batch) -> MatchRun:
    run = run_of(batch)
    if run is None:
        raise Http404
    return run


@require_POST
def act(request: HttpRequest, pk: int) -> HttpResponse:
    """What a clerk does with differences: adopt one, dispose of the ticked ones, accept a whole class."""
    user = user_of(request)
    batch = batch_of(request, pk)
    run = _run_or_404(batch)
    given = request.POST
    try:
        if adopt := given.get("adopt"):
            mismatch = get_object_or_404(Mismatch, pk=adopt.removesuffix("-listed"), run=run)
            done = deciding.adopt(mismatch=mismatch, by=user, listed=adopt.endswith("-listed"), reason=given.get("note", ""))
        elif given.get("class"):
            done = deciding.accept_class(run=run, kind=given["class"], by=user)
        else:
            ticked = [int(key) for key in given.getlist("pick") if key.isdigit()]
            done = deciding.dispose(
                mismatches=ticked, run=run, disposition=given.get("disposition", ""), by=user, note=given.get("note", "")
            )
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        request.session[_UNDO] = done.pk
        if left := done.effects.get("left"):
            messages.warning(request, _("另有 %d 行不能照办，留在待处理。") % left)
    return _back(request, pk)


@require_POST
def undo(request: HttpRequest, pk: int, decision: int) -> HttpResponse:
    """Takes back one act."""
    batch = batch_of(request, pk)
    found = get_object_or_404(Decision, pk=decision, run__batch=batch)
    try:
        deciding.undo(decision=found, by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已撤销，恢复原样。"))
    return _back(request, pk)


@require_POST
def enrol(request: HttpRequest, pk: int) -> HttpResponse:
    """Enrols those whom only the list knows."""
    batch = whole_batch_of(request, pk)
    try:
        job = deciding.enrol_new(run=_run_or_404(batch), by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _back(request, pk)
    messages.success(request, _("正在登记入册，进度见“后台任务”：%s") % job.title)
    return redirect("rosters:batch", pk)


@require_POST
def sign(request: HttpRequest, pk: int) -> HttpResponse:
    """Signs for the user's office; with the last signature the list is locked."""
    batch = whole_batch_of(request, pk)
    try:
        locking.sign(batch=batch, by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        batch.refresh_from_db()
        locked = batch.status == Batch.Status.LOCKED
        messages.success(request, _("各方已签齐，名单锁定。") if locked else _("已签字。"))
    return redirect("rosters:batch", pk)


@require_POST
def void(request: HttpRequest, pk: int) -> HttpResponse:
    """Sets a wrongly sent list aside."""
    batch = whole_batch_of(request, pk)
    try:
        receiving.void(batch=batch, by=user_of(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
    return redirect("rosters:batch", pk)
