"""A township looks at 300 households and decides of them in one act, each in its own words: on the page, and by the workbook that the page hands out."""

import io
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals.actions.no_house import determine
from anju.appraisals.models import NoHouse
from anju.appraisals.tests.conftest import COUNTY, TODAY, TOWNSHIP, person, send, take_back
from anju.appraisals.tests.workbooks import TakeBack
from anju.cases import actions
from anju.cases.models import Case, CaseStep
from anju.cases.tests.conftest import APPLIED, APPRAISED, Road, on_a_locked_list
from anju.clock.actions import set_today
from anju.exports.actions.asking import ask
from anju.exports.refusal import Refused as NotAllowed
from anju.exports.tests.test_what_leaves_as_a_file import made
from anju.imports import actions as imports
from anju.imports.models import ImportBatch
from anju.registry import actions as registry
from anju.registry.models import Household, HouseholdCard, Person
from anju.registry.tests.test_cards import card
from anju.rosters.tests.conftest import done

__all__ = ["done", "send", "take_back"]
pytestmark = pytest.mark.django_db
CROWD = 300


@pytest.fixture
def crowd(request: pytest.FixtureRequest, clerk: User, homes: list[Household]) -> list[Household]:
    """Households on the locked list that have no house, as many as a test asks for."""
    many = getattr(request, "param", 4)
    names = ["李" + chr(0x4E00 + at) for at in range(1, many + 1)]
    made = on_a_locked_list(clerk, names, title="建档立卡户（续）", source="t:crowd")
    determine(
        household=made[0], applied_on=APPRAISED, village_on=APPRAISED, village_opinion="情况属实", township_opinion="同意", by=clerk, on=APPRAISED
    )  # fmt: skip
    first = NoHouse.objects.get()
    same = {one.attname: getattr(first, one.attname) for one in NoHouse._meta.concrete_fields if not one.primary_key}
    NoHouse.objects.bulk_create([NoHouse(**{**same, "household_id": one.pk}) for one in made[1:]])
    return made


@pytest.fixture
def posted(crowd: list[Household], road: Road, collector: User) -> list[Case]:
    """Their cases, voted upon and posted in the village."""
    said = [actions.Application(household=one.pk, on=APPLIED, words="没有住房") for one in crowd]
    assert actions.apply_many(applications=said, by=collector) == {}
    cases = list(Case.objects.order_by("pk"))
    road._reviewed(cases)
    cases = list(Case.objects.order_by("pk"))
    assert road._village(cases) == {}
    set_today(day=TODAY)
    return list(Case.objects.order_by("pk"))


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize("crowd", [CROWD], indirect=True)
def test_three_hundred_are_visited_and_passed_on_the_page_in_one_act_each_in_its_own_words(posted: list[Case], township: User) -> None:
    client, address = _browser(township), reverse("cases:many", args=["review-township"])
    day = posted[0].since.isoformat()
    given: dict[str, Any] = {"case": [one.number for one in posted], "on": day, "visited_on": day, "opinion": "同意"}
    for at, case in enumerate(posted):
        given |= {f"seen-{case.number}": f"第 {at} 户：借住亲戚家", f"opinion-{case.number}": f"情况属实 {at}" if at % 2 else ""}
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = client.post(address, given)
    assert answer.status_code == 302, answer.content.decode()[:2000]
    assert len(asked) < 150
    assert Case.objects.filter(stage="township_reviewed").count() == CROWD
    seen = dict(CaseStep.objects.filter(code="visit").values_list("case_id", "details__seen"))
    opinions = dict(CaseStep.objects.filter(code="review_township").values_list("case_id", "details__opinion"))
    assert [seen[one.pk] for one in posted] == [f"第 {at} 户：借住亲戚家" for at in range(CROWD)]
    assert [opinions[one.pk] for one in posted] == [f"情况属实 {at}" if at % 2 else "同意" for at in range(CROWD)]


def test_who_isnt_passed_stays_with_why_and_with_what_was_written_of_it(posted: list[Case], township: User, clerk: User) -> None:
    registry.set_flag(flag="public_employee", household=posted[1].household, on=APPLIED, by=clerk)
    client, address = _browser(township), reverse("cases:many", args=["review-township"])
    some = posted[:3]
    given: dict[str, Any] = {"case": [one.number for one in some], "on": some[0].since.isoformat(), "opinion": "同意", "visited_on": ""}
    given |= {f"seen-{one.number}": f"看到 {at}" for at, one in enumerate(some[:2])}
    answer = client.post(address, given)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert [Case.objects.get(pk=one.pk).stage for one in some] == ["township_reviewed", "village_posted", "village_posted"]
    assert "国家公职人员" in page
    assert "还没有登记入户核实" in page
    assert 'value="看到 1"' in page
    assert 'value="看到 0"' not in page
    assert not posted[1].steps.filter(code="visit").exists()


def test_visits_are_recorded_for_many_with_a_common_word_where_one_has_none(posted: list[Case], township: User) -> None:
    client, address = _browser(township), reverse("cases:many", args=["visit"])
    some = posted[:3]
    given: dict[str, Any] = {"case": [one.number for one in some], "on": some[0].since.isoformat()}
    silent = client.post(address, {**given, f"seen-{some[0].number}": "墙裂"})
    assert silent.status_code == 422
    assert "请写明入户看到的情况" in silent.content.decode()
    assert client.post(address, {**given, "case": [one.number for one in some[1:]], "seen": "无房，借住"}).status_code == 302
    assert list(CaseStep.objects.filter(code="visit").order_by("case").values_list("details__seen", flat=True)) == [
        "墙裂",
        "无房，借住",
        "无房，借住",
    ]
    shown = client.get(reverse("cases:many", args=["review-township"])).content.decode()
    assert f'name="opinion-{some[0].number}"' in shown
    assert f'name="seen-{some[0].number}"' not in shown  # was seen


def test_a_department_says_its_own_of_single_households(posted: list[Case], township: User, road: Road) -> None:
    some = posted[:2]
    road.day = some[0].since
    road._township(some)
    road._township_posted([Case.objects.get(pk=one.pk) for one in some])
    set_today(day=max(road.day, TODAY))
    client = _browser(road.people["civil_affairs"])
    given = {"case": [one.number for one in some], "on": road.day.isoformat(), "note": "无异议", f"note-{some[1].number}": "低保已退出"}
    answer = client.post(reverse("cases:many", args=["check"]), given)
    assert answer.status_code == 302, answer.content.decode()[:1500]
    notes = list(CaseStep.objects.filter(code="check_civil_affairs").order_by("case").values_list("details__note", flat=True))
    assert notes == ["无异议", "低保已退出"]


# ------------------------------------------------------------------------------------------------ out, filled in, and back

Done = Callable[[], AbstractContextManager[Any]]


def _sheet(work: str, by: User, done: Done) -> openpyxl.Workbook:
    with done():
        export = ask(kind="cases.sheet", filters={"work": work}, by=by, reason="daily")
    return openpyxl.load_workbook(io.BytesIO(made(export)))


def _fill(book: openpyxl.Workbook, say: Callable[[int], dict[str, object]], path: Path) -> Path:
    """The handed-out workbook with what is said of each of its rows, saved."""
    sheet = book["填报"]
    columns = {str(cell.value): cell.column for cell in sheet[2]}
    for at, row in enumerate(range(3, sheet.max_row + 1)):
        for heading, value in say(at).items():
            sheet.cell(row=row, column=columns[heading]).value = value
    book.save(path)
    return path


def _read_in(path: Path, by: User, done: Done) -> ImportBatch:
    with done():
        batch = imports.receive(file=path, name=path.name, by=by, area=by.area, as_of=TODAY)
    batch.refresh_from_db()
    return batch


@pytest.mark.parametrize("crowd", [CROWD], indirect=True)
def test_the_sheet_of_those_that_wait_is_filled_in_and_sent_back(
    posted: list[Case], township: User, done: Done, take_back: TakeBack, tmp_path: Path
) -> None:
    book = _sheet("visit", township, done)
    sheet = book["填报"]
    assert sheet.max_row == 2 + CROWD
    assert {str(sheet.cell(row=row, column=1).value) for row in range(3, sheet.max_row + 1)} == {one.number for one in posted}
    day = posted[0].since
    path = _fill(
        book,
        lambda at: {"入户看到的情况": f"第 {at} 户借住", "审核结论": "通过", "审核意见": f"属实 {at}", "审核日期": day.isoformat()},
        tmp_path / "填好的表.xlsx",
    )
    with CaptureQueriesContext(connection) as asked:
        batch = _read_in(path, township, done)
    assert (batch.kind, batch.status, batch.rows_applied, batch.rows_refused) == ("reviews", "done", CROWD, 0), batch.faults
    assert len(asked) < 300
    assert Case.objects.filter(stage="township_reviewed").count() == CROWD
    assert len(set(CaseStep.objects.filter(code="review_township").values_list("details__opinion", flat=True))) == CROWD
    undone = take_back(batch, township)
    assert (undone.status, undone.rows_undone) == ("undone", CROWD)
    assert Case.objects.filter(stage="village_posted", marks=[]).count() == CROWD


def test_each_work_hands_out_its_own_workbook(dangerous: list[Household], road: Road, done: Done, tmp_path: Path) -> None:
    collector, clerk = road.people["village"], road.people["county"]
    road.to("applied", *dangerous[:2])
    path = _fill(
        _sheet("review", collector, done),
        lambda at: {"会议日期": (APPLIED + timedelta(days=1)).isoformat(), "应到人数": 40, "实到人数": 30, "同意人数": 29, "主持人": "金国栋", "记录人": "金淑珍"},
        tmp_path / "村评议.xlsx",
    )  # fmt: skip
    assert _read_in(path, collector, done).rows_applied == 2
    road.day = APPLIED + timedelta(days=1)
    cases = list(Case.objects.order_by("pk"))
    for step in (road._village, road._township, road._township_posted, road._checked, road._county):
        assert not step(cases)
        cases = list(Case.objects.order_by("pk"))
    set_today(day=TODAY)
    actions.make_plan(area=COUNTY, year=2020, households=100, complete_due=date(2020, 6, 25), by=clerk)
    path = _fill(
        _sheet("approve", clerk, done),
        lambda at: {"改造方式": "原址拆除重建", "批准主房面积": 40, "补助金额（元）": 24000, "金额的依据": "彰住建〔2020〕3号"},
        tmp_path / "审批.xlsx",
    )
    assert _read_in(path, clerk, done).rows_applied == 2
    assert set(Case.objects.values_list("stage", flat=True)) == {"approved"}


def test_the_sheet_of_cards_to_be_renewed_names_the_heads_of_today_and_comes_back_with_their_cards(
    dangerous: list[Household], road: Road, done: Done, tmp_path: Path
) -> None:
    clerk, township = road.people["county"], road.people["township"]
    road.to("applied", dangerous[0])
    registry.record_card(household=dangerous[0], by=clerk, number=card(1), holder="周德海", bank="农业银行", since=APPLIED)
    heir = registry.add_member(
        household=dangerous[0], person=registry.NewPerson(name="周建国", sex="1"), relation_code="20", on=APPLIED, by=clerk
    )
    registry.change_head(household=dangerous[0], head=Person.objects.get(pk=heir.pk), on=TODAY, by=clerk)
    set_today(day=TODAY)
    book = _sheet("card", township, done)
    assert "周建国" in [cell.value for cell in book["填报"][3]]
    path = _fill(book, lambda at: {"银行卡号": card(2), "持卡人": "周建国", "开户银行": "农业银行"}, tmp_path / "银行卡.xlsx")
    batch = _read_in(path, township, done)
    assert (batch.kind, batch.rows_applied, batch.rows_refused) == ("cards", 1, 0), batch.faults
    assert HouseholdCard.objects.open().get().holder.name == "周建国"


def test_a_sheet_holds_only_what_waits_for_whoever_asks(posted: list[Case], township: User, collector: User, done: Done) -> None:
    assert _sheet("visit", collector, done)["填报"].max_row == 2  # the village visits nobody
    assert _sheet("visit", person("别镇", "township_reviewer", "210922115"), done)["填报"].max_row == 2
    with pytest.raises(NotAllowed):
        ask(kind="cases.sheet", filters={"work": "visit"}, by=person("鉴定", "appraiser", TOWNSHIP), reason="daily")
    with pytest.raises(NotAllowed):
        ask(kind="cases.sheet", filters={"work": "report"}, by=township, reason="daily")
