"""How many rows of a list belong to a person of the register is read off an index."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    """Beside what 0008 made."""

    dependencies = [("rosters", "0008_cells_seen_and_watched")]

    operations = [
        migrations.AddIndex(
            "match",
            models.Index(
                fields=["run", "area", "row"],
                condition=Q(person__isnull=False) & (~Q(outcome="review") | Q(verdict="same")),
                name="rosters_match_linked",
            ),
        ),
    ]
