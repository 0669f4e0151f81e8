"""A village and the people who work there."""

from datetime import date

import pytest

from anju.accounts.actions import admit
from anju.accounts.models import Organisation, User
from anju.registry.staging import Enrolment

VILLAGE = "210922100200"
OTHER_VILLAGE = "210922101201"
DAY = date(2020, 1, 1)


@pytest.fixture
def clerk(db: None) -> User:
    """The county's clerk."""
    office = Organisation.objects.create(name="彰武县住建局", kind="housing", area="210922")
    return admit(login="clerk", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)


@pytest.fixture
def family() -> list[Enrolment]:
    """A couple with a grandchild, and an old man alone."""
    return [
        Enrolment(1, "t:1", "周德海", VILLAGE, "1", "小官村3组", id_number="210922195404120914", relation="02"),
        Enrolment(2, "t:2", "赵凤芹", VILLAGE, "1", "小官村3组", sex="2", birth_date=date(1958, 3, 1), relation="10"),
        Enrolment(3, "t:3", "周鹏", VILLAGE, "1", "小官村3组", sex="1", relation="41"),
        Enrolment(4, "t:4", "孙福", VILLAGE, "2", "小官村1组", sex="1", relation="02", category="TK"),
    ]
