"""A list compared with the register, with another list, or with its own earlier version.

The engine (``anju.linkage``) needs the digits: numbers are opened on the way to it, into its memory and no file; what it answers about numbers
comes back as tokens. The answer is stored in one transaction, so that a run is either not there or whole. Killed before that, it is simply
done again: the engine's answer depends on nothing but the two sides.
"""

import importlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import memory, temporary
from anju.accounts.models import User
from anju.evidence import store
from anju.jobs.progress import Progress
from anju.privacy import vault
from anju.rosters import differing
from anju.rosters.models import Batch, MatchRun
from anju.vocabulary import division

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from anju.linkage.engine import Result

_MEMORY, _THREADS = "2GB", 2
_PIECE = 20_000
_SIDE = ["row", "id_number", "name", "sex", "relation", "household", "division", "birth_date"]
# The columns plans depend on; the explanations are wide, and nothing looks for them.
_WEIGHED = (
    "rosters_match (run_id, row_id, person_id, household_id, other_row_id, outcome, passed, verdict, applied)",
    "rosters_mismatch (run_id, kind, row_id, household_id, area, disposition)",
)
_LOCK = 0x726F7374  # "rost": in one county one list after the other meets the register

_LIST_SIDE = """
    SELECT id AS row, CASE WHEN id_number = '' THEN id_text ELSE id_number END AS id_number, name, sex, relation, household,
           CASE WHEN placed THEN area ELSE coalesce(nullif(place, ''), area) END AS division, birth_date::text AS birth_date
    FROM rosters_batchrow WHERE batch_id = %s"""
_REGISTER_SIDE = """
    SELECT p.id AS row, p.id_number, p.name, p.sex, coalesce(m.relation, '') AS relation, coalesce(h.number, '') AS household,
           coalesce(h.area, p.area) AS division, p.birth_date::text AS birth_date
    FROM registry_person p
    LEFT JOIN registry_membership m ON m.person_id = p.id AND m.valid_to IS NULL AND m.superseded_at IS NULL
    LEFT JOIN registry_household h ON h.id = m.household_id
    WHERE p.area >= %s AND p.area < %s AND p.alive"""

_TABLES = {
    "pairs": "left_row bigint, right_row bigint, outcome text, pass text, score double precision, explanation text, evidence text",
    "left_only": "left_row bigint, explanation text",
    "right_only": "right_row bigint, explanation text",
    "households": "left_household text, right_household text, kind text, explanation text",
    "flags": "side text, row bigint, flag text, likely_id text, other_row bigint, explanation text",
}


@contextmanager
def one_at_a_time(area: str) -> Iterator[None]:
    """Only one list of a county is compared and written to the register at a time; the lock goes with the connection."""
    county = area[:6]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, hashtext(%s))", [_LOCK, county])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, hashtext(%s))", [_LOCK, county])


def open_run(batch: Batch, kind: str, other: Batch | None = None, by: User | None = None) -> MatchRun:
    """The current run of that kind; made where there is none."""
    run, _made = MatchRun.objects.get_or_create(
        batch=batch,
        kind=kind,
        other=other,
        current=True,
        defaults={"area": batch.area, "started_at": timezone.now(), "started_by": by or batch.received_by},
    )
    return run


def compare(run: MatchRun, progress: Progress) -> None:
    """Compares the two sides and stores the answer; does nothing for a run whose answer is stored."""
    run.refresh_from_db()
    if run.stage != MatchRun.Stage.NEW:
        return
    started = timezone.now()
    with _folder(run) as work:
        rows, others = _sizes(run)

        def told(stage: str, share: float) -> None:
            progress.step(int(rows * min(share, 1.0) * 0.9), rows, _("比对：%(stage)s") % {"stage": stage})

        if rows and others:
            engine = _engine()
            with memory.folder() as spill:
                connection_ = engine.connect(work, _MEMORY, _THREADS, spill)
                try:
                    left = engine.Side(_take_in(connection_, "given_left", *_list_side(run.batch_id)), _("名单"))
                    right = engine.Side(
                        _take_in(connection_, "given_right", *_other_side(run)), run.other.title if run.other else _("登记库")
                    )
                    result: Result = engine.reconcile(left, right, workdir=work, progress=told, connection=connection_)
                    _store(run, result, started)
                finally:
                    connection_.close()
        else:
            _store(run, None, started)
    temporary.gather_statistics(*_WEIGHED, rows=rows)
    progress.step(rows, rows, _("比对完成"))


@contextmanager
def _folder(run: MatchRun) -> Iterator[Path]:
    """A folder of the run's own; what a killed worker left there is gone when the next worker starts, or its successor begins."""
    work = store.work() / f"match-{run.pk}"
    shutil.rmtree(work, ignore_errors=True)
    with memory.held(work):
        yield work


def _engine() -> Any:
    """The engine, loaded by the process that compares: it brings Splink and a few hundred megabytes no web process needs."""
    return importlib.import_module("anju.linkage.engine")


def _list_side(batch: int | None) -> tuple[str, list[Any]]:
    return _LIST_SIDE, [batch]


def _other_side(run: MatchRun) -> tuple[str, list[Any]]:
    """What the list is compared with: another list, or the register of its county."""
    return _list_side(run.other_id) if run.other_id else (_REGISTER_SIDE, list(division.bounds(run.area[:6])))


def _sizes(run: MatchRun) -> tuple[int, int]:
    """How many rows each side has."""
    found = []
    with connection.cursor() as cursor:
        for query, parameters in (_list_side(run.batch_id), _other_side(run)):
            cursor.execute(f"SELECT count(*) FROM ({query}) side", parameters)
            found.append(int((cursor.fetchone() or (0,))[0]))
    return found[0], found[1]


def _take_in(engine: "DuckDBPyConnection", table: str, query: str, parameters: list[Any]) -> str:
    """A side as a table of the engine's memory, a piece at a time, its numbers opened; the table's name."""
    engine.execute(
        f"CREATE TABLE {table} (row BIGINT, id_number VARCHAR, name VARCHAR, sex VARCHAR, relation VARCHAR, household VARCHAR, division VARCHAR, birth_date VARCHAR)"
    )
    arrow = importlib.import_module("pyarrow")
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        with connection.cursor() as settings_:  # all of it will be fetched: no plan that is only quick to begin
            settings_.execute("SET LOCAL cursor_tuple_fraction = 1; SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
        cursor.execute(
            f"SELECT s.*, v.sealed FROM ({query}) s LEFT JOIN privacy_secret v ON v.token = s.id_number ORDER BY s.row", parameters
        )
        while piece := cursor.fetchmany(_PIECE):
            rows, tokens, *others, _sealed = zip(*piece, strict=True)
            numbers = iter(vault.unsealed([(row[1], row[-1]) for row in piece if row[1]]))
            texts = [[next(numbers) if token else None for token in tokens], *([text or None for text in column] for column in others)]
            columns = [arrow.array(rows, arrow.int64()), *(arrow.array(column, arrow.string()) for column in texts)]
            engine.register("piece", arrow.table(columns, names=_SIDE))
            engine.execute(f"INSERT INTO {table} SELECT * FROM piece")
            engine.unregister("piece")
    return table


def _store(run: MatchRun, result: "Result | None", started: datetime) -> None:
    """The whole answer in one transaction."""
    with transaction.atomic(), connection.cursor() as cursor:
        MatchRun.objects.select_for_update(no_key=True).get(pk=run.pk)
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
        for table, columns in _TABLES.items():
            temporary.create(cursor, f"rosters_{table}", columns)
            if result is not None:
                _bring(cursor, result, table, columns)
        if result is None:
            _answer_alone(cursor, run)
        differing.reword(cursor, run)
        if run.kind == MatchRun.Kind.REGISTER:
            _store_register_matches(cursor, run)
        else:
            _store_list_matches(cursor, run)
        _carry_verdicts(cursor, run)
        differing.store(cursor, run)
        cursor.execute(
            "SELECT passed, outcome, count(*) FROM rosters_match WHERE run_id = %s AND outcome <> 'only_other' GROUP BY 1, 2 ORDER BY 3 DESC",
            [run.pk],
        )
        run.flow = [list(row) for row in cursor.fetchall()]
        run.summary = _summary(cursor, run, result.summary if result else {})
        for table in _TABLES:
            cursor.execute(f"DROP TABLE rosters_{table}")
        run.stage = MatchRun.Stage.STORED
        run.seconds = (timezone.now() - started).total_seconds()
        run.finished_at = timezone.now()
        run.save(update_fields=["flow", "summary", "stage", "seconds", "finished_at"])


def _bring(cursor: CursorWrapper, result: "Result", table: str, columns: str) -> None:
    """One table of the engine's answer into a temporary table; of a number that it proposes the token."""
    names = [column.split()[0] for column in columns.split(", ")]
    proposed = names.index("likely_id") if "likely_id" in names else None
    tokens = _tokens_of_proposed(result, table) if proposed is not None else {}
    found = result.connection.execute(f"SELECT {', '.join(names)} FROM {table}")

    def rows() -> Iterator[tuple[Any, ...]]:
        while piece := found.fetchmany(_PIECE):
            for row in piece:
                if proposed is None or not row[proposed]:
                    yield row
                else:
                    yield (*row[:proposed], tokens[row[proposed]], *row[proposed + 1 :])

    temporary.copy_rows(cursor, f"rosters_{table}", names, rows())
    cursor.execute(f"ANALYZE rosters_{table}")


def _tokens_of_proposed(result: "Result", table: str) -> dict[str, str]:
    """By the numbers the engine proposes in place of damaged ones: the other side has them, so the vault does too."""
    found = result.connection.execute(f"SELECT DISTINCT likely_id FROM {table} WHERE likely_id <> ''").fetchall()
    return {text: token for (_kind, text), token in vault.keep_all((vault.ID, row[0]) for row in found).items()}


def _answer_alone(cursor: CursorWrapper, run: MatchRun) -> None:
    """The other side is empty (the first list of a county): everybody is new; who stands twice on the list is still to be told."""
    cursor.execute(
        """
        INSERT INTO rosters_left_only SELECT id, '登记库中还没有任何人' FROM rosters_batchrow WHERE batch_id = %(batch)s;
        INSERT INTO rosters_right_only SELECT id, '这份名单没有任何人' FROM rosters_batchrow WHERE batch_id = %(other)s;
        INSERT INTO rosters_flags
        SELECT 'left', row, CASE WHEN name <> first_name THEN 'same_id_two_names' WHEN household <> first_household THEN 'in_two_households' ELSE 'listed_twice' END,
               '', first_id, CASE WHEN name <> first_name THEN '证件号与第 ' || first_row || ' 行相同，姓名不同'
                                  WHEN household <> first_household THEN '同一人也在第 ' || first_row || ' 行的另一户中'
                                  ELSE '同一人在名单中出现两次，另一处在第 ' || first_row || ' 行' END
        FROM (
            SELECT id AS row, name, household, first_value(id) OVER w AS first_id, first_value(name) OVER w AS first_name,
                   first_value(household) OVER w AS first_household, first_value(row) OVER w AS first_row
            FROM rosters_batchrow WHERE batch_id = %(batch)s AND id_number <> '' WINDOW w AS (PARTITION BY id_number ORDER BY id)
        ) t WHERE row <> first_id
        """,
        {"batch": run.batch_id, "other": run.other_id},
    )


_PATTERN = """CASE WHEN p.outcome = 'review' THEN left((SELECT string_agg(e->>'label', '；' ORDER BY (e->>'weight')::float DESC, e->>'label')
                   FROM jsonb_array_elements(p.evidence::jsonb) e WHERE (e->>'weight')::float <> 0), 300) END"""


def _store_register_matches(cursor: CursorWrapper, run: MatchRun) -> None:
    cursor.execute(
        f"""
        INSERT INTO rosters_match (run_id, row_id, person_id, household_id, area, outcome, passed, score, explanation, evidence, pattern, verdict, applied)
        SELECT %s, p.left_row, p.right_row, m.household_id, r.area, p.outcome, p.pass, p.score, left(p.explanation, 600),
               CASE WHEN p.outcome = 'review' THEN p.evidence::jsonb END, coalesce({_PATTERN}, ''), '', false
        FROM rosters_pairs p JOIN rosters_batchrow r ON r.id = p.left_row
        LEFT JOIN registry_membership m ON m.person_id = p.right_row AND m.valid_to IS NULL AND m.superseded_at IS NULL
        ORDER BY p.left_row, p.score DESC, p.right_row
        """,
        [run.pk],
    )
    _store_only(cursor, run)


def _store_only(cursor: CursorWrapper, run: MatchRun) -> None:
    """Rows without a pair. The second row of a person listed twice is what the first one is."""
    cursor.execute(
        """
        INSERT INTO rosters_match (run_id, row_id, person_id, household_id, other_row_id, area, outcome, passed, score, explanation, pattern, verdict, applied)
        SELECT %s, o.left_row, m.person_id, m.household_id, m.other_row_id, r.area, CASE WHEN m.id IS NULL THEN 'only_list' ELSE 'auto' END,
               CASE WHEN m.id IS NULL THEN '' ELSE 'repeat' END, m.score, left(o.explanation, 600), '', '', false
        FROM rosters_left_only o JOIN rosters_batchrow r ON r.id = o.left_row
        LEFT JOIN (SELECT row, min(other_row) AS first FROM rosters_flags WHERE side = 'left' AND flag IN ('listed_twice', 'in_two_households') GROUP BY row) f
               ON f.row = o.left_row
        LEFT JOIN rosters_match m ON m.run_id = %s AND m.row_id = f.first AND m.outcome = 'auto'
        ORDER BY o.left_row
        """,
        [run.pk, run.pk],
    )


def _store_list_matches(cursor: CursorWrapper, run: MatchRun) -> None:
    cursor.execute(
        f"""
        INSERT INTO rosters_match (run_id, row_id, other_row_id, area, outcome, passed, score, explanation, evidence, pattern, changes, verdict, applied)
        SELECT %s, p.left_row, p.right_row, r.area, p.outcome, p.pass, p.score, left(p.explanation, 600),
               CASE WHEN p.outcome = 'review' THEN p.evidence::jsonb END, coalesce({_PATTERN}, ''),
               nullif(jsonb_strip_nulls(jsonb_build_object(
                   'name', CASE WHEN r.name <> o.name THEN true END,
                   'id_number', CASE WHEN coalesce(nullif(r.id_number, ''), r.id_text) <> coalesce(nullif(o.id_number, ''), o.id_text) THEN true END,
                   'relation', CASE WHEN r.relation <> o.relation THEN true END,
                   'household', CASE WHEN r.household <> o.household AND left(r.household, 1) <> '#' THEN true END,
                   'place', CASE WHEN r.area <> o.area THEN true END,
                   'phone', CASE WHEN r.phone <> o.phone THEN true END,
                   'cert_no', CASE WHEN r.cert_no <> o.cert_no THEN true END,
                   'grade', CASE WHEN r.extra->>'grade' IS DISTINCT FROM o.extra->>'grade' THEN true END)), '{{}}'::jsonb),
               '', false
        FROM rosters_pairs p JOIN rosters_batchrow r ON r.id = p.left_row JOIN rosters_batchrow o ON o.id = p.right_row
        ORDER BY p.left_row, p.score DESC, p.right_row
        """,
        [run.pk],
    )
    _store_only(cursor, run)
    cursor.execute(
        """
        INSERT INTO rosters_match (run_id, other_row_id, area, outcome, passed, explanation, pattern, verdict, applied)
        SELECT %s, o.right_row, r.area, 'only_other', '', left(o.explanation, 600), '', '', false
        FROM rosters_right_only o JOIN rosters_batchrow r ON r.id = o.right_row ORDER BY o.right_row
        """,
        [run.pk],
    )


def _carry_verdicts(cursor: CursorWrapper, run: MatchRun) -> None:
    """What was decided in an earlier run of the same list on the same pair holds in this one."""
    cursor.execute(
        """
        UPDATE rosters_match n SET verdict = o.verdict, decision_id = o.decision_id, applied = o.applied
        FROM rosters_match o JOIN rosters_matchrun e ON e.id = o.run_id AND NOT e.current
        WHERE e.batch_id = %s AND e.kind = %s AND n.run_id = %s AND n.outcome = 'review' AND o.verdict <> ''
          AND o.row_id = n.row_id AND o.person_id IS NOT DISTINCT FROM n.person_id AND o.other_row_id IS NOT DISTINCT FROM n.other_row_id
        """,
        [run.batch_id, run.kind, run.pk],
    )


def _summary(cursor: CursorWrapper, run: MatchRun, engine: dict[str, Any]) -> dict[str, Any]:
    """Counts of rows by outcome, and of households by what happened to them."""
    cursor.execute(
        """SELECT count(DISTINCT row_id) FILTER (WHERE outcome = 'auto'),
                  count(DISTINCT row_id) FILTER (WHERE outcome = 'review'),
                  count(*) FILTER (WHERE outcome = 'only_list'), count(*) FILTER (WHERE outcome = 'only_other'),
                  count(*) FILTER (WHERE outcome = 'auto' AND changes IS NOT NULL), count(*) FILTER (WHERE outcome = 'auto' AND changes IS NULL)
           FROM rosters_match WHERE run_id = %s""",
        [run.pk],
    )
    names = ("auto", "review", "only_list", "only_other", "changed", "unchanged")
    counts = dict(zip(names, cursor.fetchone() or (0,) * 6, strict=True))
    cursor.execute("SELECT kind, count(*) FROM rosters_households GROUP BY kind ORDER BY kind")
    return {**counts, "households": dict(cursor.fetchall()), "engine": engine}
