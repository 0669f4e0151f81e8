"""A county's renovations since 2009, from the archive's workbook to the years' page, the household's panel, a round of looking again, and back out."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from anju.appraisals.models import Round
from anju.cases.models import Case
from anju.imports.models import ImportBatch
from anju.imports.tests.conftest import number_of
from anju.imports.tests.conftest import write as workbook
from tests.journeys.conftest import NARROW, TODAY, Enter, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
_HEADINGS = (
    *("户编号", "户主姓名", "贫困类型", "危房等级", "列入年度计划", "改造方式", "建设方式", "改造后结构形式", "改造后面积", "批准日期", "开工日期", "竣工日期", "竣工年份", "验收日期", "拨付日期"),
    *("中央补助", "省级补助", "市级补助", "县级补助", "补助合计", "总造价", "自筹", "档案号"),
)  # fmt: skip


def _row(name: str, year: int, at: int) -> dict[str, object]:
    begun = date(year, 5, 6) + timedelta(days=at)
    days = {
        "批准日期": begun,
        "开工日期": begun + timedelta(days=20),
        "竣工日期": begun + timedelta(days=130),
        "验收日期": begun + timedelta(days=150),
        "拨付日期": begun + timedelta(days=180),
    }
    dated = {key: day.isoformat() for key, day in days.items()} if at % 3 else {"竣工年份": str(year)}
    return {
        "户编号": number_of(name), "户主姓名": name, "贫困类型": ("其他贫困户", "五保户", "低保户", "建档立卡户")[at % 4 if year >= 2014 else at % 3],
        "危房等级": "C级" if at % 2 else "D级", "列入年度计划": year, "改造方式": "修缮加固" if at % 2 else "原址翻建", "建设方式": "自建", "改造后结构形式": "砖混",
        "改造后面积": 48 + at, "中央补助": 7500, "省级补助": 4000, "县级补助": 2500, "补助合计": 14000, "总造价": 38000, "自筹": 24000,
        "档案号": f"大冷危改字〔{year}〕{at + 1}号", **dated,
    }  # fmt: skip


def _workbook(world: World, path: Path) -> Path:
    heads = [one.name for one in world.residents if one.relation == "02"]
    rows = [_row(name, 2009 + at, at) for at, name in enumerate(heads[:11])]
    rows += [
        _row(heads[0], 2019, 4),
        {**_row(heads[11], 2014, 1), "竣工日期": "2014-05-01"},
        {**_row(heads[11], 2016, 2), "补助合计": 15000},
    ]
    return workbook(path, rows, _HEADINGS)


def test_earlier_renovations_come_in_are_counted_by_year_and_looked_at_again(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    page = clerk.go("/cases/years/")
    expect(page.get_by_text("还没有已改造的户")).to_be_visible()
    clerk.accessible()
    page.get_by_role("link", name="去批量录入").click()
    page.set_input_files("input[type=file]", str(_workbook(world, tmp_path / "彰武县历年改造户20200531.xlsx")))
    page.wait_for_url("**/imports/*/")
    expect(page.locator("h1")).to_contain_text("历年改造户")
    expect(page.locator("#found")).to_contain_text("批准、开工、竣工、验收按先后")
    batch = ImportBatch.objects.get()
    assert (batch.rows_applied, batch.rows_noted, batch.rows_refused) == (11, 1, 2)
    clerk.picture("history-batch")

    page = clerk.go("/cases/years/")
    clerk.accessible()
    clerk.fits()
    clerk.picture("history-years")
    page.goto(f"{clerk.origin}/cases/years/?by=group")
    clerk.accessible()
    clerk.picture("history-years-groups")
    page.locator("tr.sum").get_by_role("link", name="2019 年").click()
    expect(page.locator("tbody a[data-open]")).to_have_count(2)
    clerk.accessible()
    clerk.picture("history-list")
    page.goto(f"{clerk.origin}/cases/")
    expect(page.locator("tbody a[data-open]")).to_have_count(0)

    case = Case.objects.filter(year=2016).get()
    page = clerk.go(f"/cases/{case.number}/")
    expect(page.locator(".cs-past")).to_contain_text("享受过的补助")
    clerk.accessible()
    clerk.fits()
    clerk.picture("history-case")
    dated_by_year = Case.objects.filter(year=2012).get()
    page = clerk.go(f"/cases/{dated_by_year.number}/")
    expect(page.locator(".cs-past")).to_contain_text("2012 年")
    clerk.picture("history-case-year-only")
    page = clerk.go(f"/households/{case.household.number}/")
    expect(page.locator("#cases")).to_contain_text("2016 年改造")
    page.locator("#cases").scroll_into_view_if_needed()
    clerk.picture("history-household")

    page = clerk.go("/appraisals/rounds/new/")
    page.get_by_label("轮次名称").fill("2013年以来改造户质量安全大排查")
    page.get_by_label("排查类型").select_option("great")
    page.get_by_label("只看").select_option("renovated")
    page.get_by_label("年度自").fill("2013")
    page.get_by_label("年度至").fill("2019")
    page.get_by_label("结束").fill((TODAY + timedelta(days=30)).isoformat())
    clerk.accessible()
    clerk.picture("history-round-new")
    page.get_by_role("button", name="开展轮次").click()
    page.wait_for_url("**/rounds/*/")
    assert Round.objects.get().population == "renovated"
    expect(page.locator("main")).to_contain_text("2013—2019 年改造过的户")
    clerk.picture("history-round")

    phone = enter("clerk", NARROW)
    for address, name in (("/cases/years/", "history-years-narrow"), (f"/cases/{case.number}/", "history-case-narrow"), ("/appraisals/rounds/new/", "history-round-new-narrow")):  # fmt: skip
        phone.go(address)
        phone.fits()
        phone.picture(name)
