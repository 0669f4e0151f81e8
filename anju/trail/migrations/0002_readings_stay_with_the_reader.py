"""An entry keeps at which level its actor stood; what somebody read is told there and above, not to the level they looked at."""

from django.db import migrations, models

from anju.trail.readings import declared

_INSIDE = """(SELECT coalesce(current_setting('anju.low', true), '') = '0' AND coalesce(current_setting('anju.high', true), '') = '~')
    OR (SELECT coalesce(current_setting('anju.grant', true), '') <> '' AND coalesce(current_setting('anju.named', true), '') = '')
        AND starts_with(within, (SELECT coalesce(current_setting('anju.place', true), '')))"""
# What was written past the application (the role tells) is no reading, whatever table it is in.
_TOLD = """ AND (role <> current_user OR NOT public.trail_reading("table", action)
        OR starts_with(coalesce(seat, ''), (SELECT coalesce(current_setting('anju.place', true), ''))))"""


class Migration(migrations.Migration):
    dependencies = [("trail", "0001_entries")]

    operations = [
        migrations.AddField(
            model_name="entry",
            name="seat",
            field=models.CharField(db_collation="C", help_text="办理人所在的层级，记录当日的代码", max_length=15, null=True),
        ),
        # The triggers needn't know of it. Entries of before have none, and so stay as they were hashed.
        migrations.RunSQL(
            "ALTER TABLE trail_entry ALTER COLUMN seat SET DEFAULT left(coalesce(current_setting('anju.seat', true), ''), 15)",
            "ALTER TABLE trail_entry ALTER COLUMN seat DROP DEFAULT",
        ),
        declared(
            (
                *("exports_export", "exports_download", "exports_reveal", "jobs_job"),
                *("accounts_passwordstate", "accounts_pastpassword", "accounts_secondfactor", "accounts_recoverycode"),
            ),
            (
                *("number.revealed", "export.requested", "export.approved", "export.refused", "export.made", "export.downloaded"),
                *("export.expired", "account.signed_in", "account.session_ended", "account.password_changed"),
            ),
        ),
        migrations.RunSQL(
            f"DROP POLICY told ON trail_entry; CREATE POLICY told ON trail_entry FOR SELECT USING ({_INSIDE}{_TOLD})",
            f"DROP POLICY told ON trail_entry; CREATE POLICY told ON trail_entry FOR SELECT USING ({_INSIDE})",
        ),
    ]
