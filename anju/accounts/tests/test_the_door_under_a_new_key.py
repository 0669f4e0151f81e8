"""Keys are changed: phones go on making the right codes, nobody is signed out, nobody is unlocked, and the old key is needed no more."""

from pathlib import Path

import pytest
from django.test import Client

from anju.accounts.models import SecondFactor
from anju.accounts.signing_in import second_factor
from anju.accounts.signing_in.actions import try_password, unlock
from anju.accounts.signing_in.models import LoginLock, SignedInSession
from anju.accounts.signing_in.queries import locked_in_the_area
from anju.accounts.tests.door import HERE, PASSWORD, Clock, enrolled, enter, user
from anju.privacy import cipher, command, keys

pytestmark = pytest.mark.django_db


@pytest.fixture
def ring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A key file of the test's own."""
    file = tmp_path / "keys.json"
    monkeypatch.setenv("ANJU_KEYS_FILE", str(file))
    monkeypatch.delenv("ANJU_KEYS", raising=False)
    return file


def _everything_under_a_new_key() -> None:
    assert command.main(["rotate", "--index", "--piece", "2"]) == 0
    assert keys.retire(1).masters.keys() == {2}


def test_the_secrets_of_phones_are_sealed_anew(ring: Path, clock: Clock) -> None:
    people = [user(login=f"p{at}", area=f"21092{at}") for at in range(5)]
    codes = [enrolled(one) for one in people]
    begun = user(login="begun", area="210929")
    secret = second_factor.begin(user=begun)
    _everything_under_a_new_key()
    assert {cipher.key_number(bytes(sealed)) for sealed in SecondFactor.objects.values_list("secret", flat=True)} == {2}
    for one, code in zip(people, codes, strict=True):
        assert second_factor.verify(user=one, code=code())
    assert second_factor.begin(user=begun) == secret


def test_a_secret_put_into_another_users_row_stops_the_rotation_and_is_named(ring: Path, capsys: pytest.CaptureFixture[str]) -> None:
    one, other = user(login="one", area="210921"), user(login="other", area="210922")
    enrolled(one)
    enrolled(other)
    SecondFactor.objects.filter(pk=other.pk).update(secret=SecondFactor.objects.get(pk=one.pk).secret)
    assert command.main(["rotate"]) == 1
    assert f"accounts_secondfactor 中键为 {other.pk} 的一行打不开" in capsys.readouterr().err


def test_nobody_is_signed_out(ring: Path, client: Client) -> None:
    user()
    enter(client)
    _everything_under_a_new_key()
    assert {cipher.key_number(bytes(content)) for content in SignedInSession.objects.values_list("content", flat=True)} == {2}
    assert client.get("/account/").status_code == 200


def test_a_session_whose_key_is_gone_is_over(ring: Path, client: Client) -> None:
    user()
    enter(client)
    keys.add(index=True)
    keys.retire(1)
    assert client.get("/account/").status_code == 302


def test_a_locked_login_stays_locked_and_counted(ring: Path) -> None:
    one, administrator = user(), user(login="guard", role="security_administrator")
    for _wrong in range(3):
        try_password(login=one.login, password="wrong", origin=HERE)
    assert command.main(["rotate", "--index"]) == 0
    for _wrong in range(2):
        found = try_password(login=one.login, password="wrong", origin=HERE)
    assert found.locked_until, "three wrong tries before, two after"
    assert LoginLock.objects.count() == 1
    assert command.main(["rotate", "--index"]) == 0
    assert try_password(login=one.login, password=PASSWORD, origin=HERE).locked_until
    (locked,) = locked_in_the_area(administrator)
    assert (locked.user, locked.failures, locked.refused) == (one, 5, 1)
    assert unlock(user=one, by=administrator, reason="本人来电")
    assert try_password(login=one.login, password=PASSWORD, origin=HERE).user == one
    assert LoginLock.objects.count() == 0
