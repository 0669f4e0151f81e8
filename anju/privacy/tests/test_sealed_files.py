"""Files on disk say nothing, and nothing of them can be changed unseen."""

import io
import os
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.privacy import keys, sealedfile
from anju.privacy.cipher import Tampered

RING = keys.KeyRing(2, 1, {1: os.urandom(32), 2: os.urandom(32)})
OLDER = keys.KeyRing(1, 1, RING.masters)
BLOCK, SEALED = sealedfile.BLOCK, sealedfile.BLOCK + 16


def sealed(text: bytes, piece: int = 70_000, ring: keys.KeyRing = RING) -> bytes:
    out = io.BytesIO()
    writer = sealedfile.Writer(out, purpose="files", ring=ring)
    for start in range(0, len(text), piece):
        writer.write(text[start : start + piece])
    writer.finish(bound_to=b"here")
    return out.getvalue()


def opened(data: bytes, bound_to: bytes = b"here") -> io.BufferedReader:
    return io.BufferedReader(sealedfile.Reader(io.BytesIO(data), purpose="files", bound_to=bound_to, ring=RING), BLOCK)


@given(st.sampled_from([0, 1, BLOCK - 1, BLOCK, BLOCK + 1, 2 * BLOCK, 3 * BLOCK - 7]), st.integers(1, 300_000), st.integers(0, 250_000))
def test_it_is_read_as_it_was_written_and_from_any_place(size: int, piece: int, place: int) -> None:
    text = os.urandom(size)
    with opened(sealed(text, piece)) as found:
        assert found.read() == text
        found.seek(place)
        assert found.read(20) == text[place : place + 20]
        assert found.seek(0, os.SEEK_END) == size


def test_nothing_of_the_text_is_in_it_and_the_same_text_never_looks_the_same() -> None:
    text = b"210922196503021234" * 10_000
    once, again = sealed(text), sealed(text)
    assert b"210922" not in once
    assert not _pieces(once) & _pieces(again)


def _pieces(data: bytes) -> set[bytes]:
    return {data[at : at + 16] for at in range(sealedfile.HEAD, len(data) - 16, 16)}


TEXT = os.urandom(3 * BLOCK + 1000)


def _swapped(data: bytes) -> bytes:
    at = sealedfile.HEAD
    return data[:at] + data[at + SEALED : at + 2 * SEALED] + data[at : at + SEALED] + data[at + 2 * SEALED :]


@pytest.mark.parametrize(
    "harm",
    [
        lambda data: data[: sealedfile.HEAD + 2 * SEALED],
        lambda data: data[:-1],
        lambda data: data[: sealedfile.HEAD],
        lambda data: data[:20],
        lambda data: b"",
        lambda data: data + b"x",
        lambda data: data[: sealedfile.HEAD + SEALED] + data[sealedfile.HEAD + 2 * SEALED :],
        _swapped,
        lambda data: data[: sealedfile.HEAD] + sealed(TEXT)[sealedfile.HEAD :],
    ],
    ids=[
        "cut between blocks",
        "cut",
        "only the head",
        "half the head",
        "empty",
        "longer",
        "a block less",
        "blocks swapped",
        "another body",
    ],
)
def test_harm_to_the_whole_is_refused(harm: Callable[[bytes], bytes]) -> None:
    with pytest.raises(Tampered):
        opened(harm(sealed(TEXT))).read()


def test_a_changed_byte_anywhere_is_refused() -> None:
    data = sealed(TEXT)
    for place in (0, 8, 9, 12, 13, 28, 29, 44, 45, 5000, sealedfile.HEAD + SEALED - 1, sealedfile.HEAD + SEALED, len(data) - 1):
        changed = bytearray(data)
        changed[place] ^= 1
        with pytest.raises((Tampered, keys.KeysMissing)):
            opened(bytes(changed)).read()


def test_what_comes_before_a_changed_block_can_be_read_and_what_comes_in_it_is_never_given_out() -> None:
    data = bytearray(sealed(TEXT))
    data[sealedfile.HEAD + SEALED + 5] ^= 1
    found = opened(bytes(data))
    assert found.read(BLOCK) == TEXT[:BLOCK]
    with pytest.raises(Tampered, match="改动"):
        found.read(1)


def test_a_file_put_in_the_place_of_another_is_refused() -> None:
    with pytest.raises(Tampered, match="换成了另一个"):
        opened(sealed(TEXT), b"elsewhere")


def test_older_keys_still_open_and_the_number_is_told() -> None:
    data = sealed(TEXT, ring=OLDER)
    assert sealedfile.key_number(io.BytesIO(data)) == 1
    assert sealedfile.key_number(io.BytesIO(b"PK\x03\x04 a workbook")) is None
    assert opened(data).read() == TEXT
    with pytest.raises(keys.KeysMissing, match="1 号"):
        sealedfile.Reader(io.BytesIO(data), purpose="files", bound_to=b"here", ring=keys.KeyRing(2, 2, {2: RING.masters[2]}))
