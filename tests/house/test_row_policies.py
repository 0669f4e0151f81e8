"""The second line: with the application's filters gone, the database alone shows nobody a foreign row, and nobody any row unasked."""

import re
from datetime import UTC, date, datetime

import pytest
from django.apps import apps
from django.db import DatabaseError, connection, models, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase

from anju.accounts import actions
from anju.accounts.models import Grant, User
from anju.accounts.scope import actor_of, scope, seat
from anju.audit import queries as audit
from anju.clock.actions import set_today
from anju.divisions.fields import AreaField
from anju.exports import queries as exports
from anju.exports.models import Reveal
from anju.registry import actions as registry
from anju.registry.actions.holders import refuse_held_elsewhere
from anju.registry.models import Household, Person
from anju.registry.refusal import Refused
from anju.registry.staging import Enrolment
from anju.rosters.models import Batch, BatchRow, Match
from anju.rosters.tests import county
from anju.trail.acting import NOBODY, acting, doing, everywhere
from anju.trail.models import Entry

DAY = date(2020, 1, 1)
NOW = datetime(2020, 6, 10, tzinfo=UTC)
OURS = [
    model
    for model in apps.get_models(include_auto_created=True)
    if model.__module__.startswith("anju.") and any(isinstance(field, AreaField) for field in model._meta.local_fields)
]
WITHOUT = {
    "accounts.Organisation": "who the offices are is no secret inside the system; pages narrow it to the area",
    "accounts.Grant": "read before it is known who acts; pages narrow it to the area",
    "divisions.Division": "public",
    "divisions.FormerName": "public",
    "divisions.Tag": "public",
    "divisions.Intensity": "public",
    "divisions.Recoded": "codes only, of a public change",
    "registry.Category": "public policy data",
}


def _flags(table: str) -> tuple[bool, bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT relrowsecurity, relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
        row = cursor.fetchone()
    assert row is not None
    return bool(row[0]), bool(row[1])


@pytest.mark.django_db
@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_table_with_an_area_has_a_forced_policy_or_a_reason_not_to(model: type[models.Model]) -> None:
    if model._meta.label in WITHOUT or model.__module__.startswith("anju.divisions"):
        assert not _flags(model._meta.db_table)[0]
    else:
        assert _flags(model._meta.db_table) == (True, True)


@pytest.mark.django_db
def test_the_application_is_neither_owner_nor_above_policies() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper, rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False, False, False)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        assert cursor.fetchone() == (0,)


@pytest.fixture
def two_counties(db: None) -> tuple[User, User]:
    """A county with a household in each of two townships, and another county with one; each with a clerk."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    registry.enrol(
        on=DAY,
        by=None,
        source="t",
        rows=[
            Enrolment(1, "t:1", "周德海", "210922109201", "1", id_number=county.number("19540412", 11), relation="02"),
            Enrolment(2, "t:2", "包玉霞", "210922115201", "2", id_number=county.number("19710123", 42), relation="02"),
            Enrolment(3, "t:3", "佟远山", "210921100201", "3", id_number=county.number("19660101", 13), relation="02"),
        ],
    )
    ours = actions.found(name="彰武县住建局", kind="housing", area="210922")
    theirs = actions.found(name="阜新县住建局", kind="housing", area="210921")
    made = [
        actions.admit(login=login, name=login, organisation=office, role="county_clerk", password="-", check_password=False)
        for login, office in (("ours", ours), ("theirs", theirs))
    ]
    return made[0], made[1]


def _everything() -> dict[str, list[str]]:
    """The areas of all rows that an unfiltered query shows, of every table under a policy."""
    found = {}
    for model in OURS:
        if model._meta.label not in WITHOUT and not model.__module__.startswith("anju.divisions"):
            field = "area" if any(field.name == "area" for field in model._meta.local_fields) else "seat"
            found[model._meta.label] = list(model._default_manager.values_list(field, flat=True))
    return found


@pytest.mark.django_db
def test_nobody_sees_anything(two_counties: tuple[User, User]) -> None:
    assert Household.objects.count() == 3
    with acting(NOBODY):
        assert not any(_everything().values())
    assert Household.objects.count() == 3


@pytest.mark.django_db
def test_unfiltered_queries_show_the_own_area_only(two_counties: tuple[User, User]) -> None:
    for user, area, households in zip(two_counties, ("210922", "210921"), (2, 1), strict=True):
        with acting(actor_of(user)):
            for label, areas in _everything().items():
                assert all(one.startswith(area) for one in areas), label
            assert Household.objects.count() == households
            assert Person.objects.count() == households


@pytest.mark.django_db
def test_a_foreign_row_can_be_neither_written_nor_changed(two_counties: tuple[User, User]) -> None:
    theirs = Household.objects.get(area__startswith="210921")
    with acting(actor_of(two_counties[0])):
        assert Household.objects.filter(pk=theirs.pk).update(address="x") == 0
        assert Household.objects.filter(pk=theirs.pk).delete()[0] == 0
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Household.objects.create(number="210921100201-9999", area="210921100201", opened_on=DAY)
        mine = Household.objects.get(area="210922109201")
        with pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
            Household.objects.filter(pk=mine.pk).update(area="210921100201")


@pytest.mark.django_db(transaction=True)
def test_nothing_is_left_on_a_connection_used_again(two_counties: tuple[User, User]) -> None:
    """After a request's transaction, after one that failed, and with the setting that a SET LOCAL leaves behind: an empty text."""
    with acting(NOBODY):
        with transaction.atomic(), acting(actor_of(two_counties[0])):
            assert Household.objects.count() == 2
        assert Household.objects.count() == 0
        with pytest.raises(DatabaseError), transaction.atomic(), acting(actor_of(two_counties[0])), connection.cursor() as cursor:
            cursor.execute("SELECT 1/0")
        assert Household.objects.count() == 0
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('anju.low', '', false), set_config('anju.high', '', false)")
        assert Household.objects.count() == 0


@pytest.mark.django_db
def test_of_a_number_held_elsewhere_only_the_county_is_told(two_counties: tuple[User, User]) -> None:
    number = Person.objects.get(name="佟远山").id_number
    with acting(actor_of(two_counties[0])):
        assert not Person.objects.filter(id_number=number).exists()
        with pytest.raises(Refused, match="阜新蒙古族自治县") as refusal:
            refuse_held_elsewhere(number)
        assert "佟" not in str(refusal.value)
        assert Household.objects.count() == 2  # looking beyond the area left nothing open


@pytest.mark.django_db
def test_a_third_party_sees_the_households_named_in_the_grant_and_nothing_else(two_counties: tuple[User, User]) -> None:
    firm = actions.found(name="辽宁某鉴定公司", kind="third_party_appraiser", area="210922")
    security = actions.admit(
        login="sec", name="安", organisation=two_counties[0].organisation, role="security_administrator", password="-", check_password=False
    )
    expert = actions.open_account(login="expert", name="陈立新", organisation=firm, password="-", check_password=False)
    named = Household.objects.get(area="210922109201")
    with pytest.raises(actions.NotAllowed, match="户编号"):
        actions.give(user=expert, role="third_party_appraiser", area="210922", by=security, reason="委托")
    actions.give(user=expert, role="third_party_appraiser", area="210922", by=security, reason="委托", households=[named.number])
    expert = User.objects.get(pk=expert.pk)
    with acting(actor_of(expert)):
        assert list(Household.objects.all()) == [named]
        assert list(Person.objects.values_list("name", flat=True)) == ["周德海"]
        assert not Batch.objects.exists()
        assert not BatchRow.objects.exists()
        assert not Match.objects.exists()


CODES = st.sampled_from(["21", "2109", "210921", "210922", "210922109", "210922109201", "210922115", "210922115201", "210921100201", ""])


class WhoSeesWhat(HypothesisTestCase):
    """Random grants, endings and moves; a short oracle says who sees which household."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        grants=st.lists(st.tuples(CODES, st.booleans(), st.integers(-40, 40), st.one_of(st.none(), st.integers(-40, 40))), max_size=4),
        chosen=st.integers(0, 5),
        homes=st.lists(st.sampled_from(["210922109201", "210922115201", "210921100201"]), min_size=1, max_size=4),
    )
    def test_lists_agree_with_the_oracle(self, grants: list[tuple[str, bool, int, int | None]], chosen: int, homes: list[str]) -> None:
        set_today(day=county.TODAY)
        office = actions.found(name="某局", kind="housing", area="21")
        user = actions.open_account(login="u", name="某", organisation=office, password="-", check_password=False)
        households = [
            Household.objects.create(number=f"{area}-{place:04d}", area=area, opened_on=DAY) for place, area in enumerate(homes, start=1)
        ]
        for household, area in zip(households, homes[1:], strict=False):  # some have moved since
            Household.objects.filter(pk=household.pk).update(area=area)
        held = []
        for place, (area, ended, first, last) in enumerate(grants):
            begin = date.fromordinal(county.TODAY.toordinal() + first)
            end = None if last is None else date.fromordinal(max(begin.toordinal(), county.TODAY.toordinal() + last))
            made = Grant.objects.create(
                user=user,
                role="city_viewer" if place % 2 else "county_clerk",
                area=area,
                valid_from=begin,
                valid_to=end or date(2030, 1, place + 1),
            )
            if ended:
                made.ended_at = "2020-06-01T00:00:00Z"
                made.save()
            elif begin <= county.TODAY <= (end or date(2030, 1, place + 1)):
                held.append(made)
        acts = held[chosen % len(held)] if held else None
        user.act_in(acts)
        expected = {household.pk for household in Household.objects.all() if acts is not None and household.area.startswith(acts.area)}
        assert {row.pk for row in scope(user, Household.objects.all())} == expected
        with acting(actor_of(user)):
            assert set(Household.objects.values_list("pk", flat=True)) == expected


class WhoIsToldOfAReading(HypothesisTestCase):
    """Random offices and grants of readers and of who reads the registers; a short oracle says who is told of which look."""

    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        looks=st.lists(st.tuples(CODES, CODES, CODES), min_size=1, max_size=4),
        place=CODES,
        office=CODES,
        role=st.sampled_from(["audit_administrator", "discipline", "county_clerk"]),
    )
    def test_registers_and_trail_agree_with_the_oracle(self, looks: list[tuple[str, str, str]], place: str, office: str, role: str) -> None:
        set_today(day=county.TODAY)
        made = {}
        for at, (area, at_office, granted) in enumerate(looks):
            reader = self._person(f"r{at}", at_office, "discipline", granted)
            with acting(actor_of(reader)), everywhere(), doing("number.revealed"):
                made[Reveal.objects.create(area=area, seat=seat(reader), subject="户", numbers=1, by=reader, at=NOW).pk] = (
                    area,
                    _together(at_office, granted),
                )
        auditor = self._person("a", office, role, place)
        expected = {pk for pk, (area, level) in made.items() if area.startswith(place) and level.startswith(place)}
        with acting(actor_of(auditor)):
            assert set(Reveal.objects.values_list("pk", flat=True)) == expected
            told = Entry.objects.filter(table="exports_reveal")
            assert sum(entry.rows for entry in told) == len(expected)
        if role != "county_clerk":
            assert {one.pk for one in exports.reveals(auditor).rows} == expected
            assert audit.told(auditor).filter(table="exports_reveal").count() == len(expected)

    def _person(self, login: str, office: str, role: str, area: str) -> User:
        where = actions.found(name=f"局{office}", kind="housing", area=office)
        made = actions.open_account(login=login, name=login, organisation=where, password="-", check_password=False)
        Grant.objects.create(user=made, role=role, area=area, valid_from=DAY)
        return made


def _together(one: str, other: str) -> str:
    """The smallest area that holds both, found by trying."""
    return max(
        (code for code in ("", "21", "2109", "210921", "210922", one, other) if one.startswith(code) and other.startswith(code)), key=len
    )


@pytest.mark.django_db
def test_a_policy_costs_the_planner_no_scan_of_another_table() -> None:
    """A sub-select of a large table in a policy is counted as read whole before the first row is shown, and lists of fifty then read millions."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, policyname, qual FROM pg_policies WHERE schemaname = 'public'")
        policies = cursor.fetchall()
    read = {
        (table, policy): set(re.findall(r" IN \( ?SELECT \w+\.\w+(?: AS \w+)?\s+FROM (\w+)", condition or ""))
        for table, policy, condition in policies
    }
    assert read["registry_household", "inside"] == {"accounts_namedrecord"}, "sub-selects are found"
    assert {key: tables for key, tables in read.items() if tables - {"accounts_namedrecord"}} == {}
