"""What a third party sees is asked of functions whose cost is declared, as in the register."""

from django.db import migrations

from anju.accounts.policies import named_anew

_BEFORE = "{table}.household_id IN (SELECT h.id FROM registry_household h)"
_AFTER = "{table}.household_id IN (SELECT registry_named_households())"


class Migration(migrations.Migration):
    dependencies = [("guarantees", "0002_guarded"), ("registry", "0009_named_at_little_cost")]

    operations = [named_anew("guarantees_guarantee", _BEFORE.format(table="guarantees_guarantee"), _AFTER.format(table="guarantees_guarantee"))]
