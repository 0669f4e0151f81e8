"""The second factor: who needs one, setting it up, each code once, the lost phone."""

import re
from typing import Any

import pyotp
import pytest
from django.test import Client
from django.utils import timezone

from anju.accounts.actions import NotAllowed
from anju.accounts.models import RecoveryCode, SecondFactor, SignIn, User
from anju.accounts.roles import ROLES
from anju.accounts.signing_in import actions, second_factor
from anju.accounts.tests.door import HERE, PASSWORD, Clock, enrolled, enter, user

pytestmark = pytest.mark.django_db


def signed_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


def test_those_who_approve_pay_or_administer_need_one() -> None:
    need = {role.code for role in ROLES.values() if role.second_factor}
    assert {"county_clerk", "finance_payer", "system_administrator", "security_administrator", "audit_administrator"} <= need
    assert not need & {"village_collector", "sender", "city_viewer"}


def test_the_first_time_a_phone_is_bound_and_recovery_codes_are_shown_once(client: Client) -> None:
    one = user(role="county_clerk")
    assert enter(client).headers["Location"] == "/login/phone/"
    assert not signed_in(client), "a password alone lets nobody in"
    page = client.get("/login/phone/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    assert 'src="data:image/svg+xml' in page
    assert client.post("/login/phone/", {"code": "000000"}).status_code == 422
    done = client.post("/login/phone/", {"code": pyotp.TOTP(secret[1].replace(" ", "")).now()})
    codes = re.findall(r"<code>((?:[A-Z0-9]{4}-){3}[A-Z0-9]{4})</code>", done.content.decode())
    assert len(set(codes)) == 10
    assert not signed_in(client)
    assert client.post("/login/on/").headers["Location"] == "/"
    assert signed_in(client)
    assert SignIn.objects.get(user=one).second_factor
    assert not RecoveryCode.objects.filter(digest__in=[code.encode() for code in codes]).exists()
    assert bytes(SecondFactor.objects.get().secret).find(secret[1].replace(" ", "").encode()) == -1


def test_with_a_phone_the_code_is_asked_each_time(client: Client) -> None:
    code = enrolled(user(role="county_clerk"))
    asked = client.post("/login/", {"login": "zhoumin", "password": PASSWORD, "next": "/jobs/"})
    assert asked.headers["Location"] == "/login/code/"
    assert not signed_in(client)
    assert client.post("/login/code/", {"code": code()}).headers["Location"] == "/jobs/"
    assert signed_in(client)


def test_a_code_counts_once(client: Client, clock: Clock) -> None:
    code = enrolled(user(role="county_clerk"))
    used = code()
    enter(client)
    client.post("/login/code/", {"code": used})
    again = Client()
    enter(again)
    assert again.post("/login/code/", {"code": used}).status_code == 422
    assert not signed_in(again)
    clock.on(seconds=30)
    assert again.post("/login/code/", {"code": code()}).status_code == 302


def test_a_phone_half_a_minute_off_still_works_and_more_doesnt(clock: Clock) -> None:
    code = enrolled(one := user(role="county_clerk"))
    early = code()
    clock.on(seconds=30)
    assert second_factor.verify(user=one, code=early)
    late = code()
    clock.on(seconds=61)
    assert not second_factor.verify(user=one, code=late)


def test_an_older_code_than_the_last_one_used_is_refused(clock: Clock) -> None:
    code = enrolled(one := user(role="county_clerk"))
    before = code()
    clock.on(seconds=30)
    assert second_factor.verify(user=one, code=code())
    assert not second_factor.verify(user=one, code=before)


def test_five_wrong_codes_lock_the_account(client: Client) -> None:
    enrolled(user(role="county_clerk"))
    enter(client)
    for _time in range(5):
        page = client.post("/login/code/", {"code": "000000"})
    assert "账号锁定到" in page.content.decode()
    assert "账号锁定到" in enter(Client()).content.decode()
    assert list(SignIn.objects.order_by("pk").values_list("outcome", flat=True)) == ["half", *["code"] * 5, "locked"]


def test_right_passwords_in_between_dont_forgive_wrong_codes() -> None:
    enrolled(one := user(role="county_clerk"))
    for _time in range(4):
        assert actions.try_password(login="zhoumin", password=PASSWORD, origin=HERE).user
        assert actions.try_code(user=one, code="000000", origin=HERE).locked_until is None
    assert actions.try_code(user=one, code="000000", origin=HERE).locked_until


def test_a_recovery_code_stands_in_once(client: Client) -> None:
    enrolled(one := user(role="county_clerk"))
    code = second_factor.write_codes(user=one)[0]
    enter(client)
    assert client.post("/login/code/", {"code": code.lower()}).status_code == 302
    assert signed_in(client)
    again = Client()
    enter(again)
    assert again.post("/login/code/", {"code": code}).status_code == 422
    assert second_factor.codes_left(one) == 9


def test_half_way_is_over_after_ten_minutes_and_with_another_password(client: Client, clock: Clock) -> None:
    code = enrolled(one := user(role="county_clerk"))
    enter(client)
    clock.on(minutes=11)
    assert client.post("/login/code/", {"code": code()}).headers["Location"] == "/login/"
    enter(client)
    one.set_password("Qing-shan-9-li")
    one.save()
    assert client.post("/login/code/", {"code": code()}).headers["Location"] == "/login/"


def test_the_lost_phone_is_voided_by_a_security_administrator_and_the_session_with_it(client: Client) -> None:
    code = enrolled(one := user(role="county_clerk"))
    by = user("anquan", "security_administrator")
    enter(client)
    client.post("/login/code/", {"code": code()})
    actions.reset_second_factor(user=one, by=by, reason="手机丢失，本人到场")
    assert not signed_in(client)
    assert enter(client).headers["Location"] == "/login/phone/"
    with pytest.raises(NotAllowed):
        actions.reset_second_factor(user=by, by=by, reason="自己来")


def test_a_secret_moved_to_another_user_opens_nothing() -> None:
    code = enrolled(user(role="county_clerk"))
    enrolled(other := user("lixin", "county_clerk"))
    mine = SecondFactor.objects.get(user__login="zhoumin")
    SecondFactor.objects.filter(user=other).update(secret=mine.secret)
    with pytest.raises(Exception, match="打不开"):
        second_factor.verify(user=other, code=code())


def test_who_neednt_may_and_then_is_asked(client: Client, clock: Clock) -> None:
    one = user(role="sender")
    enter(client)
    assert signed_in(client)
    page = client.get("/account/phone/").content.decode()
    secret = re.search(r"<code>([A-Z2-7 ]+)</code>", page)
    assert secret
    reading = pyotp.TOTP(secret[1].replace(" ", ""))
    assert "备用码" in client.post("/account/phone/", {"code": reading.at(timezone.now())}).content.decode()
    again = Client()
    assert enter(again).headers["Location"] == "/login/code/"
    clock.on(seconds=31)
    assert again.post("/login/code/", {"code": reading.at(timezone.now())}).status_code == 302
    clock.on(seconds=31)
    answer = again.post("/account/phone/", {"code": reading.at(timezone.now()), "do": "phone"})
    assert answer.headers["Location"] == "/account/phone/"
    assert second_factor.factor(User.objects.get(pk=one.pk)) is None


def test_a_demonstration_doesnt_ask_and_says_so(client: Client, settings: Any) -> None:
    settings.DEMO = True
    user(role="county_clerk", own=False)
    assert enter(client).headers["Location"] == "/"
    assert "演示中不要求手机验证" in client.get("/account/").content.decode()
