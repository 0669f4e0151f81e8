"""Side roads on the screen: sent back and handed in again, refused, given up in writing, housed otherwise, paused, a head who died, a household divided, a
house dangerous again, a step taken back, a rule lifted; and nothing by the wrong hand, too early, or past an open block."""

from datetime import date

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from anju.cases import actions, rules
from anju.cases.models import Case, CaseStep
from anju.cases.standing import put
from anju.cases.tests.conftest import reported
from anju.clock.actions import set_today
from anju.guarantees import actions as guarantees
from anju.notices import actions as notices
from anju.notices.tests.conftest import board
from anju.registry import actions as registry
from anju.registry.actions.households import NewPerson
from anju.registry.models import Leaving, Membership
from anju.vocabulary.division import Level
from tests.journeys.conftest import NARROW, Enter, Visitor, World
from tests.journeys.renovation import TOWNSHIP, VILLAGE, act, appraise, moved, opened, people, refused, settle

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
TODAY = date(2020, 6, 10)


def forged(visitor: Visitor, case: Case, do: str, **given: str) -> str:
    """A step sent from the person's own page that the page doesn't offer; what is answered."""
    page = opened(visitor, case)
    expect(page.locator(f"#act-{do} form")).to_have_count(0)
    token = page.locator('input[name="csrfmiddlewaretoken"]').first.get_attribute("value") or ""
    answer = page.request.post(
        f"{visitor.origin}/cases/{case.number}/{do}/",
        form={"csrfmiddlewaretoken": token, "on": TODAY.isoformat(), **given},
        headers={"Referer": f"{visitor.origin}/cases/{case.number}/"},
    )
    assert answer.status == 422, (do, answer.status)
    return answer.text()


def looked_at(visitor: Visitor, picture: str) -> None:
    """axe finds nothing, nothing sticks out."""
    visitor.accessible()
    visitor.fits()
    visitor.picture(picture)


def test_side_roads_before_the_approval(enter: Enter, world: World) -> None:
    road = people(world)
    first, second, third, fourth = settle(world, "周德海", "赵凤芹", "孙福", "刘守义")
    back, refusal, paused, housed = road.to("reviewed", first, second, third, fourth)
    set_today(day=TODAY)
    town, village, county = enter("town"), enter("collector", NARROW), enter("clerk")

    # 退回补正，重报
    page = opened(town, back)
    act(page, "return", reason=" ")
    refused(page, rules.REASON, "请写明“退回补正”的理由")
    act(page, "return", reason="缺会议记录的签字页")
    moved(page, back, "returned")
    page = opened(village, back)
    expect(page.locator("main")).to_contain_text("缺会议记录的签字页")
    looked_at(village, "s-returned-phone")
    act(page, "resubmit")
    moved(page, back, "applied")

    # 撤销上一步：误报的一步留着，再退一步写明
    page = opened(village, back)
    act(page, "undo", reason="签字页还没有补齐")
    moved(page, back, "returned")
    expect(page.locator("main s")).to_have_text("补正后重报")

    # 不符合
    page = opened(town, refusal)
    act(page, "refuse", reason="在镇上另有住房")
    moved(page, refusal, "refused")
    expect(page.locator("main")).to_contain_text("已办结：不符合")
    looked_at(town, "s-refused")

    # 暂停，恢复
    page = opened(county, paused)
    act(page, "pause", reason="户主外出务工，秋后再办")
    moved(page, paused, "paused")
    expect(page.locator("#act-post_village")).to_have_count(0)
    looked_at(county, "s-paused")
    act(page, "resume")
    moved(page, paused, "reviewed")

    # 转其他途径：先有途径
    page = opened(town, housed)
    expect(page.locator("#act-take_other_route")).to_contain_text("还没有登记有效的保障途径")
    assert rules.OTHER_ROUTE.source in forged(town, housed, "take_other_route", reason="投靠女儿")
    guarantees.record(
        household=fourth,
        route="happiness_courtyard",
        since=date(2020, 6, 1),
        by=world.users["town"],
        document="入住协议",
        provider="镇敬老院",
        safe_because="A 级",
    )
    page = opened(town, housed)
    act(page, "take_other_route", reason="住进镇上的幸福大院")
    moved(page, housed, "other_route")

    # 等级变了：改按最新鉴定重审
    appraise(world, third, "c", date(2020, 6, 9))
    page = opened(town, paused)
    act(page, "regrade", reason="异议成立，复核为 C 级")
    moved(page, paused, "applied")
    expect(page.locator(".gr").first).to_have_text("C")


def test_side_roads_after_the_approval(enter: Enter, world: World) -> None:
    road = people(world)
    first, second, third, fourth = settle(world, "周德海", "赵凤芹", "孙福", "刘守义")
    given_up, headless, divided, done = road.to("ready", first, second, third, fourth)
    set_today(day=TODAY)
    town, county = enter("town"), enter("clerk")

    # 自愿放弃：书面
    page = opened(town, given_up)
    act(page, "withdraw", reason="儿子接去城里住", written_on="2020-06-11")
    refused(page, rules.WRITTEN, "书面声明")
    expect(page.locator("#act-withdraw [name=reason]")).to_have_value("儿子接去城里住")
    act(page, "withdraw", written_on="2020-06-09")
    moved(page, given_up, "withdrawn")
    expect(page.locator("main")).to_contain_text("书面声明 2020-06-09")

    # 户主去世：先在登记库，再在这里；协议重签
    expect(opened(town, headless).locator("#act-change_head")).to_contain_text("登记库里户主没有变")
    clerk = world.users["clerk"]
    head = Membership.objects.open().get(household=second, relation="02").person
    son = registry.add_member(household=second, person=NewPerson("赵小海", sex="1"), relation_code="20", on=date(2020, 2, 1), by=clerk)
    registry.remove_member(household=second, person=head, reason=Leaving.DIED, on=date(2020, 6, 1), by=clerk, new_head=son)
    page = opened(town, headless)
    expect(page.locator("#act-start_works")).to_contain_text("登记库里的户主现在是 赵小海")
    act(page, "change_head", reason="户主 6 月 1 日去世")
    moved(page, headless, "approved")
    expect(page.locator("h1")).to_contain_text("赵小海")
    expect(page.locator("#act-start_works")).to_contain_text("还没有签好并备案的协议")
    looked_at(town, "s-new-head")

    # 分户：退回重审，批准过的都不算数
    page = opened(county, divided)
    act(page, "split", reason="长子分户另立")
    moved(page, divided, "returned")
    assert (divided.subsidy, divided.method, divided.marks) == (None, "", [])

    # 返危重开：结案以后，用竣工以后的鉴定
    road.day = TODAY
    for code in ("start_works", "lay_foundation", "raise_structure", "complete"):
        reported(done, code, world.users["town"], road.later(6))
    for code in ("accept_first", "accept", "archive", "close"):  # by the apps that come after this one
        step = CaseStep.objects.create(case=done, area=done.area, code=code, on=road.day, at=timezone.now())
        put(done, [*done.steps.exclude(pk=step.pk).order_by("id"), step]).save()
    page = opened(county, done)
    act(page, "reopen", reason="暴雨冲垮后墙")
    refused(page, rules.GRADE, "竣工以后的鉴定")
    road.later(10)
    appraise(world, fourth, "d", road.day)
    page = opened(county, done)
    act(page, "reopen", reason="暴雨冲垮后墙")
    expect(page.locator("#said .msg")).to_have_count(1)
    again = Case.objects.get(again_of=done)
    expect(page.locator("h1")).to_contain_text(again.number)
    expect(page.locator("main")).to_contain_text("返危前的改造")
    looked_at(county, "s-reopened")


def test_nothing_is_done_by_the_wrong_hand_or_too_early_or_past_an_open_block(enter: Enter, world: World) -> None:
    road = people(world)
    first, second = settle(world, "周德海", "赵凤芹")
    (case,) = road.to("reviewed", first)
    set_today(day=TODAY)
    town, village, county, poverty = (enter(who) for who in ("town", "collector", "clerk", "poverty"))

    # 不是自己的事，页面不给，硬交也不收
    for visitor, do, more in (
        (village, "visit", {"seen": "看过"}),
        (village, "pause", {"reason": "外出"}),
        (county, "visit", {"seen": "看过"}),
        (poverty, "post_village", {}),
        (poverty, "refuse", {"reason": "不符合"}),
        (town, "approve", {"method": "rebuild"}),
        (town, "waive", {"rule": rules.HOUSE.id, "reason": "特殊"}),
    ):
        said = forged(visitor, case, do, **more)
        assert rules.ROLE.source in said, do
    # 没到时候
    for visitor, do, more in ((county, "approve", {"method": "rebuild"}), (town, "start_works", {}), (county, "check", {})):
        said = forged(visitor, case, do, **more)
        assert rules.ORDER.source in said, do
    assert case.steps.count() == 2

    # 公示：没有期满、有异议都不放行
    notice = actions.post(
        cases=[case.pk],
        level=Level.VILLAGE,
        area=VILLAGE,
        title="评议结果公示",
        by=world.users["town"],
        hotline="0418-6922315",
        on=date(2020, 6, 5),
    )
    notice = notices.photograph_start(notice=notice, by=world.users["town"], file=board(801, date(2020, 6, 5)))
    page = opened(town, case)
    refused(page, rules.NOTICE, "6 月" if "6 月" in page.locator("#act-post_village").inner_text() else "期满拍照、结束后再办")
    assert rules.NOTICE.source in forged(town, case, "post_village")
    held = notices.object_to(notice=notice, by=world.users["town"], channel="visit", about="不是本村常住", on=date(2020, 6, 6))
    page = opened(town, case)
    refused(page, rules.NOTICE, "有异议还没有答复")
    said = forged(village, case, "post_village")
    assert "有异议还没有答复" in said
    assert rules.NOTICE.source in said
    looked_at(town, "s-objected")
    notices.answer_objection(objection=held, result="rejected", answer="经查，户籍和居住都在本村", by=world.users["town"])
    set_today(day=notice.closes_on)
    notice = notices.photograph_end(notice=notice, by=world.users["town"], file=board(802, notice.closes_on))
    notices.close(notice=notice, by=world.users["town"], on=notice.closes_on)
    page = opened(village, case)
    act(page, "post_village")
    moved(page, case, "village_posted")

    # 一条规则：挡住，县里按户豁免，豁免收得回
    registry.set_flag(household=first, flag="public_employee", on=date(2020, 1, 31), by=world.users["clerk"], note="长子为公务员")
    page = opened(town, case)
    act(page, "visit", seen="墙体开裂")
    expect(page.locator("#act-review_township")).to_contain_text("家中有国家公职人员")
    refused(page, rules.PUBLIC_EMPLOYEE)
    assert rules.PUBLIC_EMPLOYEE.source in forged(town, case, "review_township")
    page = opened(county, case)
    act(page, "waive", rule=rules.PUBLIC_EMPLOYEE.id, reason="长子已分户，县长办公会〔2020〕3号同意")
    expect(page.locator("main")).to_contain_text("县长办公会〔2020〕3号同意")
    act(page, "unwaive", rule=rules.PUBLIC_EMPLOYEE.id, reason="会议纪要文号有误")
    expect(page.locator("main")).to_contain_text("已收回：会议纪要文号有误")
    act(page, "waive", rule=rules.PUBLIC_EMPLOYEE.id, reason="长子已分户，县长办公会〔2020〕5号同意")
    looked_at(county, "s-waived")
    page = opened(town, case)
    act(page, "review_township")
    moved(page, case, "township_reviewed")
    expect(page.locator("main")).to_contain_text("按户豁免：家中有国家公职人员")

    # 批量：办不成的留在原处，写明原因
    other = road.applied(second)
    page = village.go(f"/cases/many/review/?case={other.number}")
    _vote(page, other, "9")
    refused(page, rules.MEETING, "1 户没有办成", "同意 9 人，没有过半")
    looked_at(village, "s-many-refused")
    _list(village, town)


def _vote(page: Page, case: Case, agreed: str) -> None:
    page.locator(f'[name="agreed-{case.number}"]').fill(agreed)
    for name, value in (("due", "40"), ("came", "28"), ("chair", "金书记"), ("recorder", "金淑珍")):
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_role("button", name="登记村评议").click()


def _list(village: Visitor, town: Visitor) -> None:
    """The list, the places and the plans, at the desk and on a phone."""
    for visitor, size in ((town, "desk"), (village, "phone")):
        if size == "phone":
            visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
        for address, name in (("/cases/", "list"), ("/cases/areas/", "areas"), ("/cases/plans/", "plans"), ("/cases/new/", "new")):
            visitor.go(address)
            looked_at(visitor, f"s-{name}-{size}")
    town.go(f"/cases/many/post-township/?area={TOWNSHIP}")
    looked_at(town, "s-many")
    town.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    town.go("/cases/many/post-township/")
    looked_at(town, "s-many-phone")
