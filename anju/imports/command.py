"""``anju import KIND FILE --area 210922 --by LOGIN``: a workbook of records read in from the command line."""

import argparse
import sys
from datetime import date
from pathlib import Path

from django.conf import settings

from anju.accounts.models import User
from anju.accounts.terminal import sender
from anju.imports import actions, queries
from anju.imports.kinds import declared
from anju.imports.models import ImportBatch
from anju.imports.refusal import AlreadyImported, Refused
from anju.jobs import terminal


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anju import", description="批量录入一份表：读入、检查、逐行找到农户、登记。被中断后再运行一次即接着做。"
    )
    parser.add_argument(
        "kind", choices=[one.key for one in declared()], help="种类：" + "、".join(f"{one.key} {one.title}" for one in declared())
    )
    parser.add_argument("file", type=Path, help="文件（.xlsx、.xls、.csv）")
    parser.add_argument("--area", required=True, help="所在县（或乡镇）的区划代码")
    parser.add_argument("--by", required=True, metavar="LOGIN", help="以哪个用户的名义录入")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="数据截止日；不写则看文件名，再不然是今天")
    return parser


def main(arguments: list[str]) -> int:
    """Exit 0 when the workbook is recorded, also where rows went back; 2 with a message where it can't be."""
    options = _parser().parse_args(arguments)
    user = sender(options.by, options.file)
    if user is None:
        return 2
    settings.JOBS = "inline"
    try:
        with terminal.shown(user):
            try:
                batch = actions.receive(
                    file=options.file, name=options.file.name, by=user, area=options.area, kind=options.kind, as_of=options.as_of
                )
            except AlreadyImported as again:
                batch = actions.resume(batch=again.batch, by=user)
                print(again.message, file=sys.stderr)
    except Refused as refusal:
        print(refusal.message, file=sys.stderr)
        return 2
    batch.refresh_from_db()
    return _report(batch, user)


def _report(batch: ImportBatch, user: User) -> int:
    if batch.status != ImportBatch.Status.DONE:
        print(batch.message or batch.get_status_display(), file=sys.stderr)
        return 2
    print(
        f"{batch.title}：{batch.rows_total:,} 行，已登记 {batch.rows_in:,} 行（有提示 {batch.rows_noted:,}），未登记 {batch.rows_refused:,} 行"
    )
    for fault in queries.faults(batch, user):
        print(f"  {fault.label} {fault.rows:,}，例如：{fault.example}")
    if batch.rows_refused:
        print("未登记的各行连同原因，请在网页上打开这份表下载。")
    return 0
