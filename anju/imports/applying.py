"""The rows of a workbook given to the app that owns the records, a chunk a transaction, and taken back the same way.

What became of each row and how far the workbook is are written in the transaction of the records themselves: a killed worker's successor goes on
with the first row that isn't in, and ends where an undisturbed run ends.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import temporary
from anju.accounts.models import User
from anju.checks import BLOCK, Finding
from anju.imports import whose
from anju.imports.kinds import Row
from anju.imports.models import ImportBatch, ImportRow
from anju.imports.reading import kept, noted
from anju.imports.values import sent, typed
from anju.jobs.progress import Progress
from anju.registry.models import Household
from anju.temporary import json_text

CHUNK = 5000
_IN = (ImportRow.Outcome.APPLIED, ImportRow.Outcome.NOTED)


def apply_rows(batch: ImportBatch, progress: Progress) -> None:
    """Gives the owner every row that waits, then counts; afterwards the workbook is *done*."""
    started = timezone.now()
    while _apply_chunk(batch.pk, progress):
        pass
    with transaction.atomic():
        count(batch)
        ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.APPLYING).update(
            status=ImportBatch.Status.DONE,
            message="",
            finished_at=timezone.now(),
            seconds=F("seconds") + (timezone.now() - started).total_seconds(),
        )
    batch.refresh_from_db()


@transaction.atomic
def _apply_chunk(pk: int, progress: Progress) -> bool:
    """The next rows; False where there are no more."""
    batch = ImportBatch.objects.select_for_update(no_key=True, of=("self",)).select_related("by__organisation", "file").get(pk=pk)
    if batch.status != ImportBatch.Status.APPLYING:
        return False
    waiting = list(batch.rows.filter(pk__gt=batch.applied_to, outcome=ImportRow.Outcome.WAITING).order_by("pk")[:CHUNK])
    if not waiting:
        return False
    present, gone = _present(waiting)
    answered = {key: list(findings) for key, findings in batch.declared.apply(_given(batch, present), batch).items()} if present else {}
    answered |= {row.pk: [_closed()] for row in gone}
    changes = []
    for row in waiting:
        found = answered.get(row.pk, [])
        findings = row.findings + kept(_headed(batch, found))
        refused = any(one.level == BLOCK for one in found)
        outcome = ImportRow.Outcome.REFUSED if refused else ImportRow.Outcome.NOTED if noted(findings) else ImportRow.Outcome.APPLIED
        changes.append((row.pk, outcome, findings if found else None))
    _write(changes)
    ended = [outcome for _key, outcome, _findings in changes]
    ImportBatch.objects.filter(pk=pk).update(
        applied_to=waiting[-1].pk,
        rows_applied=F("rows_applied") + ended.count(ImportRow.Outcome.APPLIED),
        rows_noted=F("rows_noted") + ended.count(ImportRow.Outcome.NOTED),
        rows_refused=F("rows_refused") + ended.count(ImportRow.Outcome.REFUSED),
    )
    done = batch.rows_applied + batch.rows_noted + len(waiting)
    progress.step(batch.rows_total + min(done + batch.rows_refused, batch.rows_total), 2 * batch.rows_total, f"已登记 {done:,} 行")
    return True


def _present(rows: Sequence[ImportRow]) -> tuple[list[ImportRow], list[ImportRow]]:
    """Rows whose household is still there, locked until the end of the transaction in the order of their keys, and those whose isn't."""
    keys = {row.household_id for row in rows if row.household_id is not None}
    stand = set(
        Household.objects.select_for_update(no_key=True, of=("self",))
        .filter(pk__in=keys, closed_on__isnull=True)
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return [row for row in rows if row.household_id in stand], [row for row in rows if row.household_id not in stand]


def _closed() -> Finding:
    return Finding(whose.CLOSED.id, "该户刚刚销户或迁出，本行没有登记；请在一户一档中查明", "", "household", whose.CLOSED.level)


def _given(batch: ImportBatch, rows: Sequence[ImportRow]) -> list[Row]:
    """Rows as their owner gets them."""
    layout = batch.declared.layout
    closed = sent(rows)
    given = []
    for row in rows:
        assert row.household_id is not None
        values = typed(layout, closed.get((row.sheet, row.row), ([], {}))[1] | row.values)
        given.append(Row(row.pk, row.sheet, row.row, row.household_id, row.area, values))
    return given


def _headed(batch: ImportBatch, findings: Sequence[Finding]) -> list[Finding]:
    """Findings with the file's own heading where the owner named only the key."""
    headings = batch.recognition.get("columns", {})
    made = []
    for found in findings:
        heading = found.column or headings.get(found.field, "")
        made.append(Finding(found.check, found.message, heading, found.field, found.level))
    return made


def _write(changes: Sequence[tuple[int, str, list[dict[str, Any]] | None]]) -> None:
    """What became of rows: (key, outcome, findings where there are new ones)."""
    with connection.cursor() as cursor:
        temporary.create(cursor, "imports_answer", "id bigint PRIMARY KEY, outcome text, findings text")
        temporary.copy_rows(
            cursor,
            "imports_answer",
            ("id", "outcome", "findings"),
            ((key, outcome, None if findings is None else json_text(findings)) for key, outcome, findings in changes),
        )
        cursor.execute(
            """UPDATE imports_importrow r SET outcome = n.outcome, findings = coalesce(n.findings::jsonb, r.findings)
               FROM imports_answer n WHERE n.id = r.id"""
        )
        cursor.execute("DROP TABLE imports_answer")


def undo_rows(batch: ImportBatch, progress: Progress, by: User) -> None:
    """Has the owner take back every row that is in, the last first, in the right of who undoes; afterwards the workbook is *undone*, or *done* where rows had to stay."""
    while _undo_chunk(batch.pk, progress, by):
        pass
    with transaction.atomic():
        counts = count(batch)
        left = counts[ImportRow.Outcome.APPLIED] + counts[ImportRow.Outcome.NOTED]
        ImportBatch.objects.filter(pk=batch.pk, status=ImportBatch.Status.UNDOING).update(
            status=ImportBatch.Status.DONE if left else ImportBatch.Status.UNDONE,
            message=_("%(rows)s 行在录入之后又有变动，没有撤销；原因写在各行上。") % {"rows": f"{left:,}"} if left else "",
            applied_to=batch.rows.aggregate(last=Max("pk"))["last"] or 0,
        )
    batch.refresh_from_db()


@transaction.atomic
def _undo_chunk(pk: int, progress: Progress, by: User) -> bool:
    batch = ImportBatch.objects.select_for_update(no_key=True, of=("self",)).select_related("by__organisation", "file").get(pk=pk)
    take_back = batch.declared.undo
    if batch.status != ImportBatch.Status.UNDOING or take_back is None:
        return False
    rows = list(batch.rows.filter(pk__lte=batch.applied_to, outcome__in=_IN).order_by("-pk")[:CHUNK])
    if not rows:
        return False
    list(
        Household.objects.select_for_update(no_key=True).filter(pk__in={row.household_id for row in rows}).order_by("pk").values_list("pk")
    )
    answered = take_back(_given(batch, rows), batch, by)
    changes: list[tuple[int, str, list[dict[str, Any]] | None]] = []
    for row in rows:
        found = answered.get(row.pk, ())
        stays = any(one.level == BLOCK for one in found)
        changes.append(
            (
                row.pk,
                ImportRow.Outcome.NOTED if stays else ImportRow.Outcome.UNDONE,
                row.findings + kept(_headed(batch, found)) if found else None,
            )
        )
    _write(changes)
    ImportBatch.objects.filter(pk=pk).update(applied_to=rows[-1].pk - 1)
    ahead = batch.rows_in
    progress.step(
        *(
            ahead - batch.rows.filter(pk__lt=rows[-1].pk, outcome__in=_IN).count(),
            ahead,
            _("已撤销 %(rows)s 行") % {"rows": f"{len(rows):,}"},
        )
    )
    return True


def stop(batch: ImportBatch) -> None:
    """The work ends where it is: whole chunks are in, the rest can go on later."""
    with transaction.atomic():
        count(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=ImportBatch.Status.STOPPED, message=_("登记中途停下：已登记的各行有效，其余的可以接着登记，也可以全部撤销。")
        )


def count(batch: ImportBatch) -> dict[str, int]:
    """Counts what became of the rows and which rules found how many of them, and keeps it with the workbook."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT outcome, count(*) FROM imports_importrow WHERE batch_id = %s GROUP BY 1", [batch.pk])
        counts: dict[str, int] = {**dict.fromkeys(ImportRow.Outcome.values, 0), **dict(cursor.fetchall())}
        cursor.execute(
            """SELECT f->>'check', count(DISTINCT r.id) FROM imports_importrow r, jsonb_array_elements(r.findings) f
               WHERE r.batch_id = %s AND r.findings <> '[]' AND f->>'level' <> 'note' GROUP BY 1 ORDER BY 2 DESC, 1""",
            [batch.pk],
        )
        faults = dict(cursor.fetchall())
    ImportBatch.objects.filter(pk=batch.pk).update(
        rows_total=sum(counts.values()),
        rows_applied=counts[ImportRow.Outcome.APPLIED],
        rows_noted=counts[ImportRow.Outcome.NOTED],
        rows_refused=counts[ImportRow.Outcome.REFUSED],
        rows_undone=counts[ImportRow.Outcome.UNDONE],
        faults=faults,
    )
    return counts
