"""Numbers that entered when a token was still their blind index are found as before, by any index key; going back is refused once tokens are drawn."""

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from anju.privacy import cipher, command, keys, lookup, reindexing, vault
from conftest import as_owner

NUMBERS = {"210922195404120914": "id", "210922195803110327": "id", "13904180001": "phone"}


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Inside, the test database is its owner's, as it is for migrations, and the keys are the test's."""
    monkeypatch.setenv("ANJU_KEYS_FILE", str(tmp_path / "keys.json"))
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    with django_db_blocker.unblock(), as_owner():
        try:
            yield
        finally:
            call_command("migrate", verbosity=0)
            _do("TRUNCATE privacy_secret, privacy_lookupkeys")


def _do(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def _token_of_before(kind: str, text: str) -> str:
    return "~" + base64.urlsafe_b64encode(cipher.blind_index(text.encode(), kind=kind)).decode()[:22]


def _enter_as_before() -> dict[tuple[str, str], str]:
    tokens = {(kind, text): _token_of_before(kind, text) for text, kind in NUMBERS.items()}
    for (kind, text), token in tokens.items():
        sealed = cipher.seal(text.encode(), purpose=vault.PURPOSE, bound_to=vault.bound(token))
        tail = _token_of_before("id tail", text[-4:]) if kind == "id" else ""
        _do("INSERT INTO privacy_secret (token, kind, tail, sealed, key_number) VALUES (%s, %s, %s, %s, 1)", token, kind, tail, sealed)
    return tokens


def test_they_are_found_keep_their_tokens_and_are_told_of(owner: None, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("migrate", "privacy", "0001", verbosity=0)
    tokens = _enter_as_before()
    before = sorted(_do("SELECT token, kind, tail, sealed, key_number FROM privacy_secret"))
    call_command("migrate", verbosity=0)
    assert lookup.find(tokens) == tokens
    assert [number for _token, number in vault.ending("0914")] == ["210922195404120914"]
    call_command("migrate", "privacy", "0001", verbosity=0)
    assert sorted(_do("SELECT token, kind, tail, sealed, key_number FROM privacy_secret")) == before, "back and forth nothing is lost"
    call_command("migrate", verbosity=0)

    fresh = vault.keep_all([("id", "110105194912310021")])
    assert command.main(["rotate", "--index"]) == 0
    assert lookup.find([*tokens, *fresh]) == tokens | fresh
    assert reindexing.computed_tokens() == {1: 3}
    capsys.readouterr()
    assert command.main(["status"]) == 0
    assert "另有 3 个号码的代号是早先版本用它推出的" in capsys.readouterr().out
    assert keys.ring().index == 2
    with pytest.raises(RuntimeError, match="备份"):
        call_command("migrate", "privacy", "0001", verbosity=0)
    assert lookup.find([*tokens, *fresh]) == tokens | fresh
