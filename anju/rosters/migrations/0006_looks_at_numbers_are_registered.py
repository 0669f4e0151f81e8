"""Looks at full numbers move from the acts on a comparison to the register of looks; a marked workbook is asked for anew each time."""

import re

from django.db import migrations, models

_ADDRESS = re.compile(r"^/rosters/\d+/review/(\d+)/$")


def _to_the_register(apps, schema_editor):
    Decision, Match = apps.get_model("rosters", "Decision"), apps.get_model("rosters", "Match")
    Reveal = apps.get_model("exports", "Reveal")
    for one in Decision.objects.filter(kind="reveal").select_related("run__batch", "by__organisation"):
        match = Match.objects.filter(pk=one.effects.get("match") or 0).select_related("row").first()
        Reveal.objects.create(
            area=match.area if match else one.run.batch.area,
            subject=f"{one.run.batch.title} 第 {match.row.row} 行" if match and match.row else one.run.batch.title,
            url=f"/rosters/{one.run.batch_id}/review/{match.pk}/" if match else "",
            numbers=2,
            reason="identify",
            note=one.reason,
            by=one.by,
            office=one.by.organisation.name,
            at=one.at,
        )
    Decision.objects.filter(kind="reveal").delete()


def _back_to_the_acts(apps, schema_editor):
    Decision, Match = apps.get_model("rosters", "Decision"), apps.get_model("rosters", "Match")
    for one in apps.get_model("exports", "Reveal").objects.all():
        found = _ADDRESS.match(one.url)
        match = Match.objects.filter(pk=int(found[1])).first() if found else None
        if match is not None:
            Decision.objects.create(run=match.run, kind="reveal", reason=one.note, effects={"match": match.pk}, by=one.by, at=one.at)
            one.delete()


class Migration(migrations.Migration):
    dependencies = [
        ("rosters", "0005_watched"),
        ("exports", "0001_initial"),
    ]

    operations = [
        migrations.RunPython(_to_the_register, _back_to_the_acts),
        migrations.RemoveField(model_name="batch", name="error_workbook"),
        migrations.AlterField(
            model_name="decision",
            name="kind",
            field=models.CharField(
                choices=[("verdict", "判定"), ("class", "同类一次采纳"), ("adopt", "采纳"), ("dispose", "处理"), ("enrol", "登记入册")],
                db_collation="C",
                max_length=8,
            ),
        ),
    ]
