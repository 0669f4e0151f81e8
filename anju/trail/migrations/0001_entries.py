"""The record of every write: its tables, the one trigger function that fills them, and the guards that keep them."""

import anju.trail.models
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
from django.db import migrations, models

from anju.trail import watching


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Sealing",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.BigIntegerField()),
                ("last", models.BigIntegerField(db_index=True)),
                ("hash", models.BinaryField()),
                ("at", models.DateTimeField(db_index=True)),
                ("xid", models.BigIntegerField(db_index=True)),
                ("settled", models.BigIntegerField()),
                ("seen", models.BigIntegerField()),
                ("floor", models.BigIntegerField()),
                ("cluster", models.CharField(db_collation="C", max_length=20)),
            ],
        ),
        migrations.CreateModel(
            name="Entry",
            fields=[
                ("seq", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("txid", models.BigIntegerField()),
                ("user", models.TextField(db_collation="C")),
                ("login", models.TextField(db_collation="C")),
                ("office", models.TextField()),
                ("grant", models.TextField(db_collation="C")),
                ("address", models.TextField(db_collation="C")),
                ("action", models.TextField(db_collation="C")),
                ("reason", models.TextField()),
                ("role", models.TextField(db_collation="C")),
                ("table", models.TextField(db_collation="C")),
                (
                    "operation",
                    models.CharField(
                        choices=[("insert", "新增"), ("update", "修改"), ("delete", "删除"), ("truncate", "清空")],
                        db_collation="C",
                        max_length=8,
                    ),
                ),
                ("rows", models.BigIntegerField()),
                ("keys", anju.trail.models.KeysField()),
                ("names", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
                ("within", models.CharField(db_collation="C", help_text="记录当日的代码，以后不随区划变更", max_length=15)),
                ("before", models.BinaryField(null=True)),
                ("after", models.BinaryField(null=True)),
                ("changed", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None)),
            ],
            options={
                "indexes": [
                    django.contrib.postgres.indexes.GistIndex(fields=["table", "keys"], name="trail_entry_of_row"),
                    models.Index(fields=["within", "seq"], name="trail_entry_within"),
                    models.Index(fields=["login", "seq"], name="trail_entry_of_login"),
                    models.Index(fields=["table", "seq"], name="trail_entry_of_table"),
                    models.Index(fields=["action", "seq"], name="trail_entry_of_action"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Seal",
            fields=[
                ("no", models.BigIntegerField(primary_key=True, serialize=False)),
                ("seq", models.BigIntegerField(unique=True)),
                ("hash", models.BinaryField()),
                ("doubt", models.CharField(blank=True, db_collation="C", default="", max_length=20)),
            ],
            options={
                "indexes": [models.Index(condition=models.Q(("doubt", ""), _negated=True), fields=["no"], name="trail_seal_doubted")],
            },
        ),
        migrations.RunSQL(watching.RECORD + watching.WATCH + watching.STAND, watching.UNDO),
    ]
