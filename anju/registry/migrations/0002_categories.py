"""The key groups of the programme, and the timeline that nobody edits."""

from django.db import migrations

from anju.vocabulary.keygroup import KEY_GROUPS

ENGLISH = {
    "JDLK": "Registered poor household",
    "TK": "Dispersed person in extreme poverty",
    "DB": "Household on subsistence allowance",
    "CJ": "Poor household with a disabled member",
    "YFP": "Rural household likely to fall back into poverty",
    "TFK": "Household in sudden serious difficulty",
    "DBY": "Rural household on the margin of subsistence allowance",
    "QTP": "Other household lifted out of poverty",
    "XDP": "Relatively poor household",
}

TRIGGER = """
CREATE FUNCTION registry_change_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR to_jsonb(NEW) - 'area' IS DISTINCT FROM to_jsonb(OLD) - 'area' THEN
        RAISE EXCEPTION '农户变更记录只可追加，不可改删' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER registry_change_stands BEFORE UPDATE OR DELETE ON registry_change FOR EACH ROW EXECUTE FUNCTION registry_change_stands();
"""


def seed(apps, schema_editor):
    category = apps.get_model("registry", "Category")
    category.objects.bulk_create(
        [
            category(
                code=group.code,
                name=group.name,
                short=group.short,
                name_en=ENGLISH.get(group.code, group.code),
                owner=group.owner.value,
                scope=group.scope,
                primary_order=group.order,
                valid_from=group.valid_from,
                valid_to=group.valid_to,
                province=group.province,
                source=group.source,
            )
            for group in KEY_GROUPS
        ]
    )


class Migration(migrations.Migration):
    dependencies = [("registry", "0001_initial")]

    operations = [
        migrations.RunPython(seed, migrations.RunPython.noop),
        migrations.RunSQL(TRIGGER, "DROP TRIGGER registry_change_stands ON registry_change; DROP FUNCTION registry_change_stands()"),
    ]
