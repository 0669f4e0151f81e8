"""What leaves the lists as a file besides rows: the sender's workbook marked or as it was sent, the workbook of a letter."""

from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from anju import memory
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.exports import annotating
from anju.exports.kinds import Filters, NotThere, Numbers, RowSet, export_kind
from anju.jobs.progress import Refused
from anju.rosters import receiving
from anju.rosters.models import Batch, BatchRow
from anju.rosters.queries import letters
from anju.rosters.queries.batches import batches
from anju.rosters.queries.rowsets import LETTER_HEADINGS
from anju.tabular.writing import Sheet, Stamp, TooLarge, workbook
from anju.vocabulary import division

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STEP = 2000


def write(found: RowSet, *, name: str, by: User, caption: str, stamp: Stamp) -> StoredFile:
    """Rows as a workbook in the file store, to go with a letter."""
    with memory.file() as made:
        try:
            workbook(made, [Sheet(found.title, found.headings, found.rows, caption=caption)], stamp=stamp)
        except TooLarge as large:
            raise Refused(_("要导出的表太大，内存放不下。请加筛选条件（例如按乡镇）分几次导出。")) from large
        made.seek(0)
        return store.put(made, name=name, media_type=XLSX, by=by)


def _sent(filters: Filters, user: User) -> Batch:
    """The list whose file is asked for, where all of it lies in the user's area."""
    asked = str(filters.get("batch", ""))
    batch = batches(user).select_related("file", "mapping").filter(pk=int(asked)).first() if asked.isdecimal() else None
    if batch is None or batch.file is None or not division.contains(user.area, batch.area):
        raise NotThere
    return batch


def _faulty(batch: Batch) -> QuerySet[BatchRow]:
    return BatchRow.objects.filter(batch=batch).exclude(outcome="clean")


@export_kind(
    "rosters.error_workbook",
    "带批注的原表",
    numbers=Numbers.WHOLE,
    filters=("batch",),
    powers=(Power.EXPORT, Power.RECEIVE),
)
def error_workbook(filters: Filters, user: User, full: bool) -> RowSet:
    """The sender's own rows back with what is wrong in each and what to do."""
    batch = _sent(filters, user)
    if batch.read_at is None:
        raise NotThere
    file = batch.file
    assert file is not None
    total = _faulty(batch).count()

    def wrong() -> annotating.Wrong:
        return _faulty(batch).values_list("sheet", "row", "findings").iterator(_STEP)

    made = annotating.writer(file, lambda sent: receiving.recognition_of(batch, sent), wrong, receiving.CHECKS)
    title = _("%(file)s（需要修改的 %(rows)s 行）") % {"file": Path(file.name).stem, "rows": total}
    headings = list(batch.recognition.get("headings", []))
    return RowSet(title, headings, total, iter(()), area=batch.area, write=made, own=batch.received_by_id == user.pk)


@export_kind("rosters.original", "原文件", numbers=Numbers.WHOLE, filters=("batch",), powers=(Power.EXPORT, Power.RECEIVE))
def original(filters: Filters, user: User, full: bool) -> RowSet:
    """The workbook as it was sent, unchanged."""
    batch = _sent(filters, user)
    assert batch.file is not None
    headings = list(batch.recognition.get("headings", []))
    return RowSet(
        batch.file.name, headings, batch.rows_total, iter(()), area=batch.area, kept=batch.file, own=batch.received_by_id == user.pk
    )


@export_kind("rosters.letter", "退回函附件", numbers=Numbers.WHOLE, filters=("letter",), powers=(Power.EXPORT, Power.ANSWER, Power.DECIDE))
def enclosure(filters: Filters, user: User, full: bool) -> RowSet:
    """The workbook that goes with a letter: its addressee sent these rows, and needs the right numbers to correct them."""
    asked = str(filters.get("letter", ""))
    letter = letters.letters(user).select_related("attachment").filter(pk=int(asked)).first() if asked.isdecimal() else None
    if letter is None or letter.attachment is None:
        raise NotThere
    own = letter.written_by_id == user.pk or letter.office == user.organisation.kind
    rows = letter.rows.count()
    return RowSet(letter.attachment.name, LETTER_HEADINGS, rows, iter(()), area=letter.area, kept=letter.attachment, own=own)
