"""``anju reconcile LEFT RIGHT --out DIR``: compares two lists of persons and writes what was found. No database needed."""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from anju.linkage.engine import Side, reconcile
from anju.linkage.fields import KEYS, LABELS
from anju.linkage.outputs import write_report, write_summary, write_tables
from anju.linkage.reading import BadInput, Source, described, find

OUTPUTS = ("pairs.csv", "left_only.csv", "right_only.csv", "households.csv", "flags.csv", "summary.json", "report.xlsx")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anju reconcile",
        description="比对两份名单（.xlsx 或 .csv）：哪些行是同一个人，哪些户是同一户，理由是什么。",
        epilog="列名认不出时用 --left-columns / --right-columns 指明，K 取：" + "，".join(f"{key}（{LABELS[key]}）" for key in KEYS),
    )
    parser.add_argument("left", metavar="LEFT", type=Path, help="左表")
    parser.add_argument("right", metavar="RIGHT", type=Path, help="右表")
    parser.add_argument("--out", metavar="DIR", type=Path, required=True, help="结果文件夹（全部完成后才出现）")
    parser.add_argument("--left-columns", metavar="K=表头,…", default="", help="左表的列，如 id_number=证件号码,name=姓名")
    parser.add_argument("--right-columns", metavar="K=表头,…", default="", help="右表的列")
    parser.add_argument("--memory", metavar="GB", type=float, default=4.4, help="比对引擎的内存上限（默认 4.4 GB，超出的部分写到磁盘）")
    parser.add_argument("--threads", metavar="N", type=int, default=min(os.cpu_count() or 2, 8), help="并行数（默认为处理器数）")
    return parser


def columns_option(text: str, option: str) -> dict[str, str]:
    """``id_number=证件号码,name=姓名`` → {key: heading}; raises ``BadInput`` for a key there isn't."""
    found: dict[str, str] = {}
    for part in (piece for piece in text.replace("，", ",").split(",") if piece.strip()):
        key, equals, heading = part.partition("=")
        if not equals or not heading.strip():
            raise BadInput(f"{option} 写法不对：“{part}”。应为 K=表头，多项用逗号隔开，例如 {option} id_number=证件号码,name=姓名。")
        if key.strip() not in KEYS:
            raise BadInput(f"{option} 中没有“{key.strip()}”这一项。可用的是：{'、'.join(f'{k}（{LABELS[k]}）' for k in KEYS)}。")
        found[key.strip()] = heading.strip()
    return found


class _Teller:
    """Progress on standard error: one line a stage, with the time since the start."""

    def __init__(self) -> None:
        self.started = time.monotonic()
        self.last = ""

    def __call__(self, stage: str, fraction: float) -> None:
        if stage != self.last:
            self.last = stage
            print(f"[{fraction:4.0%} {time.monotonic() - self.started:6.1f} 秒] {stage}", file=sys.stderr, flush=True)


def _names(left: Source, right: Source) -> tuple[str, str]:
    return (
        ("左表", "右表")
        if left.path.stem == right.path.stem or max(len(left.path.stem), len(right.path.stem)) > 12
        else (left.path.stem, right.path.stem)
    )


def run(
    left: Path, right: Path, out: Path, *, left_columns: dict[str, str], right_columns: dict[str, str], memory: float, threads: int
) -> dict[str, object]:
    """Compares and writes; raises ``BadInput``. The folder appears, or is replaced, only when everything is written."""
    tell = _Teller()
    out = out.absolute()
    if out.is_file():
        raise BadInput(f"--out 指的是一个文件，不是文件夹：{out}")
    if out.is_dir() and any(child.name not in OUTPUTS for child in out.iterdir()):
        raise BadInput(f"结果文件夹里已有别的文件：{out}。请另选一个空文件夹，以免覆盖。")
    sources = find(left, left_columns, "--left-columns"), find(right, right_columns, "--right-columns")
    for source in sources:
        print(described(source), file=sys.stderr, flush=True)
        if source.ignored_sheets:
            print(f"  注意：{source.path.name} 还有工作表 {'、'.join(source.ignored_sheets)}，这次没有比对。", file=sys.stderr, flush=True)
    labels = "左表", "右表"
    out.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{out.name}.", suffix=".unfinished", dir=out.parent))
    try:
        written = work / "result"
        written.mkdir()
        result = reconcile(
            Side(sources[0], labels[0]),
            Side(sources[1], labels[1]),
            workdir=work / "work",
            progress=tell,
            memory_limit=f"{int(memory * 1000)}MB",
            threads=threads,
        )
        try:
            result.summary["inputs"] = {
                side: {
                    "file": source.path.name,
                    "sheet": source.sheet,
                    "heading_row": source.heading_row,
                    "headings": source.recognised,
                    "ignored_sheets": list(source.ignored_sheets),
                }
                for side, source in zip(("left", "right"), sources, strict=True)
            }
            tell("写出结果文件", 0.95)
            write_tables(result, written)
            write_report(result, written, *labels)
            result.summary["seconds"]["合计"] = round(time.monotonic() - tell.started, 2)
            result.summary["peak_memory_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            write_summary(result.summary, written)
        finally:
            result.close()
        if out.exists():
            shutil.rmtree(out)
        written.rename(out)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return result.summary


def main(argv: list[str] | None = None) -> int:
    """Exit status 0, or 2 with one sentence on standard error."""
    options = _parser().parse_args(argv)
    try:
        summary = run(
            options.left,
            options.right,
            options.out,
            left_columns=columns_option(options.left_columns, "--left-columns"),
            right_columns=columns_option(options.right_columns, "--right-columns"),
            memory=options.memory,
            threads=max(options.threads, 1),
        )
    except BadInput as error:
        print(str(error), file=sys.stderr)
        return 2
    except duckdb.OutOfMemoryException:
        print(f"内存不够：用 --memory 调高上限（现在是 {options.memory} GB），或先按乡镇拆开名单。", file=sys.stderr)
        return 2
    except OSError as error:
        print(
            f"读写文件失败：{error.strerror or error}（{error.filename or options.out}）。磁盘是否已满、文件夹能否写入？", file=sys.stderr
        )
        return 2
    outcomes = summary["outcomes"]
    assert isinstance(outcomes, dict)
    print(
        f"自动关联 {outcomes['auto']:,}，待人工核对 {outcomes['review']:,}，仅在左表 {outcomes['left_only']:,}，仅在右表 {outcomes['right_only']:,}；结果在 {options.out}",
        file=sys.stderr,
    )
    return 0
