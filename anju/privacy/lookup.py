"""Finding a number without opening any: from its blind index to its token.

A number's **token** is drawn when it first enters and never changes; its **lookup** is HMAC-SM3 under an index key, and changes with that key.
``privacy_lookupkeys`` says under which key numbers are found: ``current``; while the key is being changed (``privacy.reindexing``) some are still found
under ``leaving``, and both are looked for. The database says which, not the key file: a restored database is searched by its own keys.

No number is in the vault twice. Who enters numbers holds a shared lock until their transaction ends, and the change begins when nobody does: so two
who enter a number agree on the key it is found by, and the unique lookup makes one of them take the other's token.
"""

import base64
import hashlib
import secrets
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from itertools import islice
from typing import Any, TypeVar

from django.db import connection

from anju.privacy import cipher, keys

T = TypeVar("T")
Number = tuple[str, str]
"""A number's kind ("id", "phone", "cert", "card") and its text."""

MARK = "~"
LENGTH = 22
TAIL = "id tail"
LOCK = 0x616E6A75
_BATCH = 5000
# Kept in this process's memory only: for it equal numbers have equal tokens before they enter, for everybody else a token is 128 random bits.
_DRAWING = secrets.token_bytes(32)
_FIND = """SELECT k.key_number, k.leaving, s.{column}, s.token FROM (SELECT key_number, leaving FROM privacy_lookupkeys LIMIT 1) k
           LEFT JOIN privacy_secret s ON s.{column} = ANY(string_to_array(%s, ',')) AND s.{column} <> ''"""
# Where the row is gone while numbers are here, the numbers themselves say.
_FIRST = """INSERT INTO privacy_lookupkeys ("only", key_number, leaving)
            SELECT true, coalesce(max(lookup_key), %s), nullif(min(lookup_key), max(lookup_key)) FROM privacy_secret ON CONFLICT DO NOTHING"""


@dataclass(frozen=True, slots=True)
class LookupKeys:
    """Under which index keys numbers are found: ``current``, and ``leaving`` while the key is being changed."""

    current: int
    leaving: int | None = None

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers of the master keys."""
        return frozenset((self.current,) if self.leaving is None else (self.current, self.leaving))


def _text(digest: bytes) -> str:
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]


def drawn(number: Number) -> str:
    """The token of a number that isn't in the vault yet."""
    return MARK + _text(hashlib.blake2b(f"{number[0]}:{number[1]}".encode(), digest_size=16, key=_DRAWING).digest())


def values(numbers: Iterable[Number], key: int, ring: keys.KeyRing) -> list[str]:
    """What numbers are found by under an index key, in their order. Raises ``keys.KeysMissing``."""
    given = list(numbers)
    of_kind = {kind: ring.derive(f"index {kind}", key, 32) for kind in {kind for kind, _text in given}}
    return [_text(cipher.keyed_digest(of_kind[kind], text.encode())) for kind, text in given]


def tail(text: str, key: int, ring: keys.KeyRing) -> str:
    """What identity numbers with the same last four characters are found by; "" for less than four."""
    return _tail(text[-4:], ring.derive(f"index {TAIL}", key, 32)) if len(text) >= 4 else ""


@lru_cache(maxsize=65536)  # there are some ten thousand
def _tail(last: str, key: bytes) -> str:
    return _text(cipher.keyed_digest(key, last.encode()))


def held() -> LookupKeys | None:
    """Under which keys the database's numbers are found; None while it has none."""
    with connection.cursor() as cursor:
        return _held(cursor)


def _held(cursor: Any) -> LookupKeys | None:
    cursor.execute("SELECT key_number, leaving FROM privacy_lookupkeys")
    row = cursor.fetchone()
    return LookupKeys(*row) if row else None


def joined(cursor: Any, ring: keys.KeyRing) -> LookupKeys:
    """The keys that hold until this transaction ends, for whoever enters numbers in it."""
    cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    while (found := _held(cursor)) is None:
        cursor.execute(_FIRST, [ring.index])
    return found


def find(numbers: Iterable[Number]) -> dict[Number, str]:
    """Tokens of those numbers that are in the vault. Raises ``keys.KeysMissing``."""
    return look(set(numbers)).tokens


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look has shown: tokens of those in the vault, the keys that held when it began (None: no number has entered yet), and by which values was
    looked for what under each key."""

    tokens: dict[Number, str]
    held: LookupKeys | None
    values: dict[int, dict[str, Number]]


def look(numbers: Collection[Number], made: Mapping[int, Mapping[Number, str]] | None = None) -> Looked:
    """Looks for numbers under the keys that hold; ``made`` are values made before (``guessed``). Raises ``keys.KeysMissing``."""
    looked = Looked({}, None, defaultdict(dict))
    for some in parts(numbers):
        rows, held, values = _look("lookup", partial(_values, some, made or {}))
        if not looked.values:
            looked = replace(looked, held=held)
        for key, of_key in values.items():
            looked.values[key].update(of_key)
        by_value = {found: number for of_key in values.values() for found, number in of_key.items()}
        looked.tokens.update((by_value[found], token) for found, token in rows)
    return looked


def _values(numbers: Collection[Number], made: Mapping[int, Mapping[Number, str]], key: int, ring: keys.KeyRing) -> dict[str, Number]:
    if before := made.get(key):
        return {before[number]: number for number in numbers}
    return dict(zip(values(numbers, key, ring), numbers, strict=True))


def guessed(numbers: Collection[Number], ring: keys.KeyRing) -> dict[int, dict[Number, str]]:
    """Values under the keys that held when last asked; needs no database."""
    return {key: dict(zip(numbers, values(numbers, key, ring), strict=True)) for key in _guess(ring).numbers}


def parts(numbers: Iterable[T]) -> Iterator[list[T]]:
    """As many at a time as one statement takes."""
    left = iter(numbers)
    while part := list(islice(left, _BATCH)):
        yield part


def ending(last: str) -> list[str]:
    """Tokens of the identity numbers that end in these four characters. Raises ``keys.KeysMissing``."""
    return [token for _found, token in _look("tail", lambda key, ring: {tail(last, key, ring): (TAIL, last)})[0]]


# The keys that held when last asked, by the ring's own: a first guess, which the next statement confirms or corrects.
_seen: dict[int, LookupKeys] = {}


def _guess(ring: keys.KeyRing) -> LookupKeys:
    under = _seen.get(ring.index, LookupKeys(ring.index))
    return under if under.numbers <= ring.masters.keys() else LookupKeys(ring.index)


def _look(
    column: str, values_under: Callable[[int, keys.KeyRing], dict[str, Number]]
) -> tuple[list[tuple[str, str]], LookupKeys | None, dict[int, dict[str, Number]]]:
    ring = keys.ring()
    under = _guess(ring)
    values: dict[int, dict[str, Number]] = {}
    with connection.cursor() as cursor:
        while True:
            for key in under.numbers - values.keys():
                values[key] = values_under(key, ring)
            cursor.execute(_FIND.format(column=column), [",".join(",".join(of_key) for of_key in values.values())])
            rows = cursor.fetchall()
            if not rows:
                return [], None, values
            _seen[ring.index] = under = LookupKeys(*rows[0][:2])
            if under.numbers <= values.keys():
                return [(found, token) for _current, _leaving, found, token in rows if found], under, values
