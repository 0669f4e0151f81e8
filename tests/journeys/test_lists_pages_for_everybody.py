"""Every page of the lists: nothing for axe to find, nothing wider than a phone, exports and comparisons."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from anju.rosters.models import Batch, Match
from tests.journeys import workbooks
from tests.journeys.conftest import NARROW, Enter, World
from tests.journeys.test_lists_from_workbook_to_lock import allowance, send

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def pages(batch: Batch) -> list[str]:
    """Addresses of a list's pages."""
    match = Match.objects.filter(run__batch=batch, outcome="review").first()
    assert match is not None
    row = batch.rows.first()
    assert row is not None
    here = f"/rosters/{batch.pk}/"
    return [
        *(
            "/rosters/",
            here,
            f"{here}?view=matrix",
            f"{here}?view=towns",
            f"{here}rows/",
            f"{here}rows/?outcome=auto",
            f"{here}rows/{row.pk}/",
        ),
        *(f"{here}review/", f"{here}review/{match.pk}/", f"{here}compare/", f"{here}letters/", f"{here}columns/"),
        *("/rosters/cross/", "/rosters/letters/", "/rosters/against/", "/exports/", "/exports/reveals/"),
    ]


def test_each_page_is_accessible_fits_a_phone_and_shows_each_user_their_part(enter: Enter, world: World, tmp_path: Path) -> None:
    wide = enter("clerk")
    batch = allowance(wide, world, tmp_path)
    narrow = enter("clerk", NARROW)
    for address in pages(batch):
        wide.go(address)
        expect(wide.page.locator("h1")).to_be_visible()
        wide.accessible()
        narrow.go(address)
        narrow.fits()
        narrow.accessible()

    # a pair is judged on a phone by touch
    phone = enter("clerk", NARROW, has_touch=True, is_mobile=True)
    phone.go(f"/rosters/{batch.pk}/review/")
    phone.page.get_by_role("button", name="存疑").tap()
    expect(phone.page.get_by_role("status").first).to_contain_text("第 2 对，共 2 对")
    assert Match.objects.filter(verdict="doubtful").count() == 1

    # a township sees its own part of the county's list
    township = enter("township")
    township.go(f"/rosters/{batch.pk}/rows/")
    expect(township.page.locator("tbody")).to_contain_text("大冷镇")
    expect(township.page.locator("tbody")).not_to_contain_text("满堂红镇")
    expect(township.page.get_by_role("button", name="下载带批注的原表")).to_have_count(0)

    # the cross table opens households
    wide.go("/rosters/cross/")
    wide.page.locator(".ro-cross a.n").first.click()
    wide.page.wait_for_url("**/households/?*")


def test_what_is_seen_comes_as_a_workbook_and_the_next_version_says_who_joined_and_left(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    page = clerk.page
    batch = allowance(clerk, world, tmp_path)
    for address, button in (("rows/?outcome=only_list", "导出 Excel"), ("", "下载带批注的原表")):
        clerk.go(f"/rosters/{batch.pk}/{address}")
        page.get_by_role("button", name=button).click()
        page.get_by_role("button", name="导出", exact=True).click()
        clerk.accessible()
        with page.expect_download() as download:
            page.get_by_role("button", name="下载").click()
        assert download.value.suggested_filename.endswith(".xlsx")

    later = [one for one in world.residents if one.household != "H03"]
    send(clerk, workbooks.allowance(tmp_path / "彰武低保2020年6月.xlsx", later))
    page.wait_for_url("**/rosters/*/")
    page.get_by_role("link", name="与上期比较").click()
    page.get_by_role("group", name="哪一类").get_by_role("link", name="本期不在").click()
    for one in world.residents:
        if one.household == "H03":
            expect(page.locator("tbody")).to_contain_text(one.name)
    clerk.accessible()

    # the same two lists without the register
    clerk.go("/rosters/against/")
    page.get_by_label("名单甲").select_option(index=1)
    page.get_by_label("名单乙").select_option(index=2)
    page.get_by_role("button", name="开始比对").click()
    page.wait_for_url("**/rosters/against/*/")
    expect(page.get_by_role("group", name="哪一类")).to_contain_text("两份都有")
    clerk.accessible()
