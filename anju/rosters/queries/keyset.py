"""One page of an ordered answer, found by key: the cursor carries how many rows lie ahead and the key of the last one."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Rows with their place in the whole, counted from 1; ``after`` is the cursor of the next page, "" at the end."""

    rows: list[T]
    after: str
    total: int | None
    first: int
    last: int


def cursor(after: str, parts: int) -> tuple[int, list[float]] | None:
    """(rows ahead, key of the last row); None for the first page or a cursor that isn't one."""
    given = after.split("_")
    try:
        return (int(given[0]), [float(part) for part in given[1:]]) if len(given) == parts + 1 else None
    except ValueError:
        return None


def made(
    found: Sequence[R], limit: int, after: tuple[int, list[float]] | None, key: Callable[[R], Sequence[float]], total: int | None
) -> Page[R]:
    """A page from ``limit + 1`` rows."""
    rows = list(found[:limit])
    ahead = after[0] if after else 0
    more = len(found) > limit
    following = "_".join([str(ahead + len(rows)), *(repr(part) for part in key(rows[-1]))]) if more and rows else ""
    return Page(rows, following, total, ahead + 1 if rows else 0, ahead + len(rows))
