"""Excel of what is seen, made in the background and fetched when it is ready."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from anju.accounts.signing_in.middleware import unattended
from anju.evidence.models import StoredFile
from anju.jobs import queries as jobs
from anju.jobs.models import Job
from anju.rosters.actions import exporting
from anju.rosters.refusal import Refused
from anju.rosters.views.asking import batch_of, by_htmx, user_of


@require_POST
def of_batch(request: HttpRequest, pk: int) -> HttpResponse:
    """Rows or differences of a list, filtered as the page was."""
    batch = batch_of(request, pk)
    filters: dict[str, Any] = {name: value for name, value in request.GET.items() if name not in ("after", "before")}
    return _ask(request, request.POST.get("what", "rows"), {**filters, "batch": batch.pk}, reverse("rosters:batch", args=[pk]))


@require_POST
def of_lists(request: HttpRequest) -> HttpResponse:
    """The table of lists."""
    filters = {name: value for name, value in request.GET.items() if name not in ("after", "before")}
    return _ask(request, "batches", filters, reverse("rosters:list"))


@require_POST
def of_cross(request: HttpRequest) -> HttpResponse:
    """The cross table."""
    return _ask(request, "cross", dict(request.GET.items()), reverse("rosters:cross"))


def _ask(request: HttpRequest, what: str, filters: dict[str, Any], back: str) -> HttpResponse:
    try:
        job = exporting.export(what=what, filters=filters, by=user_of(request))
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect(back)
    return redirect("rosters:ready", job.pk)


@unattended
@require_GET
def ready(request: HttpRequest, job: int) -> HttpResponse:
    """How far the workbook is; the download once it is there."""
    found = get_object_or_404(jobs.of(user_of(request)), pk=job)
    context = {"job": found, "file": _file(found), "back": request.META.get("HTTP_REFERER", "")}
    return render(request, "rosters/_ready.html" if by_htmx(request) else "rosters/ready.html", context)


def _file(job: Job) -> StoredFile | None:
    key = job.result.get("file") if job.status == Job.Status.DONE else None
    return StoredFile.objects.filter(pk=key).first() if key else None
