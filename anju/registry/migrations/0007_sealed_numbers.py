"""Identity numbers, telephone numbers and certificates leave the register's tables for the vault; tokens stay in their place.

Narrowing the columns writes the tables anew, so that no row version with a number in the clear is left in their files.
"""

from typing import Any

from django.db import migrations, models
from django.db.models import Q

from anju.privacy import sealing
from anju.privacy.fields import SecretField

_FORM = "^~[A-Za-z0-9_-]{22}$"
_PARTICULARS = {"id_number": "id", "phone": "phone", "disability_cert": "cert"}
_TABLES = {"registry_person": _PARTICULARS, "registry_formerparticulars": _PARTICULARS, "registry_household": {"phone": "phone"}}


def _seal(_apps: Any, schema_editor: Any) -> None:
    sealing.unforce(schema_editor, *_TABLES)
    for table, columns in _TABLES.items():
        sealing.seal(table, columns)
    sealing.settle()
    sealing.force(schema_editor, *_TABLES)


def _unseal(_apps: Any, schema_editor: Any) -> None:
    sealing.unforce(schema_editor, *_TABLES)
    for table, columns in _TABLES.items():
        sealing.unseal(table, columns)
    schema_editor.execute("UPDATE registry_person SET id_tail = reverse(right(id_number, 6)) WHERE id_number <> ''")
    sealing.settle()
    sealing.force(schema_editor, *_TABLES)


def _wider(model: str) -> migrations.AlterField:
    return migrations.AlterField(model, "id_number", models.CharField(blank=True, db_collation="C", default="", max_length=23))


def _sealed(model: str, field: str, kind: str) -> migrations.AlterField:
    return migrations.AlterField(model, field, SecretField(kind, blank=True, default=""))


def _only_tokens(model: str, name: str, *fields: str) -> migrations.AddConstraint:
    condition = Q()
    for field in fields:
        condition &= Q(**{field: ""}) | Q(**{f"{field}__regex": _FORM})
    return migrations.AddConstraint(model, models.CheckConstraint(condition=condition, name=name))


class Migration(migrations.Migration):
    dependencies = [("registry", "0006_watched"), ("privacy", "0001_initial")]

    operations = [
        migrations.RemoveConstraint("person", "person_id_number_form"),
        migrations.RemoveIndex("person", "person_id_tail"),
        _wider("person"),
        _wider("formerparticulars"),
        migrations.RunPython(_seal, _unseal),
        migrations.RemoveField("person", "id_tail"),
        *(_sealed(model, field, kind) for model in ("person", "formerparticulars") for field, kind in _PARTICULARS.items()),
        _sealed("household", "phone", "phone"),
        _only_tokens("person", "person_numbers_sealed", *_PARTICULARS),
        _only_tokens("formerparticulars", "former_numbers_sealed", *_PARTICULARS),
        _only_tokens("household", "household_phone_sealed", "phone"),
    ]
