"""What the keys are used for: each use is declared here once, and a key is derived for nothing else (``KeyRing.derive``).

Who seals something new declares its purpose here and says where it rests; a house test asks for whatever counts it. From this follow what ``anju keys
status`` counts, what ``anju keys rotate`` seals anew, and which keys may not be retired yet.
"""

from dataclasses import dataclass
from enum import StrEnum


class Rests(StrEnum):
    """Where what was made under a key lies afterwards."""

    TABLE = "table"  # rows of tables whose models declare SEALING
    FILES = "files"  # the store of kept files
    BACKUPS = "backups"  # archives
    SESSIONS = "sessions"  # inside the content of sessions, and gone with them
    LOOKUP = "lookup"  # values that numbers are found by, in the vault
    NOWHERE = "nowhere"  # nothing that would have to be opened or found again


@dataclass(frozen=True, slots=True)
class Purpose:
    """One use of the keys. ``tables`` are the labels of the models where it rests in tables."""

    name: str
    what: str
    rests: Rests
    tables: tuple[str, ...] = ()


_ALL = (
    Purpose("numbers", "号码", Rests.TABLE, ("privacy.Secret",)),
    Purpose("rows", "名单和表格的原始单元格", Rests.TABLE, ("rosters.RowCells", "imports.ImportCells")),
    Purpose("totp", "手机验证码的密钥", Rests.TABLE, ("accounts.SecondFactor",)),
    Purpose("session", "登录会话", Rests.TABLE, ("accounts.SignedInSession",)),
    Purpose("searches", "会话里输入过的检索词", Rests.SESSIONS),
    Purpose("files", "库存文件", Rests.FILES),
    Purpose("file names", "库存文件的名字", Rests.FILES),
    Purpose("backup", "备份", Rests.BACKUPS),
    # "index id", "index phone" …: one key for each kind. Digests of logins are made under it too; nothing has to be opened by them.
    Purpose("index", "号码检索", Rests.LOOKUP),
    Purpose("fingerprint", "密钥指纹", Rests.NOWHERE),
)
DECLARED: dict[str, Purpose] = {one.name: one for one in _ALL}


def declared(purpose: str) -> bool:
    """Whether the purpose is one of those above; of an index the kind follows the word."""
    return purpose in DECLARED or purpose.startswith("index ")
