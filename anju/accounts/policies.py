"""Row policies: the database's own word on which rows a person may see and write, whatever the application asks.

They rest on the settings of ``anju.trail.acting``: unset or empty, no row is seen. They are forced on the tables' owner too.
"""

from collections.abc import Sequence

from django.db.migrations.operations import RunSQL

# Not in sub-selects: the planner asks a stable function for its value and so knows how many rows an area has; behind a sub-select it guessed one
# in two hundred, and joined whole counties row by row.
_INSIDE = "{table}.area >= nullif(current_setting('anju.low', true), '') AND {table}.area < nullif(current_setting('anju.high', true), '')"
_ABOVE = "({table}.area <> '' AND starts_with((SELECT nullif(current_setting('anju.low', true), '')), {table}.area))"
_UNNAMED = "(SELECT coalesce(current_setting('anju.named', true), '') = '')"
_WHOLE = "(SELECT current_setting('anju.low', true) = '0')"
_ENTITLED = "(SELECT coalesce(current_setting('anju.grant', true), '') <> '')"
_PLACE = "(SELECT coalesce(current_setting('anju.place', true), ''))"
_UNFORCED = "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"


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


def named_ids(function: str, query: str) -> RunSQL:
    """A function for ``named``: the keys of what the person's named records lead to (``x IN (SELECT function())``).

    A sub-select there is taken by the planner for a scan of the whole county before the first row, also where nobody is a third party, and it
    then reads whole tables rather than look fifty rows up. A function's cost and rows are what is declared of it.
    """
    return RunSQL(
        f"""
        CREATE FUNCTION {function}() RETURNS SETOF bigint LANGUAGE plpgsql STABLE PARALLEL SAFE COST 1 ROWS 100 AS
        $$ BEGIN RETURN QUERY {query}; END $$;
        """,
        f"DROP FUNCTION {function}()",
    )


def named_anew(table: str, before: str, after: str) -> RunSQL:
    """In the stead of ``rows_inside(table, named=before)``: what a third party sees said otherwise."""
    told = [f"{_INSIDE.format(table=table)} AND ({_UNNAMED} OR {named})" for named in (after, before)]
    return RunSQL(_instead(table, told[0]), _instead(table, told[1]))


def rows_of(table: str, parent: str, key: str) -> RunSQL:
    """Rows that belong to a row of ``parent``, by ``key``: seen where that one is."""
    return _policy(table, f"EXISTS (SELECT FROM {parent} WHERE {parent}.id = {table}.{key})")


def rows_in_the_place_or_own(table: str, owner: str) -> RunSQL:
    """Entries of a register: those of the place of the person's grant, also of who may see no household there, and the person's own wherever
    they were made (``owner`` names the column of who made them). A third party sees their own only; the system all, those of no place too."""
    return _policy(table, _in_the_place_or_own(table, owner))


def _in_the_place_or_own(table: str, owner: str) -> str:
    placed = f"{_ENTITLED} AND starts_with({table}.area, {_PLACE})"
    return f"(({_WHOLE} OR ({placed}) OR ({_INSIDE.format(table=table)})) AND {_UNNAMED}) OR {made_by(table, owner)}"


def readings_stay_with_the_reader(table: str, owner: str) -> RunSQL:
    """In the stead of ``rows_in_the_place_or_own``: of what lies in the place only what somebody of that place, or below it, took out or looked at.

    A city's inspector reads in a county, and the county isn't told, though the rows are its own (``seat``: the level at which who read stood).
    """
    placed = f"{_ENTITLED} AND starts_with({table}.area, {_PLACE}) AND starts_with({table}.seat, {_PLACE})"
    told = f"(({_WHOLE} OR ({placed})) AND {_UNNAMED}) OR {made_by(table, owner)}"
    return RunSQL(_instead(table, told), _instead(table, _in_the_place_or_own(table, owner)))


def rows_of_kinds_own(table: str, owner: str, kinds: Sequence[str]) -> RunSQL:
    """Rows of these ``kinds`` are their owner's alone, and the system's; the others are seen as before there was a policy."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return _policy(table, f"{table}.kind NOT IN ({listed}) OR {_WHOLE} OR {made_by(table, owner)}")


def tries_to_come_in(table: str) -> RunSQL:
    """A try is written by whoever is at the door and never changed by a stranger. It is read by the person it is about, by who answers for the
    level at which that person stands, and, where nobody has the login, by everybody who acts in a right."""
    placed = f"{_ENTITLED} AND {_UNNAMED} AND ({table}.user_id IS NULL OR starts_with({table}.seat, {_PLACE}))"
    seen = f"{_WHOLE} OR {made_by(table, 'user_id')} OR ({placed})"
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY seen ON {table} FOR SELECT USING ({seen});
        CREATE POLICY written ON {table} FOR INSERT WITH CHECK (true);
        CREATE POLICY changed ON {table} FOR UPDATE USING ({seen}) WITH CHECK (true);
        CREATE POLICY purged ON {table} FOR DELETE USING ({_WHOLE});
        """,
        f"""
        DROP POLICY seen ON {table};
        DROP POLICY written ON {table};
        DROP POLICY changed ON {table};
        DROP POLICY purged ON {table};
        {_UNFORCED.format(table=table)}
        """,
    )


def _instead(table: str, condition: str) -> str:
    return f"DROP POLICY inside ON {table}; CREATE POLICY inside ON {table} USING ({condition}) WITH CHECK ({condition})"


def _policy(table: str, condition: str) -> RunSQL:
    return RunSQL(
        f"""
        ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
        ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
        CREATE POLICY inside ON {table} USING ({condition}) WITH CHECK ({condition});
        """,
        f"""
        DROP POLICY inside ON {table};
        {_UNFORCED.format(table=table)}
        """,
    )
