"""Lock of an account, back-off of a source, and that neither shuts out who has the right password elsewhere."""

import logging
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client

from anju.accounts.actions import NotAllowed
from anju.accounts.models import LoginLock, SignIn, SourceDelay, User
from anju.accounts.signing_in import actions, attempts, queries
from anju.accounts.signing_in.attempts import Origin
from anju.accounts.signing_in.policy import LIMITS
from anju.accounts.tests.door import HERE, PASSWORD, Clock, enter, user

WRONG = "Bu-dui-8"


def fail(times: int, login: str = "zhoumin", origin: Origin = HERE) -> actions.Tried:
    tried = actions.Tried()
    for _time in range(times):
        tried = actions.try_password(login=login, password=WRONG, origin=origin)
    return tried


@pytest.fixture
def cheap(settings: Any) -> None:
    """Hashing without effort, where many people are needed and its effort isn't the point."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.mark.django_db
def test_five_wrong_passwords_lock_and_say_until_when_and_whom_to_ask(client: Client, clock: Clock, settings: Any) -> None:
    user()
    settings.ASK = "县住建局信息科 0418-1234567"
    for _time in range(4):
        assert "用户名或密码不对" in enter(client, password=WRONG).content.decode()
    page = enter(client, password=WRONG)
    assert page.status_code == 422
    assert "账号锁定到" in page.content.decode()
    assert "县住建局信息科 0418-1234567" in page.content.decode()
    assert "账号锁定到" in enter(client).content.decode(), "the right password doesn't open a locked account"
    clock.on(minutes=14)
    assert enter(client).status_code == 422
    clock.on(minutes=1, seconds=1)
    assert enter(client).status_code == 302


@pytest.mark.django_db
def test_wrong_ones_of_any_fifteen_minutes_count_together_and_older_ones_dont(clock: Clock) -> None:
    user()
    fail(1)
    clock.on(minutes=14)
    fail(3)
    clock.on(minutes=2)
    assert fail(1).locked_until is None, "the first is too old by now"
    assert fail(1).locked_until is not None, "five within any fifteen minutes"


@pytest.mark.django_db
def test_the_right_password_forgets_the_wrong_ones(client: Client) -> None:
    user()
    fail(4)
    assert enter(client).status_code == 302
    assert fail(4).locked_until is None


@pytest.mark.django_db
def test_a_login_that_nobody_has_is_treated_the_same(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    user()
    said: dict[str, list[str]] = {}
    hashed: dict[str, int] = {}
    effort = hashers.get_hasher()
    real: Any = type(effort).encode

    def encode(self: Any, password: str, salt: str) -> str:
        hashed[login] = hashed.get(login, 0) + 1
        return real(self, password, salt)  # type: ignore[no-any-return]

    def verify(self: Any, password: str, encoded: str) -> bool:
        hashed[login] = hashed.get(login, 0) + 1
        return False

    monkeypatch.setattr(type(effort), "encode", encode)
    monkeypatch.setattr(type(effort), "verify", verify)
    for login in ("zhoumin", "nobody"):
        said[login] = [enter(client, login, WRONG).content.decode().replace(f'value="{login}"', "") for _time in range(6)]
    assert hashed["zhoumin"] == hashed["nobody"] == 5, "as many hashes, so as much time"
    strip = [[_without_token(page) for page in pages] for pages in said.values()]
    assert strip[0] == strip[1]
    assert not SignIn.objects.filter(login_digest=b"nobody").exists()


def _without_token(page: str) -> str:
    return "\n".join(line for line in page.splitlines() if "csrf" not in line)


@pytest.mark.django_db
def test_a_security_administrator_of_the_area_unlocks_with_a_reason() -> None:
    locked = user()
    own = user("anquan", "security_administrator")
    foreign = user("waixian", "security_administrator", "210921")
    fail(5)
    assert [one.user for one in queries.locked_in_the_area(own)] == [locked]
    assert queries.locked_in_the_area(foreign) == []
    for by in (foreign, user("keyuan")):
        with pytest.raises(NotAllowed):
            actions.unlock(user=locked, by=by, reason="本人来电")
    assert actions.unlock(user=locked, by=own, reason="本人来电核实")
    assert actions.try_password(login="zhoumin", password=PASSWORD, origin=HERE).user == locked


@pytest.mark.django_db
def test_nobody_unlocks_themselves() -> None:
    own = user("anquan", "security_administrator")
    with pytest.raises(NotAllowed):
        actions.unlock(user=own, by=own, reason="自己来")


@pytest.mark.django_db
def test_a_township_of_two_hundred_behind_one_address_comes_in(cheap: None, client: Client) -> None:
    people = [user(f"x{at:03}") for at in range(200)]
    for at, person in enumerate(people):
        if at % 4 == 0:
            assert actions.try_password(login=person.login, password=WRONG, origin=HERE).wait == 0
        tried = actions.try_password(login=person.login, password=PASSWORD, origin=HERE)
        assert tried.user == person
        attempts.succeed(user=person, login_digest=attempts.digest(person.login), origin=HERE)
        attempts.record(outcome=SignIn.Outcome.OK, login_digest=attempts.digest(person.login), origin=HERE, user=person)


@pytest.mark.django_db
def test_many_wrong_ones_slow_their_source_and_not_those_who_came_from_there_before(cheap: None, client: Client, clock: Clock) -> None:
    known, stranger = user(), user("lixin")
    attempts.record(outcome=SignIn.Outcome.OK, login_digest=b"-", origin=HERE, user=known)
    for at in range(LIMITS.free_failures_of_a_source + 3):
        actions.try_password(login=f"guess{at}", password=WRONG, origin=HERE)
        clock.on(seconds=10)
    actions.try_password(login="guess-again", password=WRONG, origin=HERE)
    page = enter(client, "lixin", REMOTE_ADDR=HERE.address)
    assert page.status_code == 429
    wait = int(page.headers["Retry-After"])
    assert 1 <= wait <= LIMITS.longest_delay.total_seconds()
    assert f"请等 {wait} 秒" in page.content.decode()
    assert actions.try_password(login="lixin", password=PASSWORD, origin=Origin("10.9.22.5")).user == stranger, "from elsewhere at once"
    assert actions.try_password(login="zhoumin", password=PASSWORD, origin=HERE).user == known, "who is known here doesn't wait"
    clock.on(seconds=wait)
    assert actions.try_password(login="lixin", password=PASSWORD, origin=HERE).user == stranger, "it slows, it doesn't lock"


@pytest.mark.django_db
def test_the_wait_doubles_to_a_minute_and_a_quiet_quarter_of_an_hour_ends_it(cheap: None, clock: Clock) -> None:
    waits = []
    for at in range(LIMITS.free_failures_of_a_source + 9):
        assert actions.try_password(login=f"guess{at}", password=WRONG, origin=HERE).wait == 0
        waits.append(attempts.waiting("somebody", HERE))
        clock.on(seconds=waits[-1])
    assert waits[-9:] == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    clock.on(minutes=16)
    actions.try_password(login="later", password=WRONG, origin=HERE)
    assert attempts.waiting("somebody", HERE) == 0
    assert SourceDelay.objects.get().failures == 1


@pytest.mark.django_db
def test_coming_in_again_and_again_doesnt_buy_free_guesses(cheap: None) -> None:
    one = user()
    fail(3, "somebody-else")
    for _time in range(5):
        attempts.succeed(user=one, login_digest=attempts.digest(one.login), origin=HERE)
        attempts.record(outcome=SignIn.Outcome.OK, login_digest=attempts.digest(one.login), origin=HERE, user=one)
    assert SourceDelay.objects.get().failures == 2


@pytest.mark.django_db
def test_what_no_longer_counts_is_taken_away(cheap: None, clock: Clock) -> None:
    for at in range(6):
        fail(1, f"old{at}", Origin(f"10.1.1.{at}"))
    clock.on(hours=2)
    fail(1, "new")
    assert LoginLock.objects.count() == 1
    assert SourceDelay.objects.count() == 1


@pytest.mark.django_db
def test_neither_login_nor_password_comes_into_an_address_or_a_log(client: Client, caplog: pytest.LogCaptureFixture) -> None:
    user()
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("django.db.backends").setLevel(logging.WARNING)
        page = enter(client, password=WRONG)
        answer = enter(client)
    said = caplog.text + str(page.headers) + str(answer.headers)
    for secret in ("zhoumin", WRONG, PASSWORD):
        assert secret not in said


@pytest.mark.django_db
def test_who_came_from_where_with_what_is_in_the_history(client: Client) -> None:
    one = user()
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0.0.0 Safari/537.36"
    enter(client, password=WRONG, REMOTE_ADDR="10.9.22.4", HTTP_USER_AGENT=agent)
    enter(client, REMOTE_ADDR="10.9.22.4", HTTP_USER_AGENT=agent)
    client.post("/logout/")
    rows = list(queries.history_of(one).values_list("outcome", "address", "agent", "ended"))
    assert rows == [("ok", "10.9.22.4", agent, "left"), ("password", "10.9.22.4", agent, "")]


# ------------------------------------------------------------------------------------------------ at once


@pytest.fixture
def threads(transactional_db: None) -> Iterator[ThreadPoolExecutor]:
    """Connections of their own."""
    with ThreadPoolExecutor(32) as pool:
        yield pool


def test_of_thirty_two_wrong_passwords_at_once_none_is_lost_and_five_are_looked_at(threads: ThreadPoolExecutor) -> None:
    user()

    def once(_number: int) -> actions.Tried:
        try:
            return actions.try_password(login="zhoumin", password=WRONG, origin=HERE)
        finally:
            connection.close()

    tried = list(threads.map(once, range(32)))
    lock = LoginLock.objects.get()
    assert len(lock.failures) + lock.refused == 32
    assert len(lock.failures) == LIMITS.failures, "the sixth of a burst finds the account locked"
    assert SourceDelay.objects.get().failures == 32
    assert SignIn.objects.filter(user=User.objects.get()).count() == 32
    assert sum(one.locked_until is not None for one in tried) == 28
