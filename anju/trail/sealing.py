"""The chain over the entries: each seal's hash is SM3(hash of the one before ‖ the entry), so that nothing can be taken out or changed unseen.

Chaining inside the triggers would make all writers wait for each other. The sealer comes behind instead, about once a second, and gives numbers
without gaps to the entries in the order in which it sees them. The last number and hash also stand in a file outside the database, so
that cutting off the chain's end shows too.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.db import connection, transaction

from anju.trail import outside, restoring
from anju.trail.acting import SYSTEM, acting
from anju.trail.outside import GENESIS, START, Head, folder

__all__ = ["GENESIS", "Head", "folder", "link", "root", "seal"]

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
        restoring.settle()
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
            outside.compare(before.head, look.at)
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
        outside.keep("head.next", str(head))
    outside.append("checkpoints", [str(Head(no, digest)) for no, _seq, digest, _doubt_ in seals if no % CHECKPOINT == 0])
    outside.keep("head", str(head))
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
