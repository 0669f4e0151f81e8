"""What a database holds, so that a copy can be compared with it: every table's rows and a digest of them, and how many guards it has."""

from typing import Any

import psycopg
from psycopg import sql

Connection = psycopg.Connection[tuple[Any, ...]]

_TABLES = """
SELECT relname FROM pg_class c
WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
ORDER BY relname
"""
# The digest of a table is the sum of its rows' hashes: the order in which they lie doesn't matter.
_CONTENT = "SELECT count(*), coalesce(sum(hashtextextended(anju_row::text, 0)::numeric), 0)::text FROM public.{} AS anju_row"
_GUARDS = {
    "constraints": "SELECT count(*) FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
    "indexes": "SELECT count(*) FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": "SELECT count(*) FROM pg_trigger t JOIN pg_class c ON c.oid = tgrelid WHERE relnamespace = 'public'::regnamespace AND NOT tgisinternal",
    "policies": "SELECT count(*) FROM pg_policies WHERE schemaname = 'public'",
    "forced": "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relrowsecurity AND relforcerowsecurity",
    "functions": "SELECT count(*) FROM pg_proc p WHERE pronamespace = 'public'::regnamespace"
    " AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')",
    "granted": "SELECT count(*) FROM information_schema.role_table_grants WHERE table_schema = 'public'",
}


def _one(connection: Connection, statement: str | sql.Composed) -> tuple[Any, ...]:
    row = connection.execute(statement).fetchone()
    assert row is not None
    return row


def contents(connection: Connection) -> dict[str, dict[str, Any]]:
    """Table → rows and digest, as this connection's snapshot sees them."""
    connection.execute("SET TIME ZONE 'UTC'")
    connection.execute("SET row_security = off")  # rather an error than rows left out by a policy
    found = {}
    for (name,) in connection.execute(_TABLES).fetchall():
        rows, digest = _one(connection, sql.SQL(_CONTENT).format(sql.Identifier(name)))
        found[name] = {"rows": rows, "digest": digest}
    return found


def guards(connection: Connection) -> dict[str, int]:
    """How many constraints, indexes, triggers, row policies … stand over the tables."""
    return {name: int(_one(connection, statement)[0]) for name, statement in _GUARDS.items()}


def differences(before: dict[str, dict[str, Any]], after: dict[str, dict[str, Any]]) -> list[str]:
    """In which tables a copy isn't what it was made of; said for whoever has to decide."""
    said = []
    for name in sorted(before.keys() | after.keys()):
        was, now = before.get(name), after.get(name)
        if was == now:
            continue
        if was is None or now is None:
            said.append(f"{name}：{'多出这张表' if was is None else '没有恢复出来'}")
        elif was["rows"] != now["rows"]:
            said.append(f"{name}：应有 {was['rows']:,} 行，恢复出 {now['rows']:,} 行")
        else:
            said.append(f"{name}：行数对，内容不同")
    return said
