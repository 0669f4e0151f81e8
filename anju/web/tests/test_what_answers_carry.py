"""Every answer carries the policies; what is made for a person is kept nowhere; what is typed stands in no address and no table."""

import base64
import json

import pytest
from django.test import Client
from django.urls import reverse

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.signing_in.models import SignedInSession

pytestmark = pytest.mark.django_db


@pytest.fixture
def clerk() -> User:
    office = found(name="彰武县住建局", kind="housing", area="210922")
    return admit(login="zhoumin", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)


@pytest.mark.parametrize("name", ["login", "home", "households:list", "rosters:list", "jobs:list"])
def test_every_answer_carries_the_policies(name: str, client: Client, clerk: User) -> None:
    if name != "login":
        client.force_login(clerk)
    answer = client.get(reverse(name))
    assert answer.status_code == 200
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert "no-store" in answer["Cache-Control"]


def test_a_refusal_carries_them_too(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Security-Policy"]


def test_a_number_searched_for_stands_in_no_address_and_no_table(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    number, name = "11010519491231002X", "赵凤芹"
    for text in (number, name, number[:6]):
        answer = client.post(reverse("households:find"), {"q": text}, follow=True)
        assert all(text not in address for address, _status in answer.redirect_chain)
        assert text in answer.content.decode()  # the box still says what was looked for
    session = client.session
    kept = json.dumps(dict(session.items()), ensure_ascii=False)
    assert len(session["searches"]) == 3
    row = SignedInSession.objects.get(user=clerk)
    for text in (number, name):
        assert text not in kept
        assert text.encode() not in b"".join(base64.b64decode(one) for one in session["searches"].values())
        assert text.encode() not in bytes(row.content)


def test_a_search_of_another_key_shows_nothing(client: Client, clerk: User) -> None:
    client.force_login(clerk)
    client.post(reverse("households:find"), {"q": "赵凤芹"})
    session = client.session
    ((key, sealed),) = session["searches"].items()
    session["searches"] = {"moved": sealed, key: "not sealed at all"}
    session.save()
    for asked in ("moved", key, "unknown"):
        answer = client.get(reverse("households:list"), {"s": asked})
        assert answer.status_code == 200
        assert "赵凤芹" not in answer.content.decode()


def test_behind_https_plain_requests_are_sent_on(client: Client, clerk: User, settings: object) -> None:
    settings.SECURE_SSL_REDIRECT = True  # type: ignore[attr-defined]
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]
    settings.SECURE_HSTS_SECONDS = 3600  # type: ignore[attr-defined]
    answer = client.get(reverse("login"))
    assert (answer.status_code, answer["Location"]) == (301, "https://testserver/login/")
    answer = client.get(reverse("login"), headers={"x-forwarded-proto": "https"})
    assert answer.status_code == 200
    assert answer["Strict-Transport-Security"].startswith("max-age=3600")
