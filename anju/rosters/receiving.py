"""A list's rows from its file into the table: read in a child, checked, stored a chunk at a time, resumable at the last chunk.

Each chunk is one transaction: the numbers into the vault, COPY into a temporary table, INSERT … ON CONFLICT DO NOTHING on
``(batch, sheet, row)``, the cells as sent, and how far the list is. A worker killed at any moment leaves whole chunks; the next one reads on
after the last row stored. The database is sent no number: only tokens and what is sealed.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from anju import clock, temporary
from anju.checks import WARN, Check, Finding, as_data
from anju.divisions.reading import Places
from anju.evidence import store
from anju.jobs.progress import Progress
from anju.privacy import vault
from anju.privacy.lookup import Number
from anju.rosters import cells, layouts
from anju.rosters.models import Batch, BatchRow, RowCells
from anju.tabular.ahead import ahead
from anju.tabular.layout import Layout
from anju.tabular.reading import SheetRow, read, recognise
from anju.tabular.recognition import Recognition
from anju.tabular.values import as_text
from anju.temporary import json_text
from anju.vocabulary import idnumber
from anju.vocabulary.hiding import shown
from anju.vocabulary.relation import HEAD

CHUNK = 5000
_PERSONAL = re.compile(r"[0-9]{14}")

# The columns plans depend on.
_WEIGHED = "rosters_batchrow (batch_id, sheet, row, area, placed, name, id_number, household, outcome)"
_COLUMNS = (
    *(
        "ordinal",
        "sheet",
        "row",
        "area",
        "placed",
        "place",
        "address",
        "name",
        "id_number",
        "id_text",
        "sex",
        "birth_date",
        "birth_precision",
        "relation",
    ),
    *("household", "head_name", "phone", "cert_no", "extra", "outcome", "findings"),
)
_RAW = len(_COLUMNS)
_NUMBERED = [_COLUMNS.index(name) for name in ("id_number", "id_text", "household", "phone", "cert_no")]
_TYPES = """ordinal bigint, sheet text, row integer, area text, placed boolean, place text, address text, name text, id_number text, id_text text, sex text, birth_date date,
    birth_precision text, relation text, household text, head_name text, phone text, cert_no text, extra text, outcome text, findings text"""
_OWN = frozenset(
    {"name", "id_number", "sex", "birth_date", "birth_date_precision", "relation", "household", "head_name", "address", "phone", "cert_no"}
)

PLACE_UNKNOWN = Check("place-unknown", "所在村未能识别", "领域数据字典 3.1", WARN)
CHECKS = (PLACE_UNKNOWN,)
# Values kept in the open with the row, because the register asks for them; the others are sealed with the cells.
OPEN = frozenset(
    {
        *(
            "ethnic",
            "recognised_on",
            "removed_on",
            "care_mode",
            "disability_kind",
            "disability_level",
            "grade",
            "population",
            "category_text",
        ),
        *("support_year", "support_kind", "support_amount", "letter", "ordinal", "answer"),
    }
)


def layout_of(batch: Batch) -> Layout:
    """The declared layout a batch is read by."""
    return layouts.BY_KEY[batch.layout]


def recognition_of(batch: Batch, original: Path) -> Recognition:
    """The file (opened at ``original``) looked at again by the batch's layout and, where there is one, its mapping."""
    assert batch.file is not None
    chosen = [layout_of(batch)] if batch.layout else list(layouts.ALL)
    mapping = batch.mapping.columns if batch.mapping else None
    return recognise(original, chosen, mapping, name=batch.file.name)


def receive(batch: Batch, progress: Progress) -> None:
    """Stores every row that isn't stored yet, then the counts; afterwards the batch is *received*.

    Raises ``Unreadable`` where the file turns out to be damaged; ``discard`` then takes back what was stored.
    """
    if batch.status != Batch.Status.RECEIVING:
        return
    started = timezone.now()
    assert batch.file is not None
    with store.memory(batch.file) as original:
        done = _receive_rows(batch, original, progress)
    temporary.gather_statistics(_WEIGHED, rows=done)
    _count(batch, (timezone.now() - started).total_seconds())


def _receive_rows(batch: Batch, original: Path, progress: Progress) -> int:
    recognition = recognition_of(batch, original)
    after = (batch.last_sheet, batch.last_row) if batch.last_row else None
    rows = read(original, recognition, after, today=clock.today())
    done = batch.rows_total
    total = max(recognition.rows, done)
    stored = _stored(rows, recognition, _Households.resumed(batch), Places(batch.area))
    entering = vault.Entering()
    for ready in ahead(lambda: _ready(list(islice(stored, CHUNK)), batch.pk, entering)):
        chunk = ready.rows
        done += len(chunk)
        with transaction.atomic():
            _insert(batch, ready, entering.keep(ready.numbers))
            Batch.objects.filter(pk=batch.pk).update(last_sheet=chunk[-1][1], last_row=chunk[-1][2], rows_total=done)
            progress.step(done, max(total, done), f"已读 {done:,} 行")
    return done


@dataclass(frozen=True, slots=True)
class _Ready:
    """Rows with everything made for them that needs no database."""

    rows: list[tuple[Any, ...]]
    numbers: vault.Made
    cells: list[RowCells]


def _ready(rows: list[tuple[Any, ...]], batch: int, entering: vault.Entering) -> _Ready | None:
    if not rows:
        return None
    numbers = {cell for row in rows for at in _NUMBERED if type(cell := row[at]) is tuple}
    return _Ready(rows, entering.made(numbers), list(cells.seal(batch, ((row[1], row[2], row[_RAW]) for row in rows))))


def _named(rows: list[tuple[Any, ...]], tokens: Mapping[Number, str]) -> Iterator[list[Any]]:
    """The rows as they are kept, with tokens in the place of numbers."""
    for row in rows:
        named = list(row[:_RAW])
        for at in _NUMBERED:
            if type(cell := row[at]) is tuple:
                named[at] = tokens[cell]
        yield named


def _number(kind: str, text: str) -> Number | str:
    """A number on its way into the vault; "" for none, and a token as it is."""
    return (kind, text) if text and not vault.is_token(text) else text


def discard(batch: Batch, status: str, message: str) -> None:
    """Takes back all rows of a list that couldn't be received whole, and says why."""
    with transaction.atomic():
        BatchRow.objects.filter(batch=batch).delete()
        RowCells.objects.filter(batch=batch).delete()
        Batch.objects.filter(pk=batch.pk).update(status=status, message=message[:500], last_sheet="", last_row=0, rows_total=0)


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length]


class _Households:
    """Which household of the list a row belongs to.

    The sender's household number, the head's ID number or the household's certificate say so where they are given. Else a
    household is a run of rows under one head: it begins with a row of relation *head*, or where head or village change. Of personal
    numbers the key becomes the token.
    """

    def __init__(self, key: str = "", head: str = "", place: str = "") -> None:
        self._key, self._head, self._place = key, head, place

    @classmethod
    def resumed(cls, batch: Batch) -> "_Households":
        """The state after the last row stored."""
        last = batch.rows.order_by("-id").first() if batch.last_row else None
        return cls(last.household, last.head_name, last.place) if last else cls()

    def key(self, row: SheetRow, layout: Layout, place: str) -> Number | str:
        """The key of the row's household within the list; "" where the row stands alone."""
        values = row.values
        if number := str(values.get("household") or ""):
            if _PERSONAL.search(number):
                return _number(vault.ID, _clip(number, 80))
            return _clip(number, 80) if len(number) > 6 else f"{place[-40:]}:{number}"
        if layout.per_household:
            return ""
        if head_id := values.get("head_id_number"):
            return _number(vault.ID, str(head_id))
        if values.get("cert_no") and layout.by_key["cert_no"].carried:
            return _number(vault.CERT, _clip(str(values["cert_no"]), 60))
        relation_code, head = values.get("relation") or "", values.get("head_name") or ""
        if not head and not relation_code:
            return ""
        if relation_code == HEAD or not self._key or (head and head != self._head) or place != self._place:
            self._key = f"#{row.sheet[:40]}:{row.row}"
        self._head, self._place = head, place
        return self._key


def _stored(rows: Iterator[SheetRow], recognition: Recognition, households: _Households, places: Places) -> Iterator[tuple[Any, ...]]:
    """Rows as the table keeps them but for their numbers, with the cells and values to be sealed as JSON behind the columns."""
    id_columns = {plan.name: plan.columns.get("id_number") for plan in recognition.sheets}
    layout = recognition.layout
    assert layout is not None
    for ordinal, row in enumerate(rows):
        values = row.values
        id_number = values.get("id_number") or ""
        id_text = ""
        if not id_number:
            index = id_columns[row.sheet]
            if index is not None and index < len(row.cells):
                id_text = idnumber.read(row.cells[index]).text or as_text(row.cells[index])
        born = values.get("birth_date")
        precision = values.get("birth_date_precision", "day") if born else ""
        if born is None and id_number:
            born, precision = idnumber.birth_date(id_number), "day"
        sex = values.get("sex") or (idnumber.sex(id_number) if id_number else "")
        area, placed, place, doubt = places.find(values)
        findings_of_row = (
            row.findings if placed else (*row.findings, Finding(PLACE_UNKNOWN.id, f"{doubt}；请写明乡镇和村", "", "village", WARN))
        )
        outcome = "clean"
        findings = "[]"
        if findings_of_row:
            outcome = "faulty" if row.blocked else "noted"
            findings = json_text(as_data(findings_of_row, lambda words: shown(words, 500)))
        extra: dict[str, Any] = {}
        closed: dict[str, Any] = {}
        for key, value in values.items():
            if key not in _OWN:
                (extra if key in OPEN else closed)[key] = value
        yield (
            ordinal,
            _clip(row.sheet, 120),
            row.row,
            area,
            placed,
            shown(place, 300),
            shown(values.get("address") or "", 200),
            shown(values.get("name") or "", 60),
            _number(vault.ID, id_number),
            _number(vault.ID, _clip(id_text, 60)),
            sex,
            born,
            precision,
            values.get("relation") or "",
            households.key(row, layout, place),
            shown(values.get("head_name") or "", 60),
            _number(vault.PHONE, _clip(str(values.get("phone") or ""), 40)),
            _number(vault.CERT, _clip(str(values.get("cert_no") or ""), 60)),
            json_text(extra) if extra else "{}",
            outcome,
            findings,
            f"[{json_text(row.cells)},{json_text(closed)}]",
        )


def _insert(batch: Batch, ready: _Ready, tokens: Mapping[Number, str]) -> None:
    with connection.cursor() as cursor:
        temporary.create(cursor, "rosters_incoming", _TYPES)
        temporary.copy_rows(cursor, "rosters_incoming", _COLUMNS, _named(ready.rows, tokens))
        cursor.execute(
            """INSERT INTO rosters_batchrow (batch_id, sheet, row, area, placed, place, address, name, id_number, id_text, sex, birth_date,
                   birth_precision, relation, household, head_name, phone, cert_no, extra, outcome, findings)
               SELECT %s, sheet, row, area, placed, place, address, name, id_number, id_text, sex, birth_date,
                   birth_precision, relation, household, head_name, phone, cert_no, extra::jsonb, outcome, findings::jsonb
               FROM rosters_incoming ORDER BY ordinal
               ON CONFLICT (batch_id, sheet, row) DO NOTHING""",
            [batch.pk],
        )
        cursor.execute("DROP TABLE rosters_incoming")
    RowCells.objects.bulk_create(ready.cells, ignore_conflicts=True)


def _count(batch: Batch, seconds: float) -> None:
    """The counts a clerk sees, and the end of receiving."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(*), count(*) FILTER (WHERE outcome = 'clean'), count(*) FILTER (WHERE outcome = 'noted'),
                      count(*) FILTER (WHERE outcome = 'faulty'), count(*) FILTER (WHERE NOT placed)
               FROM rosters_batchrow WHERE batch_id = %s""",
            [batch.pk],
        )
        total, clean, noted, faulty, unplaced = cursor.fetchone() or (0, 0, 0, 0, 0)
        cursor.execute(
            """SELECT f->>'check', count(DISTINCT r.id) FROM rosters_batchrow r, jsonb_array_elements(r.findings) f
               WHERE r.batch_id = %s AND r.outcome <> 'clean' AND f->>'level' <> 'note' GROUP BY 1 ORDER BY 2 DESC, 1""",
            [batch.pk],
        )
        faults = dict(cursor.fetchall())
        Batch.objects.filter(pk=batch.pk).update(
            rows_total=total,
            rows_clean=clean,
            rows_noted=noted,
            rows_faulty=faulty,
            places_unresolved=unplaced,
            faults=faults,
            status=Batch.Status.RECEIVED,
            message="",
            read_at=timezone.now(),
            seconds=seconds,
        )
