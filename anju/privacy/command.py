"""``anju keys path | list | add | status | rotate | retire``: where the key file is, which keys it holds, a new one, everything under it, an old one away."""

import argparse
import os
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence

from anju.privacy import cipher, keys, lookup, reindexing, resting, rotating
from anju.privacy.resting import Holding, Resting

_REFUSALS = (keys.KeysMissing, cipher.Tampered, rotating.Busy, reindexing.Doubled)


def main(arguments: list[str], elsewhere: Sequence[Holding] = ()) -> int:
    """Never prints a key itself; 0 where it went well. ``elsewhere``: what rests on keys and isn't a table."""
    parser = argparse.ArgumentParser(prog="anju keys", description="数据密钥：文件在哪里、有哪几把、加一把新的、换用新密钥、停用旧的")
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("path", help="密钥文件的位置")
    verbs.add_parser("list", help="有哪几把密钥")
    verbs.add_parser("add", help="加一把，今后用它加密")
    verbs.add_parser("status", help="每把密钥还有多少内容在用，换到哪里了")
    rotate = verbs.add_parser("rotate", help="换用新密钥，并把各表重新加密；中断后再次运行即可接着做，期间照常办公")
    rotate.add_argument("--index", action="store_true", help="连同检索密钥一起换；各表里的代号不变")
    rotate.add_argument("--piece", type=int, default=rotating.PIECE, metavar="行数", help="每次提交多少行")
    retire = verbs.add_parser("retire", help="停用一把旧密钥并从密钥文件里删去；还有内容在用时不停用")
    retire.add_argument("number", type=int, metavar="几号")
    options = parser.parse_args(arguments)
    work: dict[str, Callable[[], int]] = {
        "path": _path,
        "list": _list,
        "add": _add,
        "status": lambda: _status(elsewhere),
        "rotate": lambda: _rotate(options.piece, options.index),
        "retire": lambda: _retire(options.number, elsewhere),
    }
    try:
        return work[options.verb]()
    except _REFUSALS as error:
        print(f"\n{error}" if options.verb == "rotate" else error, file=sys.stderr)
        return 1


def _given() -> bool:
    return bool(os.environ.get("ANJU_KEYS"))


def _path() -> int:
    print("环境变量 ANJU_KEYS" if _given() else keys.place())
    return 0


def _add() -> int:
    if _given():
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
    if ring.retired:
        print(f"已停用：{_numbers(ring.retired)} 号")
    return 0


def _numbers(numbers: "frozenset[int] | set[int]") -> str:
    return "、".join(str(number) for number in sorted(numbers))


# ------------------------------------------------------------------------------------------------ what rests on which key


def _status(elsewhere: Sequence[Holding]) -> int:
    ring, found, held = keys.ring(), resting.everything(elsewhere), lookup.held()
    print(f"加密用 {ring.active} 号密钥，检索用 {ring.index} 号密钥；密钥环里有 {_numbers(set(ring.masters))} 号。")
    if held is not None and held.leaving is not None:
        done = sum(one.count for one in found if one.holding.goal == "index" and one.key_number == held.current)
        total = sum(one.count for one in found if one.holding.goal == "index")
        print(f"检索密钥正由 {held.leaving} 号换成 {held.current} 号：已换 {done:,} / {total:,} 个号码。运行 anju keys rotate 接着换。")
    for one in found:
        state = "，待换" if one.holding.due(one.key_number, ring) else ""
        print(f"  {one.holding.name}：{one.count:,} {one.holding.unit}用 {one.key_number} 号密钥{state}")
    by_key: dict[int, list[Resting]] = defaultdict(list)
    for one in found:
        by_key[one.key_number].append(one)
    computed = reindexing.computed_tokens()
    for number in sorted(ring.masters.keys() | by_key.keys()):
        print(f"{number} 号：{_state(number, ring, by_key[number])}")
        if count := computed.get(number):
            print(f"  另有 {count:,} 个号码的代号是早先版本用它推出的，不会改变；这把密钥停用以后，副本仍须保密或销毁。")
    return 0


def _state(number: int, ring: keys.KeyRing, found: list[Resting]) -> str:
    if number not in ring.masters:
        return "密钥环里没有，" + "、".join(_said(one) for one in found) + " 打不开或检索不到"
    if number in (ring.active, ring.index):
        return "正在使用"
    return "还不能停用：" + "、".join(_said(one) for one in found) if found else f"已没有内容在用，可以停用（anju keys retire {number}）"


def _said(one: Resting) -> str:
    return f"{one.holding.name} {one.count:,} {one.holding.unit}"


def _retire(number: int, elsewhere: Sequence[Holding]) -> int:
    if _given():
        print("密钥来自环境变量 ANJU_KEYS，请先用 anju keys status 确认没有内容在用，再在那里删去。", file=sys.stderr)
        return 2
    ring = keys.ring()
    if number not in ring.masters:
        print(f"密钥环里没有 {number} 号密钥。" + ("它早已停用。" if number in ring.retired else ""), file=sys.stderr)
        return 2
    if not _free(number, elsewhere):
        return 1
    print(
        f"{number} 号密钥已没有内容在用。停用后从 {keys.place()} 里删去，不能恢复；送到别处的旧备份若是用它加密的，只有另存的旧密钥文件还能打开。\n"
        f"要停用，请输入 {number}：",
        end="",
        flush=True,
    )
    if sys.stdin.readline().strip() != str(number):
        print("没有停用。", file=sys.stderr)
        return 2
    if not _free(number, elsewhere):  # what was begun under it may have been finished while one was asked
        return 1
    keys.retire(number)
    print(f"已停用 {number} 号密钥。请把新的 {keys.place()} 另存一份，旧的副本按保密要求处理。")
    return 0


def _free(number: int, elsewhere: Sequence[Holding]) -> bool:
    """Whether nothing rests on the key; else it is said what does, and what to do."""
    ring, held = keys.ring(), lookup.held()
    if number in (ring.active, ring.index) or (held is not None and number in held.numbers):
        print(f"{number} 号密钥正在使用，不能停用；先运行 anju keys rotate{' --index' if number != ring.active else ''}。", file=sys.stderr)
        return False
    found = [one for one in resting.everything(elsewhere) if one.key_number == number]
    if found:
        print(f"还不能停用 {number} 号密钥，用它的还有：", file=sys.stderr)
        for one in found:
            print(f"  {_said(one)}：{one.holding.todo}", file=sys.stderr)
    return not found


# ------------------------------------------------------------------------------------------------ changing keys


def _rotate(piece: int, index: bool) -> int:
    with rotating.alone():
        if not _prepared(index):
            return 1
        print_ = _Progress("已重新加密", "行")
        sealed = rotating.rotate(told=print_, piece=piece)
        print_ = _Progress("已换检索密钥", "个号码")
        found = reindexing.change(told=print_, piece=piece)
    again = rotating.unfinished() + (reindexing.unfinished() if reindexing.wanted(keys.ring()) else 0)
    if again:
        print(f"期间又有 {again:,} 行用旧密钥写入，请再运行一次。")
        return 1
    print(f"完成：{sealed:,} 行。" + (f"检索密钥换了 {found:,} 个号码。" if found else "") + "旧密钥仍留在密钥环里，用于读旧备份。")
    return 0


def _prepared(index: bool) -> bool:
    """Goes on with what is unfinished, or makes the key that everything is to come under; False where there is none to make."""
    ring, held, left = keys.ring(), lookup.held(), rotating.unfinished()
    changing = reindexing.wanted(ring)
    if left:
        print(f"接着换：还有 {left:,} 行未换成 {ring.active} 号密钥。")
    if changing:
        print(f"接着换：还有 {reindexing.unfinished():,} 个号码未换成 {ring.index} 号检索密钥。")
    if changing or (left and not index):
        return True
    if _given():
        print(
            "密钥由环境变量 ANJU_KEYS 给出。请先在其中加入新密钥并设为 active" + ("、index" if index else "") + "，再运行本命令。",
            file=sys.stderr,
        )
        return False
    current = held.current if held else ring.index
    if index and ring.active != current:
        keys.find_by(ring.active)
        print(f"检索密钥换成 {ring.active} 号。")
    else:
        print(f"新密钥是 {keys.add(index=index).active} 号，已写入 {keys.place()}；请马上备份这个文件。")
    return True


class _Progress:
    """One line that grows, ended when the next begins."""

    def __init__(self, what: str, unit: str) -> None:
        self._what, self._unit = what, unit

    def __call__(self, done: int, total: int) -> None:
        """After each piece."""
        print(f"\r  {self._what} {done:,} / {total:,} {self._unit}", end="\n" if done >= total else "", flush=True)
