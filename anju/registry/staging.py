"""Temporary tables through which whole lists enter the register: filled by COPY or by SQL, gone at the end of the transaction.

Row-level security doesn't allow COPY into a table, so everything bulky comes this way (recipes 2). The tables hold tokens of numbers: what
rests on the digits themselves (whether a number is sound, the sex and the birth date it tells) is settled before, in ``load``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.backends.utils import CursorWrapper

from anju import temporary
from anju.privacy import vault
from anju.vocabulary import idnumber


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One person of a list to be enrolled.

    ``source`` names the row for ever (``rosters.row:123``); ``household_key`` groups rows into households within the
    list ("": alone); ``relation`` a code of GB/T 4761; ``area`` a stem. ``id_number`` and the other numbers are given as they are; the table
    holds their tokens, and none of an identity number that isn't valid: ``id_unsound`` tells of it.
    """

    ordinal: int
    source: str
    name: str
    area: str
    household_key: str = ""
    address: str = ""
    household_phone: str = ""
    id_number: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_precision: str = ""
    relation: str = ""
    phone: str = ""
    ethnic: str = ""
    disability_kind: str = ""
    disability_level: int | None = None
    disability_cert: str = ""
    category: str = ""
    category_from: date | None = None
    id_unsound: bool = False


@dataclass(frozen=True, slots=True)
class Attachment:
    """One row of a list, matched to a person of the register: what it adds to that person and the household.

    ``household_id`` is needed only for a row that names no person. ``support_*`` is an earlier subsidised work, in fen.
    """

    ordinal: int
    source: str
    person_id: int | None = None
    household_id: int | None = None
    name: str = ""
    id_number: str = ""
    sex: str = ""
    birth_date: date | None = None
    birth_precision: str = ""
    phone: str = ""
    ethnic: str = ""
    disability_kind: str = ""
    disability_level: int | None = None
    disability_cert: str = ""
    address: str = ""
    category: str = ""
    category_from: date | None = None
    support_year: int | None = None
    support_kind: str = ""
    support_amount: int | None = None


@dataclass(frozen=True, slots=True)
class Detachment:
    """A person or household that is no longer on a list."""

    ordinal: int
    source: str
    person_id: int | None = None
    household_id: int | None = None


@dataclass(frozen=True, slots=True)
class Housing:
    """What a list says of a household's house.

    ``serial``: which of the household's houses (None: the only one); ``kinds``: how the household stands to it, joined by ``+`` (``own+live``; "" where
    the list doesn't say). What isn't given stays as it is known. ``lng``, ``lat`` in degrees of WGS-84; ``coordinates`` is the system they came in.
    """

    ordinal: int
    source: str
    household_id: int
    serial: int | None = None
    kinds: str = ""
    address: str = ""
    lng: Decimal | None = None
    lat: Decimal | None = None
    coordinates: str = ""
    is_only: bool | None = None
    homestead_no: str = ""
    year_built: int | None = None
    structure: str = ""
    storeys: int | None = None
    bays: int | None = None
    main_area: Decimal | None = None
    auxiliary_area: Decimal | None = None
    status: str = ""


@dataclass(frozen=True, slots=True)
class Taking:
    """A row whose entries are taken back."""

    ordinal: int
    source: str
    household_id: int


@dataclass(frozen=True, slots=True)
class Difference:
    """A field on which a list and the register disagree; the register keeps what it held. Numbers are told by their tokens."""

    source: str
    person_id: int
    field: str
    held: str
    given: str


_TYPES: dict[Any, str] = {
    int: "bigint NOT NULL",
    bool: "boolean NOT NULL DEFAULT false",
    str: "text COLLATE \"C\" NOT NULL DEFAULT ''",
    date | None: "date",
    int | None: "bigint",
    bool | None: "boolean",
    Decimal | None: "numeric",
}


def _create(cursor: CursorWrapper, table: str, row: type) -> None:
    temporary.create(cursor, table, ", ".join(f"{field.name} {_TYPES[field.type]}" for field in fields(row)))


def create_enrolment(cursor: CursorWrapper) -> None:
    """Makes ``registry_enrolment``, empty; its columns are the fields of ``Enrolment``."""
    _create(cursor, "registry_enrolment", Enrolment)


def create_attachment(cursor: CursorWrapper) -> None:
    """Makes ``registry_attachment``, empty; its columns are the fields of ``Attachment``."""
    _create(cursor, "registry_attachment", Attachment)


def create_detachment(cursor: CursorWrapper) -> None:
    """Makes ``registry_detachment``, empty; its columns are the fields of ``Detachment``."""
    _create(cursor, "registry_detachment", Detachment)


def load(cursor: CursorWrapper, table: str, row: type, rows: Iterable[Any]) -> None:
    """Makes the staging table of ``row`` and fills it; numbers enter the vault, the table holds their tokens."""
    _create(cursor, table, row)
    columns = [field.name for field in fields(row)]
    settled = [_settled(each) for each in rows]
    kinds = [_KINDS.get(column, "") for column in columns]
    given = [tuple(getattr(each, column) for column in columns) for each in settled]
    numbers = {
        (kind, value) for each in given for kind, value in zip(kinds, each, strict=True) if kind and value and not vault.is_token(value)
    }
    tokens = vault.keep_all(numbers)
    temporary.copy_rows(
        cursor, table, columns, (tuple(tokens.get((kind, value), value) for kind, value in zip(kinds, each, strict=True)) for each in given)
    )


_KINDS = {"id_number": vault.ID, "phone": vault.PHONE, "household_phone": vault.PHONE, "disability_cert": vault.CERT}


def _settled(row: Any) -> Any:
    """The row with what a valid identity number tells where the row doesn't; one that isn't valid is left out."""
    if not isinstance(row, Enrolment | Attachment):
        return row
    number = row.id_number
    sound = bool(number) and idnumber.is_valid(number)
    values: dict[str, Any] = {"id_number": number if sound else ""}
    if isinstance(row, Enrolment):
        values["id_unsound"] = bool(number) and not sound
    if sound:
        values["sex"] = row.sex if row.sex in ("1", "2") else idnumber.sex(number)
        if row.birth_date is None:
            values |= {"birth_date": idnumber.birth_date(number), "birth_precision": "day"}
    return replace(row, **values)


def differences() -> Iterator[Difference]:
    """What the last ``attach`` of this transaction found to disagree, in the order of the list."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT source, person_id, field, held, given FROM registry_difference ORDER BY ordinal, field")
        for row in cursor.fetchall():
            yield Difference(*row)
