"""``anju keys path | list | add | status | rotate``: where the key file is, which keys it holds, a new one, and sealing anew under it."""

import argparse
import os
import sys

from anju.privacy import cipher, keys, rotating


def main(arguments: list[str]) -> int:
    """Never prints a key itself; 0 where it went well."""
    parser = argparse.ArgumentParser(prog="anju keys", description="数据密钥：文件在哪里、有哪几把、加一把新的、换用新密钥")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("path", help="密钥文件的位置")
    verbs.add_parser("list", help="有哪几把密钥")
    verbs.add_parser("add", help="加一把，今后用它加密")
    verbs.add_parser("status", help="各表各用几号密钥加密了多少行")
    rotate = verbs.add_parser("rotate", help="换用新密钥，并把各表重新加密；中断后再次运行即可接着做，期间照常办公")
    rotate.add_argument("--piece", type=int, default=rotating.PIECE, metavar="行数", help="每次提交多少行")
    options = parser.parse_args(arguments)
    given = bool(os.environ.get("ANJU_KEYS"))
    try:
        if options.verb == "path":
            print("环境变量 ANJU_KEYS" if given else keys.place())
            return 0
        if options.verb == "add":
            return _add(given)
        if options.verb == "list":
            return _list()
        return _status() if options.verb == "status" else _rotate(options.piece)
    except (keys.KeysMissing, cipher.Tampered) as error:
        print(error, file=sys.stderr)
        return 1


def _add(given: bool) -> int:
    if given:
        print("密钥来自环境变量 ANJU_KEYS，请在那里加。", file=sys.stderr)
        return 2
    ring = keys.add()
    print(f"已加 {ring.active} 号密钥，今后用它加密；旧密钥留着读旧数据。请马上把 {keys.place()} 另存一份到别处。")
    return 0


def _list() -> int:
    ring = keys.ring()
    for number in sorted(ring.masters):
        uses = [word for word, used in (("正在用来加密", number == ring.active), ("检索索引", number == ring.index)) if used]
        print(f"{number} 号  {ring.derive('fingerprint', number, 8).hex()}  {'、'.join(uses) or '只用来读旧数据'}")
    return 0


def _status() -> int:
    ring = keys.ring()
    print(
        f"加密用 {ring.active} 号密钥，检索用 {ring.index} 号密钥；密钥环里有 {'、'.join(str(number) for number in sorted(ring.masters))} 号。"
    )
    for one in rotating.standing():
        state = "" if one.key_number == ring.active else "，待换"
        print(f"  {one.table}：{one.rows:,} 行用 {one.key_number} 号密钥{state}")
    return 0


def _rotate(piece: int) -> int:
    left = rotating.unfinished()
    if left:
        print(f"接着换：还有 {left:,} 行未换成 {keys.ring().active} 号密钥。")
    elif os.environ.get("ANJU_KEYS"):
        print("密钥由环境变量 ANJU_KEYS 给出。请先在其中加入新密钥并设为 active，再运行本命令。", file=sys.stderr)
        return 1
    else:
        print(f"新密钥是 {keys.add().active} 号，已写入 {keys.place()}；请马上备份这个文件。")
    done = rotating.rotate(told=lambda done, total: print(f"\r  已重新加密 {done:,} / {total:,} 行", end="", flush=True), piece=piece)
    if done:
        print()
    again = rotating.unfinished()
    print(f"完成：{done:,} 行。旧密钥仍留在密钥环里，用于读旧备份。" if not again else f"期间又有 {again:,} 行用旧密钥写入，请再运行一次。")
    return 0 if not again else 1
