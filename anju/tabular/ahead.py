"""Reading on while what was read is being stored."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

R = TypeVar("R")


def ahead(following: Callable[[], R | None]) -> Iterator[R]:
    """Chunk after chunk until one is empty; the next is made in a thread of its own (without the database) while the caller has this one."""
    with ThreadPoolExecutor(1, "reading") as reader:
        coming = reader.submit(following)
        while now := coming.result():
            coming = reader.submit(following)
            yield now
