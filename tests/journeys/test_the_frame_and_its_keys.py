"""What every page has: search, keys, menus, theme, a small screen's menu; and the components behave."""

import re

from playwright.sync_api import expect

from tests.journeys.conftest import NARROW, Enter


def test_the_slash_finds_and_the_question_mark_tells_the_keys(enter: Enter) -> None:
    page = enter("clerk").go("/")
    page.keyboard.press("/")
    expect(page.locator("[data-search]")).to_be_focused()
    page.keyboard.press("?")
    expect(page.locator("#keys")).not_to_be_visible()
    page.locator("main").focus()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).not_to_be_visible()


def test_dark_is_put_on_at_once_and_stays(enter: Enter) -> None:
    page = enter("clerk").go("/")
    page.locator(".aj-who summary").click()
    with page.expect_response(re.compile("/theme/")):
        page.get_by_role("button", name="深色").click()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(page.locator("html")).to_have_attribute("data-bs-theme", "dark")


def test_looking_at_one_township_only(enter: Enter) -> None:
    page = enter("clerk").go("/")
    page.locator(".aj-scope summary").click()
    page.get_by_role("button", name="大冷镇").click()
    expect(page.locator(".aj-scope b")).to_have_text("大冷镇")
    page.locator(".aj-scope summary").click()
    page.get_by_role("button", name="彰武县").click()
    expect(page.locator(".aj-scope b")).to_have_text("彰武县")


def test_rows_are_walked_ticked_and_counted_by_keys(enter: Enter) -> None:
    page = enter("clerk").go("/components/")
    rows = page.locator("tbody[data-rows] > tr")
    page.keyboard.press("j")
    expect(rows.nth(0)).to_have_class(re.compile(r"\bat\b"))
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(rows.nth(1)).to_have_class(re.compile(r"\bsel\b"))
    expect(page.locator("[data-picked]")).to_have_text("1")
    expect(page.locator("[data-needs-pick]")).to_be_enabled()
    page.locator("[data-pick-all]").click()
    expect(page.locator("[data-picked]")).to_have_text("3")


def test_a_small_screen_has_its_menu_behind_a_button(enter: Enter) -> None:
    visitor = enter("clerk", NARROW)
    page = visitor.go("/")
    expect(page.locator("#nav a").first).not_to_be_visible()
    page.get_by_role("button", name="菜单").click()
    expect(page.locator("#nav a").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#nav a").first).not_to_be_visible()
    visitor.fits()


def test_the_gallery_can_be_used_by_everybody_on_every_screen(enter: Enter) -> None:
    for viewport in (None, NARROW):
        visitor = enter("clerk", viewport)
        for address in ("/components/", "/", "/jobs/", "/nowhere/"):
            page = visitor.go(address)
            if address == "/components/":
                for chart in page.locator("[data-chart], [data-map]").all():
                    chart.scroll_into_view_if_needed()
                    expect(chart.locator("svg, canvas").first).to_be_attached()
            visitor.accessible()
            visitor.fits()
        visitor.wrongs[:] = [wrong for wrong in visitor.wrongs if "404" not in wrong]
