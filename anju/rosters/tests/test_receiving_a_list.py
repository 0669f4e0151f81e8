"""A department's list arrives."""

from pathlib import Path

from anju.registry.models import Household, Person
from anju.rosters.models import Batch
from anju.rosters.tests import county
from anju.rosters.tests.conftest import Receive


def test_a_village_roll_is_read_and_its_households_enrolled(register: Batch) -> None:
    assert (register.status, register.message) == ("matched", "")
    assert (register.rows_total, register.rows_clean) == (9, 9)
    assert Household.objects.count() == 4
    assert set(Person.objects.values_list("name", flat=True)) == {p.name for p in county.EVERYBODY}


def test_a_list_of_known_people_gives_their_households_its_category(register: Batch, receive: Receive, tmp_path: Path) -> None:
    rows = [county.allowance_row(p, cert="辽彰农低0001", head="周德海") for p in (county.ZHOU, county.ZHAO, county.PENG)]
    batch = receive(county.write(tmp_path / "农村低保.csv", county.ALLOWANCE, rows))
    assert (batch.status, batch.category, batch.owner) == ("matched", "DB", "civil_affairs")
    assert Household.objects.get(memberships__person__name="周德海").groups == "DB"
    assert Household.objects.count() == 4
