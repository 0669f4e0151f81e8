"""What a password must be in each profile; changing it, and the one handed over."""

from typing import Any

import pytest
from django.contrib.auth.hashers import identify_hasher
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.test import Client

from anju.accounts.hashing import Argon2id
from anju.accounts.models import PastPassword, User
from anju.accounts.signing_in import actions, passwords, policy
from anju.accounts.tests.door import PASSWORD, Clock, enter, user

pytestmark = pytest.mark.django_db


def wrong(password: str, who: User | None = None) -> str:
    try:
        validate_password(password, who)
    except ValidationError as error:
        return "".join(error.messages)
    return ""


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("Ab1-xyz", "至少 8 位"),
        ("maodunqici", "至少要有其中 3 类"),
        ("Password1!", "太常见"),
        ("Admin@123", "太常见"),
        ("Anju2020!!", "太常见"),
        ("Fupin@2020", "太常见"),
        ("Aa111111", "太常见"),
        ("Zhoumin-77x", "不能有用户名"),
        ("周敏-Qing-7", "不能有用户名"),
        ("A1-" + "x" * 200, "最多 128 位"),
        (PASSWORD, ""),
        ("Qing-shan-9-li", ""),
    ],
)
def test_djbh3_refuses_what_is_short_plain_common_or_ones_own_name(password: str, said: str) -> None:
    who = user(password="Yi-qian-0-ge")
    assert (said in wrong(password, who)) if said else wrong(password, who) == ""


@pytest.mark.parametrize(
    ("password", "said"),
    [("Ab1-xyz-9-2", "至少 12 位"), ("qingshan bugai lvshui", ""), ("passwordpassword", "太常见"), ("123456789012345", "太常见")],
)
def test_asvs_wants_length_and_no_composition(password: str, said: str, settings: Any) -> None:
    settings.PASSWORD_PROFILE = "asvs"
    assert (said in wrong(password)) if said else wrong(password) == ""


def test_the_last_five_are_not_used_again(settings: Any) -> None:
    who = user()
    used = [f"Shan-he-{at}-xin" for at in range(5)]
    for password in used:
        passwords.store(user=who, password=password, own=True)
    for password in used:
        assert "最近 5 次" in wrong(password, who)
    assert wrong(PASSWORD, who) == ""
    settings.PASSWORD_PROFILE = "asvs"
    assert "和现在的一样" in wrong(used[-1], who)
    assert PastPassword.objects.filter(user=who).count() <= 12


def test_after_ninety_days_another_is_asked_before_one_is_in(client: Client, clock: Clock, settings: Any) -> None:
    user()
    clock.on(days=89)
    assert enter(client).headers["Location"] == "/"
    clock.on(days=1, minutes=1)
    late = Client()
    assert enter(late).headers["Location"] == "/login/password/"
    assert late.get("/account/").status_code == 302, "not in yet"
    assert "密码到期了" in late.get("/login/password/").content.decode()
    assert late.post("/login/password/", {"new": PASSWORD, "again": PASSWORD}).status_code == 422
    assert late.post("/login/password/", {"new": "Qing-shan-9-li", "again": "Qing-shan-9-li"}).headers["Location"] == "/"
    assert late.get("/account/").status_code == 200
    settings.PASSWORD_PROFILE = "asvs"
    clock.on(days=400)
    assert enter(Client(), password="Qing-shan-9-li").headers["Location"] == "/"


def test_one_that_another_has_set_is_changed_first(client: Client) -> None:
    user(own=False)
    assert enter(client).headers["Location"] == "/login/password/"
    page = client.get("/login/password/").content.decode()
    assert "现在的密码是别人设的" in page
    assert "至少 8 位" in page
    assert "两遍不一样" in client.post("/login/password/", {"new": "Qing-shan-9-li", "again": "Qing"}).content.decode()
    assert client.post("/login/password/", {"new": "Qing-shan-9-li", "again": "Qing-shan-9-li"}).headers["Location"] == "/"


def test_a_password_handed_over_ends_sessions_opens_the_lock_and_holds_once(client: Client) -> None:
    who, by = user(), user("anquan", "security_administrator")
    enter(client)
    for _time in range(5):
        enter(Client(), password="Bu-dui-8")
    handed = actions.reset_password(user=who, by=by, reason="本人忘记")
    assert wrong(handed) == ""
    assert client.get("/account/").status_code == 302
    again = Client()
    assert enter(again, password=handed).headers["Location"] == "/login/password/"


def test_changing_it_asks_for_the_old_one_and_counts_wrong_ones(client: Client) -> None:
    user()
    enter(client)
    for _time in range(4):
        page = client.post("/account/password/", {"old": "Bu-dui-8", "new": "Qing-shan-9-li", "again": "Qing-shan-9-li"})
        assert "现在的密码不对" in page.content.decode()
    page = client.post("/account/password/", {"old": "Bu-dui-8", "new": "Qing-shan-9-li", "again": "Qing-shan-9-li"})
    assert "账号锁定到" in page.content.decode()


def test_a_hash_of_other_parameters_is_made_anew_at_the_next_sign_in(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    who = user()
    monkeypatch.setattr(Argon2id, "time_cost", 1)
    who.set_password(PASSWORD)
    who.save()
    monkeypatch.undo()
    assert identify_hasher(who.password).must_update(who.password)
    assert enter(client).status_code == 302
    who.refresh_from_db()
    assert "m=19456,t=2,p=1" in who.password


def test_the_numbers_stand_in_the_catalogue_with_their_source() -> None:
    rows = {row["id"]: row for row in policy.declared()}
    assert rows["password.djbh3.minimum"]["value"] == "至少 8 位"
    assert rows["password.asvs.classes"]["value"] == "不要求"
    assert rows["signin.failures"]["value"] == "5 次 / 15 分钟"
    assert all(row["source"] for row in rows.values())
