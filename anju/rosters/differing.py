"""Differences between a list and the register that somebody has to look at: stored set-based from the engine's flags and households.

Expects the engine's answer in the temporary tables ``rosters_flags`` and ``rosters_households`` (see ``matching``).
"""

from django.db import connection
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from anju.accounts.models import User
from anju.rosters.models import MatchRun

_COLUMNS = "run_id, kind, row_id, match_id, household_id, area, subject, listed, held, explanation, detail, disposition, note"

_FLAGS = """
INSERT INTO rosters_mismatch ({columns})
SELECT DISTINCT ON (f.flag, f.row) %(run)s, f.flag, r.id, m.id, m.household_id, r.area, 'row:' || r.id, '', '', left(f.explanation, 600),
       jsonb_strip_nulls(jsonb_build_object('likely_id', nullif(f.likely_id, ''),
           'repeats', CASE WHEN f.flag IN ('listed_twice', 'in_two_households') THEN f.other_row END)), 'pending', ''
FROM rosters_flags f JOIN rosters_batchrow r ON r.id = f.row AND r.batch_id = %(batch)s
LEFT JOIN rosters_match m ON m.run_id = %(run)s AND m.row_id = r.id AND m.outcome = 'auto'
WHERE f.side = 'left' AND f.flag = ANY(%(kinds)s)
ORDER BY f.flag, f.row, f.other_row NULLS LAST
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

# The register's own trouble is shown where this list names the person.
_REGISTER_FLAGS = """
INSERT INTO rosters_mismatch ({columns})
SELECT DISTINCT ON (f.flag, m.row_id) %(run)s, f.flag, r.id, m.id, m.household_id, r.area, 'row:' || r.id, '', '', left(f.explanation, 600),
       jsonb_strip_nulls(jsonb_build_object('person', f.row, 'other_person', f.other_row)), 'pending', ''
FROM rosters_flags f JOIN rosters_match m ON m.run_id = %(run)s AND m.person_id = f.row AND m.outcome = 'auto' JOIN rosters_batchrow r ON r.id = m.row_id
WHERE f.side = 'right' AND f.flag IN ('in_two_households', 'listed_twice', 'same_id_two_names')
ORDER BY f.flag, m.row_id
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

_HOUSEHOLDS = """
INSERT INTO rosters_mismatch ({columns})
SELECT %(run)s, x.kind, l.first, m.id, h.id, l.area, left(x.left_household || '|' || x.right_household, 120),
       left('户内 ' || l.size || ' 人，户主 ' || coalesce(nullif(l.head, ''), '未写明'), 300),
       left(CASE WHEN h.id IS NULL THEN '' ELSE '户内 ' || g.size || ' 人，户主 ' || coalesce(g.head, '未登记') END, 300), left(x.explanation, 600),
       jsonb_strip_nulls(jsonb_build_object('list_household', x.left_household, 'household', h.id, 'other_household', x.right_household,
           'members', CASE WHEN x.explanation LIKE '有 %% 人从%%' THEN true END)), 'pending', ''
FROM rosters_households x
CROSS JOIN LATERAL (
    SELECT min(r.id) AS anyone, coalesce(min(r.id) FILTER (WHERE r.relation = '02'), min(r.id)) AS first, count(*) AS size,
           max(r.area) AS area, coalesce(max(r.name) FILTER (WHERE r.relation = '02'), max(r.head_name)) AS head
    FROM rosters_batchrow r WHERE r.batch_id = %(batch)s AND r.household = x.left_household AND r.household <> ''
) l
LEFT JOIN registry_household h ON %(register)s AND h.number = x.right_household
LEFT JOIN rosters_match m ON m.run_id = %(run)s AND m.row_id = l.first AND m.outcome = 'auto'
LEFT JOIN LATERAL (
    SELECT count(*) AS size, max(p.name) FILTER (WHERE s.relation = '02') AS head
    FROM registry_membership s JOIN registry_person p ON p.id = s.person_id
    WHERE s.household_id = h.id AND s.valid_to IS NULL AND s.superseded_at IS NULL
) g ON true
WHERE x.kind <> 'same' AND l.first IS NOT NULL
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

# Against the register both sides have codes, so whether a household moved is known, not inferred from names of places.
_PLACES = """
UPDATE rosters_households x SET
    kind = CASE WHEN v.village <> left(h.area, 12) THEN 'moved' ELSE 'same' END,
    explanation = CASE WHEN v.village <> left(h.area, 12) THEN '成员对上，但住址不同村，可能已迁移' ELSE x.explanation END
FROM registry_household h, (
    SELECT household, max(left(area, 12)) AS village FROM rosters_batchrow WHERE batch_id = %(batch)s AND placed AND household <> ''
    GROUP BY household HAVING count(DISTINCT left(area, 12)) = 1
) v
WHERE h.number = x.right_household AND v.household = x.left_household AND length(h.area) >= 12
  AND (x.kind = 'same' AND v.village <> left(h.area, 12) OR x.kind = 'moved' AND x.explanation NOT LIKE '有 %% 人从%%')
"""

_REVIEW = """
INSERT INTO rosters_mismatch ({columns})
SELECT DISTINCT ON (m.row_id) %(run)s, 'review', m.row_id, m.id, m.household_id, m.area, 'row:' || m.row_id, '', '', m.explanation, '{{}}', 'pending', ''
FROM rosters_match m WHERE m.run_id = %(run)s AND m.outcome = 'review' ORDER BY m.row_id, m.score DESC, m.id
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

# Who isn't in this county's register, in a table whose size the planner knows: it decides how the whole register is looked through.
_UNFOUND = """
CREATE TEMP TABLE rosters_unfound ON COMMIT DROP AS
SELECT DISTINCT r.id, r.id_number, r.area FROM rosters_match m JOIN rosters_batchrow r ON r.id = m.row_id AND r.id_number <> ''
WHERE m.run_id = %(run)s AND m.outcome IN ('only_list', 'review')
"""

# Another county has the person: that it does is told, what it holds is not.
_ELSEWHERE = """
INSERT INTO rosters_mismatch ({columns})
SELECT DISTINCT ON (r.id) %(run)s, 'elsewhere', r.id, NULL::bigint, NULL::bigint, r.area, 'row:' || r.id, '', '',
       '该证件号已登记在' || coalesce(d.full_name, '外地') || '，请与当地核实；对方的内容不在此显示', jsonb_build_object('county', p.county), 'pending', ''
FROM rosters_unfound r
JOIN registry_holders((SELECT array_agg(id_number::text) FROM rosters_unfound)) p ON p.number = r.id_number AND p.alive AND p.county <> %(county)s
LEFT JOIN divisions_division d ON d.code = p.county
ORDER BY r.id
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

_CARRY = """
UPDATE rosters_mismatch n SET disposition = o.disposition, note = o.note, handled_by_id = o.handled_by_id, handled_at = o.handled_at, decision_id = o.decision_id
FROM rosters_mismatch o JOIN rosters_matchrun e ON e.id = o.run_id AND NOT e.current
WHERE e.batch_id = %(batch)s AND e.kind = %(run_kind)s AND n.run_id = %(run)s AND o.kind = n.kind AND o.subject = n.subject AND o.disposition <> 'pending'
"""

_ONLY_LIST = """
INSERT INTO rosters_mismatch ({columns})
SELECT %(run)s, 'only_list', r.id, m.id, NULL::bigint, r.area, 'row:' || r.id, '', '',
       CASE WHEN r.outcome = 'faulty' THEN '登记库中没有此人；原表这一行有错，改正后才能入册'
            WHEN NOT r.placed THEN '登记库中没有此人；所在村不明，写明后才能入册'
            ELSE left(m.explanation, 600) END, '{{}}', 'pending', ''
FROM rosters_match m JOIN rosters_batchrow r ON r.id = m.row_id
WHERE m.run_id = %(run)s AND m.outcome = 'only_list' AND NOT m.applied
  AND NOT EXISTS (SELECT FROM rosters_mismatch d WHERE d.run_id = m.run_id AND d.row_id = r.id
                  AND (d.kind = 'elsewhere' OR (d.kind IN ('listed_twice', 'in_two_households') AND d.detail ? 'repeats')))
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

_CONFLICTS = """
INSERT INTO rosters_mismatch ({columns})
SELECT %(run)s, 'same_id_two_names', r.id, m.id, m.household_id, r.area, 'row:' || r.id, '', '',
       '证件号与登记库中另一人相同，已入册并标记，请核实号码是谁的', jsonb_build_object('person', c.person_id, 'other_person', c.other_person_id), 'pending', ''
FROM registry_conflict c JOIN rosters_batchrow r ON 'rosters.row:' || r.id = c.source AND r.batch_id = %(batch)s
JOIN rosters_match m ON m.run_id = %(run)s AND m.row_id = r.id AND m.person_id = c.person_id
ON CONFLICT (run_id, kind, subject) DO NOTHING
"""

# The engine names rows by our keys: a clerk reads the list's row numbers, and of the register no number at all.
_REWORD = """
UPDATE rosters_flags f SET explanation = replace(f.explanation, '第 ' || f.other_row || ' 行', '第 ' || o.row || ' 行')
FROM rosters_batchrow o WHERE o.id = f.other_row AND o.batch_id = %(batch)s AND f.side = 'left'
  AND (f.flag IN ('listed_twice', 'in_two_households') OR f.explanation LIKE '%%本表第%%');
UPDATE rosters_left_only t SET explanation = replace(t.explanation, '第 ' || f.other_row || ' 行', '第 ' || o.row || ' 行')
FROM rosters_flags f JOIN rosters_batchrow o ON o.id = f.other_row AND o.batch_id = %(batch)s WHERE f.side = 'left' AND f.row = t.left_row;
UPDATE rosters_flags f SET explanation = regexp_replace(f.explanation, '第 [0-9]+ 行(的号码|是同一人)', '中\1') WHERE f.side = 'right';
UPDATE rosters_flags f SET explanation = replace(f.explanation, '第 ' || f.other_row || ' 行', coalesce('第 ' || o.row || ' 行', '中'))
FROM rosters_flags g LEFT JOIN rosters_batchrow o ON o.id = g.other_row AND o.batch_id = %(other)s
WHERE f.side = 'left' AND f.flag IN ('id_repaired', 'id_damaged') AND g.side = f.side AND g.row = f.row AND g.flag = f.flag AND g.other_row = f.other_row
"""

_KINDS = ["id_repaired", "id_damaged", "same_id_two_names", "listed_twice", "in_two_households"]


def reword(cursor: CursorWrapper, run: MatchRun) -> None:
    """Row numbers in the engine's sentences become those of the spreadsheet."""
    cursor.execute(_REWORD, {"batch": run.batch_id, "other": run.other_id})


def store(cursor: CursorWrapper, run: MatchRun) -> None:
    """All differences of a run that the engine's answer shows; a disposition given in an earlier run of the list holds."""
    register = run.kind == MatchRun.Kind.REGISTER
    county = run.area[:6]
    values = {
        "run": run.pk,
        "batch": run.batch_id,
        "register": register,
        "run_kind": run.kind,
        "kinds": _KINDS,
        "county": county,
    }
    steps = [_FLAGS, _HOUSEHOLDS, _REVIEW]
    if register:
        cursor.execute("DROP TABLE IF EXISTS pg_temp.rosters_unfound")
        steps = [_PLACES, *steps, _REGISTER_FLAGS, _UNFOUND, "ANALYZE rosters_unfound", _ELSEWHERE, _CARRY]
    for step in steps:
        cursor.execute(step.format(columns=_COLUMNS), values)


def store_only_list(run: MatchRun) -> None:
    """Those whom only the list knows and who haven't been enrolled."""
    with connection.cursor() as cursor:
        cursor.execute(_ONLY_LIST.format(columns=_COLUMNS), {"run": run.pk})


def store_conflicts(cursor: CursorWrapper, run: MatchRun) -> None:
    """Identity numbers that an enrolment found in another person's hands (``registry_conflict``)."""
    cursor.execute(_CONFLICTS.format(columns=_COLUMNS), {"run": run.pk, "batch": run.batch_id})


def settle_enrolled(run: MatchRun, by: User) -> None:
    """*Only on the list* is no difference any more for those who have been enrolled."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE rosters_mismatch d SET disposition = 'confirmed', handled_by_id = %s, handled_at = %s, note = '已登记入册'
               FROM rosters_match m WHERE d.run_id = %s AND d.kind = 'only_list' AND d.disposition = 'pending' AND m.id = d.match_id AND m.applied""",
            [by.pk, timezone.now(), run.pk],
        )
    store_only_list(run)
