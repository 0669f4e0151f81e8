"""The audit page: who may open it, what its filters find, and the way from an entry to a household and back."""

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from anju.accounts.actions import admit, found
from anju.accounts.models import Organisation, User
from anju.audit import queries, words
from anju.audit.queries import Filters
from anju.evidence import store
from anju.exports.models import Export
from anju.jobs.models import Job
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.trail import sealing, watching
from anju.trail.acting import Actor, acting
from anju.trail.models import Entry

pytestmark = pytest.mark.django_db
VILLAGE, TOWN = "210922115201", "210922115"


@pytest.fixture
def cast_of(db: None) -> Callable[[str, str], User]:
    def make(role: str, area: str) -> User:
        office = found(name=f"{area}办公室", kind="discipline", area=area)
        if known := User.objects.filter(login=f"{role}-{area}").first():
            return known
        return admit(login=f"{role}-{area}", name=f"梁{area}", organisation=office, role=role, password="-", check_password=False)

    return make


@pytest.fixture
def household(db: None) -> Household:
    """One household, enrolled by a clerk of the county."""
    with acting(Actor(user="9", login="zhoumin", office="彰武县住建局", place="210922", low="210922", high="210922~")):
        registry.enrol(
            rows=[
                Enrolment(1, "t:1", "周德海", VILLAGE, "h1", relation="02", sex="1"),
                Enrolment(2, "t:2", "赵凤芹", VILLAGE, "h1", relation="10", sex="2"),
            ],
            on=date(2020, 1, 1),
            by=None,
            source="t",
        )
    return Household.objects.get()


def test_every_watched_table_has_a_word(db: None) -> None:
    assert set(words.TABLES) == set(watching.watched())


def test_only_those_who_audit_open_it(client: Client, cast_of: Callable[[str, str], User]) -> None:
    for role, status in (("audit_administrator", 200), ("discipline", 200), ("county_clerk", 403), ("system_administrator", 403)):
        client.force_login(cast_of(role, "210922"))
        for name in ("trail:list", "trail:root"):
            assert client.get(reverse(name)).status_code == status, (role, name)


def test_an_entry_of_another_area_is_not_there(client: Client, cast_of: Callable[[str, str], User], household: Household) -> None:
    entry = Entry.objects.filter(table="registry_household").latest("seq")
    assert entry.within == VILLAGE
    for area, status in (("210922", 200), (TOWN, 200), ("2109", 200), ("210921", 404), ("210922109", 404)):
        client.force_login(cast_of("discipline", area))
        assert client.get(reverse("trail:entry", args=[entry.seq])).status_code == status
    client.force_login(cast_of("discipline", "210921"))
    assert VILLAGE not in client.get(reverse("trail:list")).content.decode()


def test_an_act_has_its_name_and_leads_to_the_household(client: Client, cast_of: Callable[[str, str], User], household: Household) -> None:
    entry = Entry.objects.filter(table="registry_household").latest("seq")
    assert (entry.action, entry.login, entry.office) == ("register.enrolled", "zhoumin", "彰武县住建局")
    client.force_login(cast_of("discipline", "210922"))
    page = client.get(reverse("trail:entry", args=[entry.seq])).content.decode()
    assert "入册" in page
    assert reverse("households:page", args=[household.number]) in page
    for table in ("registry_person", "registry_membership", "registry_registration", "registry_change"):
        other = Entry.objects.filter(table=table).latest("seq")
        assert reverse("households:page", args=[household.number]) in client.get(reverse("trail:entry", args=[other.seq])).content.decode()
    client.force_login(cast_of("audit_administrator", "210922"))
    assert reverse("households:page", args=[household.number]) not in client.get(reverse("trail:entry", args=[entry.seq])).content.decode()


def test_the_timeline_leads_to_the_trail_for_those_who_audit(
    client: Client, cast_of: Callable[[str, str], User], household: Household
) -> None:
    entry = Entry.objects.filter(table="registry_change").earliest("seq")
    address = reverse("trail:entry", args=[entry.seq])
    client.force_login(cast_of("discipline", "210922"))
    page = client.get(reverse("households:page", args=[household.number])).content.decode()
    assert address in page
    assert "彰武县住建局" in page
    client.force_login(cast_of("county_clerk", "210922"))
    assert address not in client.get(reverse("households:page", args=[household.number])).content.decode()


def test_filters_find_by_who_office_table_act_kind_area_and_day(cast_of: Callable[[str, str], User], household: Household) -> None:
    user = cast_of("discipline", "21")
    today = timezone.localtime().date()

    def tables(**asked: str) -> set[str]:
        return set(queries.entries(user, Filters.read(asked)).values_list("table", flat=True))

    everything = tables()
    assert {"registry_household", "accounts_grant"} <= everything
    assert "accounts_grant" not in tables(who="zhoumin")
    assert tables(who="nobody") == set()
    assert "registry_household" in tables(office="彰武县住建局")
    assert tables(table="registry_person") == {"registry_person"}
    assert "registry_person" in tables(action="register.enrolled")
    assert tables(operation="delete", table="registry_person") == set()
    assert "registry_household" in tables(area="210922")
    assert "registry_household" not in tables(area="210921")
    assert tables(since=today.isoformat(), until=today.isoformat()) == everything
    assert tables(until="2020-01-01") == set()
    assert tables(since="not a day") == everything


def test_pages_are_found_by_key(client: Client, cast_of: Callable[[str, str], User]) -> None:
    user = cast_of("discipline", "210922")
    for at in range(120):
        Organisation.objects.create(name=f"局{at}", kind="housing", area="210922")
    found_ = queries.entries(user, Filters())
    whole = [entry.seq for entry in found_]
    first = queries.page(found_)
    second = queries.page(found_, after=first.next)
    third = queries.page(found_, after=second.next)
    assert [entry.seq for one in (first, second, third) for entry in one.rows] == whole
    assert (first.previous, third.next) == ("", "")
    assert [entry.seq for entry in queries.page(found_, before=second.previous).rows] == [entry.seq for entry in first.rows]
    client.force_login(user)
    assert "?after=" in client.get(reverse("trail:list")).content.decode()


@pytest.fixture
def background(django_capture_on_commit_callbacks: Any, jobs_inline: None) -> Callable[[], Any]:
    return lambda: django_capture_on_commit_callbacks(execute=True)


def test_what_is_seen_comes_as_a_workbook(
    client: Client, cast_of: Callable[[str, str], User], household: Household, background: Callable[[], Any]
) -> None:
    user = cast_of("audit_administrator", "210922")
    client.force_login(user)
    with background():
        client.post(reverse("exports:ask") + "?table=registry_household", {"kind": "trail.entries", "why": "inspection"})
    export = Export.objects.get()
    assert export.file is not None
    assert (export.state, export.rows) == (Export.State.READY, Entry.objects.filter(table="registry_household").count())
    assert export.number in client.get(reverse("exports:list")).content.decode()
    book = openpyxl.load_workbook(io.BytesIO(store.open(export.file).read()))
    cells = [cell for row in book.worksheets[0].iter_rows(values_only=True) for cell in row]
    assert "彰武县住建局" in cells
    assert "农户" in cells


def test_the_chain_is_verified_from_the_page(
    client: Client, cast_of: Callable[[str, str], User], household: Household, background: Callable[[], Any]
) -> None:
    client.force_login(cast_of("audit_administrator", "210922"))
    with background():
        client.post(reverse("trail:verify"))
    assert Job.objects.get(kind="audit.verify").result["sound"]
    page = client.get(reverse("trail:list")).content.decode()
    assert "核验完整" in page
    head = sealing.seal()
    assert str(head) in client.get(reverse("trail:root")).content.decode().replace("<wbr>", "")
