"""A village with its people and houses, and those who look at them."""

import io
import secrets
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from PIL import Image

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.appraisals.actions.appraising import submit
from anju.appraisals.models import Appraisal
from anju.appraisals.tests.workbooks import send, take_back
from anju.checks import Check
from anju.clock.actions import set_today
from anju.evidence import photos
from anju.evidence.models import Album, Photo
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.staging import Enrolment
from anju.rosters.tests import county

__all__ = ["send", "take_back"]
VILLAGE, OTHER_VILLAGE, TOWNSHIP, COUNTY = "210922109201", "210922109202", "210922109", county.COUNTY
TODAY, ENROLLED = date(2020, 6, 10), date(2019, 1, 1)
GOOD = {
    "site": "safe",
    "storeys": 1,
    "structure": "brick_timber",
    "components": dict.fromkeys(("foundation", "bearing_wall", "timber_column_beam", "timber_truss", "roof", "enclosure_wall"), "a"),
}
Submit = Callable[..., Appraisal]


@pytest.fixture
def places(db: None) -> None:
    """Two counties, three townships, four villages; the day is 2020-06-10."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=TODAY)


def person(login: str, role: str, area: str, kind: str = "housing") -> User:
    """Somebody in a role, in an office of the area."""
    office = found(name=f"{login}单位", kind=kind, area=area)
    return admit(login=login, name=login, organisation=office, role=role, password="-", check_password=False)


@pytest.fixture
def clerk(places: None) -> User:
    """The county's housing clerk."""
    return person("周敏", "county_clerk", COUNTY)


@pytest.fixture
def appraiser(places: None) -> User:
    """The county's appraiser."""
    return person("石岩", "appraiser", COUNTY)


@pytest.fixture
def collector(places: None) -> User:
    """The village's cadre."""
    return person("金淑珍", "village_collector", VILLAGE, "village")


@pytest.fixture
def stranger(places: None) -> User:
    """The appraiser of the next county."""
    return person("邻县鉴定", "appraiser", county.OTHER_COUNTY)


@pytest.fixture
def households(clerk: User) -> list[Household]:
    """Three households of the village, the first in a key group, each with a house of its own."""
    rows = [
        Enrolment(1, "t:1", "周德海", VILLAGE, "1", "小官村3组", id_number=county.number("19540412", 91), relation="02", category="JDLK"),
        Enrolment(2, "t:2", "赵凤芹", VILLAGE, "1", "小官村3组", sex="2", birth_date=date(1958, 3, 1), relation="10"),
        Enrolment(3, "t:3", "孙福", VILLAGE, "2", "小官村1组", sex="1", relation="02", category="TK"),
        Enrolment(4, "t:4", "刘守义", VILLAGE, "3", "小官村2组", sex="1", relation="02"),
    ]
    registry.enrol(rows=rows, on=ENROLLED, by=clerk, source="t:village")
    made = list(Household.objects.order_by("number"))
    for household in made:
        registry.record_dwelling(
            household=household, kind="own", on=ENROLLED, by=clerk, state={"year_built": 1985, "structure": "brick_timber", "storeys": 1}
        )
    return made


def house_of(household: Household) -> Dwelling:
    """The household's house."""
    return Dwelling.objects.distinct().get(occupancies__household=household)


@pytest.fixture
def give(appraiser: User, households: list[Household]) -> Submit:
    """Submits an appraisal of the first household's house: ``give(level="d", on=…)``."""

    def submitted(level: str = "a", household: Household | None = None, **more: Any) -> Appraisal:
        whose = household or households[0]
        form = more.pop("form", {**GOOD, "components": {**GOOD["components"], "bearing_wall": level}})  # type: ignore[dict-item]
        given: dict[str, Any] = {"household": whose, "dwelling": house_of(whose), "form": form, "by": appraiser, "appraisers": ["石岩"]}
        return submit(**{**given, **more})

    return submitted


def refused(rule: Check, act: Callable[[], Any]) -> str:
    """The act is refused by that rule, with what the rule rests on; what was said."""
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.rule is rule, refusal.value.message
    assert rule.source in refusal.value.message
    return refusal.value.message


def photograph(album: Album, by: User, kind: str = "house") -> Photo:
    """A photo in an album, of a picture that stands nowhere else."""
    picture = io.BytesIO()
    shade = secrets.token_bytes(3 * 8 * 6)
    Image.frombytes("RGB", (8, 6), shade).resize((320, 240), Image.Resampling.BICUBIC).save(picture, "JPEG")
    return photos.add(album=album, file=picture.getvalue(), kind=kind, by=by)
