"""What the background worker does for lists. Each handler may be called again after a killed worker and goes on from what is stored."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.evidence import store
from anju.jobs import actions as jobs
from anju.jobs.progress import Cancelled, Progress, Refused
from anju.jobs.registry import handler
from anju.rosters import applying, matching, receiving
from anju.rosters.models import Batch, MatchRun
from anju.tabular.unreadable import Unreadable
from anju.trail.acts import recorded


@handler("rosters.receive")
@recorded("list.read")
def receive(progress: Progress, *, batch: int) -> dict[str, Any]:
    """Reads a list's rows; then the comparison with the register is put on the queue."""
    row = Batch.objects.select_related("file", "mapping").get(pk=batch)
    try:
        receiving.receive(row, progress)
    except Unreadable as unreadable:
        receiving.discard(row, Batch.Status.FAILED, unreadable.message)
        raise Refused(unreadable.message) from unreadable
    except store.Damaged as damaged:  # the same file sent again is kept anew
        receiving.discard(row, Batch.Status.FAILED, str(damaged))
        raise
    except Cancelled:
        receiving.discard(row, Batch.Status.VOIDED, _("接收途中取消"))
        raise
    with transaction.atomic():
        row = Batch.objects.select_for_update(no_key=True).get(pk=batch)
        if row.status == Batch.Status.RECEIVED:
            row.status = Batch.Status.MATCHING
            row.job = jobs.start(
                kind="rosters.match", title=_("比对 %(title)s") % {"title": row.title}, by=row.received_by, area=row.area, batch=batch
            )
            row.save(update_fields=["status", "job"])
    return {"batch": batch, "rows": row.rows_total, "faulty": row.rows_faulty}


@handler("rosters.match")
@recorded("list.matched")
def match(progress: Progress, *, batch: int) -> dict[str, Any]:
    """Compares a list with the register, writes what is certain to the register, then compares with the list's earlier version."""
    row = Batch.objects.get(pk=batch)
    if row.status not in (Batch.Status.RECEIVED, Batch.Status.MATCHING):
        return {"batch": batch}
    try:
        with matching.one_at_a_time(row.area):
            run = matching.open_run(row, MatchRun.Kind.REGISTER)
            matching.compare(run, progress)
            applying.apply(run, progress)
        if row.previous_id:
            matching.compare(matching.open_run(row, MatchRun.Kind.VERSION, row.previous), progress)
    except Cancelled:
        Batch.objects.filter(pk=batch, status=Batch.Status.MATCHING).update(
            status=Batch.Status.RECEIVED, message=_("比对途中取消，可重新比对")
        )
        raise
    Batch.objects.filter(pk=batch, status__in=[Batch.Status.RECEIVED, Batch.Status.MATCHING]).update(status=Batch.Status.MATCHED)
    run.refresh_from_db()
    return {"batch": batch, "run": run.pk, **run.summary}


@handler("rosters.compare")
@recorded("list.compared")
def compare(progress: Progress, *, run: int) -> dict[str, Any]:
    """Compares two lists."""
    row = MatchRun.objects.select_related("batch", "other").get(pk=run)
    matching.compare(row, progress)
    return {"run": run}


@handler("rosters.enrol")
@recorded("list.enrolled")
def enrol(progress: Progress, *, run: int, clerk: int) -> dict[str, Any]:
    """Enrols those that only the list knows."""
    row = MatchRun.objects.select_related("batch").get(pk=run)
    with matching.one_at_a_time(row.area):
        return applying.enrol_new(row, User.objects.get(pk=clerk), progress)
