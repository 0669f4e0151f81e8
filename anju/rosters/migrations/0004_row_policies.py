"""Lists' rows are seen inside the area of a person's grant only; the head of a county's list by its townships too."""

from django.db import migrations

from anju.accounts.policies import rows_inside, rows_inside_or_above, rows_of


class Migration(migrations.Migration):
    dependencies = [("rosters", "0003_sizes_known"), ("accounts", "0002_grants")]

    operations = [
        *(rows_inside_or_above(f"rosters_{name}") for name in ("columnmapping", "batch", "matchrun", "letter")),
        *(rows_inside(f"rosters_{name}") for name in ("batchrow", "match", "mismatch")),
        rows_of("rosters_decision", "rosters_matchrun", "run_id"),
        rows_of("rosters_letterrow", "rosters_letter", "letter_id"),
        rows_of("rosters_locksignature", "rosters_batch", "batch_id"),
    ]
