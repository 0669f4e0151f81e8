"""The demonstration's problems and notices: something in every state, and telling it again changes nothing."""

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest

from anju.accounts.models import User
from anju.demo import oversight
from anju.demo.place import Place
from anju.demo.tests.people import planted
from anju.notices import queries as notices
from anju.notices.models import Notice
from anju.problems import queries as problems
from anju.problems.models import Problem, State

pytestmark = pytest.mark.django_db
TODAY = date(2020, 6, 10)


@pytest.fixture
def people() -> dict[str, User]:
    return planted(
        TODAY,
        ("demo-clerk-210922", "housing", "210922", "county_clerk"),
        ("demo-township", "housing", "210922109", "township_reviewer"),
        ("demo-village", "housing", "210922109201", "village_collector"),
    )


def test_something_in_every_state(people: dict[str, User]) -> None:
    names = (("210922109201", "小官村"), ("210922109202", "大官村"))
    villages: list[Any] = [SimpleNamespace(code=code, name=name, township="210922109") for code, name in (*names, names[0])]
    place = cast(Place, SimpleNamespace(townships=["210922109"], villages=villages))
    oversight.tell(people, place)
    clerk = people["demo-clerk-210922"]
    counts = problems.counts(clerk, "210922", TODAY)
    assert all(counts.states[state] for state in State if state != State.VOID)
    assert counts.overdue
    found_notices = notices.counts(clerk, "210922", TODAY)
    assert all(found_notices[state] for state in ("unposted", "hanging", "objected", "due", "closed"))
    before = (Problem.objects.count(), Notice.objects.count())
    oversight.tell(people, place)
    assert (Problem.objects.count(), Notice.objects.count()) == before
