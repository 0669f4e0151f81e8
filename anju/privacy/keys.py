"""The installation's keys: outside the database, in a file of the home or in the environment; each use has a key of its own.

A key ring holds numbered master keys. New things are sealed under the newest; old ones are read under the number they carry until a
rotation has sealed them anew. From a master key every purpose derives its own key (HKDF with SM3), so that the key of files opens no row.
``ANJU_KEYS`` gives the ring itself, ``ANJU_KEYS_FILE`` its file; else ``secret/keys.json`` of the home, made at first use.
"""

import base64
import contextlib
import fcntl
import json
import os
import secrets
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from anju import database, durable
from anju.privacy import purposes

MASTER_BYTES = 32


class KeysMissing(Exception):
    """A key that something was sealed under isn't in the ring; the message says which."""


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Master keys by number. ``active`` seals; ``index`` is the number whose key numbers are to be found by; ``retired`` are gone for ever."""

    active: int
    index: int
    masters: dict[int, bytes]
    retired: frozenset[int] = frozenset()

    def derive(self, purpose: str, number: int | None = None, length: int = 16) -> bytes:
        """The key of one declared purpose ("rows", "files", "index id" …) under a master key, by default the active one."""
        if not purposes.declared(purpose):
            raise ValueError(f"{purpose!r} isn't declared in anju/privacy/purposes.py")
        number = self.active if number is None else number
        master = self.masters.get(number)
        if master is None and number in self.retired:
            raise KeysMissing(f"{number} 号密钥已停用并删去；用它加密的内容只有另存的旧密钥文件还能打开。")
        if master is None:
            raise KeysMissing(f"密钥环里没有 {number} 号密钥。请从备份的密钥文件补回；没有它，用它加密的内容读不出来。")
        return _derived(master, purpose, length)


@lru_cache(maxsize=256)
def _derived(master: bytes, purpose: str, length: int) -> bytes:
    return HKDF(algorithm=hashes.SM3(), length=length, salt=None, info=f"anju {purpose}".encode()).derive(master)


def place() -> Path:
    """The key file."""
    return Path(os.environ.get("ANJU_KEYS_FILE") or database.home() / "secret" / "keys.json")


def ring() -> KeyRing:
    """The ring as it is now; a changed file is read again."""
    if given := os.environ.get("ANJU_KEYS"):
        return _parsed(given)
    path = place()
    try:
        stamp = path.stat()
    except FileNotFoundError:
        _write(path, KeyRing(1, 1, {1: secrets.token_bytes(MASTER_BYTES)}), new=True)
        stamp = path.stat()
    return _from_file(str(path), stamp.st_mtime_ns, stamp.st_ino)


@lru_cache(maxsize=4)
def _from_file(path: str, modified: int, inode: int) -> KeyRing:
    return _parsed(Path(path).read_text("utf-8"))


def _parsed(text: str) -> KeyRing:
    try:
        found = json.loads(text)
        masters = {int(number): base64.b64decode(key, validate=True) for number, key in found["keys"].items()}
        retired = frozenset(int(number) for number in found.get("retired", []))
        ring_ = KeyRing(int(found["active"]), int(found["index"]), masters, retired - masters.keys())
    except (ValueError, KeyError, TypeError) as error:
        raise KeysMissing("密钥文件读不懂，可能被改动过。请用备份的密钥文件换回。") from error
    if ring_.active not in masters or ring_.index not in masters or any(len(key) < MASTER_BYTES for key in masters.values()):
        raise KeysMissing("密钥文件不完整：缺少正在使用的密钥，或密钥太短。请用备份的密钥文件换回。")
    return ring_


def add(*, index: bool = False) -> KeyRing:
    """A new master key becomes the active one (with ``index`` also the one numbers are to be found by); the older ones stay for reading."""
    with _alone():
        now = ring()
        number = max(now.masters.keys() | now.retired) + 1
        grown = KeyRing(number, number if index else now.index, {**now.masters, number: secrets.token_bytes(MASTER_BYTES)}, now.retired)
        _write(place(), grown)
    return grown


def find_by(number: int) -> KeyRing:
    """Numbers are to be found by this key from now on; the change itself is ``privacy.reindexing``."""
    with _alone():
        now = ring()
        if number not in now.masters:
            raise KeysMissing(f"密钥环里没有 {number} 号密钥。")
        changed = replace(now, index=number)
        _write(place(), changed)
    return changed


def retire(number: int) -> KeyRing:
    """Takes a master key out of the file for ever. Whoever asks has made sure that nothing rests on it."""
    with _alone():
        now = ring()
        if number in (now.active, now.index) or number not in now.masters:
            raise ValueError(f"{number} is in use or isn't there")
        left = {other: key for other, key in now.masters.items() if other != number}
        changed = replace(now, masters=left, retired=now.retired | {number})
        _write(place(), changed)
    return changed


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Of several who change the file one reads and writes at a time: a key that somebody sealed under is never overwritten."""
    place().parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(place().with_name(f".{place().name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write(path: Path, ring_: KeyRing, *, new: bool = False) -> None:
    """Writes the file aside, readable by its owner only, and puts it in place; of two first uses at once one wins."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    text = json.dumps(
        {
            "active": ring_.active,
            "index": ring_.index,
            "keys": {str(number): base64.b64encode(key).decode() for number, key in sorted(ring_.masters.items())},
            **({"retired": sorted(ring_.retired)} if ring_.retired else {}),
        },
        indent=1,
    )
    descriptor, aside = tempfile.mkstemp(dir=path.parent, prefix=".keys-")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as out:
            out.write(text + "\n")
            out.flush()
            os.fsync(out.fileno())
        if new:
            with contextlib.suppress(FileExistsError):
                os.link(aside, path)
        else:
            os.replace(aside, path)
    finally:
        Path(aside).unlink(missing_ok=True)
    durable.settle(path.parent)
