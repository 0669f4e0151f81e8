"""What a third party sees is asked of functions whose cost is declared, as in the register."""

from django.db import migrations

from anju.accounts.policies import named_anew, named_ids

_OF_HOUSEHOLD = ("{table}.household_id IN (SELECT h.id FROM registry_household h)", "{table}.household_id IN (SELECT registry_named_households())")
_OF_APPRAISAL = ("{table}.appraisal_id IN (SELECT p.id FROM appraisals_appraisal p)", "{table}.appraisal_id IN (SELECT appraisals_named())")


def _anew(name: str, said: tuple[str, str]) -> migrations.RunSQL:
    table = f"appraisals_{name}"
    before, after = (each.format(table=table) for each in said)
    return named_anew(table, before, after)


class Migration(migrations.Migration):
    dependencies = [("appraisals", "0003_fieldwork_of_hazards"), ("registry", "0009_named_at_little_cost")]

    operations = [
        *(_anew(name, _OF_HOUSEHOLD) for name in ("screening", "appraisal", "housegrade", "nohouse", "posting", "hazard", "stockentry")),
        named_ids("appraisals_named", "SELECT p.id FROM appraisals_appraisal p WHERE p.household_id IN (SELECT registry_named_households())"),
        *(_anew(name, _OF_APPRAISAL) for name in ("objection", "recheckitem")),
    ]
