"""The vault: one table that holds every personal number, sealed."""

from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Secret",
            fields=[
                ("token", models.CharField(db_collation="C", max_length=23, primary_key=True, serialize=False)),
                ("kind", models.CharField(db_collation="C", max_length=8)),
                ("tail", models.CharField(blank=True, db_collation="C", default="", max_length=23)),
                ("sealed", models.BinaryField()),
                ("key_number", models.PositiveIntegerField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("token__regex", "^~[A-Za-z0-9_-]{22}$")), name="privacy_secret_token_form")
                ],
                "indexes": [
                    models.Index(condition=models.Q(("tail", ""), _negated=True), fields=["tail"], name="privacy_secret_tail"),
                ],
            },
        ),
    ]
