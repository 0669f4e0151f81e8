"""What a restore does to the trail: where the chain of the backup and that of before part, and how many records stay behind with the former database."""

import contextlib
from datetime import datetime
from pathlib import Path

import psycopg
from django.db import Error
from django.utils import timezone

from anju.operations import expiring
from anju.operations.archive import ArchiveDamaged
from anju.operations.tables import Connection
from anju.trail import archived, outside, restoring, sealing
from anju.trail.outside import START, Head
from anju.trail.restoring import Restore


def seal_what_waits() -> None:
    """The chain of before is brought to its end where that database can still be worked with; where it can't, the restore goes on."""
    with contextlib.suppress(Error, psycopg.Error):
        sealing.seal()


def declare(
    *, former: Connection | None, fresh: Connection, path: Path, archive_id: str, taken_at: datetime, by: str, reason: str
) -> Restore:
    """Says outside the databases, before ``fresh`` takes the place of ``former``, what the trail will have lost."""
    found, (wanted, _coming) = end(fresh), outside.heads()
    common, lost = found.no, None
    with contextlib.suppress(psycopg.Error):
        if former is not None and _has_chain(former):
            common = parting(former, fresh)
            lost = _after(former, common)
    oid = fresh.execute("SELECT oid::bigint FROM pg_database WHERE datname = current_database()").fetchone()
    assert oid is not None
    made = Restore(
        *(timezone.now(), archive_id, path.name, taken_at, by[:100], reason[:200], int(oid[0])),
        wanted=wanted,
        found=found,
        common=common,
        lost=lost,
    )
    restoring.declare(made)
    return made


def learn_archives() -> None:
    """Archives of the trail that came with the backup are noted outside the database again, each after it has been read to its end."""
    for path in sorted(archived.folder().glob("trail-*.anju")):
        if path.name not in {piece.name for piece in archived.known()}:
            with contextlib.suppress(ArchiveDamaged):
                archived.learn(expiring.read(path).piece)


def _has_chain(database: Connection) -> bool:
    row = database.execute("SELECT to_regclass('public.trail_seal') IS NOT NULL").fetchone()
    return row is not None and bool(row[0])


def end(database: Connection) -> Head:
    """Where the chain of a database ends."""
    row = _has_chain(database) and database.execute("SELECT no, hash FROM trail_seal ORDER BY no DESC LIMIT 1").fetchone()
    return Head(int(row[0]), bytes(row[1])) if row else START


def parting(one: Connection, other: Connection) -> int:
    """The last number at which two chains are the same. What is the same at a number is the same before it: the hash holds all that came before."""
    low, high = 0, min(end(one).no, end(other).no)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if _same(one, other, middle) else (low, middle - 1)
    return low


def _same(one: Connection, other: Connection, no: int) -> bool:
    """Where one of them has the number in an archive only, it is taken for the same: the piece was proved when it was taken out."""
    hashes = [database.execute("SELECT hash FROM trail_seal WHERE no = %s", [no]).fetchone() for database in (one, other)]
    return None in hashes or hashes[0] == hashes[1]


def _after(database: Connection, no: int) -> int:
    """How many records a database has behind a number, those that weren't sealed yet included."""
    row = database.execute(
        """SELECT (SELECT count(*) FROM trail_seal WHERE no > %s)
                  + (SELECT count(*) FROM trail_entry e WHERE e.seq > coalesce((SELECT floor FROM trail_sealing ORDER BY id DESC LIMIT 1), 0)
                     AND NOT EXISTS (SELECT FROM trail_seal s WHERE s.seq = e.seq))""",
        [no],
    ).fetchone()
    assert row is not None
    return int(row[0])
