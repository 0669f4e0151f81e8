"""The village of the appraisals, and a verifier."""

import pytest

from anju.accounts.models import User
from anju.appraisals.tests.conftest import COUNTY, appraiser, clerk, collector, give, households, person, places, stranger
from anju.appraisals.tests.workbooks import send, take_back

__all__ = ["appraiser", "clerk", "collector", "give", "households", "places", "send", "stranger", "take_back"]


@pytest.fixture
def verifier(places: None) -> User:
    """The county's verifier."""
    return person("核验员", "verifier", COUNTY)
