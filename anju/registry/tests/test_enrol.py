"""Whole lists enter the register."""

from dataclasses import replace
from datetime import date

import pytest

from anju.accounts.models import User
from anju.registry.actions import enrol
from anju.registry.models import Belonging, Change, Household, Membership, NameToken, Person
from anju.registry.refusal import Refused
from anju.registry.staging import Enrolment
from anju.registry.tests.conftest import DAY, OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db


def test_a_list_becomes_households_with_heads_and_numbers(clerk: User, family: list[Enrolment]) -> None:
    done = enrol(rows=family, on=DAY, by=clerk, source="t")
    assert (done.households, done.persons, done.repeated, done.conflicts, done.findings) == (2, 4, 0, (), ())
    assert list(Household.objects.order_by("number").values_list("number", "groups", "opened_on")) == [
        (f"{VILLAGE}-0001", "", DAY),
        (f"{VILLAGE}-0002", "TK", DAY),
    ]
    heads = Membership.objects.open().filter(relation="02").values_list("person__name", flat=True)
    assert sorted(heads) == ["周德海", "孙福"]
    man = Person.objects.get(name="周德海")
    assert (man.birth_date, man.birth_precision, man.sex, man.id_number.clear) == (date(1954, 4, 12), "day", "1", "210922195404120914")
    assert Change.objects.filter(kind="enrolled").count() == 2


def test_the_same_list_again_changes_nothing(clerk: User, family: list[Enrolment]) -> None:
    enrol(rows=family, on=DAY, by=clerk, source="t")
    counts = [model.objects.count() for model in (Household, Person, Membership, Belonging, Change, NameToken)]
    again = enrol(rows=family, on=DAY, by=clerk, source="t")
    assert (again.households, again.persons, again.repeated) == (0, 0, 4)
    assert [model.objects.count() for model in (Household, Person, Membership, Belonging, Change, NameToken)] == counts


def test_two_halves_of_a_list_end_like_the_whole(clerk: User, family: list[Enrolment]) -> None:
    enrol(rows=family[:2], on=DAY, by=clerk, source="t")
    done = enrol(rows=family, on=DAY, by=clerk, source="t")
    assert (done.households, done.persons, done.repeated) == (1, 2, 2)
    assert list(
        Membership.objects.filter(household__number=f"{VILLAGE}-0001").order_by("source").values_list("person__name", "relation")
    ) == [
        ("周德海", "02"),
        ("赵凤芹", "10"),
        ("周鹏", "41"),
    ]


def test_numbers_go_on_in_each_village(clerk: User, family: list[Enrolment]) -> None:
    enrol(rows=family, on=DAY, by=clerk, source="t")
    enrol(
        rows=[Enrolment(1, "u:1", "李强", VILLAGE), Enrolment(2, "u:2", "李刚", OTHER_VILLAGE), Enrolment(3, "u:3", "李勇", VILLAGE + "03")],
        on=DAY, by=clerk, source="u",
    )  # fmt: skip
    numbers = Household.objects.filter(source__startswith="u").order_by("source").values_list("number", flat=True)
    assert list(numbers) == [f"{VILLAGE}-0003", f"{OTHER_VILLAGE}-0001", f"{VILLAGE}-0004"]


def test_a_number_held_by_another_is_kept_and_flagged(clerk: User, family: list[Enrolment]) -> None:
    enrol(rows=family, on=DAY, by=clerk, source="t")
    done = enrol(
        rows=[
            Enrolment(1, "u:1", "周得海", VILLAGE, id_number="210922195404120914"),
            Enrolment(2, "u:2", "钱多", VILLAGE, id_number="210922196001010010"),
            Enrolment(3, "u:3", "钱夕", VILLAGE, id_number="210922196001010010"),
        ],
        on=DAY, by=clerk, source="u",
    )  # fmt: skip
    first, second = done.conflicts
    assert Person.objects.get(pk=first.other_person_id).name == "周德海"
    assert Person.objects.get(pk=second.other_person_id).name == "钱多"
    assert set(Person.objects.filter(id_conflict=True).values_list("name", flat=True)) == {"周得海", "钱夕"}


def test_no_head_and_two_heads_are_told(clerk: User) -> None:
    rows = [
        Enrolment(1, "u:1", "王一", VILLAGE, "a", relation="10"),
        Enrolment(2, "u:2", "王二", VILLAGE, "a", relation="20"),
        Enrolment(3, "u:3", "王三", VILLAGE, "b", relation="20"),
        Enrolment(4, "u:4", "王四", VILLAGE, "b", relation="02"),
        Enrolment(5, "u:5", "王五", VILLAGE, "b", relation="02"),
    ]
    done = enrol(rows=rows, on=DAY, by=clerk, source="u")
    assert [(finding.source, finding.check) for finding in done.findings] == [("u:1", "head-missing"), ("u:5", "head-twice")]
    assert sorted(Membership.objects.filter(relation="02").values_list("person__name", flat=True)) == ["王一", "王四"]


def test_a_number_that_is_no_number_is_left_out_and_told(clerk: User) -> None:
    done = enrol(rows=[Enrolment(1, "u:1", "王一", VILLAGE, id_number="210922199913010017")], on=DAY, by=clerk, source="u")
    assert [finding.check for finding in done.findings] == ["id-form"]
    assert Person.objects.get().id_number == ""


def test_a_row_without_place_is_told_not_enrolled(clerk: User) -> None:
    done = enrol(rows=[Enrolment(1, "u:1", "王一", "")], on=DAY, by=clerk, source="u")
    assert ([finding.check for finding in done.findings], done.persons) == (["area-missing"], 0)


def test_rows_with_one_source_are_refused(clerk: User, family: list[Enrolment]) -> None:
    with pytest.raises(Refused, match="来源相同"):
        enrol(rows=[family[0], replace(family[1], source="t:1")], on=DAY, by=clerk, source="t")


def test_an_unknown_category_is_refused(clerk: User, family: list[Enrolment]) -> None:
    with pytest.raises(Refused, match="没有“XX”这个类别"):
        enrol(rows=[replace(family[0], category="XX")], on=DAY, by=clerk, source="t")


def test_household_category_is_taken_once(clerk: User, family: list[Enrolment]) -> None:
    rows = [replace(row, category="DB") for row in family]
    done = enrol(rows=rows, on=DAY, by=clerk, source="t")
    assert done.belongings == 2
    assert set(Household.objects.values_list("groups", flat=True)) == {"DB"}
