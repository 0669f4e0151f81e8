"""Old pieces of the trail are moved into sealed archives: the chain goes on over them, and each is proved before anything leaves the database.

A piece is at most ``PIECE`` numbers from the chain's beginning, all written before the days of ``keeping.TRAIL``. It is written as an archive of the same
make as a backup (``operations.archive``), read back from the disk, noted outside the database, and only then taken out, by the tables' owner, in one
transaction in which the trail records it. Killed at any moment, the next run goes on: a file that is whole is used again, half a file is removed.
"""

import contextlib
import json
import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection
from django.utils import timezone

import anju
from anju import database, durable
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import actor_of
from anju.operations import archive
from anju.privacy import keys
from anju.trail import archived, sealing
from anju.trail.acting import SYSTEM, WHOLE, acting
from anju.trail.archived import MOVING, Piece
from anju.trail.keeping import TRAIL
from anju.trail.outside import START, Head

PIECE = 200_000
ACT = "trail.expired"
_KIND = "trail"
_LINES = "entries.jsonl"
_CHUNK = 5_000

Say = Callable[[str], None]


class NotExpired(Exception):
    """Nothing was taken out; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Read:
    """What an archive holds, proved: its piece of the chain, when its records were written, and how many there are."""

    piece: Piece
    earliest: datetime
    latest: datetime
    database: str

    @property
    def records(self) -> int:
        """How many."""
        return self.piece.last - self.piece.first + 1


@dataclass(frozen=True, slots=True)
class _Line:
    """One record in an archive: its number, the entry's, the sealer's doubt, its moment, and what was hashed of it."""

    no: int
    seq: int
    doubt: str
    at: datetime
    canonical: str

    def written(self) -> bytes:
        return json.dumps([self.no, self.seq, self.doubt, self.at.isoformat(), self.canonical], ensure_ascii=False).encode() + b"\n"

    @classmethod
    def read(cls, line: bytes) -> "_Line":
        no, seq, doubt, at, canonical = json.loads(line)
        return cls(no, seq, doubt, datetime.fromisoformat(at), canonical)


# ------------------------------------------------------------------------------------------------ taking out


def due(until: datetime | None = None) -> int:
    """How many records are older than the days they are kept in the database, as far as the next piece goes."""
    with acting(SYSTEM):
        base, _astray = archived.base()
        return _last(base.no + 1, until or _until()) - base.no


def _until() -> datetime:
    return timezone.now() - timedelta(days=TRAIL.days)


def expire(*, by: User, reason: str, say: Say = lambda _: None) -> list[Piece]:
    """Moves everything due into archives, a piece at a time; which pieces these were.

    ``by`` is an audit administrator. Raises ``NotExpired`` where somebody else asks or the chain isn't whole, ``keeping.TooShort`` where the deployment
    keeps the trail for less than the law asks.
    """
    if not by.may(Power.AUDIT) or not by.as_role or not by.as_role.administers:
        raise NotExpired(f"归档留痕要由在任的审计管理员交办；{by.name}（{by.login}）不是。")
    if not reason.strip():
        raise NotExpired("请写明依据或理由（--reason），它进留痕。")
    until, done = _until(), []
    with acting(SYSTEM):
        sealing.seal()
        archived.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
        for left in archived.folder().glob(f"*{durable.PART}"):
            left.unlink()
        while (piece := _next(until)) is not None:
            _take_out(piece, by, reason.strip()[:200])
            done.append(piece.piece)
            say(f"第 {piece.piece.first:,} 至 {piece.piece.last:,} 号已归档：{archived.folder() / piece.piece.name}")
    return done


def _next(until: datetime) -> Read | None:
    """The next piece, in a file that has been read back; None where nothing more is due."""
    base, astray = archived.base()
    if astray:
        raise NotExpired(f"{astray[2]}；请先运行 anju trail verify，查清之前不归档。")
    last = _last(base.no + 1, until)
    if last <= base.no:
        return None
    found = _left_over(base) or read(_write(base, last))
    archived.learn(found.piece)
    return found


def _last(first: int, until: datetime) -> int:
    """The last number of the piece that begins at ``first``; ``first - 1`` where nothing is due. The newest record always stays."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT least((SELECT min(s.no) - 1 FROM trail_seal s LEFT JOIN trail_entry e ON e.seq = s.seq
                             WHERE s.no >= %(first)s AND s.no < %(first)s + %(piece)s AND (e.at IS NULL OR e.at >= %(until)s)),
                            (SELECT max(no) - 1 FROM trail_seal), %(first)s + %(piece)s - 1)""",
            {"first": first, "piece": PIECE, "until": until},
        )
        row = cursor.fetchone()
    assert row is not None
    return max(int(row[0] or 0), first - 1)


def _records(base: Head, last: int) -> Iterator[_Line]:
    """The records after ``base``; raises where one isn't as it was sealed."""
    head = base
    with connection.cursor() as cursor:
        while head.no < last:
            cursor.execute(
                f"""SELECT s.no, s.seq, s.hash, s.doubt, e.at, {sealing.CANONICAL} FROM trail_seal s JOIN trail_entry e ON e.seq = s.seq
                    WHERE s.no > %s AND s.no <= %s ORDER BY s.no LIMIT %s""",
                [head.no, last, _CHUNK],
            )
            rows = cursor.fetchall()
            for no, seq, stored, doubt, at, canonical in rows:
                digest = sealing.link(head.hash, canonical, doubt)
                if no != head.no + 1 or digest != bytes(stored):
                    raise NotExpired(f"第 {head.no + 1:,} 号与封存时不符；请先运行 anju trail verify，查清之前不归档。")
                head = Head(no, digest)
                yield _Line(no, seq, doubt, at, canonical)
            if not rows:
                raise NotExpired(f"第 {head.no + 1:,} 号缺失；请先运行 anju trail verify，查清之前不归档。")


def _write(base: Head, last: int) -> Path:
    """The sealed file of the records from behind ``base`` to ``last``; whole, or not under its name."""
    path = archived.folder() / f"trail-{base.no + 1:012d}-{last:012d}.anju"
    _seal(path, _about(base, last), _records(base, last))
    return path


def _about(base: Head, last: int) -> dict[str, Any]:
    about = {"kind": _KIND, "version": anju.__version__, "database": str(connection.settings_dict["NAME"]), "keys": []}
    return about | {"first": base.no + 1, "last": last, "before": base.hash.hex()}


def _seal(path: Path, about: dict[str, Any], lines: Iterable[_Line]) -> None:
    with durable.whole(path) as out:
        writer = archive.Writer(out)
        writer.head(about)
        writer.member(_LINES, _blocks(lines))
        writer.manifest(about)


def _blocks(lines: Iterable[_Line]) -> Iterator[bytes]:
    """Whole lines, some thousand a block."""
    kept: list[bytes] = []
    for line in lines:
        kept.append(line.written())
        if len(kept) == _CHUNK:
            yield b"".join(kept)
            kept.clear()
    if kept:
        yield b"".join(kept)


def _left_over(base: Head) -> Read | None:
    """A whole file of the next piece that a killed run left, or that lies here from before a restore."""
    for path in sorted(archived.folder().glob(f"trail-{base.no + 1:012d}-*.anju")):
        with contextlib.suppress(archive.ArchiveDamaged):
            found = read(path)
            if found.piece.before == base.hash.hex() and _stands(found.piece):
                return found
        path.rename(path.with_suffix(".anju.other"))
    return None


def _stands(piece: Piece) -> bool:
    """Whether the chain in the database passes through the end of the piece, and goes on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT hash, EXISTS (SELECT FROM trail_seal WHERE no > %s) FROM trail_seal WHERE no = %s", [piece.last, piece.last])
        row = cursor.fetchone()
    return row is not None and bytes(row[0]) == piece.end.hash and bool(row[1])


@contextlib.contextmanager
def _owner() -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A connection of the tables' owner: the application itself can take nothing out of the trail."""
    where = database.address(database.OWNER)
    with psycopg.connect(
        host=where.host, port=where.port, dbname=str(connection.settings_dict["NAME"]), user=where.user, password=where.password
    ) as owner:
        yield owner


def _take_out(found: Read, by: User, reason: str) -> None:
    """Out of the database, in one transaction with the record that it was."""
    piece, actor = found.piece, actor_of(by, action=ACT)
    settings = {
        "user": actor.user, "login": actor.login, "office": actor.office, "grant": actor.grant, "place": actor.place, "seat": actor.seat,
        "action": ACT, "reason": f"{reason}：第 {piece.first:,} 至 {piece.last:,} 号移入 {piece.name}", "low": WHOLE[0], "high": WHOLE[1],
    }  # fmt: skip
    with _owner() as owner:
        owner.execute("SELECT pg_advisory_xact_lock(%s)", [MOVING])
        for name, value in settings.items():
            owner.execute("SELECT set_config(%s, %s, true)", [f"anju.{name}", value])
        owner.execute(
            """INSERT INTO trail_archived (first, last, before, hash, earliest, latest, name, at, by, reason)
               VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)""",
            [
                *(piece.first, piece.last, bytes.fromhex(piece.before), piece.end.hash, found.earliest, found.latest),
                *(piece.name, timezone.now(), by.login, reason),
            ],
        )
        bounds = [piece.first, piece.last]
        owner.execute("DELETE FROM trail_entry WHERE seq IN (SELECT seq FROM trail_seal WHERE no BETWEEN %s AND %s)", bounds)
        owner.execute("DELETE FROM trail_seal WHERE no BETWEEN %s AND %s", bounds)


# ------------------------------------------------------------------------------------------------ reading


def is_archive(head: dict[str, Any]) -> bool:
    """Whether a sealed file holds a piece of the trail, not a backup."""
    return head.get("kind") == _KIND


def read(path: Path, known: Head | None = None) -> Read:
    """Reads an archive to its end and computes its chain anew.

    ``known`` is a head printed earlier that must be in it. Raises ``archive.ArchiveDamaged`` naming the first chunk or number that is wrong, and for a
    file that is something else.
    """
    try:
        source = path.open("rb")
    except OSError as error:
        raise archive.ArchiveDamaged(f"打不开 {path}：{error.strerror}") from error
    with source:
        reader = archive.Reader(source)
        if not is_archive(reader.head):
            raise archive.ArchiveDamaged(f"{path.name} 是系统备份，不是留痕归档；备份用 anju backup verify 核验。")
        told = reader.head
        before = Head(int(told["first"]) - 1, bytes.fromhex(told["before"]))
        head, earliest, latest = before, datetime.max.replace(tzinfo=UTC), datetime.min.replace(tzinfo=UTC)
        for name, blocks in reader.members():
            if name == _LINES:
                for block in blocks:
                    for line in map(_Line.read, block.splitlines()):
                        head = _linked(head, line, known)
                        earliest, latest = min(earliest, line.at), max(latest, line.at)
    if head.no != told["last"]:
        raise archive.ArchiveDamaged(f"归档只到第 {head.no:,} 号，应到第 {told['last']:,} 号。")
    if known is not None and not before.no < known.no <= head.no:
        raise archive.ArchiveDamaged(f"第 {known.no:,} 号不在这份归档里（第 {before.no + 1:,} 至 {head.no:,} 号）。")
    piece = Piece(before.no + 1, head.no, before.hash.hex(), head.hash.hex(), path.name)
    return Read(piece, earliest, latest, str(told["database"]))


def _linked(head: Head, line: _Line, known: Head | None) -> Head:
    if line.no != head.no + 1:
        raise archive.ArchiveDamaged(f"归档在第 {head.no + 1:,} 号处断了。")
    linked = Head(line.no, sealing.link(head.hash, line.canonical, line.doubt))
    if known is not None and known.no == linked.no and known != linked:
        raise archive.ArchiveDamaged(f"第 {known.no:,} 号的哈希与给出的根不同：到这里有记录被改写过。")
    return linked


def reseal(say: Say = lambda _: None) -> int:
    """Seals the archives on this machine anew under the newest key, so that no older one is needed for them; how many. It may be stopped and begun again."""
    done, active = 0, keys.ring().active
    for path in sorted(archived.folder().glob("trail-*.anju")):
        if archive.keys_of(path) == {active}:
            continue
        held = read(path)
        with path.open("rb") as source:
            reader = archive.Reader(source)
            lines = (_Line.read(line) for _name, blocks in reader.members() for block in blocks for line in block.splitlines())
            _seal(path.with_suffix(".new"), reader.head | {"keys": []}, lines)
        fresh = path.with_suffix(".new")
        if read(fresh).piece != replace(held.piece, name=fresh.name):
            raise archive.ArchiveDamaged(f"{path.name} 重新加密后与原来不符，原文件没有动。")
        os.replace(fresh, path)
        durable.settle(path.parent)
        done += 1
        say(f"{path.name} 已换用新密钥")
    return done


def neighbours(piece: Piece) -> list[str]:
    """How a piece that was read stands to what this installation knows; the first that doesn't fit makes it no piece of ours."""
    said, registered = [], archived.pieces()
    if same := [one for one in registered if one.first == piece.first]:
        if same[0].hash != piece.hash:
            raise archive.ArchiveDamaged(f"这份归档与登记的 {same[0].name} 不是同一份。")
        said.append("与库里的登记一致")
    before = START.hash.hex() if piece.first == 1 else next((one.hash for one in registered if one.last == piece.first - 1), None)
    if before is not None and before != piece.before:
        raise archive.ArchiveDamaged("这份归档接不上前一份。")
    if before is not None:
        said.append("从链的开头起" if piece.first == 1 else f"接在第 {piece.first - 1:,} 号之后")
    if after := [one for one in registered if one.first == piece.last + 1]:
        if after[0].before != piece.hash:
            raise archive.ArchiveDamaged("后一份归档不接在这一份之后。")
        said.append(f"后面接着第 {after[0].first:,} 号起的归档")
    elif registered and registered[-1].last == piece.last:
        said.append("后面接着库里的链")
    return said or ["本系统没有登记这份归档，只核验了它自己"]
