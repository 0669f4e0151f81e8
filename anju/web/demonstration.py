"""The login page of a demonstration: the people to enter as, what awaits each, and where it all takes place."""

from collections import Counter
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.divisions.models import Division
from anju.registry.models import Household
from anju.trail.acting import SYSTEM, acting
from anju.vocabulary import division
from anju.vocabulary.division import Level
from anju.web import picture, worklist

PASSWORD = "anju-demo"
_ICONS = {
    "system_administrator": "settings",
    "security_administrator": "lock",
    "audit_administrator": "shield-check",
    "county_clerk": "git-compare",
    "sender": "file-spreadsheet",
    "cosigner": "signature",
    "township_reviewer": "clipboard-check",
    "village_collector": "home-search",
    "city_viewer": "chart-bar",
    "discipline": "shield-check",
}
_ORDER = list(_ICONS)
_BEHIND = r"-[0-9]{9}$"
"""Logins that end with a township's code: people whose work is shown, whom nobody enters as."""


def roles() -> dict[str, Any]:
    """The context of the login page; nothing outside a demonstration.

    The county with most people is told whole; of the others only the clerks, folded away.
    """
    if not settings.DEMO:
        return {}
    with acting(SYSTEM):
        return _told()


def _told() -> dict[str, Any]:
    shown = User.objects.filter(is_active=True).exclude(login__regex=_BEHIND)
    people = [person for person in shown.select_related("organisation").order_by("pk") if person.acting]
    counties = Counter(person.area[:6] for person in people if len(person.area) >= 6)
    if not counties:
        return {}
    county = counties.most_common(1)[0][0]
    names = dict(Division.objects.filter(code__in=[*counties, county[:4]]).values_list("code", "short_name"))
    here = [person for person in people if person.area.startswith(county)]
    clerk = next((person for person in here if person.role == "county_clerk"), None)
    below = [person for person in here if len(person.area) > 6]
    above = [person for person in people if len(person.area) < 6]
    others = [person for person in people if len(person.area) >= 6 and person not in here and person.role == "county_clerk"]
    groups = [
        (_("村与乡镇"), [_person(one, clerk) for one in _sorted(below)], False),
        (names.get(county, _("县区")), [_person(one, clerk) for one in _sorted([one for one in here if one not in below])], False),
        (_("市与管理"), [_person(one, clerk) for one in _sorted(above)], False),
        (_("其他县区"), [_person(one, clerk) for one in others], True),
    ]
    return {
        "groups": [{"title": title, "people": rows, "folded": folded} for title, rows, folded in groups if rows],
        "password": PASSWORD,
        "place": _place(county[:4], names.get(county[:4], "")),
        "map": picture.picture(county[:4], county),
    }


def _sorted(people: list[User]) -> list[User]:
    return sorted(
        people,
        key=lambda person: (-len(person.area) if len(person.area) > 6 else 0, _ORDER.index(person.role) if person.role in _ORDER else 99),
    )


def _person(person: User, clerk: User | None) -> dict[str, Any]:
    role = person.as_role
    assert role is not None
    waiting = worklist.waiting(person, person.area) if person.may(Power.VIEW) else {"pairs": 0, "letters": 0}
    told = [
        _("%s 对名单待核对") % f"{waiting['pairs']:,}" if waiting["pairs"] else "",
        _("%s 封函件待答复") % f"{waiting['letters']:,}" if waiting["letters"] else "",
    ]
    return {
        "login": person.login,
        "name": person.name,
        "title": person.organisation.name,
        "role": _(role.title),
        "summary": _("、").join(one for one in told if one) or _(role.summary),
        "icon": _ICONS.get(role.code, "user"),
        "first": person == clerk,
    }


def _place(prefecture: str, name: str) -> str:
    """Where it takes place, in figures counted now."""
    levels = Counter(Division.objects.filter(within(prefecture, "code"), valid_to=None).values_list("level", flat=True))
    households = Household.objects.filter(within(prefecture), closed_on=None).count()
    return _("%(name)s，%(counties)s 个县区、%(townships)s 个乡镇街道、%(villages)s 个村，%(households)s 户。") % {
        "name": name or division.full(prefecture),
        "counties": levels[Level.COUNTY],
        "townships": levels[Level.TOWNSHIP],
        "villages": levels[Level.VILLAGE],
        "households": f"{households:,}",
    }
