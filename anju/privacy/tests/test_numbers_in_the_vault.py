"""A number enters the vault with the row that holds it, is found by what is typed, and is opened only by who asks for it."""

import copy
import pickle

import pytest
from django.db import IntegrityError, connection, transaction

from anju import clock
from anju.privacy import cipher, vault
from anju.privacy.models import Secret
from anju.registry.models import Household, Person

NUMBER, PHONE = "210922195404120914", "13904180001"
pytestmark = pytest.mark.django_db


def _person(**more: str) -> Person:
    return Person.objects.create(name="周德海", area="210922", recorded_at=clock.now(), **more)


def test_the_table_holds_the_token_and_the_vault_the_number_sealed() -> None:
    _person(id_number=NUMBER, phone=PHONE)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id_number, phone FROM registry_person")
        stored = cursor.fetchone()
        cursor.execute("SELECT token, kind, sealed FROM privacy_secret ORDER BY kind")
        kept = cursor.fetchall()
    assert stored == (vault.token(vault.ID, NUMBER), vault.token(vault.PHONE, PHONE))
    assert [(token, kind) for token, kind, _sealed in kept] == list(zip(stored, ("id", "phone"), strict=True))
    assert NUMBER.encode() not in bytes(kept[0][2])


def test_a_number_is_found_by_what_was_typed_and_by_its_last_characters() -> None:
    person = _person(id_number=NUMBER)
    assert Person.objects.get(id_number=NUMBER) == Person.objects.get(id_number=person.id_number) == person
    assert Person.objects.filter(id_number__in=[NUMBER, "x"]).count() == 1
    assert [number for _token, number in vault.ending("0914")] == [NUMBER]
    assert list(vault.ending("120914")) == [(str(person.id_number), NUMBER)]
    assert list(vault.ending("130914")) == []


def test_equal_numbers_of_different_kinds_are_not_equal() -> None:
    person = _person(id_number=NUMBER, disability_cert=NUMBER)
    assert person.id_number != person.disability_cert
    assert person.id_number.clear == person.disability_cert.clear == NUMBER


def test_many_are_opened_with_one_query(django_assert_num_queries: object) -> None:
    for at in range(3):
        _person(phone=f"1390000000{at}")
    people = list(Person.objects.order_by("id"))
    with django_assert_num_queries(1):  # type: ignore[operator]
        vault.open_all(None, *people)
        assert [one.phone.clear for one in people] == ["13900000000", "13900000001", "13900000002"]


def test_a_number_set_on_a_row_is_kept_when_the_row_is_saved() -> None:
    person = _person()
    assert not person.id_number
    person.id_number = NUMBER
    assert (person.id_number, person.id_number.clear, Secret.objects.count()) == (vault.token(vault.ID, NUMBER), NUMBER, 0)
    person.save()
    assert Person.objects.get().id_number.clear == NUMBER
    Person.objects.update(id_number="", phone=PHONE)
    assert (Person.objects.get().id_number.clear, Person.objects.get().phone.clear) == ("", PHONE)


def test_a_number_does_not_travel_with_copies() -> None:
    held = vault.secret(vault.ID, NUMBER)
    assert NUMBER not in f"{held!r} {held} {pickle.dumps(held)!r} {copy.copy(held)!r}"


def test_a_sealed_number_moved_to_another_row_does_not_open() -> None:
    _person(id_number=NUMBER)
    other = _person(id_number="210922195803110327")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE privacy_secret SET sealed = (SELECT sealed FROM privacy_secret WHERE token <> %s)", [str(other.id_number)])
    assert Person.objects.get(id_number=NUMBER).id_number.clear == NUMBER
    with pytest.raises(cipher.Tampered):
        assert Person.objects.get(pk=other.pk).id_number.clear


def test_a_token_without_its_number_says_what_to_do() -> None:
    _person(id_number=NUMBER)
    Secret.objects.all().delete()
    with pytest.raises(vault.Missing, match="备份"):
        assert Person.objects.get().id_number.clear


@pytest.mark.parametrize("sql", ["UPDATE registry_person SET id_number = '{}'", "UPDATE registry_person SET phone = '{}'"])
def test_the_database_refuses_a_number_in_the_clear(sql: str) -> None:
    _person()
    with pytest.raises(IntegrityError, match="person_numbers_sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql.format(NUMBER))
    Household.objects.create(number="210922100200-0001", area="210922100200", opened_on=clock.today())
    with pytest.raises(IntegrityError, match="household_phone_sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_household SET phone = '13904180001'")


def test_a_number_already_kept_is_not_sealed_again() -> None:
    vault.keep(vault.ID, NUMBER)
    before = bytes(Secret.objects.get().sealed)
    vault.keep(vault.ID, NUMBER)
    assert bytes(Secret.objects.get().sealed) == before
