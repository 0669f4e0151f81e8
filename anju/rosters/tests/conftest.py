"""The county's offices and their people; lists received and matched as in an installation, the background work done at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.rosters.actions import receiving
from anju.rosters.models import Batch
from anju.rosters.tests import county

Receive = Callable[..., Batch]


@pytest.fixture
def places(db: None) -> None:
    """Two counties, three townships, four villages; the day is 2020-06-10."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)


def _user(login: str, kind: str, area: str, role: str, office: str) -> User:
    return admit(
        login=login, name=login, organisation=found(name=office, kind=kind, area=area), role=role, password="-", check_password=False
    )


@pytest.fixture
def clerk(places: None) -> User:
    """The county's housing clerk."""
    return _user("周敏", "housing", county.COUNTY, "county_clerk", "彰武县住建局")


@pytest.fixture
def stranger(places: None) -> User:
    """The clerk of the next county."""
    return _user("邻县", "housing", county.OTHER_COUNTY, "county_clerk", "阜新县住建局")


@pytest.fixture
def township(places: None) -> User:
    """The reviewer of one township."""
    return _user("乡镇", "township", "210922109", "township_reviewer", "满堂红镇政府")


@pytest.fixture
def sender(places: None) -> User:
    """Who sends lists for civil affairs."""
    return _user("民政", "civil_affairs", county.COUNTY, "sender", "彰武县民政局")


@pytest.fixture
def cosigner(places: None) -> User:
    """Who signs for civil affairs."""
    return _user("民政签", "civil_affairs", county.COUNTY, "cosigner", "彰武县民政局")


@pytest.fixture
def done(jobs_inline: None, django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Inside, background work put on the queue is done when the block ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def receive(clerk: User, done: Callable[[], AbstractContextManager[Any]]) -> Receive:
    """Sends a file in as the clerk and lets the background work happen."""

    def send(path: Path, by: User | None = None, **more: Any) -> Batch:
        with done():
            batch = receiving.receive(
                file=path,
                name=path.name,
                by=by or clerk,
                area=more.pop("area", county.COUNTY),
                as_of=more.pop("as_of", county.AS_OF),
                **more,
            )
        batch.refresh_from_db()
        return batch

    return send


@pytest.fixture
def register(receive: Receive, tmp_path: Path) -> Batch:
    """The village roll of everybody, enrolled."""
    return receive(county.roll(tmp_path / "农户花名册.csv"))
