"""What is known of backups and keys outside the database, so that a restored or lost database doesn't take the knowledge along.

``backups.jsonl`` in the home: a line for each thing that happened to a backup (taken, verified, restored), never changed.
``keys.known`` beside it: the fingerprint of every master key this installation has worked with, so that a lost or exchanged key file is noticed.
"""

import json
import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.utils import timezone

from anju import database, durable
from anju.operations import archive
from anju.privacy import keys

TAKEN, VERIFIED, RESTORED = "taken", "verified", "restored"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened to one archive. ``taken_at`` is when its content was true."""

    what: str
    at: datetime
    archive: str
    path: str
    taken_at: datetime
    size: int


def folder() -> Path:
    """Where backups go unless another place is named."""
    return Path(os.environ.get("ANJU_BACKUPS") or database.home() / "backups")


def archives() -> list[Path]:
    """The archives that are still there: those in the folder, and those taken to other places this machine reaches."""
    noted = {Path(line.path) for line in lines() if line.what == TAKEN}
    return sorted(path for path in noted | {path.resolve() for path in folder().glob("anju-*.anju")} if path.is_file())


def _place() -> Path:
    return database.home() / "backups.jsonl"


def note(what: str, *, archive_id: str, path: Path, taken_at: datetime, size: int) -> None:
    """Adds one line, on disk before it returns."""
    told = {"what": what, "at": timezone.now().isoformat(), "archive": archive_id, "path": str(path.resolve()), "size": size}
    line = json.dumps({**told, "taken_at": taken_at.isoformat()}, ensure_ascii=False)
    durable.append(_place(), [line])


def lines() -> list[Line]:
    """Everything noted, oldest first; half a line left by a power cut is passed over."""
    found = []
    try:
        text = _place().read_text("utf-8")
    except FileNotFoundError:
        return []
    for line in text.splitlines():
        try:
            told = json.loads(line)
            at, taken_at = datetime.fromisoformat(told["at"]), datetime.fromisoformat(told["taken_at"])
            found.append(Line(told["what"], at, told["archive"], told["path"], taken_at, int(told["size"])))
        except (ValueError, KeyError):
            continue
    return found


def last(what: str) -> Line | None:
    """The newest content that was taken or verified."""
    return max((line for line in lines() if line.what == what), key=lambda line: line.taken_at, default=None)


def _known_place() -> Path:
    return database.home() / "keys.known"


def known_keys() -> dict[int, str]:
    """Number → fingerprint of every master key seen here."""
    try:
        return {int(number): print_ for number, print_ in json.loads(_known_place().read_text("utf-8")).items()}
    except (FileNotFoundError, ValueError):
        return {}


def learn_keys(ring: keys.KeyRing) -> None:
    """Remembers the fingerprints of keys not seen before; those seen stay as they were."""
    known = known_keys()
    grown = {**{number: archive.fingerprint(ring, number).hex() for number in ring.masters}, **known}
    if grown == known:
        return
    with durable.whole(_known_place()) as out:
        out.write((json.dumps({str(number): grown[number] for number in sorted(grown)}, indent=1) + "\n").encode())
