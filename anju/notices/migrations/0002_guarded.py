"""Seen inside one's area and below it, watched by the trail; what hangs out isn't changed; the public reads one notice by its address."""

from django.db import migrations

from anju.accounts.policies import rows_inside, rows_inside_or_above
from anju.trail.watching import watch

GUARDS = """
CREATE FUNCTION notices_notice_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a notice is never deleted; withdraw it' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.kind, NEW.level, NEW.title, NEW.intro, NEW.content, NEW.rows, NEW.mask, NEW.key, NEW.days, NEW.boards, NEW.token, NEW.hotline,
        NEW.office_id, NEW.posted_by_id, NEW.posted_at)
        IS DISTINCT FROM (OLD.kind, OLD.level, OLD.title, OLD.intro, OLD.content, OLD.rows, OLD.mask, OLD.key, OLD.days, OLD.boards, OLD.token,
        OLD.hotline, OLD.office_id, OLD.posted_by_id, OLD.posted_at)
        OR NEW.starts_on < OLD.starts_on OR OLD.start_photo_id IS NOT NULL
            AND (NEW.starts_on, NEW.start_photo_id, NEW.start_photo_on) IS DISTINCT FROM (OLD.starts_on, OLD.start_photo_id, OLD.start_photo_on)
        OR OLD.end_photo_id IS NOT NULL AND (NEW.end_photo_id, NEW.end_photo_on) IS DISTINCT FROM (OLD.end_photo_id, OLD.end_photo_on) THEN
        RAISE EXCEPTION 'what hangs out is not changed; withdraw the notice and post another' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.outcome <> '' OR OLD.withdrawn_on IS NOT NULL) AND (NEW.outcome, NEW.closed_on, NEW.closed_by_id, NEW.closed_why, NEW.withdrawn_on,
        NEW.withdrawn_by_id, NEW.withdrawn_why) IS DISTINCT FROM (OLD.outcome, OLD.closed_on, OLD.closed_by_id, OLD.closed_why, OLD.withdrawn_on,
        OLD.withdrawn_by_id, OLD.withdrawn_why) THEN
        RAISE EXCEPTION 'a notice that ended stays as it ended' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.outcome <> '' AND EXISTS (SELECT FROM notices_objection o WHERE o.notice_id = NEW.id AND o.result = '') THEN
        RAISE EXCEPTION 'a notice is not closed while an objection waits for its answer' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notices_notice_stands BEFORE UPDATE OR DELETE ON notices_notice FOR EACH ROW EXECUTE FUNCTION notices_notice_stands();

CREATE FUNCTION notices_objection_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF EXISTS (SELECT FROM notices_notice n WHERE n.id = NEW.notice_id AND (n.outcome <> '' OR n.withdrawn_on IS NOT NULL)) THEN
            RAISE EXCEPTION 'the notice has ended' USING ERRCODE = 'check_violation';
        END IF;
        RETURN NEW;
    END IF;
    IF TG_OP = 'DELETE' OR (NEW.notice_id, NEW.about, NEW.channel, NEW.row, NEW.received_on) IS DISTINCT FROM
        (OLD.notice_id, OLD.about, OLD.channel, OLD.row, OLD.received_on)
        OR OLD.result <> '' AND (NEW.result, NEW.answer, NEW.answered_on) IS DISTINCT FROM (OLD.result, OLD.answer, OLD.answered_on) THEN
        RAISE EXCEPTION 'an objection is answered, not changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER notices_objection_stands BEFORE INSERT OR UPDATE OR DELETE ON notices_objection
    FOR EACH ROW EXECUTE FUNCTION notices_objection_stands();

-- What the public sees under an address: only what hangs out, only while it hangs; of one that ended, that it did.
CREATE FUNCTION notices_public(address text, today date) RETURNS TABLE (state text, kind text, title text, intro text, content jsonb, area text,
    office text, hotline text, starts_on date, days smallint, closes_on date)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    low text := coalesce(current_setting('anju.low', true), '');
    high text := coalesce(current_setting('anju.high', true), '');
    named text := coalesce(current_setting('anju.named', true), '');
BEGIN
    PERFORM set_config('anju.low', '0', true), set_config('anju.high', '~', true), set_config('anju.named', '', true);
    RETURN QUERY SELECT s.state, n.kind::text, n.title::text, CASE WHEN s.state = 'on' THEN n.intro::text ELSE '' END,
            CASE WHEN s.state = 'on' THEN n.content END, n.area::text, o.name::text, n.hotline::text, n.starts_on, n.days, n.closes_on
        FROM notices_notice n JOIN accounts_organisation o ON o.id = n.office_id CROSS JOIN LATERAL (SELECT CASE
            WHEN n.withdrawn_on IS NOT NULL THEN 'withdrawn' WHEN n.outcome = 'stopped' OR today >= n.closes_on THEN 'over'
            WHEN today < n.starts_on THEN 'before' ELSE 'on' END AS state) s
        WHERE n.token = address AND 'web' = ANY(n.boards) AND s.state <> 'before';
    PERFORM set_config('anju.low', low, true), set_config('anju.high', high, true), set_config('anju.named', named, true);
END $$;
REVOKE ALL ON FUNCTION notices_public FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN GRANT EXECUTE ON FUNCTION notices_public TO anju_app; END IF;
END $$;
"""
UNGUARD = """
DROP FUNCTION notices_public;
DROP TRIGGER notices_objection_stands ON notices_objection;
DROP TRIGGER notices_notice_stands ON notices_notice;
DROP FUNCTION notices_objection_stands();
DROP FUNCTION notices_notice_stands();
"""


class Migration(migrations.Migration):
    dependencies = [("notices", "0001_initial"), ("accounts", "0002_grants"), ("trail", "0001_entries")]

    operations = [
        rows_inside_or_above("notices_notice"),
        rows_inside("notices_objection"),
        watch("notices_notice", "notices_objection", "notices_postednumber"),
        migrations.RunSQL(GUARDS, UNGUARD),
    ]
