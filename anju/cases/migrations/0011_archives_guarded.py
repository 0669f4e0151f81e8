"""Archives are seen inside the area of a person's grant and lie where their case lies; a paper once filed stays; who opened papers is a reading."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from anju.accounts.policies import readings_stay_with_the_reader, rows_in_the_place_or_own, rows_inside
from anju.trail.readings import declared
from anju.trail.watching import watch

_OF_CASE = "{table}.case_id IN (SELECT cases_named())"
_OF_A_CASE = ("cases_casearchive", "cases_archivepaper")
_MOVES = " ".join(
    f"UPDATE {table} t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;"
    for table in _OF_A_CASE
)

# Rows of a case lie where it lies.
_FOLLOW = f"""
CREATE FUNCTION cases_archive_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    {_MOVES}
    RETURN NULL;
END $$;
CREATE TRIGGER cases_archive_follows AFTER UPDATE ON cases_case REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION cases_archive_follows();
"""
_LEAVE = "DROP TRIGGER cases_archive_follows ON cases_case; DROP FUNCTION cases_archive_follows()"

# A number given stays given; a paper filed is only ever taken back.
_STAYS = """
CREATE FUNCTION cases_archive_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '档案不能删除，材料只能取回' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF TG_TABLE_NAME = 'cases_casearchive' THEN
        IF OLD.number <> '' AND (OLD.number, OLD.township, OLD.year, OLD.serial) IS DISTINCT FROM (NEW.number, NEW.township, NEW.year, NEW.serial) THEN
            RAISE EXCEPTION '档号给出后不再改' USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    ELSIF (to_jsonb(NEW) - 'area' - 'taken_on' - 'taken_by_id' - 'taken_why') IS DISTINCT FROM
          (to_jsonb(OLD) - 'area' - 'taken_on' - 'taken_by_id' - 'taken_why') OR OLD.taken_on IS NOT NULL AND NEW.taken_on IS DISTINCT FROM OLD.taken_on THEN
        RAISE EXCEPTION '归入的材料不再改，要更换的先取回' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_archive_stays BEFORE UPDATE OR DELETE ON cases_casearchive FOR EACH ROW EXECUTE FUNCTION cases_archive_stays();
CREATE TRIGGER cases_archive_stays BEFORE UPDATE OR DELETE ON cases_archivepaper FOR EACH ROW EXECUTE FUNCTION cases_archive_stays();
"""
_GOES = """
DROP TRIGGER cases_archive_stays ON cases_casearchive; DROP TRIGGER cases_archive_stays ON cases_archivepaper; DROP FUNCTION cases_archive_stays()
"""

_TABLES = (
    *("exports_export", "exports_download", "exports_reveal", "jobs_job"),
    *("accounts_passwordstate", "accounts_pastpassword", "accounts_secondfactor", "accounts_recoverycode"),
)
_ACTS = (
    *("number.revealed", "export.requested", "export.approved", "export.refused", "export.made", "export.downloaded"),
    *("export.expired", "account.signed_in", "account.session_ended", "account.password_changed"),
)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_archives"),
        ("accounts", "0002_grants"),
        ("trail", "0002_readings_stay_with_the_reader"),
        ("exports", "0003_readings_stay_with_the_reader"),
    ]

    operations = [
        *(rows_inside(table, named=_OF_CASE.format(table=table)) for table in _OF_A_CASE),
        rows_in_the_place_or_own("cases_paperreading", "by_id"),
        readings_stay_with_the_reader("cases_paperreading", "by_id"),
        RunSQL(_FOLLOW, _LEAVE),
        RunSQL(_STAYS, _GOES),
        watch("cases_archiveseries", *_OF_A_CASE, "cases_paperreading"),
        declared((*_TABLES, "cases_paperreading"), (*_ACTS, "paper.read"), (_TABLES, _ACTS)),
    ]
