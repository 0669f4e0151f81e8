"""Numbers are found by a lookup of their own, under an index key that can be changed; tokens are names from now on, and stay.

Going back is refused where numbers have entered under drawn tokens: the earlier version would look for other ones.
"""

from typing import Any

from django.db import connection, migrations, models
from django.db.models import F, Q

from anju.privacy import keys
from anju.trail.watching import watch

# What the database itself holds: a token never changes; a number enters under the key that new ones are found by, and that key stays until it is in.
_GUARD = """
CREATE FUNCTION privacy_token_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '代号一经给出不能更改' USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER privacy_token_stands BEFORE UPDATE OF token, kind ON privacy_secret FOR EACH ROW
    WHEN (OLD.token <> NEW.token OR OLD.kind <> NEW.kind) EXECUTE FUNCTION privacy_token_stands();
CREATE FUNCTION privacy_enters_under_the_key() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(1634626165);
    IF EXISTS (SELECT FROM made WHERE lookup_key IS DISTINCT FROM (SELECT key_number FROM public.privacy_lookupkeys)) THEN
        RAISE EXCEPTION '检索密钥已换，号码要用新的检索密钥录入' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER privacy_enters_under_the_key AFTER INSERT ON privacy_secret REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION privacy_enters_under_the_key();
"""
_UNGUARD = """
DROP TRIGGER privacy_enters_under_the_key ON privacy_secret;
DROP FUNCTION privacy_enters_under_the_key;
DROP TRIGGER privacy_token_stands ON privacy_secret;
DROP FUNCTION privacy_token_stands;
"""


def _name(_apps: Any, _schema_editor: Any) -> None:
    """Until now a token was the number's blind index: it is what the number is found by, and it is its name."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM privacy_secret)")
        if cursor.fetchone() == (True,):
            index = keys.ring().index
            cursor.execute(
                "UPDATE privacy_secret SET lookup = substr(token, 2), lookup_key = %(key)s, token_key = %(key)s, tail = substr(tail, 2)", {"key": index}
            )
            cursor.execute('INSERT INTO privacy_lookupkeys ("only", key_number) VALUES (true, %s)', [index])


def _unname(_apps: Any, _schema_editor: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM privacy_secret WHERE token_key IS DISTINCT FROM lookup_key OR token <> '~' || lookup")
        (others,) = cursor.fetchone() or (0,)
        if others:
            raise RuntimeError(f"有 {others} 个号码的代号不是由检索密钥推出的，退回旧版本后将检索不到；请改用升级前的备份恢复。")
        cursor.execute("UPDATE privacy_secret SET tail = '~' || tail WHERE tail <> ''")


class Migration(migrations.Migration):
    dependencies = [("privacy", "0001_initial"), ("trail", "0001_entries")]

    operations = [
        migrations.CreateModel(
            name="LookupKeys",
            fields=[
                ("only", models.BooleanField(default=True, primary_key=True, serialize=False)),
                ("key_number", models.PositiveIntegerField()),
                ("leaving", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(("only", True)), name="privacy_lookupkeys_one_row"),
                    models.CheckConstraint(
                        condition=Q(("leaving__isnull", True), Q(("leaving", F("key_number")), _negated=True), _connector="OR"),
                        name="privacy_lookupkeys_two_keys",
                    ),
                ],
            },
        ),
        migrations.AddField("secret", "lookup", models.CharField(db_collation="C", max_length=22, null=True)),
        migrations.AddField("secret", "lookup_key", models.PositiveIntegerField(null=True)),
        migrations.AddField("secret", "token_key", models.PositiveIntegerField(blank=True, null=True)),
        migrations.RunPython(_name, _unname),
        migrations.AlterField("secret", "lookup", models.CharField(db_collation="C", max_length=22, unique=True)),
        migrations.AlterField("secret", "lookup_key", models.PositiveIntegerField()),
        migrations.RunSQL(_GUARD, _UNGUARD),
        watch("privacy_lookupkeys"),
    ]
