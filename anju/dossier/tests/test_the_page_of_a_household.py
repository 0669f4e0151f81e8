"""One household on one page: seen by those it belongs to, changed by those who may, as of any day."""

from datetime import date

import pytest
from django.test import Client

from anju.accounts import actions as accounts
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.divisions.models import Division
from anju.registry import actions
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.vocabulary import idnumber

pytestmark = pytest.mark.django_db
VILLAGE = "210922100201"


def number(born: str, serial: int) -> str:
    """A synthetic identity number."""
    first17 = f"210922{born}{serial:03d}"
    return first17 + idnumber.check_digit(first17)


def user(login: str, area: str = "210922", role: str = "county_clerk") -> User:
    """Somebody who signs in."""
    office = accounts.found(name=f"{area} 住建局", kind="housing", area=area)
    return accounts.admit(login=login, name="周敏", organisation=office, role=role, password="x", check_password=False)


@pytest.fixture
def place() -> None:
    """A county with one village, on the demo's day."""
    set_today(day=date(2020, 6, 10))
    for code, name, level, parent in (
        *(("21", "辽宁省", 2, None), ("2109", "阜新市", 3, "21"), ("210922", "彰武县", 4, "2109")),
        *(("210922100", "彰武镇", 5, "210922"), (VILLAGE, "程沟村", 6, "210922100")),
    ):
        Division.objects.create(code=code, name=name, short_name=name, full_name=name, level=level, parent_id=parent)


@pytest.fixture
def household(place: None) -> Household:
    """周德海, his wife and their grandson."""
    people = (("周德海", "19540314", 91, "02"), ("赵凤芹", "19570814", 228, "10"), ("周鹏", "20090203", 31, "41"))
    rows = [
        Enrolment(
            *(at, f"test:{at}", name, VILLAGE, "户一"),
            id_number=number(born, serial), relation=relation, category="JDLK", category_from=date(2019, 11, 20),
            birth_date=date(int(born[:4]), int(born[4:6]), int(born[6:])),
        )
        for at, (name, born, serial, relation) in enumerate(people, 1)
    ]  # fmt: skip
    actions.enrol(rows=rows, on=date(2019, 11, 20), by=None, source="test")
    return Household.objects.get()


def signed_in(client: Client, who: User) -> Client:
    """The client as that user."""
    client.force_login(who)
    return client


def test_it_shows_members_with_masked_numbers(client: Client, household: Household) -> None:
    page = signed_in(client, user("zhou")).get(f"/households/{household.number}/").content.decode()
    assert "周德海" in page
    assert "66 岁" in page
    assert "建档立卡" in page
    assert number("19540314", 91) not in page
    assert idnumber.mask(number("19540314", 91)) in page


@pytest.mark.parametrize("area", ["210921", "53", "210922101"])
def test_nobody_from_elsewhere_sees_that_it_exists(client: Client, household: Household, area: str) -> None:
    stranger = signed_in(client, user("elsewhere", area))
    assert stranger.get(f"/households/{household.number}/").status_code == 404
    assert stranger.post(f"/households/{household.number}/head/", {"head": 1, "on": "2020-06-01"}).status_code == 404


def test_a_visitor_is_asked_to_sign_in(client: Client, household: Household) -> None:
    answer = client.get(f"/households/{household.number}/")
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login/")


def test_the_head_changes_is_told_in_the_timeline_and_can_be_taken_back(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    wife = household.memberships.get(person__name="赵凤芹", superseded_at=None).person
    answer = clerk.post(f"/households/{household.number}/head/", {"head": wife.pk, "on": "2020-05-01"}, follow=True).content.decode()
    assert "户主由周德海变更为赵凤芹" in answer
    before = clerk.get(f"/households/{household.number}/?on=2020-04-30").content.decode()
    assert "<h1>周德海</h1>" in before
    line = household.changes.get(kind="head_changed")
    clerk.post(f"/households/{household.number}/undo/{line.pk}/")
    assert "<h1>周德海</h1>" in clerk.get(f"/households/{household.number}/").content.decode()


def test_what_was_known_then_differs_from_what_is_known_now(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    answer = clerk.get(f"/households/{household.number}/?on=2020-06-10&known=2019-01-01").content.decode()
    assert "这一天本户不在登记库中" in answer


def test_a_refusal_says_why_and_changes_nothing(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    answer = clerk.post(f"/households/{household.number}/move/", {"village": "没有这个村", "on": "2020-06-01"}, follow=True)
    assert "没有认出“没有这个村”是哪个村" in answer.content.decode()
    household.refresh_from_db()
    assert household.area == VILLAGE


@pytest.mark.parametrize("role", ["discipline", "city_viewer", "village_collector"])
def test_who_may_only_look_is_offered_no_change(client: Client, household: Household, role: str) -> None:
    reader = signed_in(client, user(role, role=role))
    assert 'data-dialog="change-head"' not in reader.get(f"/households/{household.number}/").content.decode()
    wife = household.memberships.get(person__name="赵凤芹", superseded_at=None).person
    refused = reader.post(f"/households/{household.number}/head/", {"head": wife.pk, "on": "2020-05-01"}, follow=True)
    assert "您的角色不能改户" in refused.content.decode()


@pytest.mark.parametrize("typed", ["周德海", "zdh", "zhoudehai", "程沟村 周德海", idnumber.mask(number("19540314", 91))[-4:]])
def test_one_box_finds_it_and_nothing_personal_stands_in_the_address(client: Client, household: Household, typed: str) -> None:
    answer = signed_in(client, user("zhou")).post("/households/find/", {"q": typed}, follow=True)
    assert household.number in answer.content.decode()
    assert all(typed not in address for address, _status in answer.redirect_chain)


def test_what_was_typed_is_sealed_in_the_session(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    typed = number("19540314", 91)
    answer = clerk.post("/households/find/", {"q": typed}, follow=True)
    assert household.number in answer.content.decode()
    assert clerk.session["searches"]
    assert typed not in str(dict(clerk.session))
    other = dict(clerk.session["searches"])
    assert f'value="{typed}"' not in clerk.get(f"/households/?s=x{next(iter(other))}").content.decode()


def test_the_list_counts_by_category_and_the_count_opens_its_households(client: Client, household: Household) -> None:
    clerk = signed_in(client, user("zhou"))
    page = clerk.get("/households/").content.decode()
    assert "建档立卡 1" in page
    assert household.number in clerk.get("/households/?on_all=JDLK").content.decode()
    assert household.number not in clerk.get("/households/?lists=none").content.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_inline")
def test_what_is_seen_is_exported_with_masked_numbers(client: Client, request: pytest.FixtureRequest) -> None:
    kept: Household = request.getfixturevalue("household")
    who = user("zhou")
    clerk = signed_in(client, who)
    clerk.post("/exports/ask/?on_all=JDLK", {"kind": "households.list", "why": "daily"})
    job = who.jobs.get()
    assert job.status == "done"
    assert job.result["rows"] == 1
    answer = clerk.post(f"/exports/{job.result['export']}/download/")
    assert answer.getvalue()[:2] == b"PK"
    other = Client()
    other.force_login(user("li", "210921"))
    assert other.post(f"/exports/{job.result['export']}/download/").status_code == 404
    assert kept.number
