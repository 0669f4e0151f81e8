"""``anju keys path | list | add``: where the key file is, which keys it holds, a new one."""

import argparse
import os
import sys

from anju.privacy import keys


def main(arguments: list[str]) -> int:
    """Never prints a key itself."""
    parser = argparse.ArgumentParser(prog="anju keys", description="数据密钥：文件在哪里、有哪几把、加一把新的")
    parser.add_argument("verb", choices=("path", "list", "add"), help="path 文件位置；list 有哪几把；add 加一把，今后用它加密")
    verb = parser.parse_args(arguments).verb
    given = bool(os.environ.get("ANJU_KEYS"))
    try:
        if verb == "path":
            print("环境变量 ANJU_KEYS" if given else keys.place())
            return 0
        if verb == "add":
            if given:
                print("密钥来自环境变量 ANJU_KEYS，请在那里加。", file=sys.stderr)
                return 2
            ring = keys.add()
            print(f"已加 {ring.active} 号密钥，今后用它加密；旧密钥留着读旧数据。请马上把 {keys.place()} 另存一份到别处。")
            return 0
        ring = keys.ring()
    except keys.KeysMissing as error:
        print(error, file=sys.stderr)
        return 1
    for number in sorted(ring.masters):
        uses = [word for word, used in (("正在用来加密", number == ring.active), ("检索索引", number == ring.index)) if used]
        print(f"{number} 号  {ring.derive('fingerprint', number, 8).hex()}  {'、'.join(uses) or '只用来读旧数据'}")
    return 0
