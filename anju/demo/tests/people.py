"""The people of the demonstration's stories, as far as a test needs them."""

from datetime import date

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.rosters.tests import county


def planted(today: date, *people: tuple[str, str, str, str]) -> dict[str, User]:
    """The two counties on a day, and by login who is admitted: (login, kind of the office, area, role)."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=today)
    return {
        login: admit(
            login=login, name=login, organisation=found(name=login, kind=kind, area=area), role=role, password="-", check_password=False
        )
        for login, kind, area, role in people
    }
