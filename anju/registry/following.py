"""Rows of later apps that belong to a household lie where it lies: when it moves, the database takes their area along.

A migration of the app that has the table names it; the register needn't know who comes after it.
"""

from django.db.migrations.operations import RunSQL


def follows_household(*tables: str) -> list[RunSQL]:
    """From here on the ``area`` of these tables' rows follows that of their household (``household_id``). Can be taken back."""
    return [RunSQL(_FOLLOW.format(table=table), _STOP.format(table=table)) for table in tables]


_FOLLOW = """
CREATE FUNCTION {table}_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE {table} t SET area = h.area FROM moved h JOIN was w ON w.id = h.id
    WHERE t.household_id = h.id AND h.area IS DISTINCT FROM w.area AND t.area IS DISTINCT FROM h.area;
    RETURN NULL;
END $$;
CREATE TRIGGER {table}_follows AFTER UPDATE ON registry_household REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION {table}_follows();
"""
_STOP = "DROP TRIGGER {table}_follows ON registry_household; DROP FUNCTION {table}_follows()"
