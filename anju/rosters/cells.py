"""The cells of a list as they were sent, sealed some rows at a time, and opened for the page of one row."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

from anju.privacy import cells
from anju.rosters.models import BatchRow, RowCells, cells_bound


def seal(batch: int, rows: Iterable[tuple[str, int, str]]) -> Iterator[RowCells]:
    """Sealed cells of rows in the file's order; each is (sheet, row, JSON of cells and further values)."""
    for part in cells.seal(rows, partial(cells_bound, batch)):
        yield RowCells(batch_id=batch, **part._asdict())


def open_part(batch: int, sheet: str, row: int, sealed: bytes) -> dict[str, Any]:
    """Row number → [cells as sent, values not kept in the open]."""
    return cells.opened(sealed, cells_bound(batch, sheet, row))


def opened(row: BatchRow) -> tuple[list[Any], dict[str, Any]]:
    """A row's cells as sent, and the values read from it that aren't kept in the open."""
    held = RowCells.objects.filter(batch=row.batch_id, sheet=row.sheet, row__lte=row.row).order_by("-row").first()
    found = open_part(held.batch_id, held.sheet, held.row, bytes(held.sealed)) if held else {}
    sent, more = found.get(str(row.row), ([], {}))
    return sent, more
