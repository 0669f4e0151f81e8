"""``anju reconcile`` against what people do today, at 281,000 households: pandas exact merge + groupby, and Splink on everything.

Each in a process of its own, one after another in one run; wall time, peak memory, and how many right pairs each finds.
``python benchmarks/reconcile.py [households] [folder]``
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from benchmarks.reconcile_people import make


def pandas_merge(left: Path, right: Path) -> int:
    """Exact merge on the number, households by groupby: what a careful analyst writes."""
    import pandas as pd  # noqa: PLC0415

    a, b = pd.read_csv(left, dtype=str), pd.read_csv(right, dtype=str)
    pairs = a.merge(b.dropna(subset=["证件号码"]), left_on="身份证号", right_on="证件号码", suffixes=("", "_r"))
    houses = pairs.groupby(["户编号", "户号"]).size().reset_index(name="n")
    assert len(houses)
    pairs[["序号", "序号_r"]].to_csv(left.parent / "pandas_pairs.csv", index=False)
    a[~a["身份证号"].isin(pairs["身份证号"])].to_csv(left.parent / "pandas_left.csv", index=False)
    b[~b["证件号码"].isin(pairs["证件号码"])].to_csv(left.parent / "pandas_right.csv", index=False)
    return int((pairs["序号"] == pairs["序号_r"]).sum())


def splink_alone(left: Path, right: Path) -> int:
    """Splink's own comparisons, trained on the data, over all rows, with the usual blocking."""
    import splink.comparison_library as cl  # noqa: PLC0415
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on  # noqa: PLC0415

    con = duckdb.connect()
    con.execute("SET threads = 2; SET memory_limit = '8GB'")
    con.execute(
        f"CREATE TABLE l AS SELECT 序号 AS unique_id, 身份证号 AS id, 姓名 AS name, 性别 AS sex, 出生日期 AS born FROM read_csv('{left}', all_varchar=true)"
    )
    con.execute(
        f"CREATE TABLE r AS SELECT 序号 AS unique_id, nullif(证件号码, '') AS id, 人员姓名 AS name, CASE 性别 WHEN '1' THEN '男' ELSE '女' END AS sex, replace(出生年月, '/', '-') AS born FROM read_csv('{right}', all_varchar=true)"
    )
    settings = SettingsCreator(
        link_type="link_only",
        comparisons=[
            cl.DamerauLevenshteinAtThresholds("id", [1, 2]),
            cl.JaroWinklerAtThresholds("name"),
            cl.ExactMatch("sex"),
            cl.DateOfBirthComparison("born", input_is_string=True),
        ],
        blocking_rules_to_generate_predictions=[block_on("id"), block_on("name", "born"), block_on("born", "substr(id, 1, 6)")],
    )
    api = DuckDBAPI(connection=con)
    linker = Linker([api.register("l"), api.register("r")], settings)
    linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("id"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("name", "born"))
    found = linker.inference.predict(threshold_match_probability=0.95).physical_name
    con.execute(
        f"CREATE TABLE best AS SELECT * FROM {found} QUALIFY row_number() OVER (PARTITION BY unique_id_l ORDER BY match_weight DESC) = 1 AND row_number() OVER (PARTITION BY unique_id_r ORDER BY match_weight DESC) = 1"
    )
    con.execute(f"COPY best TO '{left.parent / 'splink_pairs.csv'}' (HEADER)")
    return int((con.execute("SELECT count(*) FROM best WHERE unique_id_l = unique_id_r").fetchone() or (0,))[0])


def ours(left: Path, right: Path) -> int:
    """The command as a clerk runs it, all files written."""
    from anju.linkage.command import main  # noqa: PLC0415

    out = left.parent / "anju"
    assert main([str(left), str(right), "--out", str(out), "--threads", "2"]) == 0
    return right_pairs(left, right, out / "pairs.csv")


def right_pairs(left: Path, right: Path, pairs: Path) -> int:
    """How many automatic pairs are one person, by the lists' hidden serial number."""
    con = duckdb.connect()
    for name, path in (("l", left), ("r", right)):
        con.execute(f"CREATE TABLE {name} AS SELECT 序号 AS person FROM read_csv('{path}', all_varchar=true)")
    found = con.execute(
        f"SELECT count(*) FROM read_csv('{pairs}') p JOIN l ON l.rowid + 2 = p.left_row JOIN r ON r.rowid + 2 = p.right_row WHERE p.outcome = 'auto' AND l.person = r.person"
    ).fetchone()
    return int((found or (0,))[0])


WAYS = {"anju": ours, "pandas": pandas_merge, "splink": splink_alone}


def measure(way: str, left: Path, right: Path) -> dict[str, float]:
    """One way in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reconcile", "--run", way, str(left), str(right)], check=True, capture_output=True, text=True
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    if sys.argv[1:2] == ["--run"]:
        started = time.perf_counter()
        processor = time.process_time()
        found = WAYS[sys.argv[2]](Path(sys.argv[3]), Path(sys.argv[4]))
        print(
            json.dumps(
                {
                    "seconds": time.perf_counter() - started,
                    "processor": time.process_time() - processor,
                    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                    "found": found,
                }
            )
        )
        return
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 281_000
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        left, right = make(households, Path(folder))
        con = duckdb.connect()
        (rows,) = con.execute(f"SELECT count(*) FROM read_csv('{left}', all_varchar=true)").fetchone() or (0,)
        (both,) = con.execute(
            f"SELECT count(*) FROM read_csv('{left}', all_varchar=true) l JOIN read_csv('{right}', all_varchar=true) r USING (序号)"
        ).fetchone() or (0,)
        con.close()
        print(f"{households:,} households, {rows:,} persons on the left list, {both:,} on both")
        print(f"{'':10s}{'seconds':>9s}{'cpu s':>8s}{'MB':>8s}{'right pairs':>13s}{'found':>9s}{'× anju':>9s}")
        results = {way: measure(way, left, right) for way in WAYS}
        for way, each in results.items():
            print(
                f"{way:10s}{each['seconds']:9.1f}{each['processor']:8.1f}{each['mb']:8.0f}{each['found']:13,.0f}{each['found'] / both:9.4f}{each['seconds'] / results['anju']['seconds']:9.2f}"
            )


if __name__ == "__main__":
    main()
