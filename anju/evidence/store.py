"""The store of files: what is put in is kept once, sealed, and never changed, in a local folder or a bucket (``evidence.shelf``).

There a file is sealed in blocks (``privacy.sealedfile``) under a name made from its content's SHA-256 with a key: who knows a file can't
tell from the place whether it is here. The SHA-256 itself stands in the table, as evidence. Names and contents depend on the newest key once
``rotate`` has gone over them; until then older names are still found, and so are files kept in clear by an earlier version (``seal_clear``).
"""

import hashlib
import io
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from cryptography.hazmat.primitives import hashes, hmac
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from anju import database
from anju import memory as memory_files
from anju.accounts.models import User
from anju.evidence.models import StoredFile
from anju.evidence.shelf import Unreachable, in_bucket, shelf
from anju.jobs.progress import Refused
from anju.privacy import keys, sealedfile
from anju.privacy.cipher import Tampered

_CHUNK = 1024 * 1024
_PURPOSE = "files"
_SUFFIX = ".sealed"
_ASIDE_KEPT = 24 * 3600


class StoreFull(Exception):
    """The file couldn't be kept: there is no room, or the place doesn't answer; the message says which and what to do."""


class Away(Refused):
    """The place where files are kept doesn't answer just now; nothing is known of the file itself."""


class Damaged(Refused):
    """A kept file isn't there, isn't what was put in, or its key is missing; the message says which and what to do."""


def work() -> Path:
    """Where work that can't be done in memory has its folders: beside the store's own, or in the installation's home."""
    kept = settings.FILE_STORE
    return (database.home() if in_bucket(kept) else Path(kept).parent) / "work"


# ------------------------------------------------------------------------------------------------ names


def _name(sha256: str, number: int, ring: keys.KeyRing) -> str:
    maker = hmac.HMAC(ring.derive("file names", number, 32), hashes.SM3())
    maker.update(bytes.fromhex(sha256))
    name = maker.finalize().hex()
    return f"{name[:2]}/{name}{_SUFFIX}"


def _names(sha256: str) -> Iterator[str]:
    """Under which names a content may lie sealed: the newest key's first."""
    ring = keys.ring()
    for number in sorted(ring.masters, key=lambda number: (number == ring.active, number), reverse=True):
        yield _name(sha256, number, ring)


def _clear_name(sha256: str) -> str:
    """Under which an earlier version kept it in clear."""
    return f"{sha256[:2]}/{sha256}"


def _may_lie(sha256: str) -> tuple[str, ...]:
    return (*_names(sha256), _clear_name(sha256))


def name_of(stored: StoredFile) -> str | None:
    """The name under which the file lies, sealed (or still in clear); None where it is missing."""
    there = shelf()
    return next((name for name in _may_lie(stored.sha256) if there.size(name) is not None), None)


def held(stored: StoredFile, sizes: Mapping[str, int] | None = None) -> int | None:
    """How many bytes lie there for the file, sealed; None where it is missing. ``sizes`` is the whole shelf, for who asks after many."""
    size = shelf().size if sizes is None else sizes.get
    return next((found for name in _may_lie(stored.sha256) if (found := size(name)) is not None), None)


def sizes() -> dict[str, int]:
    """Every name on the shelf with its bytes."""
    return shelf().sizes()


# ------------------------------------------------------------------------------------------------ putting in


def put(source: BinaryIO | Path, *, name: str, media_type: str, by: User | None) -> StoredFile:
    """Keeps the bytes of ``source``, sealed, and remembers who gave them. Half a file is never seen: it is written aside, flushed to disk and
    renamed. Raises StoreFull where the disk has no room."""
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return put(stream, name=name, media_type=media_type, by=by)
    sha256, size = _seal(source)
    if StoredFile.objects.filter(sha256=sha256).exists():
        with suppress(OSError):  # an older copy left behind is sealed anew by ``rotate`` or ``seal_clear``
            _drop_older(sha256)
    return StoredFile.objects.create(sha256=sha256, size=size, name=name[:255], media_type=media_type, created_by=by)


def _seal(source: BinaryIO) -> tuple[str, int]:
    """Seals what is read under its name, over what lies there (which may be damaged)."""
    digest, size = hashlib.sha256(), 0
    try:
        with shelf().writing() as aside:
            sealed = sealedfile.Writer(aside.file, purpose=_PURPOSE)
            while block := source.read(_CHUNK):
                digest.update(block)
                size += len(block)
                sealed.write(block)
            sealed.finish(bound_to=digest.digest())
            aside.named = next(_names(digest.hexdigest()))
    except Unreachable as away:
        raise StoreFull(_("文件没有存下：%(why)s") % {"why": away}) from away
    except OSError as error:
        raise StoreFull(_("文件没有存下：%(why)s。请清理磁盘后再传一次。") % {"why": error.strerror or error}) from error
    return digest.hexdigest(), size


def _drop_older(sha256: str) -> None:
    """What was sealed anew no longer lies under older names."""
    _newest, *older = _may_lie(sha256)
    for name in older:
        shelf().remove(name)


def _seal_instead(source: BinaryIO) -> None:
    _drop_older(_seal(source)[0])


# ------------------------------------------------------------------------------------------------ taking out


class _Sealed(sealedfile.Reader):
    """A kept file's clear bytes; what doesn't open is told by its name."""

    def __init__(self, source: BinaryIO, stored: StoredFile) -> None:
        self._name = stored.name
        super().__init__(source, purpose=_PURPOSE, bound_to=bytes.fromhex(stored.sha256))

    def _load(self, block: int) -> bytes:
        try:
            return super()._load(block)
        except Tampered as tampered:
            raise _damaged(self._name, str(tampered)) from tampered


def _damaged(name: str, why: str) -> Damaged:
    return Damaged(_("库存文件“%(name)s”打不开：%(why)s请管理员用备份恢复这个文件，再重试。") % {"name": name, "why": why})


def open(stored: StoredFile) -> BinaryIO:
    """The clear bytes as a stream that can seek. Raises ``Damaged``: now, or in reading where a later block was changed."""
    there = shelf()
    for name in (*_may_lie(stored.sha256), *_names(stored.sha256)):  # it may be moved to its new name meanwhile
        try:
            source = there.open(name)
            break
        except FileNotFoundError:
            continue
        except Unreachable as away:
            raise Away(str(away)) from away
    else:
        raise _damaged(stored.name, _("文件不在了。"))
    if not name.endswith(_SUFFIX):
        return source
    try:
        return cast("BinaryIO", io.BufferedReader(_Sealed(source, stored), sealedfile.BLOCK))
    except Tampered as tampered:
        source.close()
        raise _damaged(stored.name, str(tampered)) from tampered
    except keys.KeysMissing as missing:
        source.close()
        raise Damaged(str(missing)) from missing
    except Damaged:
        source.close()
        raise


def opened(stored: StoredFile) -> BinaryIO:
    """The clear bytes in memory, all of them checked: for what is sent on, where a fault in the middle couldn't be told any more."""
    held = memory_files.file()
    try:
        with open(stored) as source:
            shutil.copyfileobj(source, held, _CHUNK)
    except BaseException:
        held.close()
        raise
    memory_files.freeze(held)
    return held


@contextmanager
def memory(stored: StoredFile) -> Iterator[Path]:
    """A path to the clear bytes, which lie in memory, for code that needs one; gone at the end of the block."""
    with opened(stored) as held:
        yield memory_files.path(held)


# ------------------------------------------------------------------------------------------------ keeping watch


@dataclass(frozen=True, slots=True)
class Fault:
    """A kept file that can't be given back."""

    stored: StoredFile
    message: str


def damaged() -> Iterator[Fault]:
    """Reads every kept file to its end and compares it with what the table says of it; those that fail, in the order they were kept."""
    seen: dict[str, str] = {}
    for stored in StoredFile.objects.order_by("pk").iterator(500):
        if stored.sha256 not in seen:
            seen[stored.sha256] = _fault(stored)
        if seen[stored.sha256]:
            yield Fault(stored, seen[stored.sha256])


def _fault(stored: StoredFile) -> str:
    digest, size = hashlib.sha256(), 0
    try:
        with open(stored) as source:
            while block := source.read(_CHUNK):
                digest.update(block)
                size += len(block)
    except Damaged as fault:
        return str(fault)
    except OSError as error:
        return str(_damaged(stored.name, f"{error.strerror}。"))
    if (digest.hexdigest(), size) != (stored.sha256, stored.size):
        return str(_damaged(stored.name, _("内容与登记的摘要不符。")))
    return ""


# ------------------------------------------------------------------------------------------------ sealing anew


def seal_anew(stored: StoredFile) -> None:
    """The file is sealed under the newest key, under the newest name; what lay under older names is gone. Raises ``Damaged``."""
    with open(stored) as source:
        _seal_instead(source)


def left_clear() -> list[str]:
    """Files an earlier version kept in clear, also those no table row knows of (an upload that was refused)."""
    return [name for name in shelf().names() if not name.endswith(_SUFFIX)]


def seal_clear() -> Iterator[tuple[str, str]]:
    """Seals what lies in clear, one after the other: (name, "" or why it stays). Interrupted, it goes on with the rest."""
    for name in left_clear():
        with shelf().open(name) as source:
            if hashlib.file_digest(cast("io.BufferedReader", source), "sha256").hexdigest() != name.partition("/")[2]:
                yield name, _("内容与文件名不符，没有改动；请用备份核对。")
                continue
            source.seek(0)
            _seal_instead(source)
        yield name, ""


def _by_key() -> Iterator[tuple[str, int | None]]:
    """Sealed files and the numbers of their keys."""
    there = shelf()
    for name in there.names():
        if name.endswith(_SUFFIX):
            with suppress(FileNotFoundError), there.head(name, sealedfile.HEAD) as source:
                yield name, sealedfile.key_number(source)


def standing() -> Counter[int]:
    """How many files are sealed under which key."""
    return Counter(number for _name, number in _by_key() if number is not None)


def under_older_keys() -> list[str]:
    """Sealed files that a rotation has still to go over."""
    active = keys.ring().active
    return [name for name, number in _by_key() if number != active]


def rotate() -> Iterator[tuple[str, str]]:
    """Seals every file anew that an older key sealed, those without a table row too: (name, "" or why it stays). Interrupted, it goes on
    with the rest."""
    for name in under_older_keys():
        yield name, _rotated(name)


def _rotated(name: str) -> str:
    digest = hashlib.sha256()
    try:
        with shelf().open(name) as source, sealedfile.Reader(source, purpose=_PURPOSE, bound_to=None) as clear:
            while block := clear.read(_CHUNK):
                digest.update(block)
            clear.belongs(digest.digest())
            if name not in _names(digest.hexdigest()):
                raise Tampered(_("内容与文件名不符，没有改动；请用备份核对。"))
            clear.seek(0)
            _seal_instead(cast("BinaryIO", clear))
    except FileNotFoundError:
        return ""  # sealed anew by somebody else meanwhile
    except (Tampered, keys.KeysMissing) as fault:
        return str(fault)
    return ""


def clear_work() -> int:
    """What killed processes left: folders of work nobody holds, files that never came whole. Returns how many."""
    return memory_files.remove_left(work()) + shelf().clear_aside(_ASIDE_KEPT)


def remove(stored: StoredFile) -> None:
    """Forgets a file, and its bytes where nobody else gave the same. For what the system made and can make again, never for what was given."""
    digest = stored.sha256
    stored.delete()

    def clear() -> None:
        if not StoredFile.objects.filter(sha256=digest).exists():
            for name in _may_lie(digest):
                shelf().remove(name)

    transaction.on_commit(clear)


def room() -> int | None:
    """Free bytes where files are kept; None where there is no bound to be seen."""
    return shelf().room()


def orphans() -> int:
    """How many kept files no row remembers: an upload that was refused, or what a later state of the table knew."""
    known = {name for stored in StoredFile.objects.order_by("pk").only("sha256").iterator(500) for name in _may_lie(stored.sha256)}
    return sum(name not in known for name in shelf().names())


__all__ = [
    "Away",
    "Damaged",
    "Fault",
    "StoreFull",
    "clear_work",
    "damaged",
    "held",
    "left_clear",
    "memory",
    "name_of",
    "open",
    "opened",
    "orphans",
    "put",
    "remove",
    "room",
    "rotate",
    "seal_anew",
    "seal_clear",
    "sizes",
    "standing",
    "under_older_keys",
    "work",
]
