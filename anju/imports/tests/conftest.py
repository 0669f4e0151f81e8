"""The county's register and its offices; workbooks of houses as a township would send them, read in as in an installation."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.imports import actions
from anju.imports.models import ImportBatch
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.tests import county
from anju.vocabulary import relation

DAY = county.AS_OF
VILLAGES = {"小官村": "210922109201", "大官村": "210922109202", "程沟村": "210922115201", "桃李村": "210921100201"}
HEADINGS = ("户编号", "户主姓名", "户主身份证号", "乡镇", "村", "建造年代", "结构形式", "主房面积", "层数", "经度", "纬度", "坐标系")
FOREIGN = county.Someone("100001", "佟山", "19500707", 61, "户主", "阜新镇", "桃李村")
Send = Callable[..., ImportBatch]


def _user(login: str, area: str, role: str) -> User:
    office = found(name=f"{login}单位", kind="housing", area=area)
    return admit(login=login, name=login, organisation=office, role=role, password="-", check_password=False)


@pytest.fixture
def clerk(db: None) -> User:
    """The county's housing clerk, with two counties around and everybody enrolled."""
    for code, name in county.PLACES:
        county.place(code, name)
    set_today(day=county.TODAY)
    someone = _user("周敏", county.COUNTY, "county_clerk")
    enrol((*county.EVERYBODY, FOREIGN), someone)
    return someone


def enrol(people: Iterable[county.Someone], by: User | None) -> None:
    """Puts people on the register, the year begun."""
    codes = {name: code for code, name in relation.NAMES.items()}
    rows = [
        Enrolment(
            ordinal=at,
            source=f"t:{one.household}:{one.sequence}",
            household_key=one.household,
            name=one.name,
            area=VILLAGES[one.village],
            id_number=one.id_number,
            relation={"户主": "02", "配偶": "10"}.get(one.relation, codes.get(one.relation, "97")),
        )
        for at, one in enumerate(people)
    ]
    registry.enrol(rows=rows, on=county.AS_OF.replace(month=1, day=1), by=by, source="t")


@pytest.fixture
def stranger(clerk: User) -> User:
    """The clerk of the next county."""
    return _user("邻县", county.OTHER_COUNTY, "county_clerk")


@pytest.fixture
def done(jobs_inline: None, django_capture_on_commit_callbacks: Any) -> Callable[[], AbstractContextManager[Any]]:
    """Inside, background work put on the queue is done when the block ends."""
    return lambda: django_capture_on_commit_callbacks(execute=True)


@pytest.fixture
def send(clerk: User, done: Callable[[], AbstractContextManager[Any]]) -> Send:
    """Reads a workbook in as the clerk and lets the background work happen."""

    def read_in(path: Path, by: User | None = None, **more: Any) -> ImportBatch:
        with done():
            batch = actions.receive(
                file=path, name=path.name, by=by or clerk, area=more.pop("area", county.COUNTY), as_of=more.pop("as_of", DAY), **more
            )
        batch.refresh_from_db()
        return batch

    return read_in


def write(path: Path, rows: Sequence[Mapping[str, object]], headings: Sequence[str] = HEADINGS) -> Path:
    """A workbook with a row for each; what a row doesn't say stays empty."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("房屋")
    for column, heading in enumerate(headings):
        sheet.write_string(0, column, heading)
    for at, row in enumerate(rows, 1):
        assert not set(row) - set(headings)
        for column, heading in enumerate(headings):
            value = row.get(heading)
            if isinstance(value, int | float):
                sheet.write_number(at, column, value)
            elif value is not None:
                sheet.write_string(at, column, str(value))
    book.close()
    return path


def number_of(head: str) -> str:
    """The number of the household of which that person is the head."""
    return Household.objects.get(memberships__person__name=head, memberships__relation=relation.HEAD).number
