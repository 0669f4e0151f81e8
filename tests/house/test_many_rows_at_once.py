"""Rows written at once are the same however many they are: fields fill themselves in, numbers that were typed enter the vault first."""

import pytest
from django.utils import timezone

from anju import temporary
from anju.evidence.models import Album
from anju.privacy.models import Secret
from anju.registry.models import Person
from anju.vocabulary import idnumber

pytestmark = pytest.mark.django_db
HERE = "210922109201"
FEW, MANY = 3, 70


@pytest.mark.parametrize("count", [FEW, MANY])
def test_the_moment_of_creation_is_written(count: int) -> None:
    began = timezone.now()
    given = [Album(area=HERE, title=f"核验{at}", owner=f"{HERE}-{at:04d}") for at in range(count)]
    temporary.insert(given)
    kept = list(Album.objects.order_by("id"))
    assert [one.title for one in kept] == [f"核验{at}" for at in range(count)]
    assert all(began <= one.created_at <= timezone.now() for one in kept)
    assert [one.created_at for one in given] == [one.created_at for one in kept]


@pytest.mark.parametrize("count", [FEW, MANY])
def test_a_typed_number_enters_the_vault_and_its_token_the_row(count: int) -> None:
    firsts = [f"21092219500101{at:03d}" for at in range(count)]
    typed = [first + idnumber.check_digit(first) for first in firsts]
    temporary.insert([Person(area=HERE, name=f"赵{at}", id_number=number, recorded_at=timezone.now()) for at, number in enumerate(typed)])
    kept = Person.objects.order_by("id")
    assert [one.id_number.clear for one in kept] == typed
    assert Secret.objects.filter(token__in=[str(one.id_number) for one in kept]).count() == count


@pytest.mark.parametrize("count", [FEW, MANY])
def test_fields_are_written_of_rows_that_are_there(count: int) -> None:
    given = [Album(area=HERE, title=f"核验{at}", owner=f"{HERE}-{at:04d}") for at in range(count)]
    temporary.insert(given)
    for at, one in enumerate(given):
        one.title, one.owner = f"验收{at}", "不写"
    temporary.update(given[1:], ["title"])
    kept = list(Album.objects.order_by("id"))
    assert [one.title for one in kept] == ["核验0", *(f"验收{at}" for at in range(1, count))]
    assert [one.owner for one in kept] == [f"{HERE}-{at:04d}" for at in range(count)]
