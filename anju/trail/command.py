"""``anju trail verify | root | seal``."""

import argparse
import sys
from datetime import date, datetime, timedelta

from django.utils import timezone

from anju.trail import sealing
from anju.trail.outside import Head
from anju.trail.verifying import verify


def head_given(text: str) -> Head:
    """A head as it is printed, from the command line."""
    try:
        return Head.read(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("根写作 号:哈希，照打印的抄") from error


def _verify(start: int, root: Head | None) -> int:
    shown = sys.stderr.isatty()

    def progress(no: int) -> None:
        if shown:
            print(f"\r已核验到第 {no:,} 号", end="", file=sys.stderr, flush=True)

    done = verify(start=start, root=root, progress=progress)
    if shown:
        print(file=sys.stderr)
    print(f"核验 {done.records:,} 条，用时 {done.seconds:.1f} 秒，链尾 {done.head}")
    for notice in done.notices:
        print(f"说明：{notice}")
    for warning in done.warnings:
        print(f"注意：{warning}")
    if done.bad:
        print(f"第一处不符：{done.bad}")
    print("留痕完整，没有被改动。" if done.sound else "留痕有问题，请保留现场并报告审计管理员。")
    return 0 if done.sound else 1


def end_of(day: date) -> datetime:
    """The moment a calendar day ends."""
    return timezone.make_aware(datetime.combine(day + timedelta(days=1), datetime.min.time()))


def paper(day: date) -> str:
    """One line that says how the chain stood at the end of a day: to print, to send, to keep elsewhere."""
    head, at = sealing.root(end_of(day))
    when = timezone.localtime(at).strftime("%Y-%m-%d %H:%M:%S") if at else "尚无封存"
    return f"安居留痕日根 {day.isoformat()}（封存于 {when}） {head}"


def main(arguments: list[str]) -> int:
    """The exit code of ``verify`` is 1 where something is wrong."""
    parser = argparse.ArgumentParser(prog="anju trail", description="留痕：核验、日根、封存")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="verify|root|seal|expire|reseal")
    checking = verbs.add_parser("verify", help="从头核验，指出第一条被改动的记录")
    checking.add_argument("--from", dest="start", type=int, default=1, metavar="N", help="从第 N 号起")
    checking.add_argument("--archive", metavar="文件", help="改为核验一份归档")
    checking.add_argument("--root", type=head_given, metavar="NO:HASH", help="打印过的日根，必须仍在链上")
    daily = verbs.add_parser("root", help="打印某日终了时的根，一行，可寄送或张贴")
    daily.add_argument("--date", type=date.fromisoformat, metavar="YYYY-MM-DD", help="默认今天（日历日期）")
    verbs.add_parser("seal", help="立即封存已提交的记录")
    verbs.add_parser("reseal", help="归档换用新密钥加密")
    verbs.add_parser("expire", help="把过了保留期的移入归档（anju trail expire --help）", add_help=False)
    options = parser.parse_args(arguments)
    if options.verb == "verify":
        return _verify(max(options.start, 1), options.root)
    if options.verb == "root":
        sealing.seal()
        print(paper(options.date or timezone.localtime().date()))
        return 0
    print(f"已封存到 {sealing.seal()}")
    return 0
