"""Reading the business clock; the only place that looks at the system's date."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection

_ZONE = ZoneInfo("Asia/Shanghai")


def today() -> date:
    """The business date: the day set, else today's date in China."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT day FROM clock_businessday")
        row = cursor.fetchone()
    return row[0] if row else datetime.now(_ZONE).date()


def now() -> datetime:
    """The moment on the business day: its date with the time of day in China. When something happened in the work, as people will
    say it; when a row was written is the system's own business."""
    return datetime.combine(today(), datetime.now(_ZONE).timetz())
