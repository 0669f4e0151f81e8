"""Whether every kept file is still what was given."""

import hashlib
from dataclasses import dataclass

from anju.evidence import store
from anju.evidence.models import StoredFile

_BLOCK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Kept:
    """How the store stands: files looked at, those missing, of another size or another content, and bytes nobody remembers."""

    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]
    orphans: int


def kept(*, deep: bool = False, newest: int | None = None) -> Kept:
    """Looks at the files that are remembered (``newest``: at so many only). ``deep`` reads every byte and counts orphans too."""
    missing, changed, seen, files = [], [], set(), 0
    rows = StoredFile.objects.order_by("-pk")
    for stored in (rows if newest is None else rows[:newest]).iterator():
        files += 1
        path = store.path(stored)
        if path.name in seen:
            continue
        seen.add(path.name)
        try:
            size = path.stat().st_size
        except OSError:
            missing.append(stored.sha256)
            continue
        if size != stored.size or (deep and _sha256(stored) != stored.sha256):
            changed.append(stored.sha256)
    return Kept(files, tuple(missing), tuple(changed), store.orphans(seen) if newest is None else 0)


def _sha256(stored: StoredFile) -> str:
    digest = hashlib.sha256()
    with store.path(stored).open("rb") as source:
        while block := source.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
