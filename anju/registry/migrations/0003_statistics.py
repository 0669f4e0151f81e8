"""The application may gather statistics after a whole list has entered: until then the planner believes the tables are empty."""

from django.db import migrations

GRANT = """
DO $$
DECLARE it text;
BEGIN
    IF current_setting('server_version_num')::int >= 170000 AND EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN
        FOR it IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename LIKE 'registry\\_%' LOOP
            EXECUTE format('GRANT MAINTAIN ON %I TO anju_app', it);
        END LOOP;
    END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0002_categories")]

    operations = [migrations.RunSQL(GRANT, migrations.RunSQL.noop)]
