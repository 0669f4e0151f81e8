"""What a third party sees is asked of functions whose cost is declared, as in the register."""

from django.db import migrations

from anju.accounts.policies import named_anew

_BEFORE = "{table}.household_id IN (SELECT h.id FROM registry_household h)"
_AFTER = "{table}.household_id IN (SELECT registry_named_households())"


class Migration(migrations.Migration):
    dependencies = [("entries", "0002_seen_and_watched"), ("registry", "0009_named_at_little_cost")]

    operations = [named_anew("entries_systementry", _BEFORE.format(table="entries_systementry"), _AFTER.format(table="entries_systementry"))]
