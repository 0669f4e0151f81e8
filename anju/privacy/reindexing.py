"""The index key is changed: piece by piece, while people work; every number is found at every moment, and none enters twice.

The change begins in one moment at which nobody is entering a number: from then on new numbers are found by the new key, and whoever looks, looks under
both (``privacy.lookup``). Then the others follow, in pieces; each is opened, so the old key isn't needed for it. When none is left the old key no longer
counts. Killed at any moment, the next one goes on. Tokens stay as they are, and with them every other table.
"""

import time

from django.db import IntegrityError, OperationalError, connection, transaction

from anju.privacy import cipher, keys, lookup, vault
from anju.privacy.rotating import PIECE, Busy, Told, timed_out

_WAIT, _PAUSE, _PATIENCE = "2s", 3.0, 600.0


class Doubled(Exception):
    """One number stands in the vault under two tokens, which the application never does; the message names them."""


def standing() -> dict[int, int]:
    """How many numbers are found by which key."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup_key, count(*) FROM privacy_secret GROUP BY 1 ORDER BY 1")
        return dict(cursor.fetchall())


def computed_tokens() -> dict[int, int]:
    """How many tokens were themselves made with an index key, before tokens were drawn: by that key's number. They stay what they are."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT token_key, count(*) FROM privacy_secret WHERE token_key IS NOT NULL GROUP BY 1 ORDER BY 1")
        return dict(cursor.fetchall())


def wanted(ring: keys.KeyRing) -> bool:
    """Whether the ring names another key than the one all numbers are found by."""
    held = lookup.held()
    return held is not None and (held.leaving is not None or held.current != ring.index)


def unfinished() -> int:
    """Numbers that aren't found by the ring's index key yet."""
    index = keys.ring().index
    return sum(count for number, count in standing().items() if number != index)


def change(*, told: Told | None = None, piece: int = PIECE, patience: float = _PATIENCE) -> int:
    """Lets every number be found by the ring's index key; how many were changed. Each piece is a transaction of its own.

    Raises ``rotating.Busy`` where somebody enters numbers for longer than ``patience`` seconds, ``cipher.Tampered`` where a number doesn't open, ``Doubled``.
    """
    done = 0
    while wanted(ring := keys.ring()):
        _begin(ring.index, patience)
        total, after, count = done + _left(), "", 0
        while True:
            with transaction.atomic():
                after, count = _piece(ring, after, piece)
            if not count:
                break
            done += count
            if told is not None:
                told(done, max(total, done))
        _end()
    return done


def _left() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM privacy_secret WHERE lookup_key <> (SELECT key_number FROM privacy_lookupkeys)")
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def _begin(index: int, patience: float) -> None:
    """From here on new numbers are found by this key. A change that is under way is ended first."""
    held = lookup.held()
    if held is None or held.leaving is not None:
        return
    until = time.monotonic() + patience
    while True:
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                # Not for long at a time: while this one waits, nobody else can begin to enter numbers.
                cursor.execute(f"SET LOCAL lock_timeout = '{_WAIT}'")
                cursor.execute("SELECT pg_advisory_xact_lock(%s)", [lookup.LOCK])
                cursor.execute("UPDATE privacy_lookupkeys SET leaving = key_number, key_number = %s WHERE leaving IS NULL", [index])
        except OperationalError as error:
            if not timed_out(error):
                raise
            if time.monotonic() >= until:
                raise Busy("一直有人在录入号码（例如正在接收名单），检索密钥还没有开始换；请等这项工作完成后再运行。") from error
            time.sleep(min(_PAUSE, max(0.0, until - time.monotonic())))
        else:
            return


def _piece(ring: keys.KeyRing, after: str, piece: int) -> tuple[str, int]:
    """The next numbers that are found by the key that leaves, in the order of their tokens; the last one's token, and how many."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.token, s.sealed, s.kind, (SELECT key_number FROM privacy_lookupkeys) FROM privacy_secret s
               WHERE s.lookup_key <> (SELECT key_number FROM privacy_lookupkeys) AND s.token > %s ORDER BY s.token LIMIT %s FOR NO KEY UPDATE OF s""",
            [after, piece],
        )
        found = cursor.fetchall()
        if not found:
            return after, 0
        key, kinds = found[0][3], [row[2] for row in found]
        texts = _opened([row[:2] for row in found])
        lookups = lookup.values(zip(kinds, texts, strict=True), key, ring)
        tails = [lookup.tail(text, key, ring) if kind == vault.ID else "" for kind, text in zip(kinds, texts, strict=True)]
        columns = [",".join(column) for column in ([row[0] for row in found], lookups, tails)]
        try:
            with transaction.atomic():
                cursor.execute(_UPDATE, [key, *columns])
        except IntegrityError as error:
            raise Doubled(_twice(lookups)) from error
    return found[-1][0], len(found)


_UPDATE = """UPDATE privacy_secret s SET lookup = n.lookup, tail = coalesce(n.tail, ''), lookup_key = %s
             FROM unnest(string_to_array(%s, ','), string_to_array(%s, ','), string_to_array(%s, ',')) AS n(token, lookup, tail) WHERE s.token = n.token"""


def _opened(rows: list[tuple[str, bytes]]) -> list[str]:
    try:
        return vault.unsealed(rows)
    except cipher.Tampered:
        for row in rows:
            try:
                vault.unsealed([row])
            except cipher.Tampered as error:
                raise cipher.Tampered(f"privacy_secret 中键为 {row[0]} 的一行打不开：{error}") from error
        raise


def _twice(lookups: list[str]) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT token FROM privacy_secret WHERE lookup = ANY(%s)", [lookups])
        tokens = "、".join(row[0] for row in cursor.fetchall())
    return f"密文库中同一个号码有两行（其一是 {tokens}），检索密钥没有换完；请用备份核对这一行的来历后再运行。"


def _end() -> None:
    """The former key counts no more, where nothing is found by it."""
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE privacy_lookupkeys k SET leaving = NULL
               WHERE leaving IS NOT NULL AND NOT EXISTS (SELECT FROM privacy_secret s WHERE s.lookup_key <> k.key_number)"""
        )
