"""Precision, recall and review share of ``anju reconcile`` over styles of damage, printed as a table.

``python benchmarks/reconcile_quality.py [households] [seed] [part of a style's name]``
"""

import sys
import tempfile
import time
from pathlib import Path

from anju.linkage.engine import Side, reconcile
from anju.linkage.reading import find
from anju.linkage.tests.lists import STYLES, make


def main() -> None:
    households = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    part = sys.argv[3] if len(sys.argv) > 3 else ""
    print(
        f"{'style':34s}{'rows':>8s}{'precision':>11s}{'recall':>9s}{'+review':>9s}{'review':>8s}{'wrong':>7s}{'missed':>7s}{'seconds':>9s}"
    )
    for style in STYLES:
        if part not in style.name:
            continue
        with tempfile.TemporaryDirectory() as folder:
            pair = make(style, Path(folder), households, seed)
            started = time.perf_counter()
            result = reconcile(Side(find(pair.left, {}), "左表"), Side(find(pair.right, {}), "右表"), workdir=Path(folder) / "work")
            seconds = time.perf_counter() - started
            auto = {(a, b) for a, b in result.rows("SELECT left_row, right_row FROM pairs WHERE outcome = 'auto'")}
            review = {(a, b) for a, b in result.rows("SELECT left_row, right_row FROM pairs WHERE outcome = 'review'")}
            wrong = [(a, b) for a, b in auto if pair.left_people[a] != pair.right_people[b]]
            found = {pair.left_people[a] for a, b in auto if pair.left_people[a] == pair.right_people[b]}
            perhaps = found | {pair.left_people[a] for a, b in review if pair.left_people[a] == pair.right_people[b]}
            both = {pair.left_people[a] for a, _ in pair.truth}
            rows = len(pair.left_people)
            print(
                f"{style.name:34s}{rows:8d}{1 - len(wrong) / max(len(auto), 1):11.5f}{len(found) / len(both):9.4f}{len(perhaps) / len(both):9.4f}"
                f"{len(review) / rows:8.3%}{len(wrong):7d}{len(both - perhaps):7d}{seconds:9.1f}",
                flush=True,
            )
            if part:
                explain(result, pair, wrong, review, both - perhaps)
            result.close()


def explain(result, pair, wrong, review, missed) -> None:  # type: ignore[no-untyped-def]
    """What went wrong, for whoever improves the engine."""
    lefts, rights = pair.left.read_text("utf-8", "replace").splitlines(), pair.right.read_text("utf-8", "replace").splitlines()
    told = {(a, b): (p, s, e) for a, b, p, s, e in result.rows("SELECT left_row, right_row, pass, score, explanation FROM pairs")}
    for title, some in (
        ("WRONG", wrong),
        ("REVIEW right", [x for x in review if pair.left_people[x[0]] == pair.right_people[x[1]]]),
        ("REVIEW wrong", [x for x in review if pair.left_people[x[0]] != pair.right_people[x[1]]]),
    ):
        print("---", title, len(some))
        for a, b in list(some)[:12]:
            print("  ", lefts[a - 1], "|", rights[b - 1], "|", told[a, b])
    by_left = {pid: row for row, pid in pair.left_people.items()}
    by_right = {pid: row for row, pid in pair.right_people.items()}
    print("--- MISSED", len(missed))
    for pid in list(missed)[:15]:
        print("  ", lefts[by_left[pid] - 1], "|", rights[by_right[pid] - 1])


if __name__ == "__main__":
    main()
