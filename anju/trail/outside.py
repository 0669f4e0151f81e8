"""What is known of the chain outside the database, in ``trail/<database>/`` of the home: without it nobody could tell that the chain's end was cut off.

``head`` is the last number and hash; ``head.next`` the one being written; ``checkpoints`` every thousandth; ``breaks`` the moments at which the chain didn't
end as ``head`` said. ``restoring`` and ``restores`` are ``anju.trail.restoring``'s, ``archives`` and the folder ``archive`` hold what was taken out of the
database by ``anju trail expire``.
"""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection

GENESIS = bytes(32)


@dataclass(frozen=True, slots=True)
class Head:
    """The last seal: its number and hash. Number 0 is the beginning."""

    no: int
    hash: bytes

    def __str__(self) -> str:
        return f"{self.no}:{self.hash.hex()}"

    @classmethod
    def read(cls, text: str) -> "Head":
        """``NO:HASH`` as it is printed; ValueError where it isn't that."""
        number, _, digest = text.strip().partition(":")
        head = cls(int(number), bytes.fromhex(digest))
        if head.no < 0 or len(head.hash) != len(GENESIS):
            raise ValueError(text)
        return head


START = Head(0, GENESIS)


def folder() -> Path:
    """Where the heads of this database's chain are kept."""
    return Path(settings.TRAIL) / str(connection.settings_dict["NAME"])


def read(name: str) -> Head | None:
    """The head kept in that file."""
    try:
        return Head.read((folder() / name).read_text("ascii"))
    except FileNotFoundError:
        return None


def heads() -> tuple[Head | None, Head | None]:
    """The head as the file has it, and the one that was being written when a sealer was stopped in between."""
    return read("head"), read("head.next")


def checkpoints() -> dict[int, bytes]:
    """The hash of each thousandth seal, as the file has them."""
    try:
        lines = (folder() / "checkpoints").read_text("ascii").splitlines()
    except FileNotFoundError:
        return {}
    return {head.no: head.hash for head in map(Head.read, filter(None, lines))}


def forget_checkpoints_after(no: int) -> None:
    """Takes away those of numbers that will be given anew."""
    kept = [str(Head(at, digest)) for at, digest in sorted(checkpoints().items()) if at <= no]
    if (folder() / "checkpoints").exists():
        keep("checkpoints", "\n".join(kept))


@dataclass(frozen=True, slots=True)
class Break:
    """A moment at which the sealer found the database's chain to end otherwise than the file said."""

    at: datetime
    wanted: Head
    found: Head


def breaks() -> list[Break]:
    """Every break noted so far; each stays until somebody has looked into it and put the file away."""
    try:
        lines = (folder() / "breaks").read_text("utf-8").splitlines()
    except FileNotFoundError:
        return []
    parts = (line.split(" ") for line in lines)
    return [Break(datetime.fromisoformat(at), Head.read(wanted), Head.read(found)) for at, wanted, found in parts]


def keep(name: str, text: str) -> None:
    """Puts the file in its place whole, or not at all."""
    place = folder()
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    aside = place / f".{name}.{os.getpid()}"
    with aside.open("w", encoding="utf-8") as out:
        out.write(text + "\n")
        out.flush()
        os.fsync(out.fileno())
    aside.replace(place / name)
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append(name: str, lines: list[str]) -> None:
    """Adds lines to the file, on disk before it returns."""
    if lines:
        place = folder()
        place.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (place / name).open("a", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
            out.flush()
            os.fsync(out.fileno())


def compare(found: Head, at: datetime) -> None:
    """Notes where the chain in the database doesn't end as the file says, before the file is written anew."""
    head, coming = heads()
    if head is None or found == head:
        return
    if found == coming:  # a sealer was stopped between its commit and its file
        keep("head", str(found))
        return
    append("breaks", [f"{at.isoformat()} {head} {found}"])
    keep("head", str(found))
