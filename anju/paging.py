"""One page of an ordered list, found by key: the tenth thousand rows cost what the first ten do.

A cursor says after (or before) which row the page stands and how many rows lie ahead of it; it is what ``?after=`` and ``?before=`` carry.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar

from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


@dataclass(frozen=True)
class Page(Generic[M]):
    """Rows with their place in the whole: ``first`` and ``last`` count from 1; ``next`` and ``previous`` are cursors, "" at the ends."""

    rows: list[M]
    first: int | None
    last: int | None
    total: int | None
    next: str
    previous: str


def page(queryset: QuerySet[M], *, order: Sequence[str], asked: Mapping[str, str], limit: int, total: int | None = None) -> Page[M]:
    """The page that ``asked`` (the request's query) points to.

    ``order``: fields without NULLs, the last one unique, all in one direction (each with ``-`` or none with it).
    """
    descending = order[0].startswith("-")
    fields = [name.lstrip("-") for name in order]
    cursor, backwards = pointed(asked, len(fields))
    found = queryset.order_by(*(_turned(name) if backwards else name for name in order))
    if cursor:
        try:
            found = found.filter(_beyond(fields, cursor[1], descending != backwards))
        except (ValidationError, ValueError, TypeError, OverflowError):  # a key that no row of these can have
            cursor, backwards, found = None, False, queryset.order_by(*order)
    rows = list(found[: limit + 1])
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    at = cursor[0] if cursor else 0
    first = max(at - len(rows), 0) + 1 if backwards else at + 1
    last = first + len(rows) - 1
    has_next, has_previous = (True, more) if backwards else (more, bool(cursor))
    return Page(
        rows=rows,
        first=first if rows else None,
        last=last if rows else None,
        total=total,
        next=_write(last, rows[-1], fields) if rows and has_next else "",
        previous=_write(first - 1, rows[0], fields) if rows and has_previous and first > 1 else "",
    )


Cursor = tuple[int, list[Any]]


def pointed(asked: Mapping[str, str], width: int) -> tuple[Cursor | None, bool]:
    """The cursor of an address (how many rows lie ahead of it, the key at which it stands), and whether it points backwards."""
    after, before = _read(asked.get("after", ""), width), _read(asked.get("before", ""), width)
    backwards = before is not None and after is None
    return before if backwards else after, backwards


def _turned(name: str) -> str:
    return name[1:] if name.startswith("-") else f"-{name}"


def _beyond(fields: Sequence[str], values: Sequence[Any], descending: bool) -> Q:
    """Rows behind a key; the plain bound on the first field lets an index serve it."""
    than = "lt" if descending else "gt"
    found = Q()
    for at, name in enumerate(fields):
        found |= Q(**dict(zip(fields[:at], values[:at], strict=True)), **{f"{name}__{than}": values[at]})
    return Q(**{f"{fields[0]}__{than}e": values[0]}) & found


def _write(at: int, row: Model, fields: Sequence[str]) -> str:
    values = []
    for name in fields:
        value: Any = row
        for part in name.split("__"):
            value = getattr(value, part)
        values.append(value.isoformat() if isinstance(value, date | datetime) else value)
    return base64.urlsafe_b64encode(json.dumps([at, values], ensure_ascii=False).encode()).decode().rstrip("=")


def _read(cursor: str, width: int) -> tuple[int, list[Any]] | None:
    """A cursor's content; None for none and for one that isn't ours."""
    if not cursor:
        return None
    try:
        at, values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, binascii.Error, TypeError, RecursionError):
        return None
    if not isinstance(at, int) or not 0 <= at < _FAR or not isinstance(values, list) or len(values) != width:
        return None
    if not all(isinstance(value, int | float) or (isinstance(value, str) and _written(value)) for value in values):
        return None
    return at, values


_FAR = 1 << 31


def _written(text: str) -> bool:
    """Whether the database could keep it: no NUL, no half of a character."""
    return "\0" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text)
