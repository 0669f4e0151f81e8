"""Where personal numbers are: sealed, once each, in one table. Every other table holds a number's token in its place.

A token is a name drawn for a number when it first enters, and stays: equal numbers have equal tokens, so that joins, unique constraints and whole
lists are handled without a single number being opened, and a token tells nothing by itself. From a number to its token leads its blind index
(``privacy.lookup``). The sealed number is bound to its token: moved to another row it doesn't open.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, models, transaction

from anju.privacy import cipher, keys, lookup
from anju.privacy.lookup import MARK, Number

ID, PHONE, CERT, CARD = "id", "phone", "cert", "card"
PURPOSE = "numbers"
_FORM = re.compile(r"~[A-Za-z0-9_-]{22}")
LENGTH = 23
SQL_FORM = r"^~[A-Za-z0-9_-]{22}$"
_BATCH = 5000


class Missing(Exception):
    """A token whose number isn't in the vault: the table was altered past the application, or restored without its vault."""


class Crossed(Exception):
    """Tokens that were given out can't be kept: the numbers were entered by somebody else meanwhile."""


def _missing(count: int) -> str:
    return f"有 {count} 个号码在密文表里找不到，请用同一时点的备份恢复 privacy_secret 表。"


def is_token(text: str) -> bool:
    """Whether a text is a number's token, not a number."""
    return text[:1] == MARK and _FORM.fullmatch(text) is not None


def token(kind: str, text: str) -> str:
    """The token of a number of that kind ("id", "phone", "cert", "card"), which is in the vault from then on; "" for none."""
    return str(keep(kind, text))


def bound(token_: str) -> bytes:
    """What a sealed number is bound to."""
    return b"number " + token_.encode()


class Secret(str):
    """A personal number in a model's field. As a string it is its token; ``clear`` is the number itself."""

    kind: str
    _clear: str | None
    typed: bool

    def __new__(cls, value: str, *, kind: str = "", clear: str | None = None, typed: bool = False) -> "Secret":
        """``clear`` where the number is at hand; ``typed`` where it came as a number and enters the vault when it is saved."""
        made = super().__new__(cls, value)
        made.kind, made._clear, made.typed = kind, clear, typed
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
    number = (kind, value)
    return Secret(lookup.find([number]).get(number) or lookup.drawn(number), kind=kind, clear=value, typed=True)


def keep(kind: str, text: str) -> Secret:
    """A number into the vault, in the caller's transaction; what stands for it elsewhere."""
    if not text or is_token(text):
        return Secret(text, kind=kind)
    return Secret(keep_all([(kind, text)])[kind, text], kind=kind, clear=text)


def keep_all(numbers: Iterable[Number]) -> dict[Number, str]:
    """Tokens of all these numbers (none of them ""); what is new enters the vault, in the caller's transaction. Raises ``keys.KeysMissing``."""
    return _kept(set(numbers), None)[0]


def _kept(numbers: set[Number], made: "Made | None") -> tuple[dict[Number, str], int]:
    looked = lookup.look(numbers, made.values if made else None)
    missing = numbers - looked.tokens.keys()
    return (looked.tokens | _entered(missing, looked, made) if missing else looked.tokens), len(missing)


def _entered(missing: set[Number], looked: lookup.Looked, made: "Made | None" = None) -> dict[Number, str]:
    """``missing`` weren't there when they were looked for."""
    ring, entered = keys.ring(), dict[Number, str]()
    with transaction.atomic(savepoint=False), connection.cursor() as cursor:
        holds = lookup.joined(cursor, ring)
        if looked.held is not None and looked.held != holds:  # they may have come under the key that is leaving
            entered.update(lookup.find(missing))
        values = looked.values.get(holds.current, {})
        if not missing <= set(values.values()):
            values = dict(zip(lookup.values(missing, holds.current, ring), missing, strict=True))
        left = missing - entered.keys()
        while left:
            # In the order of the unique index, so that two who enter the same numbers wait for each other in turn.
            for part in lookup.parts(sorted((value, number) for value, number in values.items() if number in left)):
                new = dict(part)
                _insert(cursor, new, holds.current, ring, made)
                entered.update((new[value], token_) for value, token_ in cursor.fetchall())
            entered.update(lookup.find(left - entered.keys()))  # somebody else has entered these just now
            left -= entered.keys()
    return entered


def _sealed(numbers: Collection[Number], ring: keys.KeyRing) -> dict[Number, tuple[str, str]]:
    """Number → (token, hexadecimal of what is sealed under it)."""
    tokens = [lookup.drawn(number) for number in numbers]
    sealed = cipher.seal_many(
        ((text.encode(), bound(token_)) for token_, (_kind, text) in zip(tokens, numbers, strict=True)), purpose=PURPOSE, ring=ring
    )
    return {number: (token_, each.hex()) for number, token_, each in zip(numbers, tokens, sealed, strict=True)}


def _insert(cursor: Any, new: dict[str, Number], key: int, ring: keys.KeyRing, made: "Made | None") -> None:
    """Inserts numbers by their lookups unless they are there; what was inserted is to be fetched: (lookup, token)."""
    ready = made.sealed if made and made.sealed and made.ring == ring else _sealed(new.values(), ring)
    tokens, sealed = zip(*(ready[number] for number in new.values()), strict=True)
    kinds = [kind for kind, _text in new.values()]
    tails = [lookup.tail(text, key, ring) if kind == ID else "" for kind, text in new.values()]
    # As texts: an array of thousands of values takes the driver longer than sealing them.
    columns = [",".join(column) for column in (tokens, new, kinds, tails, sealed)]
    cursor.execute(
        """INSERT INTO privacy_secret (token, lookup, lookup_key, kind, tail, sealed, key_number)
           SELECT token, lookup, %s, kind, coalesce(tail, ''), decode(sealed, 'hex'), %s
           FROM unnest(string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ','))
                AS n(token, lookup, kind, tail, sealed)
           ON CONFLICT (lookup) DO NOTHING RETURNING lookup, token""",
        [key, ring.active, *columns],
    )


@dataclass(frozen=True, slots=True)
class Made:
    """Numbers on their way into the vault, with what was made for them without the database."""

    numbers: set[Number]
    ring: keys.KeyRing
    values: dict[int, dict[Number, str]]
    sealed: dict[Number, tuple[str, str]]


class Entering:
    """The numbers of one chunk after the other. ``made`` may run in a thread of its own while ``keep`` waits for the database."""

    def __init__(self) -> None:
        """Takes it that the first numbers are new."""
        self._new = True

    def made(self, numbers: set[Number]) -> Made:
        """What needs no database: values to look for and, where the last ones were new, the sealed numbers. Raises ``keys.KeysMissing``."""
        ring = keys.ring()
        return Made(numbers, ring, lookup.guessed(numbers, ring), _sealed(numbers, ring) if self._new else {})

    def keep(self, made: Made) -> dict[Number, str]:
        """As ``keep_all``."""
        tokens, new = _kept(made.numbers, made)
        self._new = new * 2 > len(made.numbers)
        return tokens


class Keeper:
    """Tokens for one number after the other, where whole lists can't be asked for at once; ``write`` brings what is new into the vault."""

    def __init__(self) -> None:
        """Begins with nothing to write."""
        self._given: dict[Number, str] = {}
        self._waiting: dict[Number, str] = {}

    def token(self, kind: str, text: str) -> str:
        """The number's token; it is in the vault after ``write``."""
        if not text or is_token(text):
            return text
        number = (kind, text)
        given = self._given.get(number)
        if given is None:
            given = lookup.find([number]).get(number)
            if given is None:
                given = self._waiting[number] = lookup.drawn(number)
            self._given[number] = given
        return given

    def write(self) -> None:
        """Seals what the vault doesn't have yet, in the caller's transaction. Raises ``Crossed`` where somebody else entered one of them meanwhile."""
        waiting, self._waiting, self._given = self._waiting, {}, {}
        if keep_all(waiting) != waiting:
            raise Crossed("其他人刚刚录入了同一个号码，本次没有写入，请再运行一次。")


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
    tokens = lookup.ending(last[-4:]) if len(last) >= 4 else []
    return ((token_, number) for token_, number in opened(tokens).items() if number.endswith(last))
