"""The administrator looks whether the installation is sound."""

import pytest
from playwright.sync_api import expect

from anju.accounts.actions import admit
from tests.journeys.conftest import NARROW, Enter, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_the_self_check_is_read_on_every_screen(enter: Enter, world: World) -> None:
    office = world.users["clerk"].organisation
    world.users["admin"] = admit(
        login="admin", name="管理员", organisation=office, role="system_administrator", password="-", check_password=False
    )
    for viewport in (None, NARROW):
        visitor = enter("admin", viewport)
        page = visitor.go("/selfcheck/")
        expect(page.get_by_role("heading", level=1)).to_have_text("系统自检")
        expect(page.get_by_text("synchronous_commit = on")).to_be_visible()
        expect(page.get_by_text("需要处理")).to_be_visible()
        visitor.picture(f"selfcheck-{'phone' if viewport else 'desk'}")
        visitor.accessible()
        visitor.fits()
