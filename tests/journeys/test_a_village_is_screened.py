"""A round is opened at the desk and walked on the phone: three doors, one suspect house, many alike; a hazard from its report to its end."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from anju.appraisals.actions import appraising
from anju.appraisals.models import Hazard, Round, Screening
from anju.demo import pictures
from anju.registry.models import Dwelling, Household
from tests.journeys.conftest import NARROW, Enter, World
from tests.journeys.test_a_house_is_appraised import people

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VILLAGE = "210922109201"


def photograph(page: Page, *seeds: int) -> None:
    page.get_by_role("button", name="开始拍照").click()
    expect(page.locator("[data-dropzone]")).to_have_count(1)
    for number, seed in enumerate(seeds, start=1):
        page.locator("[data-dropzone] input[type=file][multiple]").set_input_files(
            {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": pictures.house(seed, state="ruined", size=(960, 720))}
        )
        expect(page.locator(".ph-grid li")).to_have_count(number)


def open_round(enter: Enter) -> Round:
    """The county opens a round over all its households."""
    clerk = enter("clerk")
    page = clerk.go("/appraisals/rounds/")
    expect(page.locator("main")).to_contain_text("还没有排查轮次")
    clerk.accessible()
    page.get_by_role("link", name="开展轮次").first.click()
    clerk.accessible()
    clerk.picture("r1-new")
    page.get_by_label("轮次名称").fill("2020年农村住房安全“回头看”")
    page.get_by_label("排查类型").select_option("revisit")
    page.get_by_label("结束").fill("2020-06-20")
    page.get_by_role("button", name="开展轮次").click()
    expect(page.locator("main")).to_contain_text("已开展")
    clerk.accessible()
    return Round.objects.get()


def test_a_village_is_walked_on_the_phone(enter: Enter, world: World) -> None:
    people(world)
    made = open_round(enter)
    three = list(Household.objects.filter(area=VILLAGE).order_by("number"))
    assert len(three) == 3

    collector = enter("collector", NARROW)
    page = collector.go("/")
    page.get_by_role("link", name="去排查").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    collector.accessible()
    collector.fits()
    collector.picture("r1-village-phone")
    page.locator("tbody tr").first.get_by_role("link", name="排查").click()
    collector.accessible()
    collector.fits()
    collector.picture("r1-look-phone")
    expect(page.get_by_text("墙体开裂、外鼓或倾斜")).to_be_hidden()
    page.locator('input[name="result"][value="fine"]').check()
    page.locator('input[name="lives_here"][value="True"]').check()
    page.get_by_role("button", name="保存，下一户").click()
    expect(page.locator("h1")).to_contain_text("排查")
    expect(page.locator(".undo")).to_contain_text("未见危险")

    page.locator('input[name="result"][value="suspect"]').check()
    page.get_by_role("button", name="保存，下一户").click()
    expect(page.locator("main")).to_contain_text("疑似危房请勾选看到的情况")
    expect(page.locator('input[name="result"][value="suspect"]')).to_be_checked()
    page.locator('input[name="signs"][value="wall"]').check()
    page.get_by_label("备注").fill("后墙两指宽")
    photograph(page, 41, 42)
    collector.accessible()
    collector.fits()
    collector.picture("r1-suspect-phone")
    page.get_by_role("button", name="保存，下一户").click()
    expect(page.locator("main")).to_contain_text("列入待鉴定")

    page.locator('input[name="result"][value="absent"]').check()
    page.get_by_role("button", name="保存，回全村").click()
    expect(page.locator("main")).to_contain_text("本村每一户都看过了")
    page.get_by_role("button", name="撤销").click()
    expect(page.locator("main")).to_contain_text("已撤销")
    page.locator("tbody tr input[data-pick]").check()
    page.get_by_role("button", name="选中的都未见危险").click()
    expect(page.locator("main")).to_contain_text("本村每一户都看过了")
    page.get_by_role("link", name="已排查").click()
    expect(page.locator("tbody tr")).to_have_count(3)
    collector.accessible()
    collector.fits()
    collector.picture("r1-seen-phone")
    results = Screening.objects.filter(round=made, superseded_at=None).order_by("household__number").values_list("result", flat=True)
    assert sorted(results) == ["fine", "fine", "suspect"]
    suspect = Screening.objects.get(superseded_at=None, result="suspect")
    assert suspect.album is not None
    assert suspect.album.photos.count() == 2

    appraiser = enter("appraiser")
    page = appraiser.go("/appraisals/waiting/?why=suspect")
    expect(page.locator("main")).to_contain_text("后墙两指宽")

    clerk = enter("clerk")
    page = clerk.go(f"/appraisals/rounds/{made.pk}/?area=210922109")
    expect(page.locator("main")).to_contain_text("已看完 1 个")
    clerk.accessible()
    clerk.picture("r1-round")
    page.get_by_role("row").filter(has_text="小官村").get_by_role("link", name="1", exact=True).click()
    expect(page.locator("tbody tr")).to_have_count(1)
    clerk.accessible()
    clerk.picture("r1-households")


def test_a_hazard_goes_from_its_report_to_its_end(enter: Enter, world: World) -> None:
    one = people(world)[0]
    collector = enter("collector", NARROW)
    page = collector.go(f"/households/{one.number}/")
    page.locator("#looked").get_by_role("link", name="上报险情").click()
    page.get_by_label("发现途径").select_option("household")
    page.get_by_label("什么情况").fill("暴雨后后墙外鼓")
    collector.accessible()
    collector.fits()
    collector.picture("r2-report-phone")
    page.get_by_role("button", name="上报险情").click()
    expect(page.get_by_label("什么情况")).to_have_value("暴雨后后墙外鼓")
    page.get_by_label("成因").select_option("flood")
    photograph(page, 51)
    page.get_by_role("button", name="上报险情").click()
    expect(page.locator("main")).to_contain_text("2020-06-20 前完成鉴定")
    page.get_by_label("到现场看到的情况").fill("后墙外鼓三厘米，人已劝离")
    collector.accessible()
    collector.fits()
    collector.picture("r2-hazard-phone")
    page.get_by_role("button", name="登记核实").click()
    expect(page.locator("main")).to_contain_text("已登记核实")
    hazard = Hazard.objects.get()
    assert hazard.album is not None

    clerk = enter("clerk")
    page = clerk.go("/appraisals/hazards/")
    expect(page.locator("tbody tr")).to_have_count(1)
    clerk.accessible()
    clerk.picture("r2-hazards")
    page.get_by_role("link", name="待鉴定 1", exact=True).click()
    page.locator("tbody a[data-open]").click()
    expect(page.get_by_role("button", name="解危销号")).to_have_count(0)
    house = Dwelling.objects.distinct().get(occupancies__household=one)
    form = {
        "site": "safe", "storeys": 1, "structure": "brick_timber",
        "components": dict.fromkeys(("foundation", "bearing_wall", "timber_column_beam", "timber_truss", "roof", "enclosure_wall"), "b"),
    }  # fmt: skip
    appraising.submit(household=one, dwelling=house, form=form, on=date(2020, 6, 10), by=world.users["appraiser"], appraisers=["石岩"])
    page.reload()
    clerk.accessible()
    clerk.picture("r2-hazard")
    page.get_by_label("怎样解决的").fill("支护加固后重新鉴定")
    page.get_by_role("button", name="解危销号").click()
    expect(page.locator("main")).to_contain_text("已解危销号")
    page.goto(f"{clerk.origin}/households/{one.number}/")
    expect(page.locator("#looked")).to_contain_text("已解危")
    clerk.accessible()
