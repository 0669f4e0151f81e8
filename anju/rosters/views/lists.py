"""名单: which lists there are, what each still needs, and where new ones come in."""

import io
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core import signing
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anju import clock, paging
from anju.accounts.asking import by_dropzone, by_htmx, user_of, why_not
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen, scope, within
from anju.divisions.models import Division
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.evidence.sending import attachment
from anju.evidence.uploading import given, media_type
from anju.registry.models import Category
from anju.rosters import layouts
from anju.rosters.actions import receiving
from anju.rosters.forms import NobodyForm, ReceiveForm
from anju.rosters.models import OFFICES, Batch, Disposition, Letter, Match, MatchRun, Mismatch
from anju.rosters.refusal import AlreadyReceived, Refused
from anju.tabular import as_of
from anju.tabular.writing import template
from anju.vocabulary.division import Level

LIMIT = 40
_PENDING = "anju.rosters.upload"
_GONE = (Batch.Status.VOIDED, Batch.Status.FAILED)
_SORTS = {
    "as_of": ("as_of", "id"),
    "rows": ("rows_total", "id"),
    "received": ("received_at", "id"),
    "title": ("title", "id"),
}
TONES = {
    Batch.Status.MAPPING: "soon",
    Batch.Status.RECEIVING: "doing",
    Batch.Status.RECEIVED: "doing",
    Batch.Status.MATCHING: "doing",
    Batch.Status.MATCHED: "soon",
    Batch.Status.LOCKED: "ok",
    Batch.Status.FAILED: "late",
    Batch.Status.VOIDED: "idle",
}


@dataclass
class Line:
    """One list of the table, with what it still asks of people."""

    batch: Batch
    place: str = ""
    category: str = ""
    earlier: int = 0
    review: int = 0
    pending: int = 0
    unanswered: int = 0
    tone: str = "idle"
    group: str = ""
    waits: str = field(default="")


def current(request: HttpRequest) -> QuerySet[Batch]:
    """The newest version of each list in the area looked at."""
    later = Batch.objects.filter(previous=OuterRef("pk")).exclude(status__in=_GONE)
    return Batch.objects.filter(~Exists(later)).filter(within(chosen(request)))


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """The lists of the user's area."""
    user = user_of(request)
    asked = request.GET
    found = current(request)
    if asked.get("status"):
        found = found.filter(status__in=_statuses(asked["status"]))
    else:
        found = found.exclude(status__in=_GONE)
    if asked.get("office"):
        found = found.filter(owner=asked["office"])
    if asked.get("category"):
        found = found.filter(category=asked["category"])
    if asked.get("county"):
        found = found.filter(within(asked["county"]))
    if asked.get("before_of"):
        found = scope(user, Batch.objects.filter(pk__in=_chain(user, asked["before_of"])))
    sort = asked.get("sort", "")
    order: tuple[str, ...] = _SORTS.get(sort.lstrip("-"), ("area", "owner", "category", "id"))
    if sort.startswith("-"):
        order = tuple(f"-{name}" for name in order)
    page = paging.page(found.select_related("file", "job"), order=order, asked=asked, limit=LIMIT, total=found.count())
    lines = _lines(page.rows, grouped=len(chosen(request)) < 6 and sort.lstrip("-") not in _SORTS)
    context = {
        "page": page,
        "lines": lines,
        "headings": _headings(),
        "filtered": any(asked.get(name) for name in ("office", "category", "county", "status", "before_of")),
        "any": bool(lines) or scope(user, Batch.objects.all()).exists(),
        "offices": [(code, _(name)) for code, name in OFFICES],
        "categories": Category.objects.filter(valid_from__lte=clock.today()).exclude(valid_to__lt=clock.today()),
        "counties": _counties(chosen(request)),
        "statuses": _STATUS_FILTERS,
        "layouts": layouts.ALL,
        "may_receive": user.may(Power.RECEIVE),
        "why_not": why_not(user, Power.RECEIVE),
        "nobody": NobodyForm(user=user, initial={"as_of": clock.today()}, auto_id="nobody_%s")
        if user.may(Power.RECEIVE) and len(user.area) >= 6
        else None,
    }
    return render(request, "rosters/list.html", context)


_STATUS_FILTERS = (
    ("open", gettext_lazy("比对中、待处理")),
    ("locked", gettext_lazy("已锁定")),
    ("failed", gettext_lazy("未完成")),
    ("voided", gettext_lazy("已作废")),
)


def _statuses(asked: str) -> list[str]:
    if asked == "open":
        return [one for one in Batch.Status.values if one not in (*_GONE, Batch.Status.LOCKED)]
    return [asked]


def _headings() -> list[dict[str, Any]]:
    return [
        {"title": _("名单"), "key": "title", "sort": True},
        {"title": _("报送部门")},
        {"title": _("数据截至"), "key": "as_of", "sort": True},
        {"title": _("行数"), "key": "rows", "sort": True, "align": "r"},
        {"title": _("有错行"), "align": "r"},
        {"title": _("待核对"), "align": "r"},
        {"title": _("差异待处理"), "align": "r"},
        {"title": _("状态")},
        {"title": _("收到"), "key": "received", "sort": True},
        {"title": _("以前各期"), "align": "r"},
    ]


def _counties(area: str) -> list[Division]:
    if len(area) >= 6:
        return []
    return list(Division.objects.filter(within(area, "code"), level=Level.COUNTY, valid_to__isnull=True).only("code", "short_name")[:200])


def _chain(user: User, pk: str) -> list[int]:
    """A list's earlier versions, newest first."""
    found: list[int] = []
    here = scope(user, Batch.objects.all()).filter(pk=pk).first() if pk.isdigit() else None
    while here is not None and here.previous_id and len(found) < 120:
        found.append(here.previous_id)
        here = here.previous
    return found


def _lines(batches: list[Batch], *, grouped: bool) -> list[Line]:
    """The page's lists with their open work, three queries for all of them."""
    keys = [batch.pk for batch in batches]
    runs = dict(MatchRun.objects.filter(batch__in=keys, kind=MatchRun.Kind.REGISTER, current=True).values_list("pk", "batch_id"))
    review = _counted(Match.objects.filter(run__in=runs, outcome=Match.Outcome.REVIEW, verdict=Match.Verdict.OPEN), runs)
    pending = _counted(Mismatch.objects.filter(run__in=runs, disposition=Disposition.PENDING).exclude(kind=Mismatch.Kind.REVIEW), runs)
    unanswered = dict(
        Letter.objects.filter(batch__in=keys, answered_at__isnull=True)
        .values("batch")
        .annotate(count=Count("pk"))
        .values_list("batch", "count")
    )
    names = dict(Division.objects.filter(code__in={batch.area for batch in batches}).values_list("code", "short_name"))
    shorts = dict(Category.objects.values_list("code", "short"))
    lines = []
    group = ""
    for batch in batches:
        line = Line(
            batch=batch,
            place=names.get(batch.area, batch.area),
            category=_(shorts.get(batch.category, "")),
            earlier=1 if batch.previous_id else 0,
            review=review.get(batch.pk, 0),
            pending=pending.get(batch.pk, 0),
            unanswered=unanswered.get(batch.pk, 0),
            tone=TONES[Batch.Status(batch.status)],
        )
        if grouped and line.place != group:
            line.group = group = line.place
        lines.append(line)
    _count_earlier(lines)
    return lines


def _count_earlier(lines: Iterable[Line]) -> None:
    """How many earlier versions each list has: a step back for all of them at a time."""
    front = {line.batch.previous_id: line for line in lines if line.batch.previous_id}
    for _step in range(120):
        steps = dict(Batch.objects.filter(pk__in=front, previous__isnull=False).values_list("pk", "previous_id"))
        if not steps:
            return
        for line in (front[key] for key in steps):
            line.earlier += 1
        front = {previous: front[key] for key, previous in steps.items()}


def _counted(rows: QuerySet[Any], runs: dict[int, int]) -> dict[int, int]:
    return {runs[run]: count for run, count in rows.order_by().values("run").annotate(count=Count("pk")).values_list("run", "count")}


# ------------------------------------------------------------------------------------------------ sending


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest) -> HttpResponse:
    """One workbook arrives. What can be known of it isn't asked: the layout by its headings, the day by its name, the place by who sends it."""
    user = user_of(request)
    if request.method == "GET":
        return redirect(reverse("rosters:list") + "#upload")
    file, name, unfit = given(request)
    if file is None or unfit:
        return _said(request, unfit, name=name)
    day = as_of.guess(name, clock.today())
    area = user.area if len(user.area) >= 6 else ""
    if day is None or not area:
        if not user.may(Power.RECEIVE):
            return _said(request, _("您的角色不能报送名单：%s。") % why_not(user, Power.RECEIVE))
        try:
            kept = store.put(file, name=name, media_type=media_type(name), by=user)
        except store.StoreFull as full:
            return _said(request, str(full), name=name)
        return _ask(
            request, kept, ReceiveForm(user=user, initial={"as_of": day or clock.today(), "area": area}, auto_id=f"id_{kept.pk}_%s")
        )
    try:
        batch = receiving.receive(file=file, name=name, by=user, area=area, as_of=day)
    except Refused as refusal:
        return _refused(request, refusal)
    return _received(request, batch)


@require_POST
def confirm(request: HttpRequest, token: str) -> HttpResponse:
    """The day (and place) that couldn't be known, answered: the kept file is received."""
    user = user_of(request)
    try:
        key = signing.loads(token, salt=_PENDING, max_age=24 * 3600)
    except signing.BadSignature as bad:
        raise Http404 from bad
    kept = get_object_or_404(StoredFile, pk=key, created_by=user)
    form = ReceiveForm(request.POST, user=user, auto_id=f"id_{kept.pk}_%s")
    if not form.is_valid():
        return _ask(request, kept, form)
    try:
        with store.open(kept) as original:
            batch = receiving.receive(
                file=original,
                name=kept.name,
                by=user,
                area=form.cleaned_data.get("area") or user.area,
                as_of=form.cleaned_data["as_of"],
            )
    except Refused as refusal:
        return _refused(request, refusal, name=kept.name)
    except store.Damaged as damaged:
        return _said(request, str(damaged), name=kept.name)
    return _received(request, batch)


@require_POST
def nobody(request: HttpRequest) -> HttpResponse:
    """A department reports that nobody is on its list this time: a list without rows, signed like any other."""
    user = user_of(request)
    form = NobodyForm(request.POST, user=user)
    if not form.is_valid():
        messages.error(request, _("没有登记：%s") % "；".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("rosters:list")
    category = form.cleaned_data["category"]
    try:
        batch = receiving.receive_none(
            by=user, area=user.area, owner=category.owner, category=category.pk, as_of=form.cleaned_data["as_of"]
        )
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("rosters:list")
    return redirect("rosters:batch", batch.pk)


def _received(request: HttpRequest, batch: Batch) -> HttpResponse:
    """The list is on its way; a single file leads straight to it."""
    name = "mapping" if batch.status == Batch.Status.MAPPING else "batch"
    location = reverse(f"rosters:{name}", args=[batch.pk])
    if by_dropzone(request):
        said = _("表头需要指明一次") if batch.status == Batch.Status.MAPPING else _("已识别为“%s”，正在比对") % batch.title
        return JsonResponse({"location": location, "message": said})
    if by_htmx(request):
        return HttpResponse(headers={"HX-Redirect": location})
    return redirect(location)


def _ask(request: HttpRequest, kept: StoredFile, form: ReceiveForm) -> HttpResponse:
    context = {"form": form, "kept": kept, "token": signing.dumps(kept.pk, salt=_PENDING)}
    part = by_dropzone(request) or by_htmx(request)
    return render(request, "rosters/_ask.html" if part else "rosters/ask.html", context)


def _refused(request: HttpRequest, refusal: Refused, name: str = "") -> HttpResponse:
    earlier = refusal.batch if isinstance(refusal, AlreadyReceived) else None
    shown = name or given(request)[1]
    return _said(request, refusal.message, earlier=earlier, name=Path(shown).name)


def _said(request: HttpRequest, message: str, *, earlier: Batch | None = None, name: str = "") -> HttpResponse:
    """Why the file wasn't taken, and what to do next."""
    part = by_dropzone(request) or by_htmx(request)
    context = {"said": message, "earlier": earlier, "name": name}
    return render(request, "rosters/_refused.html" if part else "rosters/refused.html", context, status=422)


@require_GET
def layout_template(request: HttpRequest, key: str) -> HttpResponseBase:
    """An empty workbook of one sender's layout, to fill in."""
    if key not in layouts.BY_KEY:
        raise Http404
    layout = layouts.BY_KEY[key]
    made = io.BytesIO()
    template(layout, made)
    return attachment(made, _("%s（模板）.xlsx") % layout.title)
