"""``anju documents``: which papers there are, and what each looks like with made-up data. No database needed."""

import argparse
import sys
from pathlib import Path

from anju.documents import NoSuchDocument, declared, document, pdf


def main(arguments: list[str]) -> int:
    """``anju documents list | sample KEY OUT.pdf``."""
    parser = argparse.ArgumentParser(prog="anju documents", description="文书：有哪些，样子如何")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("list", help="列出全部文书")
    sample = verbs.add_parser("sample", help="用虚构的数据生成一份")
    sample.add_argument("key", metavar="KEY", help="文书代号，见 anju documents list")
    sample.add_argument("out", metavar="OUT.pdf", type=Path, help="写到哪里")
    options = parser.parse_args(arguments)
    if options.verb == "list":
        for each in declared():
            print(f"{each.key:<22}{each.title}")
        return 0
    try:
        kind = document(options.key)
    except NoSuchDocument:
        print(f"没有文书“{options.key}”。有：{'、'.join(each.key for each in declared())}。", file=sys.stderr)
        return 2
    try:
        options.out.write_bytes(pdf(kind, kind.sample()))
    except OSError as error:
        print(f"写不到 {options.out}：{error.strerror}", file=sys.stderr)
        return 2
    print(f"{kind.title} → {options.out}")
    return 0
