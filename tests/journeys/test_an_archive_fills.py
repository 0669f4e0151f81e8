"""A case's photos and papers on its pages: the meeting is photographed, a milestone isn't passed without its photo, the archive fills, the file is opened."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from anju.accounts.models import User
from anju.appraisals.tests.conftest import appraiser, clerk, collector
from anju.cases.models import Case, CaseArchive
from anju.cases.tests.conftest import Road, dangerous, grade, homes, offices, reported, road, township
from anju.clock.actions import set_today
from anju.demo import pictures as drawn
from anju.registry.models import Household
from tests.journeys.conftest import NARROW, TODAY, Enter, World, plant_categories, plant_places

__all__ = ["appraiser", "clerk", "collector", "dangerous", "grade", "homes", "offices", "road", "township"]
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def places(transactional_db: None, jobs_inline: None) -> None:
    """The county, and the lists that the flush between journeys took away."""
    plant_categories()
    plant_places()
    set_today(day=TODAY)


@pytest.fixture
def world(places: None, clerk: User, collector: User, township: User) -> World:
    """Who is at the screens."""
    return World(users={"clerk": clerk, "collector": collector, "township": township})


def _file(folder: Path, seed: int, state: str = "standing") -> Path:
    path = folder / f"{seed}.jpg"
    path.write_bytes(drawn.house(seed, state=state, size=(640, 480)))
    return path


def test_photos_and_papers_make_an_archive(enter: Enter, dangerous: list[Household], road: Road, township: User, tmp_path: Path) -> None:
    case, other = road.to("started", dangerous[0], dangerous[2])
    waiting = road.applied(dangerous[1])
    day = case.since
    reported(case, "lay_foundation", township, date.fromordinal(day.toordinal() + 6))
    reported(case, "raise_structure", township, date.fromordinal(day.toordinal() + 12))

    # A milestone isn't passed without its photo.
    desk = enter("township")
    page = desk.go(f"/cases/{case.number}/")
    expect(page.locator("#archive")).to_be_visible()
    form = page.locator("#act-complete")
    form.get_by_role("button", name="竣工").click()
    expect(page.locator("#act-complete").get_by_text("还没有现场照片")).to_be_visible()
    expect(page.locator("#archive")).to_be_visible()
    desk.accessible()
    page.locator("#act-complete").get_by_role("button", name="开始拍照").click()
    expect(page.locator("#act-complete .ph-up")).to_be_visible()
    page.locator("#act-complete input[type=file]:not([data-shoot])").set_input_files(_file(tmp_path, 71, "new"))
    expect(page.locator("#act-complete .ph-grid > li")).to_have_count(1)
    desk.picture("cases-complete-photo")
    page.locator("#act-complete").get_by_role("button", name="竣工").click()
    expect(page.get_by_text("已登记“竣工”")).to_be_visible()
    assert Case.objects.get(pk=case.pk).stage == "completed"
    expect(page.locator("#photos .ph-stages figure img")).to_have_count(3)
    expect(page.locator(".tl .pics img").first).to_be_visible()

    # A paper is filed, another taken back.
    panel = page.locator("#archive")
    panel.locator("summary").filter(has_text="归入材料").click()
    panel.locator("select[name=item]").select_option("identity")
    panel.get_by_label("存放在哪里").fill("县档案室 5 柜 2 盒")
    panel.get_by_role("button", name="归入", exact=True).click()
    expect(page.locator("#archive").get_by_text("县档案室 5 柜 2 盒")).to_be_visible()
    assert "identity" not in CaseArchive.objects.get(case=case).missing
    desk.accessible()
    desk.fits()
    desk.picture("cases-case-with-archive")

    # The meeting's photo is taken by the village, on a phone.
    phone = enter("collector", NARROW)
    page = phone.go("/cases/many/review/")
    page.get_by_role("button", name="开始拍照").click()
    page.locator("#photos input[type=file]:not([data-shoot])").set_input_files(_file(tmp_path, 72))
    expect(page.locator("#photos .ph-grid > li")).to_have_count(1)
    page.locator(f"[name='agreed-{waiting.number}']").fill("22")
    for name, text in (("due", "40"), ("came", "28"), ("chair", "金书记"), ("recorder", "金淑珍")):
        page.locator(f"[name={name}]").fill(text)
    phone.accessible()
    phone.fits()
    phone.picture("cases-meeting-phone")
    page.get_by_role("button", name="登记村评议").click()
    expect(page.get_by_text("已登记 1 户")).to_be_visible()
    page = phone.go(f"/cases/{case.number}/")
    expect(page.locator("#archive")).to_be_visible()
    phone.accessible()
    phone.fits()
    phone.picture("cases-case-phone")

    # The county sees what is missing where, and opens the file.
    county = enter("clerk")
    page = county.go("/cases/archives/")
    expect(page.locator("[data-rows] tr")).to_have_count(3)
    county.accessible()
    county.fits()
    county.picture("cases-archives")
    page.locator("select[name=missing]").select_option("identity")
    expect(page.locator("[data-rows] tr")).to_have_count(2)
    made = page.request.get(f"{county.origin}/cases/household/{dangerous[0].number}/archive.pdf")
    assert made.ok
    county.keep("archive.pdf", made.body())
    assert CaseArchive.objects.get(case=other).number == "〔满堂红镇〕危改字〔2020〕02号"
    county.page.set_viewport_size({"width": NARROW["width"], "height": NARROW["height"]})
    page = county.go("/cases/archives/")
    county.accessible()
    county.fits()
    county.picture("cases-archives-phone", whole=False)
