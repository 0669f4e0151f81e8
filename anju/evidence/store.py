"""The content-addressed store: a local folder, two levels deep, written once and never changed."""

import hashlib
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.db import transaction

from anju.accounts.models import User
from anju.evidence.models import StoredFile

_CHUNK = 1024 * 1024


class StoreFull(Exception):
    """There is no room for the file; nothing was kept."""


def _folder() -> Path:
    return Path(settings.FILE_STORE)


def path(stored: StoredFile) -> Path:
    """Where the bytes lie."""
    return _folder() / stored.sha256[:2] / stored.sha256


def put(source: BinaryIO | Path, *, name: str, media_type: str, by: User | None) -> StoredFile:
    """Keeps the bytes of ``source`` under their SHA-256 and remembers who gave them. Half a file is never seen: it is
    written aside, flushed to disk and renamed. Raises StoreFull where the disk has no room."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    if isinstance(source, Path):
        with source.open("rb") as stream:
            return put(stream, name=name, media_type=media_type, by=by)
    digest = hashlib.sha256()
    size = 0
    try:
        with tempfile.NamedTemporaryFile(dir=folder, delete=False) as aside:
            while block := source.read(_CHUNK):
                digest.update(block)
                size += len(block)
                aside.write(block)
            aside.flush()
            os.fsync(aside.fileno())
    except OSError as error:
        Path(aside.name).unlink(missing_ok=True)
        raise StoreFull(f"文件没有存下：{error.strerror}。请清理磁盘后再传一次。") from error
    target = folder / digest.hexdigest()[:2] / digest.hexdigest()
    target.parent.mkdir(exist_ok=True)
    if target.exists():
        Path(aside.name).unlink()
    else:
        os.replace(aside.name, target)
    return StoredFile.objects.create(sha256=digest.hexdigest(), size=size, name=name[:255], media_type=media_type, created_by=by)


def remove(stored: StoredFile) -> None:
    """Forgets a file, and its bytes where nobody else gave the same. For what the system made and can make again, never for what was given."""
    where, digest = path(stored), stored.sha256
    stored.delete()
    if not StoredFile.objects.filter(sha256=digest).exists():
        transaction.on_commit(lambda: where.unlink(missing_ok=True))


def room() -> int:
    """Free bytes where files are kept."""
    folder = _folder()
    folder.mkdir(parents=True, exist_ok=True)
    return shutil.disk_usage(folder).free
