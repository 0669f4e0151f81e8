"""Who does the work in the townships that renovate: an office clerk who enters what its villages did, and a reviewer, in each."""

from collections.abc import Callable

from anju.accounts import actions as accounts
from anju.accounts.models import Organisation, User
from anju.demo.place import Place
from anju.demo.story import DESK

Admit = Callable[[str, str, Organisation, str], None]
_SURNAMES, _GIVEN = (
    "王李张刘陈杨赵黄周吴徐孙马朱胡郭何高林罗",
    ("建国", "秀兰", "志强", "玉梅", "海涛", "春燕", "德福", "丽华", "永生", "桂芳", "宝山", "雪芹", "铁军", "淑贤"),
)
_EVERY = 5
"""One township in so many renovates a lot of houses; the others have none."""


def townships(place: Place, county: str) -> list[str]:
    """The townships of a county that renovate, in the order of their codes; without the one whose villages are told household by household."""
    there = [one for one in place.townships if one.startswith(county)]
    if county == DESK:
        return there[1::_EVERY]
    return there[1::_EVERY] or there[:1]


def entry(township: str) -> str:
    """The login of the clerk who enters for the villages of a township."""
    return f"demo-entry-{township}"


def reviewer(township: str) -> str:
    """The login of the township's reviewer."""
    return f"demo-town-{township}"


def admit(place: Place, admitted: Admit) -> None:
    """The offices and people of every township that renovates."""
    at = 0
    for county in place.counties:
        there = [one for one in place.townships if one.startswith(county)]
        for township in (*(there[:1] if county == DESK else ()), *townships(place, county)):
            office = accounts.found(name=f"{place.names[township]}人民政府", kind="township", area=township)
            for login, role in ((entry(township), "village_collector"), (reviewer(township), "township_reviewer")):
                at += 1
                admitted(login, f"{_SURNAMES[at * 7 % len(_SURNAMES)]}{_GIVEN[at % len(_GIVEN)]}", office, role)


def of_township(people: dict[str, User], township: str) -> tuple[User, User]:
    """(who enters for the villages, who reviews)."""
    return people[entry(township)], people[reviewer(township)]
