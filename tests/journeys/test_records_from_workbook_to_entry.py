"""A workbook of houses from the dropzone to the register, its answer, and the households entered in the national systems."""

from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from anju.entries.models import SystemEntry
from anju.imports.models import ImportBatch
from anju.imports.tests.conftest import HEADINGS, number_of
from anju.imports.tests.conftest import write as houses
from anju.registry.models import Dwelling
from tests.journeys.conftest import NARROW, Enter, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def _workbook(world: World, path: Path) -> Path:
    heads = [resident for resident in world.residents if resident.relation == "02"]
    rows: list[dict[str, object]] = []
    for at, head in enumerate(heads):
        said: tuple[dict[str, object], ...] = ({"户编号": number_of(head.name)}, {"户主身份证号": head.id_number, "户主姓名": head.name})
        rows.append(
            {**said[at % 2], "建造年代": 1961 + 4 * at, "结构形式": ("土木", "砖木", "砖混")[at % 3], "主房面积": 45.5 + at, "层数": 1}
        )
    rows[2]["建造年代"] = "一九八五"
    rows[3]["户主姓名"] = "陈玉侠"
    rows[5]["户编号" if "户编号" in rows[5] else "户主身份证号"] = "210922109201-0099" if "户编号" in rows[5] else "210922195001140999"
    rows.append({**rows[0]})
    rows.append({"户编号": "合计", "主房面积": 600})
    return houses(path, rows, HEADINGS)


def test_houses_are_recorded_the_answer_goes_back_and_entries_are_marked(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    page = clerk.go("/imports/")
    expect(page.get_by_text("把填好的表拖进来")).to_be_visible()
    clerk.accessible()
    clerk.picture("imports-first")
    page.set_input_files("input[type=file]", str(_workbook(world, tmp_path / "彰武房屋情况20200531.xlsx")))
    page.wait_for_url("**/imports/*/")
    batch = ImportBatch.objects.get()
    expect(page.locator("h1")).to_contain_text("房屋情况 2020-05-31")
    expect(page.locator("#found")).to_contain_text("同一户在表中重复")
    expect(page.locator("#found")).to_contain_text("已登记，请核对")
    expect(page.locator("#found")).to_contain_text("1 行不是数据")
    clerk.accessible()
    clerk.fits()
    clerk.picture("imports-batch")
    assert Dwelling.objects.count() == batch.rows_in

    # every number opens the rows it counts; one row whole
    page.locator(".ro-results").get_by_role("link", name=str(batch.rows_refused), exact=True).first.click()
    expect(page.locator("tbody tr")).to_have_count(batch.rows_refused)
    clerk.accessible()
    clerk.picture("imports-rows")
    page.locator("tbody tr a[data-open]").first.click()
    expect(page.locator("#row-body")).to_contain_text("原单元格")
    clerk.picture("imports-row")
    page.keyboard.press("Escape")

    # the answer for the sender
    page.goto(f"{clerk.origin}/imports/{batch.pk}/")
    page.get_by_role("button", name="下载带批注的原表").click()
    page.get_by_role("dialog").get_by_role("button", name="导出").click()
    page.wait_for_url("**/exports/*/")

    # the same file again says so
    clerk.go("/imports/")
    page.set_input_files("input[type=file]", str(tmp_path / "彰武房屋情况20200531.xlsx"))
    expect(page.get_by_text("录入过，当时的文件名是")).to_be_visible()
    clerk.picture("imports-list")

    # who was entered in the national system
    page.get_by_role("link", name="上级系统录入", exact=True).click()
    expect(page.get_by_role("heading", name="上级系统录入")).to_be_visible()
    clerk.accessible()
    clerk.fits()
    clerk.picture("entries")
    heads = [one for one in world.residents if one.relation == "02" and one.category == "JDLK"]
    page.get_by_role("button", name="登记录入情况").click()
    page.get_by_role("dialog").get_by_label("户编号").fill("\n".join([number_of(one.name) for one in heads[:2]] + ["胡写"]))
    page.get_by_role("dialog").get_by_role("button", name="登记").click()
    expect(page.get_by_text("1 个没有登记")).to_be_visible()
    expect(page.get_by_text("2 户登记为已录入")).to_be_visible()
    clerk.accessible()
    clerk.picture("entries-left")
    assert SystemEntry.objects.filter(on=date(2020, 6, 10), state="entered").count() == 2
    clerk.go("/entries/households/?system=safety&state=entered")
    expect(page.locator("tbody tr")).to_have_count(2)
    clerk.accessible()
    clerk.picture("entries-households")

    # taken back whole
    page.goto(f"{clerk.origin}/imports/{batch.pk}/")
    page.get_by_text("更多").click()
    page.get_by_role("button", name="撤销整份录入").click()
    page.get_by_label("原因").fill("传错了表")
    page.get_by_role("dialog").get_by_role("button", name="撤销", exact=True).click()
    expect(page.locator(".aj-facts")).to_contain_text("已撤销")
    clerk.picture("imports-undone")

    narrow = enter("clerk", NARROW)
    for name, address in (
        ("list", "/imports/"),
        ("batch", f"/imports/{batch.pk}/"),
        ("rows", f"/imports/{batch.pk}/rows/"),
        ("entries", "/entries/"),
    ):
        narrow.go(address)
        narrow.fits()
        narrow.picture(f"narrow-{name}")
    narrow.go("/entries/households/?system=safety")
    narrow.fits()
    narrow.picture("narrow-entries-households")
