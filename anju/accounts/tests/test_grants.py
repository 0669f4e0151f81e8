"""Rights are given, acted in, and ended; the three administrators are kept apart and the last of each stays."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from anju.accounts import actions
from anju.accounts.models import Grant, Organisation, User
from anju.accounts.roles import ROLES
from anju.clock.actions import set_today
from anju.rosters.tests import county

TODAY = county.TODAY


@pytest.fixture
def office(db: None) -> Organisation:
    """The city's housing bureau, in a tree of places."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=TODAY)
    return actions.found(name="阜新市住建局", kind="housing", area="2109")


def _person(office: Organisation, login: str, role: str) -> User:
    return actions.admit(login=login, name=login, organisation=office, role=role, password="-", check_password=False)


@pytest.fixture
def security(office: Organisation) -> User:
    """Who gives rights."""
    return _person(office, "security", "security_administrator")


@pytest.fixture
def system(office: Organisation) -> User:
    """Who opens accounts."""
    return _person(office, "system", "system_administrator")


@pytest.fixture
def newcomer(office: Organisation, system: User) -> User:
    """An account without any right."""
    return actions.open_account(login="newcomer", name="新人", organisation=office, password="-", by=system, check_password=False)


def _in(client: Client, user: User) -> Client:
    client.force_login(user)
    return client


def test_an_account_can_do_nothing_until_a_right_is_given(client: Client, newcomer: User, security: User) -> None:
    page = _in(client, newcomer).get("/")
    assert "还没有授权" in page.content.decode()
    assert client.get("/households/").status_code == 403
    actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="阜住建〔2020〕12号")
    assert client.get("/households/").status_code == 200


def test_a_right_ends_at_the_next_request(client: Client, newcomer: User, security: User) -> None:
    given = actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="借调")
    assert _in(client, newcomer).get("/households/").status_code == 200
    actions.take_back(grant=given, by=security, reason="借调结束")
    assert client.get("/households/").status_code == 403


def test_a_right_holds_from_its_first_to_its_last_day(newcomer: User, security: User) -> None:
    actions.give(
        user=newcomer,
        role="city_viewer",
        area="2109",
        by=security,
        reason="r",
        valid_from=TODAY + timedelta(1),
        valid_to=TODAY + timedelta(2),
    )
    for day, role in ((0, ""), (1, "city_viewer"), (2, "city_viewer"), (3, "")):
        set_today(day=TODAY + timedelta(day))
        assert User.objects.get(pk=newcomer.pk).role == role


def test_with_several_rights_one_acts_in_the_one_chosen(client: Client, newcomer: User, security: User) -> None:
    actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="r")
    second = actions.give(user=newcomer, role="county_clerk", area="210922", by=security, reason="r")
    assert "省级" not in _in(client, newcomer).get("/").content.decode()
    assert client.post("/grant/", {"grant": second.pk}).status_code == 302
    page = client.get("/").content.decode()
    assert "县级审批员" in page
    assert "彰武县" in page
    assert client.post("/grant/", {"grant": 999_999}).status_code == 404


@pytest.mark.parametrize("second", ["audit_administrator", "system_administrator", "county_clerk"])
def test_nobody_is_two_administrators_or_one_with_a_business_role(
    office: Organisation, security: User, newcomer: User, second: str
) -> None:
    other = _person(office, "security2", "security_administrator")
    with pytest.raises(actions.NotAllowed, match="三员分立"):
        actions.give(user=other, role=second, area="2109", by=security, reason="r")
    with pytest.raises(IntegrityError, match="accounts_administrators_apart"), transaction.atomic():
        Grant.objects.create(user=other, role=second, area="2109", valid_from=date(2019, 1, 1))


def test_the_last_administrator_of_each_kind_stays(office: Organisation, security: User, system: User) -> None:
    second = _person(office, "security2", "security_administrator")
    mine = security.grants.get()
    actions.take_back(grant=mine, by=second, reason="轮岗")
    for change in (
        lambda: Grant.objects.filter(user=second).update(valid_to=TODAY),
        lambda: Grant.objects.filter(user=second).delete(),
        lambda: User.objects.filter(pk=second.pk).update(is_active=False),
    ):
        with pytest.raises(IntegrityError, match="最后一个安全管理员"), transaction.atomic():
            change()
    with pytest.raises(actions.NotAllowed, match="最后一个安全管理员"):
        actions.close_account(user=second, by=system, reason="离职")


def test_who_may_give_what_where(security: User, system: User, newcomer: User) -> None:
    with pytest.raises(actions.NotAllowed, match="安全管理员"):
        actions.give(user=newcomer, role="city_viewer", area="2109", by=system, reason="r")
    with pytest.raises(actions.NotAllowed, match="辖区"):
        actions.give(user=newcomer, role="city_viewer", area="21", by=security, reason="r")
    with pytest.raises(actions.NotAllowed, match="自己"):
        actions.give(user=security, role="city_viewer", area="2109", by=security, reason="r")
    with pytest.raises(actions.NotAllowed, match="户"):
        actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="r", households=["210922109201-0001"])
    actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="r")
    with pytest.raises(actions.NotAllowed, match="已有"):
        actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="r")


def test_the_pages_open_an_account_and_give_it_a_right(client: Client, system: User, security: User, office: Organisation) -> None:
    page = _in(client, system).post(
        "/people/new/", {"organisation": office.pk, "name": "许长顺", "login": "xuchangshun", "password": "Fuxin-2020-06"}
    )
    assert page.status_code == 302, page.content.decode()
    made = User.objects.get(login="xuchangshun")
    assert client.post(f"/people/{made.pk}/grant/", {}).status_code == 403  # the other administrator's half
    given = {"role": "county_clerk", "area": "210922", "valid_from": "2020-06-10", "reason": "阜住建〔2020〕12号"}
    assert _in(client, security).post(f"/people/{made.pk}/grant/", {**given, "area": "999999"}).status_code == 422
    assert client.post(f"/people/{made.pk}/grant/", given).status_code == 302
    page = client.get(f"/people/{made.pk}/")
    assert "县级审批员" in page.content.decode()
    assert "阜住建〔2020〕12号" in page.content.decode()
    assert client.get("/people/new/").status_code == 403
    grant = made.grants.get()
    assert client.post(f"/people/{made.pk}/grants/{grant.pk}/end/", {"reason": ""}, follow=True).content.decode().count("请写明收回的理由")
    client.post(f"/people/{made.pk}/grants/{grant.pk}/end/", {"reason": "调离"})
    grant.refresh_from_db()
    assert grant.ended_why == "调离"
    assert grant.ended_by == security


def test_an_account_is_closed_and_opened_again(client: Client, system: User, newcomer: User, security: User) -> None:
    actions.give(user=newcomer, role="city_viewer", area="2109", by=security, reason="r")
    theirs = Client()
    theirs.force_login(newcomer)
    assert theirs.get("/households/").status_code == 200
    _in(client, system).post(f"/people/{newcomer.pk}/switch/", {"reason": "离职"})
    assert theirs.get("/households/").status_code in (302, 403)
    client.post(f"/people/{newcomer.pk}/switch/", {"reason": "返聘"})
    theirs.force_login(User.objects.get(pk=newcomer.pk))
    assert theirs.get("/households/").status_code == 200


def test_people_of_another_area_are_not_there(client: Client, office: Organisation, system: User) -> None:
    elsewhere = actions.found(name="沈阳市住建局", kind="housing", area="2101")
    stranger = _person(elsewhere, "stranger", "city_viewer")
    assert _in(client, system).get(f"/people/{stranger.pk}/").status_code == 404
    assert "stranger" not in client.get("/people/").content.decode()


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_role_sees_a_page_that_says_what_is_or_will_be_there(client: Client, office: Organisation, role: str) -> None:
    person = actions.open_account(login="somebody", name="某人", organisation=office, password="-", check_password=False)
    Grant.objects.create(user=person, role=role, area="2109", valid_from=TODAY)
    page = _in(client, person).get("/")
    assert page.status_code == 200
    text = page.content.decode()
    declared = ROLES[role]
    assert declared.title in text
    if declared.coming:
        assert declared.coming in text
    if declared.administers:
        assert client.get("/households/").status_code == 403
        assert client.get("/rosters/").status_code == 403
