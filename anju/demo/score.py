"""How good a reconciliation was, measured against the truth of a labelled pair: what a clerk may trust, and what was missed and why."""

import json
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from anju.demo import damage


@dataclass(frozen=True, slots=True)
class KindScore:
    """Persons on both lists whose row carries one kind of damage: how many, found by themselves, found in review, missed."""

    kind: str
    label: str
    persons: int
    auto: int
    review: int

    @property
    def missed(self) -> int:
        """Neither accepted by itself nor offered for review."""
        return self.persons - self.auto - self.review


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of persons and rows; the shares follow from them.

    ``auto_pairs``/``auto_right``: accepted by the program, and rightly so. ``found_auto``/``found``: of ``truth`` persons on both
    lists those found among the accepted, and among the accepted or the reviewed. ``review_rows``: rows of the left list a clerk must look at.
    """

    truth: int
    auto_pairs: int
    auto_right: int
    found_auto: int
    found: int
    review_pairs: int
    review_rows: int
    left_rows: int
    kinds: tuple[KindScore, ...] = ()
    households: dict[str, tuple[int, int, int]] = field(default_factory=dict)
    """Kind → (in truth, told, told rightly)."""
    wrong: tuple[tuple[int, int], ...] = ()
    """Some pairs accepted wrongly (left row, right row)."""
    missed: tuple[tuple[int, int], ...] = ()
    """Some true pairs neither accepted nor offered."""

    @property
    def auto_precision(self) -> float:
        """Share of the accepted pairs that are right."""
        return self.auto_right / self.auto_pairs if self.auto_pairs else 1.0

    @property
    def auto_recall(self) -> float:
        """Share of the persons on both lists that were found without a clerk."""
        return self.found_auto / self.truth if self.truth else 1.0

    @property
    def recall_with_review(self) -> float:
        """Share that is found once a clerk has gone through the review."""
        return self.found / self.truth if self.truth else 1.0

    @property
    def review_share(self) -> float:
        """Share of the left list's rows that a clerk must look at."""
        return self.review_rows / self.left_rows if self.left_rows else 0.0

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return {
            "truth": self.truth,
            "auto_pairs": self.auto_pairs,
            "auto_precision": self.auto_precision,
            "auto_recall": self.auto_recall,
            "recall_with_review": self.recall_with_review,
            "review_pairs": self.review_pairs,
            "review_rows": self.review_rows,
            "review_share": self.review_share,
            "kinds": {k.kind: {"persons": k.persons, "auto": k.auto, "review": k.review, "missed": k.missed} for k in self.kinds},
            "households": {k: {"truth": t, "told": o, "right": r} for k, (t, o, r) in self.households.items()},
            "wrong": list(self.wrong),
            "missed": list(self.missed),
        }


def _folder(truth: Path) -> Path:
    return truth if truth.is_dir() else truth.parent


def score(out: Path, truth: Path, *, examples: int = 20) -> Score:
    """Score the folder ``out`` that ``anju reconcile`` wrote against ``truth`` (the pair's folder, or its ``truth.csv``).

    A person listed twice is found when any of its rows is paired rightly, and pairing the repeated row is right too.
    """
    folder = _folder(truth)
    con = duckdb.connect()
    con.execute("set preserve_insertion_order = false; set memory_limit = '3GB'")
    truth_csv = truth if truth.is_file() else folder / "truth.csv"
    con.execute(
        "create table truth as select left_row::bigint l, right_row::bigint r from read_csv(?, header=true, all_varchar=true)",
        [str(truth_csv)],
    )
    con.execute(
        """create table pairs as select left_row::bigint l, right_row::bigint r, outcome
           from read_csv(?, header=true, all_varchar=true, quote='"', escape='"')""",
        [str(out / "pairs.csv")],
    )
    con.execute("create table labels (side varchar, row bigint, main bigint, damages varchar)")
    if (folder / "labels.csv").exists():
        con.execute(
            "insert into labels select side, row::bigint, main_row::bigint, damages from read_csv(?, header=true, all_varchar=true)",
            [str(folder / "labels.csv")],
        )
    con.execute(
        """create table judged as
           select p.l, p.r, coalesce(a.main, p.l) ml, coalesce(b.main, p.r) mr, p.outcome, t.l is not null as good
           from pairs p
           left join labels a on a.side = 'left' and a.row = p.l
           left join labels b on b.side = 'right' and b.row = p.r
           left join truth t on t.l = coalesce(a.main, p.l) and t.r = coalesce(b.main, p.r)"""
    )
    con.execute(
        """create table found as
           select t.l, t.r, coalesce(bool_or(j.outcome = 'auto'), false) as auto, count(j.ml) > 0 as there
           from truth t left join judged j on j.good and j.ml = t.l and j.mr = t.r group by all"""
    )

    def one(sql: str) -> int:
        row = con.execute(sql).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    meta = folder / "meta.json"
    left_rows = int(json.loads(meta.read_text(encoding="utf-8"))["left_rows"]) if meta.exists() else 0
    if not left_rows:
        left_rows = one("select max(l) - 1 from (select l from truth union all select l from pairs)")
    kinds = (
        con.execute(
            """with marks as (
             select distinct f.l, f.r, f.auto, f.there, unnest(string_split(m.damages, ';')) kind
             from found f join labels m on (m.side = 'left' and m.main = f.l) or (m.side = 'right' and m.main = f.r))
           select kind, count(*), count(*) filter (auto), count(*) filter (there and not auto) from marks group by kind order by 2 desc, 1"""
        ).fetchall()
        if one("select count(*) from labels")
        else []
    )
    untouched = con.execute(
        """select count(*), count(*) filter (f.auto), count(*) filter (f.there and not f.auto) from found f
           where not exists (select 1 from labels m where m.side = 'left' and m.main = f.l)
             and not exists (select 1 from labels m where m.side = 'right' and m.main = f.r)"""
    ).fetchone()
    table = [KindScore("", "没有损坏", *(int(n) for n in untouched))] if untouched else []
    table += [KindScore(str(k), damage.LABELS.get(str(k), str(k)), int(n), int(a), int(r)) for k, n, a, r in kinds]
    return Score(
        truth=one("select count(*) from truth"),
        auto_pairs=one("select count(*) from judged where outcome = 'auto'"),
        auto_right=one("select count(*) from judged where outcome = 'auto' and good"),
        found_auto=one("select count(*) from found where auto"),
        found=one("select count(*) from found where there"),
        review_pairs=one("select count(*) from judged where outcome = 'review'"),
        review_rows=one("select count(distinct l) from judged where outcome = 'review'"),
        left_rows=left_rows,
        kinds=tuple(table),
        households=_households(con, out / "households.csv", folder / "households.csv"),
        wrong=tuple(
            (int(a), int(b))
            for a, b in con.execute(
                f"select l, r from judged where outcome = 'auto' and not good order by l limit {int(examples)}"
            ).fetchall()
        ),
        missed=tuple(
            (int(a), int(b)) for a, b in con.execute(f"select l, r from found where not there order by l limit {int(examples)}").fetchall()
        ),
    )


def _households(con: duckdb.DuckDBPyConnection, told: Path, true: Path) -> dict[str, tuple[int, int, int]]:
    if not told.exists() or not true.exists():
        return {}
    for name, path in (("told", told), ("homes", true)):
        con.execute(
            f"create table {name} as select distinct left_household l, right_household r, kind from read_csv(?, header=true, all_varchar=true)",
            [str(path)],
        )
    rows = con.execute(
        """select coalesce(h.kind, t.kind), count(h.kind), count(t.kind), count(*) filter (h.kind is not null and t.kind is not null)
           from homes h full join told t on h.l = t.l and h.r = t.r and h.kind = t.kind group by 1 order by 1"""
    ).fetchall()
    return {str(kind): (int(a), int(b), int(c)) for kind, a, b, c in rows}


def as_text(result: Score, meta: dict[str, object] | None = None) -> str:
    """The score as a table for the terminal."""
    lines = [
        f"两边都有的人        {result.truth:>12,}",
        f"自动确认            {result.auto_pairs:>12,}   准确率 {result.auto_precision:.6f}   （要求 ≥ 0.9999）",
        f"自动找到            {result.found_auto:>12,}   查全率 {result.auto_recall:.6f}   （要求 ≥ 0.997）",
        f"连同人工复核        {result.found:>12,}   查全率 {result.recall_with_review:.6f}   （要求 ≥ 0.9995）",
        f"需复核的行          {result.review_rows:>12,}   占左表 {result.review_share:.4%}   （要求 ≤ 0.5%）",
    ]
    if meta and "exact_id_join_recall" in meta:
        lines.append(f"仅按证件号相等可找到 {meta['exact_id_join_recall']}")
    lines += ["", f"{'损坏':<28}{'人数':>9}{'自动':>9}{'复核':>7}{'漏掉':>7}"]
    for kind in result.kinds:
        name = f"{kind.label}"
        width = 28 - sum(1 for c in name if ord(c) > 255)
        lines.append(f"{name:<{width}}{kind.persons:>9,}{kind.auto:>9,}{kind.review:>7,}{kind.missed:>7,}")
    if result.households:
        lines += ["", f"{'户的关系':<14}{'真实':>9}{'判定':>9}{'判对':>9}"]
        lines += [f"{kind:<18}{a:>9,}{b:>9,}{c:>9,}" for kind, (a, b, c) in result.households.items()]
    if result.wrong:
        lines += ["", "错误的自动确认（左行, 右行）：" + "  ".join(f"{a},{b}" for a, b in result.wrong)]
    if result.missed:
        lines += ["漏掉的（左行, 右行）：" + "  ".join(f"{a},{b}" for a, b in result.missed)]
    return "\n".join(lines)
