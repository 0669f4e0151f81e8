"""Coming in, with and without a phone; one's own account; what a security administrator does."""

import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pyotp
from playwright.sync_api import Page, expect

from anju.accounts.actions import admit, found
from anju.accounts.models import SecondFactor, User
from anju.accounts.signing_in import passwords, second_factor
from tests.journeys.conftest import NARROW, Enter, World

PASSWORD = "Mao-dun-7-ci"
_PICTURES = os.environ.get("ANJU_PICTURES", "")


def picture(page: Page, name: str) -> None:
    """A picture to look at, where one is asked for."""
    if _PICTURES:
        page.screenshot(path=Path(_PICTURES) / f"{name}.png", full_page=True)


def person(login: str, name: str, role: str, *, own: bool = True) -> User:
    """Somebody of the county with a password."""
    office = found(name="彰武县住建局", kind="housing", area="210922")
    made = admit(login=login, name=name, organisation=office, role=role, password=PASSWORD, check_password=False)
    if own:
        passwords.store(user=made, password=PASSWORD, own=True)
    return made


def sign_in(page: Page, login: str, password: str = PASSWORD) -> None:
    """Types into the login page."""
    page.get_by_label("用户名").fill(login)
    page.locator("#id_password").fill(password)
    page.get_by_role("button", name="登录", exact=True).click()


def test_a_county_clerk_binds_a_phone_puts_codes_away_and_chooses_a_password(enter: Enter) -> None:
    person("liying", "李颖", "county_clerk", own=False)
    visitor = enter("clerk")
    page = visitor.page
    page.context.clear_cookies()
    visitor.go("/households/")
    picture(page, "door-0-login")
    sign_in(page, "liying")
    expect(page.locator("h1")).to_contain_text("请绑定手机")
    visitor.accessible()
    visitor.fits()
    picture(page, "door-1-phone")
    secret = page.locator(".start code").inner_text().replace(" ", "")
    page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="绑定").click()
    expect(page.locator(".codes li")).to_have_count(10)
    visitor.accessible()
    picture(page, "door-2-codes")
    page.get_by_role("button", name="已抄好，继续").click()
    expect(page.locator("h1")).to_contain_text("请换成自己的")
    visitor.accessible()
    picture(page, "door-3-password")
    page.get_by_label("新密码").fill("12345")
    page.get_by_label("再输一遍").fill("12345")
    page.get_by_role("button", name="改密码并登录").click()
    expect(page.locator(".err").first).to_contain_text("至少 8 位")
    picture(page, "door-4-password-refused")
    page.get_by_label("新密码").fill("Qing-shan-9-li")
    page.get_by_label("再输一遍").fill("Qing-shan-9-li")
    page.get_by_role("button", name="改密码并登录").click()
    expect(page).to_have_url(re.compile("/households/$"))


def test_five_wrong_passwords_say_when_and_whom_and_the_administrator_unlocks(enter: Enter, world: World) -> None:
    locked = person("liying", "李颖", "sender")
    administrator = person("anquan", "安宁", "security_administrator")
    world.users["security"] = administrator
    visitor = enter("clerk")
    page = visitor.page
    page.context.clear_cookies()
    visitor.go("/login/")
    for _time in range(5):
        sign_in(page, "liying", "Bu-dui-8")
        expect(page.get_by_role("alert")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("账号锁定到")
    visitor.accessible()
    picture(page, "door-5-locked")
    desk = enter("security")
    theirs = desk.go("/accounts/sign-ins/")
    expect(theirs.locator("tbody tr").first).to_contain_text("李颖")
    desk.accessible()
    desk.fits()
    picture(theirs, "security-1-people")
    theirs.get_by_role("link", name="解锁").click()
    theirs.get_by_label("理由").fill("本人来电，核对了身份")
    desk.accessible()
    picture(theirs, "security-2-person")
    theirs.get_by_role("button", name="解锁").click()
    expect(theirs.locator("#said")).to_contain_text("已解锁")
    theirs.get_by_label("理由").fill("本人忘记密码")
    theirs.get_by_role("button", name="重设密码").click()
    handed = theirs.locator("code.handed").inner_text()
    picture(theirs, "security-3-handed")
    desk.go("/accounts/sign-ins/history/")
    desk.accessible()
    picture(theirs, "security-4-history")
    sign_in(page, "liying", handed)
    expect(page.locator("h1")).to_contain_text("请换成自己的")
    assert locked.sign_ins.filter(outcome="half").count() == 1


def test_the_code_page_and_ones_own_account_fit_a_phone(enter: Enter) -> None:
    one = person("liying", "李颖", "county_clerk")
    secret = second_factor.begin(user=one)
    SecondFactor.objects.update(confirmed_at=datetime(2020, 1, 1, tzinfo=UTC))
    visitor = enter("clerk", NARROW)
    page = visitor.page
    page.context.clear_cookies()
    visitor.go("/account/")
    sign_in(page, "liying")
    expect(page.locator("h1")).to_contain_text("还差手机上的验证码")
    visitor.accessible()
    visitor.fits()
    picture(page, "phone-code")
    page.get_by_label("验证码").fill(pyotp.TOTP(secret).now())
    page.get_by_role("button", name="登录", exact=True).click()
    expect(page.locator("h1")).to_have_text("我的账号")
    visitor.accessible()
    visitor.fits()
    picture(page, "phone-account")
    page.set_viewport_size({"width": 1366, "height": 768})
    picture(page, "account-1")
    visitor.fits()
    for address, name in (("password", "account-2-password"), ("phone", "account-3-factor")):
        visitor.go(f"/account/{address}/")
        visitor.accessible()
        picture(page, name)
