"""Row policies: the database's own word on which rows a person may see and write, whatever the application asks.

They rest on the settings of ``anju.trail.acting``: unset or empty, no row is seen. They are forced on the tables' owner too.
"""

from django.db.migrations.operations import RunSQL

# Not in sub-selects: the planner asks a stable function for its value and so knows how many rows an area has; behind a sub-select it guessed one
# in two hundred, and joined whole counties row by row.
_INSIDE = "{table}.area >= nullif(current_setting('anju.low', true), '') AND {table}.area < nullif(current_setting('anju.high', true), '')"
_ABOVE = "({table}.area <> '' AND starts_with((SELECT nullif(current_setting('anju.low', true), '')), {table}.area))"
_UNNAMED = "(SELECT coalesce(current_setting('anju.named', true), '') = '')"


def rows_inside(table: str, *, named: str = "false") -> RunSQL:
    """Rows whose ``area`` lies in the area of the person's grant. ``named`` is what a third party sees of them: SQL over the row."""
    return _policy(table, f"{_INSIDE.format(table=table)} AND ({_UNNAMED} OR {named})")


def rows_inside_or_above(table: str, *, named: str = "false") -> RunSQL:
    """Heads of lists: those of the person's area and of the areas it lies in (a township sees that its county has a list). ``named`` is what a
    third party sees of them: SQL over the row."""
    return _policy(table, f"(({_INSIDE.format(table=table)}) OR {_ABOVE.format(table=table)}) AND ({_UNNAMED} OR {named})")


def made_by(table: str, column: str) -> str:
    """SQL over a row, for ``named``: the person made it (``column`` names who did)."""
    return f"{table}.{column}::text = (SELECT nullif(current_setting('anju.user', true), ''))"


def rows_of(table: str, parent: str, key: str) -> RunSQL:
    """Rows that belong to a row of ``parent``, by ``key``: seen where that one is."""
    return _policy(table, f"EXISTS (SELECT FROM {parent} WHERE {parent}.id = {table}.{key})")


def rows_in_the_place_or_own(table: str, owner: str) -> RunSQL:
    """Entries of a register: those of the place of the person's grant, also of who may see no household there, and the person's own wherever
    they were made (``owner`` names the column of who made them). A third party sees their own only; the system all, those of no place too."""
    whole = "(SELECT current_setting('anju.low', true) = '0')"
    placed = (
        "(SELECT coalesce(current_setting('anju.grant', true), '') <> '')"
        f" AND starts_with({table}.area, (SELECT coalesce(current_setting('anju.place', true), '')))"
    )
    return _policy(table, f"(({whole} OR ({placed}) OR ({_INSIDE.format(table=table)})) AND {_UNNAMED}) OR {made_by(table, owner)}")


def _policy(table: str, condition: str) -> RunSQL:
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY inside ON {table} USING ({condition}) WITH CHECK ({condition});
        """,
        f"""
        DROP POLICY inside ON {table};
        ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY;
        ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;
        """,
    )
