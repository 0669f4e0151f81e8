"""The archive of a backup: one stream of sealed chunks; nothing of it is readable, changeable or cut off unnoticed.

``ANJUBAK1 | archive id 16 | key fingerprint 8`` and then, again and again, ``length 4 | sealed chunk``. A chunk is sealed with SM4-GCM under the
purpose "backup" and bound to the head, to its number and to whether it is the last. Inside it one letter says what it is:

- ``H`` the head: versions, moment, business day (JSON)
- ``M`` a member begins: ``{"name"}``; ``D`` some of its bytes; ``E`` its end: ``{"size", "sha256", "sm3"}``
- ``Z`` the manifest: every member, every table with rows and digest (JSON); always the last chunk
"""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.hazmat.primitives import hashes

from anju.privacy import cipher, keys

MAGIC = b"ANJUBAK1"
PURPOSE = "backup"
HEAD, MEMBER, DATA, END, MANIFEST = b"H", b"M", b"D", b"E", b"Z"
CHUNK = 1024 * 1024
_LARGEST = CHUNK + 64 * 1024 * 1024  # a manifest may be long; more than this is no chunk of ours
_HEAD_BYTES = len(MAGIC) + 16 + 8


class ArchiveDamaged(Exception):
    """The archive isn't what was written: the message names the first chunk that is wrong."""


def fingerprint(ring: keys.KeyRing, number: int | None = None) -> bytes:
    """Eight bytes that tell two master keys apart and reveal neither."""
    return ring.derive("fingerprint", number, 8)


def _bound(head: bytes, number: int, last: bool) -> bytes:
    return head + number.to_bytes(8, "big") + (b"\x01" if last else b"\x00")


def keys_of(path: Path) -> set[int]:
    """The numbers of the keys without which an archive can't be put to use: its own, and those its content was sealed and found by when it was
    taken. Archives of earlier versions don't say: any up to its own. Empty where the archive can't be read."""
    try:
        with path.open("rb") as source:
            reader = Reader(source)
    except (OSError, ArchiveDamaged, keys.KeysMissing):
        return set()
    return {reader.key_number, *reader.head.get("keys", range(1, reader.key_number))}


class Writer:
    """Writes an archive chunk by chunk into ``out``."""

    def __init__(self, out: BinaryIO, ring: keys.KeyRing | None = None) -> None:
        self._ring = ring or keys.ring()
        self._out = out
        self._number = 0
        self.id = os.urandom(16)
        self._head = MAGIC + self.id + fingerprint(self._ring)
        out.write(self._head)
        self.members: list[dict[str, Any]] = []

    def _chunk(self, kind: bytes, content: bytes, *, last: bool = False) -> None:
        bound = _bound(self._head, self._number, last)
        sealed = cipher.seal(kind + content, purpose=PURPOSE, bound_to=bound, ring=self._ring)
        self._out.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1

    def head(self, told: dict[str, Any]) -> None:
        """The first chunk."""
        self._chunk(HEAD, json.dumps(told, ensure_ascii=False).encode())

    def member(self, name: str, blocks: Iterable[bytes]) -> dict[str, Any]:
        """One member from its blocks; its size and digests are what the manifest will say of it."""
        sha256, sm3, size = hashlib.sha256(), hashes.Hash(hashes.SM3()), 0
        self._chunk(MEMBER, json.dumps({"name": name}, ensure_ascii=False).encode())
        for block in blocks:
            sha256.update(block)
            sm3.update(block)
            size += len(block)
            self._chunk(DATA, block)
        told = {"name": name, "size": size, "sha256": sha256.hexdigest(), "sm3": sm3.finalize().hex()}
        self._chunk(END, json.dumps(told, ensure_ascii=False).encode())
        self.members.append(told)
        return told

    def manifest(self, told: dict[str, Any]) -> None:
        """The last chunk."""
        self._chunk(MANIFEST, json.dumps({**told, "members": self.members}, ensure_ascii=False).encode(), last=True)


class Reader:
    """Reads an archive from its beginning; each chunk is proved before it is given out.

    ``head`` is known at once, ``manifest`` when the last chunk was read. Raises ArchiveDamaged at the first wrong chunk, and
    ``keys.KeysMissing`` where the ring lacks the key or holds another one under its number.
    """

    def __init__(self, source: BinaryIO, ring: keys.KeyRing | None = None) -> None:
        self._ring = ring or keys.ring()
        self._source = source
        self._opening = source.read(_HEAD_BYTES)
        if len(self._opening) < _HEAD_BYTES or not self._opening.startswith(MAGIC):
            raise ArchiveDamaged("这不是安居的备份文件，或文件开头已损坏。")
        self.id = self._opening[len(MAGIC) : len(MAGIC) + 16]
        self._number = 0
        self.key_number = 0
        self._ahead = self._length()
        self.manifest: dict[str, Any] = {}
        kind, content = self._next()
        if kind != HEAD:
            raise ArchiveDamaged("备份第 1 块不是开头；文件被改动过。")
        self.head: dict[str, Any] = json.loads(content)

    def _length(self) -> int | None:
        prefix = self._source.read(4)
        if not prefix:
            return None
        if len(prefix) < 4:
            raise ArchiveDamaged(f"备份在第 {self._number + 1} 块处断了：文件不完整。")
        return int.from_bytes(prefix, "big")

    def _next(self) -> tuple[bytes, bytes]:
        number, length = self._number + 1, self._ahead
        if length is None:
            raise ArchiveDamaged(f"备份在第 {number} 块处断了：文件不完整。")
        if not cipher.OVERHEAD < length <= _LARGEST:
            raise ArchiveDamaged(f"备份第 {number} 块的长度不对：文件被改动过。")
        sealed = self._source.read(length)
        if len(sealed) < length:
            raise ArchiveDamaged(f"备份在第 {number} 块处断了：文件不完整。")
        self._check_key(sealed, number)
        self._number = number
        self._ahead = self._length()
        last = self._ahead is None
        text = self._opened(sealed, number, last)
        if text is None:
            if self._opened(sealed, number, not last) is not None:
                raise ArchiveDamaged(f"备份在第 {number} 块之后断了：文件不完整。" if last else f"备份第 {number} 块之后多出了内容。")
            raise ArchiveDamaged(f"备份第 {number} 块打不开：被改动、替换或挪动过。")
        return text[:1], text[1:]

    def _opened(self, sealed: bytes, number: int, last: bool) -> bytes | None:
        try:
            return cipher.unseal(sealed, purpose=PURPOSE, bound_to=_bound(self._opening, number - 1, last), ring=self._ring)
        except cipher.Tampered:
            return None

    def _check_key(self, sealed: bytes, number: int) -> None:
        try:
            key = cipher.key_number(sealed)
        except cipher.Tampered as error:
            raise ArchiveDamaged(f"备份第 {number} 块打不开：被改动过。") from error
        self.key_number = self.key_number or key
        if number > 1:
            if key not in self._ring.masters:
                raise ArchiveDamaged(f"备份第 {number} 块打不开：被改动过。")
            return
        if fingerprint(self._ring, key) != self._opening[-8:]:
            raise keys.KeysMissing(
                f"这份备份是用另一把 {key} 号密钥加密的，与本机密钥文件 {keys.place()} 里的不同。请先把备份那台机器的 keys.json 放回来。"
            )

    def members(self) -> Iterator[tuple[str, Iterator[bytes]]]:
        """Each member with its blocks; blocks not read are read over, so that every chunk is proved."""
        seen: list[dict[str, Any]] = []
        while True:
            kind, content = self._next()
            if kind == MANIFEST:
                self.manifest = json.loads(content)
                if self.manifest["members"] != seen:
                    raise ArchiveDamaged("备份末尾的清单与内容不符：文件被改动过。")
                return
            if kind != MEMBER:
                raise ArchiveDamaged(f"备份第 {self._number} 块次序不对：文件被改动过。")
            name = json.loads(content)["name"]
            blocks = self._blocks(name, seen)
            yield name, blocks
            for _ in blocks:
                pass

    def _blocks(self, name: str, seen: list[dict[str, Any]]) -> Iterator[bytes]:
        sha256, sm3, size = hashlib.sha256(), hashes.Hash(hashes.SM3()), 0
        while True:
            kind, content = self._next()
            if kind == DATA:
                sha256.update(content)
                sm3.update(content)
                size += len(content)
                yield content
                continue
            told = {"name": name, "size": size, "sha256": sha256.hexdigest(), "sm3": sm3.finalize().hex()}
            if kind != END or json.loads(content) != told:
                raise ArchiveDamaged(f"备份第 {self._number} 块处，{name} 的大小或摘要不符：文件被改动过。")
            seen.append(told)
            return
