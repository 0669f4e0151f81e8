"""Rewriting area codes in every table that has them: the one place that does it (domain 3.27).

A table takes part by having a column of the type ``AreaField``; there is no list to forget it in. Each rewrite is one statement
per column, and which rows went from which code to which is kept (``Recoded``), so that a mistake can be taken back exactly.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models

from anju.divisions.fields import AreaField
from anju.divisions.models import DivisionChange, Recoded
from anju.trail.acting import everywhere

Assignment = Mapping[str, Mapping[str, str]]
"""Rows with a place of their own in a split: {"registry.Household": {"17": "210922116"}} (primary key as text → new code)."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of area codes: where it is and how its rows are told apart."""

    label: str
    table: str
    name: str
    model: type[models.Model]

    @property
    def keys(self) -> list[models.Field]:  # type: ignore[type-arg]
        """The primary key's columns; the area itself tells no row apart while it changes."""
        return [field for field in self.model._meta.pk_fields if field.column != self.name]

    @property
    def key(self) -> str:
        """SQL for the row's key as text, of the alias ``t``."""
        names = [f't."{field.column}"' for field in self.keys]
        return f"{names[0]}::text" if len(names) == 1 else f"jsonb_build_array({', '.join(names)})::text"

    def matches(self, key: str, alias: str = "t") -> str:
        """SQL for "this row has the key in ``key``", through the primary key's index where it is one column."""
        fields = self.keys
        if len(fields) == 1:
            return f'{alias}."{fields[0].column}" = {key}::{fields[0].rel_db_type(connection)}'
        names = ", ".join(f'{alias}."{field.column}"' for field in fields)
        return f"jsonb_build_array({names})::text = {key}"


@dataclass(frozen=True, slots=True)
class Left:
    """A row that stays on a code that is closed: somebody must say where it belongs."""

    table: str
    column: str
    key: str
    code: str


def columns() -> list[Column]:
    """Every column that follows a change of divisions, in the order of the tables' names."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for field in model._meta.local_fields:
            if isinstance(field, AreaField) and field.follows:
                assert field.column is not None
                found.append(Column(model._meta.label, model._meta.db_table, field.column, model))
    return sorted(found, key=lambda column: (column.label, column.name))


def recode(
    change: DivisionChange,
    pairs: Mapping[str, str],
    *,
    keep: Collection[str] = (),
    assigned: Assignment | None = None,
    within: Iterable[str] = (),
) -> dict[str, int]:
    """Takes rows from old codes to new ones in every table; returns how many per ``app.Model.column``.

    ``pairs`` maps exact codes; for those in ``keep`` it is kept which rows went (where the way back can't be seen from the codes
    alone). ``assigned`` names single rows, which go first, together with the rows that point to them
    (``within``: only rows whose code lies below one of these are touched by it). Runs in the caller's transaction.
    """
    moved: dict[str, int] = {}
    with everywhere(), connection.cursor() as cursor:
        cursor.execute(
            """
            CREATE TEMP TABLE IF NOT EXISTS divisions_pairs (old text COLLATE "C" PRIMARY KEY, new text COLLATE "C", keep boolean) ON COMMIT DROP;
            CREATE TEMP TABLE IF NOT EXISTS divisions_assigned (label text, key text, new text COLLATE "C", PRIMARY KEY (label, key)) ON COMMIT DROP;
            TRUNCATE divisions_pairs, divisions_assigned
            """
        )
        with cursor.copy("COPY divisions_pairs FROM STDIN") as copy:
            for old, new in pairs.items():
                copy.write_row((old, new, old in keep))
        with cursor.copy("COPY divisions_assigned FROM STDIN") as copy:
            for label, rows in (assigned or {}).items():
                for key, new in rows.items():
                    copy.write_row((label, key, new))
        every = columns()
        inside = list(within)
        labels = [*(assigned or {}), *_reach(cursor, list(assigned or {}), every)]
        cursor.execute("ANALYZE divisions_pairs; ANALYZE divisions_assigned")
        statements = [(column, statement) for column in every for statement in _assigned(column, labels)]
        for column, body in statements:
            moved[f"{column.label}.{column.name}"] = moved.get(f"{column.label}.{column.name}", 0) + _run(
                cursor, change, column, body, [inside]
            )
        if pairs:
            # One pass over the range of the old codes, hashed against the pairs: a loop over the pairs would read a table without an
            # index on its area once for each of them.
            cursor.execute("SET LOCAL enable_nestloop = off")
            for column in every:
                body = f"""
                    UPDATE "{column.table}" t SET "{column.name}" = m.new FROM divisions_pairs m
                    WHERE t."{column.name}" = m.old AND t."{column.name}" BETWEEN %s AND %s
                    RETURNING CASE WHEN m.keep THEN {column.key} END AS key, m.old AS old, m.new AS new"""
                name = f"{column.label}.{column.name}"
                moved[name] = moved.get(name, 0) + _run(cursor, change, column, body, [min(pairs), max(pairs)])
            cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return {name: count for name, count in moved.items() if count}


def _reach(cursor: object, labels: Iterable[str], every: Iterable[Column]) -> list[str]:
    """Assigns what hangs on an assigned row by a third table (a person on a household by a membership; the latest counts)."""
    reached = []
    for label in labels:
        owner = apps.get_model(label)
        for model in {column.model for column in every if column.label != label}:
            for link in apps.get_app_config(owner._meta.app_label).get_models():
                ours = _foreign_key(link, owner)
                theirs = _foreign_key(link, model)
                if link is model or ours is None or theirs is None:
                    continue
                cursor.execute(  # type: ignore[attr-defined]
                    f"""
                    INSERT INTO divisions_assigned
                    SELECT DISTINCT ON (l."{theirs.column}") '{model._meta.label}', l."{theirs.column}"::text, a.new
                    FROM divisions_assigned a JOIN "{link._meta.db_table}" l
                        ON a.label = '{label}' AND l."{ours.column}" = a.key::{ours.target_field.rel_db_type(connection)}
                    WHERE l."{theirs.column}" IS NOT NULL
                    ORDER BY l."{theirs.column}", l."{link._meta.pk_fields[0].column}" DESC
                    ON CONFLICT DO NOTHING
                    """
                )
                reached.append(model._meta.label)
    return list(dict.fromkeys(reached))


def _foreign_key(model: type[models.Model], target: type[models.Model]) -> "models.ForeignKey[models.Model, models.Model] | None":
    return next(
        (field for field in model._meta.local_fields if isinstance(field, models.ForeignKey) and field.related_model is target), None
    )


def _assigned(column: Column, assigned: Collection[str]) -> Iterator[str]:
    """Statements for rows named themselves and for rows that point to a named row by a foreign key."""
    inside = f'EXISTS (SELECT FROM unnest(%s::text[]) root WHERE starts_with(o."{column.name}", root))'
    mine = " AND ".join(f't."{field.column}" = o."{field.column}"' for field in column.keys)
    start = f"""
        UPDATE "{column.table}" t SET "{column.name}" = a.new
        FROM divisions_assigned a JOIN "{column.table}" o ON """
    end = f' AND {inside} AND {mine} AND t."{column.name}" <> a.new RETURNING {column.key} AS key, o."{column.name}" AS old, a.new AS new'
    if column.label in assigned:
        yield f"{start} {column.matches('a.key', 'o')} WHERE a.label = '{column.label}'{end}"
    for field in column.model._meta.local_fields:
        if not isinstance(field, models.ForeignKey) or field.related_model is column.model:
            continue
        label = field.related_model._meta.label
        if label in assigned:
            target = field.target_field.rel_db_type(connection)
            yield f"""{start} o."{field.column}" = a.key::{target} WHERE a.label = '{label}'{end}"""


def _run(cursor: object, change: DivisionChange, column: Column, body: str, parameters: list[object]) -> int:
    """One rewrite, with the rows it touched kept beside it; the number of rows."""
    cursor.execute(  # type: ignore[attr-defined]
        f"""
        WITH moved AS ({body}), kept AS (
            INSERT INTO divisions_recoded (change_id, "table", "column", old, new, keys, size)
            SELECT %s, %s, %s, old, new, coalesce(array_agg(key) FILTER (WHERE key IS NOT NULL), '{{}}'), count(*) FROM moved GROUP BY old, new
            ON CONFLICT (change_id, "table", "column", old, new) DO UPDATE
                SET keys = divisions_recoded.keys || excluded.keys, size = divisions_recoded.size + excluded.size
            RETURNING 1
        ) SELECT count(*) FROM moved, (SELECT count(*) FROM kept) written
        """,
        [*parameters, change.pk, column.label, column.name],
    )
    return int(cursor.fetchone()[0])  # type: ignore[attr-defined]


def take_back(change: DivisionChange, by: DivisionChange) -> dict[str, int]:
    """Returns the rows that ``change`` moved and whose keys it kept to the codes they had, where they still are at the code it gave them."""
    there = {(column.label, column.name): column for column in columns()}
    moved: dict[str, int] = {}
    with connection.cursor() as cursor:
        for label, name in Recoded.objects.filter(change=change).values_list("table", "column").distinct().order_by("table", "column"):
            column = there[label, name]
            newer = Recoded.objects.filter(change=change, table=label, column=name).exclude(keys=[]).values_list("new", flat=True)
            if not newer:
                continue
            body = f"""
                UPDATE "{column.table}" t SET "{column.name}" = r.old
                FROM (SELECT old, new, unnest(keys) AS key FROM divisions_recoded WHERE change_id = %s AND "table" = %s AND "column" = %s) r
                WHERE {column.matches("r.key")} AND t."{column.name}" = r.new AND t."{column.name}" BETWEEN %s AND %s
                RETURNING {column.key} AS key, r.new AS old, r.old AS new"""
            if len(column.keys) > 1:
                cursor.execute("SET LOCAL enable_nestloop = off")
            moved[f"{label}.{name}"] = _run(cursor, by, column, body, [change.pk, label, name, min(newer), max(newer)])
            cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    return {name: count for name, count in moved.items() if count}


def left_behind(change: DivisionChange, limit: int = 1000) -> list[Left]:
    """Rows that still are on, or below, a code which ``change`` closed; at most ``limit`` a table."""
    left: list[Left] = []
    for column, condition, parameters in _closed(change):
        with connection.cursor() as cursor:
            cursor.execute(
                f'SELECT {column.key}, t."{column.name}" FROM "{column.table}" t WHERE {condition} ORDER BY 2, 1 LIMIT %s',
                [*parameters, limit],
            )
            left += [Left(column.label, column.name, key, code) for key, code in cursor.fetchall()]
    return left


def count_left_behind(change: DivisionChange) -> dict[str, int]:
    """How many rows per ``app.Model.column`` are still on, or below, a code which ``change`` closed."""
    counts: dict[str, int] = {}
    for column, condition, parameters in _closed(change):
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{column.table}" t WHERE {condition}', parameters)
            if found := cursor.fetchone()[0]:
                counts[f"{column.label}.{column.name}"] = found
    return counts


def _closed(change: DivisionChange) -> Iterator[tuple[Column, str, list[str | list[str]]]]:
    """For every column the SQL condition (and its parameters) of being on or below a code that ``change`` closed: one pass a table."""
    outermost: list[str] = []
    for code in change.closed.order_by("code").values_list("code", flat=True):
        if not outermost or not code.startswith(outermost[-1]):
            outermost.append(code)
    if not outermost:
        return
    lengths = sorted({len(code) for code in outermost})
    for column in columns():
        below = " OR ".join(f'left(t."{column.name}", {length}) = ANY(%s)' for length in lengths)
        parameters: list[str | list[str]] = [outermost[0], outermost[-1] + "~"]
        parameters += [[code for code in outermost if len(code) == length] for length in lengths]
        yield column, f't."{column.name}" >= %s AND t."{column.name}" < %s AND ({below})', parameters
