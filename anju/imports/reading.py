"""A workbook's rows from its file into the table: read in a child, checked, each with its household, a chunk at a time, resumable at the last chunk.

Each chunk is one transaction: COPY into a temporary table, INSERT … ON CONFLICT DO NOTHING on ``(batch, sheet, row)``, the cells as sent, and how far
the workbook is. A worker killed at any moment leaves whole chunks; the next one reads on after the last row stored. The database is sent no number.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from django.db import connection, transaction
from django.utils import timezone

from anju import clock, temporary
from anju.checks import BLOCK, NOTE, Check, Finding, as_data
from anju.divisions.reading import Places
from anju.evidence import store
from anju.imports import whose
from anju.imports.kinds import Kind
from anju.imports.models import ImportBatch, ImportCells, ImportRow, cells_bound
from anju.jobs.progress import Progress
from anju.privacy import cells
from anju.tabular.ahead import ahead
from anju.tabular.reading import Remarks, SheetRow, read, recognise
from anju.tabular.recognition import Recognition
from anju.temporary import json_text
from anju.vocabulary.hiding import shown

CHUNK = 5000
_SKIPPED = 200
REPEATED = Check("repeated-in-workbook", "同一户在表中重复", "S2-06 数据力求精准", BLOCK)
CHECKS = (REPEATED,)
_WEIGHED = "imports_importrow (batch_id, sheet, row, household_id, outcome)"
_TYPES = "ordinal bigint, sheet text, row integer, area text, household_id bigint, once text, row_values text, outcome text, findings text"
_COLUMNS = ("ordinal", "sheet", "row", "area", "household_id", "once", "row_values", "outcome", "findings")


class _Read(NamedTuple):
    """A row on its way: what it says of whose it is, the columns that are ready, what is sealed of it."""

    said: whose.Said
    sheet: str
    row: int
    once: str
    values: str
    findings: tuple[Finding, ...]
    sealed: str


def recognition_of(batch: ImportBatch, original: Path) -> Recognition:
    """The file (opened at ``original``) looked at again by its kind's layout."""
    return recognise(original, [batch.declared.layout], name=batch.file.name)


def read_rows(batch: ImportBatch, progress: Progress) -> None:
    """Stores every row that isn't stored yet; afterwards the workbook is being *applied*. Raises ``Unreadable`` where the file turns out to be damaged."""
    started = timezone.now()
    with store.memory(batch.file) as original:
        done = _store(batch, original, progress)
    temporary.gather_statistics(_WEIGHED, rows=done)
    with transaction.atomic():
        refuse_repeated(batch)
        ImportBatch.objects.filter(pk=batch.pk).update(
            status=ImportBatch.Status.APPLYING, read_at=timezone.now(), seconds=batch.seconds + (timezone.now() - started).total_seconds()
        )
    batch.refresh_from_db()


def _store(batch: ImportBatch, original: Path, progress: Progress) -> int:
    recognition = recognition_of(batch, original)
    after = (batch.last_sheet, batch.last_row) if batch.last_row else None
    finder = whose.Finder(batch.area, {key: recognition.heading_of(key) for key in recognition.columns}, batch.declared.refers)
    remarks = Remarks()
    coming = _read(read(original, recognition, after, today=clock.today(), remarks=remarks), batch.declared, Places(batch.area))
    done = batch.rows_total
    total = max(recognition.rows, done)
    for chunk in ahead(lambda: list(islice(coming, CHUNK))):
        done += len(chunk)
        with transaction.atomic():
            _insert(batch, chunk, finder.find([one.said for one in chunk]))
            ImportBatch.objects.filter(pk=batch.pk).update(last_sheet=chunk[-1].sheet, last_row=chunk[-1].row, rows_total=done)
            _keep_skipped(batch, remarks)
            progress.step(done, 2 * max(total, done), f"已读 {done:,} 行")
    return done


def _keep_skipped(batch: ImportBatch, remarks: Remarks) -> None:
    """Rows that weren't taken for data (sums, notes, repeated headings) are told on the workbook's page, each once."""
    told = batch.recognition.setdefault("skipped", [])
    known = {(sheet, row) for sheet, row, _reason, _text in told}
    if new := [one for one in remarks.skipped if (one.sheet, one.row) not in known][: _SKIPPED - len(told)]:
        told += [[one.sheet, one.row, one.reason, shown(one.text, 60)] for one in new]
        ImportBatch.objects.filter(pk=batch.pk).update(recognition=batch.recognition)


def _read(rows: Iterator[SheetRow], kind: Kind, places: Places) -> Iterator[_Read]:
    """Rows parsed and checked, as far as that goes without the database."""
    opened, refers = kind.open_keys, kind.refers[0] if kind.refers else ""
    for row in rows:
        known = {key: value for key, value in row.values.items() if key in opened}
        closed = {key: value for key, value in row.values.items() if key not in opened}
        once = "" if kind.once is None else "|".join(str(row.values.get(key, "")) for key in kind.once)
        yield _Read(
            whose.said(row.values, places, refers),
            row.sheet[:120],
            row.row,
            once[:120],
            json_text(known) if known else "{}",
            row.findings,
            f"[{json_text(row.cells)},{json_text(closed)}]",
        )


def _outcome(findings: Sequence[Finding]) -> str:
    return ImportRow.Outcome.REFUSED if any(found.level == BLOCK for found in findings) else ImportRow.Outcome.WAITING


def noted(findings: Sequence[Mapping[str, Any]]) -> bool:
    """Whether findings (as kept) ask somebody to look."""
    return any(found["level"] != NOTE for found in findings)


def kept(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """Findings as a row keeps them: numbers in their words masked."""
    return as_data(findings, lambda words: shown(words, 500))


def _insert(batch: ImportBatch, chunk: list[_Read], found: Sequence[whose.Found]) -> None:
    lines = []  # made before they are sent: masking a number asks the database which policy holds
    for ordinal, (one, home) in enumerate(zip(chunk, found, strict=True)):
        findings = (*one.findings, *home.findings)
        lines.append(
            (
                *(ordinal, one.sheet, one.row, home.area or batch.area, home.household_id, one.once, one.values, _outcome(findings)),
                json_text(kept(findings)) if findings else "[]",
            )
        )
    with connection.cursor() as cursor:
        temporary.create(cursor, "imports_incoming", _TYPES)
        temporary.copy_rows(cursor, "imports_incoming", _COLUMNS, lines)
        cursor.execute(
            """INSERT INTO imports_importrow (batch_id, sheet, row, area, household_id, once, "values", outcome, findings)
               SELECT %s, sheet, row, area, household_id, once, row_values::jsonb, outcome, findings::jsonb FROM imports_incoming ORDER BY ordinal
               ON CONFLICT (batch_id, sheet, row) DO NOTHING""",
            [batch.pk],
        )
        cursor.execute("DROP TABLE imports_incoming")
    sealed = cells.seal(((one.sheet, one.row, one.sealed) for one in chunk), partial(cells_bound, batch.pk))
    ImportCells.objects.bulk_create([ImportCells(batch=batch, **part._asdict()) for part in sealed], ignore_conflicts=True)


def refuse_repeated(batch: ImportBatch) -> None:
    """A household that stands in the workbook a second time where it may once: the later rows go back, naming the first."""
    if batch.declared.once is None:
        return
    told = kept([Finding(REPEATED.id, "", "", "household", REPEATED.level)])
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE imports_importrow r SET outcome = 'refused',
                   findings = r.findings || jsonb_set(%s::jsonb, '{0,message}', to_jsonb(
                       CASE WHEN f.first_sheet = r.sheet THEN '' ELSE '工作表“' || f.first_sheet || '”' END
                       || '第 ' || f.first_row || ' 行已写过这一户，本行没有登记；请核对，只留一行'))
               FROM (
                   SELECT id, first_value(sheet) OVER whose AS first_sheet, first_value(row) OVER whose AS first_row, row_number() OVER whose AS place
                   FROM imports_importrow WHERE batch_id = %s AND household_id IS NOT NULL AND outcome = 'waiting'
                   WINDOW whose AS (PARTITION BY household_id, once ORDER BY id)
               ) f WHERE f.id = r.id AND f.place > 1""",
            [json_text(told), batch.pk],
        )


def discard(batch: ImportBatch, status: str, message: str) -> None:
    """Takes back all rows of a workbook that couldn't be read whole, and says why; nothing was applied."""
    with transaction.atomic():
        ImportRow.objects.filter(batch=batch).delete()
        ImportCells.objects.filter(batch=batch).delete()
        ImportBatch.objects.filter(pk=batch.pk).update(status=status, message=message[:500], last_sheet="", last_row=0, rows_total=0)
