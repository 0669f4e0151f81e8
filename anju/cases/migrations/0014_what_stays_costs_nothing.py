"""A case that stays where it is costs the rows that follow it nothing: they are looked for only where a case has moved."""

from django.db import migrations, models
from django.db.migrations.operations import RunSQL

_STEPS = ("cases_casestep", "cases_casewaiver", "cases_casenotice", "cases_agreement")
_TAKES = (
    "UPDATE {table} t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;"
)
_FOLLOW = """
CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    {only}{takes}
    RETURN NULL;
END $$
"""
# Without it each statement that changes cases reads all steps: the planner doesn't know how few rows a transition table has.
_ONLY = """IF NOT EXISTS (SELECT FROM moved c JOIN was w ON w.id = c.id WHERE c.area IS DISTINCT FROM w.area) THEN
        RETURN NULL;
    END IF;
    """


def _follows(function: str, *tables: str) -> RunSQL:
    takes = "\n    ".join(_TAKES.format(table=table) for table in tables)
    return RunSQL(_FOLLOW.format(function=function, only=_ONLY, takes=takes), _FOLLOW.format(function=function, only="", takes=takes))


class Migration(migrations.Migration):
    dependencies = [("cases", "0013_tallied_by_the_database")]

    operations = [
        _follows("cases_follow", *_STEPS),
        _follows("cases_plans_follow", "cases_householdplan"),
        _follows("cases_history_follows", "cases_casehistory"),
        _follows("cases_archive_follows", "cases_casearchive", "cases_archivepaper"),
        migrations.RemoveIndex("case", "case_of_plan"),
        migrations.AddIndex(
            "case",
            models.Index(
                fields=["plan", "area"],
                condition=models.Q(("plan__isnull", False)),
                include=("household", "started_on", "completed_on"),
                name="case_of_plan",
            ),
        ),
    ]
