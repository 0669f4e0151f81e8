"""What several people or devices do to one household or round at the same moment."""

import threading
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.db import connection, transaction

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import hazards, rechecking, rounds, screening
from anju.appraisals.models import Hazard, RecheckItem, Round, Screening
from anju.appraisals.tests.conftest import COUNTY, TODAY, Submit, person
from anju.refusing import Refused
from anju.registry.models import Household
from anju.vocabulary.fieldwork import Captured

ON = date(2020, 6, 1)


@pytest.fixture
def round_(clerk: User) -> Round:
    """A round over the county."""
    return rounds.open_round(area=COUNTY, kind="great", name="大排查", starts_on=ON, ends_on=TODAY, by=clerk)


def at_once(*acts: Callable[[], Any]) -> tuple[list[Any], list[BaseException]]:
    """Does all of them at the same moment; what they made and what went wrong."""
    start, made, failures = threading.Barrier(len(acts)), [], []

    def do(one: Callable[[], Any]) -> None:
        try:
            start.wait(timeout=20)
            made.append(one())
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=do, args=(one,)) for one in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return made, failures


@pytest.mark.django_db(transaction=True)
def test_one_item_sent_eight_times_at_once_is_one_record(round_: Round, collector: User, households: list[Household]) -> None:
    def look() -> Screening:
        item = Captured(client_id="1679091c-5a88-4faf-afb5-e6087eb1b2dc")
        return screening.screen(round=round_, household=households[0], result="suspect", by=collector, captured=item)

    def report() -> Hazard:
        item = Captured(client_id="8f14e45f-ceea-467f-a9e1-8c5b0d6c9a01")
        return hazards.report(household=households[1], way="household", cause="flood", description="山墙外鼓", by=collector, captured=item)

    for act in (look, report):
        made, failures = at_once(*[act] * 8)
        assert failures == []
        assert len(made) == 8
        assert len({one.pk for one in made}) == 1
    assert (Screening.objects.count(), Hazard.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_one_filling_sent_for_two_households_at_once_is_a_record_of_one_and_a_refusal_of_the_other(
    round_: Round, collector: User, households: list[Household]
) -> None:
    def look(household: Household, item: Captured) -> Screening:
        return screening.screen(round=round_, household=household, result="suspect", by=collector, captured=item)

    def report(household: Household, item: Captured) -> Hazard:
        return hazards.report(household=household, way="household", cause="flood", description="山墙外鼓", by=collector, captured=item)

    for act, ident in ((look, "c81e728d-9d4c-4f63-b6ac-0fc0d1b1a2f5"), (report, "eccbc87e-4b5c-4e28-8308-fd9f2a7baf30")):
        item = Captured(client_id=ident)
        made, failures = at_once(*[partial(act, one, item) for one in households[:2] * 3])
        assert len({one.pk for one in made}) == 1
        assert len(made) == len(failures) == 3
        assert all(isinstance(error, Refused) and error.rule is rules.TWICE for error in failures), failures
    assert (Screening.objects.count(), Hazard.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_a_look_taken_back_twice_at_once_brings_the_former_one_back_once(
    round_: Round, collector: User, households: list[Household]
) -> None:
    first = screening.screen(round=round_, household=households[0], result="absent", by=collector)
    last = screening.screen(round=round_, household=households[0], result="fine", by=collector)

    def again() -> Screening:
        return screening.screen(round=round_, household=households[0], result="suspect", by=collector)

    _made, failures = at_once(*[lambda: screening.undo(screening=last, by=collector)] * 4, *[again] * 2)
    assert all(isinstance(error, Refused) and error.rule is rules.SCREENED for error in failures), failures
    counting = Screening.objects.get(superseded_at=None)
    assert counting.result == "suspect" or counting == first


@pytest.mark.django_db(transaction=True)
def test_nothing_is_recorded_in_a_round_that_is_just_being_closed(
    round_: Round, clerk: User, collector: User, households: list[Household]
) -> None:
    closing = threading.Event()

    def close() -> None:
        with transaction.atomic():
            rounds.close_round(round=round_, by=clerk)
            closing.set()
            time.sleep(0.5)

    def look() -> Screening:
        assert closing.wait(timeout=20)
        return screening.screen(round=round_, household=households[0], result="fine", by=collector)

    made, failures = at_once(close, look)
    assert made == [None]
    assert [error.rule for error in failures if isinstance(error, Refused)] == [rules.ROUND]
    assert not Screening.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_nothing_is_settled_in_a_lot_that_is_just_being_voided(give: Submit, clerk: User, appraiser: User) -> None:
    give("b", on=ON)
    lot = rechecking.draw(appraiser=appraiser, area=COUNTY, since=ON, until=TODAY, by=clerk)
    item, other, voiding = lot.items.get(), person("王磊", "appraiser", COUNTY), threading.Event()

    def void() -> None:
        with transaction.atomic():
            rechecking.void(lot=lot, by=clerk, reason="抽错时间段")
            voiding.set()
            time.sleep(0.5)

    def settle() -> RecheckItem:
        assert voiding.wait(timeout=20)
        return rechecking.settle(item=item, by=other, same=True)

    made, failures = at_once(void, settle)
    assert made == [None]
    assert [error.rule for error in failures if isinstance(error, Refused)] == [rules.RECHECK]
    assert RecheckItem.objects.get().same is None
