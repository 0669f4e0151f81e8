"""``anju files check | seal | rotate | tidy``: the kept files of an installation."""

import argparse
import sys
from collections.abc import Iterator

from anju.evidence import store
from anju.evidence.models import StoredFile
from anju.evidence.shelf import Unreachable


def main(arguments: list[str]) -> int:
    """Exit 0 where all went well, 1 where a file is damaged or stays as it was."""
    parser = argparse.ArgumentParser(prog="anju files", description="库存文件：核对、加密、换密钥、清理")
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="{check,seal,rotate,tidy}")
    verbs.add_parser("check", help="逐个读完库存文件，列出缺失或被改动的")
    verbs.add_parser("seal", help="把早先版本明文保存的文件加密；中断后再运行即接着做")
    verbs.add_parser("rotate", help="用最新的密钥重新加密旧密钥加密的文件；中断后再运行即接着做")
    verbs.add_parser("tidy", help="启动时自动做：加密遗留的明文文件，清理被强行结束的任务留下的目录")
    verb = parser.parse_args(arguments).verb
    try:
        return _run(verb)
    except (Unreachable, store.Away) as away:
        print(away, file=sys.stderr)
        return 1


def _run(verb: str) -> int:
    if verb == "check":
        return _check()
    if verb == "rotate":
        return _done(store.rotate(), "已用最新密钥重新加密")
    failed = _done(store.seal_clear(), "已加密", quiet=verb == "tidy")
    if verb == "tidy" and (gone := store.clear_work()):
        print(f"清理了 {gone} 处中断的任务留下的临时内容。")
    return failed


def _check() -> int:
    faults = list(store.damaged())
    for fault in faults:
        print(f"{fault.stored.pk}\t{fault.message}", file=sys.stderr)
    clear, older = len(store.left_clear()), len(store.under_older_keys())
    print(f"库存文件 {StoredFile.objects.count():,} 个：打不开 {len(faults):,} 个，未加密 {clear:,} 个，旧密钥加密 {older:,} 个。")
    return 1 if faults or clear else 0


def _done(work: Iterator[tuple[str, str]], what: str, *, quiet: bool = False) -> int:
    done = stayed = 0
    for name, why in work:
        if why:
            stayed += 1
            print(f"{name.partition('/')[2][:16]}…\t{why}", file=sys.stderr)
        else:
            done += 1
    if done or stayed or not quiet:
        print(f"{what} {done:,} 个文件" + (f"，{stayed:,} 个没有改动。" if stayed else "。"))
    return 1 if stayed else 0
