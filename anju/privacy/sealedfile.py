"""A file sealed with SM4-GCM in blocks: written and read as a stream, read from any place, refused where a byte of it is not what was written.

``"ANJUSEAL" 8 | version 1 | key number 4 | file id 16 | binding 16`` and then blocks of 64 KiB, each followed by its tag (the last one is shorter).
Each file has a key of its own, derived from the purpose's key and the file id; a block is sealed under its number and whether it is the last
one, so that blocks can't be changed, swapped, left out or cut off. The binding ties the file to where it belongs (its name in the store).
"""

import hmac
import io
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives import hmac as macs
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from anju.privacy import keys
from anju.privacy.cipher import Tampered

MAGIC = b"ANJUSEAL"
BLOCK = 64 * 1024
_VERSION = b"\x01"
_ID, _TAG = 16, 16
_OPEN_HEAD = len(MAGIC) + 1 + 4 + _ID
HEAD = _OPEN_HEAD + _TAG
_SEALED = BLOCK + _TAG


class _Keys:
    """What one file is sealed and bound with."""

    def __init__(self, head: bytes, purpose: str, ring: keys.KeyRing) -> None:
        number, file_id = int.from_bytes(head[9:13], "big"), head[13:_OPEN_HEAD]
        both = HKDF(algorithm=hashes.SM3(), length=48, salt=file_id, info=b"anju sealed file").derive(ring.derive(purpose, number, 32))
        self._head, self._cipher, self._binder = head, algorithms.SM4(both[:16]), both[16:]

    def cipher(self, block: int, last: bool, tag: bytes | None = None) -> Cipher[modes.GCM]:
        return Cipher(self._cipher, modes.GCM(block.to_bytes(11, "big") + bytes([last]), tag))

    def binding(self, bound_to: bytes) -> bytes:
        maker = macs.HMAC(self._binder, hashes.SM3())
        maker.update(self._head + bound_to)
        return maker.finalize()[:_TAG]

    def seal(self, text: bytes, block: int, last: bool) -> bytes:
        sealer = self.cipher(block, last).encryptor()
        sealer.authenticate_additional_data(self._head)
        return sealer.update(text) + sealer.finalize() + sealer.tag

    def unseal(self, sealed: bytes, block: int, last: bool) -> bytes:
        opener = self.cipher(block, last, sealed[-_TAG:]).decryptor()
        opener.authenticate_additional_data(self._head)
        return opener.update(sealed[:-_TAG]) + opener.finalize()


class Writer:
    """Seals what is written into ``out`` (which can seek). ``finish`` seals the last block and says where the file belongs."""

    def __init__(self, out: BinaryIO, *, purpose: str, ring: keys.KeyRing | None = None) -> None:
        ring = ring or keys.ring()
        head = MAGIC + _VERSION + ring.active.to_bytes(4, "big") + os.urandom(_ID)
        self._out, self._keys, self._head, self._block, self._waiting = out, _Keys(head, purpose, ring), head, 0, bytearray()
        out.write(head + bytes(_TAG))

    def write(self, text: bytes) -> None:
        """Takes more of the clear bytes."""
        self._waiting += text
        while len(self._waiting) > BLOCK:
            self._send(bytes(self._waiting[:BLOCK]), last=False)
            del self._waiting[:BLOCK]

    def finish(self, *, bound_to: bytes) -> None:
        """The last block, and the binding; without it nothing of the file opens."""
        self._send(bytes(self._waiting), last=True)
        self._out.seek(_OPEN_HEAD)
        self._out.write(self._keys.binding(bound_to))

    def _send(self, text: bytes, *, last: bool) -> None:
        self._out.write(self._keys.seal(text, self._block, last))
        self._block += 1


def key_number(source: BinaryIO) -> int | None:
    """The number of the master key a file was sealed under; None where it isn't sealed. The stream stands at its beginning afterwards."""
    source.seek(0)
    head = source.read(_OPEN_HEAD)
    source.seek(0)
    return int.from_bytes(head[9:13], "big") if head.startswith(MAGIC + _VERSION) and len(head) == _OPEN_HEAD else None


class Reader(io.RawIOBase):
    """The clear bytes of a sealed file, from any place; each block is checked before a byte of it is given out.

    Raises ``Tampered``: at once where the file isn't sealed, belongs elsewhere (``bound_to``) or has lost its end, in ``read`` where a block was changed.
    Closes ``source`` with itself.
    """

    def __init__(self, source: BinaryIO, *, purpose: str, bound_to: bytes | None, ring: keys.KeyRing | None = None) -> None:
        super().__init__()
        self._source = source
        head = source.read(HEAD)
        if len(head) < HEAD or not head.startswith(MAGIC + _VERSION):
            raise Tampered(_("不是本系统加密的文件，或文件头被改动过。"))
        self._keys = _Keys(head[:_OPEN_HEAD], purpose, ring or keys.ring())
        self._binding = head[_OPEN_HEAD:]
        if bound_to is not None:
            self.belongs(bound_to)
        body = source.seek(0, os.SEEK_END) - HEAD
        self._blocks = max(-(-body // _SEALED), 1)
        self.size = body - self._blocks * _TAG
        self._held, self._text, self._at = -1, b"", 0
        self._load(self._blocks - 1)

    def belongs(self, bound_to: bytes) -> None:
        """Raises ``Tampered`` unless the file was finished for this place; for who learns the place only by reading it (``bound_to`` None)."""
        if not hmac.compare_digest(self._keys.binding(bound_to), self._binding):
            raise Tampered(_("文件头被改动过，或这个文件被换成了另一个。"))

    def _load(self, block: int) -> bytes:
        if block != self._held:
            self._source.seek(HEAD + block * _SEALED)
            sealed = self._source.read(_SEALED)
            try:
                if len(sealed) < _TAG:
                    raise InvalidTag
                self._text = self._keys.unseal(sealed, block, block == self._blocks - 1)
            except InvalidTag as error:
                raise Tampered(_("文件被改动过，或被截断过。")) from error
            self._held = block
        return self._text

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._at, os.SEEK_END: self.size}[whence]
        self._at = max(base + offset, 0)
        return self._at

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        """At most to the end of a block."""
        if self._at >= self.size:
            return 0
        block, offset = divmod(self._at, BLOCK)
        text = self._load(block)[offset : offset + len(buffer)]
        buffer[: len(text)] = text
        self._at += len(text)
        return len(text)

    def close(self) -> None:
        if not self.closed:
            self._source.close()
        super().close()
