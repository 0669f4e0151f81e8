"""DECLARED: what can be posted from the records of other apps. The app that owns them says so in its ``publishing.py``."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anju.accounts.models import User


class NothingToPost(LookupError):
    """There is nothing to post here, or it isn't the user's to see; the message says why."""


@dataclass(frozen=True)
class Draft:
    """What would hang out: the notice's title, its rows as ``actions.post`` takes them, and the key that posts it once."""

    title: str
    rows: Sequence[Mapping[str, object]]
    key: str
    intro: str = ""
    columns: Sequence[str] = ()


Make = Callable[[User, str, Mapping[str, Any]], Draft]


@dataclass(frozen=True)
class NoticeSource:
    """One kind of result that is made public: ``make(user, area, asked)`` gives its draft; ``asked`` are the filters of the address."""

    code: str
    title: str
    kind: str
    filters: tuple[str, ...]
    make: Make


_SOURCES: dict[str, NoticeSource] = {}


def notice_source(code: str, title: str, *, kind: str, filters: tuple[str, ...] = ()) -> Callable[[Make], Make]:
    """Declares the function that drafts a notice of ``code``; the page ``/notices/new/?source=code&area=…`` then offers it."""

    def declare(make: Make) -> Make:
        if code in _SOURCES and _SOURCES[code].make is not make:
            raise ValueError(f"two sources of notices are called {code}")
        _SOURCES[code] = NoticeSource(code, title, kind, filters, make)
        return make

    return declare


def source_of(code: str) -> NoticeSource | None:
    """The declared source, if there is one."""
    return _SOURCES.get(code)


def declared() -> list[NoticeSource]:
    """Every source, in name order."""
    return [source for _code, source in sorted(_SOURCES.items())]
