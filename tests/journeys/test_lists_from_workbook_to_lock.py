"""A department's list, from the workbook to the signatures."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from anju.rosters.models import Batch, Decision, Disposition, Letter, Match, Mismatch
from tests.journeys import workbooks
from tests.journeys.conftest import Enter, Visitor, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def send(visitor: Visitor, path: Path) -> None:
    """Puts a workbook into the dropzone of the lists' page."""
    visitor.go("/rosters/")
    visitor.page.set_input_files("input[type=file]", str(path))


def allowance(visitor: Visitor, world: World, folder: Path) -> Batch:
    """The civil affairs list, received and compared."""
    send(visitor, workbooks.allowance(folder / "彰武低保2020年5月.xlsx", world.residents))
    visitor.page.wait_for_url("**/rosters/*/")
    return Batch.objects.get()


def test_a_workbook_is_reviewed_by_keyboard_written_back_answered_and_locked(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    page = clerk.page
    batch = allowance(clerk, world, tmp_path)
    expect(page.locator("h1")).to_contain_text("低保户名单 2020年5月")
    expect(page.get_by_role("heading", name="17 人去了哪里")).to_be_visible()
    expect(page.locator(".ro-results")).to_contain_text("待人工核对")
    clerk.accessible()

    # every number opens the rows it counts
    page.get_by_role("link", name="1", exact=True).first.click()
    expect(page.locator("tbody tr")).to_have_count(1)
    page.go_back()

    # review: undecided, taken back, decided with another key
    page.get_by_role("link", name="核对 2 对").click()
    expect(page.get_by_role("status").first).to_contain_text("第 1 对，共 2 对")
    clerk.accessible()
    page.keyboard.press("j")
    expect(page.locator(".queue a[aria-current] b")).to_contain_text("张凤琴")
    page.keyboard.press("k")
    expect(page.locator(".queue a[aria-current] b")).to_contain_text("陈玉侠")
    page.keyboard.press("n")
    expect(page.get_by_role("status").first).to_contain_text("第 2 对，共 2 对")
    page.keyboard.press("z")
    expect(page.get_by_role("status").first).to_contain_text("第 1 对，共 2 对")
    expect(page.locator(".queue a[aria-current] b")).to_contain_text("陈玉侠")
    page.keyboard.press("e")
    page.get_by_label("理由（随判定一起记下）").fill("入户看过户口簿")
    page.locator("#reason").get_by_role("button", name="不是").click()
    expect(page.get_by_role("status").first).to_contain_text("第 2 对，共 2 对")
    page.keyboard.press("y")
    expect(page.get_by_text("都核对完了")).to_be_visible()
    assert dict(Match.objects.filter(outcome="review").values_list("row__name", "verdict")) == {"陈玉侠": "different", "张凤琴": "same"}
    assert Decision.objects.filter(undone_at__isnull=True, reason="入户看过户口簿").exists()

    # a whole class at once, taken back, and done again
    page.get_by_role("link", name="回到名单").click()
    page.get_by_role("group", name="差异的类别").get_by_role("link", name="证件号已修复").click()
    page.get_by_role("button", name="同类 2 行一次采纳").click()
    page.get_by_role("dialog").get_by_role("button", name="采纳 2 行").click()
    expect(page.locator(".undo")).to_contain_text("2 行")
    page.keyboard.press("z")
    expect(page.locator("#said")).to_contain_text("已撤销")
    assert Mismatch.objects.filter(kind="id_repaired", disposition=Disposition.PENDING).count() == 2

    # back to the department: a letter, its answer by hand
    page.get_by_text("更多").click()
    page.get_by_role("link", name="退回函").click()
    clerk.accessible()
    for kind in ("重复", "仅在名单"):
        page.get_by_label(kind).set_checked(kind == "重复")
    page.get_by_role("button", name="成文").click()
    expect(page.locator(".ro-paper")).to_contain_text("彰武县民政局")
    clerk.accessible()
    letter = Letter.objects.get()
    sender = enter("sender")
    sender.go(f"/rosters/letters/{letter.pk}/")
    for at in range(1, letter.rows.count() + 1):
        sender.page.get_by_label(f"第 {at} 行核实结果").select_option(label="已更正")
        sender.page.get_by_label(f"第 {at} 行说明").fill("已在系统中改正")
    sender.page.get_by_role("button", name="记下核实结果").click()
    expect(sender.page.locator("#said")).to_contain_text("已记下")
    letter.refresh_from_db()
    assert letter.answered_at is not None
    page.goto(f"{clerk.origin}/rosters/{batch.pk}/?disposition=corrected")
    expect(page.locator("#differences")).to_contain_text("已更正")

    # what remains is enrolled, then both departments sign
    page.goto(f"{clerk.origin}/rosters/{batch.pk}/?kind=only_list")
    page.get_by_role("button", name="登记入册").first.click()
    expect(page.locator(".undo")).to_be_visible()
    for who in ("civil", "housing"):
        cosigner = enter(who)
        cosigner.go(f"/rosters/{batch.pk}/")
        cosigner.page.get_by_role("button", name="签字", exact=True).click()
        cosigner.page.get_by_role("dialog").get_by_role("button", name="签字").click()
        expect(cosigner.page.locator("#said")).to_contain_text("签")
    page.reload()
    expect(page.locator(".aj-facts")).to_contain_text("已锁定")
    expect(page.get_by_role("button", name="采纳修复")).to_have_count(0)
    batch.refresh_from_db()
    assert batch.status == Batch.Status.LOCKED


def test_a_file_sent_twice_leads_to_the_first_a_foreign_county_finds_nothing_a_reader_can_press_nothing(
    enter: Enter, world: World, tmp_path: Path
) -> None:
    clerk = enter("clerk")
    batch = allowance(clerk, world, tmp_path)
    send(clerk, tmp_path / "彰武低保2020年5月.xlsx")
    refusal = clerk.page.locator("[data-files] [role=alert]")
    expect(refusal).to_contain_text("内容一字未变")
    refusal.get_by_role("link", name="打开那份名单").click()
    clerk.page.wait_for_url(f"**/rosters/{batch.pk}/")
    assert Batch.objects.count() == 1

    foreign = enter("foreign")
    for address in ("", "rows/", "review/", "compare/", "letters/", "file/"):
        answer = foreign.page.request.get(f"{foreign.origin}/rosters/{batch.pk}/{address}")
        assert answer.status == 404, address
    foreign.go("/rosters/")
    expect(foreign.page.locator("main")).not_to_contain_text("低保户名单")

    reader = enter("discipline")
    reader.go(f"/rosters/{batch.pk}/")
    expect(reader.page.get_by_role("button", name="采纳修复")).to_have_count(0)
    expect(reader.page.locator("#differences .ft")).to_contain_text("由县级审批员")
    reader.go(f"/rosters/{batch.pk}/review/")
    expect(reader.page.locator(".verdict")).to_contain_text("由县级审批员")


def test_unknown_headings_are_pointed_out_once(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    page = clerk.page
    headings = ("甲", "乙", "丙", "丁")
    rows = [
        (one.name, one.id_number, "程沟村" if one.village == "210922115201" else "大庙村", "户主")
        for one in world.residents
        if one.relation == "02"
    ]
    send(clerk, workbooks.write(tmp_path / "名册2020年4月.xlsx", headings, rows))
    page.wait_for_url("**/mapping/")
    page.get_by_label("这是哪种名单").select_option(value="village-roll")
    expect(page.get_by_label("甲", exact=True)).to_be_visible()
    clerk.accessible()
    for heading, meaning in (("甲", "姓名"), ("乙", "身份证号"), ("丙", "村"), ("丁", "与户主关系")):
        choice = page.get_by_label(heading, exact=True)
        option = next(
            text for text in choice.locator("option").all_inner_texts() if text.rstrip(" *").startswith(meaning) or meaning in text
        )
        choice.select_option(label=option)
    page.get_by_role("button", name="记住并接收").click()
    page.wait_for_url("**/rosters/*/")
    expect(page.locator("h1")).to_contain_text("2020年4月")
    send(clerk, workbooks.write(tmp_path / "名册2020年5月.xlsx", headings, rows[:-1]))
    page.wait_for_url("**/rosters/*/")
    expect(page.locator("h1")).to_contain_text("2020年5月")
    assert Batch.objects.filter(mapping__isnull=False).count() == 2


def test_a_broken_file_leaves_nothing_behind_and_an_unknown_day_is_asked_for(enter: Enter, world: World, tmp_path: Path) -> None:
    clerk = enter("clerk")
    page = clerk.page
    broken = tmp_path / "低保2020年5月.xlsx"
    broken.write_bytes(b"PK\x03\x04 this is no workbook")
    send(clerk, broken)
    expect(page.locator("[data-files] [role=alert]")).to_be_visible()
    assert not Batch.objects.exists()

    # nobody on the list this time is a list too
    page.get_by_role("button", name="这一期没有人").click()
    clerk.accessible()
    page.get_by_label("哪份名单").select_option(label="贫困残疾人家庭")
    page.get_by_role("dialog").get_by_role("button", name="登记零名单").click()
    expect(page.locator("h1")).to_contain_text("零名单")
    clerk.accessible()

    send(clerk, workbooks.allowance(tmp_path / "低保最终版.xlsx", world.residents))
    page.locator("[data-files]").get_by_label("数据截至").fill("2020-03-31")
    page.locator("[data-files]").get_by_role("button", name="接收").click()
    page.wait_for_url("**/rosters/*/")
    expect(page.locator(".aj-facts")).to_contain_text("2020-03-31")
