"""Which tables the trail watches, and how: a migration names them, the database's own triggers write the entries.

One trigger function serves every table. It fires once a statement, whatever wrote: the application, COPY, raw SQL, the tables' owner.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.migrations.operations import RunSQL

# Tables of ours that leave no entries, each with the reason. Whatever isn't here is watched: a test of the house looks.
UNWATCHED: dict[str, str] = {
    "trail_entry": "留痕本身",
    "trail_seal": "留痕的封存",
    "trail_sealing": "留痕的封存",
    "accounts_loginlock": "输错次数的计数；每一次输错都在登录记录里",
    "accounts_sourcedelay": "输错次数的计数；每一次输错都在登录记录里",
    "accounts_signedinsession": "会话每次操作都写最近使用时间；登录和退出都在登录记录里",
    "privacy_secret": "密文库：号码第一次出现时加入，用到它的行已留痕；换密钥不改内容",
    "cases_casetally": "由改造件推出的件数，件的变动已留痕",
    "registry_nametoken": "由姓名推出的查找用词，写姓名时已留痕",
}
# Tables of which only some kinds of statement leave entries, each with the reason.
PARTLY: dict[str, str] = {
    "jobs_job": "任务由谁发起、删除要留痕；进度每一步都写，不留",
    "accounts_signin": "登录记录自己就是留痕；到期清除要留痕",
}

ALL = ("insert", "update", "delete", "truncate")


def watch(*tables: str, operations: Sequence[str] = ALL) -> RunSQL:
    """A migration's operation: from here on every statement that changes rows of these tables leaves an entry. Can be taken back.

    A table whose key or area column is renamed later is watched anew after that (the triggers carry those names).
    """
    return RunSQL(
        [(f"SELECT public.trail_watch(%s, {literals(operations)})", [table]) for table in tables],
        [("SELECT public.trail_unwatch(%s)", [table]) for table in reversed(tables)],
    )


def literals(words: Sequence[str]) -> str:
    """SQL: an array of these words."""
    return "ARRAY[" + ", ".join(f"'{word}'" for word in words) + "]::text[]"


@dataclass(frozen=True, slots=True)
class Watch:
    """How one table is watched: which statements, by which key and area columns, and whether all its triggers are on."""

    operations: tuple[str, ...]
    key: str
    numbered: bool
    area: str
    on: bool


def watched() -> dict[str, Watch]:
    """Every watched table, as the database has it."""
    with connection.cursor() as cursor:
        cursor.execute(
            r"""SELECT c.relname, array_agg(substr(t.tgname, 7) ORDER BY t.tgname), min(encode(t.tgargs, 'escape')), bool_and(t.tgenabled IN ('O', 'A'))
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
                WHERE p.proname = 'trail_record' AND NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
                GROUP BY c.relname ORDER BY c.relname"""
        )
        found = cursor.fetchall()
    watches = {}
    for table, operations, given, on in found:
        key, numbered, area = given.split("\\000")[:3]
        watches[table] = Watch(tuple(operations), key, numbered == "numbered", area, on)
    return watches


def gaps() -> list[str]:
    """What of the guard is missing or switched off, in sentences; empty where everything stands."""
    found = [f"表 {table} 的留痕触发器被停用" for table, watch_ in watched().items() if not watch_.on]
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT w.name FROM unnest(%s::text[]) AS w(name)
               WHERE NOT EXISTS (SELECT FROM pg_trigger t WHERE t.tgname = w.name AND t.tgenabled IN ('O', 'A') AND NOT t.tgisinternal)""",
            [list(GUARDS)],
        )
        found += [f"留痕表的守护触发器 {row[0]} 缺失或被停用" for row in cursor.fetchall()]
    return found


GUARDS = (
    *(
        "trail_entry_only_by_triggers",
        "trail_entry_stands",
        "trail_entry_goes",
        "trail_seal_stands",
        "trail_seal_goes",
        "trail_sealing_stands",
    ),
    *("trail_archived_continues", "trail_archived_stands", "trail_restoration_stands"),
)

# The body is one for all tables; what differs is in the trigger's arguments: the key (an SQL expression), whether it is a number, the area column.
RECORD = r"""
CREATE FUNCTION public.trail_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET "TimeZone" = 'UTC' SET "DateStyle" = 'ISO, YMD' SET "IntervalStyle" = 'postgres'
SET extra_float_digits = 1 SET bytea_output = 'hex' SET jit = off AS $trail$
DECLARE
    key text := TG_ARGV[0];
    numbered boolean := TG_ARGV[1] = 'numbered';
    area text := TG_ARGV[2];
    looked text;
    number_before bigint := 0; number_after bigint := 0;
    first_gone bigint; last_gone bigint; first_made bigint; last_made bigint;
    low text COLLATE "C"; high text COLLATE "C"; low_other text COLLATE "C"; high_other text COLLATE "C";
    digest_before bytea; digest_after bytea;
    held int8multirange := '{}'; texts text[]; columns text[];
    shared integer := 0;
    place text COLLATE "C" := '';
BEGIN
    -- The rows are first brought down to key, hash and area, so that only those are sorted.
    looked := 'SELECT count(*), sha256(string_agg(h, ''''::bytea ORDER BY k' || CASE WHEN numbered THEN ')), min(k), max(k)' ELSE ' COLLATE "C")), NULL, NULL' END
        || ', min(a), max(a) FROM (SELECT ' || key || ' AS k, sha256(convert_to(trail_row_::text, ''UTF8'')) AS h, '
        || CASE WHEN area <> '' THEN format('nullif(%I::text, '''') COLLATE "C"', area) ELSE 'NULL::text' END || ' AS a FROM %s AS trail_row_ OFFSET 0) trail_rows_';
    IF TG_OP IN ('UPDATE', 'DELETE') THEN
        EXECUTE format(looked, 'gone') INTO number_before, digest_before, first_gone, last_gone, low, high;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        EXECUTE format(looked, 'made') INTO number_after, digest_after, first_made, last_made, low_other, high_other;
    END IF;
    IF TG_OP <> 'TRUNCATE' THEN
        IF number_before = 0 AND number_after = 0 OR digest_before = digest_after THEN
            RETURN NULL;  -- nothing is other than it was
        END IF;
        IF NOT numbered THEN
            EXECUTE CASE TG_OP WHEN 'INSERT' THEN format('SELECT array_agg(%1$s ORDER BY %1$s COLLATE "C") FROM made AS trail_row_', key)
                WHEN 'DELETE' THEN format('SELECT array_agg(%1$s ORDER BY %1$s COLLATE "C") FROM gone AS trail_row_', key)
                ELSE format('SELECT array_agg(k ORDER BY k COLLATE "C") FROM (SELECT %1$s FROM gone AS trail_row_ UNION SELECT %1$s FROM made AS trail_row_) u(k)', key)
            END INTO texts;
        ELSIF TG_OP <> 'DELETE' AND last_made - first_made + 1 = number_after AND (TG_OP = 'INSERT' OR (first_gone, last_gone) = (first_made, last_made)) THEN
            held := int8multirange(int8range(first_made, last_made, '[]'));
        ELSIF TG_OP = 'DELETE' AND last_gone - first_gone + 1 = number_before THEN
            held := int8multirange(int8range(first_gone, last_gone, '[]'));
        ELSE
            EXECUTE CASE TG_OP WHEN 'INSERT' THEN format('SELECT range_agg(int8range(%1$s, %1$s, ''[]'')) FROM made AS trail_row_', key)
                WHEN 'DELETE' THEN format('SELECT range_agg(int8range(%1$s, %1$s, ''[]'')) FROM gone AS trail_row_', key)
                ELSE format('SELECT range_agg(int8range(k, k, ''[]'')) FROM (SELECT %1$s FROM gone AS trail_row_ UNION SELECT %1$s FROM made AS trail_row_) u(k)', key)
            END INTO held;
        END IF;
        IF TG_OP = 'UPDATE' AND number_after <= 200 THEN
            EXECUTE format('SELECT array_agg(DISTINCT n.key ORDER BY n.key) FROM (SELECT %1$s AS k, to_jsonb(trail_row_) AS whole FROM gone AS trail_row_) g
                JOIN (SELECT %1$s AS k, to_jsonb(trail_row_) AS whole FROM made AS trail_row_) m USING (k)
                CROSS JOIN LATERAL jsonb_each(m.whole) n WHERE n.value IS DISTINCT FROM g.whole -> n.key', key) INTO columns;
        END IF;
    END IF;
    IF area <> '' THEN
        low := least(low, low_other); high := greatest(high, high_other);
        IF low IS NOT NULL THEN
            WHILE shared < length(low) AND substr(low, shared + 1, 1) = substr(high, shared + 1, 1) LOOP
                shared := shared + 1;
            END LOOP;
            place := CASE WHEN low = high THEN low
                WHEN shared >= 12 THEN left(low, 12) WHEN shared >= 9 THEN left(low, 9) WHEN shared >= 6 THEN left(low, 6)
                WHEN shared >= 4 THEN left(low, 4) WHEN shared >= 2 THEN left(low, 2) ELSE '' END;
        END IF;
    ELSE
        place := left(coalesce(current_setting('anju.place', true), ''), 15);
    END IF;
    INSERT INTO public.trail_entry (at, txid, "user", login, office, "grant", address, action, reason, role, "table", operation, rows, keys, names,
        within, before, after, changed)
    VALUES (clock_timestamp(), pg_current_xact_id()::text::bigint, coalesce(current_setting('anju.user', true), ''),
        coalesce(nullif(current_setting('anju.login', true), ''), session_user), coalesce(current_setting('anju.office', true), ''),
        coalesce(current_setting('anju.grant', true), ''), coalesce(current_setting('anju.address', true), ''),
        coalesce(current_setting('anju.action', true), ''), coalesce(current_setting('anju.reason', true), ''), session_user,
        TG_TABLE_NAME, lower(TG_OP), greatest(number_before, number_after), held, texts, place, digest_before, digest_after, columns);
    RETURN NULL;
END $trail$;
"""

# Puts the triggers on one table, or takes them off. The key is the primary key: a number as it is, anything else as text.
WATCH = r"""
CREATE FUNCTION public.trail_watch(watched text, operations text[]) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
DECLARE
    it regclass := format('public.%I', watched)::regclass;
    kinds text[]; parts text[]; key text; numbered text; area text; operation text;
BEGIN
    SELECT array_agg(format_type(a.atttypid, NULL) ORDER BY k.place), array_agg(format('trail_row_.%I', a.attname) ORDER BY k.place) INTO kinds, parts
    FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(number, place)
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.number WHERE i.indrelid = it AND i.indisprimary;
    IF parts IS NULL THEN
        RAISE EXCEPTION 'table % has no primary key: its rows could not be told apart in the trail', watched;
    END IF;
    numbered := CASE WHEN array_length(parts, 1) = 1 AND kinds[1] IN ('bigint', 'integer', 'smallint') THEN 'numbered' ELSE 'named' END;
    key := CASE WHEN numbered = 'numbered' THEN parts[1] || '::bigint' WHEN array_length(parts, 1) = 1 THEN parts[1] || '::text'
        ELSE 'concat_ws('','', ' || array_to_string(parts, ', ') || ')' END;
    SELECT coalesce(min(attname), '') INTO area FROM pg_attribute WHERE attrelid = it AND attname = 'area' AND NOT attisdropped;
    PERFORM public.trail_unwatch(watched);
    FOREACH operation IN ARRAY operations LOOP
        EXECUTE format('CREATE TRIGGER %I AFTER %s ON %s %s FOR EACH STATEMENT EXECUTE FUNCTION public.trail_record(%L, %L, %L)',
            'trail_' || operation, upper(operation), it, CASE operation
                WHEN 'insert' THEN 'REFERENCING NEW TABLE AS made' WHEN 'update' THEN 'REFERENCING OLD TABLE AS gone NEW TABLE AS made'
                WHEN 'delete' THEN 'REFERENCING OLD TABLE AS gone' ELSE '' END, key, numbered, area);
    END LOOP;
END $trail$;
CREATE FUNCTION public.trail_unwatch(watched text) RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
DECLARE operation text;
BEGIN
    FOREACH operation IN ARRAY ARRAY['insert', 'update', 'delete', 'truncate'] LOOP
        EXECUTE format('DROP TRIGGER IF EXISTS %I ON public.%I', 'trail_' || operation, watched);
    END LOOP;
END $trail$;
"""

# Entries come from the triggers alone and stand for ever. The owner of a database can take any guard away: then the chain tells.
STAND = r"""
CREATE FUNCTION public.trail_refuse() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
BEGIN
    RAISE EXCEPTION '留痕只能增加，不能改动' USING ERRCODE = 'insufficient_privilege';
END $trail$;
CREATE FUNCTION public.trail_only_by_triggers() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $trail$
BEGIN
    IF pg_trigger_depth() < 2 THEN
        RAISE EXCEPTION '留痕由数据库自己写，不能手工写入' USING ERRCODE = 'insufficient_privilege';
    END IF;
    RETURN NULL;
END $trail$;
CREATE TRIGGER trail_entry_only_by_triggers BEFORE INSERT ON trail_entry FOR EACH STATEMENT EXECUTE FUNCTION public.trail_only_by_triggers();
CREATE TRIGGER trail_entry_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_entry FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
CREATE TRIGGER trail_seal_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_seal FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
CREATE TRIGGER trail_sealing_stands BEFORE UPDATE OR DELETE OR TRUNCATE ON trail_sealing FOR EACH STATEMENT EXECUTE FUNCTION public.trail_refuse();
-- Read inside the area of the grant in which somebody acts (an audit administrator sees no household, but the trail); the whole by the system.
ALTER TABLE trail_entry ENABLE ROW LEVEL SECURITY;
ALTER TABLE trail_entry FORCE ROW LEVEL SECURITY;
CREATE POLICY told ON trail_entry FOR SELECT USING (
    (SELECT coalesce(current_setting('anju.low', true), '') = '0' AND coalesce(current_setting('anju.high', true), '') = '~')
    OR (SELECT coalesce(current_setting('anju.grant', true), '') <> '' AND coalesce(current_setting('anju.named', true), '') = '')
        AND starts_with(within, (SELECT coalesce(current_setting('anju.place', true), ''))));
CREATE POLICY written ON trail_entry FOR INSERT WITH CHECK (true);
DO $trail$
DECLARE it record;
BEGIN
    FOR it IN SELECT DISTINCT grantee, table_name FROM information_schema.role_table_grants
              WHERE table_schema = 'public' AND table_name IN ('trail_entry', 'trail_seal', 'trail_sealing') AND grantee NOT IN (current_user, 'PUBLIC')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE%s ON %I FROM %I', CASE it.table_name WHEN 'trail_entry' THEN ', INSERT' ELSE '' END, it.table_name, it.grantee);
    END LOOP;
    REVOKE EXECUTE ON FUNCTION public.trail_watch(text, text[]), public.trail_unwatch(text), public.trail_record() FROM PUBLIC;
END $trail$;
"""

UNDO = """
DROP POLICY told ON trail_entry;
DROP POLICY written ON trail_entry;
DROP TRIGGER trail_entry_only_by_triggers ON trail_entry;
DROP TRIGGER trail_entry_stands ON trail_entry;
DROP TRIGGER trail_seal_stands ON trail_seal;
DROP TRIGGER trail_sealing_stands ON trail_sealing;
DROP FUNCTION public.trail_only_by_triggers(), public.trail_refuse(), public.trail_watch(text, text[]), public.trail_unwatch(text), public.trail_record();
"""
