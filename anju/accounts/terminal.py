"""For whom a command acts."""

import sys
from pathlib import Path

from anju.accounts.models import User


def sender(login: str, file: Path) -> User | None:
    """The user in whose name a file is sent in; None, with the reason on the terminal, where there is no such user or file."""
    user = User.objects.select_related("organisation").filter(login=login).first()
    if user is None:
        print(f"没有用户“{login}”。用 anju user 新建。", file=sys.stderr)
        return None
    if not file.is_file():
        print(f"找不到文件：{file}", file=sys.stderr)
        return None
    return user
