"""The cells of a list as they were sent, sealed some rows at a time, and opened for the page of one row."""

import json
import zlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Any

from anju.privacy import cipher, keys
from anju.rosters.models import BatchRow, RowCells, cells_bound

TOGETHER = 50


def seal(batch: int, rows: Iterable[tuple[str, int, str]]) -> Iterator[RowCells]:
    """Sealed cells of rows in the file's order; each is (sheet, row, JSON of cells and further values)."""
    ring = keys.ring()
    for sheet, of_sheet in groupby(rows, key=lambda row: row[0]):
        some = list(of_sheet)
        for start in range(0, len(some), TOGETHER):
            part = some[start : start + TOGETHER]
            text = "{" + ",".join(f'"{row}":{cells}' for _sheet, row, cells in part) + "}"
            first = part[0][1]
            sealed = cipher.seal(
                zlib.compress(text.encode(), 1), purpose=RowCells.SEALING.purpose, bound_to=cells_bound(batch, sheet, first), ring=ring
            )
            yield RowCells(batch_id=batch, sheet=sheet, row=first, sealed=sealed, key_number=ring.active)


def open_part(batch: int, sheet: str, row: int, sealed: bytes) -> dict[str, Any]:
    """Row number → [cells as sent, values not kept in the open]."""
    text = cipher.unseal(sealed, purpose=RowCells.SEALING.purpose, bound_to=cells_bound(batch, sheet, row))
    rows: dict[str, Any] = json.loads(zlib.decompress(text))
    return rows


def opened(row: BatchRow) -> tuple[list[Any], dict[str, Any]]:
    """A row's cells as sent, and the values read from it that aren't kept in the open."""
    held = RowCells.objects.filter(batch=row.batch_id, sheet=row.sheet, row__lte=row.row).order_by("-row").first()
    found = open_part(held.batch_id, held.sheet, held.row, bytes(held.sealed)) if held else {}
    cells, more = found.get(str(row.row), ([], {}))
    return cells, more
