"""What in the trail is a reading: it is told at the reader's level and above, never to those whose rows were looked at.

Inspections come unannounced (四不两直): that a city looked at a household, its numbers or its trail is the city's to know, not the county's. What changes
a county's data is told to the county, whoever did it. The database's own policy says the same (``trail_reading`` and the policy on
``trail_entry``); a test of the house compares the two.
"""

from collections.abc import Iterable

from django.db.migrations.operations import RunSQL
from django.db.models import Q

# Tables that hold nothing but what people took out, looked at, asked a machine to do for them, or keep at their own door.
TABLES = frozenset(
    (
        *("exports_export", "exports_download", "exports_reveal", "jobs_job", "cases_paperreading"),
        *("accounts_passwordstate", "accounts_pastpassword", "accounts_secondfactor", "accounts_recoverycode"),
    )
)
# Acts that read, whichever table they leave a mark in.
ACTS = frozenset(
    (
        *(
            "number.revealed",
            "export.requested",
            "export.approved",
            "export.refused",
            "export.made",
            "export.downloaded",
            "export.expired",
            "paper.read",
        ),
        *("account.signed_in", "account.session_ended", "account.password_changed"),
    )
)


def readings() -> Q:
    """Entries that tell of a reading."""
    return Q(table__in=sorted(TABLES)) | Q(action__in=sorted(ACTS))


def declared(tables: Iterable[str], acts: Iterable[str], before: tuple[Iterable[str], Iterable[str]] | None = None) -> RunSQL:
    """A migration's operation: from here on the database takes these for readings; taken back, those of ``before``, or it knows none."""
    return RunSQL(_function(tables, acts), _function(*before) if before else "DROP FUNCTION public.trail_reading(text, text)")


def _function(tables: Iterable[str], acts: Iterable[str]) -> str:
    def words(some: Iterable[str]) -> str:
        return ", ".join(f"'{word}'" for word in some)

    return f"""CREATE OR REPLACE FUNCTION public.trail_reading("table" text, action text) RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
        RETURN "table" IN ({words(tables)}) OR action IN ({words(acts)})"""
