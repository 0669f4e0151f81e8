"""The register's rows are seen inside the area of a person's grant only; a third party sees the households named in it."""

from django.db import migrations

from anju.accounts.policies import rows_inside

_OF_HOUSEHOLD = "{table}.household_id IN (SELECT h.id FROM registry_household h)"
_OF_PERSON = "{key} IN (SELECT m.person_id FROM registry_membership m)"
_OF_DWELLING = "{key} IN (SELECT o.dwelling_id FROM registry_occupancy o)"
_SELF = (
    "registry_household.number IN (SELECT n.key FROM accounts_namedrecord n WHERE n.kind = 'household' "
    "AND n.grant_id = (SELECT nullif(current_setting('anju.grant', true), '')::bigint))"
)


def _household(table: str) -> migrations.RunSQL:
    return rows_inside(table, named=_OF_HOUSEHOLD.format(table=table))


# Whose number is it, wherever they live? Of those outside the asker's area only the county is told (3.27, 4.5).
HOLDERS = """
CREATE FUNCTION registry_holders(numbers text[]) RETURNS TABLE (number text, person_id bigint, county text, alive boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    low text := coalesce(current_setting('anju.low', true), '');
    high text := coalesce(current_setting('anju.high', true), '');
    named text := coalesce(current_setting('anju.named', true), '');
BEGIN
    PERFORM set_config('anju.low', '0', true), set_config('anju.high', '~', true), set_config('anju.named', '', true);
    RETURN QUERY SELECT p.id_number::text, p.id, left(p.area, 6), p.alive FROM registry_person p
        WHERE p.id_number = ANY(numbers) AND p.id_number <> '' AND NOT p.id_conflict;
    PERFORM set_config('anju.low', low, true), set_config('anju.high', high, true), set_config('anju.named', named, true);
END $$;
REVOKE ALL ON FUNCTION registry_holders FROM PUBLIC;
DO $$ BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'anju_app') THEN GRANT EXECUTE ON FUNCTION registry_holders TO anju_app; END IF;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("registry", "0004_opened"), ("accounts", "0002_grants")]

    operations = [
        rows_inside("registry_household", named=_SELF),
        *(_household(f"registry_{name}") for name in ("registration", "membership", "change", "occupancy")),
        rows_inside("registry_person", named=_OF_PERSON.format(key="registry_person.id")),
        *(
            rows_inside(f"registry_{name}", named=_OF_PERSON.format(key=f"registry_{name}.person_id"))
            for name in ("formerparticulars", "nametoken")
        ),
        rows_inside(
            "registry_belonging",
            named="(registry_belonging.household_id IN (SELECT h.id FROM registry_household h) OR registry_belonging.person_id IN (SELECT m.person_id FROM registry_membership m))",
        ),
        *(
            rows_inside(
                f"registry_{name}",
                named=f"(registry_{name}.household_id IN (SELECT h.id FROM registry_household h) OR registry_{name}.person_id IN (SELECT m.person_id FROM registry_membership m))",
            )
            for name in ("datedflag", "pastsupport")
        ),
        rows_inside("registry_dwelling", named=_OF_DWELLING.format(key="registry_dwelling.id")),
        rows_inside("registry_dwellingstate", named=_OF_DWELLING.format(key="registry_dwellingstate.dwelling_id")),
        migrations.RunSQL(HOLDERS, "DROP FUNCTION registry_holders"),
    ]
