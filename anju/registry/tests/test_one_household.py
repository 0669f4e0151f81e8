"""Head, split, merge, move, members, categories, corrections, houses, and taking them back."""

from datetime import date

import pytest
from django.db import Error, connection, transaction

from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.registry import actions
from anju.registry.models import (
    Belonging,
    Category,
    Change,
    Dwelling,
    Household,
    Leaving,
    Membership,
    NameToken,
    Occupancy,
    Person,
    Registration,
)
from anju.registry.queries import HouseholdPage, household_page
from anju.registry.queries.living import homes
from anju.registry.refusal import Refused
from anju.registry.staging import Enrolment
from anju.registry.tests.conftest import DAY, OTHER_VILLAGE, VILLAGE

pytestmark = pytest.mark.django_db
FIRST, SECOND = f"{VILLAGE}-0001", f"{VILLAGE}-0002"
MARCH, MAY, TODAY = date(2020, 3, 1), date(2020, 5, 1), date(2020, 6, 10)


@pytest.fixture(autouse=True)
def _enrolled(clerk: User, family: list[Enrolment]) -> None:
    set_today(day=TODAY)
    actions.enrol(rows=family, on=DAY, by=clerk, source="t")


def person(name: str) -> Person:
    return Person.objects.get(name=name)


def household(number: str = FIRST) -> Household:
    return Household.objects.get(number=number)


def page(number: str = FIRST, on: date = TODAY) -> HouseholdPage:
    return household_page(number=number, within="", on=on)


def members(number: str = FIRST, on: date = TODAY) -> dict[str, str]:
    return {member.name: member.relation for member in page(number, on).members}


def test_another_member_becomes_head_and_relations_follow(clerk: User) -> None:
    actions.change_head(household=household(), head=person("赵凤芹"), on=MARCH, by=clerk)
    assert members() == {"赵凤芹": "02", "周德海": "11", "周鹏": "41"}
    assert members(on=date(2020, 2, 29)) == {"周德海": "02", "赵凤芹": "10", "周鹏": "41"}
    assert page().timeline[0].sentence == "户主由周德海变更为赵凤芹"


def test_the_head_can_not_become_head(clerk: User) -> None:
    with pytest.raises(Refused, match="周德海已是户主"):
        actions.change_head(household=household(), head=person("周德海"), on=MARCH, by=clerk)


def test_a_stranger_can_not_become_head(clerk: User) -> None:
    with pytest.raises(Refused, match="孙福不是户"):
        actions.change_head(household=household(), head=person("孙福"), on=MARCH, by=clerk)


def test_tomorrow_is_refused(clerk: User) -> None:
    with pytest.raises(Refused, match="晚于今天"):
        actions.change_head(household=household(), head=person("赵凤芹"), on=date(2020, 6, 11), by=clerk)


def test_a_day_before_the_last_change_is_refused(clerk: User) -> None:
    actions.change_head(household=household(), head=person("赵凤芹"), on=MAY, by=clerk)
    with pytest.raises(Refused, match="晚于变动日期"):
        actions.change_head(household=household(), head=person("周德海"), on=MARCH, by=clerk)


def test_members_found_a_household_of_their_own(clerk: User) -> None:
    new = actions.split(
        household=household(),
        members=[person("周鹏"), person("赵凤芹")],
        head=person("周鹏"),
        relations={person("赵凤芹").pk: "60"},
        on=MARCH,
        by=clerk,
    )
    assert new.number == f"{VILLAGE}-0003"
    assert members() == {"周德海": "02"}
    assert members(new.number) == {"周鹏": "02", "赵凤芹": "60"}
    assert len(members(on=DAY)) == 3
    assert not page(new.number, on=DAY).exists
    assert page(new.number).timeline[0].sentence == f"由 {FIRST} 户分出"


def test_when_the_head_splits_off_somebody_must_follow(clerk: User) -> None:
    with pytest.raises(Refused, match="指定新户主"):
        actions.split(household=household(), members=[person("周德海")], head=person("周德海"), on=MARCH, by=clerk)
    new = actions.split(
        household=household(), members=[person("周德海")], head=person("周德海"), remaining_head=person("赵凤芹"), on=MARCH, by=clerk
    )
    assert members() == {"赵凤芹": "02", "周鹏": "41"}
    assert members(new.number) == {"周德海": "02"}


def test_all_of_them_leaving_is_no_split(clerk: User) -> None:
    everybody = [person("周德海"), person("赵凤芹"), person("周鹏")]
    with pytest.raises(Refused, match="全户都分出"):
        actions.split(household=household(), members=everybody, head=person("周鹏"), on=MARCH, by=clerk)


def test_a_split_taken_back_leaves_one_household_and_two_lines(clerk: User) -> None:
    new = actions.split(household=household(), members=[person("周鹏")], head=person("周鹏"), area=OTHER_VILLAGE, on=MARCH, by=clerk)
    assert person("周鹏").area == OTHER_VILLAGE
    actions.undo(change=Change.objects.get(kind="split_off"), by=clerk)
    assert len(members()) == 3
    assert person("周鹏").area == VILLAGE
    assert not page(new.number).exists
    assert [event.kind for event in page().timeline][:2] == ["undone", "split"]
    assert [event.reversed for event in page().timeline][1]
    with pytest.raises(Refused, match="已经撤销过"):
        actions.undo(change=Change.objects.get(kind="split"), by=clerk)


def test_a_household_goes_into_another_and_its_row_stays(clerk: User) -> None:
    actions.set_category(category=Category.objects.get(pk="DB"), household=household(SECOND), on=MARCH, by=clerk)
    actions.merge(household=household(SECOND), into=household(), relations={person("孙福").pk: "70"}, on=MAY, by=clerk)
    assert members()["孙福"] == "70"
    gone, kept = household(SECOND), household()
    assert (gone.merged_into, gone.closed_on, gone.groups) == (kept, MAY, "")
    assert kept.groups == "TK+DB"
    assert (page().merged_from, page(SECOND).merged_into, page(SECOND).exists) == ((SECOND,), FIRST, False)
    assert page(SECOND, on=MARCH).exists
    with pytest.raises(Refused, match=f"已并入 {FIRST}"):
        actions.move(household=gone, area=VILLAGE, address="别处", on=MAY, by=clerk)


def test_a_merge_taken_back_brings_the_household_again(clerk: User) -> None:
    change = actions.merge(household=household(SECOND), into=household(), on=MAY, by=clerk)
    actions.undo(change=change, by=clerk)
    assert household(SECOND).merged_into is None
    assert members(SECOND) == {"孙福": "02"}
    assert (household().groups, household(SECOND).groups) == ("", "TK")


def test_a_household_moves_and_keeps_its_number(clerk: User) -> None:
    actions.move(household=household(), area=OTHER_VILLAGE, address="大冷镇程沟村", on=MARCH, by=clerk)
    assert (household().area, person("周鹏").area) == (OTHER_VILLAGE, OTHER_VILLAGE)
    assert set(NameToken.objects.filter(person__name="周鹏").values_list("area", flat=True)) == {OTHER_VILLAGE}
    assert (page().area, page(on=DAY).area) == (OTHER_VILLAGE, VILLAGE)
    assert set(Change.objects.filter(household=household()).values_list("area", flat=True)) == {OTHER_VILLAGE}


def test_a_person_joins_and_can_not_join_twice(clerk: User) -> None:
    new = actions.NewPerson("周小明", "210922201801011234")
    child = actions.add_member(household=household(), person=new, relation_code="41", on=MARCH, by=clerk)
    assert (child.sex, child.birth_date) == ("1", date(2018, 1, 1))
    assert members()["周小明"] == "41"
    with pytest.raises(Refused, match=f"现为户 {FIRST} 的成员"):
        actions.add_member(household=household(SECOND), person=child, relation_code="41", on=MAY, by=clerk)
    with pytest.raises(Refused, match="已登记在周小明名下"):
        actions.add_member(household=household(), person=new, relation_code="41", on=MARCH, by=clerk)


def test_a_wrong_number_is_refused_with_its_reason(clerk: User) -> None:
    new = actions.NewPerson("周小明", "210922201801011230")
    with pytest.raises(Refused, match="校验位不成立"):
        actions.add_member(household=household(), person=new, relation_code="41", on=MARCH, by=clerk)


def test_the_head_dies_and_the_widow_follows(clerk: User) -> None:
    with pytest.raises(Refused, match="周德海是户主"):
        actions.remove_member(household=household(), person=person("周德海"), reason=Leaving.DIED, on=MARCH, by=clerk)
    change = actions.remove_member(
        household=household(), person=person("周德海"), reason=Leaving.DIED, new_head=person("赵凤芹"), on=MARCH, by=clerk
    )
    assert members() == {"赵凤芹": "02", "周鹏": "41"}
    assert (person("周德海").alive, person("周德海").death_date) == (False, MARCH)
    assert [former.name for former in page().former_members] == ["周德海"]
    actions.undo(change=change, by=clerk)
    assert members()["周德海"] == "02"
    assert person("周德海").alive


def test_the_last_one_leaving_closes_the_household(clerk: User) -> None:
    change = actions.remove_member(household=household(SECOND), person=person("孙福"), reason=Leaving.MOVED_OUT, on=MARCH, by=clerk)
    assert household(SECOND).closed_on == MARCH
    assert page(SECOND).ending == "销户"
    actions.undo(change=change, by=clerk)
    assert (household(SECOND).closed_on, members(SECOND)) == (None, {"孙福": "02"})


def test_a_dead_person_can_not_join(clerk: User) -> None:
    actions.remove_member(household=household(SECOND), person=person("孙福"), reason=Leaving.DIED, on=MARCH, by=clerk)
    with pytest.raises(Refused, match="已登记死亡"):
        actions.add_member(household=household(), person=person("孙福"), relation_code="97", on=MAY, by=clerk)


def test_what_rests_on_a_change_is_undone_first(clerk: User) -> None:
    first = actions.change_head(household=household(), head=person("赵凤芹"), on=MARCH, by=clerk)
    second = actions.change_head(household=household(), head=person("周鹏"), on=MAY, by=clerk)
    with pytest.raises(Refused, match="请先撤销后来的变动"):
        actions.undo(change=first, by=clerk)
    actions.undo(change=second, by=clerk)
    actions.undo(change=first, by=clerk)
    assert members() == {"周德海": "02", "赵凤芹": "10", "周鹏": "41"}


def test_someone_who_left_and_joined_elsewhere_is_not_brought_back(clerk: User) -> None:
    change = actions.remove_member(household=household(), person=person("周鹏"), reason=Leaving.OTHER, on=MARCH, by=clerk)
    actions.add_member(household=household(SECOND), person=person("周鹏"), relation_code="97", on=MAY, by=clerk)
    with pytest.raises(Refused, match="请先撤销后来的变动"):
        actions.undo(change=change, by=clerk)
    assert members(SECOND)["周鹏"] == "97"


def test_enrolment_is_not_undone(clerk: User) -> None:
    with pytest.raises(Refused, match="不能撤销"):
        actions.undo(change=Change.objects.filter(kind="enrolled")[0], by=clerk)


def test_categories_know_their_scope_years_and_province(clerk: User) -> None:
    poor, disabled, later, guangdong = (Category.objects.get(pk=code) for code in ("JDLK", "CJ", "YFP", "XDP"))
    with pytest.raises(Refused, match="按户认定"):
        actions.set_category(category=poor, person=person("周鹏"), on=MARCH, by=clerk)
    with pytest.raises(Refused, match="按人认定"):
        actions.set_category(category=disabled, household=household(), on=MARCH, by=clerk)
    with pytest.raises(Refused, match="没有农村易返贫致贫户这一类别"):
        actions.set_category(category=later, household=household(), on=MARCH, by=clerk)
    with pytest.raises(Refused, match="不适用于本省"):
        actions.set_category(category=guangdong, household=household(), on=MARCH, by=clerk)
    actions.set_category(category=poor, household=household(), on=MARCH, by=clerk)
    with pytest.raises(Refused, match="已在建档立卡贫困户中"):
        actions.set_category(category=poor, household=household(), on=MAY, by=clerk)
    actions.end_category(category=poor, household=household(), on=MAY, by=clerk)
    assert household().groups == ""
    assert Belonging.objects.as_of(date(2020, 4, 1)).filter(category=poor).count() == 1
    with pytest.raises(Refused, match="不能早于它"):
        actions.set_category(category=poor, household=household(), on=date(2020, 4, 1), by=clerk)


def test_a_persons_category_goes_where_the_person_goes(clerk: User) -> None:
    actions.set_category(category=Category.objects.get(pk="CJ"), person=person("周鹏"), on=MARCH, by=clerk)
    assert household().groups == "CJ"
    new = actions.split(household=household(), members=[person("周鹏")], head=person("周鹏"), on=MAY, by=clerk)
    assert (household().groups, household(new.number).groups) == ("", "CJ")


def test_a_correction_keeps_what_was_known(clerk: User) -> None:
    before = person("周鹏").recorded_at
    change = actions.correct_person(person=person("周鹏"), reason="户口簿", by=clerk, name="周朋", id_number="210922200906150316")
    assert page().timeline[0].sentence == "更正周朋的身份证号、姓名：户口簿"
    assert NameToken.objects.filter(token="周朋").exists()
    assert not NameToken.objects.filter(token="周鹏").exists()
    then = household_page(number=FIRST, within="", on=TODAY, known_at=before)
    assert [member.name for member in then.members][2] == "周鹏"
    actions.undo(change=change, by=clerk)
    assert person("周鹏").id_number == ""


def test_a_number_given_up_goes_to_the_one_flagged_for_it(clerk: User) -> None:
    actions.enrol(rows=[Enrolment(1, "u:1", "周得海", VILLAGE, id_number="210922195404120914")], on=DAY, by=clerk, source="u")
    with pytest.raises(Refused, match="周德海名下"):
        actions.correct_person(person=person("孙福"), reason="户口簿", by=clerk, id_number="210922195404120914")
    actions.correct_person(person=person("周德海"), reason="户口簿", by=clerk, id_number="")
    assert not person("周得海").id_conflict


def test_a_house_is_rebuilt_and_lived_in(clerk: User) -> None:
    old = actions.record_dwelling(
        household=household(), kind="own", on=DAY, by=clerk, state={"structure": "earth_timber", "year_built": 1986}
    )
    actions.occupy(household=household(), dwelling=old, kind="live", on=DAY, by=clerk)
    actions.describe_dwelling(dwelling=old, household=household(), on=MARCH, by=clerk, state={"status": "demolished"})
    actions.vacate(household=household(), dwelling=old, kind="live", on=MARCH, by=clerk)
    actions.record_dwelling(household=household(), kind="live", on=MAY, by=clerk, replaces=old, state={"structure": "brick_concrete"})
    now, then = page().dwellings, page(on=date(2020, 2, 1)).dwellings
    assert [(house.number, house.kind) for house in then] == [(f"{FIRST}-1", "live"), (f"{FIRST}-1", "own")]
    assert [(house.number, house.kind, house.replaces) for house in now] == [
        (f"{FIRST}-1", "own", ""),
        (f"{FIRST}-2", "live", f"{FIRST}-1"),
    ]
    assert now[0].state is not None
    assert (now[0].state.status, now[0].state.year_built) == ("demolished", 1986)
    assert Dwelling.objects.count() == 2
    assert Occupancy.objects.as_of(TODAY).count() == 2


def test_a_family_moves_out_for_the_works_and_back(clerk: User) -> None:
    state = {"structure": "brick_timber"}
    old = actions.record_dwelling(household=household(), kind="own", on=DAY, by=clerk, state=state)
    actions.occupy(household=household(), dwelling=old, kind="live", on=DAY, by=clerk)
    other = actions.record_dwelling(household=household(SECOND), kind="own", on=DAY, by=clerk, state=state)

    def lives(on: date) -> set[tuple[str, str]]:
        return {(one.dwelling.number, one.kind) for one in homes(on).filter(household=household()).select_related("dwelling")}

    out = actions.move_out(household=household(), dwelling=other, on=MARCH, by=clerk)
    assert lives(MARCH) == {(other.number, "transitional")}
    assert lives(date(2020, 2, 29)) == {(old.number, "live")}
    with pytest.raises(Refused, match="已经住在"):
        actions.move_out(household=household(), dwelling=other, on=MAY, by=clerk)
    back = actions.move_back(out=out, on=MAY, by=clerk)
    assert lives(MAY) == {(old.number, "live")}
    assert lives(date(2020, 4, 30)) == {(other.number, "transitional")}
    with pytest.raises(Refused, match="已经不在那里"):
        actions.move_back(out=out, on=TODAY, by=clerk)
    actions.undo(change=back, by=clerk)
    assert lives(TODAY) == {(other.number, "transitional")}
    # That they live at home was said before anybody said that they came back.
    told = actions.occupy(household=household(), dwelling=old, kind="live", on=MAY, by=clerk)
    back = actions.move_back(out=out, on=MAY, by=clerk)
    assert lives(MAY) == {(old.number, "live")}
    actions.undo(change=back, by=clerk)
    actions.undo(change=told, by=clerk)
    actions.undo(change=out, by=clerk)
    assert lives(TODAY) == lives(MARCH) == {(old.number, "live")}
    assert [event.kind for event in page().timeline].count("undone") == 4


def test_flags_and_past_support_are_shown(clerk: User) -> None:
    actions.set_flag(flag="village_cadre", person=person("周德海"), on=MARCH, by=clerk)
    actions.set_flag(flag="double_none", household=household(), on=MARCH, by=clerk)
    actions.record_support(year=2016, kind="危房改造", amount=2_000_000, household=household(), by=clerk)
    assert [(flag.label, flag.person) for flag in page().flags] == [("双无", ""), ("村干部", "周德海")]
    assert [(support.year, support.amount) for support in page().past_supports] == [(2016, 2_000_000)]
    actions.end_flag(flag="double_none", household=household(), on=MAY, by=clerk)
    assert [flag.flag for flag in page().flags] == ["village_cadre"]


def test_closing_takes_everybody_out(clerk: User) -> None:
    change = actions.close(household=household(), reason="整户迁往外省", on=MAY, by=clerk)
    assert not Membership.objects.open().filter(household=household()).exists()
    assert Registration.objects.get(household=household(), superseded_at=None).ending == "closed"
    actions.undo(change=change, by=clerk)
    assert len(members()) == 3


def test_the_timeline_is_not_edited(clerk: User) -> None:
    line = Change.objects.filter(kind="enrolled")[0]
    for statement in ("UPDATE registry_change SET kind = 'closed' WHERE id = %s", "DELETE FROM registry_change WHERE id = %s"):
        with pytest.raises(Error, match="只可追加"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement, [line.pk])
