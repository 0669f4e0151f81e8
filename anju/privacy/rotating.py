"""Everything sealed in tables, sealed anew under the newest master key: piece by piece, while people work.

Tokens don't change: they are names, and rest on no key. So nothing but the sealed bytes is written, and a rotation killed at any moment leaves rows under
the old key and rows under the new one, all readable; the next one goes on with those under the old.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

from django.apps import apps
from django.db import OperationalError, connection, models, transaction

from anju.privacy import cipher, keys
from anju.trail.acting import SYSTEM, acting

PIECE = 2000
_ALONE = (0x616E6A75, 0x726F74)
_PATIENCE = "15s"
# Sealed bytes begin with a version and the key's number (``privacy.cipher``).
_FROM_HEAD = "(get_byte({0}, 1) * 16777216::bigint + get_byte({0}, 2) * 65536 + get_byte({0}, 3) * 256 + get_byte({0}, 4))"
_LOCK_TIMEOUT = "55P03"


class Busy(Exception):
    """Somebody is in the way; the message says who, and what to do."""


@dataclass(frozen=True, slots=True)
class Sealing:
    """How a model's column is sealed: for what purpose, and from which columns follows what it is bound to.

    ``numbered`` where a column ``key_number`` repeats the number of the key; else it is read from the sealed bytes.
    """

    purpose: str
    columns: tuple[str, ...]
    bound: Callable[..., bytes]
    column: str = "sealed"
    numbered: bool = True

    @property
    def number(self) -> str:
        """SQL: the number of the key a row is sealed under."""
        return "key_number" if self.numbered else _FROM_HEAD.format(self.column)


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
        for model, sealing in sealed_models():
            cursor.execute(f"SELECT {sealing.number}, count(*) FROM {model._meta.db_table} GROUP BY 1 ORDER BY 1")
            found += [Standing(model._meta.db_table, number, rows) for number, rows in cursor.fetchall()]
    return found


def unfinished() -> int:
    """Rows that aren't under the active key."""
    active = keys.ring().active
    return sum(one.rows for one in standing() if one.key_number != active)


@contextmanager
def alone() -> Iterator[None]:
    """Inside, nobody else changes keys. Raises ``Busy``."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", _ALONE)
    except OperationalError as error:
        if timed_out(error):
            raise Busy("另一处正在换密钥，请等它完成，或停掉它再运行；进度用 anju keys status 查看。") from error
        raise
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", _ALONE)


def timed_out(error: OperationalError) -> bool:
    """Whether somebody else held a lock for longer than one would wait."""
    return getattr(error.__cause__, "sqlstate", "") == _LOCK_TIMEOUT


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
    table, kind = model._meta.db_table, key.db_type(connection)
    pk = str(key.column)
    columns = ", ".join((pk, sealing.column, *sealing.columns))
    further = "true" if after is None else f"{pk} > %s"
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {table} WHERE {sealing.number} <> %s AND {further} ORDER BY {pk} LIMIT %s FOR NO KEY UPDATE",
            [ring.active, *(() if after is None else (after,)), piece],
        )
        found = cursor.fetchall()
        if not found:
            return None, 0
        places = [sealing.bound(*row[2:]) for row in found]
        opened = []
        for (row, sealed, *_rest), place in zip(found, places, strict=True):
            try:
                opened.append((cipher.unseal(bytes(sealed), purpose=sealing.purpose, bound_to=place, ring=ring), place))
            except cipher.Tampered as error:
                raise cipher.Tampered(f"{table} 中键为 {row} 的一行打不开：{error}") from error
        fresh = cipher.seal_many(opened, purpose=sealing.purpose, ring=ring)
        number = f", key_number = {ring.active:d}" if sealing.numbered else ""
        cursor.execute(
            f"""UPDATE {table} t SET {sealing.column} = n.sealed{number}
                FROM unnest(%s::text[], %s::bytea[]) AS n(key, sealed) WHERE t.{pk} = n.key::{kind}""",
            [[str(row[0]) for row in found], fresh],
        )
    return found[-1][0], len(found)
