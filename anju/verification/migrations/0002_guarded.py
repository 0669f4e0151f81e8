"""Rows are seen inside the area of a person's grant; every write leaves an entry."""

from django.db import migrations

from anju.accounts.policies import rows_inside, rows_inside_or_above
from anju.registry.following import follows_household
from anju.trail.watching import watch


class Migration(migrations.Migration):
    dependencies = [
        ("verification", "0001_initial"),
        ("accounts", "0002_grants"),
        ("registry", "0005_row_policies"),
        ("trail", "0001_entries"),
    ]

    operations = [
        rows_inside_or_above("verification_campaign"),
        rows_inside("verification_verification", named="verification_verification.household_id IN (SELECT h.id FROM registry_household h)"),
        *follows_household("verification_verification"),
        watch("verification_campaign", "verification_verification"),
    ]
