"""The numbers of the door, each with the source that asks for it; pages, refusals and the catalogue derive from them."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

_LEVEL3 = "GB/T 22239-2019 8.1.4.1"
_HOUSE = "安居 质量要求 7"


@dataclass(frozen=True, slots=True)
class Limits:
    """When guessing is slowed and stopped, and how long a session lasts."""

    failures: int = 5
    window: timedelta = timedelta(minutes=15)
    locked_for: timedelta = timedelta(minutes=15)
    free_failures_of_a_source: int = 30
    longest_delay: timedelta = timedelta(seconds=60)
    known_for: timedelta = timedelta(days=90)
    half_way: timedelta = timedelta(minutes=10)
    stay_known: timedelta = timedelta(minutes=1)


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class PasswordProfile:
    """What a password must be. ``classes``: how many of capital, small letter, digit, sign; ``max_age`` None: it never runs out."""

    code: str
    title: str
    minimum: int
    classes: int
    max_age: timedelta | None
    remembered: int
    source: str


PROFILES: dict[str, PasswordProfile] = {
    profile.code: profile
    for profile in (
        PasswordProfile(
            *("djbh3", "等级保护三级", 8, 3, timedelta(days=90), 5),
            source=f"{_LEVEL3} a（复杂度、定期更换）；位数、类别、周期、次数按测评惯例",
        ),
        PasswordProfile("asvs", "OWASP ASVS", 12, 0, None, 0, source="OWASP ASVS 4.0.3 V2.1.1, V2.1.7, V2.1.9, V2.1.10"),
    )
}

MAXIMUM = 128
"""Longer is refused: hashing without bound is a way to tire the server (ASVS V2.1.2)."""


def profile() -> PasswordProfile:
    """The profile of this installation (``ANJU_PASSWORD_PROFILE``)."""
    return PROFILES[settings.PASSWORD_PROFILE]


def idle() -> timedelta:
    """After so long without a touch one signs in again (``ANJU_IDLE_MINUTES``)."""
    return timedelta(minutes=settings.IDLE_MINUTES)


def longest() -> timedelta:
    """After so long one signs in again whatever was done (``ANJU_SESSION_HOURS``)."""
    return timedelta(hours=settings.SESSION_HOURS)


def whom_to_ask() -> str:
    """Who helps one who is locked out or has forgotten the password (``ANJU_ASK``, "县住建局信息科 0418-…")."""
    return settings.ASK or _("本单位安全管理员")


def _row(key: str, title: str, value: object, source: str) -> dict[str, Any]:
    return {"id": key, "title": title, "value": str(value), "source": source}


def declared() -> list[dict[str, Any]]:
    """Every number, for the catalogue; those an installation may set are given as their default."""
    lock = f"{_LEVEL3} b（登录失败处理）；{_HOUSE}"
    rows = [
        _row("signin.failures", "输错几次锁定账号", f"{LIMITS.failures} 次 / {minutes(LIMITS.window)} 分钟", lock),
        _row("signin.locked_for", "锁定多久", f"{minutes(LIMITS.locked_for)} 分钟", lock),
        _row(
            "signin.source", "同一来源输错多少次起要等候", f"{LIMITS.free_failures_of_a_source} 次 / {minutes(LIMITS.window)} 分钟", _HOUSE
        ),
        _row("signin.source_delay", "等候最长", f"{int(LIMITS.longest_delay.total_seconds())} 秒", _HOUSE),
        _row("signin.idle", "多久不动要重新登录（ANJU_IDLE_MINUTES）", "30 分钟", f"{_LEVEL3} b（连接超时自动退出）"),
        _row("signin.session", "登录一次最长（ANJU_SESSION_HOURS）", "12 小时", f"{_LEVEL3} b；OWASP ASVS 4.0.3 V3.3.2"),
        _row("signin.second_factor", "验证码允许的时钟偏差", "前后各 30 秒", "RFC 6238 5.2"),
    ]
    for each in PROFILES.values():
        rows += [
            _row(f"password.{each.code}.minimum", f"密码位数（{each.title}）", f"至少 {each.minimum} 位", each.source),
            _row(
                f"password.{each.code}.classes",
                f"大写、小写、数字、符号（{each.title}）",
                f"至少 {each.classes} 类" if each.classes else "不要求",
                each.source,
            ),
            _row(
                f"password.{each.code}.max_age",
                f"多久换一次（{each.title}）",
                f"{each.max_age.days} 天" if each.max_age else "不要求",
                each.source,
            ),
            _row(
                f"password.{each.code}.remembered",
                f"不能用最近几次用过的（{each.title}）",
                f"{each.remembered} 次" if each.remembered else "不要求",
                each.source,
            ),
        ]
    return rows


def minutes(span: timedelta) -> int:
    """A span in whole minutes, as people say it."""
    return int(span.total_seconds()) // 60
