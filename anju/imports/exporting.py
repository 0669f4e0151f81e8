"""What leaves 批量录入 as a file: the sender's workbook with what is wrong in each row, and as it was sent."""

from pathlib import Path

from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.exports import annotating
from anju.exports.kinds import Filters, NotThere, Numbers, RowSet, export_kind
from anju.imports import queries, reading
from anju.imports.models import ImportBatch, ImportRow

_STEP = 2000


def _sent(filters: Filters, user: User) -> ImportBatch:
    """The workbook asked for, where all of it lies in the user's area and they may read its kind in, or export."""
    asked = str(filters.get("batch", ""))
    batch = queries.batches(user).filter(pk=int(asked)).first() if asked.isdecimal() else None
    if batch is None or not queries.whole(user, batch) or not (user.may(Power.EXPORT) or user.may(batch.declared.power)):
        raise NotThere
    return batch


@export_kind("imports.error_workbook", "批量录入：带批注的原表", numbers=Numbers.WHOLE, filters=("batch",), powers=(Power.VIEW,))
def error_workbook(filters: Filters, user: User, full: bool) -> RowSet:
    """The sender's own rows back with what is wrong in each and what to do."""
    batch = _sent(filters, user)
    if batch.read_at is None:
        raise NotThere
    faulty = ImportRow.objects.filter(batch=batch, outcome__in=[ImportRow.Outcome.REFUSED, ImportRow.Outcome.NOTED])

    def wrong() -> annotating.Wrong:
        return faulty.order_by("id").values_list("sheet", "row", "findings").iterator(_STEP)

    total = batch.rows_refused + batch.rows_noted
    made = annotating.writer(batch.file, lambda sent: reading.recognition_of(batch, sent), wrong, queries.checks(batch.declared).values())
    title = _("%(file)s（需要修改的 %(rows)s 行）") % {"file": Path(batch.file.name).stem, "rows": total}
    headings = list(batch.recognition.get("headings", []))
    return RowSet(title, headings, total, iter(()), area=batch.area, write=made, own=batch.by_id == user.pk)


@export_kind("imports.original", "批量录入：原文件", numbers=Numbers.WHOLE, filters=("batch",), powers=(Power.VIEW,))
def original(filters: Filters, user: User, full: bool) -> RowSet:
    """The workbook as it was sent, unchanged."""
    batch = _sent(filters, user)
    headings = list(batch.recognition.get("headings", []))
    return RowSet(batch.file.name, headings, batch.rows_total, iter(()), area=batch.area, kept=batch.file, own=batch.by_id == user.pk)
