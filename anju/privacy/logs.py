"""Logs name nobody: identity numbers, bank cards and mobile numbers are taken out of a record before any handler sees it.

The record is cleaned where it is made (``logging.setLogRecordFactory``), so that it doesn't matter which library logs, through which
logger, with which handler: message, arguments, traceback and stack alike. An exception nobody caught is cleaned too before it is printed.
"""

import logging
import logging.config
import re
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from anju.vocabulary import idnumber

ID_NUMBER = "〔身份证号〕"
CARD = "〔银行卡号〕"
MOBILE = "〔手机号〕"

# A run of digits as people and programs write it: with spaces or hyphens between groups, an X at its end.
_RUN = re.compile(r"\d(?:[ \-‐-―]?\d){10,}(?:[ \-‐-―]?[Xx×])?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_CARD_LENGTHS = range(13, 20)
_FORMATTER = logging.Formatter()


def luhn(digits: str) -> bool:
    """Whether digits obey the check of bank cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _identity(number: str) -> bool:
    """Whether it is an identity number, or one with a slip in it: what a list gets wrong still names somebody."""
    born = idnumber.birth_date(number)
    return number[:17].isdigit() and born is not None and 1880 <= born.year < 2100 and "11" <= number[:2] <= "91"


def _named(match: re.Match[str]) -> str:
    run = match[0]
    text = "".join(str(int(mark)) if mark.isdigit() else "X" for mark in run if mark.isdigit() or mark in "Xx×")
    digits = text.rstrip("X")
    if len(text) >= 18 and any(_identity(text[at : at + 18]) for at in range(len(text) - 17)):
        return ID_NUMBER
    if len(digits) == 15 and idnumber.read(digits).value:
        return ID_NUMBER
    if len(digits) in _CARD_LENGTHS and luhn(digits):
        return CARD
    if any(part and _MOBILE.fullmatch(part[-11:]) and len(part) in (11, 13) for part in (digits, *re.split(r"[ \-‐-―]", run))):
        return MOBILE
    # A group may stand beside another number: "110105194912310021 13800138000".
    parts = re.split(r"([ \-‐-―])", run)
    if len(parts) > 1 and any(_RUN.fullmatch(part) for part in parts):
        return "".join(_RUN.sub(_named, part) for part in parts)
    return run


def cleaned(text: str) -> str:
    """``text`` without numbers that name somebody."""
    return _RUN.sub(_named, text)


def clean(record: logging.LogRecord) -> None:
    """Takes the numbers out of a record: what it says, what it was called with, its traceback."""
    try:
        said = record.getMessage()
    except Exception:  # a wrong number of arguments must not let them through
        said = f"{record.msg} {record.args}"
    without = cleaned(said)
    if without != said:
        record.msg, record.args = without.replace("%", "%%") if record.args else without, ()
    if record.exc_info and record.exc_info[0] is not None:
        told = _FORMATTER.formatException(record.exc_info)
        if cleaned(told) != told:
            # The exception itself carries the number; only its cleaned words go on.
            record.exc_text, record.exc_info = cleaned(told), None
    if record.stack_info:
        record.stack_info = cleaned(record.stack_info)


class PersonalNumbers(logging.Filter):
    """The same as a filter of a handler: the second line for a process whose records were made another way."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Lets every record through, cleaned."""
        clean(record)
        return True


class _Record(logging.LogRecord):
    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        clean(self)


def _uncaught(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)
        return
    sys.stderr.write(cleaned("".join(traceback.format_exception(kind, error, trace))))


def _uncaught_in_thread(told: threading.ExceptHookArgs) -> None:
    if told.exc_value is not None and not issubclass(told.exc_type, SystemExit):
        _uncaught(told.exc_type, told.exc_value, told.exc_traceback)


def configure(declared: dict[str, Any]) -> None:
    """Django's ``LOGGING_CONFIG``: the usual configuration, after which no record of this process carries a personal number."""
    logging.setLogRecordFactory(_Record)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    logging.config.dictConfig(declared)
