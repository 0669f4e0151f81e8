"""Seen inside one's area, watched by the trail; steps stand for ever, and a problem is struck off only from above."""

from django.db import migrations

from anju.accounts.policies import rows_inside, rows_of
from anju.trail.watching import watch

GUARDS = """
CREATE FUNCTION problems_step_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    RAISE EXCEPTION 'a step of a problem is never changed or deleted; take it back by a further step' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER problems_step_stands BEFORE UPDATE OR DELETE ON problems_step FOR EACH ROW EXECUTE FUNCTION problems_step_stands();

-- Whoever closes a problem or sends it back stands above whoever rectified it (S1-31); the last rectification that wasn't taken back counts.
CREATE FUNCTION problems_step_from_above() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
    done smallint;
BEGIN
    SELECT s.level INTO done FROM problems_step s WHERE s.problem_id = NEW.problem_id AND s.kind = 'rectified'
        AND NOT EXISTS (SELECT FROM problems_step u WHERE u.reverses_id = s.id) ORDER BY s.ordinal DESC LIMIT 1;
    IF done IS NULL OR NEW.level >= done THEN
        RAISE EXCEPTION 'the level that verifies a problem must stand above the level that rectified it' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER problems_step_from_above BEFORE INSERT ON problems_step FOR EACH ROW WHEN (NEW.kind IN ('closed', 'returned'))
    EXECUTE FUNCTION problems_step_from_above();

-- A problem begins open and is struck off by a step that says so.
CREATE FUNCTION problems_closed_by_a_step() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' OR NOT EXISTS (SELECT FROM problems_step s WHERE s.problem_id = NEW.id AND s.kind = 'closed' AND s.level = NEW.verified_level
        AND NOT EXISTS (SELECT FROM problems_step u WHERE u.reverses_id = s.id)) THEN
        RAISE EXCEPTION 'a problem is struck off by a step of its verification' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER problems_closed_by_a_step BEFORE INSERT OR UPDATE ON problems_problem FOR EACH ROW WHEN (NEW.state = 'closed')
    EXECUTE FUNCTION problems_closed_by_a_step();
"""
UNGUARD = """
DROP TRIGGER problems_closed_by_a_step ON problems_problem;
DROP TRIGGER problems_step_from_above ON problems_step;
DROP TRIGGER problems_step_stands ON problems_step;
DROP FUNCTION problems_closed_by_a_step();
DROP FUNCTION problems_step_from_above();
DROP FUNCTION problems_step_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("problems", "0001_initial"), ("accounts", "0002_grants"), ("trail", "0001_entries")]

    operations = [
        rows_inside("problems_problem"),
        rows_of("problems_step", "problems_problem", "problem_id"),
        watch("problems_numberseries", "problems_problem", "problems_step"),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
