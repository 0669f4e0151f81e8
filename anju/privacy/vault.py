"""Where personal numbers are: sealed, once each, in one table. Every other table holds a number's token in its place.

A token is the number's blind index: equal numbers have equal tokens, so that joins, unique constraints and whole lists are handled without a
single number being opened, and who has the tables without the keys has neither numbers nor a way to try them out. The sealed number is bound
to its token: moved to another row it doesn't open.
"""

import base64
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any

from django.db import connection, models

from anju.privacy import cipher, keys

ID, PHONE, CERT = "id", "phone", "cert"
_TAIL = "id tail"
PURPOSE = "numbers"
_MARK = "~"
_FORM = re.compile(r"~[A-Za-z0-9_-]{22}")
LENGTH = 23
SQL_FORM = r"^~[A-Za-z0-9_-]{22}$"
_BATCH = 5000


class Missing(Exception):
    """A token whose number isn't in the vault: the table was altered past the application, or restored without its vault."""


def _missing(count: int) -> str:
    return f"有 {count} 个号码在密文表里找不到，请用同一时点的备份恢复 privacy_secret 表。"


def is_token(text: str) -> bool:
    """Whether a text is a number's token, not a number."""
    return text[:1] == _MARK and _FORM.fullmatch(text) is not None


def token(kind: str, text: str, ring: keys.KeyRing | None = None) -> str:
    """The token of a number of that kind ("id", "phone", "cert"); "" for none."""
    if not text:
        return ""
    index = cipher.blind_index(text.encode(), kind=kind, ring=ring)
    return _MARK + base64.urlsafe_b64encode(index).decode()[:22]


@lru_cache(maxsize=4)
def _tails(index: int, _key: bytes) -> dict[str, str]:
    """Tokens of last four characters given so far under an index key: there are some ten thousand."""
    return {}


def tail(number: str, ring: keys.KeyRing | None = None) -> str:
    """What a search by the last four characters looks for."""
    last = number[-4:]
    if len(last) < 4:
        return ""
    ring = ring or keys.ring()
    known = _tails(ring.index, ring.masters[ring.index])
    found = known.get(last)
    if found is None:
        if len(known) > 20_000:
            known.clear()
        found = known[last] = token(_TAIL, last, ring)
    return found


def bound(token_: str) -> bytes:
    """What a sealed number is bound to."""
    return b"number " + token_.encode()


class Secret(str):
    """A personal number in a model's field. As a string it is its token; ``clear`` is the number itself."""

    kind: str
    _clear: str | None
    kept: bool

    def __new__(cls, value: str, *, kind: str = "", clear: str | None = None, kept: bool = True) -> "Secret":
        """``clear`` where the number is at hand; ``kept`` unless it still has to enter the vault."""
        made = super().__new__(cls, value)
        made.kind, made._clear, made.kept = kind, clear, kept
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str], dict[str, Any]]:
        """A copy is made of the token; the number doesn't travel with it."""
        return (str(self),), {"kind": self.kind}

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickled and copied as the token only."""
        return (_of_token, (str(self), self.kind))

    @property
    def clear(self) -> str:
        """The number; opened now, unless ``open_all`` has opened it together with others."""
        if not self:
            return ""
        if self._clear is None:
            self._clear = opened([self])[str(self)]
        return self._clear


def _of_token(value: str, kind: str) -> Secret:
    return Secret(value, kind=kind)


def secret(kind: str, value: str) -> Secret:
    """A field's value from a token or from a number as typed; such a number enters the vault when the row is saved."""
    if isinstance(value, Secret):
        return value
    if not value or is_token(value):
        return Secret(value, kind=kind)
    return Secret(token(kind, value), kind=kind, clear=value, kept=False)


class Keeper:
    """Gives tokens while rows are read, and seals in one statement the numbers that are new to the vault."""

    def __init__(self) -> None:
        """Begins with nothing to write."""
        self._ring = keys.ring()
        self._waiting: dict[str, tuple[str, str]] = {}
        self._given: dict[tuple[str, str], str] = {}

    def token(self, kind: str, text: str) -> str:
        """The number's token; it is in the vault after ``write``."""
        if not text or is_token(text):
            return text
        given = self._given.get((kind, text))
        if given is None:
            given = self._given[kind, text] = token(kind, text, self._ring)
            self._waiting[given] = (kind, text)
        return given

    def take(self) -> dict[str, tuple[str, str]]:
        """The numbers (kind, text) by their tokens since the last time, for whoever writes them with ``write``."""
        waiting, self._waiting, self._given = self._waiting, {}, {}
        return waiting

    def write(self, taken: Mapping[str, tuple[str, str]] | None = None) -> None:
        """Seals what the vault doesn't have yet, in the caller's transaction: what was taken before, or all that waits."""
        waiting = self.take() if taken is None else taken
        # In the tokens' order, so that two who write the same numbers wait for each other in turn.
        order = iter(sorted(waiting))
        with connection.cursor() as cursor:
            while part := list(islice(order, _BATCH)):
                cursor.execute("SELECT token FROM privacy_secret WHERE token = ANY(string_to_array(%s, ','))", [",".join(part)])
                known = {row[0] for row in cursor.fetchall()}
                if new := [one for one in part if one not in known]:
                    self._insert(cursor, new, waiting)

    def _insert(self, cursor: Any, new: list[str], waiting: Mapping[str, tuple[str, str]]) -> None:
        ring = self._ring
        sealed = cipher.seal_many(((waiting[one][1].encode(), bound(one)) for one in new), purpose=PURPOSE, ring=ring)
        kinds = [waiting[one][0] for one in new]
        tails = [tail(waiting[one][1], ring) if waiting[one][0] == ID else "" for one in new]
        # As four texts: an array of thousands of values takes the driver longer than sealing them.
        columns = [",".join(column) for column in (new, kinds, tails, [each.hex() for each in sealed])]
        cursor.execute(
            """INSERT INTO privacy_secret (token, kind, tail, sealed, key_number)
               SELECT token, kind, coalesce(tail, ''), decode(sealed, 'hex'), %s
               FROM unnest(string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ',')) AS n(token, kind, tail, sealed)
               ON CONFLICT (token) DO NOTHING""",
            [ring.active, *columns],
        )


def keep(kind: str, text: str) -> Secret:
    """A number into the vault, in the caller's transaction; what stands for it elsewhere."""
    keeper = Keeper()
    given = keeper.token(kind, text)
    keeper.write()
    return Secret(given, kind=kind, clear=None if is_token(text) else text)


def opened(tokens: Iterable[str]) -> dict[str, str]:
    """Numbers by their tokens. Raises ``Missing``, ``cipher.Tampered``, ``keys.KeysMissing``."""
    wanted = sorted({str(one) for one in tokens if one})
    found: dict[str, str] = {}
    with connection.cursor() as cursor:
        for start in range(0, len(wanted), _BATCH):
            some = ",".join(wanted[start : start + _BATCH])
            cursor.execute("SELECT token, sealed FROM privacy_secret WHERE token = ANY(string_to_array(%s, ','))", [some])
            rows = cursor.fetchall()
            found.update(zip((row[0] for row in rows), unsealed(rows), strict=True))
    if len(found) < len(wanted):
        raise Missing(_missing(len(wanted) - len(found)))
    return found


def unsealed(rows: Sequence[tuple[str, bytes | None]]) -> list[str]:
    """The numbers of rows (token, sealed) of the vault that a query of the caller's brought along. Raises as ``opened`` does."""
    if missing := sum(1 for _token, sealed in rows if sealed is None):
        raise Missing(_missing(missing))
    opened_ = cipher.unseal_many(((bytes(sealed or b""), bound(token_)) for token_, sealed in rows), purpose=PURPOSE)
    return [number.decode() for number in opened_]


def open_all(*instances: models.Model | None) -> None:
    """Opens the numbers of many rows with one query, before a page shows them."""
    open_secrets(value for one in instances if one is not None for value in vars(one).values() if isinstance(value, Secret))


def open_secrets(values: Iterable[str]) -> None:
    """Opens many field values with one query."""
    closed = [one for one in values if isinstance(one, Secret) and one and one._clear is None]
    if closed:
        clear = opened(closed)
        for one in closed:
            one._clear = clear[str(one)]


def ending(last: str) -> Iterator[tuple[str, str]]:
    """(token, number) of the identity numbers that end so; at least the last four characters."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM privacy_secret WHERE tail = %s", [tail(last)])
        tokens = [row[0] for row in cursor.fetchall()]
    return ((token_, number) for token_, number in opened(tokens).items() if number.endswith(last))
