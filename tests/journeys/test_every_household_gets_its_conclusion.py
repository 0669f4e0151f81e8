"""Three households: a dangerous house that can't be called safe, a safe one counted to the village, one at its son's with the proof."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect

from anju.accounts.actions import admit, found
from anju.appraisals.actions.appraising import submit
from anju.appraisals.models import Appraisal
from anju.demo import pictures
from anju.demo.safety import form_for
from anju.guarantees.models import Guarantee
from anju.problems.models import Problem
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.verification.actions import open_campaign
from anju.verification.models import Campaign, Verification
from anju.verification.queries import Balance, balance
from tests.journeys.conftest import COUNTY, NARROW, TODAY, Enter, Visitor, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VILLAGE = "210922109201"


def village(world: World) -> tuple[list[Household], Campaign]:
    """The village's three households with their houses, a verifier, an appraiser, the township's reviewer; the county verifies."""
    for key, name, office, kind, area, role in (
        ("appraiser", "石岩", "彰武县农房鉴定组", "housing", COUNTY, "appraiser"),
        ("verifier", "邢志国", "彰武县核验组", "housing", COUNTY, "verifier"),
        ("town", "严志刚", "满堂红镇人民政府", "township", VILLAGE[:9], "township_reviewer"),
    ):
        made = found(name=office, kind=kind, area=area)
        world.users[key] = admit(login=key, name=name, organisation=made, role=role, password="journeys-2020", check_password=False)
    there = list(Household.objects.filter(area=VILLAGE).order_by("number"))
    for one in there:
        state = {"year_built": 1986, "structure": "brick_timber", "storeys": 1, "bays": 3}
        registry.record_dwelling(household=one, kind="own", on=date(2020, 1, 1), by=world.users["clerk"], state=state)
    campaign = open_campaign(
        area=COUNTY, name="2020年住房安全有保障核验", starts_on=date(2020, 6, 1), due=date(2020, 6, 30), by=world.users["clerk"]
    )
    return there, campaign


def graded(world: World, household: Household, grade: str) -> Appraisal:
    """Its house appraised on 1 June."""
    house, on = Dwelling.objects.get(occupancies__household=household), date(2020, 6, 1)
    form = form_for(grade, house, household.area, on)
    return submit(household=household, dwelling=house, form=form, by=world.users["appraiser"], appraisers=["石岩"], on=on)


def shoot(page: Page, kind: str, seed: int) -> None:
    """Begins the album of a form and puts a photo in it."""
    page.get_by_role("button", name="开始拍照").click()
    expect(page.locator("[data-dropzone]")).to_have_count(1)
    page.locator("[data-dropzone] select[name=kind]").select_option(kind)
    page.locator("[data-dropzone] input[type=file][multiple]").set_input_files(
        {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": pictures.house(seed, size=(960, 720))}
    )
    expect(page.locator(".ph-grid li")).to_have_count(1)


def conclude(visitor: Visitor, household: Household, campaign: Campaign, category: str) -> Page:
    """The conclusion's form, opened from the village's page."""
    page = visitor.go(f"/verification/{campaign.pk}/{VILLAGE}/")
    page.get_by_role("row").filter(has_text=household.number).get_by_role("link", name="核验", exact=True).click()
    page.get_by_label("核验结论").select_option(category)
    page.get_by_label("受访人").fill("本人")
    page.get_by_label("走访情况").fill("入户看了房屋，问了家里三口人")
    return page


def test_a_dangerous_house_is_not_called_safe(enter: Enter, world: World) -> None:
    (one, *_others), campaign = village(world)
    paper = graded(world, one, "C")
    verifier = enter("verifier")
    page = conclude(verifier, one, campaign, "appraised_safe")
    page.get_by_role("button", name="下结论").click()
    expect(page.locator("main")).to_contain_text("C 级")
    expect(page.locator("main")).to_contain_text(paper.number)
    expect(page.get_by_label("走访情况")).to_have_value("入户看了房屋，问了家里三口人")
    verifier.accessible()
    verifier.fits()
    verifier.picture("h-refused")
    page.get_by_label("核验结论").select_option("unguaranteed")
    page.get_by_label("未保障的原因和打算").fill("承重墙开裂，列入今年修缮加固")
    page.get_by_role("button", name="下结论").click()
    expect(page.locator("main")).to_contain_text("未保障")
    assert Verification.objects.open().get().category == "unguaranteed"
    found_wrong = Problem.objects.get()
    clerk = enter("clerk")
    page = clerk.go(f"/households/{one.number}/")
    expect(page.locator("#verification")).to_contain_text(found_wrong.number)
    expect(page.locator("main")).to_contain_text(found_wrong.title)
    expect(page.locator("#guarantees")).to_contain_text("还没有保障途径")
    clerk.accessible()
    clerk.fits()
    clerk.picture("h-household-unsafe")
    page.goto(f"{clerk.origin}/guarantees/danger/")
    clerk.accessible()
    clerk.fits()
    clerk.picture("h-danger")
    page.get_by_role("link", name="危房住人", exact=True).first.click()
    expect(page.locator("main")).to_contain_text(one.number)
    clerk.accessible()
    clerk.fits()
    clerk.picture("h-lived-in")


def test_a_safe_house_is_verified_with_photo_and_interview_and_counted(enter: Enter, world: World) -> None:
    (_one, two, *_others), campaign = village(world)
    graded(world, two, "A")
    verifier = enter("verifier", NARROW)
    page = conclude(verifier, two, campaign, "appraised_safe")
    shoot(page, "present", 41)
    verifier.accessible()
    verifier.fits()
    verifier.picture("h-conclude-phone")
    page.get_by_role("button", name="下结论").click()
    expect(page.locator("main")).to_contain_text("鉴定安全")
    made = Verification.objects.open().get()
    assert made.album is not None
    assert (made.household, made.album.photos.count(), made.interview) == (two, 1, "入户看了房屋，问了家里三口人")
    many = Household.objects.filter(area=VILLAGE).count()
    assert balance(VILLAGE)[VILLAGE] == Balance(VILLAGE, many, appraised=1, open=many - 1)
    clerk = enter("clerk")
    page = clerk.go("/verification/")
    expect(page.locator("main")).to_contain_text("满堂红")
    page = clerk.go("/verification/balance/")
    clerk.accessible()
    clerk.fits()
    clerk.picture("h-balance")
    page.get_by_role("row").filter(has_text="合计").get_by_role("link", name="鉴定安全").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody")).to_contain_text(two.number)
    clerk.accessible()
    clerk.fits()
    clerk.picture("h-balance-households")
    page = clerk.go(f"/households/{two.number}/")
    expect(page.locator("#verification")).to_contain_text("1 张照片")


def test_a_relatives_house_with_proof_is_guaranteed_safe(enter: Enter, world: World) -> None:
    (_one, _two, three, *_others), campaign = village(world)
    graded(world, three, "D")
    town = enter("town")
    page = town.go(f"/households/{three.number}/")
    page.locator("#guarantees").get_by_role("link", name="登记途径").click()
    page.get_by_label("保障途径").select_option("relatives")
    page.get_by_label("入住日期").fill("2020-06-02")
    page.get_by_label("住房由谁提供").fill("长子（本村）")
    page.get_by_label("与提供人的关系").fill("父子")
    page.get_by_label("现住房为什么安全").fill("2018 年新建，村鉴定为 A 级")
    shoot(page, "agreement", 42)
    page.get_by_role("button", name="登记保障途径").click()
    expect(page.locator("main")).to_contain_text("要写合同或同意的最后一天")
    expect(page.get_by_label("住房由谁提供")).to_have_value("长子（本村）")
    town.accessible()
    town.fits()
    town.picture("h-way-refused")
    page.get_by_label("最后一天").fill("2021-05-31")
    page.get_by_role("button", name="登记保障途径").click()
    expect(page.locator("#guarantees")).to_contain_text("投亲靠友")
    way = Guarantee.objects.get()
    assert way.album is not None
    assert (way.household, way.album.photos.count(), way.until) == (three, 1, date(2021, 5, 31))
    page.goto(f"{town.origin}/guarantees/{way.pk}/")
    town.accessible()
    town.fits()
    town.picture("h-way")
    verifier = enter("verifier")
    page = conclude(verifier, three, campaign, "guaranteed_safe")
    page.get_by_role("button", name="下结论").click()
    expect(page.locator("main")).to_contain_text("保障安全")
    assert Verification.objects.open().get().guarantee == way
    assert not Problem.objects.exists()
    page = town.go("/guarantees/")
    expect(page.locator("tbody")).to_contain_text(three.number)
    town.accessible()
    town.picture("h-ways")


def test_four_departments_lock_the_stock(enter: Enter, world: World) -> None:
    there, _campaign = village(world)
    graded(world, next(one for one in there if one.groups), "D")
    clerk = enter("clerk")
    page = clerk.go("/guarantees/stock/")
    clerk.accessible()
    clerk.fits()
    page.get_by_label("截至日期").fill(TODAY.isoformat())
    page.get_by_role("button", name="制作", exact=True).click()
    expect(page.locator("#signers")).to_contain_text("未签")
    address = page.url.removeprefix(clerk.origin)
    for who in ("clerk", "poverty", "civil", "disabled"):
        signer = enter(who)
        page = signer.go(address)
        page.get_by_role("button", name="签字").click()
        expect(page.locator("main")).to_contain_text("已签字")
    expect(page.locator("main")).to_contain_text("已锁定")
    signer.accessible()
    signer.fits()
    signer.picture("h-stock")
    page.get_by_role("link", name="打印").click()
    expect(page.locator(".paper")).to_contain_text("四部门已签齐")
    signer.accessible()
    signer.picture("h-stock-paper")
