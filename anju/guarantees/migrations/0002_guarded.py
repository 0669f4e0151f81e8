"""Rows are seen inside the area of a person's grant; every write leaves an entry."""

from django.db import migrations

from anju.accounts.policies import rows_inside
from anju.registry.following import follows_household
from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [("guarantees", "0001_initial"), ("accounts", "0002_grants"), ("registry", "0005_row_policies"), ("trail", "0001_entries")]

    operations = [
        rows_inside("guarantees_guarantee", named="guarantees_guarantee.household_id IN (SELECT h.id FROM registry_household h)"),
        *follows_household("guarantees_guarantee"),
        watch("guarantees_guarantee"),
    ]
