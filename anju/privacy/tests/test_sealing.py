"""What is sealed opens where it belongs and nowhere else; equal numbers are found without being readable."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.privacy import cipher, keys

RING = keys.KeyRing(2, 1, {1: b"a" * 32, 2: b"b" * 32})


@given(st.binary(max_size=300), st.binary(max_size=40))
def test_what_is_sealed_opens_in_its_place(text: bytes, place: bytes) -> None:
    sealed = cipher.seal(text, purpose="rows", bound_to=place, ring=RING)
    assert cipher.unseal(sealed, purpose="rows", bound_to=place, ring=RING) == text
    assert cipher.key_number(sealed) == 2
    assert len(sealed) == len(text) + cipher.OVERHEAD


@given(st.binary(min_size=1, max_size=60), st.integers(0, 10_000), st.integers(1, 255))
def test_one_changed_byte_is_noticed(text: bytes, at: int, change: int) -> None:
    sealed = bytearray(cipher.seal(text, purpose="rows", bound_to=b"here", ring=RING))
    sealed[at % len(sealed)] ^= change
    with pytest.raises((cipher.Tampered, keys.KeysMissing)):
        cipher.unseal(bytes(sealed), purpose="rows", bound_to=b"here", ring=RING)


def test_another_place_or_purpose_does_not_open_it() -> None:
    sealed = cipher.seal(b"110105194912310021", purpose="rows", bound_to=b"person:1", ring=RING)
    for purpose, place in (("rows", b"person:2"), ("files", b"person:1")):
        with pytest.raises(cipher.Tampered):
            cipher.unseal(sealed, purpose=purpose, bound_to=place, ring=RING)


def test_a_missing_key_is_named() -> None:
    sealed = cipher.seal(b"x", purpose="rows", bound_to=b"", ring=RING)
    with pytest.raises(keys.KeysMissing, match="2 号"):
        cipher.unseal(sealed, purpose="rows", bound_to=b"", ring=keys.KeyRing(1, 1, {1: b"a" * 32}))


def test_equal_numbers_of_a_kind_have_equal_indexes() -> None:
    one = cipher.blind_index(b"110105194912310021", kind="id_number", ring=RING)
    assert one == cipher.blind_index(b"110105194912310021", kind="id_number", ring=RING)
    assert one != cipher.blind_index(b"110105194912310021", kind="card", ring=RING)
    assert one != cipher.blind_index(b"110105194912310021", kind="id_number", ring=keys.KeyRing(2, 2, RING.masters))
    assert len(one) == 16


def test_the_key_file_is_made_once_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "secret" / "keys.json"))
    first = keys.ring()
    assert keys.ring() == first
    assert keys.place().stat().st_mode & 0o077 == 0
    second = keys.add()
    assert (second.active, second.index) == (2, 1)
    assert keys.ring() == second
    assert second.masters[1] == first.masters[1]


@pytest.mark.parametrize(
    "text", ["", "{}", '{"active": 1, "index": 1, "keys": {"1": "c2hvcnQ="}}', '{"active": 2, "index": 1, "keys": {}}']
)
def test_a_damaged_key_file_is_refused(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys.json"
    path.write_text(text)
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    monkeypatch.setenv("ANJU_KEYS_FILE", str(path))
    with pytest.raises(keys.KeysMissing, match="密钥文件"):
        keys.ring()


def test_keys_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_KEYS", json.dumps({"active": 7, "index": 7, "keys": {"7": "YWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWFhYWE="}}))
    assert keys.ring().active == 7
