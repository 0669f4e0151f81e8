"""What a person may do becomes grants: role × area (or named records) × from/to, with who gave them and why."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

import anju.divisions.fields

ROLES = [
    *("appraiser", "audit_administrator", "city_viewer", "cosigner", "county_acceptor", "county_clerk", "discipline"),
    *("finance_payer", "finance_reviewer", "guide", "notice_officer", "province_viewer", "receptionist", "security_administrator"),
    *("sender", "statistician", "supervisor", "system_administrator", "third_party_appraiser", "township_acceptor", "township_reviewer"),
    *("verifier", "village_collector"),
]
OLD_ROLES = [
    *("administrator", "city_viewer", "cosigner", "county_clerk", "discipline", "sender", "township_reviewer", "village_collector"),
]

TO_GRANTS = """
INSERT INTO accounts_grant (user_id, role, area, valid_from, given_at, reason, ended_why)
SELECT u.id, CASE u.role WHEN 'administrator' THEN 'system_administrator' ELSE u.role END, o.area, DATE '2000-01-01', u.created_at, '沿用原有角色', ''
FROM accounts_user u JOIN accounts_organisation o ON o.id = u.organisation_id ORDER BY u.id
"""
FROM_GRANTS = """
UPDATE accounts_user u SET role = CASE WHEN g.role = 'system_administrator' THEN 'administrator' WHEN g.role = ANY(ARRAY[%s]) THEN g.role ELSE 'village_collector' END
FROM (SELECT DISTINCT ON (user_id) user_id, role FROM accounts_grant ORDER BY user_id, id) g WHERE g.user_id = u.id
""" % ", ".join(f"'{role}'" for role in OLD_ROLES)

# 三员分立 (2.15): nobody is two of the three administrators, or one of them and anything else, on one day.
APART = """
ALTER TABLE accounts_grant ADD CONSTRAINT accounts_administrators_apart EXCLUDE USING gist (
    user_id WITH =,
    (CASE WHEN role IN ('system_administrator', 'security_administrator', 'audit_administrator') THEN role::text ELSE 'other' END) WITH <>,
    daterange(valid_from, valid_to, '[]') WITH &&
) WHERE (ended_at IS NULL);

CREATE FUNCTION accounts_holds(wanted text, but bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM accounts_grant g JOIN accounts_user u ON u.id = g.user_id AND u.is_active
                   WHERE g.role = wanted AND g.ended_at IS NULL AND g.valid_to IS NULL AND g.id <> but)
$$;
CREATE FUNCTION accounts_keep_last_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE lost accounts_grant;
BEGIN
    PERFORM pg_advisory_xact_lock(1634628466);
    FOR lost IN
        SELECT g.* FROM accounts_grant g
        WHERE TG_TABLE_NAME = 'accounts_user' AND g.user_id = OLD.id AND g.ended_at IS NULL AND g.valid_to IS NULL AND g.role LIKE '%\\_administrator'
    LOOP
        IF NOT accounts_holds(lost.role, 0) THEN
            RAISE EXCEPTION '这是最后一个%，停用前请先授予另一人', accounts_title(lost.role) USING ERRCODE = 'restrict_violation';
        END IF;
    END LOOP;
    IF TG_TABLE_NAME = 'accounts_grant' THEN
        IF OLD.role LIKE '%\\_administrator' AND OLD.ended_at IS NULL AND OLD.valid_to IS NULL AND NOT accounts_holds(OLD.role, 0) THEN
            RAISE EXCEPTION '这是最后一个%，收回前请先授予另一人', accounts_title(OLD.role) USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION accounts_title(role text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE role WHEN 'system_administrator' THEN '系统管理员' WHEN 'security_administrator' THEN '安全管理员' ELSE '审计管理员' END
$$;
CREATE TRIGGER accounts_grant_last AFTER UPDATE OR DELETE ON accounts_grant FOR EACH ROW EXECUTE FUNCTION accounts_keep_last_administrator();
CREATE TRIGGER accounts_user_last AFTER UPDATE OF is_active ON accounts_user FOR EACH ROW
    WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION accounts_keep_last_administrator();
"""
TOGETHER = """
DROP TRIGGER accounts_user_last ON accounts_user;
DROP TRIGGER accounts_grant_last ON accounts_grant;
DROP FUNCTION accounts_keep_last_administrator, accounts_holds, accounts_title;
ALTER TABLE accounts_grant DROP CONSTRAINT accounts_administrators_apart;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial"), ("clock", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Grant",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("role", models.CharField(db_collation="C", max_length=30)),
                ("area", anju.divisions.fields.AreaField(blank=True, db_collation="C", default="", max_length=15)),
                ("valid_from", models.DateField()),
                ("valid_to", models.DateField(blank=True, help_text="最后一天；空为长期", null=True)),
                ("given_at", models.DateTimeField(auto_now_add=True)),
                ("reason", models.CharField(blank=True, default="", max_length=200)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
                ("ended_why", models.CharField(blank=True, default="", max_length=200)),
                *(
                    (
                        name,
                        models.ForeignKey(
                            blank=True,
                            db_index=False,
                            null=True,
                            on_delete=django.db.models.deletion.PROTECT,
                            related_name="+",
                            to=settings.AUTH_USER_MODEL,
                        ),
                    )
                    for name in ("ended_by", "given_by")
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="grants", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=Q(("role__in", ROLES)), name="accounts_grant_role"),
                    models.CheckConstraint(
                        condition=Q(("valid_to__isnull", True), ("valid_to__gte", F("valid_from")), _connector="OR"), name="accounts_grant_days"
                    ),
                    models.CheckConstraint(
                        condition=Q(("ended_by__isnull", True), ("ended_at__isnull", False), _connector="OR"), name="accounts_grant_ended"
                    ),
                    models.UniqueConstraint(
                        condition=Q(("ended_at__isnull", True), ("valid_to__isnull", True)),
                        fields=("user", "role", "area"),
                        name="accounts_grant_once_open",
                    ),
                ],
                "indexes": [models.Index(fields=["role", "area"], name="accounts_grant_of_role")],
            },
        ),
        migrations.CreateModel(
            name="NamedRecord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("household", "农户"), ("round", "轮次"), ("sample", "样本")], db_collation="C", max_length=10
                    ),
                ),
                ("key", models.CharField(db_collation="C", max_length=40)),
                (
                    "grant",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="named", to="accounts.grant"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("grant", "kind", "key"), name="accounts_named_once"),
                    models.CheckConstraint(condition=Q(("kind__in", ["household", "round", "sample"])), name="accounts_named_kind"),
                ],
            },
        ),
        migrations.RunSQL(TO_GRANTS, FROM_GRANTS),
        migrations.RemoveConstraint(model_name="user", name="accounts_user_role"),
        migrations.AlterField(
            model_name="user", name="role", field=models.CharField(db_collation="C", default="village_collector", max_length=30)
        ),
        migrations.RemoveField(model_name="user", name="role"),
        migrations.RunSQL(APART, TOGETHER),
    ]
