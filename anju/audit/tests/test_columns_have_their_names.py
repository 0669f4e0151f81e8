"""An entry tells what was changed in the office's words: every watched table, every column; values as every page would show them."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import reverse
from django.utils import translation

from anju.accounts import actions as accounts
from anju.accounts.models import Grant, User
from anju.audit import columns, values
from anju.audit.columns import everywhere
from anju.audit.words import TABLES, WORK, act
from anju.divisions.fields import AreaField
from anju.jobs.registry import declared
from anju.masks.reading import in_use
from anju.privacy import classes
from anju.privacy.fields import SecretField
from anju.registry import actions as registry
from anju.registry.models import Household, Person
from anju.registry.staging import Enrolment
from anju.rosters.tests import county
from anju.trail.models import Entry

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
WATCHED = [model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in TABLES]
FIELDS = [(model, field) for model in WATCHED for field in model._meta.local_fields]


def _name(one: tuple[type[models.Model], "models.Field[Any, Any]"]) -> str:
    return f"{one[0]._meta.db_table}.{one[1].column}"


def test_every_column_of_every_watched_table_has_a_word() -> None:
    for language, chinese in (("zh-hans", True), ("en", False)):
        with translation.override(language):
            said = {_name(one): columns.word(one[0]._meta.db_table, str(one[1].column)) for one in FIELDS}
        raw = [name for name, word in said.items() if word == name.split(".")[1] or bool(_CHINESE.search(word)) is not chinese]
        assert raw == [], f"{language}: give them their words in anju/audit/columns"


def test_no_word_is_kept_of_a_column_that_is_gone() -> None:
    there = {model._meta.db_table: {field.column for field in model._meta.local_fields} for model in WATCHED}
    assert set(columns.OF_TABLE) <= set(there)
    assert {table: set(own) - there[table] for table, own in columns.OF_TABLE.items() if set(own) - there[table]} == {}
    assert set(everywhere.COLUMNS) <= {column for own in there.values() for column in own}


def test_every_column_of_codes_says_how_its_word_is_found() -> None:
    coded = {
        (model._meta.db_table, str(field.column))
        for model, field in FIELDS
        if values.needs_words(field) and field.name not in classes.DECLARED[model._meta.label].personal
    }
    assert coded - values.CODES.keys() - values.PLAIN == set(), (
        "say in anju/audit/values.py how a code of it is told, or that it holds none"
    )
    assert not values.CODES.keys() & values.PLAIN


def test_every_kind_of_work_has_a_word() -> None:
    assert {kind for kind, _meaning in declared() if not kind.startswith("test.")} == set(WORK)
    assert (act("rosters.match"), act("grant.given"), act("POST /x/")) == ("名单比对", "授予权限", "")


def _example(field: "models.Field[Any, Any]") -> Any:
    """A value a column may hold, by which it would be recognised if it came through."""
    if isinstance(field, models.ForeignKey):
        return (
            "210922"
            if field.related_model._meta.label == "divisions.Division"
            else "DB"
            if field.related_model._meta.label == "registry.Category"
            else 12
        )
    if isinstance(field, AreaField):
        return "210922"
    if isinstance(field, SecretField):
        return {"id": "210922195404120117", "phone": "13800001234", "cert": "21092219540412011743", "card": "6222020000000000000"}[
            field.kind
        ]
    if field.choices:
        return next(value for value, _label in field.flatchoices if value not in ("", None))
    by_kind: list[tuple[type, Any]] = [
        (models.BooleanField, True), (models.DateTimeField, datetime(2020, 6, 1, tzinfo=UTC)), (models.DateField, date(2020, 6, 1)),
        (models.DecimalField, Decimal("1.5")), (models.FloatField, 0.5), (models.IntegerField, 7), (models.BinaryField, b"secret"),
        (models.JSONField, {"name": "周德海"}),
    ]  # fmt: skip
    found = next((value for kind, value in by_kind if isinstance(field, kind)), None)
    return ["raw_code"] if found is None and field.get_internal_type() == "ArrayField" else "raw_code" if found is None else found


@pytest.fixture
def places(db: None) -> None:
    """The county and its neighbours."""
    for code, name in county.PLACES:
        county.place(code, name)


@pytest.mark.usefixtures("places")
def test_no_value_comes_through_raw() -> None:
    """Codes of choices and of lists, areas, what is personal, digests: none is shown as the column holds it."""
    for model, field in FIELDS:
        raw, key = _example(field), (model._meta.db_table, str(field.column))
        said = values.shown(field, raw)
        personal = field.name in classes.DECLARED[model._meta.label].personal
        told = f"{model._meta.db_table}.{field.column}: {raw!r} → {said!r}"
        assert said, told
        coded = key in values.CODES and key[1] != "source"
        if field.choices and not personal:
            assert said == str(dict(field.flatchoices)[raw]), told
        elif coded or isinstance(field, AreaField) or (personal and key not in values.NAMES) or isinstance(raw, bytes | dict | bool):
            assert str(raw) != said, told
            assert "raw_code" not in said, told
            assert "周德海" not in said, told
        if isinstance(field, AreaField):
            assert said == "辽宁省阜新市彰武县", told
        if isinstance(field, SecretField):
            assert "*" in said, told
        assert values.shown(field, None) == "空"


@pytest.fixture
def auditor(places: None) -> User:
    """Who reads the trail and may see households."""
    office = accounts.found(name="彰武县纪委", kind="discipline", area=county.COUNTY)
    return accounts.admit(login="liangshi", name="梁实", organisation=office, role="discipline", password="-", check_password=False)


@pytest.fixture
def household(places: None) -> Household:
    """周德海."""
    row = Enrolment(1, "t:1", "周德海", "210922109201", "h", id_number=county.ZHOU.id_number, relation="02")
    registry.enrol(on=date(2020, 1, 1), by=None, source="t", rows=[row])
    return Household.objects.get()


def _pages(reader: User) -> Iterator[tuple[Entry, str]]:
    client = Client()
    client.force_login(reader)
    for entry in Entry.objects.filter(within__startswith=county.COUNTY).defer("keys"):
        yield entry, client.get(reverse("trail:entry", args=[entry.seq])).content.decode()


def test_the_page_of_an_entry_tells_columns_and_values_in_words(auditor: User, household: Household) -> None:
    person = Person.objects.get()
    Person.objects.filter(pk=person.pk).update(phone="13800001234", ethnic="蒙古族", area="210922109202")
    Grant.objects.filter(user=auditor).update(valid_to=date(2031, 1, 1))
    pages = {(entry.table, entry.operation): page for entry, page in _pages(auditor)}
    page = pages["registry_person", "update"]
    for words in ("电话", "民族", "地方", "138****1234", "大官村", "现在是"):
        assert words in page, words
    assert "13800001234" not in page
    assert "蒙古族" not in page
    assert "210922109202" not in re.sub(r"<[^>]*>", " ", page)
    for raw in ("phone", "ethnic", "id_number"):
        assert not re.search(rf">\s*{raw}\s*<", page), raw
    assert "止" in pages["accounts_grant", "update"]
    assert "2031-01-01" in pages["accounts_grant", "update"]


def test_who_may_see_no_household_is_told_the_columns_alone(auditor: User, household: Household) -> None:
    Person.objects.update(phone="13800001234")
    reader = accounts.admit(
        login="shenji", name="申计", organisation=auditor.organisation, role="audit_administrator", password="-", check_password=False
    )
    (page,) = [page for entry, page in _pages(reader) if (entry.table, entry.operation) == ("registry_person", "update")]
    assert "电话" in page
    assert "现在是" not in page
    assert "1234" not in page


@pytest.mark.usefixtures("places")
def test_values_follow_the_mask_policy_in_force(auditor: User) -> None:
    (field,) = [field for model, field in FIELDS if _name((model, field)) == "registry_person.id_number"]
    usual = values.shown(field, county.ZHOU.id_number)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO masks_maskchoice (policy, reason, chosen_by_id, chosen_at) VALUES ('six', '保密委', %s, now())", [auditor.pk]
        )
    with in_use():
        assert values.shown(field, county.ZHOU.id_number) == "210922************" != usual
