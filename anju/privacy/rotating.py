"""Everything sealed in tables, sealed anew under the newest master key: piece by piece, while people work.

Tokens don't change: they rest on the index key, not on the key that seals. So nothing but the sealed bytes is written, and a rotation killed at any
moment leaves rows under the old key and rows under the new one, all readable; the next one goes on with those under the old.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import connection, models, transaction

from anju.privacy import cipher, keys
from anju.trail.acting import SYSTEM, acting

PIECE = 2000


@dataclass(frozen=True, slots=True)
class Sealing:
    """How a model's ``sealed`` column is sealed: for what purpose, and from which columns follows what it is bound to."""

    purpose: str
    columns: tuple[str, ...]
    bound: Callable[..., bytes]


class Told(Protocol):
    """Is told how far a rotation is: rows done of all that had to be sealed anew."""

    def __call__(self, done: int, total: int, /) -> object:
        """After each piece."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How many rows of a table are sealed under which key."""

    table: str
    key_number: int
    rows: int


def sealed_models() -> Iterator[tuple[type[models.Model], Sealing]]:
    """The models that declare ``SEALING``."""
    for model in apps.get_models():
        if isinstance(found := getattr(model, "SEALING", None), Sealing):
            yield model, found


def standing() -> list[Standing]:
    """Every sealed table by key."""
    found = []
    with acting(SYSTEM), connection.cursor() as cursor:
        for model, _sealing in sealed_models():
            cursor.execute(f"SELECT key_number, count(*) FROM {model._meta.db_table} GROUP BY 1 ORDER BY 1")
            found += [Standing(model._meta.db_table, number, rows) for number, rows in cursor.fetchall()]
    return found


def unfinished() -> int:
    """Rows that aren't under the active key."""
    active = keys.ring().active
    return sum(one.rows for one in standing() if one.key_number != active)


def rotate(*, told: Told | None = None, piece: int = PIECE) -> int:
    """Seals every row anew that isn't under the active key; how many. Each piece is a transaction of its own.

    Raises ``cipher.Tampered`` where a row doesn't open: it names the table and the row, and nothing of that piece is written.
    """
    total, done = unfinished(), 0
    with acting(SYSTEM):
        for model, sealing in sealed_models():
            last: Any = None
            while True:
                with transaction.atomic():
                    last, count = _piece(model, sealing, last, piece)
                if last is None:
                    break
                done += count
                if told is not None:
                    told(done, max(total, done))
    return done


def _piece(model: type[models.Model], sealing: Sealing, after: Any, piece: int) -> tuple[Any, int]:
    """The next rows under older keys in the order of their keys; the last one's key, None where there are no more."""
    ring = keys.ring()
    key = model._meta.pk
    assert key is not None
    rows = model._default_manager.exclude(key_number=ring.active).order_by("pk")
    if after is not None:
        rows = rows.filter(pk__gt=after)
    found = list(rows.select_for_update(no_key=True).values_list("pk", "sealed", *sealing.columns)[:piece])
    if not found:
        return None, 0
    places = [sealing.bound(*row[2:]) for row in found]
    opened = []
    for (pk, sealed, *_rest), place in zip(found, places, strict=True):
        try:
            opened.append((cipher.unseal(bytes(sealed), purpose=sealing.purpose, bound_to=place, ring=ring), place))
        except cipher.Tampered as error:
            raise cipher.Tampered(f"{model._meta.db_table} 中键为 {pk} 的一行打不开：{error}") from error
    fresh = cipher.seal_many(opened, purpose=sealing.purpose, ring=ring)
    kind = key.db_type(connection)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""UPDATE {model._meta.db_table} t SET sealed = n.sealed, key_number = %s
                FROM unnest(%s::text[], %s::bytea[]) AS n(key, sealed) WHERE t.{key.column} = n.key::{kind}""",
            [ring.active, [str(row[0]) for row in found], fresh],
        )
    return found[-1][0], len(found)
