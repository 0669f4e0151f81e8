"""Entries are seen inside the area of a person's grant, by a third party those of the households named; every write leaves an entry in the trail."""

from django.db import migrations

from anju.accounts.policies import rows_inside
from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("entries", "0001_initial"), ("accounts", "0005_signing_in_watched"), ("trail", "0001_entries")]

    operations = [
        rows_inside("entries_systementry", named="entries_systementry.household_id IN (SELECT h.id FROM registry_household h)"),
        watch("entries_systementry"),
    ]
