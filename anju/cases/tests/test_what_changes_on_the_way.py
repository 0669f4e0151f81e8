"""What changes while a case is under way: a grade, a head, a list, another way of living, a waiver; and what audits of other programmes found."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.cases import actions, rules
from anju.cases.looking import look
from anju.cases.models import Case, CaseStep, CaseWaiver
from anju.cases.standing import GROUND, put
from anju.cases.tests.conftest import Road, pictured, reported
from anju.cases.tests.test_pages import DAY, browser, page, stands, step
from anju.cases.tests.test_the_road import refused, replayed
from anju.clock.actions import set_today
from anju.guarantees import actions as guarantees
from anju.registry import actions as registry
from anju.registry.actions.households import NewPerson
from anju.registry.models import Household, Leaving, Membership
from anju.vocabulary.method import METHODS


def died(household: Household, on: date, by: User) -> None:
    """The head has died; a son of the household follows."""
    head = Membership.objects.open().get(household=household, relation="02").person
    son = registry.add_member(household=household, person=NewPerson("周小海", sex="1"), relation_code="20", on=date(2020, 2, 1), by=by)
    registry.remove_member(household=household, person=head, reason=Leaving.DIED, on=on, by=by, new_head=son)


# ------------------------------------------------------------------------------------------------ a newer grade


def test_a_case_rests_on_the_newer_grade_and_is_reviewed_again(
    dangerous: list[Household], grade: Callable[..., None], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("township_posted", dangerous[0])
    paper = case.appraisal
    refused(rules.REGRADE, lambda: actions.regrade(case=case, by=township, reason="重新鉴定"))
    grade(dangerous[0], "c", on=date(2020, 6, 1))
    for name in ("county", "poverty", "civil_affairs", "disabled_federation"):
        assert not actions.check_many(cases=[case.pk], by=road.people[name])
    assert "改按最新鉴定重审" in refused(rules.GRADE, lambda: actions.advance(case=case, step=actions.Step(code="check"), by=clerk))
    refused(rules.REASON, lambda: actions.regrade(case=case, by=township, reason=" "))
    now = actions.regrade(case=case, by=township, reason="异议成立，重新鉴定为 C 级")
    assert (now.stage, now.grade, now.marks, now.appraisal == paper) == ("applied", "C", [], False)
    replayed(now)
    assert not [one for one in now.notices.all() if one.entered == now.entered]
    back = actions.undo(case=now, by=township, reason="先核对")
    assert (back.stage, back.grade, back.appraisal) == ("township_posted", "D", paper)
    replayed(back)


def test_what_is_safe_now_or_approved_is_not_regraded(
    dangerous: list[Household], grade: Callable[..., None], road: Road, township: User
) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    grade(dangerous[0], "b", on=date(2020, 6, 1))
    assert "不是 C、D 级" in refused(rules.GRADE, lambda: actions.regrade(case=case, by=township, reason="重新鉴定"))
    (approved,) = road.to("approved", dangerous[1])
    grade(dangerous[1], "c", on=date(2020, 6, 9))
    refused(rules.ORDER, lambda: actions.regrade(case=approved, by=township, reason="重新鉴定"))


def test_a_newer_grade_is_offered_only_where_there_is_one(
    dangerous: list[Household], grade: Callable[..., None], road: Road, township: User
) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    client = browser(township)
    assert 'id="act-regrade"' not in page(client, "show", case.number)
    grade(dangerous[0], "c", on=date(2020, 6, 1))
    assert 'id="act-regrade"' in page(client, "show", case.number)
    assert step(client, case, "regrade", reason="复核为 C 级", **DAY).status_code == 302
    assert stands(case) == "applied"
    assert "复核为 C 级" in page(client, "show", case.number)


# ------------------------------------------------------------------------------------------------ the head, the list, another way


def test_a_head_who_dies_during_the_works_is_followed_and_the_agreement_signed_anew(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("started", dangerous[2])
    died(dangerous[2], road.day, clerk)
    day = road.later(9)
    assert "周小海" in refused(rules.SAME_HEAD, lambda: reported(case, "complete", township, day))
    changed = actions.change_head(case=case, by=township, reason="户主去世", on=day)
    assert changed.stage == "started"
    assert "agreement" not in changed.marks
    replayed(changed)
    refused(rules.AGREEMENT, lambda: reported(case, "complete", township, day))
    shown = page(browser(township), "show", case.number)
    assert 'id="act-agree"' in shown
    signed: dict[str, Any] = {
        "kind": "three",
        "builder": "宏达",
        "signed_on": day,
        "start_due": day,
        "finish_due": date(2020, 8, 1),
        "filed_on": day,
    }
    actions.agree(case=case, by=township, stages=[("竣工", 100)], **signed)
    assert reported(case, "complete", township, road.later(2)).stage == "completed"


def test_a_dead_head_is_not_approved(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    """V12: a deceased head."""
    (case,) = road.to("county_posted", dangerous[0])
    actions.make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    died(dangerous[0], date(2020, 6, 1), clerk)
    given: dict[str, Any] = {
        "case": case,
        "by": clerk,
        "method": "rebuild",
        "main_area": 40,
        "amount": 2_400_000,
        "basis": "彰住建〔2020〕3号",
    }
    assert "户主变更" in refused(rules.SAME_HEAD, lambda: actions.approve(**given))
    actions.change_head(case=case, by=township, reason="户主去世")
    actions.approve(**given)
    assert stands(case) == "approved"


def test_who_is_taken_off_the_list_meanwhile_is_not_approved(dangerous: list[Household], road: Road, clerk: User) -> None:
    """Audits: a payee who isn't on the list of its category."""
    (case,) = road.to("county_posted", dangerous[0])
    actions.make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    held = dangerous[0].belongings.get(superseded_at=None)
    registry.end_category(category=held.category, on=date(2020, 6, 5), by=clerk, household=dangerous[0])
    said = refused(
        rules.IDENTITY,
        lambda: actions.approve(case=case, by=clerk, method="rebuild", main_area=40, amount=2_400_000, basis="彰住建〔2020〕3号"),
    )
    assert "2020-06-05 起已不在“建档立卡”名单上" in said
    assert rules.IDENTITY.label in page(browser(clerk), "show", case.number)


def test_who_is_housed_safely_otherwise_is_not_approved(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    """Audits: a household that was housed already."""
    (case,) = road.to("county_posted", dangerous[0])
    actions.make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    way = guarantees.record(
        household=dangerous[0],
        route="relocation",
        since=date(2020, 6, 1),
        by=township,
        document="安置协议",
        provider="安置点",
        safe_because="A 级",
    )
    given: dict[str, Any] = {
        "case": case,
        "by": clerk,
        "method": "rebuild",
        "main_area": 40,
        "amount": 2_400_000,
        "basis": "彰住建〔2020〕3号",
    }
    assert "易地扶贫搬迁" in refused(rules.ROUTE, lambda: actions.approve(**given))
    assert "易地扶贫搬迁" in page(browser(clerk), "show", case.number)
    refused(rules.ROLE, lambda: actions.waive(case=case, rule=rules.ROUTE.id, reason="想改造", by=clerk))
    guarantees.end(guarantee=way, on=date(2020, 6, 9), reason="没有搬去", by=township)
    actions.approve(**given)
    assert stands(case) == "approved"


def test_a_house_is_not_built_in_a_day(dangerous: list[Household], road: Road, township: User) -> None:
    """Audits: from the plinth to completion in a day. A place may ask for more days; the refusal says how many and whose rule it is."""
    rebuilt, repaired = road.to("started", dangerous[0], dangerous[2])
    laid = road.later()
    reported(rebuilt, "lay_foundation", township, laid)
    raised = road.later(3)
    for days in (0, 1, 2):
        said = refused(rules.MILESTONE, partial(reported, rebuilt, "raise_structure", township, laid + timedelta(days=days)))
        assert f"{raised} 起才能登记" in said
        assert "本系统默认" in said
    reported(rebuilt, "raise_structure", township, raised)
    done = road.later(3)
    refused(rules.MILESTONE, lambda: reported(rebuilt, "complete", township, raised + timedelta(days=2)))
    assert reported(rebuilt, "complete", township, done).stage == "completed"
    refused(rules.MILESTONE, lambda: reported(repaired, "complete", township, repaired.since))
    assert METHODS[repaired.method].milestones == ("start", "completion")


def test_the_county_ends_an_approved_case_of_who_was_never_entitled(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("ready", dangerous[0])
    registry.close(household=dangerous[0], on=road.day, by=clerk, reason=Leaving.DIED)
    assert "取消资格" in refused(rules.HOUSEHOLD, lambda: actions.report(case=case, code="start_works", by=township))
    refused(rules.ROLE, lambda: actions.revoke(case=case, by=township, reason="户主去世，户已销"))
    refused(rules.REASON, lambda: actions.revoke(case=case, by=clerk, reason=""))
    assert actions.revoke(case=case, by=clerk, reason="户主去世，户已销").stage == "refused"
    replayed(case)


# ------------------------------------------------------------------------------------------------ a waiver taken back


def test_a_waiver_is_taken_back_until_it_has_been_used(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    registry.set_flag(household=dangerous[0], flag="public_employee", on=date(2020, 1, 31), by=clerk, note="长子为公务员")
    actions.visit(case=case, by=township, seen="漏雨")
    rule = rules.PUBLIC_EMPLOYEE.id
    refused(rules.ORDER, lambda: actions.unwaive(case=case, rule=rule, reason="重审", by=clerk))
    actions.waive(case=case, rule=rule, reason="县长办公会同意", by=clerk)
    refused(rules.ROLE, lambda: actions.unwaive(case=case, rule=rule, reason="重审", by=township))
    refused(rules.REASON, lambda: actions.unwaive(case=case, rule=rule, reason=" ", by=clerk))
    ended = actions.unwaive(case=case, rule=rule, reason="会议纪要有误", by=clerk)
    assert (ended.ended_by, ended.ended_reason) == (clerk, "会议纪要有误")
    refused(rules.PUBLIC_EMPLOYEE, lambda: actions.review_township(cases=[case.pk], by=township))
    actions.waive(case=case, rule=rule, reason="县长办公会再次同意", by=clerk)
    assert not actions.review_township(cases=[case.pk], by=township)
    assert "先撤销那一步" in refused(rules.ORDER, lambda: actions.unwaive(case=case, rule=rule, reason="后悔", by=clerk))
    actions.undo(case=case, by=township, reason="重审")
    actions.unwaive(case=case, rule=rule, reason="不再同意", by=clerk)
    refused(rules.PUBLIC_EMPLOYEE, lambda: actions.review_township(cases=[case.pk], by=township))
    assert CaseWaiver.objects.filter(case=case).count() == 2
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseWaiver.objects.filter(case=case).update(ended_reason="")


def test_a_rule_is_lifted_anew_for_a_case_that_is_reviewed_again(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    registry.set_flag(household=dangerous[0], flag="public_employee", on=date(2020, 1, 31), by=clerk, note="长子为公务员")
    actions.visit(case=case, by=township, seen="漏雨")
    rule = rules.PUBLIC_EMPLOYEE.id
    first = actions.waive(case=case, rule=rule, reason="县长办公会同意", by=clerk)
    assert actions.waive(case=case, rule=rule, reason="再点一次", by=clerk) == first
    assert not actions.review_township(cases=[case.pk], by=township)
    actions.send_back(case=case, by=township, reason="面积另报")

    def lifted() -> frozenset[str]:
        return look([case.household_id], date(2020, 6, 10), [case]).waived.get(case.pk, frozenset())

    assert rule not in lifted()
    assert 'id="act-unwaive"' in page(browser(clerk), "show", case.number)
    second = actions.waive(case=case, rule=rule, reason="县长办公会再次同意", by=clerk)
    first.refresh_from_db()
    assert (first.ended_by, first.ended_reason, second.ended_at) == (clerk, "退回重审后重新豁免", None)
    assert rule in lifted()
    actions.unwaive(case=case, rule=rule, reason="不再同意", by=clerk)  # what made use of it is of the round before
    assert rule not in lifted()


def test_a_waiver_is_taken_back_on_the_page(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("township_posted", dangerous[0])
    client = browser(clerk)
    assert 'id="act-unwaive"' not in page(client, "show", case.number)
    assert step(client, case, "waive", rule=rules.AREA.id, reason="地形所限").status_code == 302
    assert 'id="act-unwaive"' in page(client, "show", case.number)
    refusal = step(client, case, "unwaive", rule=rules.AREA.id, reason="")
    assert refusal.status_code == 422
    assert "请写明为什么收回豁免" in refusal.content.decode()
    assert step(client, case, "unwaive", rule=rules.AREA.id, reason="图纸改小了").status_code == 302
    shown = page(client, "show", case.number)
    assert "图纸改小了" in shown
    assert 'id="act-unwaive"' not in shown


# ------------------------------------------------------------------------------------------------ a button pressed twice


def _sent(client: Client, url: str) -> str:
    """The mark of one filling, as the page's form carries it."""
    text = client.get(url).content.decode()
    return text.split('name="client_id" value="', 1)[1].split('"', 1)[0]


def test_a_button_pressed_twice_is_one_step(dangerous: list[Household], road: Road, township: User, collector: User) -> None:
    begun = browser(collector)
    mark = _sent(begun, reverse("cases:new") + f"?household={dangerous[0].number}")
    for _time in range(2):
        answer = begun.post(reverse("cases:new"), {"household": dangerous[0].number, "on": "2020-03-10", "client_id": mark})
        assert answer.status_code == 302
    case = Case.objects.get()
    mark = _sent(begun, reverse("cases:show", args=[case.number]))
    meeting = {"due": 40, "came": 28, "agreed": 22, "chair": "金书记", "recorder": "金淑珍", "client_id": mark, "on": "2020-03-10"}
    meeting["album"] = pictured("review", case, collector, date(2020, 3, 10)).pk
    for _time in range(2):
        assert step(begun, case, "review", **meeting).status_code == 302
    assert list(case.steps.order_by("id").values_list("code", flat=True)) == ["apply", "review"]
    assert (
        step(browser(township), case, "pause", reason="外出", client_id=mark, **DAY).status_code == 422
    )  # another step under the same mark
    (ready,) = road.to("approved", dangerous[1])
    actions.survey_mode(case=ready, by=township, mode="unified_build")
    signed = {
        "kind": "three",
        "builder": "宏达",
        "signed_on": "2020-06-10",
        "start_due": "2020-06-10",
        "finish_due": "2020-06-20",
        "filed_on": "2020-06-10",
    }
    for _time in range(2):
        assert step(browser(township), ready, "agree", stages="竣工 100", client_id="desk-agree", **signed).status_code == 302
    assert ready.agreements.count() == 1


def test_a_form_with_a_character_that_the_database_keeps_none_of_is_answered(
    dangerous: list[Household], road: Road, township: User, collector: User
) -> None:
    case = road.applied(dangerous[0])
    client = browser(township)
    set_today(day=date(2020, 6, 10))
    assert step(client, case, "visit", seen="漏雨", client_id="desk-\0", device="\0", **DAY).status_code == 302
    assert case.steps.get(code="visit").client_id == "desk-"
    assert client.post(reverse("cases:many", args=["visit"]), {"case": ["\0"], **DAY}).status_code == 422
    assert browser(collector).post(reverse("cases:new"), {"household": "\0", "on": "2020-06-10"}).status_code == 422


def test_what_a_case_rests_on_is_told_from_its_steps(
    dangerous: list[Household], grade: Callable[..., None], road: Road, township: User
) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    for level, day in (("c", date(2020, 6, 1)), ("d", date(2020, 6, 2))):
        grade(dangerous[0], level, on=day)
        actions.regrade(case=case, by=township, reason="重新鉴定")
    case.refresh_from_db()
    told = put(Case(), case.steps.order_by("id"))
    assert {name: getattr(told, name) for name in GROUND.values()} == {name: getattr(case, name) for name in GROUND.values()}
    assert case.appraisal is not None
    assert (case.grade, case.appraisal.on) == ("D", date(2020, 6, 2))
    assert CaseStep.objects.filter(case=case, code="regrade").count() == 2
