"""From the list of who waits to the grade, its papers, the household's objection, the second look; a safe house and what the public reads of it."""

import io
from datetime import date

import pypdf
import pytest
from playwright.sync_api import Page, expect

from anju.accounts.actions import admit, found
from anju.appraisals.models import Appraisal, HouseGrade, Posting
from anju.demo import pictures
from anju.registry import actions as registry
from anju.registry.models import Household
from tests.journeys.conftest import COUNTY, NARROW, Enter, Visitor, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def people(world: World) -> list[Household]:
    """An appraiser and a village cadre; the register's first houses."""
    for key, name, office, kind, area, role in (
        ("appraiser", "石岩", "彰武县农房鉴定组", "housing", COUNTY, "appraiser"),
        ("collector", "金淑珍", "小官村村民委员会", "village", "210922109201", "village_collector"),
    ):
        made = found(name=office, kind=kind, area=area)
        world.users[key] = admit(login=key, name=name, organisation=made, role=role, password="journeys-2020", check_password=False)
    there = list(Household.objects.filter(area="210922109201").order_by("number"))
    for one in there[:2]:
        state = {"year_built": 1986, "structure": "brick_timber", "storeys": 1, "bays": 3}
        registry.record_dwelling(household=one, kind="own", on=date(2020, 1, 1), by=world.users["clerk"], state=state)
    return there


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f'input[name="{name}"][value="{value}"]').check()


def fill(visitor: Visitor, household: Household, wall: str) -> Page:
    """The form filled: everything sound but the wall."""
    page = visitor.page
    choose(page, "site", "safe")
    asked = page.locator('input[name^="c:"][value="a"]').evaluate_all("inputs => inputs.map(input => input.name)")
    assert "c:bearing_wall" in asked
    for name in asked:
        choose(page, name, wall if name == "c:bearing_wall" else "a")
    expect(page.locator("#result .gr")).to_have_text(wall.upper())
    return page


def pdf_text(content: bytes) -> str:
    return "".join("".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages).replace("\u200b", "").split())


def fetched(page: Page, name: str) -> bytes:
    """What a link that opens a PDF gives."""
    address = page.get_by_role("link", name=name).get_attribute("href")
    assert address
    answer = page.request.get(
        address if address.startswith("http") else page.url.split("/", 3)[0] + "//" + page.url.split("/")[2] + address
    )
    assert answer.ok
    return answer.body()


def photograph(page: Page, kind: str, *seeds: int) -> None:
    expect(page.locator("[data-dropzone]")).to_have_count(1)
    page.locator("[data-dropzone] select[name=kind]").select_option(kind)
    for number, seed in enumerate(seeds, start=1):
        page.locator("[data-dropzone] input[type=file][multiple]").set_input_files(
            {"name": f"{seed}.jpg", "mimeType": "image/jpeg", "buffer": pictures.house(seed, state="ruined", size=(960, 720))}
        )
        expect(page.locator(".ph-grid li")).to_have_count(number)


def test_a_dangerous_house_is_appraised_objected_to_and_appraised_again(enter: Enter, world: World) -> None:
    one = people(world)[0]
    appraiser = enter("appraiser")
    page = appraiser.go("/appraisals/waiting/?why=group")
    appraiser.accessible()
    appraiser.picture("a1-waiting")
    page.get_by_role("row").filter(has_text=one.number).get_by_role("link", name="鉴定", exact=True).click()
    page.get_by_role("button", name="开始拍照").click()
    photograph(page, "house", 1, 2, 3)
    fill(appraiser, one, "d")
    appraiser.accessible()
    appraiser.fits()
    appraiser.picture("a1-form")
    page.get_by_role("button", name="提交鉴定").click()
    expect(page.locator("main")).to_contain_text("已提交")
    appraiser.accessible()
    appraiser.picture("a1-appraisal")
    paper = Appraisal.objects.get()
    assert (paper.grade, paper.household_id) == ("D", one.pk)
    assert paper.album is not None
    assert paper.album.photos.count() == 3
    report = fetched(page, "鉴定报告 PDF")
    appraiser.keep("a1-report.pdf", report)
    assert paper.number in pdf_text(report)
    assert fetched(page, "鉴定报告 PDF") == report

    clerk = enter("clerk")
    page = clerk.go(f"/appraisals/{paper.pk}/")
    expect(page.locator("main")).to_contain_text("D 级不能挂安全认定牌")
    expect(page.get_by_role("button", name="制作安全认定牌")).to_have_count(0)
    page.locator("summary").filter(has_text="制作结果公示牌").click()
    page.get_by_role("button", name="制作结果公示牌").click()
    expect(page.locator("main")).to_contain_text("210922-GS2020-000001")
    assert "210922-GS2020-000001" in pdf_text(fetched(page, "牌 PDF"))

    collector = enter("collector", NARROW)
    page = collector.go(f"/appraisals/{paper.pk}/")
    page.locator("summary").filter(has_text="登记异议").click()
    page.get_by_label("提出人").fill(world.residents[0].name)
    page.get_by_label("理由", exact=True).fill("裂缝是去年修灶台时震的，墙没有歪")
    collector.accessible()
    collector.fits()
    page.get_by_role("button", name="登记异议").click()
    expect(page.locator("#objections")).to_contain_text("待处理")
    collector.picture("a1-objection-phone")

    page = appraiser.go("/")
    page.get_by_role("link", name="去处理").click()
    expect(page.locator("main")).to_contain_text("墙没有歪")
    page.get_by_role("link", name="鉴定", exact=True).last.click()
    expect(page.get_by_label("为什么鉴定")).to_have_value("objection")
    fill(appraiser, one, "c")
    page.get_by_role("button", name="提交鉴定").click()
    expect(page.locator("main")).to_contain_text("C 级")
    assert HouseGrade.objects.open().get(household=one).grade == "C"
    page.goto(f"{appraiser.origin}/appraisals/{paper.pk}/")
    expect(page.locator("#objections")).to_contain_text("已重新鉴定")
    page.goto(f"{appraiser.origin}/appraisals/postings/?state=outdated")
    expect(page.locator("main")).to_contain_text("210922-GS2020-000001")
    appraiser.accessible()
    appraiser.picture("a1-postings")
    page.goto(f"{appraiser.origin}/households/{one.number}/")
    expect(page.locator("#appraisals")).to_contain_text("维修加固")
    appraiser.accessible()
    appraiser.picture("a1-household")


def test_a_safe_house_gets_its_plate_and_the_public_reads_it(enter: Enter, world: World) -> None:
    two = people(world)[1]
    appraiser = enter("appraiser", NARROW)
    appraiser.go(f"/appraisals/of/{two.number}/")
    page = fill(appraiser, two, "a")
    appraiser.accessible()
    appraiser.fits()
    appraiser.picture("a1-form-phone")
    page.get_by_role("button", name="提交鉴定").click()
    expect(page.locator("main")).to_contain_text("请补拍")
    paper = Appraisal.objects.get()

    clerk = enter("clerk")
    page = clerk.go(f"/appraisals/{paper.pk}/")
    page.locator("summary").filter(has_text="制作安全认定牌").click()
    page.get_by_role("button", name="制作安全认定牌").click()
    photograph(page, "plate", 4)
    page.get_by_role("button", name="登记挂牌").click()
    expect(page.locator("main")).to_contain_text("已挂")
    clerk.accessible()
    clerk.picture("a1-plate")
    plate = Posting.objects.get()
    made = fetched(page, "牌 PDF")
    assert plate.number in pdf_text(made)
    clerk.keep("a1-plate.pdf", made)

    public = enter("foreign", NARROW)
    public.page.context.clear_cookies()
    page = public.go(f"/p/{plate.token}/")
    expect(page.locator("main")).to_contain_text(plate.number)
    head = next(
        resident.name
        for resident in world.residents
        if resident.relation == "02" and resident.name[0] == page.locator("dd").first.inner_text()[0]
    )
    expect(page.locator("main")).not_to_contain_text(head)
    public.accessible()
    public.fits()
    public.picture("a1-public-phone")
