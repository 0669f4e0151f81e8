"""The counties told set by set: what they say is what the rules would have said of each household."""

from datetime import date

import pytest

from anju.accounts.models import User
from anju.appraisals.models import Appraisal, Stock
from anju.appraisals.queries import ledger
from anju.appraisals.tests.conftest import COUNTY, TODAY, VILLAGE
from anju.demo import elsewhere
from anju.demo.tests.people import planted
from anju.guarantees.queries import danger, of
from anju.problems.models import Problem
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.tests import county
from anju.verification.actions import grounds
from anju.verification.models import Verification
from anju.verification.queries import Balance, balance
from anju.vocabulary.grade import GRADES

MANY = 120


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """A county of poor households with its clerk and those who sign."""
    made = planted(
        TODAY,
        (f"demo-clerk-{COUNTY}", "housing", COUNTY, "county_clerk"),
        (f"demo-sign-poverty-{COUNTY}", "poverty", COUNTY, "cosigner"),
        (f"demo-sign-civil-affairs-{COUNTY}", "civil_affairs", COUNTY, "cosigner"),
        (f"demo-sign-disabled-federation-{COUNTY}", "disabled_federation", COUNTY, "cosigner"),
    )
    rows = [
        Enrolment(at, f"t:{at}", f"周{'金木水火土'[at % 5]}{at}", VILLAGE, str(at), "3组", sex="1", relation="02", category="JDLK")
        for at in range(1, MANY + 1)
    ]
    registry.enrol(rows=rows, on=date(2019, 1, 1), by=made[f"demo-clerk-{COUNTY}"], source="t")
    return made


def test_grades_ways_conclusions_and_the_stock_agree(people: dict[str, User], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(elsewhere, "SHARE", 1.0)
    elsewhere.tell(people, [COUNTY, county.OTHER_COUNTY], "210902")
    assert Appraisal.objects.count() == MANY
    clerk = people[f"demo-clerk-{COUNTY}"]
    counted = danger.counts(clerk, COUNTY, TODAY, 6)[COUNTY]
    assert counted.households == ledger.counts(COUNTY)[COUNTY].households
    assert 0 < counted.lived < counted.households
    assert 0 < counted.routed < counted.households
    made = Stock.objects.get()
    assert made.locked_at is not None
    assert made.households == counted.households
    concluded = Verification.objects.open()
    for one in concluded.select_related("household"):
        said = grounds(one.household, one.valid_from).supported
        if one.category == "unguaranteed":
            assert of(one.household, TODAY) is None
            assert not any(GRADES[grade.grade].safe for grade in grounds(one.household, TODAY).grades)
        else:
            assert said is not None
            assert said.value == one.category
    assert Problem.objects.count() == concluded.filter(category="unguaranteed").count() > 0
    whole = balance(COUNTY)[COUNTY]
    assert whole.households == Household.objects.count() == MANY
    assert whole.appraised + whole.renovated + whole.guaranteed + whole.unguaranteed + whole.open == MANY
    assert whole != Balance(COUNTY, MANY, open=MANY)
