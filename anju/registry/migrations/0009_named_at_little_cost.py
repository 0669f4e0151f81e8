"""What a third party sees is asked of functions whose cost is declared: lists of others are planned as if there were no third parties."""

from django.db import migrations

from anju.accounts.policies import named_anew, named_ids

_OF_HOUSEHOLD = ("registry_{name}.household_id IN (SELECT h.id FROM registry_household h)", "registry_{name}.household_id IN (SELECT registry_named_households())")
_OF_PERSON = ("{key} IN (SELECT m.person_id FROM registry_membership m)", "{key} IN (SELECT registry_named_persons())")
_OF_DWELLING = ("{key} IN (SELECT o.dwelling_id FROM registry_occupancy o)", "{key} IN (SELECT registry_named_dwellings())")


def _anew(name: str, said: tuple[str, str], **given: str) -> migrations.RunSQL:
    before, after = (each.format(name=name, **given) for each in said)
    return named_anew(f"registry_{name}", before, after)


def _of_either(name: str) -> migrations.RunSQL:
    key = f"registry_{name}.person_id"
    before, after = (
        f"({household.format(name=name)} OR {person.format(key=key)})" for household, person in zip(_OF_HOUSEHOLD, _OF_PERSON, strict=True)
    )
    return named_anew(f"registry_{name}", before, after)


class Migration(migrations.Migration):
    dependencies = [("registry", "0008_homes")]

    operations = [
        named_ids(
            "registry_named_households",
            "SELECT h.id FROM registry_household h WHERE h.number IN (SELECT n.key FROM accounts_namedrecord n WHERE n.kind = 'household' "
            "AND n.grant_id = nullif(current_setting('anju.grant', true), '')::bigint)",
        ),
        *(_anew(name, _OF_HOUSEHOLD) for name in ("registration", "membership", "change", "occupancy")),
        named_ids(
            "registry_named_persons",
            "SELECT m.person_id FROM registry_membership m WHERE m.household_id IN (SELECT registry_named_households())",
        ),
        named_ids(
            "registry_named_dwellings",
            "SELECT o.dwelling_id FROM registry_occupancy o WHERE o.household_id IN (SELECT registry_named_households())",
        ),
        _anew("person", _OF_PERSON, key="registry_person.id"),
        *(_anew(name, _OF_PERSON, key=f"registry_{name}.person_id") for name in ("formerparticulars", "nametoken")),
        *(_of_either(name) for name in ("belonging", "datedflag", "pastsupport")),
        _anew("dwelling", _OF_DWELLING, key="registry_dwelling.id"),
        _anew("dwellingstate", _OF_DWELLING, key="registry_dwellingstate.dwelling_id"),
    ]
