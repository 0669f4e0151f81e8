"""What rests on the keys outside the tables: counted by ``anju keys status``, and asked before a key is retired.

With the tables that declare ``SEALING`` and the lookups of numbers this is everything that is sealed; what for, is declared in ``privacy.purposes``. A house
test holds the two together.
"""

from collections import Counter

from anju.dossier import searches
from anju.evidence import store
from anju.operations import archive, register
from anju.privacy.resting import Holding
from anju.trail import archived


def _of_archives() -> Counter[int]:
    """How many archives need which key; one may need several."""
    every = [*register.archives(), *archived.folder().glob("trail-*.anju")]
    return Counter(number for path in every for number in archive.keys_of(path))


FILES = Holding(("files", "file names"), "库存文件", "个", store.standing, "运行 anju files rotate")
SEARCHES = Holding(("searches",), "会话里输入过的检索词", "条", searches.standing, "等这些人退出或会话到期（至多一个工作日）", goal="")
BACKUPS = Holding(
    ("backup",),
    "备份和留痕归档",
    "份",
    _of_archives,
    "用新密钥另做一份备份（anju backup --verify），确认后删除旧的备份文件；留痕归档运行 anju trail reseal",
    goal="",
)
ELSEWHERE = (FILES, SEARCHES, BACKUPS)
