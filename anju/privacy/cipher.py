"""Sealing and opening with SM4-GCM, and blind indexes with HMAC-SM3.

Sealed bytes carry the number of their master key: ``version 1 | key number 4 | iv 12 | text | tag 16``. Associated data binds them to where
they belong: moved to another row they don't open.
"""

import os
from collections.abc import Iterable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from anju.privacy import keys

_VERSION = b"\x01"
_HEAD, _IV, _TAG = 5, 12, 16
OVERHEAD = _HEAD + _IV + _TAG
_CHANGED = "加密内容打不开：被改动过，或被挪到了别的记录上。"


class Tampered(Exception):
    """Sealed bytes that don't open: changed, moved to another place, or sealed under another key of that number."""


def seal(text: bytes, *, purpose: str, bound_to: bytes, ring: keys.KeyRing | None = None) -> bytes:
    """``text`` sealed for a purpose ("rows", "files" …), bound to a place (table and row, file and block)."""
    ring = ring or keys.ring()
    head = _VERSION + ring.active.to_bytes(4, "big")
    iv = os.urandom(_IV)
    sealer = Cipher(algorithms.SM4(ring.derive(purpose)), modes.GCM(iv)).encryptor()
    sealer.authenticate_additional_data(head + bound_to)
    return head + iv + sealer.update(text) + sealer.finalize() + sealer.tag


def seal_many(texts: Iterable[tuple[bytes, bytes]], *, purpose: str, ring: keys.KeyRing | None = None) -> list[bytes]:
    """Many small texts, each with what it is bound to, sealed as ``seal`` does; what they share is made once."""
    ring = ring or keys.ring()
    head = _VERSION + ring.active.to_bytes(4, "big")
    algorithm = algorithms.SM4(ring.derive(purpose))
    found, given = [], list(texts)
    drawn = os.urandom(_IV * len(given))
    for at, (text, bound_to) in enumerate(given):
        iv = drawn[at * _IV : (at + 1) * _IV]
        sealer = Cipher(algorithm, modes.GCM(iv)).encryptor()
        sealer.authenticate_additional_data(head + bound_to)
        found.append(b"".join((head, iv, sealer.update(text), sealer.finalize(), sealer.tag)))
    return found


def key_number(sealed: bytes) -> int:
    """The number of the master key that sealed it."""
    if len(sealed) < OVERHEAD or sealed[:1] != _VERSION:
        raise Tampered("不是本系统加密的内容。")
    return int.from_bytes(sealed[1:_HEAD], "big")


def unseal(sealed: bytes, *, purpose: str, bound_to: bytes, ring: keys.KeyRing | None = None) -> bytes:
    """What was sealed. Raises ``Tampered``, or ``keys.KeysMissing`` where the ring lacks its key."""
    ring = ring or keys.ring()
    number = key_number(sealed)
    iv, text, tag = sealed[_HEAD : _HEAD + _IV], sealed[_HEAD + _IV : -_TAG], sealed[-_TAG:]
    opener = Cipher(algorithms.SM4(ring.derive(purpose, number)), modes.GCM(iv, tag)).decryptor()
    opener.authenticate_additional_data(sealed[:_HEAD] + bound_to)
    try:
        return opener.update(text) + opener.finalize()
    except InvalidTag as error:
        raise Tampered(_CHANGED) from error


def unseal_many(sealed: Iterable[tuple[bytes, bytes]], *, purpose: str, ring: keys.KeyRing | None = None) -> list[bytes]:
    """Many small sealed texts, each with what it is bound to, opened as ``unseal`` does; what they share is made once."""
    ring = ring or keys.ring()
    known: dict[bytes, algorithms.SM4] = {}
    found = []
    for each, bound_to in sealed:
        head = each[:_HEAD]
        algorithm = known.get(head)
        if algorithm is None:
            algorithm = known[head] = algorithms.SM4(ring.derive(purpose, key_number(each)))
        opener = Cipher(algorithm, modes.GCM(each[_HEAD : _HEAD + _IV], each[-_TAG:])).decryptor()
        opener.authenticate_additional_data(head + bound_to)
        try:
            found.append(opener.update(each[_HEAD + _IV : -_TAG]) + opener.finalize())
        except InvalidTag as error:
            raise Tampered(_CHANGED) from error
    return found


def blind_index(text: bytes, *, kind: str, ring: keys.KeyRing | None = None, number: int | None = None) -> bytes:
    """What an exact search looks for: HMAC-SM3 under an index key (``number``, by default the ring's), cut to 16 bytes; equal texts of a kind
    have equal indexes."""
    ring = ring or keys.ring()
    return keyed_digest(ring.derive(f"index {kind}", ring.index if number is None else number, 32), text)


def keyed_digest(key: bytes, text: bytes) -> bytes:
    """HMAC-SM3, cut to 16 bytes."""
    maker = _maker(key).copy()
    maker.update(text)
    return maker.finalize()[:16]


@lru_cache(maxsize=64)
def _maker(key: bytes) -> hmac.HMAC:
    return hmac.HMAC(key, hashes.SM3())
