"""Every write to these tables leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_capacity"), ("trail", "0001_entries")]

    operations = [watch("jobs_job", operations=("insert", "delete", "truncate"))]
