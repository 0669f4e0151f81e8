"""What was said of a plan stays; a request for quota and its ground are seen inside the area of a person's grant; every write leaves an entry."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from anju.accounts.policies import rows_inside, rows_inside_or_above
from anju.trail.watching import watch

# Told once: the area may follow a change of divisions, nothing else changes, and none goes away.
_STAYS = """
CREATE FUNCTION cases_planning_stays() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' OR (to_jsonb(NEW) - 'area') IS DISTINCT FROM (to_jsonb(OLD) - 'area') THEN
        RAISE EXCEPTION '计划的变更和申请指标的依据登记后不再改' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER cases_planning_stays BEFORE UPDATE OR DELETE ON cases_planchange FOR EACH ROW EXECUTE FUNCTION cases_planning_stays();
CREATE TRIGGER cases_planning_stays BEFORE UPDATE OR DELETE ON cases_quotaground FOR EACH ROW EXECUTE FUNCTION cases_planning_stays();
"""
_GOES = """
DROP TRIGGER cases_planning_stays ON cases_quotaground;
DROP TRIGGER cases_planning_stays ON cases_planchange;
DROP FUNCTION cases_planning_stays()
"""

# Plans of before have had their first entry: what they say now.
_BEGUN = """
SET CONSTRAINTS ALL IMMEDIATE;
ALTER TABLE cases_annualplan NO FORCE ROW LEVEL SECURITY;
INSERT INTO cases_planchange (plan_id, area, kind, before, after, document, by_id, office_id, at)
SELECT p.id, p.area, 'entered', '{}',
    jsonb_strip_nulls(jsonb_build_object('households', p.households, 'start', p.start_due, 'completion', p.complete_due, 'document', p.document)),
    p.document, p.made_by_id, u.organisation_id, p.made_at
FROM cases_annualplan p JOIN accounts_user u ON u.id = p.made_by_id;
ALTER TABLE cases_annualplan FORCE ROW LEVEL SECURITY;
SET CONSTRAINTS ALL DEFERRED;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_planning"),
        ("accounts", "0002_grants"),
        ("trail", "0001_entries"),
    ]

    operations = [
        RunSQL(_BEGUN, RunSQL.noop),
        rows_inside_or_above("cases_planchange"),
        rows_inside("cases_quotarequest"),
        rows_inside("cases_quotaground"),
        RunSQL(_STAYS, _GOES),
        watch("cases_planchange", "cases_quotarequest", "cases_quotaground"),
    ]
