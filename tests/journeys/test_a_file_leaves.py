"""A large file with full numbers waits for a second person; who audits reads it all; a number is looked at for a reason."""

import io
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import expect

from anju.accounts.actions import admit
from anju.exports.models import Export, Reveal
from tests.journeys.conftest import COUNTY, NARROW, Enter, World
from tests.journeys.test_lists_from_workbook_to_lock import allowance

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_file_with_full_numbers_needs_a_second_person_and_is_found_in_the_register(
    enter: Enter, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJU_EXPORT_FULL_ROWS", "3")
    office = world.users["clerk"].organisation
    for login, name, role in (("second", "王主任", "county_clerk"), ("admin", "沙管理", "security_administrator")):
        world.users[login] = admit(login=login, name=name, organisation=office, role=role, password="journeys-2020", check_password=False)
    clerk = enter("clerk")
    batch = allowance(clerk, world, tmp_path)
    page = clerk.go(f"/rosters/{batch.pk}/rows/")
    page.get_by_role("button", name="导出 Excel").click()
    page.get_by_label("用途", exact=True).select_option(label="审计、纪检、巡察调阅")
    page.get_by_label("说明").fill("县审计局抽查低保名单")
    page.get_by_role("radio", name="完整号码").check()
    clerk.accessible()
    page.get_by_role("button", name="导出", exact=True).click()
    expect(page.locator("#export-state")).to_contain_text("王主任")
    expect(page.get_by_role("button", name="下载")).to_have_count(0)
    clerk.accessible()

    second = enter("second")
    second.go("/")
    second.page.get_by_role("link", name="审批", exact=True).click()
    expect(second.page.locator("main")).to_contain_text("县审计局抽查低保名单")
    second.accessible()
    second.page.get_by_role("button", name="同意导出").click()
    expect(second.page.get_by_role("button", name="下载")).to_have_count(0)

    page.reload()
    with page.expect_download() as download:
        page.get_by_role("button", name="下载").click()
    export = Export.objects.get()
    book = openpyxl.load_workbook(io.BytesIO(Path(download.value.path()).read_bytes()))
    text = "\n".join(str(cell.value) for row in book.worksheets[0].iter_rows() for cell in row)
    assert world.residents[0].id_number in text
    assert export.mark in text
    assert export.number in text

    page.goto(f"{clerk.origin}/households/")
    page.locator("tbody a").first.click()
    page.get_by_label("为什么要看全号").select_option(label="答复本人来电来访")
    page.get_by_role("button", name="看全号").click()
    expect(page.locator("#full")).to_contain_text("已登记您看过")
    clerk.accessible()
    assert Reveal.objects.get().area.startswith(COUNTY)

    audit = enter("discipline")
    for address, words in (("/exports/", export.number), ("/exports/reveals/", "周敏"), (f"/exports/{export.pk}/", "王主任")):
        audit.go(address)
        expect(audit.page.locator("main")).to_contain_text(words)
        audit.accessible()

    admin = enter("admin")
    admin.go("/exports/masks/")
    admin.page.get_by_role("combobox", name="规则").select_option(label="只留前六")
    admin.page.get_by_label("理由和依据").fill("县保密委 2020 年 6 月要求")
    admin.accessible()
    admin.page.get_by_role("button", name="定为本系统的规则").click()
    expect(admin.page.locator("main")).to_contain_text("县保密委 2020 年 6 月要求")
    page.reload()
    expect(page.locator("h1 + span")).to_contain_text("************")

    phone = enter("clerk", NARROW)
    for address in ("/exports/", f"/exports/{export.pk}/", "/exports/reveals/"):
        phone.go(address)
        phone.fits()
        phone.accessible()
