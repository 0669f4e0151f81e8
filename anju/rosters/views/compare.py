"""A list beside another: its own earlier version, or any other list."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anju.accounts.asking import by_htmx, query, user_of
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.accounts.signing_in.middleware import unattended
from anju.privacy.vault import open_all
from anju.rosters import marking
from anju.rosters.actions import deciding, receiving
from anju.rosters.models import Batch, BatchRow, Match, MatchRun
from anju.rosters.queries import batches
from anju.rosters.queries.batches import VersionRow, seen
from anju.rosters.refusal import Refused
from anju.rosters.views.asking import batch_of, whole_batch_of
from anju.rosters.views.batch import paged
from anju.rosters.views.rows import LIMIT
from anju.vocabulary import division

_READABLE = (Batch.Status.RECEIVED, Batch.Status.MATCHING, Batch.Status.MATCHED, Batch.Status.LOCKED)


@require_GET
def versions(request: HttpRequest, pk: int) -> HttpResponse:
    """This version beside the earlier one: who joined, who left, what changed."""
    user = user_of(request)
    batch = batch_of(request, pk)
    if batch.previous is None:
        return render(request, "rosters/compare.html", {"batch": batch})
    run = batch.runs.filter(kind=MatchRun.Kind.VERSION, current=True).first()
    what = request.GET.get("what", "joined")
    what = what if what in ("joined", "left", "changed") else "joined"
    counts = batches.versions(batch, user) if run else None
    found = batches.version_rows(run, user, what, request.GET.get("after", ""), LIMIT) if run else None
    context = {
        "batch": batch,
        "previous": batch.previous,
        "run": run,
        "counts": counts,
        "what": what,
        "chips": [
            {"label": label, "count": getattr(counts, key), "url": query(request, what=key), "on": key == what}
            for key, label in (("joined", _("本期新增")), ("left", _("本期不在")), ("changed", _("内容有变")))
        ]
        if counts
        else [],
        "rows": [_version(one, what) for one in found.rows] if found else [],
        "pager": paged(found),
        "may_end": what == "left"
        and bool(found and found.rows)
        and bool(batch.category)
        and user.may(Power.DECIDE)
        and batch.status == Batch.Status.MATCHED
        and division.contains(user.area, batch.area),
    }
    return render(request, "rosters/compare.html", context)


@require_POST
def end_left(request: HttpRequest, pk: int) -> HttpResponse:
    """Those who are no longer on the list leave its category, as of the list's day."""
    batch = whole_batch_of(request, pk)
    try:
        done = deciding.end_left(batch=batch, by=user_of(request), reason=request.POST.get("reason", ""))
    except Refused as refusal:
        messages.error(request, refusal.message)
    else:
        messages.success(request, _("已办理退出，登记库记下 %d 处变更。") % done.size)
    return redirect(reverse("rosters:compare", args=[pk]) + "?what=left")


@require_http_methods(["GET", "POST"])
def against(request: HttpRequest) -> HttpResponse:
    """Two lists to be laid side by side without the register."""
    user = user_of(request)
    if request.method == "POST":
        left = batch_of(request, _number(request.POST.get("left", "")))
        right = batch_of(request, _number(request.POST.get("right", "")))
        try:
            run = receiving.compare_lists(batch=left, other=right, by=user)
        except Refused as refusal:
            messages.error(request, refusal.message)
        else:
            return redirect("rosters:pairing", run.pk)
    lists = Batch.objects.filter(seen(chosen(request)), status__in=_READABLE).order_by("area", "owner", "category", "-as_of", "-id")[:500]
    runs = (
        MatchRun.objects.filter(seen_run(request), kind=MatchRun.Kind.LIST, current=True)
        .select_related("batch", "other")
        .order_by("-id")[:20]
    )
    context = {"lists": lists, "runs": runs, "left": request.GET.get("left", ""), "may": user.may(Power.RECEIVE) or user.may(Power.DECIDE)}
    return render(request, "rosters/against.html", context)


def _version(one: VersionRow, what: str) -> dict[str, Any]:
    """One person of two versions; what changed is marked on both sides."""
    changes = []
    for label, was, now in one.changes:
        before, after = marking.compare(was, now)
        changes.append({"label": label, "before": before or [marking.Part(_("未填"))], "now": after or [marking.Part(_("未填"))]})
    row = one.other if what == "left" else one.row
    number = marking.plain(row.typed.clear) if row else ""
    return {"shown": row, "number": number, "changes": changes, "place": one.place}


def _number(text: str) -> int:
    return int(text) if text.isdigit() else 0


def seen_run(request: HttpRequest) -> Q:
    """Comparisons of lists the user may see."""
    return Q(batch__in=Batch.objects.filter(seen(user_of(request).area)))


@unattended
@require_GET
def pairing(request: HttpRequest, run: int) -> HttpResponse:
    """What came of laying two lists side by side."""
    user = user_of(request)
    found = get_object_or_404(
        MatchRun.objects.filter(seen_run(request), kind=MatchRun.Kind.LIST).select_related("batch", "other", "job"), pk=run
    )
    batch_of(request, found.other_id or 0)
    if found.stage == MatchRun.Stage.NEW:
        context = {"run": found, "job": found.job, "own": found.job is not None and found.job.created_by_id == user.pk}
        return render(request, "rosters/_pairing_progress.html" if by_htmx(request) else "rosters/pairing_progress.html", context)
    if by_htmx(request):
        return HttpResponse(headers={"HX-Refresh": "true"})
    what = request.GET.get("what", "both")
    asked = request.GET.get("after", "")
    rows = _pairs(found, what, user.area, asked)
    open_all(*(side for one in rows for side in (one.row, one.other_row)))
    shown: dict[str, Any] = {
        "run": found,
        "summary": found.summary,
        "what": what,
        "chips": _pair_chips(request, found, what),
        "rows": [{"match": one, "left": _number_of(one.row), "right": _number_of(one.other_row)} for one in rows[:LIMIT]],
        "pager": {"first": None, "last": None, "total": None, "next": str(rows[LIMIT - 1].pk) if len(rows) > LIMIT else "", "previous": ""},
        "open_pairs": Match.objects.filter(run=found, outcome=Match.Outcome.REVIEW, verdict="").count(),
        "may_decide": user.may(Power.DECIDE),
    }
    return render(request, "rosters/pairing.html", shown)


_WHATS: dict[str, Q] = {
    "both": Q(outcome=Match.Outcome.AUTO) | Q(outcome=Match.Outcome.REVIEW, verdict=Match.Verdict.SAME),
    "changed": Q(outcome=Match.Outcome.AUTO, changes__isnull=False),
    "review": Q(outcome=Match.Outcome.REVIEW),
    "only_list": Q(outcome=Match.Outcome.ONLY_LIST),
    "only_other": Q(outcome=Match.Outcome.ONLY_OTHER),
}


def _pairs(run: MatchRun, what: str, area: str, after: str) -> list[Match]:
    rows = (
        Match.objects.filter(_WHATS.get(what, _WHATS["both"]), run=run, area__startswith=area)
        .select_related("row", "other_row")
        .order_by("id")
    )
    if after.isdigit():
        rows = rows.filter(pk__gt=after)
    return list(rows[: LIMIT + 1])


def _number_of(row: BatchRow | None) -> str:
    return marking.plain(row.typed.clear) if row else ""


def _pair_chips(request: HttpRequest, run: MatchRun, what: str) -> list[dict[str, Any]]:
    summary = run.summary
    assert run.other is not None
    named = (
        ("both", _("两份都有"), summary.get("auto", 0)),
        ("changed", _("都有但内容不同"), summary.get("changed", 0)),
        ("review", _("待核对"), summary.get("review", 0)),
        ("only_list", _("只在 %s") % run.batch.title, summary.get("only_list", 0)),
        ("only_other", _("只在 %s") % run.other.title, summary.get("only_other", 0)),
    )
    return [{"label": label, "count": count, "url": query(request, what=key), "on": key == what} for key, label, count in named]
