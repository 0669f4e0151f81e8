"""The trail holds the caller's own address: the peer, or what the declared proxies say. Nobody can choose it."""

from typing import Any

import pytest
from django.test import Client

from anju.accounts.models import User
from anju.accounts.signing_in.models import SignIn
from anju.accounts.tests.door import PASSWORD, enter, user
from anju.trail.models import Entry

pytestmark = pytest.mark.django_db
PROXY, REAL, FORGED = "10.0.0.1", "10.9.22.4", "203.0.113.7"


@pytest.fixture
def security() -> User:
    """A security administrator: every act of theirs leaves an entry in the trail."""
    return user("anquan", "security_administrator")


def addressed(client: Client, other: User, **headers: Any) -> str:
    """What the trail says of where a password was reset from."""
    assert client.post(f"/accounts/sign-ins/{other.pk}/password/", {"reason": "忘了密码"}, **headers).status_code == 200
    return Entry.objects.filter(action="account.password_reset").latest("seq").address


@pytest.mark.parametrize(
    "told",
    [
        (0, "", PROXY),
        (0, FORGED, PROXY),
        (1, REAL, REAL),
        (1, f"{FORGED}, {REAL}", REAL),
        (1, "", PROXY),
        (2, f"{FORGED}, {REAL}, 10.0.0.2", REAL),
        (2, FORGED, PROXY),
        (1, f"{REAL}, <script>", ""),
    ],
    ids=[
        *("no proxy", "no proxy and a forged header", "behind one", "behind one with a forged hop", "behind one that said nothing"),
        *("behind two with a forged hop", "fewer hops than proxies", "no address at all"),
    ],
)
def test_the_address_in_the_trail(security: User, client: Client, settings: Any, told: tuple[int, str, str]) -> None:
    settings.PROXIES, forwarded, said = told
    other = user("zhoumin")
    client.force_login(security)
    more: dict[str, Any] = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    assert addressed(client, other, REMOTE_ADDR=PROXY, **more) == said


def test_the_door_and_the_trail_say_the_same(client: Client, settings: Any) -> None:
    settings.PROXIES = 1
    user()
    headers: dict[str, Any] = {"REMOTE_ADDR": PROXY, "HTTP_X_FORWARDED_FOR": f"{FORGED}, {REAL}"}
    assert enter(client, **headers).status_code == 302
    client.post("/account/password/", {"old": PASSWORD, "new": "Xin-mi-ma-8", "again": "Xin-mi-ma-8"}, **headers)
    assert SignIn.objects.latest("id").address == REAL
    told = set(Entry.objects.filter(action__in=["account.signed_in", "account.password_changed"]).values_list("address", flat=True))
    assert told == {REAL}
