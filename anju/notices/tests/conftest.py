"""A township that posts, a village that photographs, a county above, a neighbour; the day is 2020-04-01."""

import itertools
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.demo import pictures as drawn
from anju.demo.pictures import Words
from anju.notices import actions
from anju.notices.models import Notice
from anju.rosters.tests import county

VILLAGE, TOWNSHIP, COUNTY = "210922109201", "210922109", county.COUNTY
START = date(2020, 4, 1)
CLOSE = date(2020, 4, 8)
SUN: dict[str, Any] = {"place": "小官村1组", "head": "孙福", "id_number": county.number("19540412", 11), "grade": "D级", "amount": 28500}
LIU: dict[str, Any] = {"place": "小官村2组", "head": "刘守义", "id_number": county.number("19610120", 31), "grade": "C级", "amount": 14000}
Post = Callable[..., Notice]
Shoot = Callable[..., Notice]


@pytest.fixture
def places(db: None) -> None:
    """Two counties, three townships, four villages."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=START)


def _user(login: str, kind: str, area: str, role: str, office: str) -> User:
    return admit(
        login=login, name=login, organisation=found(name=office, kind=kind, area=area), role=role, password="-", check_password=False
    )


@pytest.fixture
def clerk(places: None) -> User:
    """The county's housing clerk."""
    return _user("周敏", "housing", COUNTY, "county_clerk", "彰武县住建局")


@pytest.fixture
def stranger(places: None) -> User:
    """The clerk of the next county."""
    return _user("邻县", "housing", county.OTHER_COUNTY, "county_clerk", "阜新县住建局")


@pytest.fixture
def officer(places: None) -> User:
    """Who posts in the township."""
    return _user("公示", "township", TOWNSHIP, "notice_officer", "满堂红镇政府")


@pytest.fixture
def village(places: None) -> User:
    """The cadre of one village."""
    return _user("村里", "village", VILLAGE, "village_collector", "小官村委会")


@pytest.fixture
def security(places: None) -> User:
    """Who chooses the mask policy."""
    return _user("安全", "housing", "21", "security_administrator", "辽宁省住建厅")


@pytest.fixture
def post(officer: User) -> Post:
    """A notice of two households in the village, seven days from 2020-04-01."""

    def make(**more: Any) -> Notice:
        given: dict[str, Any] = {
            "kind": "review", "area": VILLAGE, "title": "小官村农村危房改造对象评议结果公示", "rows": [SUN, LIU], "days": 7, "by": officer,
            "hotline": "0418-6926331",
        }  # fmt: skip
        return actions.post(**given | more)

    return make


def board(seed: int, on: date | None = None) -> bytes:
    """A photo of a board; with ``on`` as its camera's day."""
    at = datetime.combine(on, time(0), ZoneInfo("Asia/Shanghai")) if on else None
    return drawn.house(seed, words=Words(at=at), size=(800, 600))


@pytest.fixture
def shoot(officer: User) -> Shoot:
    """The photo at the start or at the end, taken today or on a day of the camera's."""
    seeds = itertools.count(1)

    def take(notice: Notice, end: bool = False, by: User | None = None, on: date | None = None, seed: int = 0) -> Notice:
        act = actions.photograph_end if end else actions.photograph_start
        return act(notice=notice, by=by or officer, file=board(seed or next(seeds), on))

    return take
