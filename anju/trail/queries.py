"""Reading the trail: the entries of a row, the keys of an entry, how far the chain is."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from anju.trail.models import Entry, Seal, Sealing


def keys_of(entry: Entry, limit: int) -> list[int]:
    """The first keys of the rows an entry is about."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k FROM trail_entry e, unnest(e.keys) AS r, generate_series(lower(r), upper(r) - 1) AS k WHERE e.seq = %s LIMIT %s",
            [entry.pk, limit],
        )
        return [row[0] for row in cursor.fetchall()]


def written_by(table: str, keys: Sequence[int]) -> dict[int, Entry]:
    """For each row of a table the entry that tells of its coming into being."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT k, (SELECT min(e.seq + 0) FROM trail_entry e WHERE e."table" = %s AND e.keys @> k AND e.operation = 'insert')
               FROM unnest(%s::bigint[]) AS k""",
            [table, list(keys)],
        )
        found = {key: seq for key, seq in cursor.fetchall() if seq is not None}
    entries = Entry.objects.defer("keys", "names").in_bulk(set(found.values()))
    return {key: entries[seq] for key, seq in found.items()}


@dataclass(frozen=True, slots=True)
class Chain:
    """How far the chain is: its last number and hash, when that was sealed."""

    no: int
    hash: str
    at: datetime | None


def chain() -> Chain:
    """The chain's end."""
    seal = Seal.objects.order_by("-no").first()
    if seal is None:
        return Chain(0, "", None)
    run = Sealing.objects.filter(last=seal.no).order_by("-id").first()
    return Chain(seal.no, bytes(seal.hash).hex(), run.at if run else None)


def numbers(entries: Sequence[Entry]) -> dict[int, int]:
    """Entry → its number in the chain; those of the last second have none yet."""
    return dict(Seal.objects.filter(seq__in=[entry.pk for entry in entries]).values_list("seq", "no"))
