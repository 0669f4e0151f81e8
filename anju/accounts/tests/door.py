"""The people of the door's tests, and a clock that is set instead of waited for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pyotp
from django.test import Client
from django.utils import timezone

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.accounts.signing_in import passwords, second_factor
from anju.accounts.signing_in.attempts import Origin

PASSWORD = "Mao-dun-7-ci"
HERE = Origin("10.9.22.4", "Mozilla/5.0 (Windows NT 10.0) Chrome/131.0")


def user(login: str = "zhoumin", role: str = "sender", area: str = "210922", *, own: bool = True, password: str = PASSWORD) -> User:
    """Somebody with a password of their own; a sender comes in without a second factor."""
    office = found(name=f"住建局 {area}", kind="housing", area=area)
    made = admit(login=login, name="周敏", organisation=office, role=role, password=password, check_password=False)
    if own:
        passwords.store(user=made, password=password, own=True)
    return made


class Clock:
    """What ``timezone.now()`` says; moved by hand."""

    def __init__(self, monkeypatch: Any) -> None:
        self.now = timezone.now()
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def on(self, **span: float) -> None:
        """Time passes."""
        self.now += timedelta(**span)


def enrolled(who: User) -> Callable[[], str]:
    """Gives the user a confirmed factor without using up a code; what it returns reads the phone."""
    secret = second_factor.begin(user=who)
    held = who.second_factor
    held.confirmed_at = datetime(2020, 1, 1, tzinfo=timezone.get_current_timezone())
    held.save()
    return lambda: pyotp.TOTP(secret).at(timezone.now())


def enter(client: Client, login: str = "zhoumin", password: str = PASSWORD, **more: Any) -> Any:
    """Types into the login page."""
    return client.post("/login/", {"login": login, "password": password}, **more)
