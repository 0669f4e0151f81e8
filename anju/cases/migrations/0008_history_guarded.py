"""What is known of cases of earlier years is seen where the case is, is written once, and lies where the case lies; cases know the year of their plan."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from anju.accounts.policies import rows_inside
from anju.trail.watching import watch

_FOLLOW = """
CREATE FUNCTION cases_history_follows() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE cases_casehistory t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_history_follows AFTER UPDATE ON cases_case REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION cases_history_follows();
"""
_LEAVE = "DROP TRIGGER cases_history_follows ON cases_case; DROP FUNCTION cases_history_follows()"

_STAYS = """
CREATE FUNCTION cases_history_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'area') IS DISTINCT FROM (to_jsonb(OLD) - 'area') THEN
        RAISE EXCEPTION '历年改造录入后不再改、不删除，录入错了的请撤销那次录入' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_history_stays BEFORE UPDATE OR DELETE ON cases_casehistory FOR EACH ROW EXECUTE FUNCTION cases_history_stays();
"""
_GOES = "DROP TRIGGER cases_history_stays ON cases_casehistory; DROP FUNCTION cases_history_stays()"
_YEARS = "UPDATE cases_case SET year = extract(year FROM approved_on) WHERE approved_on IS NOT NULL AND year IS NULL"


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_finished_cases_of_earlier_years")]

    operations = [
        rows_inside("cases_casehistory", named="cases_casehistory.case_id IN (SELECT cases_named())"),
        RunSQL(_FOLLOW, _LEAVE),
        RunSQL(_STAYS, _GOES),
        RunSQL(_YEARS, RunSQL.noop),
        watch("cases_casehistory"),
    ]
