"""Reading on while what was read is being stored."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")


def ahead(following: Callable[[], list[R]]) -> Iterator[list[R]]:
    """Chunk after chunk until one has no rows; the next is made in a thread of its own while the caller has this one."""
    with ThreadPoolExecutor(1, "reading") as reader:
        coming = reader.submit(following)
        while now := coming.result():
            coming = reader.submit(following)
            yield now
