"""The chain over the entries: each seal's hash is SM3(hash of the one before ‖ the entry), so that nothing can be taken out or changed unseen.

Chaining inside the triggers would make all writers wait for each other. The sealer comes behind instead, about once a second, and gives numbers
without gaps to the entries in the order in which it sees them. The last number and hash also stand in a file outside the database, so
that cutting off the chain's end shows too.
"""

import contextlib
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.conf import settings
from django.db import connection, transaction

from anju.trail.acting import SYSTEM, acting

GENESIS = bytes(32)
CHECKPOINT = 1000  # every so many seals the hash is also kept in the file outside the database
PATIENCE = timedelta(seconds=60)  # how far a clock may be set back without casting doubt on entries
_LOCK = 0x7472_6169  # "trai"
_CHUNK = 20_000

# What is hashed: a JSON array, so that no value can run into its neighbour and any other tool can read it. Moments are whole
# microseconds since 1970, digests hexadecimal. Entries of before there was a seat end without one.
CANONICAL = """(jsonb_build_array(e.seq, (extract(epoch FROM e.at) * 1000000)::bigint, e.txid, e."user", e.login, e.office, e."grant", e.address, e.action,
    e.reason, e.role, e."table", e.operation, e.rows, e.keys::text, e.names, e.within, encode(e.before, 'hex'), encode(e.after, 'hex'), e.changed)
    || CASE WHEN e.seat IS NULL THEN '[]'::jsonb ELSE jsonb_build_array(e.seat) END)::text"""


def link(before: bytes, canonical: str, doubt: str) -> bytes:
    """The hash of the next seal."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(before)
    digest.update(canonical.encode())
    if doubt:
        digest.update(b"\n" + doubt.encode())
    return digest.finalize()


# ------------------------------------------------------------------------------------------------ the head, outside the database


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal: its number and hash. Number 0 is the beginning."""

    no: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.no}:{self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """``NO:HASH`` as it is printed; ValueError where it isn't that."""
        number, _, digest = text.strip().partition(":")
        head = cls(int(number), bytes.fromhex(digest))
        if head.no < 0 or len(head.hash) != len(GENESIS):
            raise ValueError(text)
        return head


START = Head(0, GENESIS)


def folder() -> Path:
    """Where the heads of this database's chain are kept."""
    return Path(settings.TRAIL) / str(connection.settings_dict["NAME"])


def _read(name: str) -> Head | None:
    try:
        return Head.read((folder() / name).read_text("ascii"))
    except FileNotFoundError:
        return None


def outside() -> tuple[Head | None, Head | None]:
    """The head as the file has it, and the one that was being written when a sealer was stopped in between."""
    return _read("head"), _read("head.next")


def checkpoints() -> dict[int, bytes]:
    """The hash of each thousandth seal, as the file has them."""
    try:
        lines = (folder() / "checkpoints").read_text("ascii").splitlines()
    except FileNotFoundError:
        return {}
    return {head.no: head.hash for head in map(Head.read, lines)}


@dataclass(frozen=True, slots=True)
class Break:
    """A moment at which the sealer found the database's chain to end otherwise than the file said."""

    at: datetime
    wanted: Head
    found: Head


def breaks() -> list[Break]:
    """Every break noted so far; each stays until somebody has looked into it and put the file away."""
    try:
        lines = (folder() / "breaks").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    parts = (line.split(" ") for line in lines)
    return [Break(datetime.fromisoformat(at), Head.read(wanted), Head.read(found)) for at, wanted, found in parts]


def keep(name: str, text: str) -> None:
    """Puts the file in its place whole, or not at all."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = place / f".{name}.{os.getpid()}"
    with aside.open("w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    aside.replace(place / name)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _append(name: str, lines: list[str]) -> None:
    if lines:
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (place / name).open("a", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
            out.flush()
            os.fsync(out.fileno())


def _compare(found: Head, at: datetime) -> None:
    """Notes where the chain in the database doesn't end as the file says, before the file is written anew."""
    head, coming = outside()
    if head is None or found == head:
        return
    if found == coming:  # a sealer was stopped between its commit and its file
        keep("head", str(found))
        return
    _append("breaks", [f"{at.isoformat()} {head} {found}"])
    keep("head", str(found))


# ------------------------------------------------------------------------------------------------ sealing


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One sealer at a time in the whole installation, until its head is written: the lock outlives the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
    try:
        yield
    finally:
        if connection.connection is not None and not connection.needs_rollback:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [_LOCK])


@dataclass(frozen=True, slots=True)
class _Before:
    """What the last run left: its head and what may be relied on."""

    head: Head
    at: datetime | None = None
    xid: int = 0
    settled: int = 0
    floor: int = 0
    cluster: str = ""


@dataclass(frozen=True, slots=True)
class _Look:
    """What a run sees when it begins: the last entry number given out, the moment, the oldest transaction still open, the cluster."""

    seen: int
    at: datetime
    settled: int
    cluster: str


def seal(*, thorough: bool = False) -> Head:
    """Seals every entry that is committed and has no seal yet; the head of the chain afterwards. Waits for another sealer at work.

    ``thorough`` looks at all entries ever written, for one that was slipped in between old ones. Not to be called inside a transaction that
    has written (it would promise what it can't know); tests do, and then nothing is promised.
    """
    with acting(SYSTEM), _alone():
        look, after = None, 0
        while True:
            head, look, after = _seal_some(look, after, thorough)
            if not after:
                return head


def _before(cursor: Any) -> _Before:
    cursor.execute("SELECT no, hash FROM trail_seal ORDER BY no DESC LIMIT 1")
    row = cursor.fetchone()
    if row is None:
        return _Before(START)
    head = Head(row[0], bytes(row[1]))
    cursor.execute("SELECT at, xid, settled, floor, cluster FROM trail_sealing ORDER BY id DESC LIMIT 1")
    run = cursor.fetchone()
    return _Before(head, *run) if run else _Before(head)


def _look(cursor: Any) -> _Look:
    cursor.execute(
        """SELECT (SELECT last_value FROM trail_entry_seq_seq), clock_timestamp(), pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
                  (SELECT system_identifier::text FROM pg_control_system())"""
    )
    return _Look(*cursor.fetchone())


def _seal_some(look: _Look | None, after: int, thorough: bool) -> tuple[Head, _Look, int]:
    """One transaction of at most a chunk; what the first chunk saw, and the entry it stopped at where there may be more (else 0)."""
    nested = connection.in_atomic_block
    with transaction.atomic(), connection.cursor() as cursor:
        before = _before(cursor)
        look = look or _look(cursor)
        if not after:
            _compare(before.head, look.at)
        cursor.execute(
            f"""SELECT e.seq, {CANONICAL}, e.txid, e.at FROM trail_entry e
                WHERE e.seq > %s AND NOT EXISTS (SELECT FROM trail_seal s WHERE s.seq = e.seq) ORDER BY e.seq LIMIT %s""",
            [max(after, 0 if thorough else before.floor), _CHUNK],
        )
        rows = cursor.fetchall()
        whole = len(rows) < _CHUNK
        floor = before.floor
        if whole and not nested:
            # Whoever was writing when that run began has ended, and what they wrote has been looked at just now.
            cursor.execute(
                "SELECT coalesce(max(seen), 0) FROM trail_sealing WHERE xid <= %s AND cluster = %s", [look.settled, look.cluster]
            )
            floor = max(floor, cursor.fetchone()[0])
        if not rows and floor - before.floor < _CHUNK:
            return before.head, look, 0
        head, seals = before.head, []
        for seq, canonical, txid, moment in rows:
            doubt = _doubt(before, look, seq, txid, moment)
            head = Head(head.no + 1, link(head.hash, canonical, doubt))
            seals.append((head.no, seq, head.hash, doubt))
        with cursor.copy("COPY trail_seal (no, seq, hash, doubt) FROM STDIN") as copy:
            for row in seals:
                copy.write_row(row)
        cursor.execute(
            """INSERT INTO trail_sealing (first, last, hash, at, xid, settled, seen, floor, cluster)
               VALUES (%s, %s, %s, %s, pg_current_xact_id()::text::bigint, %s, %s, %s, %s)""",
            [
                *(before.head.no + 1, head.no, head.hash, look.at),
                *(look.settled if whole else before.settled, look.seen if whole and not nested else floor, floor, look.cluster),
            ],
        )
        keep("head.next", str(head))
    _append("checkpoints", [str(Head(no, digest)) for no, _seq, digest, _doubt_ in seals if no % CHECKPOINT == 0])
    keep("head", str(head))
    return head, look, 0 if whole else rows[-1][0]


def _doubt(before: _Before, look: _Look, seq: int, txid: int, moment: datetime) -> str:
    """Why an entry can't have been written when it says: "" where nothing speaks against it.

    A database restored elsewhere counts its transactions anew, so transactions are compared within one cluster only.
    """
    if before.at is None:
        return ""
    if seq <= before.floor or (before.cluster == look.cluster and txid < before.settled):
        return "late"
    if before.cluster == look.cluster and txid >= before.xid and moment < before.at - PATIENCE:
        return "backdated"
    return "ahead" if moment > look.at + PATIENCE else ""


def root(before: datetime) -> tuple[Head, datetime | None]:
    """The head of the chain as it stood at a moment, and when it was sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT last, hash, at FROM trail_sealing WHERE at < %s ORDER BY id DESC LIMIT 1", [before])
        row = cursor.fetchone()
    return (Head(row[0], bytes(row[1])), row[2]) if row else (START, None)
