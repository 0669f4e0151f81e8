"""Inspections come unannounced: of what a higher level read in a county, the county is told nothing. What changes its data it is told, whoever did it.

The pages and the counts of everybody in the county are the same before and after the inspection; so is what the database alone shows them.
"""

import difflib
import io
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test import Client
from django.urls import reverse

from anju.accounts import actions as accounts
from anju.accounts.models import Grant, User
from anju.accounts.scope import actor_of
from anju.accounts.signing_in import passwords
from anju.accounts.signing_in import queries as door
from anju.accounts.signing_in.models import SignIn
from anju.accounts.tests.door import PASSWORD, enter
from anju.audit import queries as audit
from anju.clock.actions import set_today
from anju.evidence import store
from anju.exports import queries as exports
from anju.exports.actions import asking, revealing
from anju.exports.models import Download, Export, Reveal
from anju.exports.refusal import Refused
from anju.jobs import queries as jobs
from anju.jobs.models import Job
from anju.registry import actions as registry
from anju.registry.models import Household, Person
from anju.registry.staging import Enrolment
from anju.rosters.models import Batch
from anju.rosters.tests import county
from anju.trail import readings, verifying
from anju.trail.acting import acting
from anju.trail.acts import ACTS
from anju.trail.models import Entry
from anju.trail.watching import watched
from conftest import as_owner

pytestmark = pytest.mark.django_db
CITY, VILLAGE, FROM = "2109", "210922109201", "10.66.66.66"
Done = Callable[[], AbstractContextManager[Any]]


def somebody(login: str, role: str, area: str, *, office: str = "") -> User:
    """A person with a password of their own; ``office`` is where their office is, where that isn't ``area``."""
    where = accounts.found(name=f"{office or area}{role}办", kind="discipline", area=office or area)
    made = accounts.open_account(login=login, name=login, organisation=where, password=PASSWORD, check_password=False)
    Grant.objects.create(user=made, role=role, area=area, valid_from=date(2020, 1, 1))
    passwords.store(user=made, password=PASSWORD, own=True)
    return made


@pytest.fixture
def household(db: None) -> Household:
    """周德海 and his wife, in the county's register; and a list received there."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    rows = [
        Enrolment(at, f"t:{at}", one.name, VILLAGE, "h", id_number=one.id_number, relation=relation)
        for at, (one, relation) in enumerate(((county.ZHOU, "02"), (county.ZHAO, "10")), 1)
    ]
    registry.enrol(on=date(2020, 1, 1), by=None, source="t", rows=rows)
    return Household.objects.get()


@pytest.fixture
def inspectors(household: Household) -> list[User]:
    """Of the city and the province; one whose grant names this county only; one borrowed from the county's own office; one sent from the next county; one
    who works in the county too, and inspects in another right."""
    both = somebody("县市两任庚", "verifier", county.COUNTY)
    Grant.objects.create(user=both, role="discipline", area=CITY, valid_from=date(2020, 1, 1))
    return [
        both,
        somebody("市纪检甲", "discipline", CITY),
        somebody("市里乙", "city_viewer", CITY),
        somebody("省纪检丙", "discipline", "21"),
        somebody("市派到县丁", "discipline", county.COUNTY, office=CITY),
        somebody("县借到市戊", "discipline", CITY, office=county.COUNTY),
        somebody("邻县己", "discipline", county.COUNTY, office=county.OTHER_COUNTY),
    ]


@pytest.fixture
def inspected(household: Household) -> dict[str, Client]:
    """Everybody in the county who reads registers, trail or sign-ins, each at a desk."""
    desks = {}
    for login, role, area in (
        ("县纪检", "discipline", county.COUNTY),
        ("县审计", "audit_administrator", county.COUNTY),
        ("县安全", "security_administrator", county.COUNTY),
        ("县系统", "system_administrator", county.COUNTY),
        ("县经办", "county_clerk", county.COUNTY),
        ("镇审核", "township_reviewer", "210922109"),
        ("镇纪检", "discipline", "210922109"),
    ):
        desks[login] = Client()
        desks[login].force_login(somebody(login, role, area))
    return desks


@pytest.fixture
def done(jobs_inline: None, django_capture_on_commit_callbacks: Any) -> Done:
    """Inside, background work put on the queue is done when the block ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


def inspect(who: User, household: Household, done: Done) -> None:
    """Fails to sign in once, signs in, looks at the household, at its numbers, at the trail; takes a file along; leaves."""
    client = Client()
    here: dict[str, Any] = {"REMOTE_ADDR": FROM, "HTTP_USER_AGENT": "Inspector/1"}
    enter(client, who.login, "wrong", **here)
    assert enter(client, who.login, **here).status_code == 302
    held = who.grants.latest("id")
    client.post(reverse("grant"), {"grant": held.pk}, **here)
    page = reverse("households:page", args=[household.number])
    assert client.get(page, **here).status_code == 200
    kind = "households.list"
    if held.role == "discipline":
        kind = "trail.entries"
        answer = client.post(f"{page}reveal/", {"why": "inspection"}, **here)
        assert county.ZHOU.id_number in answer.content.decode()
        assert client.get(reverse("trail:list"), **here).status_code == 200
        with done():
            client.post(reverse("trail:verify"), **here)
    with done():
        asked = client.post(f"{reverse('exports:ask')}?area={county.COUNTY}", {"kind": kind, "why": "inspection"}, **here)
    assert Export.objects.latest("id").state == Export.State.READY
    assert client.post(f"{asked['Location']}download/", **here).status_code == 200
    client.post(reverse("account:password"), {"old": PASSWORD, "new": "Xin-mi-ma-8", "again": "Xin-mi-ma-8"}, **here)
    client.post(reverse("logout"), **here)


_TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.S)
_OF_ALL = re.compile(r'<div class="aj-facts">.*?</div>', re.S)
"""How far the chain of the whole installation is: it grows with everybody's work, in every county."""
_PASSING = re.compile(r"\d{1,2}:\d{2}(:\d{2})?|刚刚|\d+ ?分钟前")


def _read(client: Client, address: str) -> str:
    answer = client.get(address)
    text = _TAGS.sub(" ", _OF_ALL.sub("", answer.content.decode()))
    return f"{answer.status_code} " + " ".join(_PASSING.sub("·", text).split())


def _told_more(before: str, after: str) -> list[str]:
    """The words that have come or gone, with a sign."""
    return [word for word in difflib.ndiff(before.split(), after.split()) if word[0] in "+-"]


def _addresses(household: Household) -> Iterator[str]:
    yield reverse("households:page", args=[household.number])
    for name in ("home", "exports:list", "exports:reveals", "trail:list", "jobs:list", "jobs:panel", "jobs:badge", "rosters:list"):
        yield reverse(name)
    for name in ("security:people", "security:history", "people:list", "people:offices", "households:list", "account:page"):
        yield reverse(name)
    yield f"{reverse('trail:list')}?table=exports_reveal"
    yield f"{reverse('trail:list')}?action=export.requested"
    yield f"{reverse('exports:list')}?numbers=masked"
    for person in User.objects.filter(
        organisation__area__startswith=county.COUNTY, login__in=["县借到市戊", "县市两任庚", "县经办", "县审计"]
    ):
        yield reverse("people:one", args=[person.pk])
        yield reverse("security:person", args=[person.pk])


def pages(desks: dict[str, Client], household: Household) -> dict[tuple[str, str], str]:
    """What each of the county reads at each address that is open to them."""
    found = {(login, address): _read(client, address) for login, client in desks.items() for address in list(_addresses(household))}
    return {key: text for key, text in found.items() if not text.startswith("403")}


KEPT = (Entry, Reveal, Export, Download, Job, SignIn)


def shown(desks: dict[str, Client]) -> dict[str, dict[str, set[int]]]:
    """What the row policies alone show each: every row of the tables that tell of readings, no filter asked."""
    found = {}
    for login in desks:
        with acting(actor_of(User.objects.get(login=login))):
            found[login] = {model.__name__: set(model._default_manager.values_list("pk", flat=True)) for model in KEPT}
    return found


def asked(desks: dict[str, Client]) -> dict[str, list[set[int]]]:
    """What the queries of the pages alone find for each, where the row policies show everything."""
    found = {}
    for login in desks:
        user = User.objects.get(login=login)
        rows: list[QuerySet[Any]] = [exports.visible(user), exports.waiting_for(user, user.area), audit.told(user)]
        rows += [door.history_in_the_area(user), door.people_in_the_area(user), jobs.of(user)]
        found[login] = [*(set(one.values_list("pk", flat=True)) for one in rows), {one.pk for one in exports.reveals(user).rows}]
    return found


def test_the_county_reads_and_counts_the_same_as_before(
    household: Household, inspectors: list[User], inspected: dict[str, Client], done: Done
) -> None:
    inspected["县经办"].post(reverse("households:reveal", args=[household.number]), {"why": "identify"})
    verifying.verify()
    before, rows, filtered = pages(inspected, household), shown(inspected), asked(inspected)
    for login, name in (("县审计", "exports:reveals"), ("县纪检", "trail:list"), ("县安全", "people:list")):
        assert "县经办" in before[login, reverse(name)], "the county's own readings and people are there to be seen"
    everything = {model.__name__: set(model._default_manager.values_list("pk", flat=True)) for model in KEPT}
    for who in inspectors:
        inspect(who, household, done)
    made = {model.__name__: set(model._default_manager.values_list("pk", flat=True)) - everything[model.__name__] for model in KEPT}
    assert all(made.values()), "the inspection left its mark in every one of these tables"
    after = {(login, address): _read(inspected[login], address) for login, address in before}
    assert {key: told for key, text in after.items() if (told := _told_more(before[key], text))} == {}
    assert shown(inspected) == rows
    assert asked(inspected) == filtered
    for model in (Entry, Reveal, Export):  # each single row, asked for by its key
        for pk in made[model.__name__]:
            for login, client in inspected.items():
                if model is Reveal:
                    continue
                address = reverse("trail:entry" if model is Entry else "exports:show", args=[pk])
                assert client.get(address).status_code in (403, 404), (login, address)


def test_the_levels_own_auditors_are_told(household: Household, inspectors: list[User], inspected: dict[str, Client], done: Done) -> None:
    auditors = {login: somebody(login, "audit_administrator", area) for login, area in (("市审计", CITY), ("省审计", "21"))}
    security = somebody("市安全", "security_administrator", CITY)
    for who in inspectors:
        inspect(who, household, done)
    of_the_city = {who.login for who in inspectors if who.login != "省纪检丙"}
    everybody = {who.login for who in inspectors}
    for login, told in (("市审计", of_the_city), ("省审计", everybody)):
        auditor = auditors[login]
        with acting(actor_of(auditor)):
            assert set(exports.visible(auditor).values_list("requested_by__login", flat=True)) == told
            assert {one.by.login for one in exports.reveals(auditor).rows} == told - {"市里乙"}
            acts = audit.told(auditor).filter(action="number.revealed").values_list("login", flat=True)
            assert set(acts) == told - {"市里乙"}
            assert set(Download.objects.values_list("by__login", flat=True)) == told
        page = Client()
        page.force_login(auditor)
        text = page.get(reverse("exports:reveals")).content.decode()
        assert {one for one in everybody if one in text} == told - {"市里乙"}
    desk = Client()
    desk.force_login(security)
    page_ = desk.get(reverse("security:history")).content.decode()
    assert "市纪检甲" in page_
    assert "县借到市戊" in page_
    assert "省纪检丙" not in page_
    assert desk.get(reverse("security:person", args=[inspectors[5].pk])).status_code == 200


def test_what_changes_the_countys_data_is_told_whoever_did_it(household: Household, inspected: dict[str, Client]) -> None:
    city, security = somebody("市经办", "county_clerk", CITY), somebody("市安全", "security_administrator", CITY)
    wife, clerk = Person.objects.get(name="赵凤芹"), User.objects.get(login="县经办")
    with acting(actor_of(city)):
        registry.change_head(household=household, head=wife, on=date(2020, 6, 1), by=city)
    with acting(actor_of(security)):
        accounts.give(user=clerk, role="verifier", area=county.COUNTY, by=security, reason="市局 12 号文")
    for login in ("县审计", "县纪检"):
        trail = inspected[login].get(reverse("trail:list")).content.decode()
        assert "更换户主" in trail
        assert "市经办" in trail
        assert "授予权限" in trail
        assert "市局 12 号文" in trail
    assert "市经办" in inspected["县纪检"].get(reverse("households:page", args=[household.number])).content.decode()


def test_the_countys_own_readings_are_told_to_the_county_also_when_a_higher_level_or_the_system_has_a_hand_in_them(
    household: Household, inspected: dict[str, Client], done: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANJU_EXPORT_MASKED_ROWS", "0")
    clerk, city = User.objects.get(login="县经办"), somebody("市经办", "county_clerk", CITY)
    with acting(actor_of(clerk)):
        export = asking.ask(kind="households.list", filters={"area": county.COUNTY}, by=clerk, reason="report")
    with done(), acting(actor_of(city)):
        asking.approve(export=export, by=city)
    Export.objects.filter(pk=export.pk).update(expires_at="2020-01-01T00:00:00Z")
    asking.remove_expired()
    auditor = User.objects.get(login="县审计")
    with acting(actor_of(auditor)):
        told = set(audit.told(auditor).filter(table="exports_export").values_list("action", flat=True))
    assert told == {"export.requested", "export.approved", "export.made", "export.expired"}


def test_a_higher_levels_export_waits_for_a_second_person_of_that_level(
    household: Household, inspected: dict[str, Client], monkeypatch: pytest.MonkeyPatch, done: Done
) -> None:
    monkeypatch.setenv("ANJU_EXPORT_MASKED_ROWS", "0")
    viewer, second = somebody("市里乙", "city_viewer", CITY), somebody("市经办", "county_clerk", CITY)
    clerk = User.objects.get(login="县经办")
    kept = store.put(io.BytesIO(b"list"), name="低保.csv", media_type="text/csv", by=clerk)
    batch = Batch.objects.create(
        area=county.COUNTY, owner="civil_affairs", title="低保名单", as_of=county.AS_OF, file=kept, status="matched", rows_total=5, received_by=clerk,
        received_at="2020-06-01T00:00:00Z", read_at="2020-06-01T00:00:00Z",
    )  # fmt: skip
    with acting(actor_of(viewer)):
        export = asking.ask(kind="rosters.original", filters={"batch": batch.pk}, by=viewer, reason="inspection")
    Export.objects.filter(pk=export.pk).update(state="waiting", needs_approval=True, file=None, expires_at=None)
    export.refresh_from_db()
    assert export.area == county.COUNTY
    assert not exports.waiting_for(clerk, county.COUNTY).exists()
    assert exports.waiting_for(second, CITY).get() == export
    assert exports.approvers(export) == [f"{second.organisation.name} 市经办"]
    with pytest.raises(Refused, match="不能审批"):
        asking.approve(export=export, by=clerk)
    assert inspected["县经办"].get(reverse("exports:show", args=[export.pk])).status_code == 404
    assert inspected["县经办"].post(reverse("exports:decide", args=[export.pk]), {"verdict": "approve"}).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_is_written_past_the_application_is_no_reading(household: Household, inspected: dict[str, Client]) -> None:
    """Whoever takes a look away by hand is told to the county, of the county's own looks and of others."""
    clerk = User.objects.get(login="县经办")
    with acting(actor_of(clerk)):
        revealing.reveal(area=VILLAGE, subject="农户 1", numbers=1, by=clerk, reason="identify")
    with as_owner(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM exports_reveal")
    auditor = User.objects.get(login="县审计")
    with acting(actor_of(auditor)):
        told = audit.told(auditor).filter(table="exports_reveal", operation="delete").get()
        assert told.role != connection.settings_dict["USER"]


def test_whoever_holds_a_right_above_is_not_the_countys_to_reset(
    household: Household, inspectors: list[User], inspected: dict[str, Client]
) -> None:
    borrowed = inspectors[5]
    desk = inspected["县安全"]
    assert borrowed.name not in desk.get(reverse("security:people")).content.decode()
    for do in ("unlock", "password", "factor"):
        assert desk.post(reverse("security:secure", args=[borrowed.pk, do]), {"reason": "忘了"}).status_code == 404
    Grant.objects.filter(user=borrowed).update(ended_at="2020-06-01T00:00:00Z")
    assert borrowed.name in desk.get(reverse("security:people")).content.decode()


@pytest.mark.usefixtures("db")
def test_the_database_knows_the_same_readings_as_the_code() -> None:
    assert ACTS.keys() >= readings.ACTS
    assert watched().keys() >= readings.TABLES
    with connection.cursor() as cursor:
        for table in watched():
            for act in (*ACTS, "", "POST /exports/ask/"):
                cursor.execute("SELECT trail_reading(%s, %s)", [table, act])
                expected = table in readings.TABLES or act in readings.ACTS
                assert cursor.fetchone() == (expected,), (
                    f"{table}, {act}: a migration must say readings.declared(…) as anju/trail/readings.py does"
                )
