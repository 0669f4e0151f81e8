"""Days as people type them: 1985.3.2, 19850302, 1985年3月, 1985/03/02, Excel's serial numbers."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from anju.vocabulary.text import half_width, without_spaces

_EXCEL_EPOCH = date(1899, 12, 30)
_SEPARATED = re.compile(r"(\d{4})[年./\-_、](\d{1,2})(?:[月./\-_、](?:(\d{1,2})[日号]?)?)?(?:T?\d{1,2}:.*)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})?")
_MIDNIGHT = re.compile(r"^(\d{4}-\d{1,2}-\d{1,2})\s+\d{1,2}:\d{2}.*$")


@dataclass(frozen=True, slots=True)
class Day:
    """A day as read: ``precision`` is ``day`` or ``month`` (then ``value`` is the first of the month)."""

    value: date
    precision: str = "day"


def from_excel_serial(serial: float) -> date | None:
    """Excel's count of days (1900 system); None outside 1900–2099, where a number isn't meant as a date."""
    return _EXCEL_EPOCH + timedelta(days=int(serial)) if 61 <= serial < 73051 else None


def _made(year: str, month: str, day: str | None) -> Day | None:
    try:
        return Day(date(int(year), int(month), int(day or 1)), "day" if day else "month")
    except ValueError:
        return None


def read(raw: object) -> Day | None:
    """A cell's content as a day; None where it is empty or names no real day."""
    if raw is None or isinstance(raw, bool):
        return None
    if isinstance(raw, datetime):
        return Day(raw.date())
    if isinstance(raw, date):
        return Day(raw)
    if isinstance(raw, int | float):
        if float(raw).is_integer() and 190001 <= raw <= 20991231 and raw >= 190001 and len(str(int(raw))) in (6, 8):
            return read(str(int(raw)))
        day = from_excel_serial(float(raw))
        return Day(day) if day else None
    text = half_width(str(raw)).strip()
    if match := _MIDNIGHT.match(text):
        text = match.group(1)
    text = without_spaces(text).removesuffix(".0")
    if match := _SEPARATED.fullmatch(text):
        return _made(*match.group(1, 2, 3))
    if match := _COMPACT.fullmatch(text):
        return _made(*match.group(1, 2, 3))
    if text.isdigit() and len(text) == 5:
        day = from_excel_serial(int(text))
        return Day(day) if day else None
    return None
