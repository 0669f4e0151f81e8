"""``anju demo``: make the synthetic lists, a labelled pair, score a reconciliation, load the demonstration."""

import argparse
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

from anju import database
from anju.demo import setup
from anju.demo.place import Place, rural
from anju.divisions import source

STYLES = ("addresses", "foreign", "messy", "no-birth", "plain", "worst")
"""The ready styles of a pair (``pair.STYLES``)."""
_PREFIX = {"fuxin": "2109", "huize": "530326", "hunan": "43"}


def main(arguments: list[str]) -> int:
    """Runs one part of ``anju demo``; 0, or 2 with a message."""
    parser = argparse.ArgumentParser(prog="anju demo", description="演示数据：全部虚构，真值已知。")
    parts = parser.add_subparsers(dest="part", required=True, metavar="files|pair|score|load")

    files = parts.add_parser("files", help="各部门各自习惯的名单文件，连同真值")
    files.add_argument("--shape", choices=("fuxin", "huize", "hunan"), default="fuxin", help="阜新（默认）、会泽、湖南")
    files.add_argument("--out", type=Path, required=True)
    files.add_argument("--seed", type=int, default=2020)
    files.add_argument("--households", type=int, default=0, help="少于该地实际户数时按比例缩小")

    two = parts.add_parser("pair", help="一对带真值的名单，供 anju reconcile 使用")
    two.add_argument("--households", type=int, default=41_248)
    two.add_argument("--out", type=Path, required=True)
    two.add_argument("--seed", type=int, default=2020)
    two.add_argument("--format", choices=("csv", "xlsx"), default="csv")
    two.add_argument("--style", choices=STYLES, default="plain")
    two.add_argument("--place", default="", help="区划代码；默认按户数选：2109、530326 或 43")

    judge = parts.add_parser("score", help="按真值给比对结果评分")
    judge.add_argument("result", type=Path, help="anju reconcile 的输出目录")
    judge.add_argument("truth", type=Path, help="anju demo pair 的目录，或其中的 truth.csv")
    judge.add_argument("--json", action="store_true")

    load = parts.add_parser("load", help="把演示装入数据库（make demo 所用）")
    load.add_argument("--households", type=int, default=0, help="缩小演示：建档立卡户数")

    chosen = parser.parse_args(arguments)
    try:
        return {"files": _files, "pair": _pair, "score": _score, "load": _load}[chosen.part](chosen)
    except (source.SourceUnavailable, database.DatabaseUnavailable, ValueError, OSError) as trouble:
        print(trouble, file=sys.stderr)
        return 2


def place(prefix: str) -> Place:
    """The real towns, townships and villages below a code."""
    return rural([(code, name) for code, name, _ in (*source.above([prefix]), *source.rows(prefix))], prefix)


def _shown(what: str) -> Callable[[float], None]:
    last = [0.0]

    def show(fraction: float) -> None:
        now = time.monotonic()
        if now - last[0] > 0.3 or fraction >= 1:
            last[0] = now
            print(f"\r{what} {fraction:4.0%}", end="\n" if fraction >= 1 else "", file=sys.stderr, flush=True)

    return show


def _files(chosen: argparse.Namespace) -> int:
    senders = importlib.import_module("anju.demo.senders")
    senders.write(
        chosen.shape,
        place(_PREFIX[chosen.shape]),
        chosen.out,
        seed=chosen.seed,
        households=chosen.households,
        progress=_shown("正在生成名单"),
    )
    print(chosen.out)
    return 0


def _pair(chosen: argparse.Namespace) -> int:
    prefix = chosen.place or ("2109" if chosen.households <= 100_000 else "530326" if chosen.households <= 400_000 else "43")
    pair = importlib.import_module("anju.demo.pair")
    meta = pair.make(
        place(prefix),
        chosen.households,
        chosen.out,
        seed=chosen.seed,
        format=chosen.format,
        style=chosen.style,
        progress=_shown("正在生成一对名单"),
    )
    print(json.dumps(meta, ensure_ascii=False, indent=2))
    return 0


def _score(chosen: argparse.Namespace) -> int:
    score = importlib.import_module("anju.demo.score")
    result = score.score(chosen.result, chosen.truth)
    if chosen.json:
        print(json.dumps(result.as_dict(), ensure_ascii=False, indent=2))
        return 0
    folder = chosen.truth if chosen.truth.is_dir() else chosen.truth.parent
    meta = json.loads((folder / "meta.json").read_text(encoding="utf-8")) if (folder / "meta.json").exists() else None
    print(score.as_text(result, meta))
    return 0


def _load(chosen: argparse.Namespace) -> int:
    if setup.loaded():
        print("演示数据已经装好。")
        return 0
    setup.ready()
    return int(importlib.import_module("anju.demo.load").load(households=chosen.households))
