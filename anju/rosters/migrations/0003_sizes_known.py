"""The planner is told how large lists are: which list a row belongs to decides every plan, and a list may be one of hundreds.

The application may gather statistics of these tables. The guards of locked lists plan anew at each statement: planned once for a
row changed on a page, they compared every changed row with every other when a whole list was written.
"""

from django.db import migrations

GRANT = """
DO $$
DECLARE it text;
BEGIN
    IF current_setting('server_version_num')::int >= 170000 AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN
        FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'rosters\\_%' LOOP
            EXECUTE format('GRANT MAINTAIN ON %I TO anju_app', it);
        END LOOP;
    END IF;
END $$;
"""

_CHANGED_ROWS = """
CREATE OR REPLACE FUNCTION rosters_guard_changed_rows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM rosters_batch WHERE id IN (SELECT batch_id FROM gone) AND locked_at IS NOT NULL) THEN
        {perform}
    END IF;
    RETURN NULL;
END $$;
"""
_VERDICTS = """
CREATE OR REPLACE FUNCTION rosters_guard_verdicts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {perform}
    RETURN NULL;
END $$;
"""
_WHICH_ROWS = "SELECT DISTINCT o.batch_id FROM gone o JOIN made n USING (id) WHERE to_jsonb(n) - 'area' IS DISTINCT FROM to_jsonb(o) - 'area'"
_WHICH_VERDICTS = (
    "SELECT DISTINCT r.batch_id FROM gone o JOIN made n USING (id) JOIN rosters_matchrun r ON r.id = o.run_id AND r.kind = 'register' "
    "WHERE o.verdict <> n.verdict OR o.person_id IS DISTINCT FROM n.person_id"
)


def _guards(perform: str) -> str:
    return "".join(
        body.format(perform=perform % which) for body, which in ((_CHANGED_ROWS, _WHICH_ROWS), (_VERDICTS, _WHICH_VERDICTS))
    )


PLANNED_ANEW = _guards("EXECUTE $q$SELECT rosters_refuse_locked(array(%s))$q$;")
PLANNED_ONCE = _guards("PERFORM rosters_refuse_locked(array(%s));")


class Migration(migrations.Migration):
    dependencies = [("rosters", "0002_locked_lists")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop), migrations.RunSQL(PLANNED_ANEW, PLANNED_ONCE)]
