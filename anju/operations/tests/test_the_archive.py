"""An archive comes back whole or says at which chunk it is wrong."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.operations import archive
from anju.privacy import keys

RING = keys.KeyRing(2, 1, {1: b"a" * 32, 2: b"b" * 32})
PARTS = {"database.dump": [b"x" * 1000, b"y" * 500], "files/ab/abc": [], "files/cd/cde": [b"110105194912310021"]}


def written(ring: keys.KeyRing = RING) -> bytes:
    out = io.BytesIO()
    writer = archive.Writer(out, ring)
    writer.head({"version": "1"})
    for name, blocks in PARTS.items():
        writer.member(name, blocks)
    writer.manifest({"tables": {}})
    return out.getvalue()


def read(text: bytes, ring: keys.KeyRing = RING) -> dict[str, bytes]:
    reader = archive.Reader(io.BytesIO(text), ring)
    found = {name: b"".join(blocks) for name, blocks in reader.members()}
    assert {one["name"] for one in reader.manifest["members"]} == found.keys()
    return found


def chunks(text: bytes) -> list[tuple[int, int]]:
    """Where each chunk lies, its length included."""
    found, at = [], len(archive.MAGIC) + 24
    while at < len(text):
        length = 4 + int.from_bytes(text[at : at + 4], "big")
        found.append((at, at + length))
        at += length
    return found


def test_what_was_written_is_read() -> None:
    assert read(written()) == {name: b"".join(blocks) for name, blocks in PARTS.items()}


def test_nothing_of_it_is_readable() -> None:
    text = written()
    assert b"110105194912310021" not in text
    assert b"database" not in text
    assert b"xxxx" not in text


def test_a_member_not_read_is_proved_all_the_same() -> None:
    text = bytearray(written())
    text[chunks(bytes(text))[2][0] + 60] ^= 1
    reader = archive.Reader(io.BytesIO(bytes(text)), RING)
    with pytest.raises(archive.ArchiveDamaged, match="第 3 块"):
        for _name, _blocks in reader.members():
            pass


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_one_changed_byte_is_noticed(data: st.DataObject) -> None:
    text = bytearray(written())
    text[data.draw(st.integers(0, len(text) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises((archive.ArchiveDamaged, keys.KeysMissing)):
        read(bytes(text))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_cut_off_archive_is_noticed(data: st.DataObject) -> None:
    text = written()
    with pytest.raises(archive.ArchiveDamaged):
        read(text[: data.draw(st.integers(0, len(text) - 1))])


def test_the_wrong_chunk_is_named() -> None:
    text = written()
    places = chunks(text)
    for number, (start, end) in enumerate(places, 1):
        changed = bytearray(text)
        changed[end - 1] ^= 1
        with pytest.raises(archive.ArchiveDamaged, match=f"第 {number} 块"):
            read(bytes(changed))
        if number > 1:
            with pytest.raises(archive.ArchiveDamaged, match=f"第 {number - 1} 块之后断了"):
                read(text[:start])
            with pytest.raises(archive.ArchiveDamaged, match=f"第 {number} 块处断了"):
                read(text[: start + 30])


def test_chunks_left_out_swapped_doubled_or_added_are_noticed() -> None:
    text = written()
    places = chunks(text)
    pieces = [text[start:end] for start, end in places]
    head = text[: places[0][0]]
    for order in (
        [*pieces[:2], *pieces[3:]],
        [*pieces[:2], pieces[3], pieces[2], *pieces[4:]],
        [*pieces[:3], pieces[2], *pieces[3:]],
        [*pieces, pieces[-1]],
    ):
        with pytest.raises(archive.ArchiveDamaged, match="块"):
            read(head + b"".join(order))


def test_a_chunk_of_another_archive_is_noticed() -> None:
    one, other = written(), written()
    start, end = chunks(one)[3]
    with pytest.raises(archive.ArchiveDamaged, match="第 4 块"):
        read(one[:start] + other[start:end] + one[end:])


def test_another_key_under_the_same_number_is_told_apart() -> None:
    with pytest.raises(keys.KeysMissing, match=r"keys\.json"):
        read(written(), keys.KeyRing(2, 1, {1: b"a" * 32, 2: b"c" * 32}))
    with pytest.raises(keys.KeysMissing, match="2 号"):
        read(written(), keys.KeyRing(1, 1, {1: b"a" * 32}))
    # An old archive opens after a rotation, as long as its key stays in the ring.
    assert read(written(), keys.KeyRing(3, 1, {**RING.masters, 3: b"d" * 32}))


def test_another_file_is_no_archive() -> None:
    for text in (b"", b"PK\x03\x04", b"ANJUBAK1", b"ANJUBAK2" + bytes(100)):
        with pytest.raises(archive.ArchiveDamaged):
            read(text)
