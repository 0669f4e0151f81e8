"""Bulk through temporary tables: COPY into one, INSERT … SELECT from it, gone at the end of the transaction."""

import json
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, cast

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Model
from psycopg import Cursor

_MANY = 2_000
_encode = json.JSONEncoder(
    ensure_ascii=False, separators=(",", ":"), default=lambda value: value.isoformat() if isinstance(value, date) else str(value)
).encode


def json_text(value: Any) -> str:
    """A value as the text of a jsonb column: days by their ISO form, sums as text; the character that PostgreSQL doesn't take left out."""
    text = _encode(value)
    return text.replace("\\u0000", "") if "\\u0000" in text else text


def create(cursor: CursorWrapper, table: str, columns: str) -> None:
    """An empty temporary table; one of that name left in this transaction is dropped."""
    cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}; CREATE TEMP TABLE {table} ({columns}) ON COMMIT DROP")


def drop(cursor: CursorWrapper, *tables: str) -> None:
    """Ends temporary tables that outlive a transaction; those that aren't there are passed over."""
    cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in tables)}")


def gather_statistics(*tables: str, rows: int) -> None:
    """Tells the planner how large tables have become, after many rows were committed; a statement of its own, so that no list waits for another's.

    Each table goes with the columns that plans depend on: ``rosters_match (run_id, outcome)``; wide ones that nothing looks for cost time.
    """
    if rows >= _MANY:
        with connection.cursor() as cursor:
            cursor.execute(f"SET client_min_messages = error; ANALYZE {', '.join(tables)}; RESET client_min_messages")


def copy_rows(cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Sends rows into a table by COPY."""
    driver = cast("Cursor[Any]", cursor.cursor)
    with driver.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as out:
        for row in rows:
            out.write_row(row)


_BY_COPY = 50


def give_keys(rows: Sequence[Model]) -> None:
    """New rows of one model get their keys before they are written, so that they can name each other."""
    if rows:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [rows[0]._meta.db_table, len(rows)]
            )
            for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = key


def insert(rows: Sequence[Model]) -> None:
    """Writes new rows of one model, which get their keys where they have none: many by COPY and one INSERT, so that row policies and the trail see
    one statement.
    """
    if not rows:
        return
    model = type(rows[0])
    if len(rows) < _BY_COPY:
        model._default_manager.bulk_create(rows)
        return
    fields = model._meta.concrete_fields
    table = model._meta.db_table
    columns = [f'"{field.column}"' for field in fields]
    give_keys([row for row in rows if row.pk is None])
    with connection.cursor() as cursor:
        # Before COPY begins: a field that seals what was typed asks the vault on this very connection.
        prepared = [[field.get_db_prep_save(field.pre_save(row, add=True), connection) for field in fields] for row in rows]
        drop(cursor, "anju_insert")
        cursor.execute(f"CREATE TEMP TABLE anju_insert (LIKE {table}) ON COMMIT DROP")
        copy_rows(cursor, "anju_insert", columns, prepared)
        listed = ", ".join(columns)
        cursor.execute(f"INSERT INTO {table} ({listed}) SELECT {listed} FROM anju_insert ORDER BY id")
        cursor.execute("DROP TABLE anju_insert")
    for row in rows:
        row._state.adding = False
        row._state.db = connection.alias


def update(rows: Sequence[Model], names: Sequence[str]) -> None:
    """Writes these fields of rows that are there: many by COPY and one UPDATE, so that row policies and the trail see one statement."""
    if not rows:
        return
    model = type(rows[0])
    if len(rows) < _BY_COPY:
        model._default_manager.bulk_update(rows, names)
        return
    named = {field.name: field for field in model._meta.concrete_fields}
    fields = [model._meta.pk, *(named[name] for name in names)]
    columns = [f'"{field.column}"' for field in fields]
    listed = ", ".join(columns)
    with connection.cursor() as cursor:
        prepared = [[field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields] for row in rows]
        drop(cursor, "anju_update")
        cursor.execute(f"CREATE TEMP TABLE anju_update ON COMMIT DROP AS SELECT {listed} FROM {model._meta.db_table} WITH NO DATA")
        copy_rows(cursor, "anju_update", columns, prepared)
        cursor.execute("ANALYZE anju_update")
        changed = ", ".join(f"{column} = u.{column}" for column in columns[1:])
        cursor.execute(f"UPDATE {model._meta.db_table} t SET {changed} FROM anju_update u WHERE t.{columns[0]} = u.{columns[0]}")
        cursor.execute("DROP TABLE anju_update")
