"""What every page carries around its own content: the bar, the navigation, the area looked at, the day.

A menu entry is declared once with the power it needs; a user sees the entries that the role may use. Counts are the open work
behind an entry, asked of the app that owns it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import SimpleLazyObject
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
        Entry(_("动态监测"), "appraisals:hazards", "home-bolt", ("appraisals:hazard",), count="hazards"),
        Entry(_("危房和保障"), "guarantees:danger", "home-bolt", ("guarantees:",), count="guarantees"),
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
    names = {place.code: place for place in Division.objects.filter(code__in=[*stems, user.area])}
    above = [names[stem] for stem in stems[1:2] if stem in names]
    here = names.get(looked_at)
    places = (
        list(Division.objects.filter(parent_id=looked_at, valid_to=None).order_by("code")[:200])
        if here is None or here.level < Level.VILLAGE
        else []
    )
    upwards = [names[stem] for stem in reversed(stems[1:]) if stem in names and division.contains(user.area, stem)]
    return {
        "here": here.short_name if here else _("全国"),
        "code": looked_at,
        "above": [place.short_name for place in above],
        "upwards": [{"code": place.code, "name": place.short_name} for place in upwards],
        "places": [{"code": place.code, "name": place.short_name} for place in places],
    }


def _grants(user: User) -> list[dict[str, Any]]:
    """The grants a person may act in, where there are several."""
    held = list(user.grants_in_force()[:20])
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


def shell(request: HttpRequest) -> Mapping[str, Any]:
    """Context processor: ``shell`` in every template. Costs nothing where a fragment doesn't use it."""
    page_day.set(None)

    def gather() -> dict[str, Any]:
        today = clock.today()
        page_day.set(today)
        user = getattr(request, "user", None)  # a request may fail before it is known who asks
        common: dict[str, Any] = {"today": today, "demo": settings.DEMO, "theme": theme(request), "english": get_language() == "en"}
        if not isinstance(user, User):
            return common
        return common | {
            "menu": menu(request, user),
            "area": area(request, user),
            "role": _(user.as_role.title) if user.as_role else _("没有授权"),
            "grants": _grants(user),
            "jobs": jobs.running(user).count(),
        }

    return {"shell": SimpleLazyObject(gather)}
