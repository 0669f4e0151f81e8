"""The offices of one county through which a problem goes, from the village to the city."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.demo import pictures as drawn
from anju.evidence import photos
from anju.problems import actions
from anju.problems.models import Problem
from anju.rosters.tests import county

VILLAGE, TOWNSHIP, COUNTY, CITY = "210922109201", "210922109", county.COUNTY, "2109"
TODAY = date(2020, 6, 10)
DUE = date(2020, 6, 20)
MENDED: dict[str, Any] = {
    "report": "已逐户补报",
    "cause": "台账没有按月核对",
    "mended": "乡镇每月 5 日核对一次",
    "self_check": "同类 14 户已查，再无遗漏",
}
Open = Callable[..., Problem]


@pytest.fixture
def places(db: None) -> None:
    """Two counties, three townships, four villages; the day is 2020-06-10."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=TODAY)


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
def township(places: None) -> User:
    """The reviewer of one township."""
    return _user("刘洋", "township", TOWNSHIP, "township_reviewer", "满堂红镇政府")


@pytest.fixture
def other_township(places: None) -> User:
    """The reviewer of the next township."""
    return _user("邻镇", "township", "210922115", "township_reviewer", "大冷镇政府")


@pytest.fixture
def village(places: None) -> User:
    """The cadre of one village."""
    return _user("村里", "village", VILLAGE, "village_collector", "小官村委会")


@pytest.fixture
def supervisor(places: None) -> User:
    """Who supervises for the city."""
    return _user("督导", "housing", CITY, "supervisor", "阜新市住建局")


@pytest.fixture
def discipline(places: None) -> User:
    """Who looks on for the discipline commission."""
    return _user("纪委", "discipline", COUNTY, "discipline", "彰武县纪委监委")


@pytest.fixture
def viewer(places: None) -> User:
    """Who looks on for the city."""
    return _user("市里", "housing", CITY, "city_viewer", "阜新市住建局")


@pytest.fixture
def open_one(clerk: User) -> Open:
    """A problem in the village, opened by the county's clerk."""

    def make(**more: Any) -> Problem:
        given: dict[str, Any] = {
            "source": "superior", "category": "archive", "area": VILLAGE, "description": "14 户没有一户一档。现场抽查发现。", "by": clerk,
        }  # fmt: skip
        return actions.open_problem(**given | more)

    return make


@pytest.fixture
def handed(open_one: Open, clerk: User, township: User) -> Problem:
    """The problem, handed over to the township, which has photographed what it mended."""
    return photographed(actions.hand_over(problem=open_one(), to=township.organisation, due=DUE, by=clerk), township)


@pytest.fixture
def rectified(handed: Problem, township: User) -> Problem:
    """The problem, mended as the township says."""
    return actions.rectify(problem=handed, by=township, **MENDED)


def photographed(problem: Problem, by: User) -> Problem:
    """The problem with a photo of its mending."""
    assert problem.album is not None
    photos.add(album=problem.album, file=drawn.house(problem.pk, size=(640, 480)), kind="after_mending", by=by)
    return problem
