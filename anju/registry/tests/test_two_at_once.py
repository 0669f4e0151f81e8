"""Two lists of one village arrive at the same moment."""

import threading

import pytest
from django.db import connection

from anju.registry import actions
from anju.registry.models import Household, Person
from anju.registry.staging import Enrolment
from anju.registry.tests.conftest import DAY, OTHER_VILLAGE, VILLAGE
from anju.vocabulary.idnumber import check_digit


@pytest.mark.django_db(transaction=True)
def test_no_number_is_given_twice_and_nobody_waits_for_ever() -> None:
    start = threading.Barrier(2)
    failures: list[BaseException] = []

    def enrol(source: str, backwards: bool) -> None:
        order = range(60, 0, -1) if backwards else range(1, 61)
        rows = []
        for ordinal, person in enumerate(order):
            first17 = f"21092219600101{person:03d}"
            area = VILLAGE if person % 2 else OTHER_VILLAGE
            rows.append(Enrolment(ordinal, f"{source}:{person}", f"王{person}", area, id_number=first17 + check_digit(first17)))
        try:
            start.wait(timeout=20)
            actions.enrol(rows=rows, on=DAY, by=None, source=source)
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=enrol, args=("a", False)), threading.Thread(target=enrol, args=("b", True))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert failures == []
    numbers = sorted(Household.objects.values_list("number", flat=True))
    assert numbers == [f"{village}-{serial:04d}" for village in (VILLAGE, OTHER_VILLAGE) for serial in range(1, 61)]
    assert Person.objects.filter(id_conflict=True).count() == 60
    assert Person.objects.filter(id_conflict=False).count() == 60
