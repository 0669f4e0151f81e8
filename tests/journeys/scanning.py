"""Which of some known numbers stand in some bytes: as text, as UTF-16, and inside what is packed.

Packed is what zip, gzip, zlib, zstd, bzip2 or xz made, whole or at any place in other bytes (a dump in a backup, a cell of a table), also packed
in one another. What is sealed can't be looked into; that it is sealed is what the scan is about.
"""

import bz2
import contextlib
import io
import lzma
import mmap
import os
import re
import stat
import sys
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow

_PIECE = 64 << 20
_OVERLAP = 1 << 12
_UNPACKED = 256 << 20
_DEPTH = 4
_SHORTEST = 11

# Three classes of bytes, so that a run of digits is found by one search for a fixed string: a digit, a zero byte, anything else.
_CLASSES = bytes(1 if chr(byte).isdigit() and byte < 128 else 0 if byte == 0 else 2 for byte in range(256))
_UNITS = (b"\1", b"\1\0")  # a digit of a text; one of UTF-16, in either order of bytes
_ROWS = {unit: re.compile(b"(?:" + unit + b")+") for unit in _UNITS}


@dataclass(frozen=True)
class Known:
    """The numbers looked for: identity numbers (18 characters), telephones (11 digits), bank cards (19 digits)."""

    ids: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    cards: frozenset[str] = frozenset()

    def inside(self, data: "bytes | mmap.mmap", depth: int = _DEPTH) -> set[str]:
        """Those that stand in ``data``, packed or not."""
        found: set[str] = set()
        for start in range(0, max(len(data), 1), _PIECE):
            piece = data[max(start - _OVERLAP, 0) : start + _PIECE]
            found |= self._written(piece)
            if depth:
                for unpacked in _unpacked(piece):
                    found |= self.inside(unpacked, depth - 1)
        return found

    def _written(self, piece: bytes) -> set[str]:
        found = set()
        for digits, alone in set(_runs(piece)):
            for length, known in ((18, self.ids), (19, self.cards)):
                found |= {part for at in range(len(digits) - length + 1) if (part := digits[at : at + length]) in known}
            # Eleven digits come up by chance in long random texts: a telephone stands by itself.
            if alone and digits in self.phones:
                found.add(digits)
        return found


def _runs(piece: bytes) -> Iterator[tuple[str, bool]]:
    """Every run of digits, with an X after it where there is one; whether it stands by itself: neither inside a word nor at its end."""
    shape = piece.translate(_CLASSES)
    for unit in _UNITS:
        step, needle = len(unit), unit * _SHORTEST
        at = shape.find(needle)
        while at >= 0:
            row = _ROWS[unit].match(shape, at)
            end = row.end() if row else at + len(needle)
            if shape[end : end + 1] == b"\1":  # the last of a big-endian UTF-16 text has no zero byte of its own behind it
                end += step
            text = piece[at:end:step].decode()
            before, after = piece[at - 1 : at], piece[end : end + 1]
            yield text + ("X" if after in (b"X", b"x") else ""), not before.isalnum() and before not in (b"-", b"_")
            at = shape.find(needle, end)


# ------------------------------------------------------------------------------------------------ packed


def _inflated(wbits: int) -> Callable[[memoryview], bytes]:
    def inflate(packed: memoryview) -> bytes:
        stream, out = zlib.decompressobj(wbits), io.BytesIO()
        with contextlib.suppress(zlib.error):
            for at in range(0, len(packed), 1 << 16):
                out.write(stream.decompress(packed[at : at + (1 << 16)]))
                if stream.eof or out.tell() > _UNPACKED:
                    break
        return out.getvalue()

    return inflate


def _zstd(packed: memoryview) -> bytes:
    out = io.BytesIO()
    with contextlib.suppress(OSError), pyarrow.CompressedInputStream(pyarrow.BufferReader(packed), "zstd") as stream:
        while (part := stream.read(1 << 16)) and out.tell() < _UNPACKED:
            out.write(part)
    return out.getvalue()


def _decompressed(make: Callable[[], Any], error: type[Exception]) -> Callable[[memoryview], bytes]:
    def decompress(packed: memoryview) -> bytes:
        stream, out = make(), io.BytesIO()
        with contextlib.suppress(error, EOFError):
            for at in range(0, len(packed), 1 << 16):
                out.write(stream.decompress(packed[at : at + (1 << 16)]))
                if stream.eof or out.tell() > _UNPACKED:
                    break
        return out.getvalue()

    return decompress


def _member(packed: memoryview) -> bytes:
    """What stands behind the local header of a zip's member; one that is only stored is seen without unpacking."""
    if len(packed) < 30 or int.from_bytes(packed[8:10], "little") != zipfile.ZIP_DEFLATED:
        return b""
    return _inflated(-15)(packed[30 + int.from_bytes(packed[26:28], "little") + int.from_bytes(packed[28:30], "little") :])


_PACKED: tuple[tuple[bytes, Callable[[memoryview], bytes]], ...] = (
    (b"PK\x03\x04", _member),
    (b"\x1f\x8b\x08", _inflated(31)),
    *((head, _inflated(15)) for head in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")),
    (b"\x28\xb5\x2f\xfd", _zstd),
    (b"BZh", _decompressed(bz2.BZ2Decompressor, OSError)),
    (b"\xfd7zXZ\x00", _decompressed(lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ), lzma.LZMAError)),
)


def _unpacked(piece: bytes) -> Iterator[bytes]:
    """What unpacks, wherever in the bytes it begins; of a damaged or cut one what can be had."""
    whole = memoryview(piece)
    for head, unpack in _PACKED:
        at = piece.find(head)
        while at >= 0:
            if len(content := unpack(whole[at:])) >= _SHORTEST:
                yield content
            at = piece.find(head, at + 1)


# ------------------------------------------------------------------------------------------------ files


def files(*folders: Path, since: float) -> Iterator[Path]:
    """The files in some folders that were written after a moment; what nobody has touched since can't hold what didn't exist."""
    for folder in folders:
        inside = [folder] if folder.is_file() else (Path(place, name) for place, _folders, names in os.walk(folder) for name in names)
        for path in inside:
            with contextlib.suppress(FileNotFoundError):
                held = path.lstat()
                if stat.S_ISREG(held.st_mode) and held.st_size and max(held.st_mtime, held.st_ctime) >= since:
                    yield path


def in_files(known: Known, paths: Iterable[Path]) -> dict[Path, set[str]]:
    """The files that hold some of the numbers, and which."""
    found = {}
    for path in paths:
        with (
            contextlib.suppress(FileNotFoundError, PermissionError, ValueError),
            path.open("rb") as stream,
            mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_READ) as content,
        ):
            if held := known.inside(content):
                found[path] = held
    return found


_written: list[str] | None = None


def _hear(event: str, arguments: tuple[Any, ...]) -> None:
    if event == "open" and _written is not None and isinstance(arguments[0], str | bytes) and arguments[2] & (os.O_WRONLY | os.O_RDWR):
        _written.append(os.fsdecode(arguments[0]))


@contextlib.contextmanager
def opened_to_write() -> Iterator[set[Path]]:
    """At the end of the block: every file on a disk that this process opened to write to inside it."""
    global _written  # noqa: PLW0603  # an audit hook can't be taken off again
    if _written is None:
        sys.addaudithook(_hear)
    _written, told = [], set[Path]()
    try:
        yield told
    finally:
        in_memory = ("/dev/", "/proc/self/fd/")
        told |= {Path(path).absolute() for path in _written if not path.startswith(in_memory) and not Path(path).is_dir()}
        _written = None


@dataclass
class Passing:
    """Looks at files that come and go while work is done: each is opened as soon as it is seen and looked through when it has grown and when
    it has been removed. ``seen``: how many bytes of which folder; ``found``: the numbers, by file."""

    known: Known
    folders: dict[str, Path]
    seen: dict[str, int] = field(default_factory=dict)
    found: dict[str, set[str]] = field(default_factory=dict)

    def __enter__(self) -> "Passing":
        self._held: dict[tuple[int, int], tuple[str, str, int, tuple[int, int]]] = {}
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._look()
        for _where, _path, descriptor, _stamp in self._held.values():
            os.close(descriptor)

    def _watch(self) -> None:
        while not self._done.wait(0.004):
            self._look()

    def _look(self) -> None:
        for where, folder in self.folders.items():
            for place, _inside, names in os.walk(folder):
                for name in names:
                    self._open(where, os.path.join(place, name))
        for key, (where, path, descriptor, stamp) in list(self._held.items()):
            now = os.fstat(descriptor)
            if (now.st_size, now.st_mtime_ns) != stamp and now.st_size:
                self._held[key] = (where, path, descriptor, (now.st_size, now.st_mtime_ns))
                if found := self.known.inside(os.pread(descriptor, now.st_size, 0), 1):
                    self.found.setdefault(path, set()).update(found)
                self.seen[where] = self.seen.get(where, 0) + max(now.st_size - stamp[0], 0)
            elif now.st_nlink == 0:
                os.close(descriptor)
                del self._held[key]

    def _open(self, where: str, path: str) -> None:
        with contextlib.suppress(OSError):
            held = os.lstat(path)
            if (held.st_dev, held.st_ino) not in self._held:
                self._held[held.st_dev, held.st_ino] = (where, path, os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), (0, 0))
