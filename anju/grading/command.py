"""``anju appraise FORM.json …``: the grade of a house by a filled form, as JSON on one line. No database needed."""

import argparse
import json
import sys
from pathlib import Path

from anju.grading import MalformedForm, Outcome, appraise, read
from anju.grading.reading import MOST_BYTES, parse

_WHY: dict[type[OSError], str] = {
    FileNotFoundError: "没有这个文件",
    IsADirectoryError: "这是文件夹，不是文件",
    PermissionError: "没有读取的权限",
}


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anju appraise",
        description="按鉴定表评定房屋安全等级，结果为 JSON，一张表一行。",
        epilog="任何一张表有错，都不输出结果，退出码为 2。表的写法见 docs/howto/appraise.md。",
    )
    parser.add_argument("forms", metavar="FORM.json", nargs="+", help="鉴定表；- 为标准输入")
    return parser


def _content(name: str) -> bytes:
    """At most a little more than a form may have, so that an endless file ends."""
    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as stream:
        return stream.read(MOST_BYTES + 1)


def main(argv: list[str] | None = None) -> int:
    """Exit status 0, or 2 with a sentence for each form that can't be judged; then nothing is printed."""
    names: list[str] = _parser().parse_args(argv).forms
    outcomes: list[Outcome] = []
    wrong: list[str] = []
    for name in names:
        called = "" if len(names) == 1 else f"{'标准输入' if name == '-' else name}："
        try:
            outcomes.append(appraise(read(parse(_content(name)))))
        except MalformedForm as error:
            wrong.append(f"{called}{error}")
        except OSError as error:
            wrong.append(f"读不了 {name}：{_WHY.get(type(error), error.strerror or error)}")
    if wrong:
        sys.stderr.buffer.write(("\n".join(wrong) + "\n").encode("utf-8", "replace"))
        return 2
    for outcome in outcomes:
        sys.stdout.buffer.write((json.dumps(outcome.as_json(), ensure_ascii=False) + "\n").encode())
    sys.stdout.flush()
    return 0
