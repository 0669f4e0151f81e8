"""Rows are seen inside the area of a person's grant; every write leaves an entry; a step, once told, stays."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from anju.accounts.policies import named_ids, rows_inside, rows_inside_or_above
from anju.registry.following import follows_household
from anju.trail.watching import watch

_NAMED = "{table}.household_id IN (SELECT registry_named_households())"
_OF_CASE = "{table}.case_id IN (SELECT cases_named())"
_OF_A_CASE = ("cases_casestep", "cases_casewaiver", "cases_casenotice", "cases_agreement")

# Rows of a case lie where it lies.
_FOLLOW = """
CREATE FUNCTION cases_follow() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE cases_casestep t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;
    UPDATE cases_casewaiver t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;
    UPDATE cases_casenotice t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;
    UPDATE cases_agreement t SET area = c.area FROM moved c JOIN was w ON w.id = c.id WHERE t.case_id = c.id AND c.area IS DISTINCT FROM w.area;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_follow AFTER UPDATE ON cases_case REFERENCING OLD TABLE AS was NEW TABLE AS moved
    FOR EACH STATEMENT EXECUTE FUNCTION cases_follow();
"""
_LEAVE = "DROP TRIGGER cases_follow ON cases_case; DROP FUNCTION cases_follow()"

# A step is told once: its area may follow the household, nothing else changes, and none goes away.
_STAYS = """
CREATE FUNCTION cases_step_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '改造的环节只能撤销，不能删除' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    IF (to_jsonb(NEW) - 'area') IS DISTINCT FROM (to_jsonb(OLD) - 'area') THEN
        RAISE EXCEPTION '改造的环节登记后不再改，登记错了的请撤销' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_step_stays BEFORE UPDATE OR DELETE ON cases_casestep FOR EACH ROW EXECUTE FUNCTION cases_step_stays();
"""
_GOES = "DROP TRIGGER cases_step_stays ON cases_casestep; DROP FUNCTION cases_step_stays()"


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0001_initial"),
        ("accounts", "0002_grants"),
        ("registry", "0009_named_at_little_cost"),
        ("trail", "0001_entries"),
    ]

    operations = [
        rows_inside_or_above("cases_annualplan"),
        rows_inside("cases_case", named=_NAMED.format(table="cases_case")),
        named_ids("cases_named", "SELECT c.id FROM cases_case c WHERE c.household_id IN (SELECT registry_named_households())"),
        *(rows_inside(table, named=_OF_CASE.format(table=table)) for table in _OF_A_CASE),
        *follows_household("cases_case"),
        RunSQL(_FOLLOW, _LEAVE),
        RunSQL(_STAYS, _GOES),
        watch("cases_numberseries", "cases_annualplan", "cases_case", *_OF_A_CASE),
    ]
