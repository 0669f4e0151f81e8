"""Where sealed files lie: a local folder, or a bucket of an S3-compatible service. Both know names and bytes, nothing of what is in them.

A name is ``ab/ab12….sealed``. What is put under a name is there whole or not at all; the same name put again replaces what lay there.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, Protocol, TypeGuard, cast

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from anju import durable

ASIDE = ".aside-"
_SCHEME = "s3://"


class Unreachable(OSError):
    """The place where files are kept doesn't answer: nothing is known of the file, and it isn't damaged. ``why`` is what the place said."""

    def __init__(self, why: str) -> None:
        super().__init__(_("存放文件的地方连不上，请稍后再试；还不行请告诉系统管理员。"))
        self.why = why


class Aside:
    """A file being written that lies nowhere yet."""

    def __init__(self, file: BinaryIO) -> None:
        self.file, self.named = file, ""


class Shelf(Protocol):
    """Names and their bytes. Every act raises OSError where the place is full, ``Unreachable`` where it doesn't answer."""

    far: bool
    """Whether asking after one file takes a message to another machine."""

    def open(self, name: str) -> BinaryIO:
        """The bytes, to be read and sought in. Raises FileNotFoundError."""

    def head(self, name: str, count: int) -> BinaryIO:
        """The first bytes, at least ``count`` of them where there are so many. Raises FileNotFoundError."""

    def size(self, name: str) -> int | None:
        """How many bytes lie under the name; None where there is no such file."""

    def sizes(self) -> dict[str, int]:
        """Every name with its bytes."""

    def writing(self) -> AbstractContextManager[Aside]:
        """A file to write to and seek in; at the end of the block it lies under the name it was given meanwhile."""

    def remove(self, name: str) -> None:
        """Nothing lies under the name afterwards."""

    def names(self) -> Iterator[str]:
        """Every name, in order."""

    def room(self) -> int | None:
        """Free bytes; None where there is no bound to be seen."""

    def clear_aside(self, seconds: int) -> int:
        """Removes what never came whole and is older than so many seconds. Returns how many."""


class Folder:
    """A local folder, two levels deep. Half a file is never seen: it is written aside, flushed to disk and renamed."""

    far = False

    def __init__(self, root: Path) -> None:
        self.root = root

    def open(self, name: str) -> BinaryIO:
        return (self.root / name).open("rb")

    def head(self, name: str, count: int) -> BinaryIO:
        return self.open(name)

    def sizes(self) -> dict[str, int]:
        return {name: (self.root / name).stat().st_size for name in self.names()}

    def size(self, name: str) -> int | None:
        path = self.root / name
        return path.stat().st_size if path.is_file() else None

    @contextmanager
    def writing(self) -> Iterator[Aside]:
        self.root.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=self.root, prefix=ASIDE, delete=False) as out:
            try:
                aside = Aside(cast("BinaryIO", out))
                yield aside
                out.flush()
                os.fsync(out.fileno())
            except BaseException:
                Path(out.name).unlink(missing_ok=True)
                raise
        target = self.root / aside.named
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(out.name, target)
        durable.settle(target.parent)

    def remove(self, name: str) -> None:
        (self.root / name).unlink(missing_ok=True)

    def names(self) -> Iterator[str]:
        for folder in sorted(self.root.glob("??")):
            yield from sorted(path.relative_to(self.root).as_posix() for path in folder.iterdir() if path.is_file())

    def room(self) -> int | None:
        self.root.mkdir(parents=True, exist_ok=True)
        return shutil.disk_usage(self.root).free

    def clear_aside(self, seconds: int) -> int:
        gone = 0
        for path in self.root.glob(f"{ASIDE}*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > seconds:
                    path.unlink()
                    gone += 1
        return gone


def shelf() -> Shelf:
    """Where this installation keeps its files."""
    place = settings.FILE_STORE
    if not in_bucket(place):
        return Folder(Path(place))
    # Only who keeps files in a bucket waits for its library to load.
    made: Shelf = import_string("anju.evidence.bucket.Bucket")(place)
    return made


def in_bucket(place: str | Path) -> TypeGuard[str]:
    """Whether the setting names a bucket."""
    return isinstance(place, str) and place.startswith(_SCHEME)
