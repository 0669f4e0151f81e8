"""Files that lie in memory, for what must not be on a disk in clear: opened originals, workbooks being made, uploads being received.

On Linux a file is a ``memfd``: it has no name in any folder and is gone with the last process that holds it, however that ends. Code that
needs a path (the jailed reader, DuckDB) gets ``/proc/self/fd/N``. Elsewhere (a developer's macOS) there is no such thing: the file is then a
0600 file in the temporary folder, removed at the end; an installation that keeps real lists runs on Linux.

Libraries that need a whole folder (XlsxWriter, DuckDB's spill) get one on the machine's memory file system; a folder is locked by who works in
it, so that what a killed process left is told from what is in use and removed at the next start.
"""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

_NAMELESS = hasattr(os, "memfd_create")
_MEMORY = Path("/dev/shm")
_NEEDED = 1 << 30
"""A memory file system with less room than this (a container's default is 64 MB) isn't worked in."""


def file() -> BinaryIO:
    """An empty file in memory, to write, read and seek; closing it frees it."""
    if _NAMELESS:
        return os.fdopen(os.memfd_create("anju", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), "w+b")
    return cast("BinaryIO", tempfile.NamedTemporaryFile(prefix="anju-"))


def freeze(held: BinaryIO) -> None:
    """Nobody can change the file any more, not the jailed reader either that is given it; it stands at its beginning."""
    held.seek(0)
    if _NAMELESS:
        fcntl.fcntl(held, fcntl.F_ADD_SEALS, fcntl.F_SEAL_WRITE | fcntl.F_SEAL_GROW | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_SEAL)


def path(held: BinaryIO) -> Path:
    """Where code that needs a path finds a file of ``file()``, in this process (a child needs the descriptor passed on: ``descriptor``)."""
    held.flush()
    if _NAMELESS:
        return Path("/proc/self/fd", str(held.fileno()))
    return Path(held.name)


def descriptor(where: Path) -> int | None:
    """The descriptor behind a path of ``path()``; None for a path on disk."""
    return int(where.name) if where.parent == Path("/proc/self/fd") else None


@contextlib.contextmanager
def folder() -> Iterator[Path | None]:
    """A folder on the memory file system, 0700, gone at the end; None where the machine has none with room enough."""
    base = _base()
    if base is None or shutil.disk_usage(base).free < _NEEDED:
        yield None
        return
    with held(Path(tempfile.mkdtemp(dir=base))) as ours:
        yield ours


def _base() -> Path | None:
    """The folder of this account's folders in memory; None where there is no memory file system or the name is somebody else's."""
    if not os.access(_MEMORY, os.W_OK | os.X_OK) or not _NAMELESS:
        return None
    base = _MEMORY / f"anju-{os.geteuid()}"
    with contextlib.suppress(FileExistsError):
        base.mkdir(mode=0o700)
    found = base.lstat()
    ours = found.st_uid == os.geteuid() and found.st_mode & 0o077 == 0 and base.is_dir() and not base.is_symlink()
    return base if ours else None


@contextlib.contextmanager
def held(where: Path) -> Iterator[Path]:
    """A folder (made where it isn't there) that is in use until the block ends, then removed with all it holds."""
    lock = _locked(where)
    try:
        yield where
    finally:
        shutil.rmtree(where, ignore_errors=True)
        os.close(lock)


def _locked(where: Path) -> int:
    while True:
        where.mkdir(parents=True, exist_ok=True, mode=0o700)
        with contextlib.suppress(FileNotFoundError):
            lock = os.open(where, os.O_RDONLY)
            fcntl.flock(lock, fcntl.LOCK_SH)
            with contextlib.suppress(FileNotFoundError):
                if os.path.samestat(os.fstat(lock), where.stat()):
                    return lock
            os.close(lock)


def remove_left(*parents: Path) -> int:
    """Removes what killed processes left: folders in ``parents``, and in memory, that nobody holds. Returns how many."""
    removed = 0
    for parent in (*parents, _base()):
        if parent is None or not parent.is_dir():
            continue
        for left in parent.iterdir():
            if left.is_dir() and not left.is_symlink():
                removed += _removed(left)
    return removed


def _removed(left: Path) -> bool:
    """Takes the folder away unless somebody works in it; it stays locked meanwhile, so that nobody begins to."""
    lock = os.open(left, os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(left, ignore_errors=True)
    except BlockingIOError:
        return False
    finally:
        os.close(lock)
    return True
