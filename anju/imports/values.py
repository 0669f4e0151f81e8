"""What was read from rows, put together again from what is kept in the open and what is sealed, typed as it was."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from anju.imports.models import ImportCells, ImportRow, cells_bound
from anju.privacy import cells
from anju.tabular.layout import Layout

_TYPED: dict[str, Callable[[str], Any]] = {"date": date.fromisoformat, "decimal": Decimal, "money": Decimal}


def typed(layout: Layout, kept: Mapping[str, Any]) -> dict[str, Any]:
    """Values as the reading of the file gave them."""
    made = {}
    for key, value in kept.items():
        column = layout.by_key.get(key)
        as_it_was = _TYPED.get(column.kind) if column else None
        made[key] = as_it_was(value) if as_it_was and isinstance(value, str) else value
    return made


def sent(rows: Sequence[ImportRow]) -> dict[tuple[str, int], tuple[list[Any], dict[str, Any]]]:
    """(sheet, row) → its cells as sent and the values kept sealed. The rows are one workbook's."""
    found: dict[tuple[str, int], tuple[list[Any], dict[str, Any]]] = {}
    wanted: dict[str, set[int]] = {}
    for row in rows:
        wanted.setdefault(row.sheet, set()).add(row.row)
    for sheet, numbers in wanted.items():
        for part in _parts(rows[0].batch_id, sheet, min(numbers), max(numbers)):
            opened = cells.opened(bytes(part.sealed), cells_bound(part.batch_id, part.sheet, part.row))
            found |= {(sheet, int(number)): (given, closed) for number, (given, closed) in opened.items() if int(number) in numbers}
    return found


def _parts(batch: int, sheet: str, first: int, last: int) -> Iterable[ImportCells]:
    """The sealed parts that hold rows from first to last."""
    of_sheet = ImportCells.objects.filter(batch=batch, sheet=sheet)
    start = of_sheet.filter(row__lte=first).order_by("-row").values_list("row", flat=True).first()
    return of_sheet.filter(row__gte=first if start is None else start, row__lte=last).order_by("row")
