"""What a comparison found, written to the register by its set-based actions, a chunk a transaction.

Every row names itself to the register (``rosters.row:123``), and the match is marked in the same transaction: a killed worker's
successor goes on with the rows that aren't marked, and ends where an undisturbed run ends.
"""

import json
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Count, Min, Q
from django.utils.translation import gettext as _

from anju import temporary
from anju.accounts.models import User
from anju.jobs.progress import Progress
from anju.registry import actions as registry
from anju.registry import staging
from anju.rosters import differing
from anju.rosters.layouts.disability import KINDS
from anju.rosters.models import Batch, Match, MatchRun

CHUNK = 20_000
HOUSEHOLDS = 12_000

# What a row adds: the category it stands for unless it says that it left the list, or that the person lives in an institution (S4-04).
_CATEGORY = """CASE WHEN (r.extra->>'removed_on')::date <= %(as_of)s OR r.extra->>'care_mode' = '集中' THEN '' ELSE %(category)s END"""
_CATEGORY_FROM = "least((r.extra->>'recognised_on')::date, %(as_of)s)"
_DISABILITY = """coalesce(%(kinds)s::jsonb->>(r.extra->>'disability_kind'), ''),
       CASE WHEN r.extra->>'disability_level' ~ '^[1-4]$' THEN (r.extra->>'disability_level')::int END,
       CASE WHEN r.extra ? 'disability_kind' THEN r.cert_no ELSE '' END"""


def apply(run: MatchRun, progress: Progress) -> None:
    """Certain pairs add what their row says to the register; where the list enrols, those only it knows are enrolled."""
    if run.stage != MatchRun.Stage.STORED:
        return
    batch = run.batch
    attach(run, batch.received_by, progress)
    if batch.enrols:
        enrol(run, batch.received_by, progress)
        _follow_first(run)
    with transaction.atomic():
        differing.store_only_list(run)
        run.stage = MatchRun.Stage.APPLIED
        run.applied = counts(run)
        run.save(update_fields=["stage", "applied"])


def counts(run: MatchRun) -> dict[str, int]:
    """How many rows the register has taken."""
    return Match.objects.filter(run=run).aggregate(
        attached=Count("pk", filter=Q(outcome="auto", applied=True)),
        enrolled=Count("pk", filter=Q(outcome="only_list", applied=True)),
        waiting=Count("pk", filter=Q(outcome="only_list", applied=False)),
    )


def _values(batch: Batch) -> dict[str, Any]:
    return {"as_of": batch.as_of, "category": batch.category, "kinds": json.dumps(KINDS, ensure_ascii=False)}


def attach(run: MatchRun, by: User, progress: Progress) -> None:
    """Certain pairs and pairs judged *same* that the register hasn't been told of."""
    waiting = Match.objects.filter(run=run, applied=False, person__isnull=False).filter(Q(outcome="auto") | Q(verdict="same"))
    total = waiting.count()
    done = after = 0
    while total:
        with transaction.atomic():
            keys = list(waiting.filter(pk__gt=after).order_by("id").values_list("id", flat=True)[:CHUNK])
            if not keys:
                return
            attach_matches(run.batch, keys, by=by, source=run.batch.source)
            done += len(keys)
            after = keys[-1]
            progress.step(done, max(total, done), _("写入登记库：已关联 %(done)s 人") % {"done": f"{done:,}"})


def attach_matches(batch: Batch, keys: list[int], *, by: User, source: str) -> None:
    """Tells the register what these matches' rows add. Inside the caller's transaction."""
    with connection.cursor() as cursor:
        staging.create_attachment(cursor)
        cursor.execute(
            f"""
            INSERT INTO registry_attachment (ordinal, source, person_id, name, id_number, sex, birth_date, birth_precision, phone, ethnic, address,
                category, category_from, disability_kind, disability_level, disability_cert, support_year, support_kind, support_amount)
            SELECT r.id, 'rosters.row:' || r.id, m.person_id, r.name, r.id_number, r.sex, r.birth_date, r.birth_precision, r.phone,
                   left(coalesce(r.extra->>'ethnic', ''), 20), r.address, {_CATEGORY}, {_CATEGORY_FROM}, {_DISABILITY},
                   CASE WHEN r.extra->>'support_year' ~ '^[0-9]{{4}}$' THEN (r.extra->>'support_year')::int END,
                   left(coalesce(r.extra->>'support_kind', ''), 40), round((r.extra->>'support_amount')::numeric * 100)
            FROM rosters_match m JOIN rosters_batchrow r ON r.id = m.row_id WHERE m.id = ANY(%(keys)s) ORDER BY r.id
            """,
            {**_values(batch), "keys": keys},
        )
    registry.attach(on=batch.as_of, by=by, source=source)
    Match.objects.filter(pk__in=keys).update(applied=True)


# Who may be enrolled: only this list knows the person (or all pairs offered were judged different), the row has no blocking fault, its
# household's village is known, no other county has the person, and it isn't the second row of a person listed twice.
_CANDIDATES = """
    SELECT m.id AS match_id, m.row_id, CASE WHEN r.household = '' THEN 'r' || m.row_id ELSE r.household END AS key, NULL::bigint AS first,
           CASE WHEN r.placed THEN r.area END AS area, r.household, NULL::bigint AS target_id
    FROM rosters_match m JOIN rosters_batchrow r ON r.id = m.row_id
    WHERE m.run_id = %(run)s AND (%(keys)s::bigint[] IS NULL OR m.id = ANY(%(keys)s::bigint[])) AND NOT m.applied AND m.person_id IS NULL
      AND m.outcome = 'only_list' AND r.outcome <> 'faulty' AND r.name <> ''
      AND NOT EXISTS (SELECT FROM rosters_mismatch d WHERE d.row_id = r.id AND d.run_id = m.run_id
                      AND (d.kind = 'elsewhere' OR (d.kind IN ('listed_twice', 'in_two_households') AND (d.detail->>'repeats')::bigint < r.id)))
"""

# Rows of the list that a person of the register stands for: their households tell where the others of the same household belong.
_FOUND = """
    SELECT m.row_id, m.person_id FROM rosters_match m
    WHERE m.run_id = %(run)s AND m.person_id IS NOT NULL AND (m.outcome <> 'review' OR m.verdict = 'same')
"""


def enrol(run: MatchRun, by: User, progress: Progress) -> None:
    """Enrols those whom only the list knows, by whole households in the list's order."""
    with connection.cursor() as cursor:
        total = _find_candidates(cursor, run)
    after = done = 0
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            last, taken = _stage_households(cursor, after)
            if last is None:
                break
            _enrol_staged(cursor, run, by)
            done += taken
            after = last
            progress.step(done, max(total, done), _("写入登记库：已入册 %(done)s 人") % {"done": f"{done:,}"})
    with connection.cursor() as cursor:
        temporary.drop(cursor, *_CANDIDATE_TABLES)


def enrol_matches(run: MatchRun, keys: list[int], by: User) -> int:
    """Enrols just these rows, inside the caller's transaction; how many could be."""
    with connection.cursor() as cursor:
        _find_candidates(cursor, run, keys)
        after: int | None = 0
        while after is not None:
            after, _taken = _stage_households(cursor, after)
            if after is not None:
                _enrol_staged(cursor, run, by)
        temporary.drop(cursor, *_CANDIDATE_TABLES)
    return Match.objects.filter(pk__in=keys, applied=True).count()


_CANDIDATE_TABLES = ("rosters_candidate", "rosters_found", "rosters_target")


def _find_candidates(cursor: CursorWrapper, run: MatchRun, keys: list[int] | None = None) -> int:
    """``rosters_candidate``: who may be enrolled, by household, with the village and the register's household where others of them were found.

    Found once for all chunks, in tables of the connection whose sizes the planner knows; how many there are.
    """
    temporary.drop(cursor, *_CANDIDATE_TABLES)
    values = {"run": run.pk, "batch": run.batch_id, "keys": keys}
    for table, query in (("rosters_candidate", _CANDIDATES), ("rosters_found", _FOUND)):
        cursor.execute(f"CREATE TEMP TABLE {table} AS {query}", values)
        cursor.execute(f"ANALYZE {table}")
    cursor.execute(
        """
        UPDATE rosters_candidate c SET first = f.first FROM (SELECT key, min(row_id) AS first FROM rosters_candidate GROUP BY key) f WHERE f.key = c.key;
        CREATE TEMP TABLE rosters_target AS
            SELECT DISTINCT ON (household) household, household_id FROM (
                SELECT r.household, s.household_id, count(*) AS members
                FROM rosters_found f JOIN rosters_batchrow r ON r.id = f.row_id
                JOIN registry_membership s ON s.person_id = f.person_id AND s.valid_to IS NULL AND s.superseded_at IS NULL
                WHERE r.household IN (SELECT household FROM rosters_candidate WHERE household <> '')
                GROUP BY r.household, s.household_id
            ) t ORDER BY household, members DESC, household_id
        """
    )
    cursor.execute("ANALYZE rosters_candidate; ANALYZE rosters_target")
    cursor.execute(
        """
        UPDATE rosters_candidate c SET target_id = t.household_id, area = h.area
        FROM rosters_target t JOIN registry_household h ON h.id = t.household_id AND h.closed_on IS NULL WHERE t.household = c.household
        """
    )
    cursor.execute(
        """
        UPDATE rosters_candidate c SET area = a.area
        FROM (SELECT household, max(area) AS area FROM rosters_batchrow WHERE batch_id = %(batch)s AND placed AND household <> '' GROUP BY household) a
        WHERE c.area IS NULL AND a.household = c.household
        """,
        values,
    )
    cursor.execute("DELETE FROM rosters_candidate WHERE area IS NULL OR length(area) < 9")
    cursor.execute("CREATE INDEX ON rosters_candidate (first); ANALYZE rosters_candidate")
    cursor.execute("SELECT count(*) FROM rosters_candidate")
    return int((cursor.fetchone() or (0,))[0])


def _stage_households(cursor: CursorWrapper, after: int) -> tuple[int | None, int]:
    """``rosters_enrolling``: the candidates of the next households in the list's order; the last household's first row, and how many persons."""
    cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off; DROP TABLE IF EXISTS pg_temp.rosters_enrolling")
    cursor.execute(
        f"""
        CREATE TEMP TABLE rosters_enrolling ON COMMIT DROP AS
        WITH next AS MATERIALIZED (SELECT DISTINCT first FROM rosters_candidate WHERE first > %(after)s ORDER BY first LIMIT {HOUSEHOLDS})
        SELECT c.* FROM rosters_candidate c WHERE c.first > %(after)s AND c.first <= (SELECT max(first) FROM next)
        """,
        {"after": after},
    )
    cursor.execute("ANALYZE rosters_enrolling")
    cursor.execute("SELECT max(first), count(*) FROM rosters_enrolling")
    last, taken = cursor.fetchone() or (None, 0)
    return last, taken


def _enrol_staged(cursor: CursorWrapper, run: MatchRun, by: User) -> None:
    """New households of this list; then new members of households that are on the register, under the list that enrolled those."""
    batch = run.batch
    cursor.execute(
        """SELECT DISTINCT CASE WHEN e.target_id IS NULL THEN %s ELSE split_part(h.source, '#', 1) END
           FROM rosters_enrolling e LEFT JOIN registry_household h ON h.id = e.target_id
           WHERE e.target_id IS NULL OR h.source LIKE '%%#%%' ORDER BY 1""",
        [batch.source],
    )
    for (source,) in cursor.fetchall():
        staging.create_enrolment(cursor)
        cursor.execute(
            f"""
            INSERT INTO registry_enrolment (ordinal, source, household_key, area, address, household_phone, name, id_number, sex, birth_date,
                birth_precision, relation, phone, ethnic, disability_kind, disability_level, disability_cert, category, category_from)
            SELECT r.id, 'rosters.row:' || r.id, CASE WHEN e.target_id IS NULL THEN e.key ELSE substr(h.source, strpos(h.source, '#') + 1) END,
                   e.area, r.address, r.phone, r.name, r.id_number, r.sex, r.birth_date, r.birth_precision,
                   CASE WHEN r.relation = '' AND e.household = '' THEN '02' ELSE r.relation END, r.phone,
                   left(coalesce(r.extra->>'ethnic', ''), 20), {_DISABILITY}, {_CATEGORY}, {_CATEGORY_FROM}
            FROM rosters_enrolling e JOIN rosters_batchrow r ON r.id = e.row_id LEFT JOIN registry_household h ON h.id = e.target_id
            WHERE CASE WHEN e.target_id IS NULL THEN %(own)s ELSE split_part(h.source, '#', 1) END = %(source)s
              AND (e.target_id IS NULL OR h.source LIKE '%%#%%')
            ORDER BY r.id
            """,
            {**_values(batch), "own": batch.source, "source": source},
        )
        registry.enrol(on=batch.as_of, by=by, source=source)
        cursor.execute(
            """UPDATE rosters_match m SET person_id = n.person_id, household_id = n.household_id, applied = true
               FROM rosters_enrolling e JOIN registry_enrolled n ON n.source = 'rosters.row:' || e.row_id WHERE m.id = e.match_id"""
        )
        differing.store_conflicts(cursor, run)
    _support(cursor, batch, by)


def _support(cursor: CursorWrapper, batch: Batch, by: User) -> None:
    """Earlier subsidised works that newly enrolled rows bring (the housing ledger)."""
    cursor.execute(
        "SELECT e.match_id FROM rosters_enrolling e JOIN rosters_match m ON m.id = e.match_id AND m.applied JOIN rosters_batchrow r ON r.id = e.row_id WHERE r.extra ? 'support_year' ORDER BY 1"
    )
    if keys := [row[0] for row in cursor.fetchall()]:
        attach_matches(batch, keys, by=by, source=batch.source)


def _follow_first(run: MatchRun) -> None:
    """The second row of a person listed twice names the person enrolled from the first."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE rosters_match m SET person_id = f.person_id, household_id = f.household_id, applied = true
               FROM rosters_mismatch d JOIN rosters_match f ON f.run_id = d.run_id AND f.row_id = (d.detail->>'repeats')::bigint AND f.applied
               WHERE d.run_id = %s AND d.kind IN ('listed_twice', 'in_two_households') AND m.run_id = d.run_id AND m.row_id = d.row_id
                 AND m.outcome = 'only_list' AND NOT m.applied""",
            [run.pk],
        )


def enrol_new(run: MatchRun, by: User, progress: Progress) -> dict[str, Any]:
    """Enrols what waits, because a clerk said so."""
    _release_rejected(run)
    enrol(run, by, progress)
    _follow_first(run)
    with transaction.atomic():
        differing.settle_enrolled(run, by)
        run.applied = counts(run)
        run.save(update_fields=["applied"])
    return {"run": run.pk, **run.applied}


def _release_rejected(run: MatchRun) -> None:
    """Rows all of whose offered pairs were judged *different* are known to the list only."""
    with transaction.atomic():
        rows = (
            Match.objects.filter(run=run, outcome="review")
            .values("row_id")
            .annotate(
                open=Count("pk", filter=~Q(verdict="different")),
                area=Min("area"),
                known=Count("row__matches", filter=Q(row__matches__run=run, row__matches__outcome="only_list")),
            )
            .filter(open=0, known=0)
        )
        Match.objects.bulk_create(
            [
                Match(
                    run=run,
                    row_id=row["row_id"],
                    area=row["area"],
                    outcome="only_list",
                    passed="rejected",
                    explanation=_("人工核对：与登记库中的人都不是同一人"),
                )
                for row in rows
            ],
            ignore_conflicts=True,
        )
