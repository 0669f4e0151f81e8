"""What every page carries around its own content: the bar, the navigation, the area looked at, the day.

A menu entry is declared once with the power it needs; a user sees the entries that the role may use. Counts are the open work
behind an entry, asked of the app that owns it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.divisions.models import Division
from anju.jobs import queries as jobs
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.web import counted
from anju.web.templatetags.anju import page_day

THEMES = ("auto", "light", "dark")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu. ``within`` are the starts of route names that light it up besides its own;
    ``count`` names the open work beside it (``counted.waiting``)."""

    title: Any
    route: str
    icon: str
    within: tuple[str, ...] = ()
    power: Power | None = Power.VIEW
    count: str = ""
    powers: tuple[Power, ...] = ()

    def open_to(self, user: User) -> bool:
        """Whether the role uses it: its power, or one of several."""
        return any(user.may(power) for power in self.powers) if self.powers else self.power is None or user.may(self.power)


SECTIONS: tuple[tuple[Entry, ...], ...] = (
    (
        Entry(_("今日待办"), "home", "checks", power=None),
        Entry(_("名单比对"), "rosters:list", "git-compare", ("rosters:",), count="pairs"),
        Entry(_("部门对照"), "rosters:cross", "table"),
        Entry(_("差异函件"), "rosters:letters", "mail", ("rosters:letter",), count="letters"),
        Entry(_("批量录入"), "imports:list", "table-import", ("imports:",), count="imports"),
        Entry(_("上级系统录入"), "entries:list", "database-import", ("entries:",)),
        Entry(_("一户一档"), "households:list", "users", ("households:",)),
        Entry(_("房屋排查"), "appraisals:rounds", "list-check", ("appraisals:round",)),
        Entry(_("住房鉴定"), "appraisals:waiting", "home-search", ("appraisals:",), count="appraisals"),
        Entry(_("动态监测"), "appraisals:hazards", "timeline", ("appraisals:hazard",), count="hazards"),
        Entry(_("危房和保障"), "guarantees:danger", "home-bolt", ("guarantees:",), count="guarantees"),
        Entry(_("改造实施"), "cases:list", "hammer", ("cases:",), count="cases"),
        Entry(_("住房核验"), "verification:overview", "shield-check", ("verification:",)),
        Entry(_("问题台账"), "problems:list", "alert-triangle", ("problems:",), count="problems"),
        Entry(_("公示"), "notices:list", "speakerphone", ("notices:",), count="notices"),
    ),
    (
        Entry(_("区划地图"), "places:map", "map-2"),
        Entry(_("行政区划"), "places:tree", "sitemap"),
    ),
    (
        Entry(_("机构和账号"), "people:list", "users-group", ("people:",), power=None, powers=(Power.ADMINISTER, Power.SECURE)),
        Entry(
            _("导出登记"),
            "exports:list",
            "table-export",
            ("exports:",),
            power=None,
            powers=(Power.VIEW, Power.AUDIT, Power.SET_MASKS),
            count="exports",
        ),
        Entry(_("留痕"), "trail:list", "history", ("trail:",), power=Power.AUDIT),
        Entry(_("登录安全"), "security:people", "lock", ("security:",), power=Power.SECURE),
        Entry(_("后台任务"), "jobs:list", "refresh", ("jobs:",), power=None),
        Entry(_("系统自检"), "operations:selfcheck", "shield-check", power=Power.ADMINISTER),
        Entry(_("组件"), "components", "layout-grid", power=Power.ADMINISTER),
    ),
)


def address(route: str) -> str:
    """The route's path, or nothing where this installation hasn't got the page."""
    try:
        return reverse(route)
    except NoReverseMatch:
        return ""


def _lit(here: str) -> Entry | None:
    """The entry a route belongs to: its own, else the one that names the longest start of it."""
    entries = [entry for section in SECTIONS for entry in section]
    own = next((entry for entry in entries if entry.route == here), None)
    if own:
        return own
    starts = [(len(start), entry) for entry in entries for start in entry.within if here.startswith(start)]
    return max(starts, key=lambda one: one[0])[1] if starts else None


def menu(request: HttpRequest, user: User) -> list[list[dict[str, Any]]]:
    """The sections a user sees, with addresses, counts and the entry that is open."""
    here = request.resolver_match.view_name if request.resolver_match else ""
    lit = _lit(here)
    counts = counted.waiting(request, user)
    sections = []
    for section in SECTIONS:
        rows = []
        for entry in section:
            url = address(entry.route)
            if not url or not entry.open_to(user):
                continue
            rows.append(
                {
                    "title": entry.title,
                    "url": url,
                    "icon": entry.icon,
                    "on": entry is lit,
                    "count": counts.get(entry.count),
                }
            )
        if rows:
            sections.append(rows)
    return sections


def area(request: HttpRequest, user: User) -> dict[str, Any]:
    """The area looked at, what lies above it, and what can be chosen instead: places inside the user's own area."""
    looked_at = chosen(request)
    if looked_at == division.NOWHERE:
        return {}
    stems = []
    at: str | None = looked_at
    while at:
        stems.append(at)
        at = division.parent(at)
    names = dict(Division.objects.filter(code__in=stems).values_list("code", "short_name"))
    below = Division.objects.filter(parent_id=looked_at, valid_to=None).order_by("code").values_list("code", "short_name")[:200]
    return {
        "here": names.get(looked_at) or _("全国"),
        "code": looked_at,
        "above": [names[stem] for stem in stems[1:2] if stem in names],
        "upwards": [
            {"code": stem, "name": names[stem]} for stem in reversed(stems[1:]) if stem in names and division.contains(user.area, stem)
        ],
        "places": [{"code": code, "name": name} for code, name in below] if division.level(looked_at) < Level.VILLAGE else [],
    }


def _grants(user: User) -> list[dict[str, Any]]:
    """The grants a person may act in, where there are several."""
    held = user.held[:20]
    if len(held) < 2:
        return []
    names = dict(Division.objects.filter(code__in=[grant.area for grant in held]).values_list("code", "short_name"))
    return [
        {"pk": grant.pk, "title": _(grant.as_role.title), "place": names.get(grant.area, _("全国")), "on": grant == user.acting}
        for grant in held
    ]


def theme(request: HttpRequest) -> str:
    """The theme the user chose: auto, light or dark."""
    wish = request.COOKIES.get("anju_theme", "auto")
    return wish if wish in THEMES else "auto"


class Shell:
    """The parts of the frame, each worked out when a template first asks for it: a page without menu and bar counts and asks nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self.demo: bool = settings.DEMO

    @cached_property
    def _user(self) -> User | None:
        user = getattr(self._request, "user", None)  # a request may fail before it is known who asks
        return user if isinstance(user, User) else None

    @property
    def theme(self) -> str:
        """What the person chose: auto, light or dark."""
        return theme(self._request)

    @property
    def english(self) -> bool:
        """Whether the page speaks English."""
        return get_language() == "en"

    @cached_property
    def today(self) -> date:
        """The day the page shows, and by which its terms are counted."""
        today = clock.today()
        page_day.set(today)
        return today

    @cached_property
    def menu(self) -> list[list[dict[str, Any]]]:
        """The sections of the menu; none for a stranger."""
        return menu(self._request, self._user) if self._user else []

    @cached_property
    def area(self) -> dict[str, Any]:
        """The area looked at; empty where there is none."""
        return area(self._request, self._user) if self._user else {}

    @cached_property
    def role(self) -> str:
        """The name of the role in which the person acts."""
        role = self._user.as_role if self._user else None
        return str(_(role.title) if role else _("没有授权"))

    @cached_property
    def grants(self) -> list[dict[str, Any]]:
        """The grants the person may act in, where there are several."""
        return _grants(self._user) if self._user else []

    @cached_property
    def jobs(self) -> int:
        """How many of the person's jobs run."""
        return jobs.running(self._user).count() if self._user else 0


def shell(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: ``shell`` in every template. Costs nothing where a page doesn't use it."""
    page_day.set(None)
    return {"shell": Shell(request)}
