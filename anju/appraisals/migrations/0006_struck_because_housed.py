"""A hazard says whether it was struck because the household is housed elsewhere, or on an appraisal."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("appraisals", "0004_named_at_little_cost")]

    operations = [
        migrations.AddField("hazard", "housed", models.BooleanField(default=False, db_default=False, help_text="凭保障途径销号，不凭鉴定")),
        migrations.AddConstraint(
            "hazard",
            models.CheckConstraint(
                condition=models.Q(("housed", False), ("closed_on__isnull", False), _connector="OR"), name="hazard_housed_is_struck"
            ),
        ),
    ]
