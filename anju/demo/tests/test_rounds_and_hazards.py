"""The demonstration's hazards go their way at the desk; the counties beside it have a round three quarters done, and hazards in several states."""

from datetime import date

import pytest

from anju.accounts.models import User
from anju.appraisals.actions import appraising
from anju.appraisals.queries import monitoring, rounds
from anju.demo import safety
from anju.demo.tests.people import planted
from anju.guarantees import actions as guarantees
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.staging import Enrolment

pytestmark = pytest.mark.django_db
TODAY, ENROLLED = date(2020, 6, 10), date(2019, 1, 1)
VILLAGE = "210922109201"


@pytest.fixture
def people() -> dict[str, User]:
    return planted(
        TODAY,
        ("demo-clerk-210922", "housing", "210922", "county_clerk"),
        ("demo-appraiser", "housing", "210922", "appraiser"),
        ("demo-township", "housing", "210922109", "township_reviewer"),
        ("demo-village", "housing", VILLAGE, "village_collector"),
    )


def enrolled(clerk: User, many: int) -> list[Household]:
    rows = [Enrolment(at, f"d:{at}", f"户{at}", VILLAGE, f"d{at}", "小官村1组", relation="02", category="TK") for at in range(1, many + 1)]
    registry.enrol(rows=rows, on=ENROLLED, by=clerk, source="d")
    return list(Household.objects.order_by("number"))


def test_a_county_beside_the_desk_has_coverage_and_hazards(people: dict[str, User]) -> None:
    clerk = people["demo-clerk-210922"]
    enrolled(clerk, 60)
    safety._elsewhere("210922", clerk)
    far = rounds.progress(rounds.rounds("210922").get(), "210922")
    assert (far.households, far.left) == (60, 15)
    assert far.suspect > far.absent > 0
    states = monitoring.counts(clerk, "210922", TODAY).states
    assert (states[monitoring.TO_CHECK], states[monitoring.TO_APPRAISE], states[monitoring.UNFOUNDED], states[monitoring.LATE]) == (
        2,
        2,
        1,
        1,
    )


def test_the_desk_shows_hazards_made_safe_by_works_and_by_another_home(people: dict[str, User]) -> None:
    clerk, appraiser = people["demo-clerk-210922"], people["demo-appraiser"]
    households = enrolled(clerk, 3)
    told = safety._early_hazards(households, people)
    for household, grade in zip(households, "BDD", strict=True):
        registry.record_dwelling(household=household, kind="own", on=ENROLLED, by=clerk, state={"structure": "brick_timber", "storeys": 1})
        house, on = Dwelling.objects.distinct().get(occupancies__household=household), date(2020, 5, 20)
        form = safety.form_for(grade, house, household.area, on)
        appraising.submit(household=household, dwelling=house, form=form, on=on, by=appraiser, appraisers=["石岩"])
    guarantees.record(
        household=households[1], route="relatives", since=date(2020, 5, 21), by=people["demo-township"], provider="长子", document="同意书",
        until=date(2021, 5, 31), safe_because="长子住房鉴定为 A 级",
    )  # fmt: skip
    safety._lifted(told, people)
    states = monitoring.counts(clerk, "210922", TODAY).states
    assert (states[monitoring.LIFTED], states[monitoring.TO_LIFT]) == (2, 1)
