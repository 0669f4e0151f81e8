"""``anju trail expire | reseal``, ``anju trail verify --archive FILE``; the other verbs are ``anju.trail.command``'s."""

import argparse
import sys
from pathlib import Path

from django.utils import timezone

from anju.accounts.models import User
from anju.operations import archive, expiring
from anju.privacy import keys
from anju.trail import command
from anju.trail.keeping import TRAIL, TooShort


def _expire(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="anju trail expire", description="把过了保留期的留痕移入加密归档；链不断，归档可单独核验")
    parser.add_argument("--by", metavar="登录名", help="交办的审计管理员")
    parser.add_argument("--reason", default="", metavar="依据", help="依据或理由，记进留痕")
    parser.add_argument("--dry-run", action="store_true", help="只说有多少到期")
    options = parser.parse_args(arguments)
    if options.dry_run:
        print(f"留痕留在库里 {TRAIL.days} 天；下一份归档有 {expiring.due():,} 条到期。")
        return 0
    by = User.objects.filter(login=options.by or "").select_related("organisation").first()
    if by is None:
        print("请用 --by 写明交办的审计管理员的登录名。", file=sys.stderr)
        return 2
    made = expiring.expire(by=by, reason=options.reason, say=print)
    print(f"共归档 {sum(piece.last - piece.first + 1 for piece in made):,} 条，{len(made)} 份。" if made else "没有到期的留痕。")
    if made:
        print("请把归档文件另存一份到别处；它们也在每次备份里。没有密钥文件，归档打不开。")
    return 0


def _verify(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="anju trail verify", description="核验一份留痕归档")
    parser.add_argument("--archive", type=Path, required=True, metavar="文件", help="归档文件")
    parser.add_argument("--root", type=command.head_given, metavar="NO:HASH", help="打印过的日根，必须在这份归档里")
    options = parser.parse_args(arguments)
    found = expiring.read(options.archive, options.root)
    first, last = (timezone.localtime(one).strftime("%Y-%m-%d %H:%M:%S") for one in (found.earliest, found.latest))
    print(
        f"归档 {found.piece.name}：第 {found.piece.first:,} 至 {found.piece.last:,} 号，{found.records:,} 条，{first} 至 {last}，链尾 {found.piece.end}"
    )
    print("；".join(expiring.neighbours(found.piece)))
    print("归档完整，没有被改动。")
    return 0


def main(arguments: list[str]) -> int:
    """The exit code is 1 where something is wrong."""
    try:
        if arguments[:1] == ["expire"]:
            return _expire(arguments[1:])
        if arguments == ["reseal"]:
            print(f"共 {expiring.reseal(say=print)} 份归档换用了新密钥。")
            return 0
        if arguments[:1] == ["verify"] and any(one.split("=")[0] == "--archive" for one in arguments):
            return _verify(arguments[1:])
    except (expiring.NotExpired, TooShort, archive.ArchiveDamaged, keys.KeysMissing) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"归档没有写完：{error.strerror or error}。库里的留痕没有动；腾出空间后再运行一次就接着做。", file=sys.stderr)
        return 1
    return command.main(arguments)
