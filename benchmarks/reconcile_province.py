"""``anju reconcile`` of two lists of 2,645,500 households (7.9 million people each) beside the floor (DuckDB reading both files and one hash
join) and beside pandas' exact merge + groupby, which needs about twice the memory and finds less.

``python -m benchmarks.reconcile_province [households] [folder]``
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from anju.linkage.command import main as reconcile
from benchmarks.reconcile import pandas_merge
from benchmarks.reconcile_people import make


def floor(left: Path, right: Path) -> None:
    """Reading everything of both files and joining them on the number."""
    con = duckdb.connect()
    con.execute("SET threads = 2; SET memory_limit = '4GB'")
    con.execute(f"CREATE TABLE l AS SELECT * FROM read_csv('{left}', all_varchar=true)")
    con.execute(f"CREATE TABLE r AS SELECT * FROM read_csv('{right}', all_varchar=true)")
    con.execute("CREATE TABLE j AS SELECT l.rowid AS a, r.rowid AS b FROM l JOIN r ON l.身份证号 = r.证件号码")


def measure(way: str, left: Path, right: Path) -> dict[str, float]:
    """One way in a process of its own: wall and processor seconds, peak memory in MB."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.reconcile_province", "--run", way, str(left), str(right)],
        check=True,
        capture_output=True,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def main() -> None:
    if sys.argv[1:2] == ["--run"]:
        left, right = Path(sys.argv[3]), Path(sys.argv[4])
        started, processor = time.perf_counter(), time.process_time()
        if sys.argv[2] == "floor":
            floor(left, right)
        elif sys.argv[2] == "pandas":
            pandas_merge(left, right)
        else:
            assert reconcile([str(left), str(right), "--out", str(left.parent / "anju"), "--threads", "2"]) == 0
        print(
            json.dumps(
                {
                    "seconds": time.perf_counter() - started,
                    "processor": time.process_time() - processor,
                    "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
                }
            )
        )
        return
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 2_645_500
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as folder:
        left, right = make(households, Path(folder))
        print(f"{households:,} households; files of {left.stat().st_size / 1e6:,.0f} and {right.stat().st_size / 1e6:,.0f} MB")
        results = {way: measure(way, left, right) for way in ("floor", "anju", "pandas")}
        for way, each in results.items():
            print(
                f"{way:8s}{each['seconds']:9.1f} s{each['processor']:9.1f} cpu s{each['mb']:9,.0f} MB{each['seconds'] / results['floor']['seconds']:9.2f} × floor{each['seconds'] / results['anju']['seconds']:9.2f} × anju"
            )
        print((left.parent / "anju" / "summary.json").read_text("utf-8"))


if __name__ == "__main__":
    main()
