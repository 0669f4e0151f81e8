"""The sealed cells of a list are seen where the list is, and written on record."""

from django.db import migrations

from anju.accounts.policies import rows_of
from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("rosters", "0007_sealed_numbers")]

    operations = [rows_of("rosters_rowcells", "rosters_batch", "batch_id"), watch("rosters_rowcells")]
