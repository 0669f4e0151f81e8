"""Columns as the office calls them: what was changed is told by its name, never by the table's own. A column without a word fails a test.

A file for each group of tables; a word in ``everywhere`` serves every table whose own says nothing else.
"""

from typing import Any

from anju.audit.columns import (
    accounts,
    appraisals,
    cases,
    divisions,
    everywhere,
    evidence,
    exports,
    housing,
    imports,
    notices,
    problems,
    registry,
    rosters,
    trail,
)

OF_TABLE: dict[str, dict[str, Any]] = {
    **accounts.COLUMNS,
    **appraisals.COLUMNS,
    **cases.COLUMNS,
    **divisions.COLUMNS,
    **evidence.COLUMNS,
    **exports.COLUMNS,
    **housing.COLUMNS,
    **imports.COLUMNS,
    **notices.COLUMNS,
    **problems.COLUMNS,
    **registry.COLUMNS,
    **rosters.COLUMNS,
    **trail.COLUMNS,
}


def word(table: str, column: str) -> str:
    """A table's column as the office calls it; the column's own name where a later version took the column away."""
    return str(OF_TABLE.get(table, {}).get(column) or everywhere.COLUMNS.get(column) or column)


def words(table: str, columns: list[str] | None) -> list[str]:
    """Several."""
    return [word(table, column) for column in columns or ()]
