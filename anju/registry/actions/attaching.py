"""What a matched list adds to people who are on the register already, set-based; and what leaving a list ends."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from anju.accounts.models import User
from anju.registry import staging
from anju.registry.actions.bulk import Finding, findings, gather_statistics, known_categories, refresh_groups, run, stage
from anju.registry.refusal import Refused
from anju.trail.acts import recorded


@dataclass(frozen=True, slots=True)
class Attached:
    """What an attachment did: spells begun, persons whose empty fields were filled, past supports, and disagreements left as they were."""

    belongings: int
    filled: int
    supports: int
    differences: int
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Detached:
    """What a detachment did: spells ended."""

    belongings: int


WITHOUT_HOUSEHOLD = "此人目前不在任何户内，所属户的类别无从登记，请先核实其所在户"
NUMBER_TAKEN = "名单上的身份证号登记在另一人名下，没有补入，请核实"

_READ = """
CREATE TEMP TABLE registry_step ON COMMIT DROP AS
SELECT a.ordinal, a.source, a.person_id, coalesce(m.household_id, a.household_id) AS household_id, h.area,
       a.name, a.id_number, CASE WHEN a.sex IN ('1', '2') THEN a.sex ELSE '' END AS sex, a.birth_date,
       CASE WHEN a.birth_date IS NULL THEN '' WHEN a.birth_precision = '' THEN 'day' ELSE a.birth_precision END AS birth_precision,
       a.phone, a.ethnic, a.disability_kind,
       CASE WHEN a.disability_level BETWEEN 1 AND 4 THEN a.disability_level END AS disability_level, a.disability_cert, a.category,
       coalesce(a.category_from, %(on)s) AS category_from, a.support_year, a.support_kind, a.support_amount
FROM registry_attachment a
LEFT JOIN registry_membership m ON m.person_id = a.person_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
LEFT JOIN registry_household h ON h.id = coalesce(m.household_id, a.household_id);
ANALYZE registry_step;
"""

# The first row of the list that gives a field decides what an empty field is filled with.
_FILL = """
CREATE TEMP TABLE registry_step_holder ON COMMIT DROP AS
SELECT h.number, h.person_id FROM registry_holders((SELECT array_agg(DISTINCT id_number::text) FROM registry_step WHERE id_number <> '')) h;
ANALYZE registry_step_holder;
CREATE TEMP TABLE registry_step_fill ON COMMIT DROP AS
SELECT p.id AS person_id, g.household_id, g.area,
       CASE WHEN p.id_number = '' AND g.id_number IS NOT NULL AND NOT g.repeated AND k.person_id IS NULL THEN g.id_number END AS id_number,
       p.id_number = '' AND g.id_number IS NOT NULL AND (g.repeated OR k.person_id IS NOT NULL) AS id_taken,
       CASE WHEN p.sex = '' THEN g.sex END AS sex,
       CASE WHEN p.birth_date IS NULL OR (p.birth_precision <> 'day' AND b.precision = 'day' AND date_trunc(p.birth_precision, b.day) = p.birth_date)
            THEN b.day END AS birth_date,
       b.precision AS birth_precision,
       CASE WHEN p.phone = '' THEN g.phone END AS phone,
       CASE WHEN p.ethnic = '' THEN g.ethnic END AS ethnic,
       CASE WHEN p.disability_kind = '' THEN g.disability_kind END AS disability_kind,
       CASE WHEN p.disability_level IS NULL THEN g.disability_level END AS disability_level,
       CASE WHEN p.disability_cert = '' THEN g.disability_cert END AS disability_cert,
       NULL::bigint AS former_id
FROM (
    SELECT person_id, min(household_id) AS household_id, min(area) AS area,
           (array_agg(id_number ORDER BY ordinal) FILTER (WHERE id_number <> ''))[1] AS id_number,
           row_number() OVER (PARTITION BY (array_agg(id_number ORDER BY ordinal) FILTER (WHERE id_number <> ''))[1] ORDER BY min(ordinal)) > 1 AS repeated,
           (array_agg(sex ORDER BY ordinal) FILTER (WHERE sex <> ''))[1] AS sex,
           (array_agg(birth_precision || birth_date ORDER BY birth_precision <> 'day', ordinal) FILTER (WHERE birth_date IS NOT NULL))[1] AS birth,
           (array_agg(phone ORDER BY ordinal) FILTER (WHERE phone <> ''))[1] AS phone,
           (array_agg(ethnic ORDER BY ordinal) FILTER (WHERE ethnic <> ''))[1] AS ethnic,
           (array_agg(disability_kind ORDER BY ordinal) FILTER (WHERE disability_kind <> ''))[1] AS disability_kind,
           (array_agg(disability_level ORDER BY ordinal) FILTER (WHERE disability_level IS NOT NULL))[1] AS disability_level,
           (array_agg(disability_cert ORDER BY ordinal) FILTER (WHERE disability_cert <> ''))[1] AS disability_cert
    FROM registry_step WHERE person_id IS NOT NULL GROUP BY person_id
) g
JOIN registry_person p ON p.id = g.person_id
CROSS JOIN LATERAL (SELECT right(g.birth, 10)::date AS day, left(g.birth, -10) AS precision) b
LEFT JOIN registry_step_holder k ON k.number = g.id_number AND k.person_id <> p.id;
CREATE UNIQUE INDEX ON registry_step_fill (person_id);
ANALYZE registry_step_fill;
INSERT INTO registry_finding
SELECT DISTINCT ON (s.person_id) s.ordinal, s.source, 'id-taken', %(number_taken)s
FROM registry_step s JOIN registry_step_fill f USING (person_id) WHERE f.id_taken AND s.id_number <> '' ORDER BY s.person_id, s.ordinal;
INSERT INTO registry_difference
SELECT s.ordinal, s.source, s.person_id, d.field, d.held, d.given
FROM registry_step s
JOIN registry_person p ON p.id = s.person_id
JOIN registry_step_fill f ON f.person_id = s.person_id
CROSS JOIN LATERAL (VALUES
    ('name', replace(p.name, '·', ''), replace(s.name, '·', '')),
    ('id_number', coalesce(f.id_number, p.id_number), CASE WHEN f.id_taken THEN '' ELSE s.id_number END),
    ('sex', coalesce(f.sex, p.sex), s.sex),
    ('birth_date', coalesce(f.birth_date, p.birth_date)::text, CASE
        WHEN s.birth_precision = 'month' AND date_trunc('month', coalesce(f.birth_date, p.birth_date)) = date_trunc('month', s.birth_date) THEN ''
        WHEN s.birth_precision = 'year' AND date_trunc('year', coalesce(f.birth_date, p.birth_date)) = date_trunc('year', s.birth_date) THEN ''
        ELSE s.birth_date::text END),
    ('phone', coalesce(f.phone, p.phone), s.phone),
    ('ethnic', rtrim(coalesce(f.ethnic, p.ethnic), '族'), rtrim(s.ethnic, '族')),
    ('disability_kind', coalesce(f.disability_kind, p.disability_kind), s.disability_kind),
    ('disability_level', coalesce(f.disability_level, p.disability_level)::text, s.disability_level::text),
    ('disability_cert', coalesce(f.disability_cert, p.disability_cert), s.disability_cert)
) AS d(field, held, given)
WHERE coalesce(d.given, '') <> '' AND coalesce(d.held, '') <> '' AND d.given <> d.held;
DELETE FROM registry_step_fill
WHERE num_nonnulls(id_number, sex, birth_date, phone, ethnic, disability_kind, disability_level, disability_cert) = 0;
UPDATE registry_step_fill SET former_id = nextval(pg_get_serial_sequence('registry_formerparticulars', 'id'));
ANALYZE registry_step_fill;
INSERT INTO registry_formerparticulars (id, person_id, name, id_number, id_conflict, sex, birth_date, birth_precision, ethnic, phone,
    disability_kind, disability_level, disability_cert, alive, death_date, area, recorded_at, superseded_at)
SELECT f.former_id, p.id, p.name, p.id_number, p.id_conflict, p.sex, p.birth_date, p.birth_precision, p.ethnic, p.phone,
    p.disability_kind, p.disability_level, p.disability_cert, p.alive, p.death_date, p.area, p.recorded_at, %(now)s
FROM registry_step_fill f JOIN registry_person p ON p.id = f.person_id ORDER BY f.former_id;
UPDATE registry_person p SET
    id_number = coalesce(f.id_number, p.id_number),
    sex = coalesce(f.sex, p.sex),
    birth_date = coalesce(f.birth_date, p.birth_date),
    birth_precision = CASE WHEN f.birth_date IS NULL THEN p.birth_precision ELSE f.birth_precision END,
    phone = coalesce(f.phone, p.phone),
    ethnic = coalesce(f.ethnic, p.ethnic),
    disability_kind = coalesce(f.disability_kind, p.disability_kind),
    disability_level = coalesce(f.disability_level, p.disability_level),
    disability_cert = coalesce(f.disability_cert, p.disability_cert),
    recorded_at = %(now)s
FROM registry_step_fill f WHERE f.person_id = p.id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT f.household_id, f.area, 'filled', %(on)s, %(now)s, %(by)s, jsonb_build_object('person', f.person_id, 'former', f.former_id, 'fields',
    (SELECT jsonb_agg(x.field) FROM (VALUES ('id_number', f.id_number), ('sex', f.sex), ('birth_date', f.birth_date::text), ('phone', f.phone),
        ('ethnic', f.ethnic), ('disability_kind', f.disability_kind), ('disability_level', f.disability_level::text),
        ('disability_cert', f.disability_cert)) AS x(field, value) WHERE x.value IS NOT NULL)), %(source)s, NULL, NULL
FROM registry_step_fill f WHERE f.household_id IS NOT NULL ORDER BY f.person_id;
"""

_BELONGINGS = """
INSERT INTO registry_finding
SELECT s.ordinal, s.source, 'household-missing', %(without_household)s FROM registry_step s JOIN registry_category c ON c.code = s.category
WHERE s.household_id IS NULL AND (c.scope = 'household' OR s.person_id IS NULL);
CREATE TEMP TABLE registry_step_belonging ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('registry_belonging', 'id')) AS id, w.* FROM (
    SELECT DISTINCT ON (c.code, t.person_id, t.household_id)
           c.code, t.person_id, t.household_id, s.household_id AS told_id, coalesce(s.area, p.area) AS area, s.source, s.category_from
    FROM registry_step s
    JOIN registry_category c ON c.code = s.category
    LEFT JOIN registry_person p ON p.id = s.person_id
    CROSS JOIN LATERAL (SELECT CASE WHEN c.scope = 'person' THEN s.person_id END AS person_id,
                               CASE WHEN c.scope = 'household' OR s.person_id IS NULL THEN s.household_id END AS household_id) t
    WHERE num_nonnulls(t.person_id, t.household_id) = 1
    ORDER BY c.code, t.person_id, t.household_id, s.ordinal
) w
WHERE NOT EXISTS (SELECT FROM registry_belonging b WHERE b.person_id = w.person_id AND b.category_id = w.code
                  AND b.valid_to IS NULL AND b.superseded_at IS NULL)
  AND NOT EXISTS (SELECT FROM registry_belonging b WHERE b.household_id = w.household_id AND b.category_id = w.code
                  AND b.valid_to IS NULL AND b.superseded_at IS NULL);
ANALYZE registry_step_belonging;
INSERT INTO registry_belonging (id, category_id, household_id, person_id, area, valid_from, valid_to, recorded_at, superseded_at, source)
SELECT id, code, household_id, person_id, area, category_from, NULL, %(now)s, NULL, source FROM registry_step_belonging ORDER BY id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT told_id, area, 'category_gained', category_from, %(now)s, %(by)s,
       jsonb_build_object('category', code, 'person', person_id, 'wrote', jsonb_build_object('belonging', jsonb_build_array(id))), source, NULL, NULL
FROM registry_step_belonging WHERE told_id IS NOT NULL ORDER BY id;
"""

_SUPPORTS = """
CREATE TEMP TABLE registry_step_support (id bigint, household_id bigint, person_id bigint, area text COLLATE "C", source text COLLATE "C") ON COMMIT DROP;
WITH written AS (
    INSERT INTO registry_pastsupport (household_id, person_id, area, year, kind, amount, recorded_at, superseded_at, source)
    SELECT s.household_id, s.person_id, coalesce(s.area, p.area, ''), s.support_year, s.support_kind, s.support_amount, %(now)s, NULL, s.source
    FROM registry_step s LEFT JOIN registry_person p ON p.id = s.person_id
    WHERE s.support_year BETWEEN 1978 AND 2100 AND num_nonnulls(s.household_id, s.person_id) > 0 ORDER BY s.ordinal
    ON CONFLICT (source) WHERE source <> '' AND superseded_at IS NULL DO NOTHING
    RETURNING id, household_id, person_id, area, source
)
INSERT INTO registry_step_support SELECT * FROM written;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT household_id, area, 'supported', %(on)s, %(now)s, %(by)s,
       jsonb_build_object('person', person_id, 'wrote', jsonb_build_object('pastsupport', jsonb_build_array(id))), source, NULL, NULL
FROM registry_step_support WHERE household_id IS NOT NULL ORDER BY id;
"""

_TABLES = """
CREATE TEMP TABLE registry_finding (ordinal bigint, source text COLLATE "C", "check" text, message text) ON COMMIT DROP;
CREATE TEMP TABLE registry_difference (ordinal bigint, source text COLLATE "C", person_id bigint, field text, held text, given text) ON COMMIT DROP;
"""

_MADE = (
    *("registry_finding", "registry_difference", "registry_step", "registry_step_holder", "registry_step_fill", "registry_step_belonging"),
    *("registry_step_support", "registry_step_ended"),
)


def _refuse_bad_staging(cursor: CursorWrapper) -> None:
    cursor.execute(
        """SELECT source FROM registry_attachment a WHERE num_nonnulls(person_id, household_id) = 0
              OR (person_id IS NOT NULL AND NOT EXISTS (SELECT FROM registry_person p WHERE p.id = a.person_id))
              OR (household_id IS NOT NULL AND NOT EXISTS (SELECT FROM registry_household h WHERE h.id = a.household_id)) LIMIT 1"""
    )
    if row := cursor.fetchone():
        raise Refused(f"名单行 {row[0]} 对应的人或户不在册，无法登记")
    known_categories(cursor, "registry_attachment")


@recorded("register.attached")
@transaction.atomic
def attach(*, on: date, by: User | None, source: str, rows: Iterable[staging.Attachment] | None = None) -> Attached:
    """Adds what matched rows say: categories, past support, and values where the register had none.

    A value that differs from the register's is never written: it is told in ``registry_difference``. Without ``rows`` the staging
    table ``registry_attachment`` of this transaction is taken. Running it again adds nothing. Raises ``Refused`` where a row
    names nobody on the register.
    """
    with connection.cursor() as cursor:
        stage(cursor, "registry_attachment", staging.Attachment, rows)
        _refuse_bad_staging(cursor)
        values = {
            "on": on,
            "now": timezone.now(),
            "by": by.pk if by else None,
            "source": source,
            "without_household": WITHOUT_HOUSEHOLD,
            "number_taken": NUMBER_TAKEN,
        }
        run(cursor, values, drop=_MADE, steps=(_TABLES, _READ, _FILL, _BELONGINGS, _SUPPORTS))
        cursor.execute("SELECT count(*) FROM registry_step_belonging")
        gather_statistics(cursor, (cursor.fetchone() or (0,))[0])
        refresh_groups(cursor, "SELECT told_id FROM registry_step_belonging")
        cursor.execute(
            """SELECT (SELECT count(*) FROM registry_step_belonging), (SELECT count(*) FROM registry_step_fill),
               (SELECT count(*) FROM registry_step_support), (SELECT count(*) FROM registry_difference)"""
        )
        belongings, filled, supports, differences = cursor.fetchone() or (0, 0, 0, 0)
        told = findings(cursor)
    return Attached(belongings, filled, supports, differences, told)


_DETACH = """
CREATE TEMP TABLE registry_step_ended ON COMMIT DROP AS
SELECT b.*, h.id AS told_id, nextval(pg_get_serial_sequence('registry_belonging', 'id')) AS new_id, d.source AS why FROM (
    SELECT DISTINCT ON (b.id) b.id AS belonging_id, d.source, coalesce(m.household_id, d.household_id) AS household_id
    FROM registry_detachment d
    LEFT JOIN registry_membership m ON m.person_id = d.person_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
    JOIN registry_belonging b ON b.category_id = %(category)s AND b.valid_to IS NULL AND b.superseded_at IS NULL
     AND (b.person_id = d.person_id OR b.household_id = coalesce(m.household_id, d.household_id))
    ORDER BY b.id, d.ordinal
) d
JOIN registry_belonging b ON b.id = d.belonging_id
LEFT JOIN registry_household h ON h.id = d.household_id
ORDER BY b.id;
UPDATE registry_belonging b SET superseded_at = %(now)s FROM registry_step_ended e WHERE e.id = b.id;
INSERT INTO registry_belonging (id, category_id, household_id, person_id, area, valid_from, valid_to, recorded_at, superseded_at, source)
SELECT new_id, category_id, household_id, person_id, area, valid_from, greatest(valid_from, %(on)s), %(now)s, NULL, source
FROM registry_step_ended ORDER BY new_id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT told_id, area, 'category_lost', %(on)s, %(now)s, %(by)s, jsonb_build_object('category', category_id, 'person', person_id,
       'wrote', jsonb_build_object('belonging', jsonb_build_array(new_id)), 'withdrew', jsonb_build_object('belonging', jsonb_build_array(id))),
       why, NULL, NULL
FROM registry_step_ended WHERE told_id IS NOT NULL ORDER BY new_id;
"""


@recorded("register.detached")
@transaction.atomic
def detach(*, category: str, on: date, by: User | None, source: str, rows: Iterable[staging.Detachment] | None = None) -> Detached:
    """Ends on ``on`` the category spells of persons and households that are no longer on the list.

    For a category of households name a household only when none of its people is on the list any more. Without ``rows``
    the staging table ``registry_detachment`` of this transaction is taken.
    """
    with connection.cursor() as cursor:
        stage(cursor, "registry_detachment", staging.Detachment, rows)
        values = {"category": category, "on": on, "now": timezone.now(), "by": by.pk if by else None, "source": source}
        run(cursor, values, drop=("registry_step_ended",), steps=(_DETACH,))
        refresh_groups(cursor, "SELECT told_id FROM registry_step_ended")
        cursor.execute("SELECT count(*) FROM registry_step_ended")
        (ended,) = cursor.fetchone() or (0,)
    return Detached(ended)
