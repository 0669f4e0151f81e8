"""Everything is sealed anew under a new key; killed at any moment it goes on, and in between everything can be read."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from anju.privacy import cipher, command, keys, rotating, vault
from anju.privacy.models import Secret

MANY, PIECE = 4000, 100
NUMBERS = [f"2109221954{at:08d}" for at in range(MANY)]


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of the test's own."""
    file = tmp_path / "keys.json"
    monkeypatch.setenv("ANJU_KEYS_FILE", str(file))
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    return file


def _kept() -> dict[str, str]:
    keeper = vault.Keeper()
    tokens = {keeper.token(vault.ID, number): number for number in NUMBERS}
    keeper.write()
    return tokens


def _killed_after(pieces: int) -> bool:
    """Lets a rotation do so many pieces, then kills it like a power cut; whether it was still at work."""
    worker = subprocess.Popen(
        [sys.executable, "-m", "anju.privacy.tests.rotator", str(connection.settings_dict["NAME"]), str(PIECE)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=settings.WEB.parents[1],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "anju.web.settings"},
    )
    assert worker.stdout is not None
    for _piece in range(pieces):
        worker.stdout.readline()
    worker.send_signal(signal.SIGKILL)
    worker.stdout.close()
    return worker.wait(30) == -signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_killed_at_five_points_it_goes_on_and_ends_right(ring: Path) -> None:
    kept = _kept()
    second = keys.add()
    left = [rotating.unfinished()]
    for pieces in (0, 1, 4, 9, 13):
        assert _killed_after(pieces)
        left.append(rotating.unfinished())
        assert vault.opened(kept) == kept
    assert left[0] == MANY
    assert left == sorted(left, reverse=True)
    assert 0 < left[-1] < MANY
    assert rotating.rotate() == left[-1]
    assert [(one.key_number, one.rows) for one in rotating.standing() if one.table == "privacy_secret"] == [(second.active, MANY)]
    assert vault.opened(kept) == kept
    assert {cipher.key_number(bytes(sealed)) for sealed in Secret.objects.values_list("sealed", flat=True)} == {second.active}


@pytest.mark.django_db
def test_the_command_makes_a_key_and_says_where_things_are(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = _kept()
    assert command.main(["rotate", "--piece", "1500"]) == 0
    said = capsys.readouterr().out
    assert "新密钥是 2 号" in said
    assert f"{MANY:,} / {MANY:,}" in said
    assert command.main(["status"]) == 0
    assert f"privacy_secret：{MANY:,} 行用 2 号密钥\n" in capsys.readouterr().out
    assert vault.opened(kept) == kept
    assert keys.ring().index == 1, "tokens rest on the index key, which stays"


@pytest.mark.django_db
def test_an_unfinished_rotation_goes_on_without_another_key(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _kept()
    keys.add()
    assert command.main(["rotate"]) == 0
    assert f"还有 {MANY:,} 行" in capsys.readouterr().out
    assert keys.ring().active == 2


@pytest.mark.django_db
def test_a_row_that_does_not_open_stops_it_and_is_named(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = _kept()
    bad = sorted(kept)[10]
    Secret.objects.filter(token=bad).update(sealed=bytes(60))
    keys.add()
    assert command.main(["rotate"]) == 1
    assert bad in capsys.readouterr().err


def test_keys_from_the_environment_are_changed_there(monkeypatch: pytest.MonkeyPatch, db: None, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ANJU_KEYS", '{"active": 1, "index": 1, "keys": {"1": "%s"}}' % ("YWJj" * 11))
    assert command.main(["rotate"]) == 1
    assert "ANJU_KEYS" in capsys.readouterr().err
