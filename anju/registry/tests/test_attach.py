"""Matched lists add to the register and never overwrite it."""

from datetime import date

import pytest
from django.db import connection

from anju.accounts.models import User
from anju.registry import staging
from anju.registry.actions import attach, detach, enrol
from anju.registry.models import Belonging, Change, FormerParticulars, Household, PastSupport, Person
from anju.registry.refusal import Refused
from anju.registry.staging import Attachment, Detachment, Enrolment
from anju.registry.tests.conftest import DAY

pytestmark = pytest.mark.django_db
LATER = date(2020, 3, 1)


@pytest.fixture
def people(clerk: User, family: list[Enrolment]) -> dict[str, Person]:
    """The family, enrolled."""
    enrol(rows=family, on=DAY, by=clerk, source="t")
    return {person.name: person for person in Person.objects.all()}


def test_a_household_category_goes_to_the_household_once(clerk: User, people: dict[str, Person]) -> None:
    rows = [
        Attachment(1, "l:1", people["赵凤芹"].pk, category="DB", category_from=date(2018, 7, 1)),
        Attachment(2, "l:2", people["周鹏"].pk, category="DB"),
    ]
    assert attach(rows=rows, on=LATER, by=clerk, source="l").belongings == 1
    spell = Belonging.objects.get(category="DB")
    assert (spell.household, spell.person, spell.valid_from, spell.source) == (Household.objects.first(), None, date(2018, 7, 1), "l:1")
    assert Household.objects.get(belongings=spell).groups == "DB"
    assert Change.objects.filter(kind="category_gained", household=spell.household).count() == 1


def test_a_person_category_goes_to_the_person_and_orders_the_household(clerk: User, people: dict[str, Person]) -> None:
    rows = [Attachment(1, "l:1", people["周鹏"].pk, category="CJ"), Attachment(2, "l:2", people["周德海"].pk, category="JDLK")]
    attach(rows=rows, on=LATER, by=clerk, source="l")
    assert Belonging.objects.get(category="CJ").person == people["周鹏"]
    assert Household.objects.order_by("number").values_list("groups", flat=True)[0] == "JDLK+CJ"


def test_again_adds_nothing(clerk: User, people: dict[str, Person]) -> None:
    rows = [
        Attachment(
            1,
            "l:1",
            people["周鹏"].pk,
            category="CJ",
            phone="13800000000",
            support_year=2016,
            support_kind="危房改造",
            support_amount=2_000_000,
        )
    ]
    first = attach(rows=rows, on=LATER, by=clerk, source="l")
    assert (first.belongings, first.filled, first.supports) == (1, 1, 1)
    again = attach(rows=rows, on=LATER, by=clerk, source="l")
    assert (again.belongings, again.filled, again.supports, again.differences) == (0, 0, 0, 0)
    assert PastSupport.objects.get().amount == 2_000_000


def test_empty_fields_are_filled_and_the_former_state_is_kept(clerk: User, people: dict[str, Person]) -> None:
    attach(rows=[Attachment(1, "l:1", people["周鹏"].pk, id_number="210922200906150316", disability_kind="肢体", disability_level=2)],
           on=LATER, by=clerk, source="l")  # fmt: skip
    boy = Person.objects.get(name="周鹏")
    assert (boy.id_number.clear, boy.birth_date, boy.disability_level) == ("210922200906150316", date(2009, 6, 15), 2)
    former = FormerParticulars.objects.get(person=boy)
    assert (former.id_number, former.birth_date, former.superseded_at) == ("", None, boy.recorded_at)
    assert Change.objects.get(kind="filled").detail["fields"] == ["id_number", "birth_date", "disability_kind", "disability_level"]


def test_a_different_value_is_told_and_not_written(clerk: User, people: dict[str, Person]) -> None:
    row = Attachment(1, "l:1", people["赵凤芹"].pk, name="赵凤琴", birth_date=date(1958, 3, 11), ethnic="汉族")
    done = attach(rows=[row], on=LATER, by=clerk, source="l")
    assert (done.differences, done.filled) == (2, 1)
    assert [(found.field, found.held, found.given) for found in staging.differences()] == [
        ("birth_date", "1958-03-01", "1958-03-11"),
        ("name", "赵凤芹", "赵凤琴"),
    ]
    assert Person.objects.get(pk=people["赵凤芹"].pk).name == "赵凤芹"


def test_a_month_is_made_precise_by_a_day_of_it(clerk: User) -> None:
    rows = [Enrolment(1, "m:1", "王一", "210922100200", birth_date=date(1960, 5, 1), birth_precision="month")]
    enrol(rows=rows, on=DAY, by=clerk, source="m")
    person = Person.objects.get()
    attach(rows=[Attachment(1, "l:1", person.pk, birth_date=date(1960, 5, 9))], on=LATER, by=clerk, source="l")
    person.refresh_from_db()
    assert (person.birth_date, person.birth_precision) == (date(1960, 5, 9), "day")
    done = attach(
        rows=[Attachment(1, "l:1", person.pk, birth_date=date(1960, 5, 1), birth_precision="month")], on=LATER, by=clerk, source="k"
    )
    assert done.differences == 0


def test_a_number_of_another_is_not_filled_in(clerk: User, people: dict[str, Person]) -> None:
    done = attach(rows=[Attachment(1, "l:1", people["孙福"].pk, id_number="210922195404120914")], on=LATER, by=clerk, source="l")
    assert [finding.check for finding in done.findings] == ["id-taken"]
    assert Person.objects.get(name="孙福").id_number == ""


def test_nobody_is_refused(clerk: User) -> None:
    with pytest.raises(Refused, match="不在册"):
        attach(rows=[Attachment(1, "l:1", 99)], on=LATER, by=clerk, source="l")


def test_leaving_a_list_ends_the_spell_and_keeps_what_was_known(clerk: User, people: dict[str, Person]) -> None:
    assert detach(category="TK", rows=[Detachment(1, "l:4", people["孙福"].pk)], on=LATER, by=clerk, source="l").belongings == 1
    assert Household.objects.get(number__endswith="0002").groups == ""
    known, ended = Belonging.objects.filter(category="TK").order_by("recorded_at")
    assert (known.valid_to, known.superseded_at is None, ended.valid_to, ended.superseded_at) == (None, False, LATER, None)
    assert Belonging.objects.as_of(date(2020, 2, 1)).get() == ended
    assert not Belonging.objects.as_of(LATER).exists()
    assert Belonging.objects.as_of(LATER, known_at=known.recorded_at).get() == known


def test_staging_can_be_filled_in_sql(clerk: User, people: dict[str, Person]) -> None:
    with connection.cursor() as cursor:
        staging.create_attachment(cursor)
        cursor.execute(
            "INSERT INTO registry_attachment (ordinal, source, person_id, category) SELECT id, 's:' || id, id, 'CJ' FROM registry_person"
        )
    assert attach(on=LATER, by=clerk, source="s").belongings == 4
