"""Whether every kept file is still what was given."""

from dataclasses import dataclass

from anju.evidence import store
from anju.evidence.models import StoredFile


@dataclass(frozen=True, slots=True)
class Kept:
    """How the store stands: files looked at; those missing and those cut or changed, by their content's hash."""

    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def kept(*, deep: bool = False, newest: int | None = None) -> Kept:
    """Looks at the files that are remembered (``newest``: at so many only): are they there and not shorter than what was put in?
    ``deep`` reads every byte of them."""
    missing, changed, seen, files = [], [], set(), 0
    rows = StoredFile.objects.order_by("-pk")
    for stored in (rows if newest is None else rows[:newest]).iterator():
        files += 1
        if stored.sha256 in seen:
            continue
        seen.add(stored.sha256)
        place = store.place(stored)
        if place is None:
            missing.append(stored.sha256)
        elif place.stat().st_size < stored.size:
            changed.append(stored.sha256)
    if deep:
        gone = {*missing, *changed}
        changed += sorted({fault.stored.sha256 for fault in store.damaged()} - gone)
    return Kept(files, tuple(missing), tuple(changed))
