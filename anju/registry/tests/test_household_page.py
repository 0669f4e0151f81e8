"""One household, whole, on a day."""

from datetime import date

import pytest

from anju.accounts.models import User
from anju.registry.actions import attach, detach, enrol
from anju.registry.models import Household, Person
from anju.registry.queries import household_page
from anju.registry.staging import Attachment, Detachment, Enrolment
from anju.registry.tests.conftest import DAY, VILLAGE

pytestmark = pytest.mark.django_db
NUMBER = f"{VILLAGE}-0001"


@pytest.fixture(autouse=True)
def _enrolled(clerk: User, family: list[Enrolment]) -> None:
    enrol(rows=family, on=DAY, by=clerk, source="t")


def test_it_shows_the_head_first_and_ages_on_the_day() -> None:
    page = household_page(number=NUMBER, within="2109", on=date(2020, 6, 10))
    assert page.head is not None
    assert [(member.name, member.relation_name, member.age) for member in page.members] == [
        ("周德海", "户主", 66),
        ("赵凤芹", "配偶", 62),
        ("周鹏", "孙子", None),
    ]
    assert (page.head.id_masked, page.exists, page.address) == ("2109**********0914", True, "小官村3组")


def test_it_shows_the_primary_category_first(clerk: User) -> None:
    people = {person.name: person.pk for person in Person.objects.all()}
    rows = [Attachment(1, "l:1", people["周鹏"], category="CJ"), Attachment(2, "l:2", people["周鹏"], category="JDLK")]
    attach(rows=rows, on=date(2020, 2, 1), by=clerk, source="l")
    page = household_page(number=NUMBER, within="2109", on=date(2020, 6, 10))
    assert [(standing.short, standing.person) for standing in page.categories] == [("建档立卡", ""), ("贫困残疾", "周鹏")]
    assert page.primary is not None
    assert page.primary.code == "JDLK"
    later = household_page(number=NUMBER, within="2109", on=date(2021, 2, 1))
    assert later.primary is None
    assert "本户纳入建档立卡贫困户" in [event.sentence for event in page.timeline]


def test_then_and_now_differ_only_by_what_was_learnt(clerk: User) -> None:
    man = Person.objects.get(name="周鹏")
    before = man.recorded_at
    attach(rows=[Attachment(1, "l:1", man.pk, id_number="210922200906150316", category="CJ")], on=date(2020, 2, 1), by=clerk, source="l")
    detach(category="CJ", rows=[Detachment(1, "l:1", man.pk)], on=date(2020, 4, 1), by=clerk, source="l")
    on = date(2020, 3, 1)
    now = household_page(number=NUMBER, within="2109", on=on)
    then = household_page(number=NUMBER, within="2109", on=on, known_at=before)
    assert [(member.name, member.id_number) for member in now.members][2] == ("周鹏", "210922200906150316")
    assert [(member.name, member.id_number) for member in then.members][2] == ("周鹏", "")
    assert [standing.code for standing in now.categories] == ["CJ"]
    assert then.categories == ()
    assert household_page(number=NUMBER, within="2109", on=date(2020, 5, 1)).categories == ()


def test_before_enrolment_it_did_not_exist() -> None:
    page = household_page(number=NUMBER, within="2109", on=date(2019, 12, 31))
    assert (page.exists, page.members) == (False, ())


def test_a_household_of_another_area_is_not_found() -> None:
    with pytest.raises(Household.DoesNotExist):
        household_page(number=NUMBER, within="210921", on=DAY)
