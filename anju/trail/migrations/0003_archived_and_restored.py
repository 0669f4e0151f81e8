"""Pieces of the chain taken out of the database, and restores: both leave entries, and stand. What lies in an archive may go, and nothing else."""

from django.db import migrations, models

from anju.trail.watching import watch

_GUARDS = """
CREATE FUNCTION public.trail_only_archived() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
DECLARE upto bigint := (SELECT coalesce(max(last), 0) FROM public.trail_archived); alone boolean;
BEGIN
    IF TG_TABLE_NAME = 'trail_entry' THEN
        SELECT NOT EXISTS (SELECT FROM gone g LEFT JOIN public.trail_seal s ON s.seq = g.seq WHERE s.no IS NULL OR s.no > upto) INTO alone;
    ELSE
        SELECT NOT EXISTS (SELECT FROM gone g LEFT JOIN public.trail_entry e ON e.seq = g.seq WHERE g.no > upto OR e.seq IS NOT NULL) INTO alone;
    END IF;
    IF NOT alone THEN
        RAISE EXCEPTION '留痕只能增加，不能改动；只有已归档的可以移出' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $trail$;
CREATE FUNCTION public.trail_refuse_but_expiring() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
BEGIN
    IF TG_OP <> 'DELETE' OR coalesce(current_setting('anju.action', true), '') <> 'trail.expired' THEN
        RAISE EXCEPTION '留痕只能增加，不能改动' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $trail$;
CREATE FUNCTION public.trail_archive_continues() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
DECLARE upto bigint := (SELECT coalesce(max(last), 0) FROM public.trail_archived);
BEGIN
    IF NEW.first <> upto + 1
        OR NEW.before <> coalesce((SELECT hash FROM public.trail_archived WHERE last = upto), decode(repeat('00', 32), 'hex'))
        OR NEW.hash IS DISTINCT FROM (SELECT hash FROM public.trail_seal WHERE no = NEW.last)
        OR NOT EXISTS (SELECT FROM public.trail_seal WHERE no > NEW.last) THEN
        RAISE EXCEPTION '归档与链接不上' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NEW;
END $trail$;
DROP TRIGGER trail_entry_stands ON trail_entry;
DROP TRIGGER trail_seal_stands ON trail_seal;
CREATE TRIGGER trail_entry_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_entry
    FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse_but_expiring();
CREATE TRIGGER trail_seal_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_seal
    FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse_but_expiring();
CREATE TRIGGER trail_entry_goes AFTER DELETE ON trail_entry REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.trail_only_archived();
CREATE TRIGGER trail_seal_goes AFTER DELETE ON trail_seal REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION public.trail_only_archived();
CREATE TRIGGER trail_archived_continues BEFORE INSERT ON trail_archived FOR EACH ROW EXECUTE FUNCTION public.trail_archive_continues();
CREATE TRIGGER trail_archived_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_archived FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
CREATE TRIGGER trail_restoration_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_restoration
    FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
CREATE POLICY goes ON trail_entry FOR DELETE USING ((SELECT coalesce(current_setting('anju.low', true), '') = '0'));
DO $trail$
DECLARE it record;
BEGIN
    FOR it IN SELECT DISTINCT grantee, table_name FROM information_schema.role_table_grants
              WHERE table_schema = 'public' AND table_name IN ('trail_archived', 'trail_restoration') AND grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE%s ON %I FROM %I', CASE it.table_name WHEN 'trail_archived' THEN ', INSERT' ELSE '' END, it.table_name, it.grantee);
    END LOOP;
END $trail$;
"""
_UNDO = """
DROP POLICY goes ON trail_entry;
DROP TRIGGER trail_restoration_stands ON trail_restoration;
DROP TRIGGER trail_archived_stands ON trail_archived;
DROP TRIGGER trail_archived_continues ON trail_archived;
DROP TRIGGER trail_seal_goes ON trail_seal;
DROP TRIGGER trail_entry_goes ON trail_entry;
DROP TRIGGER trail_entry_stands ON trail_entry;
DROP TRIGGER trail_seal_stands ON trail_seal;
CREATE TRIGGER trail_entry_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_entry FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
CREATE TRIGGER trail_seal_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_seal FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
DROP FUNCTION public.trail_archive_continues(), public.trail_refuse_but_expiring(), public.trail_only_archived();
"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0002_readings_stay_with_the_reader")]

    operations = [
        migrations.CreateModel(
            name="Archived",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.BigIntegerField(unique=True)),
                ("last", models.BigIntegerField(unique=True)),
                ("before", models.BinaryField()),
                ("hash", models.BinaryField()),
                ("earliest", models.DateTimeField()),
                ("latest", models.DateTimeField()),
                ("name", models.CharField(max_length=100)),
                ("at", models.DateTimeField()),
                ("by", models.CharField(max_length=60)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("last__gte", models.F("first"))), name="trail_archived_piece")]},
        ),
        migrations.CreateModel(
            name="Restoration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("archive", models.CharField(db_collation="C", max_length=40)),
                ("name", models.CharField(max_length=200)),
                ("taken_at", models.DateTimeField()),
                ("by", models.CharField(max_length=100)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("former_end", models.BigIntegerField(null=True)),
                ("found_end", models.BigIntegerField()),
                ("common", models.BigIntegerField()),
                ("lost", models.BigIntegerField(null=True)),
            ],
            options={"constraints": [models.UniqueConstraint(fields=("archive", "at"), name="trail_restoration_once")]},
        ),
        migrations.RunSQL(_GUARDS, _UNDO),
        watch("trail_archived", "trail_restoration"),
    ]
