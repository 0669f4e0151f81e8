"""Who takes photos in a village, who judges them, and who stands elsewhere."""

import pytest

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.rosters.tests import county

_CAST = (
    ("collector", "village_collector", "210922109201"),
    ("colleague", "village_collector", "210922109201"),
    ("clerk", "county_clerk", "210922"),
    ("other", "county_clerk", "210921"),
    ("sender", "cosigner", "210922"),
)


@pytest.fixture
def people(db: None) -> dict[str, User]:
    """Two collectors of a village, their county's clerk and one who may take no photos, the next county's clerk; the day is 2020-06-10."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    made = {}
    for login, role, area in _CAST:
        office = found(name=f"{login}机构", kind="housing", area=area)
        made[login] = admit(login=login, name=login, organisation=office, role=role, password="-", check_password=False)
    return made
