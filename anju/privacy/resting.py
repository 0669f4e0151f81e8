"""What still rests on which key: counted before a key is retired, and shown by ``anju keys status``.

Tables and the lookups of numbers are known here; what lies elsewhere (files, backups, sessions) is brought along by ``anju.operations.sealed``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from anju.privacy import keys, reindexing, rotating
from anju.privacy.purposes import DECLARED
from anju.trail.acting import SYSTEM, acting


@dataclass(frozen=True, slots=True)
class Holding:
    """A kind of thing made under keys: for which declared purposes, how it is called and counted, how many rest on which key.

    ``goal`` is the key it should come under ("active", "index", or "" where it stays under its own), ``todo`` how it leaves a key.
    """

    purposes: tuple[str, ...]
    name: str
    unit: str
    standing: Callable[[], Mapping[int, int]]
    todo: str
    goal: str = "active"

    def due(self, number: int, ring: keys.KeyRing) -> bool:
        """Whether what rests on the key should come under another."""
        return number != {"active": ring.active, "index": ring.index}.get(self.goal, number)


@dataclass(frozen=True, slots=True)
class Resting:
    """So many of a holding rest on a key."""

    holding: Holding
    key_number: int
    count: int


def _of_table(table: str, number: str) -> Callable[[], Mapping[int, int]]:
    def standing() -> Mapping[int, int]:
        with acting(SYSTEM), connection.cursor() as cursor:
            cursor.execute(f"SELECT {number}, count(*) FROM {table} GROUP BY 1 ORDER BY 1")
            return dict(cursor.fetchall())

    return standing


def here() -> list[Holding]:
    """Every sealed table, and what numbers are found by."""
    tables = [
        Holding((sealing.purpose,), model._meta.db_table, "行", _of_table(model._meta.db_table, sealing.number), "运行 anju keys rotate")
        for model, sealing in rotating.sealed_models()
    ]
    return [*tables, Holding(("index",), DECLARED["index"].what, "个", reindexing.standing, "运行 anju keys rotate --index", "index")]


def everything(elsewhere: Sequence[Holding]) -> list[Resting]:
    """All that rests on keys, by holding and key."""
    return [
        Resting(holding, number, count)
        for holding in (*here(), *elsewhere)
        for number, count in sorted(holding.standing().items())
        if count
    ]
