"""人工核对: one pair after another, by keyboard or by hand; each verdict brings the next pair at once and can be taken back."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from anju.accounts.asking import by_htmx, user_of, why_not
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.exports.actions import revealing
from anju.exports.reasons import REVEAL_REASONS
from anju.exports.refusal import Refused as NotShown
from anju.rosters.actions import deciding
from anju.rosters.marking import Part
from anju.rosters.models import Batch, Match, MatchRun
from anju.rosters.queries import review as reading
from anju.rosters.queries.review import FieldPair
from anju.rosters.refusal import Refused
from anju.rosters.views.asking import batch_of, run_of

_QUEUE = 12
_PAST = 3


def _run_of(request: HttpRequest, batch: Batch) -> MatchRun:
    """The comparison whose pairs are reviewed: with the register, or the one asked for."""
    asked = request.GET.get("run", "") or request.POST.get("run", "")
    if asked.isdigit():
        return get_object_or_404(MatchRun, pk=asked, batch=batch)
    run = run_of(batch)
    if run is None:
        raise Http404
    return run


def _match_of(request: HttpRequest, run: MatchRun, pk: int) -> Match:
    found = Match.objects.filter(within(user_of(request).area), run=run, outcome=Match.Outcome.REVIEW)
    return get_object_or_404(found.select_related("run__batch", "row__batch", "person", "household", "other_row__batch"), pk=pk)


@require_GET
def start(request: HttpRequest, pk: int) -> HttpResponse:
    """The next open pair; when there is none, what was done."""
    batch = batch_of(request, pk)
    run = _run_of(request, batch)
    return _sheet(request, batch, run, reading.next_open(run, user_of(request)))


@require_GET
def pair(request: HttpRequest, pk: int, match: int) -> HttpResponse:
    """This pair."""
    batch = batch_of(request, pk)
    run = _run_of(request, batch) if request.GET.get("run") else get_object_or_404(MatchRun, batch=batch, matches=match)
    return _sheet(request, batch, run, _match_of(request, run, match))


def _sheet(request: HttpRequest, batch: Batch, run: MatchRun, match: Match | None, said: str = "") -> HttpResponse:
    user = user_of(request)
    progress = reading.progress(run, user)
    open_pairs = reading.queue(run, user, limit=_QUEUE)
    past = list(
        Match.objects.filter(within(user.area), run=run, outcome=Match.Outcome.REVIEW)
        .exclude(verdict="")
        .select_related("row", "person", "other_row")
        .order_by("-decision_id", "-id")[:_PAST]
    )
    page = reading.page(match, user) if match else None
    before, after = _neighbours(run, user.area, match)
    context: dict[str, Any] = {
        "batch": batch,
        "run": run,
        "progress": progress,
        "at": min(progress.done + 1, progress.total),
        "queue": open_pairs.rows,
        "past": past[::-1],
        "match": match,
        "page": page,
        "fields": [_line(one) for one in page.fields] if page else [],
        "before": before,
        "after": after,
        "said": said,
        "may_decide": user.may(Power.DECIDE) and batch.status == Batch.Status.MATCHED,
        "why_not": _("名单已锁定") if batch.status == Batch.Status.LOCKED else why_not(user, Power.DECIDE),
        "verdicts": dict(Match.Verdict.choices),
        "may_reveal": user.may(Power.REVEAL),
        "reveal_reasons": REVEAL_REASONS,
        "other": run.other,
    }
    part = by_htmx(request) and request.headers.get("HX-Target", "").endswith("#review")
    answer = render(request, "rosters/_review.html" if part else "rosters/review.html", context)
    if part and match:
        answer["HX-Push-Url"] = _address(batch, run, match)
    return answer


def _line(field: FieldPair) -> dict[str, Any]:
    """A line of the sheet; who is missing on one side is said quietly there, and by the name alone on the other."""
    absent = _("无此人")
    words = ["".join(part.text for part in side) for side in (field.listed, field.held)]
    sides = []
    for own, other, parts in ((words[0], words[1], field.listed), (words[1], words[0], field.held)):
        name, _space, rest = own.partition(" ")
        shown = [Part(name, hot=True), Part(f" {rest}")] if other == absent else parts
        sides.append({"parts": shown, "none": absent if own == absent else "" if own else "—"})
    return {"label": field.label, "sign": field.sign, "differs": field.sign in ("≠", "≈"), "left": sides[0], "right": sides[1]}


def _address(batch: Batch, run: MatchRun, match: Match) -> str:
    place = reverse("rosters:pair", args=[batch.pk, match.pk])
    return place if run.kind == MatchRun.Kind.REGISTER else f"{place}?run={run.pk}"


def _neighbours(run: MatchRun, area: str, match: Match | None) -> tuple[Match | None, Match | None]:
    """The open pairs before and after this one, hardest first as the queue has them."""
    if match is None:
        return None, None
    found = Match.objects.filter(within(area), run=run, outcome=Match.Outcome.REVIEW, verdict=Match.Verdict.OPEN).exclude(pk=match.pk)
    score = match.score or 0.0
    earlier = found.filter(score__lt=score) | found.filter(score=score, pk__lt=match.pk)
    later = found.filter(score__gt=score) | found.filter(score=score, pk__gt=match.pk)
    return earlier.order_by("-score", "-id").first(), later.order_by("score", "id").first()


@require_POST
def decide(request: HttpRequest, pk: int, match: int) -> HttpResponse:
    """The verdict on this pair; then the next one."""
    user = user_of(request)
    batch = batch_of(request, pk)
    found = get_object_or_404(Match.objects.filter(within(user.area), run__batch=batch).select_related("run"), pk=match)
    run = found.run
    try:
        if request.POST.get("alike"):
            done = deciding.accept_alike(match=found, by=user)
            said = _("同类 %d 对已判为同一人，按 Z 可一次撤销。") % done.size
        else:
            deciding.decide(match=found, verdict=request.POST.get("verdict", ""), by=user, reason=request.POST.get("reason", ""))
            said = _("已判：%s。") % dict(Match.Verdict.choices)[request.POST["verdict"]]
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _again(request, batch, run, _match_of(request, run, match), refusal.message)
    return _again(request, batch, run, reading.next_open(run, user, after_match=found) or reading.next_open(run, user), said)


@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Takes back the user's last verdict and shows that pair again."""
    user = user_of(request)
    batch = batch_of(request, pk)
    run = _run_of(request, batch)
    try:
        taken = deciding.undo_last(run=run, by=user)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return _again(request, batch, run, reading.next_open(run, user), refusal.message)
    keys = taken.effects.get("matches", []) if isinstance(taken.effects, dict) else []
    match = _reopened(run, user.area, keys) or reading.next_open(run, user)
    return _again(request, batch, run, match, _("已撤销上一次判定。"))


@require_POST
@never_cache
def reveal(request: HttpRequest, pk: int, match: int) -> HttpResponse:
    """The full numbers of a pair, in this answer only; that they were looked at, and why, is registered."""
    batch = batch_of(request, pk)
    user = user_of(request)
    found = get_object_or_404(
        Match.objects.select_related("run__batch", "row", "person", "other_row").filter(within(user.area), run__batch=batch), pk=match
    )
    seen = reading.full_numbers(found)
    try:
        revealing.reveal(
            area=found.area,
            subject=seen.subject,
            numbers=seen.count,
            by=user,
            reason=request.POST.get("why", ""),
            url=reverse("rosters:pair", args=[batch.pk, found.pk]),
        )
    except NotShown as refusal:
        return render(request, "rosters/_revealed.html", {"refused": refusal.message})
    return render(request, "rosters/_revealed.html", {"seen": seen})


def _reopened(run: MatchRun, area: str, keys: list[int]) -> Match | None:
    if not keys:
        return None
    return (
        Match.objects.filter(within(area), run=run, pk__in=keys[:1])
        .select_related("run__batch", "row__batch", "person", "household", "other_row__batch")
        .first()
    )


def _again(request: HttpRequest, batch: Batch, run: MatchRun, match: Match | None, said: str) -> HttpResponse:
    """The next sheet, as a part where a part was asked for."""
    if by_htmx(request):
        return _sheet(request, batch, run, match, said)
    if match is not None:
        return redirect(_address(batch, run, match))
    return redirect(reverse("rosters:review", args=[batch.pk]) + ("" if run.kind == MatchRun.Kind.REGISTER else f"?run={run.pk}"))
