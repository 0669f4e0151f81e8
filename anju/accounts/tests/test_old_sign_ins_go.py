"""Tries to come in are kept for their days, and then taken away; that they were stands in the trail."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from anju.accounts import tasks
from anju.accounts.scope import actor_of
from anju.accounts.signing_in import attempts, purging
from anju.accounts.signing_in.models import SignIn
from anju.accounts.tests.door import HERE, enter, user
from anju.trail import keeping
from anju.trail.acting import NOBODY, acting
from anju.trail.keeping import TooShort
from anju.trail.models import Entry
from anju.trail.queries import keys_of

pytestmark = pytest.mark.django_db


def tried(days: int, number: int = 1) -> list[int]:
    """So many tries of so many days ago."""
    made = [attempts.record(outcome=SignIn.Outcome.WRONG_PASSWORD, login_digest=b"x" * 16, origin=HERE).pk for _try in range(number)]
    SignIn.objects.filter(pk__in=made).update(at=timezone.now() - timedelta(days=days))
    return made


def test_what_is_over_goes_and_the_trail_says_which(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "_PIECE", 3)
    old, kept = tried(366, 7), tried(364, 2)
    assert purging.purge() == 7
    assert list(SignIn.objects.order_by("pk").values_list("pk", flat=True)) == kept
    entries = list(Entry.objects.filter(table="accounts_signin").order_by("seq"))
    assert [(one.operation, one.action, one.login, one.rows) for one in entries] == [
        ("delete", "account.history_purged", "system", rows) for rows in (3, 3, 1)
    ]
    assert sorted(key for one in entries for key in keys_of(one, 10)) == old
    assert "365 天" in entries[0].reason
    assert purging.purge() == 0
    assert Entry.objects.filter(table="accounts_signin").count() == 3


def test_one_run_is_bounded_and_the_next_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purging, "_PIECE", 2)
    monkeypatch.setattr(purging, "_PIECES", 2)
    tried(400, 7)
    assert [purging.purge(), purging.purge()] == [4, 3]


def test_a_try_whose_session_still_runs_stays(client: Client) -> None:
    user()
    enter(client)
    SignIn.objects.update(at=timezone.now() - timedelta(days=500))
    assert purging.purge() == 0
    assert client.get("/account/").status_code == 200


@pytest.mark.parametrize("days", ["179", "0", "ja", "-400"])
def test_fewer_days_than_the_law_asks_are_refused_with_its_source(
    days: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("ANJU_SIGNIN_DAYS", days)
    tried(1000)
    with pytest.raises(TooShort, match=r"网络安全法.*第二十一条"):
        purging.purge()
    tasks.purge_sign_ins(timestamp=0)
    assert "180 天" in caplog.text
    assert SignIn.objects.count() == 1
    monkeypatch.setenv("ANJU_SIGNIN_DAYS", "180")
    assert keeping.SIGN_INS.days == 180
    tasks.purge_sign_ins(timestamp=0)
    assert not SignIn.objects.exists()


def test_nobody_but_the_system_takes_tries_away() -> None:
    tried(1000)
    for actor in (NOBODY, actor_of(user("anquan", "security_administrator", "")), actor_of(user())):
        with acting(actor):
            assert SignIn.objects.all().delete()[0] == 0
    assert SignIn.objects.exists()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE accounts_signin CASCADE")
