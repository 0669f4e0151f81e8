"""What divisions promise without knowing the register: after a merger or split every row of a household is on the new code."""

from datetime import date

import pytest

from anju.divisions import actions as places
from anju.divisions import queries
from anju.divisions.actions import New
from anju.divisions.models import Division
from anju.registry import actions as registry
from anju.registry.models import Household, NameToken, Person
from anju.registry.queries import search
from anju.registry.staging import Enrolment

pytestmark = pytest.mark.django_db
DAY = date(2020, 3, 1)
LENG, LIANG = "210922115", "210922116"


def enrolled() -> list[str]:
    """Two persons in each of the first two villages of two townships; the villages."""
    places.load(prefixes=["210922"])
    villages = [code for town in (LENG, LIANG) for code in Division.objects.filter(parent=town).values_list("code", flat=True)[:2]]
    rows: list[Enrolment] = []
    for village in villages:
        rows += [
            Enrolment(len(rows) + 1, f"t:{village}:1", "周德海", village, f"{village}:1", relation="02", sex="1", category="DB"),
            Enrolment(len(rows) + 2, f"t:{village}:2", "赵凤芹", village, f"{village}:1", relation="10", sex="2"),
        ]
    registry.enrol(rows=rows, on=date(2020, 1, 1), by=None, source="t")
    return villages


def test_a_merger_of_townships_and_back() -> None:
    villages = enrolled()
    was = dict(Household.objects.values_list("pk", "area"))
    assert set(was.values()) == set(villages)
    done = places.record_change(kind="merged", on=DAY, old=[LENG, LIANG], new=[New(LENG)])
    now = queries.succession(villages)
    assert dict(Household.objects.values_list("pk", "area")) == {key: now[area] for key, area in was.items()}
    assert not Person.objects.filter(area__startswith=LIANG).exists()
    assert not NameToken.objects.filter(area__startswith=LIANG).exists()
    assert len(search(text="周德海", within=LENG).hits) == 4
    assert done.left == {}
    places.undo(change=done.change)
    assert dict(Household.objects.values_list("pk", "area")) == was
    assert len(search(text="周德海", within=LIANG).hits) == 2


def test_households_assigned_in_a_split_village_take_their_members_along() -> None:
    village = enrolled()[0]
    extra = [
        Enrolment(1, "u:1", "孙福", village, "u", relation="02", sex="1"),
        Enrolment(2, "u:2", "孙小福", village, "u", relation="20", sex="1"),
    ]
    registry.enrol(rows=extra, on=date(2020, 1, 1), by=None, source="u")
    east, west = f"{LENG}301", f"{LENG}302"
    with_sun = set(Household.objects.filter(memberships__person__name="孙福").values_list("pk", flat=True))
    homes = {str(household.pk): east if household.pk in with_sun else west for household in Household.objects.filter(area=village)}
    assert sorted(homes.values()) == [east, west]
    done = places.record_change(
        kind="split", on=DAY, old=[village], new=[New(east, "东村村委会"), New(west, "西村村委会")], rows={"registry.Household": homes}
    )
    assert set(Person.objects.filter(name__startswith="孙").values_list("area", flat=True)) == {east}
    assert len(search(text="孙福", within=east).hits) == 1
    assert len(search(text="周德海", within=west).hits) == 1
    assert done.left == {}
