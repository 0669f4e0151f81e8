"""The comparison itself: two lists of persons in, every row's outcome with its reason out.

The bulk (same number, same name, once on each list) is settled by one hash join over all rows; only what is left is normalised, compared and
explained. Everything is set-based SQL in one DuckDB connection whose memory is bounded; at 2 × 7.9 million rows nothing is done a row at a time.
"""

import math
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from anju.linkage import areas, explaining, households, normal, residual
from anju.linkage.fields import KEYS
from anju.linkage.passes import ID
from anju.linkage.reading import BadInput, Source, load

Progress = Callable[[str, float], None]

PROJECTION = (
    "{k} AS k, CASE WHEN strlen(id_number) = 18 AND {k} IS NOT NULL THEN NULL ELSE nullif(trim(id_number), '') END AS id_number, "
    "name, sex, relation, household, division, birth_date, "
    "CASE WHEN trim(household) <> '' THEN hash(trim(household)) END AS h, CASE WHEN trim(division) <> '' THEN hash(trim(division)) END AS d"
)


@dataclass(frozen=True, slots=True)
class Side:
    """One list. ``rows``: a found CSV/workbook (``Source``), a Parquet or CSV file, or a relation of ``connection`` with the columns
    ``row`` and the seven keys, as text as typed. ``label`` is what explanations call it."""

    rows: Source | Path | str
    label: str


@dataclass(slots=True)
class Result:
    """What a comparison found; the tables live in ``connection`` until it is closed.

    pairs(left_row, right_row, outcome, pass, score, explanation, evidence) · left_only(left_row, explanation) · right_only(right_row, explanation) ·
    households(left_household, right_household, kind, explanation) · flags(side, row, flag, likely_id, other_row, explanation).
    ``evidence`` is JSON for review pairs and for autos that rest on more than an equal number, else NULL.
    """

    connection: duckdb.DuckDBPyConnection
    summary: dict[str, Any] = field(default_factory=dict)

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query over the result's tables."""
        return self.connection.execute(sql).fetchall()

    def close(self) -> None:
        """Ends the connection; its temporary files go with it."""
        self.connection.close()


def connect(workdir: Path, memory_limit: str, threads: int, spill: Path | None = None) -> duckdb.DuckDBPyConnection:
    """A DuckDB connection with bounded memory; the macros are declared.

    It spills into ``spill``, a folder in memory where the caller keeps secrets, at most three quarters of its room; else into ``workdir``, encrypted
    with the module DuckDB brings along. That one's random numbers aren't good enough for what must stay secret: it keeps clear numbers off the disk
    beside a user's own clear files, no more.
    """
    con = duckdb.connect(":memory:")
    con.execute(f"SET memory_limit = {normal.quoted(memory_limit)}")
    con.execute(f"SET threads = {int(threads)}")
    if spill is None:
        con.execute("SET force_mbedtls_unsafe = 'true'")
        con.execute("SET temp_file_encryption = true")
    else:
        con.execute(f"SET max_temp_directory_size = '{shutil.disk_usage(spill).free * 3 // 4} bytes'")
    con.execute(f"SET temp_directory = {normal.quoted(str((spill or workdir) / 'spill'))}")
    con.execute("SET enable_progress_bar = false")
    normal.install(con)
    areas.install(con)
    return con


def _take_in(con: duckdb.DuckDBPyConnection, name: str, side: Side, *, workdir: Path, progress: Progress, share: float) -> int:
    table = f"{name}_base"
    if isinstance(side.rows, Source):
        count = load(
            con,
            table,
            side.rows,
            PROJECTION.format(k="key"),
            workdir=workdir,
            progress=lambda rows: progress(f"读取{side.label}：{rows:,.0f} 行", share),
        )
        offset = side.rows.heading_row + 1
    else:
        relation = side.rows if isinstance(side.rows, str) else _scan(side.rows)
        # the key's macro is long: written once, a short list's planning takes half the time
        con.execute(
            f"CREATE TABLE {table} AS SELECT row::BIGINT AS row, {PROJECTION.format(k='key')} FROM (SELECT *, id_key(id_number) AS key FROM (SELECT row, {', '.join(f'{k}::VARCHAR AS {k}' for k in KEYS)} FROM {relation}))"
        )
        (count,) = con.execute(f"SELECT count(*) FROM {table}").fetchone() or (0,)
        offset = 0
    numbered = "row" in {column for column, *_ in con.execute(f"DESCRIBE {table}").fetchall()} if count else True
    if not count:
        raise BadInput(f"{side.label}里一行人员也没有（只有表头）。请确认是否选错了文件；若本期确无人员，不需要比对。")
    con.execute(
        f"CREATE VIEW {name}_list AS SELECT {'row' if numbered else f'rowid + {offset} AS row'}, * {'EXCLUDE (row)' if numbered else ''} FROM {table}"
    )
    return int(count)


def _scan(path: Path) -> str:
    return (
        f"read_parquet({normal.quoted(str(path))})"
        if path.suffix == ".parquet"
        else f"read_csv({normal.quoted(str(path))}, all_varchar=true, header=true)"
    )


def _heads(con: duckdb.DuckDBPyConnection, name: str) -> str:
    """A condition over a list's rows that holds for heads of households; ``false`` where the list doesn't say."""
    # in two steps: a filter would be pushed below the DISTINCT and computed for every row
    con.execute(f"CREATE TABLE {name}_relation AS SELECT DISTINCT relation FROM {name}_list WHERE relation IS NOT NULL")
    words = [word for (word,) in con.execute(f"SELECT relation FROM {name}_relation WHERE relation_code(relation) = '02'").fetchall()]
    if words:
        return f"(coalesce({{}}.relation, '') IN ({', '.join(normal.quoted(word) for word in words)}))"
    (several,) = con.execute(f"SELECT count(h) > count(DISTINCT h) FROM {name}_list").fetchone() or (True,)
    return "false" if several else "({}.h IS NOT NULL)"


def _same_number_same_name(con: duckdb.DuckDBPyConnection, heads: dict[str, str]) -> None:
    """The bulk: one number, once on each list, with the same name as written. Its check digit needn't be computed."""
    for side in ("left", "right"):
        con.execute(f"CREATE TABLE {side}_twice AS SELECT k FROM {side}_list WHERE k IS NOT NULL GROUP BY k HAVING count(*) > 1")
    con.execute(
        f"""CREATE TABLE linked AS
        SELECT l.row AS lr, r.row AS rr, l.h AS lh, r.h AS rh, l.d AS ld, r.d AS rd, {heads["left"].format("l")} AS lhead, {heads["right"].format("r")} AS rhead,
               0::UTINYINT AS pass, (CASE WHEN l.id_number IS NOT NULL THEN 1 ELSE 0 END + CASE WHEN r.id_number IS NOT NULL THEN 2 ELSE 0 END)::UTINYINT AS how
        FROM left_list l JOIN right_list r ON l.k = r.k AND l.name = r.name
        WHERE l.k NOT IN (SELECT k FROM left_twice) AND l.k NOT IN (SELECT k FROM right_twice)
          AND l.k % 1000 <> 0 AND key_birth(l.k) % 100 BETWEEN 1 AND 31 AND (key_birth(l.k) // 100) % 100 BETWEEN 1 AND 12 AND length(l.name) > 1"""
    )


def reconcile(
    left: Side,
    right: Side,
    *,
    workdir: Path,
    progress: Progress | None = None,
    memory_limit: str = "4GB",
    threads: int = 2,
    spill: Path | None = None,
    connection: duckdb.DuckDBPyConnection | None = None,
) -> Result:
    """Compares two lists of persons, then their households. Raises ``BadInput`` where a list has no rows or can't be read.

    ``spill``: see ``connect``.
    """
    tell: Progress = progress or (lambda _stage, _fraction: None)
    started = time.monotonic()
    seconds: dict[str, float] = {}
    mark = started

    def lap(stage: str) -> None:
        nonlocal mark
        now = time.monotonic()
        seconds[stage] = round(now - mark, 2)
        mark = now

    workdir.mkdir(parents=True, exist_ok=True)
    con = connection or connect(workdir, memory_limit, threads, spill)
    try:
        tell(f"读取{left.label}", 0.0)
        lefts = _take_in(con, "left", left, workdir=workdir, progress=tell, share=0.0)
        tell(f"读取{right.label}", 0.12)
        rights = _take_in(con, "right", right, workdir=workdir, progress=tell, share=0.12)
        lap("读取")
        tell("比对证件号", 0.25)
        heads = {side: _heads(con, side) for side in ("left", "right")}
        _same_number_same_name(con, heads)
        lap("证件号")
        (bulk,) = con.execute("SELECT count(*) FROM linked").fetchone() or (0,)
        tell(f"证件号、姓名一致 {bulk:,} 人；其余逐项比较", 0.4)
        prior = 1 / max(lefts, rights, 1000)
        residual.settle(con, heads, prior, lambda stage: tell(stage, 0.5))
        lap("逐项比较")
        tell("推断户的变化", 0.8)
        households.infer(con, left.label, right.label)
        lap("户")
        tell("写明理由", 0.9)
        explaining.explain(con, left.label, right.label)
        lap("理由")
        result = Result(con)
        result.summary = explaining.summary(con, lefts, rights)
        result.summary["seconds"] = {**seconds, "合计": round(time.monotonic() - started, 2)}
        tell("完成", 1.0)
        return result
    except BaseException:
        if connection is None:
            con.close()
        raise


def log_odds(prior: float) -> float:
    """The starting weight in bits for a prior."""
    return math.log2(prior / (1 - prior))


__all__ = ["ID", "BadInput", "Result", "Side", "connect", "log_odds", "reconcile"]
