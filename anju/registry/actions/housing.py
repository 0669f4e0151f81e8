"""What a list says of many households' houses, set-based; and taking it back."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.registry import staging
from anju.registry.actions.bulk import Finding, alone, begin, findings, run, stage
from anju.registry.actions.undoing import undo
from anju.registry.models import Change
from anju.registry.refusal import Refused
from anju.trail.acts import recorded

SEVERAL, ABSENT, LATER, ENDED, KINDS_DIFFER, TAKEN, RESTED_ON = (
    *("house-several", "house-absent", "house-known-later", "house-ended", "house-kinds-differ", "house-number-taken", "house-rested-on"),
)


@dataclass(frozen=True, slots=True)
class Housed:
    """What a list of houses did: houses put on the register, houses described anew, rows that said what was known, and what was found."""

    recorded: int
    described: int
    same: int
    findings: tuple[Finding, ...]


_TABLES = """
CREATE TEMP TABLE registry_finding (ordinal bigint, source text, "check" text, message text) ON COMMIT DROP;
"""

# Which house each row means: the one of its serial, else the household's only one, else a new one.
_READ = """
CREATE TEMP TABLE registry_step_row ON COMMIT DROP AS
SELECT g.*, h.area, h.number, k.houses, k.only_id, k.base, n.id AS named_id
FROM registry_housing g JOIN registry_household h ON h.id = g.household_id
CROSS JOIN LATERAL (
    SELECT count(DISTINCT o.dwelling_id) AS houses, min(o.dwelling_id) AS only_id,
           (SELECT count(*) FROM registry_dwelling d WHERE d.number >= h.number || '-' AND d.number < h.number || '.') AS base
    FROM registry_occupancy o WHERE o.household_id = h.id AND o.valid_to IS NULL AND o.superseded_at IS NULL
) k
LEFT JOIN registry_dwelling n ON n.number = h.number || '-' || g.serial AND EXISTS (
    SELECT FROM registry_occupancy o WHERE o.dwelling_id = n.id AND o.household_id = h.id AND o.valid_to IS NULL AND o.superseded_at IS NULL);
CREATE TEMP TABLE registry_step_house ON COMMIT DROP AS
SELECT r.*, CASE WHEN r.serial IS NOT NULL THEN r.named_id WHEN r.houses = 1 THEN r.only_id END AS dwelling_id,
       CASE WHEN r.serial IS NOT NULL THEN r.named_id IS NULL ELSE r.houses = 0 END AS fresh,
       row_number() OVER (PARTITION BY r.household_id, CASE WHEN r.serial IS NOT NULL THEN r.named_id IS NULL ELSE r.houses = 0 END ORDER BY r.ordinal) AS place
FROM registry_step_row r;
INSERT INTO registry_finding
SELECT ordinal, source, %(several)s, format(%(said_several)s, houses) FROM registry_step_house WHERE serial IS NULL AND houses > 1;
INSERT INTO registry_finding
SELECT ordinal, source, %(absent)s, format(%(said_absent)s, base, serial) FROM registry_step_house
WHERE fresh AND (serial IS NOT NULL AND serial <> base + place OR serial IS NULL AND place > 1);
DELETE FROM registry_step_house s USING registry_finding f WHERE f.source = s.source;
ANALYZE registry_step_house;
"""

# What is known of houses that are there, and what it becomes.
_COMPARE = """
CREATE TEMP TABLE registry_step_state ON COMMIT DROP AS
SELECT s.ordinal, s.source, s.household_id, s.area, s.dwelling_id, o.id AS old_id, o.valid_from AS known_from,
       coalesce(nullif(s.address, ''), o.address) AS address,
       CASE WHEN s.lng IS NULL THEN o.lng ELSE s.lng END::numeric(10, 6) AS lng, CASE WHEN s.lng IS NULL THEN o.lat ELSE s.lat END::numeric(10, 6) AS lat,
       CASE WHEN s.lng IS NULL THEN o.coordinates ELSE s.coordinates END AS coordinates, coalesce(s.is_only, o.is_only) AS is_only,
       coalesce(nullif(s.homestead_no, ''), o.homestead_no) AS homestead_no, coalesce(s.year_built, o.year_built) AS year_built,
       coalesce(nullif(s.structure, ''), o.structure) AS structure, coalesce(s.storeys, o.storeys) AS storeys, coalesce(s.bays, o.bays) AS bays,
       coalesce(s.main_area, o.main_area)::numeric(8, 2) AS main_area, coalesce(s.auxiliary_area, o.auxiliary_area)::numeric(8, 2) AS auxiliary_area,
       o.more, coalesce(nullif(s.status, ''), o.status) AS status
FROM registry_step_house s
JOIN registry_dwellingstate o ON o.dwelling_id = s.dwelling_id AND o.valid_to IS NULL AND o.superseded_at IS NULL
WHERE NOT s.fresh;
INSERT INTO registry_finding
SELECT ordinal, source, %(ended)s, %(said_ended)s FROM registry_step_house s
WHERE NOT s.fresh AND NOT EXISTS (SELECT FROM registry_step_state n WHERE n.source = s.source);
INSERT INTO registry_finding
SELECT s.ordinal, s.source, %(kinds)s, format(%(said_kinds)s, k.held) FROM registry_step_house s
CROSS JOIN LATERAL (
    SELECT string_agg(kind, '+' ORDER BY kind) AS kinds, string_agg(CASE kind WHEN 'own' THEN '自有' WHEN 'live' THEN '居住' WHEN 'rent' THEN '租住'
        WHEN 'borrow' THEN '借住' ELSE '过渡' END, '、' ORDER BY kind) AS held
    FROM registry_occupancy o WHERE o.dwelling_id = s.dwelling_id AND o.household_id = s.household_id AND o.valid_to IS NULL AND o.superseded_at IS NULL
) k
WHERE NOT s.fresh AND s.kinds <> ''
    AND k.kinds IS DISTINCT FROM (SELECT string_agg(kind, '+' ORDER BY kind) FROM unnest(string_to_array(s.kinds, '+')) u(kind));
DELETE FROM registry_step_state n USING registry_dwellingstate o WHERE o.id = n.old_id AND
    (o.address, o.lng, o.lat, o.coordinates, o.is_only, o.homestead_no, o.year_built, o.structure, o.storeys, o.bays, o.main_area, o.auxiliary_area, o.status)
    IS NOT DISTINCT FROM
    (n.address, n.lng, n.lat, n.coordinates, n.is_only, n.homestead_no, n.year_built, n.structure, n.storeys, n.bays, n.main_area, n.auxiliary_area, n.status);
INSERT INTO registry_finding
SELECT ordinal, source, %(later)s, format(%(said_later)s, known_from) FROM registry_step_state WHERE known_from > %(on)s;
DELETE FROM registry_step_state WHERE known_from > %(on)s;
"""

_FIELDS = (
    "address, lng, lat, coordinates, is_only, homestead_no, year_built, structure, storeys, bays, main_area, auxiliary_area, more, status"
)

_DESCRIBE = f"""
UPDATE registry_dwellingstate o SET superseded_at = %(now)s FROM registry_step_state n WHERE o.id = n.old_id;
CREATE TEMP TABLE registry_step_wrote ON COMMIT DROP AS
SELECT n.source, nextval(pg_get_serial_sequence('registry_dwellingstate', 'id')) AS ended_id, nextval(pg_get_serial_sequence('registry_dwellingstate', 'id')) AS new_id
FROM registry_step_state n ORDER BY n.ordinal;
INSERT INTO registry_dwellingstate (id, dwelling_id, area, valid_from, valid_to, recorded_at, source, {_FIELDS})
SELECT w.ended_id, o.dwelling_id, o.area, o.valid_from, %(on)s, %(now)s, o.source, {", ".join(f"o.{name}" for name in _FIELDS.split(", "))}
FROM registry_step_state n JOIN registry_step_wrote w USING (source) JOIN registry_dwellingstate o ON o.id = n.old_id;
INSERT INTO registry_dwellingstate (id, dwelling_id, area, valid_from, recorded_at, source, {_FIELDS})
SELECT w.new_id, n.dwelling_id, n.area, %(on)s, %(now)s, n.source, {", ".join(f"n.{name}" for name in _FIELDS.split(", "))}
FROM registry_step_state n JOIN registry_step_wrote w USING (source);
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, source, detail)
SELECT n.household_id, n.area, 'dwelling_recorded', %(on)s, %(now)s, %(by)s, n.source, jsonb_build_object('dwelling', n.dwelling_id,
       'wrote', jsonb_build_object('dwellingstate', jsonb_build_array(w.ended_id, w.new_id)),
       'withdrew', jsonb_build_object('dwellingstate', jsonb_build_array(n.old_id)))
FROM registry_step_state n JOIN registry_step_wrote w USING (source) ORDER BY n.ordinal;
"""

# A number that is there already though the house isn't seen (the household came from elsewhere) is told, not taken.
_FOUND = """
CREATE TEMP TABLE registry_step_new ON COMMIT DROP AS
SELECT s.*, nextval(pg_get_serial_sequence('registry_dwelling', 'id')) AS new_id, nextval(pg_get_serial_sequence('registry_dwellingstate', 'id')) AS state_id
FROM registry_step_house s WHERE s.fresh ORDER BY s.ordinal;
INSERT INTO registry_dwelling (id, number, area, source)
SELECT new_id, number || '-' || base + place, area, source FROM registry_step_new ORDER BY ordinal ON CONFLICT DO NOTHING;
INSERT INTO registry_finding
SELECT ordinal, source, %(taken)s, format(%(said_taken)s, number || '-' || base + place) FROM registry_step_new n
WHERE NOT EXISTS (SELECT FROM registry_dwelling d WHERE d.id = n.new_id);
DELETE FROM registry_step_new n WHERE NOT EXISTS (SELECT FROM registry_dwelling d WHERE d.id = n.new_id);
INSERT INTO registry_dwellingstate (id, dwelling_id, area, valid_from, recorded_at, source, address, lng, lat, coordinates, is_only, homestead_no, year_built, structure,
    storeys, bays, main_area, auxiliary_area, more, status)
SELECT state_id, new_id, area, %(on)s, %(now)s, source, address, lng, lat, CASE WHEN lng IS NULL THEN '' ELSE coordinates END, is_only, homestead_no, year_built,
       structure, storeys, bays, main_area, auxiliary_area, '{}', coalesce(nullif(status, ''), 'used') FROM registry_step_new ORDER BY ordinal;
CREATE TEMP TABLE registry_step_lives ON COMMIT DROP AS
SELECT n.ordinal, n.source, n.household_id, n.new_id, n.area, k.kind, nextval(pg_get_serial_sequence('registry_occupancy', 'id')) AS id
FROM registry_step_new n CROSS JOIN LATERAL unnest(string_to_array(CASE WHEN n.kinds <> '' THEN n.kinds WHEN n.status = 'empty' THEN 'own' ELSE 'own+live' END, '+')) k(kind)
ORDER BY n.ordinal, k.kind DESC;
INSERT INTO registry_occupancy (id, household_id, dwelling_id, kind, area, valid_from, recorded_at, source)
SELECT id, household_id, new_id, kind, area, %(on)s, %(now)s, source FROM registry_step_lives ORDER BY id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, source, detail)
SELECT n.household_id, n.area, 'dwelling_recorded', %(on)s, %(now)s, %(by)s, n.source, jsonb_build_object('dwelling', n.new_id, 'withdrew', '{}'::jsonb,
       'wrote', jsonb_build_object('dwellingstate', jsonb_build_array(n.state_id), 'occupancy', l.ids))
FROM registry_step_new n JOIN (SELECT source, jsonb_agg(id ORDER BY id) AS ids FROM registry_step_lives GROUP BY source) l USING (source) ORDER BY n.ordinal;
"""

_MADE = (
    *("registry_finding", "registry_step_row", "registry_step_house", "registry_step_state", "registry_step_wrote", "registry_step_new"),
    *("registry_step_lives", "registry_step_line", "registry_step_restored"),
)


@recorded("dwelling.recorded")
@transaction.atomic
def record_houses(*, on: date, by: User | None, rows: Iterable[staging.Housing]) -> Housed:
    """Puts the houses of a list on the register, or describes those that are there anew, from day ``on``.

    Only what a row gives is changed; a row that says what is known changes nothing, so a list applied twice ends as applied once. Findings name
    rows by their source: those of ``KINDS_DIFFER`` were applied, the others were not. Raises ``Refused`` for a day that hasn't come.
    """
    if on > clock.today():
        raise Refused(_("日期 %(on)s 晚于今天，只能登记已经发生的变动") % {"on": on})
    with connection.cursor() as cursor:
        stage(cursor, "registry_housing", staging.Housing, rows)
        values = {
            "on": on,
            "now": timezone.now(),
            "by": by.pk if by else None,
            "several": SEVERAL,
            "absent": ABSENT,
            "later": LATER,
            "ended": ENDED,
            "kinds": KINDS_DIFFER,
            "taken": TAKEN,
            "said_several": "该户登记了 %s 处房屋，看不出写的是哪一处；请在“房屋序号”列写明第几处",
            "said_absent": "该户登记了 %s 处房屋，没有第 %s 处；请核对“房屋序号”，新增的房屋按顺序接着编",
            "said_later": "登记的房屋情况自 %s 起，比本表的日期新，没有改动；请核对本表的日期",
            "said_ended": "登记的这处房屋已不存在（拆除或灭失），不能再写情况；如是新房，请在“房屋序号”列接着编",
            "said_kinds": "与登记的居住关系（%s）不同，房屋情况已登记，居住关系没有改；请在一户一档中办理",
            "said_taken": "房屋编号 %s 已在别处使用，没有登记；请把户编号告诉系统管理员",
        }
        run(cursor, values, drop=_MADE, steps=(_TABLES, _READ, _COMPARE, _DESCRIBE, _FOUND))
        cursor.execute(
            """SELECT (SELECT count(*) FROM registry_step_new), (SELECT count(*) FROM registry_step_state), (SELECT count(*) FROM registry_housing),
                      (SELECT count(DISTINCT source) FROM registry_finding WHERE "check" <> %s)""",
            [KINDS_DIFFER],
        )
        new, described, total, refused = cursor.fetchone() or (0, 0, 0, 0)
        told = findings(cursor)
    return Housed(new, described, total - new - described - refused, told)


# The lines of the rows that nothing rests on: all they wrote is still known.
_LINES = """
CREATE TEMP TABLE registry_step_line ON COMMIT DROP AS
SELECT t.ordinal, t.source, c.id, c.household_id, h.area, c.detail, c.kind,
       NOT EXISTS (SELECT FROM registry_dwellingstate s WHERE s.id IN (SELECT jsonb_array_elements(c.detail->'wrote'->'dwellingstate')::bigint)
                   AND s.superseded_at IS NOT NULL)
       AND NOT EXISTS (SELECT FROM registry_occupancy o WHERE o.id IN (SELECT jsonb_array_elements(c.detail->'wrote'->'occupancy')::bigint)
                       AND o.superseded_at IS NOT NULL) AS stands
FROM registry_taking t
JOIN registry_change c ON c.household_id = t.household_id AND c.source = t.source AND c.kind = 'dwelling_recorded' AND c.main_id IS NULL
JOIN registry_household h ON h.id = c.household_id
WHERE NOT EXISTS (SELECT FROM registry_change u WHERE u.reverses_id = c.id);
ANALYZE registry_step_line;
"""

_TAKE_BACK = f"""
UPDATE registry_dwellingstate SET superseded_at = %(now)s
WHERE id IN (SELECT jsonb_array_elements(detail->'wrote'->'dwellingstate')::bigint FROM registry_step_line WHERE stands);
UPDATE registry_occupancy SET superseded_at = %(now)s
WHERE id IN (SELECT jsonb_array_elements(detail->'wrote'->'occupancy')::bigint FROM registry_step_line WHERE stands);
CREATE TEMP TABLE registry_step_restored ON COMMIT DROP AS
SELECT l.id AS line_id, old.id AS old_id, nextval(pg_get_serial_sequence('registry_dwellingstate', 'id')) AS id
FROM registry_step_line l CROSS JOIN LATERAL (SELECT jsonb_array_elements(l.detail->'withdrew'->'dwellingstate')::bigint AS id) old WHERE l.stands;
INSERT INTO registry_dwellingstate (id, dwelling_id, area, valid_from, valid_to, recorded_at, source, {_FIELDS})
SELECT r.id, o.dwelling_id, o.area, o.valid_from, o.valid_to, %(now)s, o.source, {", ".join(f"o.{name}" for name in _FIELDS.split(", "))}
FROM registry_step_restored r JOIN registry_dwellingstate o ON o.id = r.old_id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, source, reverses_id, detail)
SELECT l.household_id, l.area, 'undone', %(on)s, %(now)s, %(by)s, '', l.id, jsonb_build_object('undone', l.kind,
       'wrote', jsonb_build_object('dwellingstate', coalesce(r.made, '[]')), 'withdrew', l.detail->'wrote',
       'restored', jsonb_build_object('dwellingstate', coalesce(r.pairs, '[]')))
FROM registry_step_line l
LEFT JOIN (SELECT line_id, jsonb_agg(id) AS made, jsonb_agg(jsonb_build_array(old_id, id)) AS pairs FROM registry_step_restored GROUP BY line_id) r ON r.line_id = l.id
WHERE l.stands ORDER BY l.ordinal;
"""


@recorded("change.undone")
@transaction.atomic
def unrecord_houses(*, by: User | None, rows: Iterable[staging.Taking]) -> tuple[Finding, ...]:
    """What ``record_houses`` wrote for these rows is known no more, and what it superseded is known again. Rows on which something later rests are
    found (``RESTED_ON``) and stay; a row that wrote nothing, or was taken back before, is passed over."""
    with connection.cursor() as cursor:
        begin(cursor)
        alone(cursor)
        staging.load(cursor, "registry_taking", staging.Taking, rows)
        cursor.execute("ANALYZE registry_taking")
        values = {"on": clock.today(), "now": timezone.now(), "by": by.pk if by else None}
        run(cursor, values, drop=_MADE, steps=(_LINES, _TAKE_BACK))
        cursor.execute("SELECT source, id FROM registry_step_line WHERE NOT stands ORDER BY ordinal")
        left = cursor.fetchall()
    found = []
    for source, line in left:
        try:
            undo(change=Change.objects.get(pk=line), by=by)
        except Refused as refused:
            found.append(Finding(source, RESTED_ON, refused.message))
    return tuple(found)
