"""One box finds a household."""

from datetime import date

import pytest

from anju.accounts.models import User
from anju.divisions.models import Division
from anju.registry import actions
from anju.registry.models import Household, Leaving, Person
from anju.registry.name_tokens import tokens
from anju.registry.queries import Found, search
from anju.registry.staging import Enrolment
from anju.registry.tests.conftest import DAY, OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _enrolled(clerk: User, family: list[Enrolment]) -> None:
    actions.enrol(rows=family, on=DAY, by=clerk, source="t")
    more = [
        Enrolment(1, "u:1", "阿依古丽·买买提", OTHER_VILLAGE, id_number="210922196001010010"),
        Enrolment(2, "u:2", "单福", OTHER_VILLAGE),
        Enrolment(3, "u:3", "周德海", OTHER_VILLAGE),
    ]
    actions.enrol(rows=more, on=DAY, by=clerk, source="u")


def names(found: Found) -> list[str]:
    return [hit.name for hit in found.hits]


def find(text: str, within: str = "2109") -> list[str]:
    return names(search(text=text, within=within))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("周德海", ["周德海", "周德海"]),
        ("德海", ["周德海", "周德海"]),
        ("周 德 海", ["周德海", "周德海"]),
        ("孙", ["孙福"]),
        ("zhoudehai", ["周德海", "周德海"]),
        ("Zhou De Hai", ["周德海", "周德海"]),
        ("zhoude", ["周德海", "周德海"]),
        ("zdh", ["周德海", "周德海"]),
        ("shanfu", ["单福"]),
        ("danfu", ["单福"]),
        ("阿依古丽．买买提", ["阿依古丽·买买提"]),
        ("古丽买买提", ["阿依古丽·买买提"]),
        ("依古丽买", ["阿依古丽·买买提"]),
        ("210922195404120914", ["周德海"]),
        ("２１０９２２１９５４０４１２０９１４", ["周德海"]),
        ("0914", ["周德海"]),
        ("120914", ["周德海"]),
        ("2109**********0914", ["周德海"]),
        ("3301**********0914", []),
        ("2109221954", []),
        (f"{VILLAGE}-0002", ["孙福"]),
        (f"{VILLAGE}0002", ["孙福"]),
        (f"{VILLAGE}000", ["周德海", "孙福"]),
        ("没有的人", []),
        ("", []),
        ("   ", []),
        ("%", []),
        ("'; DROP TABLE", []),
    ],
)
def test_it_finds_by_what_was_typed(text: str, expected: list[str]) -> None:
    assert find(text) == expected


def test_it_stays_inside_the_readers_area() -> None:
    assert find("周德海", within=VILLAGE) == ["周德海"]
    assert find("0914", within=OTHER_VILLAGE) == []
    assert find(f"{VILLAGE}-0002", within=OTHER_VILLAGE) == []
    assert find("210922195404120914", within="2110") == []


def test_a_place_and_a_name_find_the_name_in_the_place() -> None:
    county = Division.objects.create(
        code="210922", level=4, name="彰武县", short_name="彰武县", full_name="辽宁省阜新市彰武县", core="彰武"
    )
    town = Division.objects.create(
        code="210922101", level=5, parent=county, name="哈尔套镇", short_name="哈尔套镇", full_name="彰武县哈尔套镇", core="哈尔套"
    )
    Division.objects.create(
        code=OTHER_VILLAGE, level=6, parent=town, name="程沟村委会", short_name="程沟村", full_name="彰武县哈尔套镇程沟村", core="程沟"
    )
    found = search(text="程沟村 周德海", within="2109")
    assert [(hit.name, hit.area, hit.area_name) for hit in found.hits] == [("周德海", OTHER_VILLAGE, "彰武县哈尔套镇程沟村")]
    assert [area.code for area in search(text="程沟村", within="2109").areas] == [OTHER_VILLAGE]


def test_pages_follow_one_another_without_repeats() -> None:
    first = search(text="周德海", within="2109", limit=1)
    second = search(text="周德海", within="2109", limit=1, after=first.after)
    assert [hit.area for hit in (*first.hits, *second.hits)] == [VILLAGE, OTHER_VILLAGE]
    assert second.after == ""


def test_a_broken_page_mark_finds_nothing() -> None:
    assert search(text="周德海", within="2109", after="name:x:y").hits == ()


def test_somebody_who_left_is_found_with_the_last_household(clerk: User) -> None:
    household = Household.objects.get(number=f"{VILLAGE}-0001")
    actions.remove_member(
        household=household, person=Person.objects.get(name="周鹏"), reason=Leaving.MOVED_OUT, on=date(2020, 3, 1), by=clerk
    )
    (hit,) = search(text="周鹏", within="2109").hits
    assert (hit.number, hit.present) == (household.number, False)


def test_a_changed_name_is_found_by_the_new_one_only(clerk: User) -> None:
    actions.correct_person(person=Person.objects.get(name="周鹏"), name="周朋远", reason="户口簿", by=clerk)
    assert (find("周鹏"), find("朋远"), find("zpy")) == ([], ["周朋远"], ["周朋远"])


def test_tokens_of_a_name() -> None:
    assert tokens("张一丁") == {"张", "张一丁", "张一", "一丁", "zhangyiding", "zyd"}
    assert tokens("吕 布") == {"吕", "吕布", "lvbu", "lb"}
