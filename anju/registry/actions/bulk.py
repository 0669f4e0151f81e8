"""What the set-based actions share: the lock, running named SQL, name tokens, and the categories kept on the household."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper

from anju import temporary
from anju.registry import staging
from anju.registry.name_tokens import tokens
from anju.registry.refusal import Refused
from anju.vocabulary import relation

_LOCK = 0x616E6A75  # "anju": lists enter one after the other, so that numbers and identity numbers are given without races
_MANY = 2_000


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a clerk should look at; the row was enrolled nevertheless, unless the message says otherwise."""

    source: str
    check: str
    message: str


def begin(cursor: CursorWrapper) -> None:
    """Memory and planner settings for large sets, for this transaction only."""
    cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; SET LOCAL client_min_messages = error")


def alone(cursor: CursorWrapper) -> None:
    """Waits until no other list is entering the register."""
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])


def stage(cursor: CursorWrapper, table: str, row: type[Any], rows: Iterable[Any] | None) -> None:
    """Alone from here on, with ``rows`` in their staging table; None: this transaction has filled it."""
    begin(cursor)
    alone(cursor)
    if rows is not None:
        staging.load(cursor, table, row, rows)
    cursor.execute(f"ANALYZE {table}")


def known_categories(cursor: CursorWrapper, table: str) -> None:
    """Raises ``Refused`` where a staged row names a category that isn't declared."""
    cursor.execute(
        f"SELECT category FROM {table} s WHERE category <> '' AND NOT EXISTS (SELECT FROM registry_category c WHERE c.code = s.category) LIMIT 1"
    )
    if row := cursor.fetchone():
        raise Refused(f"没有“{row[0]}”这个类别，请先在类别表中登记")


def findings(cursor: CursorWrapper) -> tuple[Finding, ...]:
    """What the steps found, in the order of the rows."""
    cursor.execute('SELECT source, "check", message FROM registry_finding ORDER BY ordinal, "check"')
    return tuple(Finding(*row) for row in cursor.fetchall())


def run(cursor: CursorWrapper, values: Mapping[str, Any], *, steps: Iterable[str], drop: Iterable[str] = ()) -> None:
    """Runs steps of several statements, each with the named values it mentions."""
    for table in drop:
        cursor.execute(f"DROP TABLE IF EXISTS pg_temp.{table}")
    given = {**values, "relations": sorted(relation.NAMES)}
    for step in steps:
        for statement in step.split(";\n"):
            if statement.strip():
                cursor.execute(statement, given)


def _pairs(names: Iterable[str]) -> Iterator[tuple[str, str]]:
    for name in names:
        for token in sorted(tokens(name)):
            yield name, token


def write_tokens(cursor: CursorWrapper) -> None:
    """Writes the tokens of ``registry_new_name(person_id, area, name)``; each distinct name is read once."""
    cursor.execute("SELECT DISTINCT name FROM registry_new_name")
    names = [row[0] for row in cursor.fetchall()]
    cursor.execute(
        """DROP TABLE IF EXISTS pg_temp.registry_step_token;
           CREATE TEMP TABLE registry_step_token (name text COLLATE "C", token text COLLATE "C") ON COMMIT DROP"""
    )
    temporary.copy_rows(cursor, "registry_step_token", ("name", "token"), _pairs(names))
    cursor.execute("ANALYZE registry_step_token")
    cursor.execute(
        """INSERT INTO registry_nametoken (token, area, person_id)
           SELECT t.token, n.area, n.person_id FROM registry_new_name n JOIN registry_step_token t USING (name) ORDER BY 1, 2, 3
           ON CONFLICT DO NOTHING"""
    )


def gather_statistics(cursor: CursorWrapper, rows: int) -> None:
    """Tells the planner how large the register has become, after many rows. A role that may not is passed over with a warning."""
    if rows >= _MANY:
        cursor.execute(
            "ANALYZE registry_household, registry_registration, registry_person, registry_membership, registry_belonging, registry_nametoken, registry_change"
        )


def refresh_groups(cursor: CursorWrapper, households: str, parameters: Mapping[str, Any] | None = None) -> None:
    """Brings ``Household.groups`` in line with the open category spells of the households that the query ``households`` names."""
    cursor.execute(
        f"""
        WITH named AS (SELECT DISTINCT household_id FROM ({households}) AS s(household_id) WHERE household_id IS NOT NULL),
        held AS (
            SELECT n.household_id, b.category_id FROM named n JOIN registry_belonging b ON b.household_id = n.household_id
            WHERE b.valid_to IS NULL AND b.superseded_at IS NULL
            UNION
            SELECT n.household_id, b.category_id FROM named n
            JOIN registry_membership m ON m.household_id = n.household_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
            JOIN registry_belonging b ON b.person_id = m.person_id
            WHERE b.valid_to IS NULL AND b.superseded_at IS NULL
        ), joined AS (
            SELECT n.household_id, coalesce(string_agg(c.code, '+' ORDER BY c.primary_order, c.code), '') AS groups
            FROM named n LEFT JOIN held h USING (household_id) LEFT JOIN registry_category c ON c.code = h.category_id
            GROUP BY n.household_id
        )
        UPDATE registry_household h SET groups = j.groups
        FROM joined j WHERE j.household_id = h.id AND h.groups <> j.groups
        """,
        parameters,
    )
