"""What can be taken out of the system as a file. The app that owns the rows declares it in its ``exporting.py``."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, BinaryIO

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence.models import StoredFile
from anju.jobs.progress import Progress
from anju.tabular.writing import Stamp

Filters = Mapping[str, Any]
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotThere(LookupError):
    """What is asked for isn't there, or isn't the user's to see."""


class Numbers(StrEnum):
    """What of identity numbers a file holds."""

    NONE = "none"
    MASKED = "masked"
    CHOICE = "choice"
    WHOLE = "whole"


NUMBERS_SAID = {
    Numbers.NONE: "不含个人号码",
    Numbers.MASKED: "只有脱敏号码",
    Numbers.CHOICE: "脱敏；有权的人可选完整号码",
    Numbers.WHOLE: "含完整号码",
}


@dataclass(frozen=True)
class RowSet:
    """Rows for one sheet: its name, headings, how many rows, and the rows themselves, a chunk of queries at a time.

    ``area`` is where they lie ("" the asker's own area). ``write`` makes the file in its own way, and of another kind where ``suffix`` and
    ``media_type`` say so; ``kept`` is a file that is handed out as it is. ``notes``: what the asker should know of the file
    once it is made. ``own``: the asker's own material comes back to them, so nobody else need approve.
    """

    title: str
    headings: Sequence[str]
    total: int
    rows: Iterator[Sequence[object]]
    area: str = ""
    write: Callable[[BinaryIO, Stamp, Progress], int] | None = None
    kept: StoredFile | None = None
    own: bool = False
    caption: str = ""
    notes: Sequence[str] = ()
    suffix: str = ".xlsx"
    media_type: str = XLSX


Maker = Callable[[Filters, User, bool], RowSet]


@dataclass(frozen=True)
class ExportKind:
    """One kind of export: who may ask (any of ``powers``), which filters it knows, what it holds, and who makes its rows."""

    code: str
    title: str
    powers: tuple[Power, ...]
    numbers: Numbers
    filters: tuple[str, ...]
    make: Maker

    def allows(self, user: User, full: bool) -> bool:
        """Whether the user may have it; full numbers of a choice need the power to change the register."""
        may = any(user.may(power) for power in self.powers)
        return may and (not full or self.numbers is Numbers.WHOLE or (self.numbers is Numbers.CHOICE and user.may(Power.CHANGE)))


_KINDS: dict[str, ExportKind] = {}


def export_kind(
    code: str, title: str, *, numbers: Numbers, filters: tuple[str, ...] = (), powers: tuple[Power, ...] = (Power.EXPORT,)
) -> Callable[[Maker], Maker]:
    """Declares the function that makes the rows of ``code``: called with the filters, the user and whether numbers are full.

    It raises ``NotThere`` for what the user can't see.
    """

    def declare(make: Maker) -> Maker:
        if code in _KINDS and _KINDS[code].make is not make:
            raise ValueError(f"two exports are called {code}")
        _KINDS[code] = ExportKind(code, title, powers, numbers, filters, make)
        return make

    return declare


def kind_of(code: str) -> ExportKind:
    """The declared kind; KeyError where nobody declared one."""
    return _KINDS[code]


def declared() -> list[ExportKind]:
    """Every kind, in name order."""
    return [kind for _code, kind in sorted(_KINDS.items())]
