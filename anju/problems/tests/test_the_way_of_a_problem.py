"""Found, handed over, rectified, verified by a higher level, struck off; and what is refused on the way."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from anju.accounts.models import Grant, User
from anju.clock.actions import set_today
from anju.demo import pictures as drawn
from anju.evidence import photos
from anju.problems import actions, rules
from anju.problems.models import Problem, State, Step
from anju.problems.standing import standing
from anju.problems.tests.conftest import DUE, MENDED, TODAY, VILLAGE, Open, photographed
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.tests import county

pytestmark = pytest.mark.django_db


def _stands(problem: Problem) -> None:
    """The problem is where its steps say."""
    problem.refresh_from_db()
    assert standing(problem.steps.all()) == {name: getattr(problem, name) for name in Problem.FOLLOWS}


def test_from_finding_to_striking_off(open_one: Open, clerk: User, township: User) -> None:
    problem = open_one(due=DUE)
    assert (problem.number, problem.state, problem.title) == ("彰武县问题〔2020〕1号", State.OPEN, "14 户没有一户一档")
    photographed(actions.hand_over(problem=problem, to=township.organisation, due=DUE, by=clerk), township)
    actions.report_plan(problem=problem, plan="6月15日前逐户补齐", by=township)
    set_today(day=date(2020, 6, 18))
    actions.rectify(problem=problem, by=township, **MENDED)
    actions.verify(problem=problem, way="sample", by=clerk, text="抽查 3 户，档案齐全")
    _stands(problem)
    assert (problem.state, problem.way, problem.closed_on) == (State.CLOSED, "sample", date(2020, 6, 18))
    assert (problem.rectified_level, problem.verified_level) == (5, 4)
    assert [step.kind for step in problem.steps.all()] == ["opened", "handed", "planned", "rectified", "closed"]


def test_numbers_are_given_once_per_county_and_year(open_one: Open, stranger: User) -> None:
    first, second = open_one(), open_one()
    elsewhere = open_one(area="210921100201", by=stranger)
    set_today(day=date(2021, 1, 4))
    later = open_one()
    assert [one.number for one in (first, second, elsewhere, later)] == [
        "彰武县问题〔2020〕1号", "彰武县问题〔2020〕2号", "阜新蒙古族自治县问题〔2020〕1号", "彰武县问题〔2021〕1号",
    ]  # fmt: skip


def test_a_township_that_sees_only_its_own_gets_the_countys_next_number(open_one: Open, township: User, other_township: User) -> None:
    open_one(by=other_township, area="210922115201")
    assert open_one(by=township).serial == 2


def test_the_same_key_opens_one_problem(open_one: Open, clerk: User) -> None:
    first = open_one(key="verification.claim:7")
    assert open_one(key="verification.claim:7", description="再报一次") == first
    assert Problem.objects.count() == 1
    assert first.steps.count() == 1
    assert open_one().pk != open_one().pk


def test_the_same_level_doesnt_verify_its_own_work(rectified: Problem, township: User) -> None:
    with pytest.raises(Refused, match=r"乡镇级.*S1-31") as refusal:
        actions.verify(problem=rectified, way="all", by=township)
    assert refusal.value.rule is rules.ABOVE
    with pytest.raises(Refused):
        actions.send_back(problem=rectified, text="不行", by=township)
    _stands(rectified)
    assert rectified.state == State.VERIFYING


def test_the_township_verifies_what_the_village_mended(open_one: Open, clerk: User, township: User, village: User) -> None:
    problem = actions.hand_over(problem=open_one(), to=village.organisation, due=DUE, by=township)
    actions.rectify(problem=photographed(problem, village), by=village, **MENDED)
    actions.verify(problem=problem, way="all", by=township)
    assert problem.state == State.CLOSED


def test_what_the_county_mended_the_city_verifies(open_one: Open, clerk: User, supervisor: User) -> None:
    problem = actions.hand_over(problem=open_one(), to=clerk.organisation, due=DUE, by=clerk)
    actions.rectify(problem=photographed(problem, clerk), by=clerk, **MENDED)
    with pytest.raises(Refused, match="县级"):
        actions.verify(problem=problem, way="papers", by=clerk)
    actions.verify(problem=problem, way="papers", by=supervisor)
    assert problem.verified_level == 3


def test_nobody_rises_above_their_own_office_by_another_right(rectified: Problem, township: User) -> None:
    """A county's right in the hands of the township's people doesn't let the township verify itself."""
    grant = Grant.objects.create(user=township, role="county_clerk", area="210922", valid_from=date(2020, 1, 1))
    township.act_in(grant)
    with pytest.raises(Refused) as refusal:
        actions.verify(problem=rectified, way="papers", by=township)
    assert refusal.value.rule is rules.ABOVE


def test_sent_back_it_is_mended_again(rectified: Problem, clerk: User, township: User) -> None:
    actions.send_back(problem=rectified, text="第 3 户还缺照片", by=clerk, due=date(2020, 6, 25))
    _stands(rectified)
    assert (rectified.state, rectified.due) == (State.RETURNED, date(2020, 6, 25))
    actions.rectify(problem=rectified, by=township, **MENDED | {"report": "第 3 户已补"})
    actions.verify(problem=rectified, way="sample", by=clerk)
    assert (rectified.state, rectified.report) == (State.CLOSED, "第 3 户已补")


def test_without_a_photo_nothing_is_mended(open_one: Open, clerk: User, township: User) -> None:
    problem = actions.hand_over(problem=open_one(), to=township.organisation, due=DUE, by=clerk)
    with pytest.raises(Refused, match="S2-23") as refusal:
        actions.rectify(problem=problem, by=township, **MENDED)
    assert refusal.value.rule is rules.PHOTO
    assert problem.album is not None
    before = photos.add(album=problem.album, file=drawn.house(3, size=(640, 480)), kind="before_mending", by=township)
    with pytest.raises(Refused):
        actions.rectify(problem=problem, by=township, **MENDED)
    after = photos.add(album=problem.album, file=drawn.house(4, size=(640, 480)), kind="after_mending", by=township)
    photos.withdraw(photo=after, by=township, reason="拍错了")
    with pytest.raises(Refused):
        actions.rectify(problem=problem, by=township, **MENDED)
    photos.restore(photo=after, by=township)
    actions.rectify(problem=problem, by=township, **MENDED)
    assert before.album == problem.album


@pytest.mark.parametrize(
    ("left_out", "rule"), [("report", rules.REPORT), ("cause", rules.CAUSE), ("mended", rules.CAUSE), ("self_check", rules.SELF_CHECK)]
)
def test_a_rectification_says_what_why_and_what_else(handed: Problem, township: User, left_out: str, rule: object) -> None:
    with pytest.raises(Refused) as refusal:
        actions.rectify(problem=handed, by=township, **MENDED | {left_out: " "})
    assert refusal.value.rule is rule
    assert "依据" in refusal.value.message


def test_who_does_what(open_one: Open, rectified: Problem, discipline: User, village: User, viewer: User) -> None:
    attempts: list[Callable[[User], object]] = [
        lambda by: open_one(by=by),
        lambda by: actions.hand_over(problem=rectified, to=by.organisation, due=DUE, by=by),
        lambda by: actions.rectify(problem=rectified, by=by, **MENDED),
        lambda by: actions.verify(problem=rectified, way="all", by=by),
        lambda by: actions.transfer(problem=rectified, reason="slow", text="拖延", by=by),
        lambda by: actions.undo(problem=rectified, reason="误", by=by),
    ]
    for user in (discipline, viewer):
        for attempt in attempts:
            with pytest.raises(Refused) as refusal:
                attempt(user)
            assert refusal.value.rule is rules.ROLE
    with pytest.raises(Refused, match="满堂红镇政府"):
        actions.rectify(problem=actions.undo(problem=rectified, reason="误报", by=User.objects.get(login="刘洋")), by=village, **MENDED)


def test_nothing_of_another_area(open_one: Open, rectified: Problem, stranger: User, other_township: User) -> None:
    attempts: list[Callable[[User], object]] = [
        lambda by: open_one(by=by),
        lambda by: actions.verify(problem=rectified, way="all", by=by),
        lambda by: actions.send_back(problem=rectified, text="退", by=by),
        lambda by: actions.transfer(problem=rectified, reason="slow", text="拖延", by=by),
    ]
    for user in (stranger, other_township):
        for attempt in attempts:
            with pytest.raises(Refused) as refusal:
                attempt(user)
            assert refusal.value.rule is rules.AREA


def test_it_is_handed_to_an_office_that_answers_for_the_place(open_one: Open, clerk: User, township: User, other_township: User) -> None:
    problem = open_one()
    with pytest.raises(Refused, match="大冷镇政府"):
        actions.hand_over(problem=problem, to=other_township.organisation, due=DUE, by=clerk)
    with pytest.raises(Refused, match="不能由您交办"):
        actions.hand_over(problem=problem, to=clerk.organisation, due=DUE, by=township)
    with pytest.raises(Refused, match="早于当天"):
        actions.hand_over(problem=problem, to=township.organisation, due=TODAY - timedelta(1), by=clerk)
    actions.hand_over(problem=problem, to=township.organisation, due=DUE, by=clerk)
    with pytest.raises(Refused, match="写明理由"):
        actions.hand_over(problem=problem, to=township.organisation, due=date(2020, 7, 1), by=clerk)
    actions.hand_over(problem=problem, to=township.organisation, due=date(2020, 7, 1), by=clerk, note="汛期延期")
    _stands(problem)
    assert problem.due == date(2020, 7, 1)


def test_a_clue_leaves_the_ordinary_way_and_its_outcome_comes_back(rectified: Problem, clerk: User) -> None:
    with pytest.raises(Refused) as refusal:
        actions.transfer(problem=rectified, reason="because", text="事由", by=clerk)
    assert refusal.value.rule is rules.CLUE
    actions.transfer(problem=rectified, reason="weak", text="两次退回仍未改", by=clerk)
    with pytest.raises(Refused, match="移交线索"):
        actions.verify(problem=rectified, way="all", by=clerk)
    actions.answer_clue(problem=rectified, outcome="已诫勉谈话 1 人", by=clerk)
    _stands(rectified)
    assert rectified.state == State.CLUE


def test_the_last_step_is_taken_back_by_a_further_step(rectified: Problem, clerk: User, township: User) -> None:
    with pytest.raises(Refused, match="满堂红镇政府"):
        actions.undo(problem=rectified, reason="我来撤", by=clerk)
    actions.undo(problem=rectified, reason="报早了", by=township)
    _stands(rectified)
    assert (rectified.state, rectified.report) == (State.RECTIFYING, "")
    assert rectified.steps.count() == 4
    actions.rectify(problem=rectified, by=township, **MENDED)
    actions.verify(problem=rectified, way="papers", by=clerk)
    actions.undo(problem=rectified, reason="销错了", by=clerk)
    _stands(rectified)
    assert (rectified.state, rectified.closed_on, rectified.verified_level) == (State.VERIFYING, None, None)


def test_a_mistaken_entry_is_struck_and_its_number_not_given_again(open_one: Open, clerk: User) -> None:
    problem = actions.undo(problem=open_one(), reason="登记错了", by=clerk)
    _stands(problem)
    assert problem.state == State.VOID
    with pytest.raises(Refused) as refusal:
        actions.undo(problem=problem, reason="再撤", by=clerk)
    assert refusal.value.rule is rules.UNDO
    assert open_one().serial == 2


def test_numbers_that_name_somebody_stay_out_of_the_ledger(open_one: Open, handed: Problem, township: User) -> None:
    number = county.number("19540412", 11)
    for text in (f"户主 {number} 没有档案", "联系 13800138000", "卡号 6222021234567890128", "电话 0418-6926331"):
        with pytest.raises(Refused) as refusal:
            open_one(description=text)
        assert refusal.value.rule is rules.NUMBERS
    with pytest.raises(Refused):
        actions.rectify(problem=handed, by=township, **MENDED | {"report": f"已给 {number[:6]} {number[6:14]} {number[14:]} 补报"})
    for serial in range(1, 40):
        open_one(description=f"210922109201-{serial:04d} 户没有档案，2020-06-01 查的")


def test_a_households_problem_lies_where_it_lives(open_one: Open) -> None:
    registry.enrol(
        on=date(2020, 1, 1),
        by=None,
        source="t",
        rows=[Enrolment(1, "t:1", "周德海", VILLAGE, "1", id_number=county.number("19540412", 11), relation="02")],
    )
    household = Household.objects.get()
    assert open_one(household=household).household == household
    with pytest.raises(Refused, match=household.number):
        open_one(household=household, area="210922115")


def test_a_problem_that_comes_again_names_the_earlier_one(rectified: Problem, open_one: Open, clerk: User) -> None:
    actions.verify(problem=rectified, way="papers", by=clerk)
    again = open_one(recurrence_of=rectified)
    assert list(rectified.recurrences.all()) == [again]


# ------------------------------------------------------------------------------------------------ the database itself


def test_the_database_keeps_steps_and_the_level_of_verification(rectified: Problem, clerk: User, township: User) -> None:
    attempts = (
        "UPDATE problems_step SET text = 'x'",
        "DELETE FROM problems_step",
        "UPDATE problems_problem SET state = 'closed', closed_on = '2020-06-10', way = 'all', verified_level = 4",
        "UPDATE problems_problem SET state = 'closed', closed_on = '2020-06-10', way = 'all', verified_level = 5",
        "UPDATE problems_problem SET rectified_level = NULL",
        f"""INSERT INTO problems_step (problem_id, ordinal, kind, "on", at, by_id, office_id, level, text, detail)
            VALUES ({rectified.pk}, 4, 'closed', '2020-06-10', now(), {township.pk}, {township.organisation_id}, 5, '', '{{"way": "all"}}')""",
    )
    for statement in attempts:
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(DatabaseError), transaction.atomic():
        Step.objects.create(
            problem=rectified, ordinal=4, kind="returned", on=TODAY, at="2020-06-10T00:00:00Z", by=township, office=township.organisation, level=5
        )  # fmt: skip
    actions.verify(problem=rectified, way="all", by=clerk)
