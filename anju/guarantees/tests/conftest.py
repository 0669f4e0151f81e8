"""The village of the appraisals, and those who sign its stock."""

from datetime import date
from typing import Any

import pytest

from anju.accounts.models import User
from anju.appraisals.tests.conftest import COUNTY, appraiser, clerk, collector, give, households, person, places, stranger

__all__ = ["appraiser", "clerk", "collector", "give", "households", "places", "stranger"]

ON = date(2020, 5, 1)
RELATIVES: dict[str, Any] = {
    "route": "relatives", "since": ON.isoformat(), "until": "2020-12-31", "provider": "周鹏", "relation": "父子", "place": "小官村1组",
    "document": "投亲居住同意书 2020-5", "safe_because": "鉴定报告 210922-JD2020-000009，B 级", "note": "",
}  # fmt: skip
"""A way as it is typed on the form: with relatives."""


@pytest.fixture
def signers(places: None) -> list[User]:
    """One of each of the departments that sign besides the housing office."""
    return [person(kind, "cosigner", COUNTY, kind) for kind in ("poverty", "civil_affairs", "disabled_federation")]
