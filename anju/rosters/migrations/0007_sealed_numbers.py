"""Numbers and original cells leave the lists' tables: tokens stay, the cells are sealed some rows at a time.

A household that the list named by a personal number is named by its token, here and where the register keeps which list it came from. Going
back opens the numbers and the cells; those names of households stay tokens.
"""

import json
import re
from typing import Any

from django.db import connection, migrations, models
from django.db.models import Q

from anju.privacy import sealing, vault
from anju.privacy.fields import SecretField
from anju.rosters import cells, marking

_FORM = "^~[A-Za-z0-9_-]{22}$"
_NUMBERS = {"id_number": "id", "id_text": "id", "phone": "phone", "cert_no": "cert"}
_OPEN = frozenset(
    {
        *("ethnic", "recognised_on", "removed_on", "care_mode", "disability_kind", "disability_level", "grade", "population", "category_text"),
        *("support_year", "support_kind", "support_amount", "letter", "ordinal", "answer"),
    }
)
_FORCED = (
    *("rosters_batch", "rosters_batchrow", "rosters_matchrun", "rosters_match", "rosters_mismatch"),
    *("registry_household", "registry_registration"),
)
_TEXTS = ("place", "address", "name", "head_name")
_CASTS = {"extra": "::jsonb", "findings": "::jsonb"}
_PERSONAL = re.compile(r"[0-9]{14}")
# The names of households within a list, where other tables hold them.
_RENAME = """
UPDATE registry_household h SET source = 'rosters.batch:' || n.batch || '#' || n.after FROM renamed n WHERE h.source = 'rosters.batch:' || n.batch || '#' || n.before;
UPDATE registry_registration h SET source = 'rosters.batch:' || n.batch || '#' || n.after FROM renamed n WHERE h.source = 'rosters.batch:' || n.batch || '#' || n.before;
UPDATE rosters_mismatch m SET subject = n.after || substr(m.subject, length(n.before) + 1), detail = jsonb_set(m.detail, '{list_household}', to_jsonb(n.after))
FROM renamed n, rosters_matchrun r WHERE r.id = m.run_id AND r.batch_id = n.batch AND m.detail->>'list_household' = n.before AND left(m.subject, length(n.before)) = n.before;
UPDATE rosters_match SET evidence = regexp_replace(evidence::text, '([0-9]{4})[0-9]{10}([0-9]{3}[0-9Xx])', '\\1**********\\2', 'g')::jsonb
WHERE evidence::text ~ '[0-9]{17}[0-9Xx]';
DROP TABLE renamed;
"""


# The cells of a locked list stay as well; sealing them under a newer key is no change.
_GUARD = """
CREATE FUNCTION rosters_guard_moved_cells() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM rosters_refuse_locked(array(SELECT DISTINCT batch_id FROM (
        SELECT id, batch_id, sheet, row FROM gone EXCEPT SELECT id, batch_id, sheet, row FROM made) moved));
    RETURN NULL;
END $$;
CREATE TRIGGER rosters_cells_made AFTER INSERT ON rosters_rowcells REFERENCING NEW TABLE AS made FOR EACH STATEMENT EXECUTE FUNCTION rosters_guard_new_rows();
CREATE TRIGGER rosters_cells_gone AFTER DELETE ON rosters_rowcells REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION rosters_guard_gone_rows();
CREATE TRIGGER rosters_cells_moved AFTER UPDATE ON rosters_rowcells REFERENCING OLD TABLE AS gone NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION rosters_guard_moved_cells();
"""
_UNGUARD = """
DROP TRIGGER rosters_cells_moved ON rosters_rowcells;
DROP TRIGGER rosters_cells_gone ON rosters_rowcells;
DROP TRIGGER rosters_cells_made ON rosters_rowcells;
DROP FUNCTION rosters_guard_moved_cells;
"""


def _seal(_apps: Any, schema_editor: Any) -> None:
    sealing.unforce(schema_editor, *_FORCED)
    keeper = vault.Keeper()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rosters_batchrow DISABLE TRIGGER USER; ALTER TABLE rosters_match DISABLE TRIGGER USER; ALTER TABLE rosters_batch DISABLE TRIGGER USER")
        cursor.execute('CREATE TEMP TABLE renamed (batch bigint, before text COLLATE "C", after text COLLATE "C")')
    columns = ["batch_id", "sheet", "row", *_TEXTS, *_NUMBERS, "household", "extra::text", "findings::text", "raw::text"]
    written = [*_TEXTS, *_NUMBERS, "household", "extra", "findings"]
    for rows in sealing.pieces("rosters_batchrow", columns):
        sealed, parts, renamed = [], {}, set()
        for key, batch, sheet, row, *values in rows:
            texts, numbers, (household, extra, findings, raw) = values[:4], values[4:8], values[8:]
            more = json.loads(extra)
            shut = {name: more.pop(name) for name in list(more) if name not in _OPEN}
            name = keeper.token(vault.ID, household) if _PERSONAL.search(household) and not household.startswith("#") else household
            if name != household:
                renamed.add((batch, household, name))
            tokens = [keeper.token(kind, number) for kind, number in zip(_NUMBERS.values(), numbers, strict=True)]
            wording = [marking.plain(text) for text in texts]
            sealed.append((key, *wording, *tokens, name, json.dumps(more, ensure_ascii=False), marking.plain(findings)))
            parts.setdefault(batch, []).append((sheet, row, f"[{raw},{json.dumps(shut, ensure_ascii=False)}]"))
        keeper.write()
        sealing.write("rosters_batchrow", written, sealed, _CASTS)
        with connection.cursor() as cursor:
            for batch, of_batch in parts.items():
                for one in cells.seal(batch, of_batch):
                    cursor.execute(
                        "INSERT INTO rosters_rowcells (batch_id, sheet, row, sealed, key_number) VALUES (%s, %s, %s, %s, %s)",
                        [batch, one.sheet, one.row, one.sealed, one.key_number],
                    )
            cursor.executemany("INSERT INTO renamed VALUES (%s, %s, %s)", sorted(renamed))
    for rows in sealing.pieces("rosters_mismatch", ["detail->>'likely_id'"], "detail ? 'likely_id'"):
        proposed = [(key, json.dumps(keeper.token(vault.ID, number))) for key, number in rows]
        keeper.write()
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE rosters_mismatch SET detail = jsonb_set(detail, '{likely_id}', %s::jsonb) WHERE id = %s",
                [(token, key) for key, token in proposed],
            )
    for rows in sealing.pieces("rosters_batch", ["recognition::text"], "recognition ? 'seen'"):
        masked = [(key, _masked_samples(text)) for key, text in rows]
        sealing.write("rosters_batch", ["recognition"], masked, {"recognition": "::jsonb"})
    with connection.cursor() as cursor:
        sealing.settle()
        cursor.execute("DELETE FROM renamed a USING renamed b WHERE a.ctid > b.ctid AND a.batch = b.batch AND a.before = b.before")
        cursor.execute(_RENAME)
        sealing.settle()
        cursor.execute("ALTER TABLE rosters_batchrow ENABLE TRIGGER USER; ALTER TABLE rosters_match ENABLE TRIGGER USER; ALTER TABLE rosters_batch ENABLE TRIGGER USER")
    sealing.force(schema_editor, *_FORCED)


def _masked_samples(text: str) -> str:
    recognition = json.loads(text)
    for column in recognition["seen"]:
        column["samples"] = [marking.plain(str(sample)) for sample in column.get("samples", [])]
    return json.dumps(recognition, ensure_ascii=False)


def _unseal(_apps: Any, schema_editor: Any) -> None:
    sealing.unforce(schema_editor, *_FORCED)
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rosters_batchrow DISABLE TRIGGER USER")
    sealing.unseal("rosters_batchrow", _NUMBERS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT batch_id, sheet, row, sealed FROM rosters_rowcells ORDER BY id")
        for batch, sheet, first, sealed in cursor.fetchall():
            for row, (raw, more) in cells.open_part(batch, sheet, first, bytes(sealed)).items():
                cursor.execute(
                    "UPDATE rosters_batchrow SET raw = %s::jsonb, extra = extra || %s::jsonb WHERE batch_id = %s AND sheet = %s AND row = %s",
                    [json.dumps(raw, ensure_ascii=False), json.dumps(more, ensure_ascii=False), batch, sheet, int(row)],
                )
    for rows in sealing.pieces("rosters_mismatch", ["detail->>'likely_id'"], "detail ? 'likely_id'"):
        numbers = vault.opened(token for _key, token in rows if vault.is_token(token))
        with connection.cursor() as cursor:
            cursor.executemany(
                "UPDATE rosters_mismatch SET detail = jsonb_set(detail, '{likely_id}', to_jsonb(%s::text)) WHERE id = %s",
                [(numbers.get(token, token), key) for key, token in rows],
            )
    sealing.settle()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE rosters_batchrow ENABLE TRIGGER USER")
    sealing.force(schema_editor, *_FORCED)


def _wider() -> migrations.AlterField:
    return migrations.AlterField("batchrow", "id_number", models.CharField(blank=True, db_collation="C", default="", max_length=23))


def _only_tokens() -> Q:
    condition = Q()
    for field in _NUMBERS:
        condition &= Q(**{field: ""}) | Q(**{f"{field}__regex": _FORM})
    return condition


class Migration(migrations.Migration):
    dependencies = [("rosters", "0006_looks_at_numbers_are_registered"), ("registry", "0007_sealed_numbers"), ("privacy", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="RowCells",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("sheet", models.CharField(max_length=120)),
                ("row", models.PositiveIntegerField()),
                ("sealed", models.BinaryField()),
                ("key_number", models.PositiveIntegerField()),
                (
                    "batch",
                    models.ForeignKey(
                        db_index=False, on_delete=models.deletion.CASCADE, related_name="cells", to="rosters.batch"
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            "rowcells", models.UniqueConstraint(fields=("batch", "sheet", "row"), name="rosters_cells_once")
        ),
        migrations.RemoveConstraint("batchrow", "rosters_row_id_number_form"),
        _wider(),
        migrations.RunPython(_seal, _unseal),
        migrations.RunSQL(_GUARD, _UNGUARD),
        migrations.RemoveField("batchrow", "raw"),
        *(migrations.AlterField("batchrow", field, SecretField(kind, blank=True, default="")) for field, kind in _NUMBERS.items()),
        migrations.AddConstraint("batchrow", models.CheckConstraint(condition=_only_tokens(), name="rosters_row_numbers_sealed")),
    ]
