"""``anju selfcheck | backup | restore | keys``: is it safe, keep it, bring it back, change what it is sealed with."""

import argparse
import json
import sys
from pathlib import Path

from django.utils import timezone

from anju import database
from anju.evidence.shelf import Unreachable
from anju.operations import archive, backup, register, restored_trail, sealed, selfcheck
from anju.operations.selfcheck import Depth, Result
from anju.privacy import command as key_command
from anju.privacy import keys
from anju.trail import restoring

_MARKS = {selfcheck.OK: "✓", selfcheck.WARNED: "！", selfcheck.FAILED: "✗", selfcheck.SKIPPED: "－"}


def line(one: Result) -> str:
    """One answer as the terminal shows it: what was asked and found, and what to do."""
    told = f"{_MARKS[one.state]} {one.check.label}：{one.said}"
    return f"{told}\n    → {one.todo}" if one.todo else told


def _selfcheck(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="anju selfcheck", description="检查这个安装是否可靠；有一项不合格时退出码为 1")
    parser.add_argument("--deep", action="store_true", help="逐字节核对每个原件（慢）")
    parser.add_argument("--json", action="store_true", help="打印为 JSON")
    options = parser.parse_args(arguments)
    results = selfcheck.run(depth=Depth.DEEP if options.deep else Depth.FULL)
    failed = [one for one in results if one.state == selfcheck.FAILED]
    if options.json:
        print(json.dumps({"good": not failed, "checks": [one.as_data() for one in results]}, ensure_ascii=False, indent=1))
        return 1 if failed else 0
    group = ""
    for one in results:
        if one.group != group:
            group = one.group
            print(f"{group}")
        print(line(one))
    warned = sum(one.state == selfcheck.WARNED for one in results)
    print(f"共 {len(results)} 项：{len(failed)} 项不合格，{warned} 项提醒。" if failed or warned else f"共 {len(results)} 项，全部合格。")
    return 1 if failed else 0


def _backup(arguments: list[str]) -> int:
    if arguments[:1] == ["verify"]:
        return _verify(arguments[1:])
    if arguments[:1] == ["list"]:
        return _list()
    parser = argparse.ArgumentParser(
        prog="anju backup",
        description="整库和全部文件备份成一个加密文件；anju backup verify 文件：真正恢复一遍来核验；anju backup list：备份记录",
    )
    parser.add_argument("--to", type=Path, help=f"放在哪个目录（默认 {register.folder()}）")
    parser.add_argument("--files", action=argparse.BooleanOptionalAction, default=True, help="是否连同原件和导出文件")
    parser.add_argument("--keep", type=int, metavar="N", help="之后只留最新的 N 份（最近核验过的一份总是留着）")
    parser.add_argument("--verify", action="store_true", help="随后真正恢复一遍来核验")
    options = parser.parse_args(arguments)
    place = options.to or register.folder()
    free, needed = backup.room_for(place)
    if free < needed // 2:
        print(f"{place} 只剩 {free / 1e9:.1f} GB，库和文件共 {needed / 1e9:.1f} GB，可能放不下。", file=sys.stderr)
    path = backup.take(to=place, with_files=options.files, say=_say)
    print(f"已备份：{path}（{path.stat().st_size / 1e6:,.1f} MB，已加密）")
    print(f"密钥不在备份里。请把 {keys.place()} 另存到别处、由专人保管；没有它，备份打不开。")
    if options.verify:
        _proved(path, backup.verify(path=path, say=_say))
    if options.keep:
        for gone in backup.prune(place=place, keep=options.keep):
            print(f"已删除旧备份：{gone.name}")
    return 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _verify(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="anju backup verify", description="把备份真正恢复到旁边的临时库，逐表核对后删掉")
    parser.add_argument("file", type=Path, nargs="?", help="备份文件；不写则取最新的一份")
    options = parser.parse_args(arguments)
    newest = register.last(register.TAKEN)
    path = options.file or (Path(newest.path) if newest else None)
    if path is None:
        print("还没有备份；请先运行 anju backup。", file=sys.stderr)
        return 2
    _proved(path, backup.verify(path=path, say=_say))
    return 0


def _proved(path: Path, proof: backup.Proof) -> None:
    print(f"核验通过：{path.name} 能完整恢复，{proof.tables} 张表 {proof.rows:,} 行、{proof.files:,} 个文件与备份时一致。")


_WORDS = {register.TAKEN: "备份", register.VERIFIED: "核验", register.RESTORED: "恢复"}


def _list() -> int:
    for one in register.lines():
        print(f"{timezone.localtime(one.at):%Y-%m-%d %H:%M}  {_WORDS.get(one.what, one.what)}  {one.size / 1e6:>10,.1f} MB  {one.path}")
    return 0


def _restore(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="anju restore", description="从备份恢复；原来的库改名留着，不会被删")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("file", type=Path, nargs="?", help="备份文件")
    what.add_argument("--discard", metavar="旧库名", help="删除以前恢复时留下的旧库")
    parser.add_argument("--into", default="", metavar="新库名", help="只恢复到这个新库里看看，不动现在的库和文件")
    parser.add_argument("--force", action="store_true", help="现在的库里已有数据时也恢复（会再问一次）")
    parser.add_argument("--by", default="", metavar="谁", help="经办人，记进留痕（默认是登录这台机器的账户）")
    parser.add_argument("--reason", default="", metavar="理由", help="为什么恢复，记进留痕")
    options = parser.parse_args(arguments)
    if options.discard:
        backup.discard(name=options.discard)
        print(f"已删除旧库 {options.discard}。")
        return 0
    if not options.into and backup.occupied() and not _agreed(options.force):
        return 2
    proof, aside = backup.restore(path=options.file, into=options.into, by=options.by, reason=options.reason, say=_say)
    where = f"库 {options.into}" if options.into else "本系统"
    print(f"已恢复到{where}：{proof.tables} 张表 {proof.rows:,} 行、{proof.files if not options.into else 0:,} 个文件，与备份时一致。")
    if aside:
        print(f"原来的库改名为 {aside} 留着；确认无误后可运行 anju restore --discard {aside}")
    if not options.into:
        restored_trail.seal_what_waits()  # where the backup is of an older version, the first sealing after anju migrate does it
        for one in restoring.restores()[-1:]:
            print(f"留痕已记下：{one}")
        print("接着运行 anju migrate（备份来自旧版本时会升级），再启动。")
    return 0


def _agreed(force: bool) -> bool:
    """Whether somebody's work may be put aside: asked for twice, the second time by typing the database's name."""
    name = database.address().name
    if not force:
        print("这里已有用户或农户数据，没有恢复。确实要用备份替换，请加 --force；只想看看备份，请用 --into 新库名。", file=sys.stderr)
        return False
    print(f"现在的库将改名留存，由备份顶替。要继续，请输入库名 {name}：", file=sys.stderr, end="", flush=True)
    if sys.stdin.readline().strip() == name:
        return True
    print("库名不对，没有恢复。", file=sys.stderr)
    return False


def _keys(arguments: list[str]) -> int:
    return key_command.main(arguments, sealed.ELSEWHERE)


def main(arguments: list[str]) -> int:
    """The verb comes first."""
    verb, rest = arguments[0], arguments[1:]
    try:
        return {"selfcheck": _selfcheck, "backup": _backup, "restore": _restore, "keys": _keys}[verb](rest)
    except (backup.BackupFailed, archive.ArchiveDamaged, keys.KeysMissing, database.DatabaseUnavailable, Unreachable) as error:
        print(error, file=sys.stderr)
        return 1
