"""``anju import FILE --area 210922 --login …``: a department's list received, compared and written to the register, from the command line."""

import argparse
import sys
from datetime import date
from pathlib import Path

from django.conf import settings

from anju.accounts.models import User
from anju.accounts.terminal import sender
from anju.imports import command as records
from anju.imports.kinds import declared
from anju.jobs import terminal
from anju.rosters import layouts
from anju.rosters.actions import receiving
from anju.rosters.models import Batch
from anju.rosters.queries import batches
from anju.rosters.refusal import AlreadyReceived, Refused


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="anju import",
        description="接收一份名单：读入、检查、与登记库比对、写入登记库。被中断后再运行一次即接着做。"
        "批量录入的表（不是名单）先写种类：" + "、".join(f"anju import {kind.key} 文件 …（{kind.title}）" for kind in declared()) + "。",
    )
    parser.add_argument("file", type=Path, help="名单文件（.xlsx、.xls、.csv）")
    parser.add_argument("--area", required=True, help="名单所在县（或乡镇）的区划代码")
    parser.add_argument("--login", required=True, help="以哪个用户的名义接收")
    parser.add_argument("--layout", choices=sorted(layouts.BY_KEY), default="", help="名单版式；不写则按表头识别")
    parser.add_argument("--as-of", type=date.fromisoformat, metavar="YYYY-MM-DD", help="数据截止日，默认今天")
    parser.add_argument("--owner", default="", help="报送部门，默认按版式")
    parser.add_argument("--category", default="", help="对象类别，默认按版式")
    parser.add_argument("--title", default="", help="名单名称")
    return parser


def main(arguments: list[str]) -> int:
    """Exit 0 when the list is compared; 2 with a message where it can't be received. A workbook of records is named by its kind first."""
    if arguments and arguments[0] in {kind.key for kind in declared()}:
        return records.main(arguments)
    options = _parser().parse_args(arguments)
    user = sender(options.login, options.file)
    if user is None:
        return 2
    settings.JOBS = "inline"
    try:
        with terminal.shown(user):
            try:
                batch = receiving.receive(
                    file=options.file,
                    name=options.file.name,
                    by=user,
                    area=options.area,
                    as_of=options.as_of,
                    owner=options.owner,
                    category=options.category,
                    layout=options.layout,
                    title=options.title,
                )
            except AlreadyReceived as again:
                batch = receiving.resume(batch=again.batch, by=user)
                print(again.message, file=sys.stderr)
    except Refused as refusal:
        print(refusal.message, file=sys.stderr)
        return 2
    batch.refresh_from_db()
    return _report(batch, user)


def _report(batch: Batch, user: User) -> int:
    if batch.status == Batch.Status.MAPPING:
        print(f"{batch.message}\n请在网页上打开名单“{batch.title}”指明表头。", file=sys.stderr)
        return 2
    if batch.status == Batch.Status.FAILED:
        print(batch.message, file=sys.stderr)
        return 2
    page = batches.page(batch, user)
    print(f"{batch.title}（{batch.get_status_display()}）：{batch.rows_total:,} 行，有错 {batch.rows_faulty:,} 行")
    for result in page.results:
        print(f"  {result.label} {result.count:,}（{result.share:.1%}）")
    if page.run:
        applied = page.run.applied
        print(
            f"  写入登记库：关联 {applied.get('attached', 0):,} 人，新入册 {applied.get('enrolled', 0):,} 人，等待 {applied.get('waiting', 0):,} 人"
        )
    for kind in page.kinds:
        print(f"  {kind.label} {kind.total:,}")
    return 0
