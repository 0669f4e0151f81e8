"""The tally is written by the database with every statement that changes cases; nobody else writes it, and only the system takes rows together."""

from django.db import migrations
from django.db.migrations.operations import RunSQL

from anju.accounts.policies import rows_inside

_KIND = "stage, CASE WHEN ended_on IS NULL THEN since END, CASE WHEN ended_on IS NULL THEN marks ELSE '{}' END, grade, method, \"group\""
_WRITE = """INSERT INTO cases_casetally (digits, area, stage, since, marks, grade, method, "group", number, gathered)
    SELECT d.digits, left(c.area, d.digits), c.stage, c.since, c.marks, c.grade, c.method, c."group", sum(c.one), {gathered}
    FROM ({cases}) c(area, stage, since, marks, grade, method, "group", one) CROSS JOIN (VALUES (2), (4), (6), (9), (12)) d(digits)
    WHERE length(c.area) >= d.digits GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(c.one) <> 0 ORDER BY 1, 2, 3"""


def _counted(of: str, one: str) -> str:
    return f"SELECT area, {_KIND}, {one} FROM {of} WHERE NOT historic"


_MADE = _WRITE.format(cases=_counted("made", "1"), gathered="false")
_MOVED = _WRITE.format(cases=f"{_counted('made', '1')} UNION ALL {_counted('was', '-1')}", gathered="false")
_GONE = _WRITE.format(cases=_counted("was", "-1"), gathered="false")
_ALL = _WRITE.format(cases=_counted("cases_case", "1"), gathered="true")

_TALLIES = f"""
CREATE FUNCTION cases_tally() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        {_MADE};
    ELSIF TG_OP = 'UPDATE' THEN
        {_MOVED};
    ELSE
        {_GONE};
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER cases_tally_made AFTER INSERT ON cases_case REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION cases_tally();
CREATE TRIGGER cases_tally_moved AFTER UPDATE ON cases_case REFERENCING OLD TABLE AS was NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION cases_tally();
CREATE TRIGGER cases_tally_gone AFTER DELETE ON cases_case REFERENCING OLD TABLE AS was FOR EACH STATEMENT EXECUTE FUNCTION cases_tally();
"""
_NO_MORE = """
DROP TRIGGER cases_tally_made ON cases_case;
DROP TRIGGER cases_tally_moved ON cases_case;
DROP TRIGGER cases_tally_gone ON cases_case;
DROP FUNCTION cases_tally();
"""
# Read inside the area as everything is, but not by a third party: it would count what it isn't named for. A village's step counts in its county, so the
# triggers may write what the person can't see.
_GUARDED = """
DROP POLICY inside ON cases_casetally;
CREATE POLICY inside ON cases_casetally FOR SELECT USING ({inside});
CREATE POLICY written ON cases_casetally FOR INSERT WITH CHECK (pg_trigger_depth() > 0 OR (SELECT current_setting('anju.low', true) = '0'));
CREATE POLICY gathered ON cases_casetally FOR DELETE USING ((SELECT current_setting('anju.low', true) = '0'));
"""
_INSIDE = """cases_casetally.area >= nullif(current_setting('anju.low', true), '') AND cases_casetally.area < nullif(current_setting('anju.high', true), '')
    AND (SELECT coalesce(current_setting('anju.named', true), '') = '')"""
_UNGUARDED = "DROP POLICY written ON cases_casetally; DROP POLICY gathered ON cases_casetally"
_COUNT_ALL = f"""
DO $$
DECLARE
    low text := coalesce(current_setting('anju.low', true), '');
    high text := coalesce(current_setting('anju.high', true), '');
    named text := coalesce(current_setting('anju.named', true), '');
BEGIN
    PERFORM set_config('anju.low', '0', true), set_config('anju.high', '~', true), set_config('anju.named', '', true);
    {_ALL};
    PERFORM set_config('anju.low', low, true), set_config('anju.high', high, true), set_config('anju.named', named, true);
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("cases", "0012_tallied")]

    operations = [
        rows_inside("cases_casetally"),
        RunSQL(_GUARDED.format(inside=_INSIDE), _UNGUARDED),
        RunSQL(_TALLIES, _NO_MORE),
        RunSQL(_COUNT_ALL, "DELETE FROM cases_casetally"),
    ]
