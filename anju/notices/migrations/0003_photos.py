"""Photos of the boards lie in albums, judged like every photo; there may be several at each end."""

import anju.divisions.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from anju.accounts.policies import rows_inside
from anju.trail.watching import watch

GUARD = """
CREATE OR REPLACE FUNCTION notices_notice_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a notice is never deleted; withdraw it' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (NEW.kind, NEW.level, NEW.title, NEW.intro, NEW.content, NEW.rows, NEW.mask, NEW.key, NEW.days, NEW.boards, NEW.token, NEW.hotline,
        NEW.office_id, NEW.posted_by_id, NEW.posted_at)
        IS DISTINCT FROM (OLD.kind, OLD.level, OLD.title, OLD.intro, OLD.content, OLD.rows, OLD.mask, OLD.key, OLD.days, OLD.boards, OLD.token,
        OLD.hotline, OLD.office_id, OLD.posted_by_id, OLD.posted_at) OR NEW.starts_on < OLD.starts_on THEN
        RAISE EXCEPTION 'what hangs out is not changed; withdraw the notice and post another' USING ERRCODE = 'restrict_violation';
    END IF;
    IF (OLD.outcome <> '' OR OLD.withdrawn_on IS NOT NULL) AND (NEW.outcome, NEW.closed_on, NEW.closed_by_id, NEW.closed_why, NEW.withdrawn_on,
        NEW.withdrawn_by_id, NEW.withdrawn_why, NEW.starts_on, NEW.start_photo_on, NEW.end_photo_on) IS DISTINCT FROM (OLD.outcome, OLD.closed_on,
        OLD.closed_by_id, OLD.closed_why, OLD.withdrawn_on, OLD.withdrawn_by_id, OLD.withdrawn_why, OLD.starts_on, OLD.start_photo_on,
        OLD.end_photo_on) THEN
        RAISE EXCEPTION 'a notice that ended stays as it ended' USING ERRCODE = 'restrict_violation';
    END IF;
    IF NEW.outcome <> OLD.outcome AND EXISTS (SELECT FROM notices_objection o WHERE o.notice_id = NEW.id AND o.result = '') THEN
        RAISE EXCEPTION 'a notice is not closed while an objection waits for its answer' USING ERRCODE = 'check_violation';
    END IF;
    -- The photos of both ends lie there: one of the start not before the first day that counts, one of the end not before the last.
    IF NEW.outcome <> OLD.outcome AND NEW.outcome IN ('none', 'settled') AND NOT (
        EXISTS (SELECT FROM notices_boardphoto b JOIN evidence_photo p ON p.id = b.photo_id WHERE b.notice_id = NEW.id AND b.moment = 'start'
            AND b."on" = NEW.starts_on AND p.withdrawn_at IS NULL)
        AND EXISTS (SELECT FROM notices_boardphoto b JOIN evidence_photo p ON p.id = b.photo_id WHERE b.notice_id = NEW.id AND b.moment = 'end'
            AND b."on" >= NEW.starts_on + NEW.days - 1 AND p.withdrawn_at IS NULL)) THEN
        RAISE EXCEPTION 'a notice is closed with a photo of its start and one of its end' USING ERRCODE = 'check_violation';
    END IF;
    RETURN NEW;
END $$;
"""
GUARD_BEFORE = """
CREATE OR REPLACE FUNCTION notices_notice_stands() RETURNS trigger LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
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
"""


def _files_back(apps, schema_editor):
    """On the way back a notice holds the file of its first photo of each end."""
    Notice = apps.get_model("notices", "Notice")
    for row in apps.get_model("notices", "BoardPhoto").objects.select_related("photo").order_by("-id"):
        Notice.objects.filter(pk=row.notice_id).update(**{f"{row.moment}_photo": row.photo.file_id})
    Notice.objects.filter(start_photo=None, start_photo_on__isnull=False).update(start_photo_on=None)
    Notice.objects.filter(end_photo=None, end_photo_on__isnull=False).update(end_photo_on=None)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_signing_in_watched"), ("evidence", "0004_looking_beyond"), ("notices", "0002_guarded"), ("trail", "0001_entries")]

    operations = [
        migrations.RunSQL(GUARD, GUARD_BEFORE),
        migrations.CreateModel(
            name="BoardPhoto",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("area", anju.divisions.fields.AreaField(blank=True, db_collation="C", default="", max_length=15)),
                ("moment", models.CharField(choices=[("start", "张贴时"), ("end", "期满时")], db_collation="C", max_length=5)),
                ("on", models.DateField()),
                ("notice", models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name="photos", to="notices.notice")),
                ("photo", models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name="board", to="evidence.photo")),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddIndex(model_name="boardphoto", index=models.Index(fields=["notice", "moment"], name="notices_boardphoto_of_notice")),
        migrations.AddConstraint(
            model_name="boardphoto",
            constraint=models.CheckConstraint(condition=models.Q(("moment__in", ["start", "end"])), name="notices_boardphoto_moment"),
        ),
        rows_inside("notices_boardphoto"),
        watch("notices_boardphoto"),
        migrations.RemoveConstraint(model_name="notice", name="notices_start_photo"),
        migrations.RemoveConstraint(model_name="notice", name="notices_end_photo"),
        migrations.RemoveConstraint(model_name="notice", name="notices_closed_after_its_days"),
        migrations.RunPython(migrations.RunPython.noop, _files_back),
        migrations.RemoveField(model_name="notice", name="end_photo"),
        migrations.RemoveField(model_name="notice", name="start_photo"),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('start_photo_on__isnull', True), ('start_photo_on__gte', models.F('starts_on')), _connector='OR'), name='notices_start_photo'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(('end_photo_on__isnull', True), ('end_photo_on__gte', models.ExpressionWrapper(django.db.models.expressions.CombinedExpression(models.F('closes_on'), '-', models.Value(1)), output_field=models.DateField())), _connector='OR'), name='notices_end_photo'),
        ),
        migrations.AddConstraint(
            model_name='notice',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome__in', ['none', 'settled']), _negated=True), models.Q(('closed_on__gte', models.F('closes_on')), ('end_photo_on__isnull', False), ('start_photo_on__isnull', False)), _connector='OR'), name='notices_closed_after_its_days'),
        ),
    ]
