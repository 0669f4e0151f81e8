"""Columns that held numbers in the clear, sealed by a migration, and opened again where it goes back."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

from anju.privacy import vault

_STEP = 5000


def pieces(table: str, columns: Sequence[str], where: str = "true") -> Iterator[list[tuple[Any, ...]]]:
    """A table's rows by id, a piece at a time: (id, *columns)."""
    last = 0
    while True:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT id, {', '.join(columns)} FROM {table} WHERE id > %s AND ({where}) ORDER BY id LIMIT {_STEP}", [last])
            rows = cursor.fetchall()
        if not rows:
            return
        yield rows
        last = rows[-1][0]


def write(table: str, columns: Sequence[str], rows: Sequence[Sequence[Any]], casts: Mapping[str, str] | None = None) -> None:
    """Sets columns (text, or what ``casts`` says) of rows (id, *values)."""
    if rows:
        sets = ", ".join(f"{column} = n.{column}{(casts or {}).get(column, '')}" for column in columns)
        arrays = ", ".join(["%s::bigint[]", *["%s::text[]"] * len(columns)])
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} t SET {sets} FROM unnest({arrays}) AS n(id, {', '.join(columns)}) WHERE t.id = n.id",
                [list(column) for column in zip(*rows, strict=True)],
            )


def seal(table: str, columns: Mapping[str, str]) -> None:
    """Numbers into the vault, tokens into their place; ``columns`` says of which kind each is."""
    for rows in pieces(table, list(columns)):
        numbers = {
            number for row in rows for number in zip(columns.values(), row[1:], strict=True) if number[1] and not vault.is_token(number[1])
        }
        tokens = vault.keep_all(numbers)
        write(
            table,
            list(columns),
            [(row[0], *(tokens.get(number, number[1]) for number in zip(columns.values(), row[1:], strict=True))) for row in rows],
        )


def unseal(table: str, columns: Mapping[str, str]) -> None:
    """The numbers back into their columns."""
    for rows in pieces(table, list(columns)):
        numbers = vault.opened(text for row in rows for text in row[1:] if vault.is_token(text))
        write(table, list(columns), [(row[0], *(numbers.get(text, text) for text in row[1:])) for row in rows])


def unforce(schema_editor: Any, *tables: str) -> None:
    """The owner sees every row of these tables, whatever their row policies say; ``force`` ends it."""
    for table in tables:
        schema_editor.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")


def force(schema_editor: Any, *tables: str) -> None:
    """The tables' row policies hold for the owner too, as before."""
    for table in tables:
        schema_editor.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def settle() -> None:
    """Deferred checks are made now: a table with checks to come can't be altered."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED")
