"""A sign hangs at any house, a safety plate only at a safe one; both are numbered, photographed, and taken down with a reason."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import posting
from anju.appraisals.actions.appraising import withdraw
from anju.appraisals.models import Posting
from anju.appraisals.tests.conftest import TODAY, Submit, photograph, refused
from anju.registry.models import Household

ON = date(2020, 6, 1)


def test_a_dangerous_house_gets_its_sign_and_no_plate(give: Submit, clerk: User, collector: User) -> None:
    paper = give("d", on=ON)
    said = refused(rules.PLATE, lambda: posting.issue(kind="plate", appraisal=paper, by=clerk))
    assert "D 级" in said
    refused(rules.ROLE, lambda: posting.issue(kind="sign", appraisal=paper, by=collector))
    refused(rules.DAY, lambda: posting.issue(kind="sign", appraisal=paper, by=clerk, on=ON - timedelta(days=1)))
    sign = posting.issue(kind="sign", appraisal=paper, by=clerk)
    assert (sign.number, sign.grade, sign.issued_on) == ("210922-GS2020-000001", "D", TODAY)
    assert len(sign.token) >= 20
    refused(rules.HANGING, lambda: posting.issue(kind="sign", appraisal=paper, by=clerk))


def test_the_database_keeps_plates_off_dangerous_houses_too(give: Submit, clerk: User) -> None:
    sign = posting.issue(kind="sign", appraisal=give("c", on=ON), by=clerk)
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.filter(pk=sign.pk).update(kind="plate")


def test_a_plate_is_hung_with_its_photo_and_taken_down_with_a_reason(
    give: Submit, households: list[Household], clerk: User, collector: User, stranger: User
) -> None:
    plate = posting.issue(kind="plate", appraisal=give("b", on=ON, household=households[1]), by=clerk, on=date(2020, 6, 2))
    assert plate.number == "210922-AP2020-000001"
    assert plate.album is not None
    assert plate.album.owner == households[1].number
    refused(rules.ROLE, lambda: posting.hang(posting=plate, by=stranger))
    refused(rules.HUNG_PHOTO, lambda: posting.hang(posting=plate, by=collector))
    photograph(plate.album, collector, kind="house")
    refused(rules.HUNG_PHOTO, lambda: posting.hang(posting=plate, by=collector))
    photograph(plate.album, collector, kind="plate")
    refused(rules.DAY, lambda: posting.hang(posting=plate, by=collector, on=ON))
    refused(rules.DAY, lambda: posting.hang(posting=plate, by=collector, on=TODAY + timedelta(days=1)))
    hung = posting.hang(posting=plate, by=collector)
    assert (hung.posted_on, hung.posted_by) == (TODAY, collector)
    refused(rules.HANGING, lambda: posting.hang(posting=plate, by=collector))
    refused(rules.HANGING, lambda: withdraw(appraisal=plate.appraisal, by=clerk, reason="作废"))
    refused(rules.REASON, lambda: posting.take_down(posting=plate, reason=" ", by=collector))
    refused(rules.DAY, lambda: posting.take_down(posting=plate, reason="翻建", by=collector, on=date(2020, 6, 3)))
    gone = posting.take_down(posting=plate, reason="房屋翻建", by=collector)
    assert (gone.removed_on, gone.removed_reason) == (TODAY, "房屋翻建")
    refused(rules.HANGING, lambda: posting.take_down(posting=plate, reason="再摘", by=collector))
    assert posting.issue(kind="plate", appraisal=plate.appraisal, by=clerk).number == "210922-AP2020-000002"


def test_what_no_longer_counts_is_not_hung(give: Submit, clerk: User, collector: User) -> None:
    plate = posting.issue(kind="plate", appraisal=give("a", on=ON), by=clerk)
    assert plate.album is not None
    photograph(plate.album, collector, kind="plate")
    give("d", on=TODAY)
    refused(rules.STATE, lambda: posting.hang(posting=plate, by=collector))
    assert posting.take_down(posting=plate, reason="重新鉴定为 D 级", by=collector).removed_on == TODAY
