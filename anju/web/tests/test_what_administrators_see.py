"""The three administrators see figures of what is under their care, each opening what it counts; nobody else does."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from anju.accounts import actions as accounts
from anju.accounts.models import SignIn, User
from anju.exports.models import Reveal
from anju.rosters.tests import county

pytestmark = pytest.mark.django_db


def _signed_in(role: str) -> Client:
    office = accounts.found(name=f"阜新市{role}", kind="housing", area="2109")
    user = accounts.admit(login=role, name="某人", organisation=office, role=role, password="-", check_password=False)
    client = Client()
    client.force_login(user)
    return client


def _figures(client: Client) -> dict[str, tuple[str, str]]:
    page = client.get("/").content.decode()
    found = re.findall(r'class="lb"><span>([^<]+)</span>.*?href="([^"]+)">([^<]+)</a>', page)
    return {label: (url.replace("&amp;", "&"), value) for label, url, value in found}


def test_the_system_administrator_sees_the_self_check_and_accounts() -> None:
    client = _signed_in("system_administrator")
    assert "导入第一份名单" in client.get("/").content.decode()
    county.place("210922", "彰武县")
    office = accounts.found(name="彰武县住建局", kind="housing", area="210922")
    accounts.admit(login="clerk", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)
    figures = _figures(client)
    assert set(figures) == {"自检不合格", "备份距今", "在用账号"}
    assert figures["在用账号"][1] == "2"
    assert "导入第一份名单" not in client.get("/").content.decode()


def test_the_security_administrator_sees_doors_and_grants() -> None:
    client = _signed_in("security_administrator")
    person = User.objects.get(login="security_administrator")
    accounts.open_account(login="new", name="新人", organisation=person.organisation, password="-", check_password=False)
    SignIn.objects.create(login_digest=b"x" * 16, address="10.0.0.1", agent="", outcome=SignIn.Outcome.WRONG_PASSWORD, at=timezone.now())
    figures = _figures(client)
    assert set(figures) == {"锁定的账号", "7 天内登录失败", "没有授权的账号", "30 天内到期的授权"}
    assert [figures[one][1] for one in ("7 天内登录失败", "没有授权的账号")] == ["1", "1"]


def test_the_audit_administrator_sees_the_trail_and_what_left() -> None:
    client = _signed_in("audit_administrator")
    somebody = User.objects.get(login="audit_administrator")
    Reveal.objects.create(by=somebody, area="210922", subject="户", url="/", numbers=1, reason="identify", office="某局", at=timezone.now())
    figures = _figures(client)
    assert set(figures) == {"今天的留痕", "30 天内的导出", "查看完整号码"}
    assert figures["查看完整号码"][1] == "1"
    assert int(figures["今天的留痕"][1].replace(",", "")) > 0
    for url, _value in figures.values():
        assert client.get(url).status_code == 200


@pytest.mark.parametrize("role", ["county_clerk", "village_collector", "discipline"])
def test_nobody_else_does(role: str) -> None:
    assert _figures(_signed_in(role)) == {}
