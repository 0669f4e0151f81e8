"""Enrolment of whole lists: set-based, idempotent by the source of each row."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from anju.accounts.models import User
from anju.registry import staging
from anju.registry.actions.bulk import Finding, findings, gather_statistics, known_categories, refresh_groups, run, stage, write_tokens
from anju.registry.refusal import Refused
from anju.trail.acts import recorded


@dataclass(frozen=True, slots=True)
class Conflict:
    """An identity number that another person of the register already holds."""

    source: str
    person_id: int
    other_person_id: int


@dataclass(frozen=True, slots=True)
class Enrolled:
    """What an enrolment did. ``repeated`` rows had been enrolled before."""

    households: int
    persons: int
    repeated: int
    belongings: int
    conflicts: tuple[Conflict, ...]
    findings: tuple[Finding, ...]


NO_HEAD = "本户多人而没有写明户主，暂以名单中第一人为户主，请核实"
TWO_HEADS = "本户不止一人写为户主，以第一人为户主，其余登记为其他亲属，请核实"
SECOND_HEAD = "该户已有户主，此人登记为其他亲属，请核实"
CLOSED = "该户已销户，此行没有入册，请核实"
ID_FORM = "身份证号不成立，未登记号码"
WITHOUT_AREA = "没有写明所在村，无法编户号，此行没有入册"

_READ = """
CREATE TEMP TABLE registry_step ON COMMIT DROP AS
SELECT e.ordinal, e.source, p.id AS known_id, nullif(p.id, p.id) AS person_id,
       CASE WHEN e.household_key = '' THEN e.source ELSE %(source)s || '#' || e.household_key END AS household_source,
       e.area, e.address, e.household_phone, e.name,
       CASE WHEN e.sex IN ('1', '2') THEN e.sex ELSE '' END AS sex, e.relation, e.phone, e.ethnic,
       e.disability_kind, e.disability_level, e.disability_cert, e.category, coalesce(e.category_from, %(on)s) AS category_from,
       e.id_number, e.id_unsound, e.birth_date,
       CASE WHEN e.birth_date IS NULL THEN '' WHEN e.birth_precision = '' THEN 'day' ELSE e.birth_precision END AS birth_precision
FROM registry_enrolment e
LEFT JOIN registry_person p ON p.source = e.source AND p.source <> '';
ANALYZE registry_step;
"""

# Households by their first row; those already enrolled are followed to where they were merged into.
_HOUSEHOLDS = """
CREATE TEMP TABLE registry_step_household ON COMMIT DROP AS
SELECT s.*, rpad(left(s.area, 12), 12, '0') AS village, NULL::text AS number
FROM (
    SELECT DISTINCT ON (household_source) household_source, ordinal, h.id AS household_id, h.id AS known_id,
           coalesce(h.area, s.area) AS area, s.address, s.household_phone AS phone, h.closed_on, h.merged_into_id
    FROM registry_step s LEFT JOIN registry_household h ON h.source = s.household_source AND h.source <> ''
    WHERE s.known_id IS NULL
    ORDER BY household_source, ordinal
) s;
WITH RECURSIVE followed AS (
    SELECT household_source, merged_into_id AS id FROM registry_step_household WHERE merged_into_id IS NOT NULL
    UNION ALL
    SELECT f.household_source, h.merged_into_id FROM followed f JOIN registry_household h ON h.id = f.id WHERE h.merged_into_id IS NOT NULL
)
UPDATE registry_step_household s SET known_id = h.id, household_id = h.id, closed_on = h.closed_on, area = h.area
FROM followed f JOIN registry_household h ON h.id = f.id AND h.merged_into_id IS NULL
WHERE f.household_source = s.household_source;
INSERT INTO registry_finding SELECT s.ordinal, s.source, 'household-closed', %(closed)s
FROM registry_step s JOIN registry_step_household h USING (household_source) WHERE s.known_id IS NULL AND h.closed_on IS NOT NULL;
INSERT INTO registry_finding SELECT s.ordinal, s.source, 'area-missing', %(without_area)s
FROM registry_step s JOIN registry_step_household h USING (household_source) WHERE s.known_id IS NULL AND h.known_id IS NULL AND length(h.area) < 6;
DELETE FROM registry_step_household WHERE closed_on IS NOT NULL OR (known_id IS NULL AND length(area) < 6);
ANALYZE registry_step_household;
"""

_NUMBERS = """
CREATE TEMP TABLE registry_step_series (village text COLLATE "C", base integer) ON COMMIT DROP;
WITH wanted AS (
    SELECT village, count(*)::int AS many FROM registry_step_household WHERE known_id IS NULL GROUP BY village ORDER BY village
), given AS (
    INSERT INTO registry_numberseries AS n (village, last) SELECT village, many FROM wanted ORDER BY village
    ON CONFLICT (village) DO UPDATE SET last = n.last + EXCLUDED.last RETURNING n.village, n.last
)
INSERT INTO registry_step_series SELECT village, last - many FROM given JOIN wanted USING (village);
UPDATE registry_step_household h SET household_id = g.id, number = h.village || '-' || lpad(g.serial::text, greatest(4, length(g.serial::text)), '0')
FROM (
    SELECT o.household_source, nextval(pg_get_serial_sequence('registry_household', 'id')) AS id, o.serial
    FROM (
        SELECT h.household_source, s.base + row_number() OVER (PARTITION BY h.village ORDER BY h.ordinal) AS serial
        FROM registry_step_household h JOIN registry_step_series s USING (village) WHERE h.known_id IS NULL ORDER BY h.ordinal
    ) o
) g WHERE g.household_source = h.household_source;
CREATE UNIQUE INDEX ON registry_step_household (household_source);
ANALYZE registry_step_household;
"""

# Whose the numbers are, wherever they live: of persons outside the actor's area only that they hold it.
_HOLDERS = """
CREATE TEMP TABLE registry_step_holder ON COMMIT DROP AS
SELECT h.number, h.person_id FROM registry_holders((SELECT array_agg(DISTINCT id_number::text) FROM registry_step WHERE id_number <> '')) h;
ANALYZE registry_step_holder;
"""

_PERSONS = """
CREATE TEMP TABLE registry_step_person ON COMMIT DROP AS
SELECT o.*, nextval(pg_get_serial_sequence('registry_person', 'id')) AS new_id, CASE
    WHEN o.place = 1 AND NOT o.headed THEN '02'
    WHEN o.relation = '02' THEN '97'
    WHEN o.relation = ANY(%(relations)s) THEN o.relation
    ELSE '97' END AS code
FROM (
    SELECT s.*, h.household_id, h.area AS household_area, h.known_id AS known_household_id, k.person_id AS other_id, m.id IS NOT NULL AS headed,
           s.id_number <> '' AND (k.person_id IS NOT NULL OR row_number() OVER (PARTITION BY s.id_number ORDER BY s.ordinal) > 1) AS id_conflict,
           row_number() OVER (PARTITION BY s.household_source ORDER BY s.relation <> '02', s.ordinal) AS place,
           count(*) OVER (PARTITION BY s.household_source) AS size,
           count(*) FILTER (WHERE s.relation = '02') OVER (PARTITION BY s.household_source) AS heads
    FROM registry_step s
    JOIN registry_step_household h USING (household_source)
    LEFT JOIN registry_step_holder k ON k.number = s.id_number
    LEFT JOIN registry_membership m ON m.household_id = h.known_id AND m.relation = '02' AND m.valid_to IS NULL AND m.superseded_at IS NULL
    WHERE s.known_id IS NULL AND s.name <> ''
    ORDER BY s.ordinal
) o;
ANALYZE registry_step_person;
INSERT INTO registry_finding
SELECT p.ordinal, p.source, f.*
FROM registry_step_person p
CROSS JOIN LATERAL (VALUES
    ('head-missing', CASE WHEN p.place = 1 AND NOT p.headed AND p.heads = 0 AND p.size > 1 THEN %(no_head)s END),
    ('head-twice', CASE WHEN p.relation = '02' AND p.headed THEN %(second_head)s WHEN p.relation = '02' AND p.place > 1 THEN %(two_heads)s END),
    ('id-form', CASE WHEN p.id_unsound THEN %(id_form)s END)
) AS f("check", message)
WHERE f.message IS NOT NULL;
INSERT INTO registry_conflict
SELECT s.source, s.new_id, coalesce(s.other_id, f.new_id)
FROM registry_step_person s
LEFT JOIN registry_step_person f ON f.id_number = s.id_number AND NOT f.id_conflict
WHERE s.id_conflict;
"""

_WRITE = """
INSERT INTO registry_household (id, number, area, address, phone, groups, opened_on, closed_on, merged_into_id, source)
SELECT household_id, number, area, address, phone, '', %(on)s, NULL, NULL, household_source
FROM registry_step_household WHERE known_id IS NULL ORDER BY household_id;
INSERT INTO registry_registration (household_id, area, address, ending, merged_into_id, valid_from, valid_to, recorded_at, superseded_at, source)
SELECT household_id, area, address, '', NULL, %(on)s, NULL, %(now)s, NULL, household_source
FROM registry_step_household WHERE known_id IS NULL ORDER BY household_id;
INSERT INTO registry_person (id, name, id_number, id_conflict, sex, birth_date, birth_precision, ethnic, phone,
    disability_kind, disability_level, disability_cert, alive, death_date, area, source, recorded_at)
SELECT new_id, name, id_number, id_conflict, sex, birth_date, birth_precision, ethnic, phone,
    disability_kind, disability_level, disability_cert, true, NULL, household_area, source, %(now)s
FROM registry_step_person ORDER BY new_id;
INSERT INTO registry_membership (person_id, household_id, area, relation, valid_from, valid_to, recorded_at, superseded_at, source)
SELECT new_id, household_id, household_area, code, %(on)s, NULL, %(now)s, NULL, source FROM registry_step_person ORDER BY new_id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT household_id, area, 'enrolled', %(on)s, %(now)s, %(by)s, '{}', %(source)s, NULL, NULL
FROM registry_step_household WHERE known_id IS NULL ORDER BY household_id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT s.household_id, s.household_area, 'member_joined', %(on)s, %(now)s, %(by)s,
       jsonb_build_object('person', s.new_id, 'wrote', jsonb_build_object('membership', jsonb_build_array(m.id))), s.source, NULL, NULL
FROM registry_step_person s JOIN registry_membership m ON m.person_id = s.new_id
WHERE s.known_household_id IS NOT NULL ORDER BY s.new_id;
"""

_BELONGINGS = """
CREATE TEMP TABLE registry_step_belonging ON COMMIT DROP AS
SELECT nextval(pg_get_serial_sequence('registry_belonging', 'id')) AS id, b.* FROM (
    SELECT DISTINCT ON (c.code, CASE WHEN c.scope = 'person' THEN s.new_id ELSE s.household_id END)
           c.code, c.scope, s.new_id AS person_id, s.household_id, s.household_area AS area, s.source, s.category_from
    FROM registry_step_person s JOIN registry_category c ON c.code = s.category
    WHERE s.known_household_id IS NULL OR c.scope = 'person' OR NOT EXISTS (
        SELECT FROM registry_belonging b
        WHERE b.household_id = s.household_id AND b.category_id = c.code AND b.valid_to IS NULL AND b.superseded_at IS NULL)
    ORDER BY c.code, CASE WHEN c.scope = 'person' THEN s.new_id ELSE s.household_id END, s.ordinal
) b;
INSERT INTO registry_belonging (id, category_id, household_id, person_id, area, valid_from, valid_to, recorded_at, superseded_at, source)
SELECT id, code, CASE WHEN scope = 'household' THEN household_id END, CASE WHEN scope = 'person' THEN person_id END,
       area, category_from, NULL, %(now)s, NULL, source
FROM registry_step_belonging ORDER BY id;
INSERT INTO registry_change (household_id, area, kind, "on", recorded_at, by_id, detail, source, main_id, reverses_id)
SELECT household_id, area, 'category_gained', category_from, %(now)s, %(by)s,
       jsonb_build_object('category', code, 'person', CASE WHEN scope = 'person' THEN person_id END,
                          'wrote', jsonb_build_object('belonging', jsonb_build_array(id))), source, NULL, NULL
FROM registry_step_belonging ORDER BY id;
"""

_RESULT = """
INSERT INTO registry_enrolled (source, person_id, household_id, number)
SELECT s.source, s.new_id, h.id, h.number FROM registry_step_person s JOIN registry_household h ON h.id = s.household_id
UNION ALL
SELECT s.source, s.known_id, h.id, h.number
FROM registry_step s
LEFT JOIN registry_membership m ON m.person_id = s.known_id AND m.valid_to IS NULL AND m.superseded_at IS NULL
LEFT JOIN registry_household h ON h.id = m.household_id
WHERE s.known_id IS NOT NULL;
"""

_TABLES = """
CREATE TEMP TABLE registry_finding (ordinal bigint, source text COLLATE "C", "check" text, message text) ON COMMIT DROP;
CREATE TEMP TABLE registry_conflict (source text COLLATE "C", person_id bigint, other_person_id bigint) ON COMMIT DROP;
CREATE TEMP TABLE registry_enrolled (source text COLLATE "C", person_id bigint, household_id bigint, number text COLLATE "C") ON COMMIT DROP;
"""

_MADE = (
    *("registry_finding", "registry_conflict", "registry_enrolled", "registry_step", "registry_step_household"),
    *("registry_step_series", "registry_step_holder", "registry_step_person", "registry_step_belonging"),
)


def _refuse_bad_staging(cursor: CursorWrapper) -> None:
    cursor.execute("SELECT source FROM registry_enrolment GROUP BY source HAVING count(*) > 1 OR source = '' LIMIT 1")
    if row := cursor.fetchone():
        raise Refused(f"名单中有两行的来源相同或没有来源（{row[0]}），无法保证不重复入册")
    known_categories(cursor, "registry_enrolment")


@recorded("register.enrolled")
@transaction.atomic
def enrol(*, on: date, by: User | None, source: str, rows: Iterable[staging.Enrolment] | None = None) -> Enrolled:
    """Puts the households and persons of a list on the register, from day ``on``.

    Without ``rows`` the staging table ``registry_enrolment`` of this transaction is taken. Rows enrolled before are left
    alone, so that a run after an interruption ends like an undisturbed one. Afterwards ``registry_enrolled`` tells each
    row's person and household. Raises ``Refused`` for rows without a source of their own and for unknown categories.
    """
    with connection.cursor() as cursor:
        stage(cursor, "registry_enrolment", staging.Enrolment, rows)
        _refuse_bad_staging(cursor)
        values = {
            "on": on,
            "now": timezone.now(),
            "by": by.pk if by else None,
            "source": source,
            "closed": CLOSED,
            "no_head": NO_HEAD,
            "two_heads": TWO_HEADS,
            "second_head": SECOND_HEAD,
            "id_form": ID_FORM,
            "without_area": WITHOUT_AREA,
        }
        run(cursor, values, drop=_MADE, steps=(_TABLES, _READ, _HOUSEHOLDS, _NUMBERS, _HOLDERS, _PERSONS, _WRITE, _BELONGINGS))
        cursor.execute(
            "CREATE TEMP VIEW registry_new_name AS SELECT new_id AS person_id, household_area AS area, name FROM registry_step_person"
        )
        write_tokens(cursor)
        cursor.execute("DROP VIEW registry_new_name")
        cursor.execute("SELECT count(*) FROM registry_step_person")
        gather_statistics(cursor, (cursor.fetchone() or (0,))[0])
        refresh_groups(cursor, "SELECT household_id FROM registry_step_belonging")
        run(cursor, values, steps=(_RESULT,))
        cursor.execute(
            """SELECT (SELECT count(*) FROM registry_step_household WHERE known_id IS NULL), (SELECT count(*) FROM registry_step_person),
               (SELECT count(*) FROM registry_step WHERE known_id IS NOT NULL), (SELECT count(*) FROM registry_step_belonging)"""
        )
        households, persons, repeated, belongings = cursor.fetchone() or (0, 0, 0, 0)
        cursor.execute("SELECT source, person_id, other_person_id FROM registry_conflict ORDER BY source")
        conflicts = tuple(Conflict(*row) for row in cursor.fetchall())
        told = findings(cursor)
    return Enrolled(households, persons, repeated, belongings, conflicts, told)
