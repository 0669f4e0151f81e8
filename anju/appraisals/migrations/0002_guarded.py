"""Rows are seen inside the area of a person's grant; every write leaves an entry; a submitted appraisal is never edited."""

from django.db import migrations

from anju.accounts.policies import rows_inside, rows_inside_or_above, rows_of
from anju.registry.following import follows_household
from anju.trail.watching import watch

_OF_HOUSEHOLD = "{table}.household_id IN (SELECT h.id FROM registry_household h)"
_OF_APPRAISAL = "{table}.appraisal_id IN (SELECT p.id FROM appraisals_appraisal p)"
_TABLES = (
    *("round", "screening", "appraisal", "componentfinding", "housegrade", "nohouse", "objection", "posting", "hazard"),
    *("rechecklot", "recheckitem", "stock", "stockentry", "stocksignature", "numberseries"),
)


def _household(name: str) -> migrations.RunSQL:
    table = f"appraisals_{name}"
    return rows_inside(table, named=_OF_HOUSEHOLD.format(table=table))


def _appraisal(name: str) -> migrations.RunSQL:
    table = f"appraisals_{name}"
    return rows_inside(table, named=_OF_APPRAISAL.format(table=table))


_FROZEN = (
    *("number", "household_id", "dwelling_id", '"on"', "kind", "organiser", "standard", "site", "whole", "disaster", "qualitative"),
    *("quantitative", "p", "mu", "computed", "grade", "override_reason", "recorded_at", "client_id"),
)
STANDS = f"""
CREATE FUNCTION appraisals_stand() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION '鉴定不能删除，只能作废';
    END IF;
    IF ({", ".join(f"OLD.{name}" for name in _FROZEN)}) IS DISTINCT FROM ({", ".join(f"NEW.{name}" for name in _FROZEN)}) THEN
        RAISE EXCEPTION '鉴定提交后不能修改，只能作废或重新鉴定';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER appraisals_stand BEFORE UPDATE OR DELETE ON appraisals_appraisal FOR EACH ROW EXECUTE FUNCTION appraisals_stand();
"""


class Migration(migrations.Migration):
    dependencies = [("appraisals", "0001_initial"), ("accounts", "0002_grants"), ("registry", "0005_row_policies"), ("trail", "0001_entries")]

    operations = [
        rows_inside_or_above("appraisals_round"),
        *(_household(name) for name in ("screening", "appraisal", "housegrade", "nohouse", "posting", "hazard", "stockentry")),
        *(_appraisal(name) for name in ("objection", "recheckitem")),
        rows_of("appraisals_componentfinding", "appraisals_appraisal", "appraisal_id"),
        rows_inside("appraisals_rechecklot"),
        rows_inside_or_above("appraisals_stock"),
        rows_of("appraisals_stocksignature", "appraisals_stock", "stock_id"),
        migrations.RunSQL(STANDS, "DROP TRIGGER appraisals_stand ON appraisals_appraisal; DROP FUNCTION appraisals_stand()"),
        *follows_household(*(f"appraisals_{name}" for name in ("screening", "appraisal", "housegrade", "nohouse", "posting", "hazard"))),
        watch(*(f"appraisals_{name}" for name in _TABLES)),
    ]
