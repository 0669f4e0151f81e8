"""A lookup is asked for whole: the second index, for its beginnings, only cost time when numbers enter."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0002_found_by_an_index_key")]

    operations = [
        migrations.AlterField("secret", "lookup", models.CharField(db_collation="C", max_length=22)),
        migrations.AddConstraint("secret", models.UniqueConstraint(fields=("lookup",), name="privacy_secret_lookup_once")),
    ]
