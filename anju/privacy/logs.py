"""Logs name nobody: identity numbers, bank cards and mobile numbers are taken out of a record before any handler sees it.

The record is cleaned where it is made (``logging.setLogRecordFactory``), so that it doesn't matter which library logs, through which
logger, with which handler: message, arguments, traceback and stack alike. An exception nobody caught is cleaned too before it is printed.
"""

import logging
import logging.config
import sys
import threading
import traceback
from types import TracebackType
from typing import Any

from anju.vocabulary.numbers import CARD, ID_NUMBER, MOBILE, cleaned, luhn

__all__ = ["CARD", "ID_NUMBER", "MOBILE", "PersonalNumbers", "clean", "cleaned", "configure", "luhn"]

_FORMATTER = logging.Formatter()


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
