"""Who acts, told to the database for as long as they act: its triggers record it, its row policies rest on it.

The names live as settings of the connection (``anju.user`` …). Inside a transaction they hold until its end and are put back when the
``with`` block ends; outside one they hold for the block. Unset, nothing is seen and nobody is named.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields, replace

from django.db import connection
from psycopg.pq import TransactionStatus

WHOLE = ("0", "~")


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, from where, in which capacity, doing what and why; ``low`` ≤ area < ``high`` is what they may see ("" sees nothing).

    ``place`` is the area of the grant in which they act, whatever they may see in it; ``named`` is "1" for those who may see only the
    records named in that grant. ``seat`` is the level they stand at, the smallest area that holds both their office and that grant: what they
    read is told there and above (``anju.trail.readings``).
    """

    user: str = ""
    login: str = ""
    office: str = ""
    grant: str = ""
    address: str = ""
    action: str = ""
    reason: str = ""
    place: str = ""
    named: str = ""
    seat: str = ""
    low: str = ""
    high: str = ""


NOBODY = Actor()
SYSTEM = Actor(login="system", low=WHOLE[0], high=WHOLE[1])
_NAMES = tuple(f"anju.{field.name}" for field in fields(Actor))
_READ = "SELECT " + ", ".join(f"coalesce(current_setting('{name}', true), '')" for name in _NAMES)
_WRITE = "SELECT " + ", ".join(f"set_config('{name}', %s, %s)" for name in _NAMES)


def current() -> Actor:
    """Who acts on this connection now."""
    with connection.cursor() as cursor:
        cursor.execute(_READ)
        row = cursor.fetchone()
    assert row is not None
    return Actor(*row)


def _tell(actor: Actor) -> None:
    local = connection.in_atomic_block
    values: list[str | bool] = []
    for field in fields(Actor):
        values += [getattr(actor, field.name), local]
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, values)


def _broken() -> bool:
    return bool(connection.connection.info.transaction_status == TransactionStatus.INERROR)


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Inside, ``actor`` acts on this connection; afterwards whoever acted before."""
    before = current()
    _tell(actor)
    try:
        yield actor
    finally:
        # A transaction that failed forgets what was set inside it; a lost connection has forgotten everything.
        if connection.connection is not None and not connection.needs_rollback and not _broken():
            _tell(before)


@contextmanager
def everywhere() -> Iterator[Actor]:
    """Inside, what the same person does reaches every area: a change of divisions takes along whoever lives there."""
    with acting(replace(current(), named="", low=WHOLE[0], high=WHOLE[1])) as actor:
        yield actor


@contextmanager
def doing(action: str, reason: str = "", *, seat: str | None = None) -> Iterator[Actor]:
    """Inside, the same person does something that has a name of its own (``household.revealed``), for a reason.

    ``seat`` is given where it is done to what somebody read: the entry is then told where that reading is.
    """
    now = current()
    with acting(replace(now, action=action, reason=reason, seat=now.seat if seat is None else seat)) as actor:
        yield actor
