"""Files that are on the disk when it is said they are: a power cut takes none back, and leaves none half."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

PART = ".part"


def settle(place: Path) -> None:
    """A renamed file is there after a power cut only when its folder is on disk too."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """What is written bears its name when the block ends, readable by its owner alone; where the block fails, what was there stays.

    Until then it is called as the file with ``PART`` behind; that is what a killed process leaves.
    """
    part = path.with_name(path.name + PART)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
            yield out
            out.flush()
            os.fsync(out.fileno())
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)
    settle(path.parent)


def append(path: Path, lines: Iterable[str]) -> None:
    """Adds lines, on disk before it returns."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    new = not path.exists()
    with path.open("a", encoding="utf-8") as out:
        out.writelines(f"{line}\n" for line in lines)
        out.flush()
        os.fsync(out.fileno())
    if new:
        settle(path.parent)
