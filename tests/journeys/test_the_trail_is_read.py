"""An inspector reads who did what, opens a record, and prints the daily root."""

import re

from playwright.sync_api import expect

from anju.registry.models import Household
from anju.trail import sealing
from anju.trail.models import Entry
from tests.journeys.conftest import NARROW, Enter


def test_from_the_trail_to_a_household_and_back(enter: Enter) -> None:
    sealing.seal()
    visitor = enter("discipline")
    page = visitor.go("/trail/")
    expect(page.get_by_role("heading", name="留痕")).to_be_visible()
    page.get_by_label("哪张表").select_option("registry_household")
    expect(page.locator("tbody[data-rows] tr")).to_have_count(Entry.objects.filter(table="registry_household").count())
    visitor.accessible()
    visitor.fits()
    page.locator("tbody[data-rows] a[data-open]").last.click()
    expect(page.get_by_role("heading", name="涉及的行")).to_be_visible()
    visitor.accessible()
    number = Household.objects.order_by("id").values_list("number", flat=True)[0]
    page.get_by_role("link", name=number).click()
    expect(page).to_have_url(re.compile(f"/households/{number}/"))
    page.get_by_role("link", name=re.compile("^留痕 ")).first.click()
    expect(page).to_have_url(re.compile(r"/trail/\d+/"))


def test_the_trail_on_a_small_screen_and_the_paper(enter: Enter) -> None:
    head = sealing.seal()
    visitor = enter("discipline", NARROW)
    visitor.go("/trail/")
    visitor.fits()
    visitor.accessible()
    page = visitor.go("/trail/root/")
    expect(page.get_by_text(head.hash.hex()).first).to_be_visible()
    visitor.fits()
    visitor.accessible()
