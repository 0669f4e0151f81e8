"""Which day a list describes, from what its senders write on it: 2020年5月, 20200531, 5月(定稿)."""

import calendar
import re
from datetime import date

from anju.vocabulary.text import half_width

_DAY = re.compile(
    r"(20\d\d)(?:(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])|\s*[年.\-/_]\s*(1[0-2]|0?[1-9])\s*[月.\-/_]\s*(3[01]|[12]\d|0?[1-9]))(?:日|号)?(?!\d)"
)
_MONTH = re.compile(r"(20\d\d)\s*[年.\-/_]?\s*(1[0-2]|0[1-9]|[1-9](?!\d))\s*月?(?:份|底|末)?(?!\d)")
_ONLY_MONTH = re.compile(r"(?<!\d)(1[0-2]|0?[1-9])\s*月(?:份|底|末)?(?!\s*\d)")
_YEAR = re.compile(r"(20\d\d)\s*年(?:度|底|末|终)?")


def guess(text: str, today: date) -> date | None:
    """The day the words name, at the latest today; the last day of a month or of a year that is over; None where they say nothing."""
    plain = half_width(text)
    if found := _DAY.search(plain):
        try:
            day = date(int(found[1]), int(found[2] or found[4]), int(found[3] or found[5]))
        except ValueError:
            day = None
        if day is not None and day <= today:
            return day
    if found := _MONTH.search(plain):
        return _end(int(found[1]), int(found[2]), today)
    if found := _ONLY_MONTH.search(plain):
        month = int(found[1])
        return _end(today.year if month <= today.month else today.year - 1, month, today)
    if found := _YEAR.search(plain):
        return _end(int(found[1]), 12, today)
    return None


def _end(year: int, month: int, today: date) -> date | None:
    """The last day of the month, or today within it; None for a month that hasn't begun."""
    if (year, month) > (today.year, today.month):
        return None
    return min(date(year, month, calendar.monthrange(year, month)[1]), today)
