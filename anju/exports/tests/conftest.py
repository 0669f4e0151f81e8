"""The county of the lists: its people, a register, a list with everything wrong that a list can have."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.evidence import store
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.models import Batch, BatchRow
from anju.rosters.tests import county
from anju.rosters.tests.conftest import (
    Receive,
    clerk,
    cosigner,
    done,
    places,
    receive,
    register,
    sender,
    stranger,
    township,
)

__all__ = ["clerk", "cosigner", "done", "places", "receive", "register", "sender", "stranger", "township"]

EVIL = "=HYPERLINK(吴老六)"


def person(login: str, role: str, area: str = county.COUNTY, kind: str = "housing") -> User:
    """Somebody more."""
    office = found(name=f"{area}{kind}局", kind=kind, area=area)
    return admit(login=login, name=login, organisation=office, role=role, password="-", check_password=False)


@pytest.fixture
def colleague(places: None) -> User:
    """The county's other clerk: the second person."""
    return person("王主任", "county_clerk")


@pytest.fixture
def discipline(places: None) -> User:
    """Who audits."""
    return person("梁实", "discipline", kind="discipline")


@pytest.fixture
def administrator(places: None) -> User:
    """Who sets the mask policy."""
    return person("管理员", "security_administrator", area="")


@pytest.fixture
def listed(clerk: User) -> Batch:
    """Five rows of a list as it was read, not compared with anything: four of one township, one of them wrong; one of the other."""
    kept = store.put(io.BytesIO(b"list"), name="农村低保.csv", media_type="text/csv", by=clerk)
    batch = Batch.objects.create(
        area=county.COUNTY,
        owner="civil_affairs",
        title="农村低保名单",
        as_of=county.AS_OF,
        file=kept,
        status="matched",
        rows_total=5,
        received_by=clerk,
        received_at=timezone.now(),
        read_at=timezone.now(),
    )
    for at, one in enumerate((county.ZHOU, county.ZHAO, county.SUN, county.LIU, county.BAO)):
        village = "210922115201" if one is county.BAO else "210922109201"
        faulty = one is county.LIU
        BatchRow.objects.create(
            batch=batch, sheet="1", row=at + 2, area=village, placed=True, name=EVIL if one is county.SUN else one.name,
            id_number=one.id_number, outcome="faulty" if faulty else "clean",
        )  # fmt: skip
    return batch


@pytest.fixture
def household(clerk: User) -> Household:
    """周德海, his wife and their grandson in the register."""
    rows = [
        Enrolment(
            ordinal=at, source=f"test:{at}", household_key="1", name=one.name, area="210922109201", id_number=one.id_number,
            birth_precision="day", birth_date=date(int(one.born[:4]), int(one.born[4:6]), int(one.born[6:])), relation=relation,
        )
        for at, (one, relation) in enumerate(((county.ZHOU, "02"), (county.ZHAO, "10"), (county.PENG, "41")))
    ]  # fmt: skip
    registry.enrol(rows=rows, on=date(2020, 1, 1), by=clerk, source="test")
    return Household.objects.get()


@pytest.fixture
def allowance(register: Batch, receive: Receive, tmp_path: Path) -> Batch:
    """A number wrong, a changed head, somebody new whose name is a formula, over two townships; a second version of it."""
    newcomer = county.Someone("", EVIL, "19500505", 71, "户主")
    rows = [
        county.allowance_row(county.ZHAO, cert="低1", head="赵凤芹", relation="户主"),
        county.allowance_row(county.ZHOU, cert="低1", head="赵凤芹", relation="配偶"),
        county.allowance_row(county.LIU, cert="低2", head="刘守义", id_number=county.broken(county.LIU.id_number)),
        county.allowance_row(newcomer, cert="低9", head=EVIL),
        county.allowance_row(county.BAO, cert="低42", head="包玉霞"),
        county.allowance_row(county.BAO, cert="低42", head="包玉霞"),
    ]
    receive(county.write(tmp_path / "农村低保4月.csv", county.ALLOWANCE, rows), as_of=county.AS_OF.replace(month=4, day=30))
    return receive(county.write(tmp_path / "农村低保5月.csv", county.ALLOWANCE, rows[1:]), as_of=county.AS_OF)


@pytest.fixture
def at_desk(client: Client) -> Any:
    """``at_desk(user)``: that user's browser."""

    def sit(who: User) -> Client:
        browser = Client()
        browser.force_login(who)
        return browser

    return sit
