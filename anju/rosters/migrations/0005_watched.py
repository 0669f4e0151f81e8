"""Every write to these tables leaves an entry in the trail."""

from django.db import migrations

from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("rosters", "0004_row_policies"), ("trail", "0001_entries")]

    operations = [
        watch(
            *("rosters_columnmapping", "rosters_batch", "rosters_batchrow", "rosters_matchrun"),
            *("rosters_match", "rosters_mismatch", "rosters_decision", "rosters_letter"),
            *("rosters_letterrow", "rosters_locksignature"),
        )
    ]
