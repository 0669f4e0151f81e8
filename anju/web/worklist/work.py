"""What a line of the day's work is made of, for every app that gives some."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User

# So many lines of one kind are shown; beyond that they are opened from their own page.
LIMIT = 40
# Beyond so many it is only said that there are more: counting them all would read a province.
MOST = 10_000


@dataclass(frozen=True)
class Link:
    """A word and where it leads."""

    label: str
    url: str


@dataclass(frozen=True)
class Item:
    """One thing to do, as ``{% work_row %}`` shows it."""

    title: str
    reason: str
    count: int
    unit: str
    url: str
    action: Link | None = None
    secondary: Link | None = None
    due: str = ""
    due_tone: str = ""
    change: str = ""
    waiting: str = ""
    filled: bool = False
    order: tuple[int, int] = (9, 0)
    more: bool = False
    """Whether there are more than ``count``."""


@dataclass
class Group:
    """Things due in the same stretch of time."""

    title: str
    tone: str = ""
    items: list[Item] = field(default_factory=list)

    @property
    def note(self) -> str:
        """How many things."""
        return _("%d 项") % len(self.items)


Dated = tuple[Item, date | None]
"""A thing to do and the day by which, where it has one."""

Source = Callable[[User, str, date], Iterable[Dated]]
"""Gives a user's work inside an area, as of today."""


def since(at: datetime | None) -> str:
    """How long it has been waiting."""
    days = max(0, (clock.today() - timezone.localtime(at).date()).days) if at else 0
    return _("已等 %d 天") % days if days else _("今天收到")


def up_to(found: QuerySet[Any]) -> tuple[int, bool]:
    """How many there are, counted up to ``MOST``, and whether there are more."""
    rows = found.order_by()[: MOST + 1].count()
    return min(rows, MOST), rows > MOST


def counted(found: QuerySet[Any], day: str) -> tuple[int, Any]:
    """How many there are and the first of their days ``day``, asked at once; ``None`` where there is none."""
    told = found.order_by().aggregate(rows=Count("*"), first=Min(day))
    return told["rows"], told["first"]


def sentence(*parts: str) -> str:
    """The parts that there are, in one line."""
    return " · ".join(part for part in parts if part)


def left(due: date, today: date) -> tuple[str, str]:
    """The days until ``due`` in words, and their tone."""
    days = (due - today).days
    words = _("逾期 %d 天") % -days if days < 0 else _("今天") if days == 0 else _("剩 %d 天") % days
    return words, "late" if days < 0 else "soon" if days <= 3 else ""
