"""Whatever writes, and however, leaves an entry: one statement, one entry, in the same transaction."""

import threading
from dataclasses import replace
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction

from anju import database
from anju.accounts.models import Organisation
from anju.clock.models import BusinessDay
from anju.trail.acting import SYSTEM, Actor, acting, doing
from anju.trail.models import Entry, Operation

CLERK = Actor(user="7", login="zhoumin", office="彰武县住建局", grant="3", address="10.0.0.9", place="210922", low="210922", high="210922~")


def office(name: str, area: str = "210922") -> Organisation:
    return Organisation(name=name, kind="housing", area=area)


def last(table: str = "accounts_organisation") -> Entry:
    return Entry.objects.filter(table=table).latest("seq")


def keys(entry: Entry) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k FROM trail_entry, unnest(keys) r, generate_series(lower(r), upper(r) - 1) k WHERE seq = %s ORDER BY k", [entry.seq]
        )
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.django_db
def test_an_entry_says_who_from_where_what_and_why() -> None:
    with acting(CLERK), doing("office.founded", "机构改革"):
        made = Organisation.objects.create(name="住建局", kind="housing", area="210922")
    entry = last()
    assert (entry.user, entry.login, entry.office, entry.grant, entry.address) == ("7", "zhoumin", "彰武县住建局", "3", "10.0.0.9")
    assert (entry.action, entry.reason, entry.role) == ("office.founded", "机构改革", database.APPLICATION)
    assert (entry.operation, entry.rows, entry.within, keys(entry)) == (Operation.INSERT, 1, "210922", [made.pk])
    assert entry.before is None
    assert len(bytes(entry.after or b"")) == 32


@pytest.mark.django_db
def test_bulk_create_is_one_entry_with_all_keys_and_the_area_that_holds_them_all() -> None:
    made = Organisation.objects.bulk_create([office("甲", "210922109"), office("乙", "210922115"), office("丙", "210922115201")])
    assert (last().rows, last().within, keys(last())) == (3, "210922", [one.pk for one in made])
    Organisation.objects.bulk_create([office("丁", "210921"), office("戊", "210922")])
    assert last().within == "2109"
    Organisation.objects.bulk_create([office("己", "41"), office("庚", "21")])
    assert last().within == ""


@pytest.mark.django_db
def test_update_and_delete_of_a_queryset_are_recorded() -> None:
    made = Organisation.objects.bulk_create([office(f"局{at}") for at in range(6)])
    chosen = [made[at].pk for at in (0, 1, 4)]
    Organisation.objects.filter(pk__in=chosen).update(kind="civil_affairs")
    entry = last()
    assert (entry.operation, entry.rows, keys(entry), entry.changed) == (Operation.UPDATE, 3, chosen, ["kind"])
    assert entry.before != entry.after
    after = bytes(entry.after or b"")
    Organisation.objects.filter(pk__in=chosen).delete()
    entry = last()
    assert (entry.operation, entry.rows, keys(entry), entry.after) == (Operation.DELETE, 3, chosen, None)
    assert bytes(entry.before or b"") == after  # what is deleted is what was written last


@pytest.mark.django_db
def test_raw_sql_and_copy_are_recorded_by_the_role_where_nobody_said_who_acts() -> None:
    with acting(replace(SYSTEM, login="")):
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_organisation SET kind = 'x' WHERE false")
            cursor.execute(
                "INSERT INTO accounts_organisation (name, kind, area) VALUES ('甲', 'housing', '210922'), ('乙', 'housing', '210922')"
            )
        entry = last()
        assert (entry.login, entry.rows) == (database.APPLICATION, 2)
        before = Entry.objects.count()
        with connection.cursor() as cursor, cursor.copy("COPY accounts_organisation (name, kind, area) FROM STDIN") as copy:
            for at in range(500):
                copy.write_row((f"局{at}", "housing", "210922115"))
        assert Entry.objects.count() == before + 1
        assert (last().rows, last().within) == (500, "210922115")


@pytest.mark.django_db
def test_a_statement_that_changes_nothing_writes_nothing() -> None:
    made = Organisation.objects.create(name="甲", kind="housing", area="210922")
    before = Entry.objects.count()
    Organisation.objects.filter(pk=0).update(kind="x")
    Organisation.objects.filter(pk=0).delete()
    Organisation.objects.filter(pk=made.pk).update(kind="housing")
    made.save()
    assert Entry.objects.count() == before


@pytest.mark.django_db
def test_a_table_without_a_number_as_key_and_without_an_area() -> None:
    with acting(CLERK):
        BusinessDay.objects.create(day=date(2020, 6, 10))
    entry = last("clock_businessday")
    assert (entry.names, entry.rows, entry.within) == (["true"], 1, "210922")  # the area in which the person acted


@pytest.mark.django_db
def test_what_is_rolled_back_is_not_recorded() -> None:
    before = Entry.objects.count()
    with transaction.atomic():
        Organisation.objects.create(name="甲", kind="housing", area="210922")
        assert Entry.objects.count() == before + 1
        transaction.set_rollback(True)
    assert Entry.objects.count() == before


@pytest.mark.django_db
def test_no_value_of_a_row_stands_in_the_entry() -> None:
    made = Organisation.objects.create(name="不该出现在留痕里的名字", kind="housing", area="210922")
    Organisation.objects.filter(pk=made.pk).update(name="另一个不该出现的名字")
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(e::text, '') FROM trail_entry e")
        text = cursor.fetchone()
    assert text
    assert "不该出现" not in text[0]


@pytest.mark.django_db
def test_the_application_can_neither_write_change_nor_empty_the_trail() -> None:
    Organisation.objects.create(name="甲", kind="housing", area="210922")
    for statement in (
        "INSERT INTO trail_entry SELECT * FROM trail_entry",
        "UPDATE trail_entry SET login = 'x'",
        "DELETE FROM trail_entry",
        "TRUNCATE trail_entry",
        "UPDATE trail_seal SET no = 1",
        "DELETE FROM trail_sealing",
        "ALTER TABLE trail_entry DISABLE TRIGGER USER",
    ):
        with pytest.raises(Exception, match=r"permission denied|must be owner"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


@pytest.mark.django_db
def test_the_database_itself_shows_entries_inside_the_area_of_the_grant_only() -> None:
    Organisation.objects.bulk_create([office("甲", "210922115")])
    Organisation.objects.bulk_create([office("乙", "210921100")])
    Organisation.objects.bulk_create([office("丙", "41")])
    nobody = Actor()

    def areas(actor: Actor) -> set[str]:
        with acting(actor):
            return set(Entry.objects.filter(table="accounts_organisation").values_list("within", flat=True))

    assert areas(nobody) == set()
    assert areas(replace(CLERK, place="210922")) == {"210922115"}
    assert areas(replace(nobody, grant="5", place="2109")) == {"210922115", "210921100"}  # an audit administrator sees no household
    assert areas(replace(nobody, grant="5", place="2109", named="1")) == set()
    assert areas(SYSTEM) == {"210922115", "210921100", "41"}


def _own(role: str) -> "psycopg.Connection[Any]":
    where = database.address(role)
    return psycopg.connect(
        host=where.host, port=where.port, dbname=connection.settings_dict["NAME"], user=where.user, password=where.password
    )


@pytest.mark.django_db(transaction=True)
def test_the_owner_is_refused_too_and_what_the_owner_writes_by_hand_is_recorded() -> None:
    with _own(database.OWNER) as owner:
        owner.execute("INSERT INTO accounts_organisation (name, kind, area) VALUES ('手工', 'housing', '210922')")
    entry = last()
    assert (entry.login, entry.role) == (database.OWNER, database.OWNER)
    for statement in (
        "UPDATE trail_entry SET login = 'x'",
        "DELETE FROM trail_entry",
        "TRUNCATE trail_entry",
        "INSERT INTO trail_entry SELECT * FROM trail_entry",
    ):
        with _own(database.OWNER) as owner, pytest.raises(psycopg.errors.InsufficientPrivilege):
            owner.execute(statement)
    with _own(database.OWNER) as owner:
        owner.execute("TRUNCATE clock_businessday")
    assert last("clock_businessday").operation == Operation.TRUNCATE


@pytest.mark.django_db(transaction=True)
def test_two_open_transactions_write_without_waiting_for_each_other() -> None:
    first, second = _own(database.APPLICATION), _own(database.APPLICATION)
    done = threading.Event()

    def write() -> None:
        second.execute("INSERT INTO accounts_organisation (name, kind, area) VALUES ('乙', 'housing', '210922')")
        done.set()

    try:
        first.execute("INSERT INTO accounts_organisation (name, kind, area) VALUES ('甲', 'housing', '210922')")
        writer = threading.Thread(target=write)
        writer.start()
        assert done.wait(20), "the second writer waits for the first"
        second.commit()
        first.commit()
        writer.join()
    finally:
        first.close()
        second.close()
    assert Entry.objects.filter(table="accounts_organisation").count() == 2
