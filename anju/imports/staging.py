"""Rows of a workbook laid in a temporary table, for the set-based SQL of the app that owns the records."""

from collections.abc import Sequence

from django.db.backends.utils import CursorWrapper

from anju import temporary
from anju.imports.kinds import Row
from anju.tabular.layout import Layout

_TYPES = {"date": "date", "int": "bigint", "decimal": "numeric", "money": "numeric"}
_OWN = {
    "row_id": "bigint NOT NULL",
    "source": 'text COLLATE "C" NOT NULL',
    "household_id": "bigint NOT NULL",
    "area": 'text COLLATE "C" NOT NULL',
    "sheet_row": "integer NOT NULL",
}


def stage(cursor: CursorWrapper, table: str, rows: Sequence[Row], layout: Layout, keys: Sequence[str] | None = None) -> None:
    """Makes ``table`` (gone at the transaction's end): row_id, source, household_id, area, sheet_row and a column for each of ``keys`` (all of the layout's).

    A column's type follows its kind: date, bigint, numeric, else text; what a row doesn't say is NULL. Of personal numbers the table would hold the
    digits: name only keys that may be sent to the database, or give their tokens (``privacy.vault.keep_all``) in the rows' place.
    """
    wanted = [
        column for column in layout.columns if (keys is None or column.key in keys) and column.kind not in ("id_number", "phone", "card")
    ]
    columns = {**_OWN, **{column.key: _TYPES.get(column.kind, 'text COLLATE "C"') for column in wanted}}
    temporary.create(cursor, table, ", ".join(f'"{name}" {kind}' for name, kind in columns.items()))
    temporary.copy_rows(
        cursor,
        table,
        [f'"{name}"' for name in columns],
        ((one.id, one.source, one.household_id, one.area, one.row, *(one.values.get(column.key) for column in wanted)) for one in rows),
    )
    cursor.execute(f"ANALYZE {table}")
