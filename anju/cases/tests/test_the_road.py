"""The road from the application to "agreement filed, ready to start", each step by whom it is done and in its order."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from anju.accounts.models import User
from anju.appraisals.actions.appraising import submit
from anju.appraisals.tests.conftest import GOOD, OTHER_VILLAGE, TOWNSHIP, person
from anju.cases import actions, rules
from anju.cases.looking import look
from anju.cases.models import Agreement, Case, CaseStep
from anju.cases.standing import COLUMNS, standing
from anju.cases.tests.conftest import APPLIED, APPRAISED, HOTLINE, LISTED, Road, pictured, reported
from anju.cases.workflow import WORKFLOW
from anju.checks import Check
from anju.guarantees import actions as guarantees
from anju.notices import actions as notices
from anju.notices.tests.conftest import board
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Belonging, Household, Leaving, PastSupport
from anju.vocabulary.division import Level


def refused(rule: Check, act: Callable[[], object]) -> str:
    """The act is refused by that rule, with what the rule rests on, and changes nothing; what was said."""
    before = list(Case.objects.order_by("pk").values())
    with transaction.atomic():
        try:
            answered = act()
        except Refused as refusal:
            found = refusal
        else:
            assert isinstance(answered, dict), answered
            assert answered, "nothing was refused"
            found = next(iter(answered.values()))
    assert found.rule is rule, found.message
    assert rule.source in found.message
    assert list(Case.objects.order_by("pk").values()) == before
    return found.message


def replayed(case: Case) -> None:
    """The case stands where its steps say."""
    case.refresh_from_db()
    told = standing(case.steps.order_by("id"))
    assert {name: getattr(case, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}


def test_a_household_goes_the_whole_road_until_its_works_begin(dangerous: list[Household], road: Road) -> None:
    d, c, none = dangerous[0], dangerous[2], dangerous[4]
    made = road.to("started", d, c, none)
    assert [one.stage for one in made] == ["started"] * 3
    assert [(one.grade, one.method, one.group) for one in made] == [
        ("D", "rebuild", "JDLK"),
        ("C", "repair", "JDLK"),
        ("none", "newbuild", "JDLK"),
    ]
    assert [one.subsidy for one in made] == [2_400_000, 600_000, 2_400_000]
    assert made[0].number.startswith("210922-GZ2020-")
    for one in made:
        replayed(one)
        assert set(one.marks) >= {"visit", "mode", "plan", "agreement", "materials", "training"}
    codes = list(made[0].steps.order_by("id").values_list("code", flat=True))
    assert codes[0] == "apply"
    assert (
        codes.index("post_village") < codes.index("review_township") < codes.index("check") < codes.index("approve") < codes.index("agree")
    )


def test_nothing_goes_before_its_time(dangerous: list[Household], road: Road, clerk: User, township: User, collector: User) -> None:
    """V7: days in order, and nothing before its turn."""
    (case,) = road.to("applied", dangerous[0])
    said = refused(rules.ORDER, lambda: actions.approve(case=case, by=clerk, method="rebuild"))
    assert "已申请" in said
    assert "登记村评议" in said
    refused(rules.ORDER, lambda: actions.report(case=case, code="start_works", by=township))
    refused(rules.ORDER, lambda: actions.posted(cases=[case.pk], level=Level.VILLAGE, by=township))
    vote = [actions.Vote(case.pk, 22)]
    meeting: dict[str, Any] = {"due": 40, "came": 28, "chair": "金书记", "recorder": "金淑珍"}
    refused(rules.DAY, lambda: actions.review_many(votes=vote, by=collector, on=APPLIED - timedelta(days=1), **meeting))
    refused(rules.DAY, lambda: actions.review_many(votes=vote, by=collector, on=date(2020, 6, 11), **meeting))
    assert "没有过半" in refused(
        rules.MEETING, lambda: actions.review_many(votes=[actions.Vote(case.pk, 18)], by=collector, **{**meeting, "came": 20})
    )
    assert "没有过半" in refused(rules.MEETING, lambda: actions.review_many(votes=[actions.Vote(case.pk, 14)], by=collector, **meeting))
    assert "不多于" in refused(rules.MEETING, lambda: actions.review_many(votes=[actions.Vote(case.pk, 29)], by=collector, **meeting))
    assert "会议现场" in refused(rules.MEETING_PHOTO, lambda: actions.review_many(votes=vote, by=collector, **meeting))
    assert not actions.review_many(votes=vote, by=collector, **meeting, album=pictured("review", case, collector))
    assert "还没有张贴村级公示" in refused(rules.NOTICE, lambda: actions.posted(cases=[case.pk], level=Level.VILLAGE, by=collector))


def test_no_step_by_the_wrong_role(dangerous: list[Household], road: Road) -> None:
    clerk, township, collector = (road.people[name] for name in ("county", "township", "village"))
    offices = road.people
    refused(rules.ROLE, lambda: actions.apply(household=dangerous[0], by=offices["poverty"]))
    (case,) = road.to("applied", dangerous[0])
    votes = [actions.Vote(case.pk, 22)]
    for by in (clerk, township, offices["poverty"]):
        refused(rules.ROLE, partial(actions.review_many, votes=votes, by=by, due=40, came=28, chair="甲", recorder="乙"))
    refused(rules.ROLE, lambda: actions.visit(case=case, by=collector, seen="看过"))
    refused(rules.ROLE, lambda: actions.waive(case=case, by=township, rule=rules.HOUSE.id, reason="特殊"))
    refused(rules.ROLE, lambda: actions.make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 25), by=township))
    refused(rules.JOINT, lambda: actions.check_many(cases=[case.pk], by=township))


def test_a_notice_that_is_running_or_objected_to_holds_its_cases(dangerous: list[Household], road: Road, township: User) -> None:
    """V9: the days of a notice, the photos of its board."""
    cases = road.to("reviewed", dangerous[0], dangerous[1])
    notice = actions.post(
        cases=[cases[0].pk], level=Level.VILLAGE, area=cases[0].area, title="评议结果公示", by=township, hotline=HOTLINE, on=road.later()
    )
    assert notice.rows == 1
    said = refused(rules.NOTICE, lambda: actions.posted(cases=[cases[0].pk], level=Level.VILLAGE, by=township))
    assert f"{notice.days} 天" in said
    again = actions.posted(cases=[one.pk for one in cases], level=Level.VILLAGE, by=township)
    assert set(again) == {one.pk for one in cases}


def test_all_four_departments_look_before_the_county_passes_one(
    dangerous: list[Household], road: Road, clerk: User, offices: dict[str, User]
) -> None:
    (case,) = road.to("township_posted", dangerous[0])
    assert not actions.check_many(cases=[case.pk], by=clerk)
    for kind in ("poverty", "civil_affairs"):
        assert not actions.check_many(cases=[case.pk], by=offices[kind])
    said = refused(rules.JOINT, lambda: actions.advance(case=case, step=actions.Step(code="check"), by=clerk))
    assert "残联" in said
    assert "扶贫" not in said
    assert "已经登记过" in refused(rules.ORDER, lambda: actions.check_many(cases=[case.pk], by=offices["poverty"]))


def test_who_is_not_entitled_does_not_begin(
    dangerous: list[Household], grade: Callable[..., None], road: Road, clerk: User, collector: User
) -> None:
    said = refused(rules.GRADE, lambda: actions.apply(household=dangerous[3], by=collector))
    assert "B 级" in said
    first = road.applied(dangerous[0])
    assert first.number in refused(rules.ONE_OPEN, lambda: actions.apply(household=dangerous[0], by=collector))
    registry.close(household=dangerous[1], on=APPLIED, by=clerk, reason=Leaving.DIED)
    refused(rules.HOUSEHOLD, lambda: actions.apply(household=dangerous[1], by=collector))


def test_a_house_appraised_safe_since_holds_its_case(
    dangerous: list[Household], grade: Callable[..., None], road: Road, township: User
) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    grade(dangerous[0], "b", on=date(2020, 6, 1))
    actions.visit(case=case, by=township, seen="已经维修", on=date(2020, 6, 1))
    said = refused(rules.GRADE, lambda: actions.review_township(cases=[case.pk], by=township))
    assert "现在是 B" in said


def test_the_method_the_area_and_the_amount_follow_the_programme(dangerous: list[Household], road: Road, clerk: User) -> None:
    """V5: the area of a house that is rebuilt, main house and auxiliary rooms apart."""
    (case,) = road.to("county_posted", dangerous[0])
    rest: dict[str, Any] = {"amount": 2_400_000, "basis": "彰住建〔2020〕3号"}
    refused(rules.PLAN, lambda: actions.approve(case=case, by=clerk, method="rebuild", main_area=40, **rest))
    actions.make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    refused(rules.METHOD, lambda: actions.approve(case=case, by=clerk, method="newbuild", main_area=40, **rest))
    assert "主房" in refused(rules.AMOUNT, lambda: actions.approve(case=case, by=clerk, method="rebuild", **rest))
    assert "超出上限" in refused(rules.AREA, lambda: actions.approve(case=case, by=clerk, method="rebuild", main_area=62, **rest))
    refused(rules.AMOUNT, lambda: actions.approve(case=case, by=clerk, method="rebuild", main_area=40))
    actions.waive(case=case, rule=rules.AREA.id, reason="原有图纸，多 2 平方米为楼梯间", by=clerk)
    actions.approve(case=case, by=clerk, method="rebuild", main_area=62, **rest)
    case.refresh_from_db()
    assert (case.stage, str(case.main_area), case.subsidy) == ("approved", "62.00", 2_400_000)
    assert case.steps.get(code="approve").waived == [rules.AREA.id]
    refused(rules.ROLE, lambda: actions.waive(case=case, rule=rules.GRADE.id, reason="想改造", by=clerk))


def test_before_the_start_everything_is_ready_in_whatever_order(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("approved", dangerous[0])
    day, due = date(2020, 6, 10), date(2020, 6, 20)

    def agree(**more: Any) -> Agreement:
        given: dict[str, Any] = {"kind": "three", "builder": "宏达", "filed_on": day, "stages": [("开工", 30), ("竣工", 70)]}
        given |= more
        return actions.agree(case=case, by=township, signed_on=date(2020, 6, 9), start_due=day, finish_due=due, **given)

    refused(rules.MODE, agree)
    refused(rules.MODE, lambda: actions.survey_mode(case=case, by=township, mode="self_repair"))
    actions.prepare(cases=[case.pk], code="train", by=township, note="6 月 1 日镇里培训")
    actions.survey_mode(case=case, by=township, mode="unified_build")
    assert "90%" in refused(rules.STAGES, partial(agree, stages=[("开工", 30), ("竣工", 60)]))
    assert "备案" in refused(rules.BUILDER, partial(agree, filed_on=None))
    refused(rules.BUILDER, partial(agree, kind="commitment", builder=""))
    assert not case.agreements.exists()
    made = agree()
    assert case.steps.get(code="agree").details["agreement"] == made.pk
    refused(rules.HOUSEHOLD_PLAN, lambda: actions.report(case=case, code="start_works", by=township))
    actions.draw_plan(case=case, by=township, **Road.plan(Case.objects.get(pk=case.pk)))
    said = refused(rules.MATERIALS, lambda: actions.report(case=case, code="start_works", by=township))
    assert "备料" in said
    actions.prepare(cases=[case.pk], code="stock_materials", by=township, note="砖瓦、水泥")
    assert "改造前" in refused(rules.MILESTONE_PHOTO, lambda: actions.report(case=case, code="start_works", by=township))
    assert reported(case, "start_works", township, date(2020, 6, 10)).started_on == date(2020, 6, 10)


def test_milestones_belong_to_the_method_and_take_their_days(dangerous: list[Household], road: Road, township: User) -> None:
    rebuilt, repaired = road.to("started", dangerous[0], dangerous[2])
    assert "节点" in refused(rules.MILESTONE, lambda: actions.report(case=rebuilt, code="complete", by=township))
    assert "没有这个节点" in refused(rules.MILESTONE, lambda: actions.report(case=repaired, code="lay_foundation", by=township))
    since = rebuilt.since
    refused(rules.MILESTONE, lambda: actions.report(case=rebuilt, code="lay_foundation", by=township, on=since))
    assert "改造中 基础" in refused(
        rules.MILESTONE_PHOTO, lambda: actions.report(case=rebuilt, code="lay_foundation", by=township, on=since + timedelta(days=5))
    )
    reported(rebuilt, "lay_foundation", township, since + timedelta(days=5))
    reported(rebuilt, "raise_structure", township, since + timedelta(days=12))
    done = reported(rebuilt, "complete", township, since + timedelta(days=20))
    assert (done.stage, done.completed_on) == ("completed", since + timedelta(days=20))
    assert reported(repaired, "complete", township, since + timedelta(days=6)).stage == "completed"


def test_a_mistaken_step_is_taken_back_by_a_step(
    dangerous: list[Household], road: Road, clerk: User, township: User, collector: User
) -> None:
    (case,) = road.to("approved", dangerous[0])
    refused(rules.ROLE, lambda: actions.undo(case=case, by=township, reason="看错了"))
    refused(rules.REASON, lambda: actions.undo(case=case, by=clerk, reason=" "))
    back = actions.undo(case=case, by=clerk, reason="面积填错")
    assert (back.stage, back.subsidy, back.method, back.plan, back.approved_on) == ("county_posted", None, "", None, None)
    replayed(back)
    assert list(case.steps.order_by("id").values_list("code", flat=True))[-2:] == ["approve", "undo"]
    actions.approve(case=case, by=clerk, method="rebuild", main_area=50, amount=2_400_000, basis="彰住建〔2020〕3号")
    replayed(case)
    new = road.applied(dangerous[1])
    refused(rules.ORDER, lambda: actions.undo(case=new, by=collector, reason="误报"))


def test_a_step_once_told_stays(dangerous: list[Household], road: Road) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    for change in ({"on": date(2020, 1, 1)}, {"code": "approve"}, {"reason": "改"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            CaseStep.objects.filter(case=case).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        CaseStep.objects.filter(case=case).delete()
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(approved_on=APPLIED - timedelta(days=1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Case.objects.filter(pk=case.pk).update(stage="refused")


def test_every_transition_of_another_app_waits_for_it() -> None:
    waiting = [one.code for one in WORKFLOW.transitions if not one.by]
    assert waiting == ["accept_first", "accept", "fail", "mend", "strike", "plate", "pay", "archive", "close"]


def test_a_divided_household_is_reviewed_again_as_it_is_now(
    dangerous: list[Household], road: Road, township: User, collector: User
) -> None:
    (case,) = road.to("ready", dangerous[0])
    back = actions.split(case=case, by=township, reason="长子分户另立")
    assert (back.stage, back.approved_on, back.subsidy, back.method, back.build_mode, back.plan) == ("returned", None, None, "", "", None)
    assert back.marks == []
    replayed(back)
    again = actions.resubmit(case=back, by=collector)
    assert (again.stage, again.size) == ("applied", 1)
    refused(rules.ORDER, lambda: actions.resubmit(case=again, by=collector))
    assert actions.undo(case=again, by=collector, reason="还没有补齐").stage == "returned"


def test_side_roads_say_why_and_end_where_they_must(
    dangerous: list[Household], road: Road, clerk: User, township: User, collector: User
) -> None:
    first, second = road.to("approved", dangerous[0], dangerous[1])
    approved = first.approved_on
    refused(rules.REASON, lambda: actions.pause(case=first, by=clerk, reason=" "))
    assert actions.pause(case=first, by=clerk, reason="户主外出务工").stage == "paused"
    refused(rules.ORDER, lambda: actions.survey_mode(case=first, by=township, mode="self_build"))
    resumed = actions.resume(case=first, by=clerk)
    assert (resumed.stage, resumed.approved_on, resumed.since) == ("approved", approved, date(2020, 6, 10))
    assert approved != resumed.since
    refused(rules.WRITTEN, lambda: actions.withdraw(case=first, by=township, reason="不愿改造", written_on=None))
    refused(rules.WRITTEN, lambda: actions.withdraw(case=first, by=township, reason="不愿改造", written_on=date(2099, 1, 1)))
    gone = actions.withdraw(case=first, by=township, reason="不愿改造", written_on=date(2020, 6, 9))
    assert (gone.stage, gone.ended_on, gone.subsidy) == ("withdrawn", date(2020, 6, 10), 2_400_000)
    new = actions.apply(household=dangerous[0], by=collector)
    refused(rules.ONE_OPEN, lambda: actions.undo(case=gone, by=township, reason="又愿意了"))
    assert actions.refuse(case=new, by=township, reason="重复申请").stage == "refused"
    refused(rules.OTHER_ROUTE, lambda: actions.take_other_route(case=second, by=township, reason="住进敬老院"))
    guarantees.record(
        household=dangerous[1],
        route="happiness_courtyard",
        since=date(2020, 6, 1),
        by=township,
        document="入住协议",
        provider="镇敬老院",
        safe_because="A 级",
    )
    assert actions.take_other_route(case=second, by=township, reason="住进幸福大院").stage == "other_route"
    third = actions.apply(household=dangerous[2], by=collector)
    refused(rules.HEAD, lambda: actions.change_head(case=third, by=township, reason="户主去世"))


def test_what_speaks_against_a_household_is_lifted_by_name_or_holds_it(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    """V3: a household supported before; V4: another safe house; V12: a public employee. Each is explained by the county or holds it."""
    one, two, three = dangerous[:3]
    safe = registry.record_dwelling(household=one, kind="own", on=LISTED, by=clerk, state={"structure": "brick_concrete", "storeys": 1})
    submit(household=one, dwelling=safe, form=GOOD, by=clerk, appraisers=["石岩"], on=APPRAISED)
    PastSupport.objects.create(household=two, area=two.area, year=2016, kind="农村危房改造", amount=1_400_000, recorded_at=timezone.now())
    registry.set_flag(household=three, flag="public_employee", on=LISTED, by=clerk, note="长子为公务员")
    cases = road.to("village_posted", one, two, three)
    for case, (rule, words) in zip(
        cases, ((rules.HOUSE, "A 级住房"), (rules.ONCE, "2016 年"), (rules.PUBLIC_EMPLOYEE, "公职人员")), strict=True
    ):
        actions.visit(case=case, by=township, seen="漏雨")
        assert words in refused(rule, partial(actions.review_township, cases=[case.pk], by=township))
        refused(rules.REASON, partial(actions.waive, case=case, rule=rule.id, reason=" ", by=clerk))
        actions.waive(case=case, rule=rule.id, reason="县长办公会〔2020〕3号同意", by=clerk)
        assert not actions.review_township(cases=[case.pk], by=township)
        assert case.steps.get(code="review_township").waived == [rule.id]


def test_who_is_on_no_locked_list_does_not_apply(dangerous: list[Household], collector: User) -> None:
    Belonging.objects.filter(household=dangerous[0]).update(valid_from=date(2020, 3, 2))
    refused(rules.IDENTITY, lambda: actions.apply(household=dangerous[0], by=collector))


def test_a_notice_that_was_objected_to_is_not_got_round_by_another(
    dangerous: list[Household], road: Road, township: User, clerk: User
) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    given: dict[str, Any] = {"cases": [case.pk], "level": Level.VILLAGE, "title": "评议结果公示", "by": township, "hotline": HOTLINE}
    refused(rules.DAY, lambda: actions.post(area=case.area, on=case.since - timedelta(days=1), **given))
    refused(rules.DAY, lambda: actions.post(area=case.area, on=date(2020, 6, 11), **given))
    refused(rules.NOTICE, lambda: actions.post(area=OTHER_VILLAGE, **given))
    notice = actions.post(area=case.area, on=date(2020, 6, 1), **given)
    notice = notices.photograph_start(notice=notice, by=township, file=board(901, notice.starts_on))
    held = notices.object_to(notice=notice, by=township, channel="visit", about="不是本村常住", on=date(2020, 6, 2))
    assert notice.title in refused(rules.NOTICE, lambda: actions.post(area=case.area, **given))
    assert "还没有答复" in refused(rules.NOTICE, lambda: actions.posted(cases=[case.pk], level=Level.VILLAGE, by=township))
    notices.answer_objection(objection=held, result="upheld", answer="属实", by=township)
    notices.stop(notice=notice, by=township, reason="异议成立")
    assert "终止" in refused(rules.NOTICE, lambda: actions.posted(cases=[case.pk], level=Level.VILLAGE, by=township))
    refused(rules.NOTICE, lambda: actions.post(area=case.area, **given))


def test_a_notice_of_before_counts_no_more_and_a_pause_takes_none_away(
    dangerous: list[Household], road: Road, township: User, collector: User
) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    road.hung([case], Level.VILLAGE, case.area)
    day, clerk = road.day, road.people["county"]
    actions.pause(case=case, by=clerk, reason="核对户籍", on=day)
    actions.resume(case=case, by=clerk, on=day)
    assert not actions.posted(cases=[case.pk], level=Level.VILLAGE, by=township, on=day)
    actions.undo(case=case, by=township, reason="先退回")
    actions.send_back(case=case, by=township, reason="材料不全", on=day)
    actions.resubmit(case=case, by=collector, on=day)
    photo = pictured("review", case, collector)
    actions.review_many(votes=[actions.Vote(case.pk, 22)], by=collector, due=40, came=28, chair="甲", recorder="乙", on=day, album=photo)
    assert "还没有张贴" in refused(rules.NOTICE, lambda: actions.posted(cases=[case.pk], level=Level.VILLAGE, by=township, on=day))


def test_each_department_checks_and_takes_back_for_itself(
    dangerous: list[Household], road: Road, clerk: User, offices: dict[str, User]
) -> None:
    (case,) = road.to("township_posted", dangerous[0])
    refused(rules.JOINT, lambda: actions.advance(case=case, step=actions.Step(code="check_poverty"), by=offices["civil_affairs"]))
    assert not actions.check_many(cases=[case.pk], by=offices["poverty"])
    refused(rules.JOINT, lambda: actions.undo(case=case, by=offices["civil_affairs"], reason="误点"))
    town = person("镇民政", "cosigner", TOWNSHIP, "civil_affairs")
    refused(rules.JOINT, lambda: actions.check_many(cases=[case.pk], by=town))
    last = case.steps.latest("id")
    actions.undo(case=case, by=offices["poverty"], reason="误点", step=last.pk)
    refused(rules.TWICE, lambda: actions.undo(case=case, by=clerk, reason="误点", step=last.pk))


def test_a_household_that_is_gone_is_not_approved(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    one, two = road.to("county_posted", dangerous[0], dangerous[1])
    actions.make_plan(area="210922", year=2020, households=10, complete_due=date(2020, 6, 25), by=clerk)
    registry.close(household=dangerous[0], on=date(2020, 6, 1), by=clerk, reason=Leaving.DIED)
    rest: dict[str, Any] = {"by": clerk, "method": "rebuild", "main_area": 40, "basis": "彰住建〔2020〕3号"}
    refused(rules.HOUSEHOLD, lambda: actions.approve(case=one, amount=2_400_000, **rest))
    for amount in (0, -1, 99_999_999_999):
        refused(rules.AMOUNT, partial(actions.approve, case=two, amount=amount, **rest))
    actions.waive(case=two, rule=rules.AREA.id, reason="楼梯间", by=clerk)
    refused(rules.AMOUNT, lambda: actions.approve(case=two, amount=2_400_000, **{**rest, "main_area": None}))
    actions.send_back(case=two, by=clerk, reason="面积另报")
    actions.resubmit(case=two, by=road.people["village"])
    two.refresh_from_db()
    assert rules.AREA.id not in look([two.household_id], date(2020, 6, 10), [two]).waived.get(two.pk, ())


def test_a_house_is_dangerous_again_by_a_paper_made_since(
    dangerous: list[Household], grade: Callable[..., None], road: Road, collector: User
) -> None:
    (case,) = road.to("started", dangerous[2])
    done = reported(case, "complete", road.people["township"], road.later(20))
    for code in ("accept_first", "accept", "archive", "close"):  # by the apps that come after this one
        step = CaseStep.objects.create(case=done, area=done.area, code=code, on=road.day, at=timezone.now())
        standing([*done.steps.exclude(pk=step.pk).order_by("id"), step]).put_on(done).save()
    second = _again(dangerous[2], road)
    refused(rules.ONCE, lambda: actions.review_township(cases=[second.pk], by=road.people["township"]))
    actions.refuse(case=second, by=road.people["township"], reason="已享受过", on=road.day)
    said = refused(rules.GRADE, lambda: actions.reopen(case=done, by=collector, reason="暴雨垮塌"))
    assert "竣工以后" in said
    grade(dangerous[2], "d", on=road.later())
    again = actions.reopen(case=done, by=collector, reason="暴雨垮塌")
    assert (again.again_of, again.grade) == (done, "D")


def _again(household: Household, road: Road) -> Case:
    """A second case of a household, led to the township's review."""
    (case,) = road.to("village_posted", household)
    actions.visit(case=case, by=road.people["township"], seen="漏雨", on=road.day)
    return case
