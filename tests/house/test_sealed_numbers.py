"""Numbers that stood in the clear are sealed by the migrations, and come back where the migrations go back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from anju.accounts.actions import admit, found
from anju.privacy import vault
from anju.rosters import cells
from anju.rosters.models import BatchRow
from conftest import as_owner

HEAD, WIFE, CERT, PHONE = "210922195404120914", "210922195803110327", "21092219540412091443", "13904180001"


@pytest.fixture
def owner(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Inside, the test database is its owner's, as it is for migrations."""
    with django_db_blocker.unblock(), as_owner():
        try:
            yield
        finally:
            call_command("migrate", verbosity=0)
            with connection.cursor() as cursor:
                cursor.execute("TRUNCATE privacy_secret, registry_household, registry_person, rosters_batch, accounts_organisation CASCADE")


def _do(sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cursor.fetchall() if cursor.description else []


def test_rows_of_before_are_sealed_and_opened_again(owner: None) -> None:
    call_command("migrate", "rosters", "0003", verbosity=0)
    call_command("migrate", "registry", "0004", verbosity=0)
    before = _numbers_of_before()
    call_command("migrate", verbosity=0)
    text = " ".join(
        str(row) for table in ("registry_person", "registry_household", "rosters_batchrow") for row in _do(f"SELECT * FROM {table}")
    )
    assert not [number for number in (HEAD, WIFE, CERT, PHONE) if number in text]
    assert dict(_do("SELECT name, id_number FROM registry_person")) == {
        "周德海": vault.token(vault.ID, HEAD),
        "赵凤芹": vault.token(vault.ID, WIFE),
    }
    assert sorted(number for _token, number in vault.ending("0914")) == [HEAD]
    row = BatchRow.objects.get(row=2)
    assert (row.cert_no.clear, row.phone.clear, row.extra, row.household) == (CERT, PHONE, {"grade": "D"}, vault.token(vault.ID, HEAD))
    assert cells.opened(row) == ([HEAD, "周德海", None], {"card_no": "6222020000000000000"})
    assert _do("SELECT source FROM registry_household") == [(f"rosters.batch:1#{row.household}",)]
    call_command("migrate", "rosters", "0003", verbosity=0)
    call_command("migrate", "registry", "0004", verbosity=0)
    assert _state() == before


def _state() -> list[Any]:
    return [
        _do("SELECT id, name, id_number, id_tail, phone, disability_cert FROM registry_person ORDER BY id"),
        _do("SELECT phone FROM registry_household"),
        _do("SELECT row, id_number, id_text, phone, cert_no, raw, extra FROM rosters_batchrow ORDER BY id"),
    ]


def _numbers_of_before() -> list[Any]:
    office = found(name="彰武县住建局", kind="housing", area="210922")
    clerk = admit(login="sealed", name="周敏", organisation=office, role="county_clerk", password="-", check_password=False)
    _do(
        """
        INSERT INTO registry_household (id, number, area, address, phone, groups, opened_on, source)
        VALUES (1, '210922100200-0001', '210922100200', '', '13904180001', '', '2020-01-01', 'rosters.batch:1#210922195404120914')
        """
    )
    for key, name, number, cert in ((1, "周德海", HEAD, CERT), (2, "赵凤芹", WIFE, "")):
        _do(
            """INSERT INTO registry_person (id, name, id_number, id_conflict, id_tail, sex, birth_precision, ethnic, phone, disability_kind, disability_cert, alive, area,
               source, recorded_at) VALUES (%s, %s, %s, false, reverse(right(%s, 6)), '', '', '', %s, '', %s, true, '210922100200', '', now())""",
            *(key, name, number, number, PHONE, cert),
        )
    _do(
        """
        INSERT INTO rosters_batch (id, area, owner, category, layout, title, as_of, sha256, recognition, enrols, status, message, last_sheet, last_row, rows_total,
            rows_clean, rows_noted, rows_faulty, places_unresolved, faults, received_by_id, received_at, locked_at)
        VALUES (1, '210922', 'housing', '', 'village-roll', '花名册', '2020-01-01', '', '{}', true, 'received', '', '', 0, 1, 1, 0, 0, 0, '{}', %s, now(), NULL);
        INSERT INTO rosters_batchrow (batch_id, sheet, row, area, placed, place, address, name, id_number, id_text, sex, birth_precision, relation, household, head_name,
            phone, cert_no, extra, raw, outcome, findings)
        VALUES (1, '表一', 2, '210922100200', true, '', '', '周德海', '210922195404120914', '', '1', '', '02', '210922195404120914', '周德海', '13904180001',
            '21092219540412091443', '{"grade": "D", "card_no": "6222020000000000000"}', '["210922195404120914", "周德海", null]', 'clean', '[]'),
            (1, '表一', 3, '210922100200', true, '', '', '赵凤芹', '', '21092219580311032', '2', '', '10', '210922195404120914', '周德海', '', '', '{}', '["21092219580311032"]',
            'faulty', '[]');
        UPDATE rosters_batch SET status = 'locked', locked_at = now();
        """,
        clerk.pk,
    )
    return _state()
