"""Reading the business clock; the only place that looks at the system's date."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

_ZONE = ZoneInfo("Asia/Shanghai")
_held: ContextVar[list[date] | None] = ContextVar("business day", default=None)


def today() -> date:
    """The business date: the day set, else today's date in China."""
    held = _held.get()
    if held:
        return held[0]
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM clock_businessday")
        row = cursor.fetchone()
    day: date = row[0] if row else datetime.now(_ZONE).date()
    if held is not None:
        held.append(day)
    return day


@contextmanager
def one_day() -> Iterator[None]:
    """Inside, the day is asked for once: what is done across midnight is done on the day on which it began."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def another_day() -> None:
    """The day has been set: whoever holds one asks anew."""
    if held := _held.get():
        held.clear()


def now() -> datetime:
    """The moment on the business day: its date with the time of day in China. When something happened in the work, as people will
    say it; when a row was written is the system's own business."""
    return datetime.combine(today(), datetime.now(_ZONE).timetz())
