"""Evidence that can't be bought: a photo of a milestone taken kilometres away, one photo for two houses; each is found and shown on the case's page."""

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals.tests.conftest import house_of
from anju.cases import actions, photographs
from anju.cases.models import Case
from anju.cases.tests.conftest import CHINA, Road
from anju.cases.tests.test_pages import browser
from anju.demo.pictures import Words, house
from anju.evidence import photos
from anju.evidence.checks import ALIKE, FAR, REUSED
from anju.evidence.models import Photo
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.vocabulary.coordinates import Place

HERE = Place(122.53, 42.39)


def shot(seed: int, on: date, place: Place, size: tuple[int, int] = (640, 480)) -> bytes:
    """A picture of foundations, with the day and the place of the camera."""
    return house(seed, state="foundation", size=size, words=Words(at=datetime.combine(on, time(0), CHINA), place=place, phone=seed))


def laid(case: Case, picture: bytes, by: User, on: date) -> Photo:
    """The foundations reported with this photo."""
    album = photographs.open_for(case=case, code="lay_foundation", by=by)
    photo = photos.add(album=album, file=picture, kind="foundation", by=by)
    actions.report(case=case, code="lay_foundation", by=by, on=on, album=album)
    photo.refresh_from_db()
    return photo


def shown(client: Client, case: Case) -> str:
    """The photos as the case's page shows them."""
    return client.get(reverse("cases:photos", args=[case.number])).content.decode()


@pytest.mark.parametrize("kilometres", [51, 915])
def test_a_milestone_photographed_far_away_is_found(
    kilometres: int, dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    """V8; audits: photos 51–915 km away."""
    registry.describe_dwelling(
        dwelling=house_of(dangerous[0]),
        household=dangerous[0],
        on=date(2020, 2, 1),
        by=clerk,
        state={"lng": Decimal("122.53"), "lat": Decimal("42.39")},
    )
    (case,) = road.to("started", dangerous[0])
    day = road.later()
    photo = laid(case, shot(901, day, Place(122.53, 42.39 - kilometres / 111.2)), township, day)
    assert FAR.id in photo.findings
    assert photo.doubtful
    told = shown(browser(clerk), case)
    assert FAR.label in told


def test_one_photo_for_two_houses_is_found(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    """V8; audits: one photo for several houses, the same file or the same picture taken down in size."""
    first, second, third = road.to("started", dangerous[0], dangerous[1], dangerous[2])
    assert third.method == "repair"
    day = road.later()
    picture = shot(902, day, HERE)
    assert REUSED.id not in laid(first, picture, township, day).findings
    copied = laid(second, picture, township, day)
    assert REUSED.id in copied.findings
    told = shown(browser(clerk), second)
    assert REUSED.label in told
    album = photographs.open_for(case=third, code="complete", by=township)
    smaller = photos.add(album=album, file=shot(902, day, HERE, (560, 420)), kind="after_whole", by=township)
    actions.report(case=third, code="complete", by=township, on=day, album=album)
    smaller.refresh_from_db()
    assert {ALIKE.id, REUSED.id} & set(smaller.findings)
