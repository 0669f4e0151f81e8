"""Taking old tries to come in away leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_readings_stay_with_the_reader")]

    operations = [watch("accounts_signin", operations=("delete", "truncate"))]
