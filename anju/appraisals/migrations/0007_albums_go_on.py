"""The photos of a look go on with the one that supersedes it: one album, of those looks only one that counts."""

import django.db.models.deletion
from django.db import migrations, models

_ONCE = """
UPDATE appraisals_screening s SET album_id = NULL WHERE s.album_id IS NOT NULL
AND EXISTS (SELECT FROM appraisals_screening later WHERE later.album_id = s.album_id AND later.id > s.id)
"""


class Migration(migrations.Migration):
    dependencies = [("appraisals", "0006_struck_because_housed"), ("evidence", "0004_looking_beyond")]

    operations = [
        migrations.AlterField(
            "screening",
            "album",
            models.ForeignKey(
                blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="evidence.album"
            ),
        ),
        migrations.RunSQL(migrations.RunSQL.noop, _ONCE),
        migrations.AddConstraint(
            "screening",
            models.UniqueConstraint(
                condition=models.Q(("album__isnull", False), ("superseded_at__isnull", True)), fields=("album",), name="screening_album_counts_once"
            ),
        ),
        migrations.AddIndex(
            "screening",
            models.Index(condition=models.Q(("album__isnull", False)), fields=["album"], name="screening_of_album"),
        ),
    ]
