"""Pieces of the chain that lie in archives: the chain in the database goes on from the hash the last one ends on.

Which piece lies where stands in the database (``Archived``) and, outside it, in ``archives`` of the trail's folder: who owns the database can't make
a piece vanish by writing that it was archived. The files themselves are written and read by ``anju.operations.expiring``.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from django.db import connection

from anju.trail import outside
from anju.trail.models import Archived, Entry
from anju.trail.outside import START, Head

MOVING = 0x7472_6170  # "trap": held while a piece is taken out of the database


@dataclass(frozen=True, slots=True)
class Piece:
    """Numbers ``first`` to ``last``, between two hashes, in the file ``name``."""

    first: int
    last: int
    before: str
    hash: str
    name: str

    @property
    def end(self) -> Head:
        """Where the next piece, or the chain in the database, goes on."""
        return Head(self.last, bytes.fromhex(self.hash))


def folder() -> Path:
    """Where the files are unless they were put elsewhere."""
    return outside.folder() / "archive"


def known() -> list[Piece]:
    """Every piece as the file outside the database has it."""
    try:
        return [Piece(**json.loads(line)) for line in (outside.folder() / "archives").read_text("utf-8").splitlines()]
    except FileNotFoundError:
        return []


def learn(piece: Piece) -> None:
    """Notes a piece outside the database; once."""
    if piece not in known():
        outside.append("archives", [json.dumps(asdict(piece), ensure_ascii=False)])


def pieces() -> list[Piece]:
    """Every piece as the database has it, in order."""
    rows = Archived.objects.order_by("first")
    return [Piece(one.first, one.last, bytes(one.before).hex(), bytes(one.hash).hex(), one.name) for one in rows]


def base() -> tuple[Head, tuple[int, None, str] | None]:
    """Where the last archive ends, and what is wrong with the pieces: one that doesn't continue the one before, or that nobody knows outside."""
    head, outside_ = START, known()
    for piece in pieces():
        if piece.first != head.no + 1 or piece.before != head.hash.hex():
            return head, (piece.first, None, "归档的登记与前一段接不上")
        if piece not in outside_:
            return head, (piece.first, None, f"库里说第 {piece.first:,} 至 {piece.last:,} 号已归档，库外没有这份归档的登记")
        head = piece.end
    return head, None


def told() -> list[str]:
    """What a verification says of them."""
    found = pieces()
    if not found:
        return []
    away = [piece.name for piece in found if not (folder() / piece.name).exists()]
    said = [
        f"第 1 至 {found[-1].last:,} 号已归档，共 {len(found)} 份，核验从第 {found[-1].last + 1:,} 号起；归档用 anju trail verify --archive 核验"
    ]
    return said + ([f"归档文件不在本机：{'、'.join(away)}"] if away else [])


def earliest() -> datetime | None:
    """When the oldest entry that is still in the database was written."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq FROM trail_seal ORDER BY no LIMIT 1")
        row = cursor.fetchone()
    return Entry.objects.values_list("at", flat=True).get(pk=row[0]) if row else None


@contextmanager
def nothing_moves() -> Iterator[None]:
    """While it is held no piece is taken out of the database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s)", [MOVING])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock_shared(%s)", [MOVING])
