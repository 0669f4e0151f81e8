"""A database put back from a backup is told apart from one whose end was cut off: the restore declares itself, and leaves an entry in what it restored.

``anju restore`` writes ``restoring`` before the restored database takes the live one's name, and names that database by its number in the cluster. The
next sealing finds whether it is the one it works in: then the restore is noted in ``restores`` and in the trail, and the chain goes on from where
the backup ended. Anything else that moves the chain's end is a break.
"""

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from anju.trail import outside
from anju.trail.acting import doing
from anju.trail.models import Restoration
from anju.trail.outside import START, Head

ACT = "system.restored"


@dataclass(frozen=True, slots=True)
class Restore:
    """One restore: of which archive, by whom and why, in which database of the cluster.

    ``wanted`` is where the chain ended before it (None: nothing is known of one), ``found`` where it ends in the backup. ``common`` is the last number
    that both have; ``lost`` is how many records of before aren't here, sealed or not yet (None: the former database couldn't be asked).
    """

    at: datetime
    archive: str
    name: str
    taken_at: datetime
    by: str
    reason: str
    database: int
    wanted: Head | None
    found: Head
    common: int
    lost: int | None

    def written(self) -> str:
        """One line."""
        told = asdict(self) | {"at": self.at.isoformat(), "taken_at": self.taken_at.isoformat()}
        return json.dumps(told | {"wanted": str(self.wanted or ""), "found": str(self.found)}, ensure_ascii=False)

    @classmethod
    def read(cls, line: str) -> "Restore":
        """From the line."""
        told = json.loads(line)
        moments = {name: datetime.fromisoformat(told[name]) for name in ("at", "taken_at")}
        return cls(**told | moments | {"wanted": Head.read(told["wanted"]) if told["wanted"] else None, "found": Head.read(told["found"])})

    @property
    def until(self) -> int:
        """The last number the chain had before: numbers after ``common`` up to it have been given anew since."""
        return self.wanted.no if self.wanted else self.found.no

    def __str__(self) -> str:
        at, taken = (timezone.localtime(one).strftime("%Y-%m-%d %H:%M") for one in (self.at, self.taken_at))
        why = f"，{self.reason}" if self.reason else ""
        head = f"{at} 从 {taken} 的备份 {self.name} 恢复（经办 {self.by}{why}），恢复到第 {self.found.no:,} 号"
        if self.lost is None:
            return f"{head}；恢复前的库没能读出，备份之后少了多少条不知道，原链到第 {self.until:,} 号"
        if not self.lost:
            return f"{head}；备份之后没有别的记录"
        if self.common == self.found.no:
            return f"{head}；备份之后的 {self.lost:,} 条（原第 {self.common + 1:,} 号起）不在这里"
        return f"{head}；恢复前的链从第 {self.common + 1:,} 号起与备份不同，那里的 {self.lost:,} 条不在这里"


def _kept(name: str) -> list[Restore]:
    try:
        return [Restore.read(line) for line in (outside.folder() / name).read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return []


def restores() -> list[Restore]:
    """Every restore of this installation's database, the oldest first."""
    return _kept("restores")


def declare(restore: Restore) -> None:
    """Says what is about to happen, on disk before it does."""
    outside.keep("restoring", restore.written())


def settle() -> None:
    """Called by the sealer: a declared restore that has happened is noted, one that hasn't is forgotten. It may be called again after a kill."""
    declared = _kept("restoring")
    if not declared:
        return
    (restore,) = declared
    head, _coming = outside.heads()
    with transaction.atomic(), connection.cursor() as cursor:
        if _works_in(cursor, restore.database):
            noted = Restoration.objects.filter(archive=restore.archive, at=restore.at).exists()
            if noted or (_end(cursor) == restore.found and head in (restore.wanted, restore.found, None)):
                _accept(restore, noted)
    (outside.folder() / "restoring").unlink(missing_ok=True)


def _works_in(cursor: Any, database: int) -> bool:
    cursor.execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()")
    return bool(cursor.fetchone() == (database,))


def _end(cursor: Any) -> Head:
    cursor.execute("SELECT no, hash FROM trail_seal ORDER BY no DESC LIMIT 1")
    row = cursor.fetchone()
    return Head(row[0], bytes(row[1])) if row else START


def _accept(restore: Restore, noted: bool) -> None:
    """The files first, each step as it would be done again; the entry in the trail with the row that is written last."""
    if restore not in restores():
        outside.append("restores", [restore.written()])
    if noted:
        return
    outside.forget_checkpoints_after(restore.common)
    outside.keep("head", str(restore.found))
    with doing(ACT, str(restore)):
        Restoration.objects.create(
            at=restore.at,
            archive=restore.archive,
            name=restore.name,
            taken_at=restore.taken_at,
            by=restore.by,
            reason=restore.reason,
            former_end=restore.wanted.no if restore.wanted else None,
            found_end=restore.found.no,
            common=restore.common,
            lost=restore.lost,
        )


def told_by_the_trail_alone() -> list[str]:
    """Restores that stand in the trail and not outside it: the database came here from another machine."""
    known = {(one.archive, one.at) for one in restores()}
    rows = [row for row in Restoration.objects.order_by("at") if (row.archive, row.at) not in known]
    return [
        f"{timezone.localtime(row.at):%Y-%m-%d %H:%M} 从备份 {row.name} 恢复（经办 {row.by}），恢复到第 {row.found_end:,} 号"
        + ("" if row.lost is None else f"，备份之后的 {row.lost:,} 条不在这里")
        + "；只在留痕里有登记，库外没有"
        for row in rows
    ]
