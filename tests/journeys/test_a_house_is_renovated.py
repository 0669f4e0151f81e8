"""One household's whole road, each step by whom it is done, at the screen that person has: from the application to an agreement filed and ready to start."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import Page, expect

from anju.cases import rules
from anju.cases.models import Case
from anju.cases.tests.conftest import APPLIED
from anju.clock.actions import set_today
from anju.notices.models import Notice
from anju.notices.tests.conftest import board
from anju.policy.tests.conftest import Set, also
from tests.journeys.conftest import NARROW, Enter, Visitor, World
from tests.journeys.renovation import POLICY, act, moved, opened, people, refused, settle, shoot

__all__ = ["also"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Days:
    """The business day of the journey."""

    def __init__(self) -> None:
        self.today = APPLIED

    def later(self, days: int = 1) -> str:
        """Some days later, as a date field takes it."""
        self.today += timedelta(days=days)
        set_today(day=self.today)
        return self.today.isoformat()


def shot(page: Page, seed: int, on: date, which: str) -> None:
    """The photo of the board, given on the notice's page."""
    form = page.locator("form").filter(has=page.locator(f'input[name=which][value="{which}"]'))
    form.locator("input[type=file]").set_input_files({"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": board(seed, on)})
    form.get_by_role("button", name="交照片").click()
    expect(page.locator("#said")).to_contain_text("已收下照片")


def posted(office: Visitor, village: Visitor, case: Case, days: Days, *, code: str, seed: int) -> None:
    """A notice posted from the case's page, photographed, closed after its days; the case goes on."""
    days.later()
    page = opened(office, case)
    card = page.locator(f"#act-{code}")
    expect(card).to_contain_text("请先公示")
    card.get_by_role("link", name="张贴公示").click()
    page.get_by_label("异议电话").fill("0418-6922315")
    page.locator("button.p").filter(has_text="张贴").click()
    notice = Notice.objects.latest("pk")
    expect(page.locator("main")).not_to_contain_text("没有办成")
    page = village.go(f"/notices/{notice.pk}/")
    shot(page, seed, days.today, "start")
    page = opened(office, case)
    expect(page.locator(f"#act-{code}")).to_contain_text("期满拍照、结束后再办")
    days.later((notice.closes_on - days.today).days)
    page = village.go(f"/notices/{notice.pk}/")
    shot(page, seed + 1, days.today, "end")
    page = office.go(f"/notices/{notice.pk}/")
    page.get_by_role("button", name="结束公示").click()
    expect(page.get_by_role("button", name="结束公示")).to_have_count(0)


def drawn(town: Visitor, case: Case, day: str) -> None:
    """The household's plan, first with sources that don't add up, then as it holds."""
    page = town.go(f"/cases/{case.number}/plan/")
    for code in ("foundation", "walls", "roof"):
        page.locator(f'[name=items][value="{code}"]').check()
    page.locator("[name=meanwhile]").select_option("relatives")
    page.locator("[name=disposal]").select_option("demolished")
    for name, value in (
        *(("main_area", "40"), ("auxiliary_area", "8"), ("self_raised", "3000"), ("total", "28000"), ("meanwhile_place", "本村女儿家")),
        *(("meanwhile_from", day), ("village_person", "金书记"), ("township_person", "包铁柱"), ("on", day)),
    ):
        page.locator(f'[name="{name}"]').fill(value)
    page.locator("#plan button.p").last.click()
    refused(page, rules.FUNDS, "资金来源合计 27,000.00 元，总费用 28,000.00 元")
    expect(page.locator("[name=meanwhile_place]")).to_have_value("本村女儿家")
    town.accessible()
    town.fits()
    town.picture("r-plan")
    page.locator("[name=total]").fill("27000")
    page.locator("#plan button.p").last.click()
    expect(page.locator("#said")).to_contain_text("已登记")
    case.refresh_from_db()
    assert "plan" in case.marks


def test_a_household_gets_as_far_as_its_works(enter: Enter, world: World, also: Set) -> None:
    also(POLICY)
    people(world)
    (home,) = settle(world, "周德海")
    days = Days()
    village, town, county = enter("collector", NARROW), enter("town"), enter("clerk")

    # 村: 受理申请、评议
    page = village.go(f"/households/{home.number}/")
    page.get_by_role("link", name="受理申请").click()
    expect(page.locator("main")).to_contain_text("现住房是危房")
    village.accessible()
    village.fits()
    page.get_by_role("button", name="受理申请").click()
    expect(page.locator("main")).to_contain_text("接下来由村里评议")
    case = Case.objects.get()
    village.accessible()
    village.fits()
    village.picture("r-applied-phone")
    day = days.later()
    page = opened(village, case)
    meeting = {"due": "40", "came": "18", "agreed": "16", "chair": "金书记", "recorder": "金淑珍", "on": day}
    shoot(page, "review", 699, days.today)
    act(page, "review", **meeting)
    expect(page.locator("#act-review")).to_contain_text("没有过半")
    expect(page.locator("#act-review")).to_contain_text("《村民委员会组织法》第 22 条")
    expect(page.locator("#act-review [name=chair]")).to_have_value("金书记")
    act(page, "review", came="28", agreed="22")
    moved(page, case, "reviewed")

    # 村公示；乡镇入户、审核、公示
    posted(town, village, case, days, code="post_village", seed=701)
    page = opened(village, case)
    act(page, "post_village")
    moved(page, case, "village_posted")
    page = opened(town, case)
    expect(page.locator("#act-review_township")).to_contain_text("还没有登记入户核实")
    expect(page.locator("#act-review_township form")).to_have_count(0)
    act(page, "visit", seen="墙体开裂，屋面漏雨；一人户，与申请一致")
    expect(page.locator("#act-visit")).to_have_count(0)
    days.later()
    page = opened(town, case)
    act(page, "review_township", opinion="同意上报")
    moved(page, case, "township_reviewed")
    posted(town, village, case, days, code="post_township", seed=703)
    page = opened(town, case)
    act(page, "post_township")
    moved(page, case, "township_posted")
    town.accessible()
    town.picture("r-township-posted")

    # 四部门联审，县公示
    for who, office in (("clerk", "housing"), ("poverty", "poverty"), ("civil", "civil_affairs"), ("disabled", "disabled_federation")):
        page = opened(county if who == "clerk" else enter(who), case)
        expect(page.locator('[id^="act-check_"]')).to_have_count(1)
        act(page, f"check_{office}", note="无异议")
        expect(page.locator(f"#act-check_{office}")).to_have_count(0)
    days.later()
    page = opened(county, case)
    act(page, "check")
    moved(page, case, "checked")
    posted(county, county, case, days, code="post_county", seed=705)
    page = opened(county, case)
    act(page, "post_county")
    moved(page, case, "county_posted")

    # 批准：先有计划；金额按标准算
    expect(page.locator("#act-approve")).to_contain_text("还没有 2020 年的改造计划")
    page.get_by_role("link", name="去录入").click()
    for name, value in (
        ("households", "405"),
        ("start_due", "2020-04-30"),
        ("complete_due", "2020-06-25"),
        ("document", "彰政办〔2020〕1号"),
    ):
        page.locator(f'[name="{name}"]').fill(value)
    page.get_by_role("button", name="录入", exact=True).click()
    expect(page.locator("main")).to_contain_text("405")
    county.accessible()
    county.picture("r-plans")
    days.later()
    page = opened(county, case)
    card = page.locator("#act-approve")
    card.locator('[name="method"]').select_option("rebuild")
    card.locator('[name="main_area"]').fill("62")
    card.locator('[name="auxiliary_area"]').fill("10")
    expect(page.locator("#subsidy")).to_contain_text("超出上限")
    card.locator('[name="main_area"]').fill("40")
    card.locator('[name="auxiliary_area"]').fill("8")
    expect(page.locator("#subsidy")).to_contain_text("24,000.00 元")
    expect(page.locator("#subsidy")).to_contain_text("彰住建〔2020〕3号：D 级每平方米 600 元")
    county.accessible()
    county.picture("r-approve")
    card.get_by_role("button", name="批准并列入计划").click()
    moved(page, case, "approved")
    assert (case.subsidy, case.plan is not None) == (2_400_000, True)
    expect(page.locator("main")).to_contain_text("补助 24,000.00 元")

    # 开工前：方式、协议备案、备料、培训
    day = days.later()
    page = opened(town, case)
    expect(page.locator("#act-start_works")).to_contain_text("还没有签好并备案的协议")
    act(page, "survey_mode", mode="unified_build")
    expect(page.locator("#act-survey_mode")).to_have_count(0)
    signed = {
        "kind": "three",
        "builder": "彰武宏达施工队",
        "builder_certificate": "LN-2019-0412",
        "signed_on": day,
        "start_due": day,
        "finish_due": "2020-06-20",
    }
    act(page, "agree", **signed, stages="开工 30\n竣工验收 70")
    expect(page.locator("#act-agree")).to_contain_text("协议要报市级住建部门备案")
    act(page, "agree", filed_on=day, filed_number="阜农危备〔2020〕117")
    expect(page.locator("#act-agree")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("阜农危备〔2020〕117")
    drawn(town, case, day)
    page = opened(town, case)
    act(page, "stock_materials", note="水泥三吨、红砖八千块，够做到主体")
    expect(page.locator("#act-stock_materials")).to_have_count(0)
    act(page, "train", note="石工长 3 月在县里培训，证书 LN-2019-0412")
    expect(page.locator("#act-train")).to_have_count(0)
    page = opened(town, case)
    expect(page.locator("#form-start_works")).to_have_count(1)
    town.accessible()
    town.fits()
    town.picture("r-ready")
    page = village.go("/cases/?work=start")
    expect(page.locator("main")).to_contain_text("周德海")
    village.accessible()
    village.fits()
    page = opened(village, case)
    expect(page.locator("#form-start_works")).to_have_count(1)
    village.accessible()
    village.fits()
    village.picture("r-ready-phone")
    codes = list(case.steps.order_by("id").values_list("code", flat=True))
    assert codes == [
        *("apply", "review", "post_village", "visit", "review_township", "post_township"),
        *("check_housing", "check_poverty", "check_civil_affairs", "check_disabled_federation", "check", "post_county"),
        *("approve", "survey_mode", "agree", "draw_plan", "stock_materials", "train"),
    ]
