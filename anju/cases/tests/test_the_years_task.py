"""The year's task goes down from level to level; days only become earlier; what was said before stays; quota is asked for upward."""

from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from anju.accounts.models import Grant, User
from anju.accounts.scope import actor_of
from anju.appraisals.tests.conftest import COUNTY, TOWNSHIP, VILLAGE, person, refused
from anju.cases import actions, planning, qualified, quotas, rules
from anju.cases.actions import Share
from anju.cases.models import AnnualPlan, Case, PlanChange, QuotaRequest
from anju.cases.tests.conftest import Road
from anju.clock.actions import set_today
from anju.policy.values.programme import read_lead
from anju.registry.models import Belonging, DatedFlag, Household, PastSupport
from anju.trail.acting import acting

CITY, OTHER_COUNTY, OTHER_TOWNSHIP = "2109", "210921", "210922115"
LAST = date(2020, 6, 25)


@pytest.fixture
def city(places: None) -> User:
    """The city's, who hands tasks down."""
    return person("阜新市局", "city_viewer", CITY)


@pytest.fixture
def neighbour(places: None) -> User:
    """The clerk of the next county."""
    return person("阜蒙经办", "county_clerk", OTHER_COUNTY)


def plan_of(area: str) -> AnnualPlan:
    """The plan of 2020."""
    return AnnualPlan.objects.get(area=area, year=2020)


# ------------------------------------------------------------------------------------------------ the tree


def test_a_task_goes_down_the_levels_and_the_difference_is_said(city: User, clerk: User, township: User) -> None:
    actions.make_plan(area=CITY, year=2020, households=2000, complete_due=LAST, document="阜住建〔2020〕2号", by=city)
    shares = [Share(area=COUNTY, households=400, days={"completion": date(2020, 6, 20)}), Share(area=OTHER_COUNTY, households=1500)]
    made = actions.hand_down(area=CITY, year=2020, shares=shares, document="阜住建〔2020〕5号", by=city)
    assert (made.task, made.total, made.difference) == (2000, 1900, -100)
    assert {one.area: (one.households, one.complete_due) for one in made.plans} == {
        COUNTY: (400, date(2020, 6, 20)),
        OTHER_COUNTY: (1500, LAST),
    }
    down = actions.hand_down(
        area=COUNTY, year=2020, shares=[Share(area=TOWNSHIP, households=30), Share(area=OTHER_TOWNSHIP, households=0)], by=clerk
    )
    assert [(one.area, one.households, one.complete_due) for one in down.plans] == [
        (TOWNSHIP, 30, date(2020, 6, 20)), (OTHER_TOWNSHIP, 0, date(2020, 6, 20))
    ]  # fmt: skip
    refused(rules.ROLE, lambda: actions.hand_down(area=TOWNSHIP, year=2020, shares=[Share(area=VILLAGE, households=3)], by=township))
    refused(rules.TASK, lambda: actions.hand_down(area=TOWNSHIP, year=2020, shares=[Share(area=VILLAGE, households=3)], by=clerk))


def test_a_level_hands_down_its_own_task_to_the_areas_right_below(city: User, clerk: User, neighbour: User) -> None:
    one = [Share(area=COUNTY, households=3)]
    refused(rules.TASK, lambda: actions.hand_down(area=CITY, year=2020, shares=one, by=city))  # no task yet
    actions.make_plan(area=CITY, year=2020, households=9, complete_due=LAST, by=city)
    elsewhere = ([Share(area=code, households=1)] for code in (TOWNSHIP, "2110", CITY))
    for shares in ([], [*one, *one], [Share(area=COUNTY, households=-1)], *elsewhere):
        refused(rules.TASK, partial(actions.hand_down, area=CITY, year=2020, shares=shares, by=city))
    late = [Share(area=COUNTY, households=3, days={"completion": date(2020, 6, 26)})]
    said = refused(rules.PLAN, lambda: actions.hand_down(area=CITY, year=2020, shares=late, by=city))
    assert "彰武" in said
    assert "2020-06-25" in said
    refused(rules.ROLE, lambda: actions.hand_down(area=CITY, year=2020, shares=one, by=clerk))
    actions.make_plan(area=COUNTY, year=2020, households=3, complete_due=LAST, by=clerk)
    refused(
        rules.TASK, lambda: actions.hand_down(area=COUNTY, year=2020, shares=[Share(area=TOWNSHIP, households=3)], by=city)
    )  # its own to do
    refused(rules.ROLE, lambda: actions.hand_down(area=COUNTY, year=2020, shares=[Share(area=TOWNSHIP, households=3)], by=neighbour))
    assert not AnnualPlan.objects.filter(area=TOWNSHIP).exists()


def test_what_was_handed_down_keeps_its_number_and_its_days_may_only_be_earlier(city: User, clerk: User) -> None:
    actions.make_plan(area=CITY, year=2020, households=400, complete_due=LAST, by=city)
    actions.hand_down(area=CITY, year=2020, shares=[Share(area=COUNTY, households=400, days={"completion": date(2020, 6, 20)})], by=city)

    def again(**said: Any) -> AnnualPlan:
        return actions.make_plan(
            **{"area": COUNTY, "year": 2020, "households": 400, "complete_due": date(2020, 6, 20), "by": clerk, **said}
        )

    said = refused(rules.TASK, lambda: again(households=300))
    assert "申请指标" in said
    refused(rules.TASK, lambda: again(complete_due=date(2020, 6, 21)))
    again(complete_due=date(2020, 6, 10))
    again(complete_due=date(2020, 6, 15))  # later than its own of before, earlier than what was handed down
    actions.hand_down(area=CITY, year=2020, shares=[Share(area=COUNTY, households=390, days={"completion": date(2020, 6, 18)})], by=city)
    assert (plan_of(COUNTY).households, plan_of(COUNTY).complete_due) == (390, date(2020, 6, 15))


def test_days_of_two_levels_stay_in_the_order_of_the_road(city: User, clerk: User) -> None:
    def hand(**days: date) -> None:
        actions.hand_down(area=CITY, year=2020, shares=[Share(area=COUNTY, households=400, days=days)], by=city)

    actions.make_plan(area=CITY, year=2020, households=400, complete_due=LAST, by=city)
    hand()
    actions.make_plan(
        area=COUNTY, year=2020, households=400, start_due=date(2020, 4, 25), complete_due=date(2020, 6, 20), days={"survey": date(2020, 3, 20)}, by=clerk
    )  # fmt: skip
    hand(completion=date(2020, 4, 1))
    plan = plan_of(COUNTY)
    assert (plan.days, plan.start_due, plan.complete_due) == ({"survey": "2020-03-20"}, date(2020, 4, 1), date(2020, 4, 1))
    hand(completion=LAST)
    actions.make_plan(area=COUNTY, year=2020, households=400, complete_due=date(2020, 4, 10), by=clerk)
    hand(start=date(2020, 4, 20))
    assert (plan_of(COUNTY).start_due, plan_of(COUNTY).complete_due) == (date(2020, 4, 10), date(2020, 4, 10))


def test_what_a_plan_said_before_stays_with_who_changed_it(clerk: User) -> None:
    def make(households: int, document: str) -> None:
        actions.make_plan(area=COUNTY, year=2020, households=households, complete_due=LAST, document=document, by=clerk)

    make(404, "1号")
    make(404, "1号")  # nothing new
    make(410, "2号")
    first, second = planning.changes_of(plan_of(COUNTY)).order_by("id")
    assert (first.kind, first.before, first.after["households"]) == ("entered", {}, 404)
    assert (second.kind, second.before["households"], second.after["households"], second.document, second.by) == (
        "corrected",
        404,
        410,
        "2号",
        clerk,
    )
    for sql in ("UPDATE cases_planchange SET document = '3号'", "DELETE FROM cases_planchange"):
        with pytest.raises(IntegrityError, match="不再改"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)


def test_a_level_above_that_is_not_on_the_system_is_recorded_below_with_its_document(clerk: User, neighbour: User) -> None:
    def record(by: User, **said: Any) -> AnnualPlan:
        return actions.make_plan(**{"area": CITY, "year": 2020, "households": 2000, "complete_due": LAST, "by": by, **said})

    refused(rules.TASK, lambda: record(clerk))
    record(clerk, document="阜住建〔2020〕2号")
    refused(rules.TASK, lambda: record(neighbour, document="阜住建〔2020〕3号"))
    assert plan_of(CITY).document == "阜住建〔2020〕2号"
    refused(rules.ROLE, lambda: record(clerk, area="2110", document="x"))
    person("阜新市局", "city_viewer", CITY)
    refused(rules.TASK, lambda: record(clerk, document="阜住建〔2020〕4号", households=1))


def test_a_level_is_on_the_system_as_long_as_somebody_may_plan_there(clerk: User) -> None:
    lent = person("市局借调", "discipline", CITY)
    assert not planning.planners(CITY)
    for last, holds in ((date(2020, 6, 9), False), (date(2020, 6, 10), True)):
        Grant.objects.create(user=lent, role="city_viewer", area=CITY, valid_from=date(2020, 1, 1), valid_to=last)
        assert planning.planners(CITY) is holds


def test_days_are_in_the_order_of_the_road(clerk: User) -> None:
    def make(**days: date) -> AnnualPlan:
        return actions.make_plan(area=COUNTY, year=2020, households=4, complete_due=LAST, by=clerk, days=days)

    refused(rules.PLAN, lambda: make(survey=date(2020, 3, 25), preparation=date(2020, 3, 24)))
    refused(rules.PLAN, lambda: make(survey=date(2020, 3, 31)))  # the city wants it on the 30th
    made = make(approval=date(2020, 3, 10), survey=date(2020, 3, 20))
    assert made.days == {"approval": "2020-03-10", "survey": "2020-03-20"}


def test_the_plan_of_a_level_on_the_system_is_changed_by_nobody_else(city: User, clerk: User) -> None:
    province = person("省里", "province_viewer", "21")
    actions.make_plan(area=COUNTY, year=2020, households=4, complete_due=LAST, by=clerk)
    for by in (city, province):
        refused(rules.TASK, partial(actions.make_plan, area=COUNTY, year=2020, households=9, complete_due=LAST, document="1号", by=by))
    refused(rules.TASK, lambda: actions.make_plan(area=CITY, year=2020, households=9, complete_due=LAST, document="1号", by=province))
    refused(rules.TASK, lambda: actions.make_plan(area="21", year=2020, households=9, complete_due=LAST, document="1号", by=city))
    refused(rules.ROLE, lambda: actions.hand_down(area="21", year=2020, shares=[Share(area=CITY, households=3)], by=city))
    assert plan_of(COUNTY).households == 4
    actions.make_plan(area=OTHER_COUNTY, year=2020, households=5, complete_due=LAST, by=city)  # nobody of it is on the system
    assert plan_of(OTHER_COUNTY).made_by == city


# ------------------------------------------------------------------------------------------------ days


def test_days_are_counted_back_where_nobody_set_one_and_are_never_later_than_above(clerk: User) -> None:
    actions.make_plan(area=COUNTY, year=2020, households=4, start_due=date(2020, 4, 20), complete_due=date(2020, 6, 20), by=clerk)
    plans = planning.plans_of(COUNTY, 2020)
    told = {one.step: (one.day, one.area, one.counted) for one in planning.schedule(COUNTY, plans, 2020)}
    assert told["completion"] == (date(2020, 6, 20), COUNTY, False)
    assert told["start"] == (date(2020, 4, 20), COUNTY, False)
    assert told["survey"] == (date(2020, 3, 30), CITY, False)  # Fuxin's rule
    assert told["approval"] == (date(2020, 3, 22), "", True)  # 90 days before the 20th
    assert {one.step: one.day for one in planning.schedule(TOWNSHIP, plans, 2020)} == {step: day for step, (day, *_rest) in told.items()}
    found = {one.holds.step: one for one in planning.beside(CITY, plans, 2020, {})}
    assert found["start"].earlier_below == ((COUNTY, date(2020, 4, 20)),)
    assert found["completion"].holds.policy


def test_every_step_is_counted_back_from_the_last_and_days_of_rest_do_not_count() -> None:
    plan = AnnualPlan(area="330102", year=2024, households=1, complete_due=date(2024, 12, 1))
    assert [(one.step, one.day) for one in planning.schedule("330102", {"330102": plan}, 2024)] == [
        ("approval", date(2024, 9, 2)), ("survey", date(2024, 9, 5)), ("preparation", date(2024, 9, 26)), ("start", date(2024, 10, 6)),
        ("completion", date(2024, 12, 1)),
    ]  # fmt: skip
    festival = read_lead({"start": 10, "rests": [[date(2020, 1, 17), date(2020, 2, 2)]]})
    assert festival.before("start", date(2020, 2, 5)) == date(2020, 1, 9)
    assert festival.before("survey", date(2020, 2, 5)) is None


# ------------------------------------------------------------------------------------------------ how far, and who is in no plan


def test_what_an_area_has_done_is_the_sum_of_the_areas_below(dangerous: list[Household], road: Road, clerk: User) -> None:
    d, c, none = road.to("started", dangerous[0], dangerous[2], dangerous[4])
    road.applied(dangerous[1])
    today = date(2020, 6, 10)
    Case.objects.filter(pk=c.pk).update(started_on=date(2020, 5, 20))
    actions.hand_down(area=COUNTY, year=2020, shares=[Share(area=TOWNSHIP, households=2, days={"start": date(2020, 4, 10)})], by=clerk)
    set_today(day=today)
    for area in (CITY, COUNTY, TOWNSHIP):
        plans = planning.plans_of(area, 2020)
        user = clerk if area != CITY else person("市里", "city_viewer", CITY)
        whole = planning.done(user, area, 2020, today, plans, digits=0)[area]
        below = planning.done(user, area, 2020, today, plans, digits={CITY: 6, COUNTY: 9, TOWNSHIP: 12}[area])
        assert planning.total(area, below.values()) == whole
        assert (whole.approved, whole.started, whole.completed, whole.pending) == (3, 3, 0, 1)
        late = {name: getattr(whole, name) for name in ("late_start", "late_completion")}
        assert late == {"late_start": Case.objects.filter(started_on__gt=date(2020, 4, 10)).count(), "late_completion": 0}
        for part in planning.PARTS:
            assert planning.counted(user, area, 2020, today, part).count() == getattr(whole, part), part
    set_today(day=date(2020, 6, 26))
    assert planning.done(clerk, COUNTY, 2020, date(2020, 6, 26), planning.plans_of(COUNTY, 2020), digits=0)[COUNTY].late_completion == 3
    actions.withdraw(case=d, by=road.people["county"], reason="外出", written_on=date(2020, 6, 26), on=date(2020, 6, 26))
    assert planning.done(clerk, COUNTY, 2020, date(2020, 6, 26), planning.plans_of(COUNTY, 2020), digits=0)[COUNTY].approved == 2
    assert none.plan_id is not None


@pytest.fixture
def standing(dangerous: list[Household], clerk: User) -> Callable[[], dict[str, str]]:
    """Household's head → where it stands."""

    def told() -> dict[str, str]:
        found = list(qualified.standing(clerk, COUNTY, date(2020, 6, 10)))
        states = qualified.states_of(clerk, found, date(2020, 6, 10))
        return {one.number: states[one.pk] for one in found}

    return told


def test_who_qualifies_and_is_in_no_plan_is_told_with_why(
    dangerous: list[Household], road: Road, clerk: User, township: User, standing: Callable[[], dict[str, str]]
) -> None:
    d, other, c, _b, none = dangerous
    assert standing() == dict.fromkeys((d.number, other.number, c.number, none.number), "none")  # a B house isn't in danger
    assert qualified.missing(clerk, COUNTY, road.day) == 4
    case, second, third = road.to("reviewed", d, other, c)
    assert standing() == {d.number: "going", other.number: "going", c.number: "going", none.number: "none"}
    actions.send_back(case=case, by=township, reason="缺户口簿", on=road.day)
    actions.refuse(case=second, by=township, reason="另有住房", on=road.day)
    actions.withdraw(case=third, by=township, reason="不愿意", written_on=road.day, on=road.day)
    assert standing() == {d.number: "returned", other.number: "refused", c.number: "withdrawn", none.number: "none"}
    rows = list(qualified.listed(clerk, qualified.Filters(COUNTY, state=""), road.day))
    why = qualified.reasons(qualified.states_of(clerk, rows, road.day))
    assert {one.number: why[one.pk].reason for one in rows if one.pk in why} == {
        d.number: "缺户口簿",
        other.number: "另有住房",
        c.number: "不愿意",
    }
    assert [one.number for one in qualified.listed(clerk, qualified.Filters(COUNTY), road.day)] == sorted((d.number, none.number))
    again = actions.apply(household=other, by=road.people["village"], on=road.day)
    assert standing()[other.number] == "going"
    assert again.number != second.number


def test_who_does_not_qualify_is_told_by_which_rule(
    dangerous: list[Household], clerk: User, standing: Callable[[], dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    d, other, c, _b, none = dangerous
    person_of = d.memberships.get().person
    PastSupport.objects.create(person=person_of, area=VILLAGE, year=2015, kind="危房改造", recorded_at="2020-01-01T00:00:00Z")
    DatedFlag.objects.create(
        household=other, area=VILLAGE, flag="public_employee", valid_from=date(2019, 1, 1), recorded_at="2020-01-01T00:00:00Z"
    )
    assert standing() == {d.number: "once", other.number: "none", c.number: "none", none.number: "none"}  # to be explained, not excluded
    monkeypatch.setattr("anju.cases.standards.excluded", lambda area, on, fact: True)
    assert standing()[other.number] == "employee"
    Belonging.objects.filter(household__in=[c, none]).update(source="t:typed")
    Belonging.objects.filter(person__memberships__household__in=[c, none]).update(source="t:typed")
    assert standing() == {d.number: "once", other.number: "employee", c.number: "unlocked", none.number: "unlocked"}


def test_where_everybody_stands_is_a_partition_and_sums_up(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    case, _second = road.to("reviewed", dangerous[0], dangerous[1])
    actions.pause(case=case, by=township, reason="外出", on=road.day)
    assert set(qualified.STATES) == {state for states in qualified.GROUPS.values() for state in states}
    assert len(qualified.STATES) == sum(len(states) for states in qualified.GROUPS.values())
    whole = qualified.counts(clerk, COUNTY, road.day)
    assert whole == {COUNTY: {"going": 1, "none": 2, "paused": 1}}
    for digits in (9, 12):
        summed: dict[str, int] = {}
        for states in qualified.counts(clerk, COUNTY, road.day, digits=digits).values():
            for state, many in states.items():
                summed[state] = summed.get(state, 0) + many
        assert summed == whole[COUNTY]
    for state, many in whole[COUNTY].items():
        assert qualified.listed(clerk, qualified.Filters(COUNTY, state=state), road.day).count() == many


def test_a_way_out_in_force_ends_it_and_its_end_brings_it_back(
    dangerous: list[Household], road: Road, township: User, clerk: User, standing: Callable[[], dict[str, str]]
) -> None:
    from_county = road.applied(dangerous[0])
    assert standing()[dangerous[0].number] == "going"
    refused(rules.OTHER_ROUTE, lambda: actions.take_other_route(case=from_county, by=township, reason="租房", on=road.day))


# ------------------------------------------------------------------------------------------------ quota


@pytest.fixture
def asked(city: User, clerk: User, dangerous: list[Household]) -> Callable[..., QuotaRequest]:
    """The county's request, its task of 400 handed down by the city."""
    actions.make_plan(area=CITY, year=2020, households=2000, complete_due=LAST, by=city)
    actions.hand_down(area=CITY, year=2020, shares=[Share(area=COUNTY, households=400)], by=city)

    def ask(**said: Any) -> QuotaRequest:
        given = {"area": COUNTY, "year": 2020, "households": 40, "reason": "排查新增", "by": clerk, "document": "彰住建〔2020〕6号", **said}
        return actions.ask_quota(**given)

    return ask


def test_a_request_keeps_the_households_that_were_counted(asked: Callable[..., QuotaRequest], clerk: User, road: Road) -> None:
    made = asked()
    assert (made.asked_of, made.task, made.counted, made.state) == (CITY, 400, 4, "asked")
    assert sorted(made.ground.values_list("grade", "why")) == [("C", "none"), ("D", "none"), ("D", "none"), ("none", "none")]
    road.applied(Household.objects.order_by("number")[0])
    assert quotas.ground(clerk, made).count() == 4  # frozen
    with pytest.raises(IntegrityError, match="不再改"), transaction.atomic():
        made.ground.all().delete()


def test_quota_is_granted_in_part_and_the_task_grows_with_both_documents(
    asked: Callable[..., QuotaRequest], city: User, clerk: User
) -> None:
    made = asked()
    refused(rules.QUOTA, lambda: actions.answer_quota(request=made, by=city, granted=41))
    refused(rules.QUOTA, lambda: actions.answer_quota(request=made, by=city, granted=-1))
    refused(rules.ROLE, lambda: actions.answer_quota(request=made, by=clerk, granted=40, document="x"))
    actions.answer_quota(request=made, by=city, granted=30, document="阜住建〔2020〕9号")
    plan = plan_of(COUNTY)
    assert (plan.households, plan.handed["households"]) == (430, 430)
    change = planning.changes_of(plan)[0]
    assert (change.kind, change.document, change.request_id) == ("quota", "阜住建〔2020〕9号 / 彰住建〔2020〕6号", made.pk)
    refused(rules.QUOTA, lambda: actions.answer_quota(request=made, by=city, granted=10))
    assert [one.pk for one in quotas.to_note(clerk)] == [made.pk]
    actions.note_quota(request=made, by=clerk)
    assert not quotas.to_note(clerk).exists()


def test_a_request_is_refused_with_a_reason_or_withdrawn(
    asked: Callable[..., QuotaRequest], city: User, clerk: User, township: User
) -> None:
    made = asked()
    refused(rules.QUOTA, asked)  # one at a time
    refused(rules.REASON, lambda: actions.answer_quota(request=made, by=city, granted=0))
    actions.answer_quota(request=made, by=city, granted=0, answer="全市指标已用完")
    assert plan_of(COUNTY).households == 400
    again = asked(households=10)
    refused(rules.ROLE, lambda: actions.withdraw_quota(request=again, by=city, reason="x"))
    refused(rules.REASON, lambda: actions.withdraw_quota(request=again, by=clerk, reason=" "))
    actions.withdraw_quota(request=again, by=clerk, reason="数字有误")
    refused(rules.QUOTA, lambda: actions.answer_quota(request=again, by=city, granted=10))
    assert asked(households=12).state == "asked"


def test_what_cannot_be_asked_for(asked: Callable[..., QuotaRequest], clerk: User, township: User, collector: User) -> None:
    wrong: tuple[dict[str, Any], ...] = ({"households": 0}, {"reason": " "}, {"year": 2021}, {"asked_of": COUNTY}, {"asked_of": "2110"})
    for said in wrong:
        refused(rules.QUOTA, partial(asked, **said))
    refused(rules.ROLE, lambda: asked(area=TOWNSHIP))
    refused(rules.ROLE, lambda: asked(area=TOWNSHIP, by=collector))
    refused(rules.QUOTA, lambda: asked(area=TOWNSHIP, by=township))  # it has no task yet
    refused(rules.DAY, lambda: asked(on=date(2020, 6, 11)))


def test_no_more_is_given_back_than_is_not_approved_yet(dangerous: list[Household], road: Road, clerk: User) -> None:
    road.to("approved", dangerous[0], dangerous[2])
    refused(rules.QUOTA, lambda: actions.ask_quota(area=COUNTY, year=2020, households=-99, reason="完不成", by=clerk))
    made = actions.ask_quota(area=COUNTY, year=2020, households=-98, reason="完不成", by=clerk)
    refused(rules.QUOTA, lambda: actions.answer_quota(request=made, by=clerk, granted=-98))  # nobody above: with the document only
    actions.answer_quota(request=made, by=clerk, granted=-90, document="阜住建〔2020〕9号")
    assert plan_of(COUNTY).households == 10


def test_both_levels_see_a_request_and_nobody_else(
    asked: Callable[..., QuotaRequest], city: User, clerk: User, neighbour: User, township: User
) -> None:
    made = asked()
    province = person("省里", "province_viewer", "21")
    for user, sees in ((city, True), (clerk, True), (neighbour, False), (township, False), (province, False)):
        with acting(actor_of(user)):
            assert quotas.seen(user).filter(pk=made.pk).exists() is sees, user.login
            assert QuotaRequest.objects.filter(pk=made.pk).exists() is (sees or user is province), user.login
            assert PlanChange.objects.filter(area=COUNTY).exists() is (user not in (neighbour,)), user.login
    assert [one.pk for one in quotas.to_answer(city)] == [made.pk]
    assert not quotas.to_answer(clerk).exists()


def test_a_page_is_found_in_the_villages_it_shows_and_leads_on_and_back(dangerous: list[Household], clerk: User, road: Road) -> None:
    for at, one in enumerate(dangerous):
        Household.objects.filter(pk=one.pk).update(area=f"{VILLAGE[:9]}{200 + at // 2}")
    stood = qualified.places(clerk, COUNTY, road.day)
    assert sum(sum(states.values()) for states in stood.values()) == 4
    numbers = [one.number for one in qualified.listed(clerk, qualified.Filters(COUNTY), road.day)]
    filters = qualified.Filters(COUNTY)
    seen: list[str] = []
    asked: dict[str, str] = {}
    for _page in range(4):
        page, stands = qualified.page(clerk, filters, road.day, stood, asked=asked, limit=1)
        assert set(stands.values()) == {"none"}
        assert page.total == 4
        seen += [one.number for one in page.rows]
        asked = {"after": page.next}
    assert seen == numbers
    assert not page.next
    back, _stands = qualified.page(clerk, filters, road.day, stood, asked={"before": page.previous}, limit=2)
    assert [one.number for one in back.rows] == numbers[1:3]
    assert [one.number for piece in qualified.pieces(clerk, filters, road.day) for one, _state in piece] == numbers
    assert qualified.page(clerk, qualified.Filters(COUNTY, state="going"), road.day, stood, asked={}, limit=1)[0].rows == []
