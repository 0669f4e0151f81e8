"""A list's rows from its file into the table: read in a child, checked, stored a chunk at a time, resumable at the last chunk.

Each chunk is one transaction: the numbers into the vault, COPY into a temporary table, INSERT … ON CONFLICT DO NOTHING on
``(batch, sheet, row)``, the cells as sent, and how far the list is. A worker killed at any moment leaves whole chunks; the next one reads on
after the last row stored. The database is sent no number: only tokens and what is sealed.
"""

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from anju import clock, temporary
from anju.checks import WARN, Check, Finding
from anju.divisions import queries as divisions
from anju.divisions.gazetteer import Resolution, Typed, resolve_all
from anju.evidence import store
from anju.jobs.progress import Progress
from anju.privacy import vault
from anju.rosters import cells, layouts, marking
from anju.rosters.models import Batch, BatchRow, RowCells
from anju.tabular.layout import Layout
from anju.tabular.reading import SheetRow, read, recognise
from anju.tabular.recognition import Recognition
from anju.tabular.values import as_text
from anju.vocabulary import division, idnumber
from anju.vocabulary.relation import HEAD

CHUNK = 5000
_PERSONAL = re.compile(r"[0-9]{14}")
_VILLAGE = 12
_PLACES = ("division", "province", "city", "county", "township", "village", "group", "address")

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
_SHORT = 9
_DIGITS = re.compile(r"[0-9０-９][0-9０-９ ]{9,}")
_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda value: value.isoformat() if isinstance(value, date) else str(value)
).encode


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
    keeper = vault.Keeper()
    stored = _stored(rows, recognition, _Households.resumed(batch, keeper), _Places(batch.area), keeper)
    for chunk, numbers in _ahead(stored, keeper):
        done += len(chunk)
        with transaction.atomic():
            keeper.write(numbers)
            _insert(batch, chunk)
            Batch.objects.filter(pk=batch.pk).update(last_sheet=chunk[-1][1], last_row=chunk[-1][2], rows_total=done)
            progress.step(done, max(total, done), f"已读 {done:,} 行")
    return done


def _ahead(stored: Iterator[tuple[Any, ...]], keeper: vault.Keeper) -> Iterator[tuple[list[tuple[Any, ...]], dict[str, tuple[str, str]]]]:
    """Chunks with their numbers, the next one being read and checked while the database stores this one."""

    def following() -> tuple[list[tuple[Any, ...]], dict[str, tuple[str, str]]]:
        return list(islice(stored, CHUNK)), keeper.take()

    with ThreadPoolExecutor(1, "reading") as reader:
        coming = reader.submit(following)
        while (now := coming.result())[0]:
            coming = reader.submit(following)
            yield now


def discard(batch: Batch, status: str, message: str) -> None:
    """Takes back all rows of a list that couldn't be received whole, and says why."""
    with transaction.atomic():
        BatchRow.objects.filter(batch=batch).delete()
        RowCells.objects.filter(batch=batch).delete()
        Batch.objects.filter(pk=batch.pk).update(status=status, message=message[:500], last_sheet="", last_row=0, rows_total=0)


def _clip(text: str, length: int) -> str:
    return text if len(text) <= length else text[:length]


def _shown(text: str, length: int) -> str:
    """Text for a column in the open: a number that somebody put into the name or the address is masked there; its cell is kept as sent."""
    if len(text) > _SHORT and _DIGITS.search(text):
        text = marking.plain(text)
    return text if len(text) <= length else text[:length]


def _json(value: Any) -> str:
    text = _encode(value)
    return text.replace("\\u0000", "") if "\\u0000" in text else text


class _Households:
    """Which household of the list a row belongs to.

    The sender's household number, the head's ID number or the household's certificate say so where they are given. Else a
    household is a run of rows under one head: it begins with a row of relation *head*, or where head or village change. Of personal
    numbers the key is the token.
    """

    def __init__(self, keeper: vault.Keeper, key: str = "", head: str = "", place: str = "") -> None:
        self._keeper, self._key, self._head, self._place = keeper, key, head, place

    @classmethod
    def resumed(cls, batch: Batch, keeper: vault.Keeper) -> "_Households":
        """The state after the last row stored."""
        last = batch.rows.order_by("-id").first() if batch.last_row else None
        return cls(keeper, last.household, last.head_name, last.place) if last else cls(keeper)

    def key(self, row: SheetRow, layout: Layout, place: str) -> str:
        """The key of the row's household within the list; "" where the row stands alone."""
        values = row.values
        if number := str(values.get("household") or ""):
            if _PERSONAL.search(number):
                return self._keeper.token(vault.ID, _clip(number, 80))
            return number if len(number) > 6 else f"{place[-40:]}:{number}"
        if layout.per_household:
            return ""
        if head_id := values.get("head_id_number"):
            return self._keeper.token(vault.ID, str(head_id))
        if values.get("cert_no") and layout.by_key["cert_no"].carried:
            return self._keeper.token(vault.CERT, _clip(str(values["cert_no"]), 60))
        relation_code, head = values.get("relation") or "", values.get("head_name") or ""
        if not head and not relation_code:
            return ""
        if relation_code == HEAD or not self._key or (head and head != self._head) or place != self._place:
            self._key = f"#{row.sheet[:40]}:{row.row}"
        self._head, self._place = head, place
        return self._key


class _Places:
    """Where rows say they are, each distinct wording read once against the places of the list's area."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._gazetteer = divisions.gazetteer(area)
        self._known: dict[tuple[str, ...], tuple[str, bool, str, str]] = {}

    def find(self, values: dict[str, Any]) -> tuple[str, bool, str, str]:
        """(area, whether it is a village or below, the words as typed, what a clerk should know)."""
        key = tuple(str(values.get(part) or "") for part in _PLACES)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(dict(zip(_PLACES, key, strict=True)))
        return found

    def _read(self, parts: dict[str, str]) -> tuple[str, bool, str, str]:
        address = parts.pop("address")
        typed = Typed(**parts)
        words = str(typed) or address
        if not words:
            return self._area, False, "", "没有写明所在村"
        answer = self._resolve(typed) if str(typed) else self._resolve(Typed(division=address))
        if len(answer.code) < _VILLAGE and address and str(typed):
            by_address = self._resolve(Typed(division=address))
            if len(by_address.code) >= _VILLAGE:
                answer = by_address
        area = answer.code or answer.reached or self._area
        if not division.contains(self._area, area):
            area = self._area
        placed = len(answer.code) >= _VILLAGE and area == answer.code
        return area, placed, words, "" if placed else answer.explanation or "只写到乡镇，没有写明所在村"

    def _resolve(self, typed: Typed) -> Resolution:
        return resolve_all(self._gazetteer, [typed])[typed]


def _stored(
    rows: Iterator[SheetRow], recognition: Recognition, households: _Households, places: _Places, keeper: vault.Keeper
) -> Iterator[tuple[Any, ...]]:
    """Rows as the table keeps them, with the cells and values to be sealed as JSON behind the columns."""
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
            findings = _json(
                [
                    {"check": f.check, "message": _shown(f.message, 500), "column": f.column, "field": f.field, "level": f.level}
                    for f in findings_of_row
                ]
            )
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
            _shown(place, 300),
            _shown(values.get("address") or "", 200),
            _shown(values.get("name") or "", 60),
            keeper.token(vault.ID, id_number),
            keeper.token(vault.ID, _clip(id_text, 60)),
            sex,
            born,
            precision,
            values.get("relation") or "",
            _clip(households.key(row, layout, place), 80),
            _shown(values.get("head_name") or "", 60),
            keeper.token(vault.PHONE, _clip(str(values.get("phone") or ""), 40)),
            keeper.token(vault.CERT, _clip(str(values.get("cert_no") or ""), 60)),
            _json(extra) if extra else "{}",
            outcome,
            findings,
            f"[{_json(row.cells)},{_json(closed)}]",
        )


def _insert(batch: Batch, chunk: list[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        temporary.create(cursor, "rosters_incoming", _TYPES)
        temporary.copy_rows(cursor, "rosters_incoming", _COLUMNS, (row[:_RAW] for row in chunk))
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
    RowCells.objects.bulk_create(cells.seal(batch.pk, ((row[1], row[2], row[_RAW]) for row in chunk)), ignore_conflicts=True)


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
