"""The register is read inside the place of a person's grant and by whom it is about; every write to it leaves an entry in the trail."""

from django.db import migrations

from anju.accounts.policies import rows_in_the_place_or_own
from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("exports", "0001_initial"), ("accounts", "0005_signing_in_watched"), ("trail", "0001_entries")]

    operations = [
        rows_in_the_place_or_own("exports_export", "requested_by_id"),
        rows_in_the_place_or_own("exports_reveal", "by_id"),
        watch("exports_export", "exports_download", "exports_reveal"),
    ]
