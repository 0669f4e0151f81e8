"""Every write to these tables leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("evidence", "0001_initial"), ("trail", "0001_entries")]

    operations = [watch("evidence_storedfile")]
