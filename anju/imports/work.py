"""What the background worker does for workbooks of records. Each handler may be called again after a killed worker and goes on from what is stored."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.working import worker
from anju.evidence import store
from anju.imports import applying, reading
from anju.imports.models import ImportBatch
from anju.jobs.models import Job
from anju.jobs.progress import NO_LONGER, Cancelled, Progress, Refused
from anju.jobs.registry import handler
from anju.tabular.unreadable import Unreadable
from anju.trail.acts import recorded


def _left(batch: int) -> None:
    """Work that ended undone: nothing of a workbook that wasn't read stays; one that was being applied stops where it is."""
    row = ImportBatch.objects.select_related("job").get(pk=batch)
    if row.status == ImportBatch.Status.READING:
        called_off = row.job is not None and row.job.status == Job.Status.CANCELLED
        status = ImportBatch.Status.CANCELLED if called_off else ImportBatch.Status.FAILED
        reading.discard(row, status, _("读取前取消") if called_off else _("没有读完，没有登记任何一行；可重新上传"))
    elif row.status in (ImportBatch.Status.APPLYING, ImportBatch.Status.UNDOING):
        applying.stop(row)


@handler("imports.record", left=_left)
@recorded("import.applied")
def record(progress: Progress, *, batch: int) -> dict[str, Any]:
    """Reads a workbook's rows, finds their households and has the records' owner write them."""
    row = ImportBatch.objects.select_related("file", "by__organisation").get(pk=batch)
    if row.status == ImportBatch.Status.READING:
        try:
            reading.read_rows(row, progress)
        except Unreadable as unreadable:
            reading.discard(row, ImportBatch.Status.FAILED, unreadable.message)
            raise Refused(unreadable.message) from unreadable
        except store.Damaged as damaged:  # the same file sent again is kept anew
            reading.discard(row, ImportBatch.Status.FAILED, str(damaged))
            raise
        except Cancelled:
            reading.discard(row, ImportBatch.Status.CANCELLED, _("读取途中取消，没有登记任何一行"))
            raise
    applying.apply_rows(row, progress)
    said = _("已登记 %(rows)s 行，退回 %(refused)s 行") % {"rows": f"{row.rows_in:,}", "refused": f"{row.rows_refused:,}"}
    return {"batch": batch, "url": reverse("imports:batch", args=[batch]), "said": said}


@handler("imports.undo", left=_left)
@recorded("import.undone")
def undo(progress: Progress, *, batch: int) -> dict[str, Any]:
    """Takes a whole workbook's records back, as far as nothing later rests on them."""
    row = ImportBatch.objects.select_related("file", "by__organisation").get(pk=batch)
    if (by := worker(Job.objects.get(pk=progress.job_id))) is None:
        raise Refused(NO_LONGER)
    applying.undo_rows(row, progress, by)
    return {"batch": batch, "url": reverse("imports:batch", args=[batch])}
