"""Households are marked as entered in a national system: pasted, from a workbook, taken back; counts by place; the form they are entered from."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.entries import actions, fields, queries
from anju.entries.actions import Marking
from anju.entries.fields import Asked, filled, fills, unfilled
from anju.entries.layouts import LAYOUTS
from anju.entries.models import SystemEntry
from anju.entries.refusal import Refused
from anju.evidence import store
from anju.exports.actions import asking
from anju.imports import actions as imports
from anju.imports.tests.conftest import FOREIGN, Send, number_of, write
from anju.registry import actions as registry
from anju.registry.models import Category, Household
from anju.rosters.tests import county

SAFETY, POVERTY, ARCHIVE = SystemEntry.System.SAFETY, SystemEntry.System.POVERTY, SystemEntry.System.ARCHIVE


def _home(head: str) -> Household:
    return Household.objects.get(number=number_of(head))


@pytest.fixture
def poor(clerk: User) -> list[Household]:
    """Three registered poor households in two townships."""
    homes = [_home(name) for name in ("周德海", "刘守义", "包玉霞")]
    for home in homes:
        registry.set_category(category=Category.objects.get(pk="JDLK"), household=home, on=county.AS_OF, by=clerk)
    return homes


def _numbers(system: str, area: str = county.COUNTY) -> tuple[int, int, int, int]:
    one = queries.tally(system, area)
    return one.due, one.entered, one.returned, one.open


def test_pasted_numbers_are_marked_and_those_that_cant_be_are_told(clerk: User, poor: list[Household]) -> None:
    foreign = Household.objects.get(memberships__person__name=FOREIGN.name)
    text = f"{poor[0].number}\n{poor[1].number}，{poor[0].number}\t210922109201-0099 胡写 {foreign.number}"
    done = actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=clerk, numbers=text)
    assert (done.changed, done.same) == (2, 0)
    assert dict(done.left) == {
        "210922109201-0099": "不是户编号，或没有这一户",
        "胡写": "不是户编号，或没有这一户",
        foreign.number: "已登记在辽宁省阜新市阜新蒙古族自治县，请与当地核实",
    }
    assert _numbers(SAFETY) == (3, 2, 0, 1)
    assert _numbers(POVERTY) == (3, 0, 0, 3)
    again = actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=clerk, numbers=poor[0].number)
    assert (again.changed, again.same, SystemEntry.objects.count()) == (0, 1, 2)


def test_a_sent_back_household_says_why_and_its_history_stays(clerk: User, poor: list[Household]) -> None:
    home = poor[0]
    actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=clerk, numbers=home.number)
    with pytest.raises(Refused, match="退回的要写明原因"):
        actions.mark_listed(system=SAFETY, state="returned", on=county.TODAY, by=clerk, numbers=home.number)
    actions.mark_listed(system=SAFETY, state="returned", on=county.TODAY, by=clerk, numbers=home.number, result="照片不清")
    assert queries.standing(home)[SAFETY].result == "照片不清"
    assert [one.state for one in queries.history(home)] == ["returned", "entered"]
    assert _numbers(SAFETY) == (3, 0, 1, 2)
    actions.withdraw(entry=queries.standing(home)[SAFETY], by=clerk, reason="登记错了")
    assert queries.standing(home)[SAFETY].state == "entered"
    first = SystemEntry.objects.order_by("id").first()
    assert first is not None
    with pytest.raises(Refused, match="已有新的登记"):
        actions.withdraw(entry=first, by=clerk, reason="登记错了")


def test_a_household_no_longer_due_stays_counted_where_it_was_entered(clerk: User, poor: list[Household]) -> None:
    actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=clerk, numbers=poor[0].number)
    for home in poor[:2]:
        registry.end_category(category=Category.objects.get(pk="JDLK"), household=home, on=county.TODAY, by=clerk)
    assert _numbers(SAFETY) == (2, 1, 0, 1)


def test_the_sum_of_places_is_the_whole_and_each_number_has_its_households(clerk: User, poor: list[Household]) -> None:
    actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=clerk, numbers=poor[2].number)
    towns = queries.tallies(SAFETY, county.COUNTY)
    assert [(one.area, one.due, one.entered, one.open) for one in towns] == [("210922109", 2, 0, 2), ("210922115", 1, 1, 0)]
    for one in towns:
        for state, count in (("", one.due), ("entered", one.entered), ("open", one.open), ("returned", one.returned)):
            assert queries.households(SAFETY, one.area, state).count() == count
    registry.record_support(year=2018, kind="修缮加固", amount=1_400_000, household=poor[0], by=clerk)
    assert _numbers(ARCHIVE) == (1, 0, 0, 1)


def test_a_department_marks_its_own_system_only(clerk: User, poor: list[Household]) -> None:
    office = found(name="彰武县扶贫办", kind="poverty", area=county.COUNTY)
    sender = admit(login="扶贫", name="扶贫", organisation=office, role="sender", password="-", check_password=False)
    with pytest.raises(Refused, match="“住房安全有保障信息平台”由住建部门录入"):
        actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=sender, numbers=poor[0].number)
    assert actions.mark_listed(system=POVERTY, state="entered", on=county.AS_OF, by=sender, numbers=poor[0].number).changed == 1
    cosigner = admit(login="会签", name="会签", organisation=office, role="cosigner", password="-", check_password=False)
    with pytest.raises(Refused, match="不能登记上级系统的录入情况"):
        actions.mark(system=POVERTY, rows=[Marking(poor[0].pk, "entered", county.AS_OF)], by=cosigner)


HEADINGS = ("户编号", "户主身份证号", "系统", "录入状态", "录入日期", "退回原因")


def test_a_workbook_marks_many_and_is_taken_back_whole(send: Send, clerk: User, poor: list[Household], tmp_path: Path, done: Any) -> None:
    actions.mark_listed(system=SAFETY, state="entered", on=county.AS_OF, by=clerk, numbers=poor[0].number)
    rows: list[dict[str, object]] = [
        {
            "户编号": poor[0].number,
            "系统": "住房安全有保障信息平台",
            "录入状态": "退回",
            "录入日期": "2020-05-30",
            "退回原因": "身份证号有误",
        },
        {"户编号": poor[0].number, "系统": "全国扶贫开发信息系统", "录入状态": "已录入"},
        {"户主身份证号": county.LIU.id_number, "系统": "国扶系统", "录入状态": "是"},
        {"户编号": poor[2].number, "系统": "全国扶贫开发信息系统", "录入状态": "退回"},
        {"户编号": poor[2].number, "系统": "别的系统", "录入状态": "已录入"},
        {"户编号": poor[2].number, "系统": "农户档案", "录入状态": "已录入", "录入日期": "2020-06-05"},
    ]
    batch = send(write(tmp_path / "上级系统录入.xlsx", rows, HEADINGS))
    assert (batch.kind, batch.rows_applied, batch.rows_refused) == ("entries", 3, 3)
    assert batch.faults == {"entry-returned-without-reason": 1, "choice-unknown": 1, "entry-unsaid": 1, "entry-later-than-today": 1}
    assert (_numbers(SAFETY), _numbers(POVERTY)) == ((3, 0, 1, 2), (3, 2, 0, 1))
    with done():
        imports.undo(batch=batch, by=clerk, reason="传错")
    batch.refresh_from_db()
    assert (batch.status, batch.rows_undone) == ("undone", 3)
    assert (_numbers(SAFETY), _numbers(POVERTY)) == ((3, 1, 0, 2), (3, 0, 0, 3))


def test_the_form_holds_what_is_known_and_leaves_open_what_nobody_fills_yet(clerk: User, poor: list[Household], done: Any) -> None:
    home = poor[0]
    registry.record_dwelling(
        household=home, kind="live", on=county.AS_OF, by=clerk, state={"year_built": 1985, "structure": "brick_timber", "main_area": 60}
    )
    registry.record_support(year=2018, kind="修缮加固", amount=1_400_000, household=home, by=clerk)
    with done():
        export = asking.ask(
            kind="entries.poverty",
            filters={"area": county.COUNTY, "state": "open"},
            by=clerk,
            reason="report",
            note="录入国扶系统",
            full=True,
        )
    export.refresh_from_db()
    assert export.state == "ready"
    assert export.file is not None
    sheet = openpyxl.load_workbook(io.BytesIO(store.open(export.file).read())).worksheets[0]
    lines = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert "没有公布" in str(lines[0][0])
    values = dict(zip(lines[2], lines[3], strict=True))
    assert (values["户编号"], values["户主姓名"], values["户主身份证号"]) == (home.number, "周德海", county.ZHOU.id_number)
    assert (values["乡镇"], values["行政村"], values["家庭人口"]) == ("满堂红镇", "小官村", 3)
    assert (values["A18 住房面积"], values["A19 人均住房面积"], values["A21 是否享受危房政策"], values["结构形式"]) == (
        60,
        20,
        "是",
        "砖木",
    )
    assert values["A20 主要住房是否危房"] is None
    masked = filled(["head_id_number", "phone"], [home.pk], Asked(county.TODAY, full=False))[home.pk]
    assert masked["head_id_number"] == "2109**********" + county.ZHOU.id_number[-4:]


def test_the_house_filled_in_is_the_one_lived_in(clerk: User, poor: list[Household]) -> None:
    rented, kept, renter = {"year_built": 2011, "main_area": 45}, {"year_built": 1979, "main_area": 80}, poor[0]
    for kind, state in (("rent", rented), ("own", kept)):
        registry.record_dwelling(household=renter, kind=kind, on=county.AS_OF, by=clerk, state=state)
    registry.record_dwelling(household=poor[1], kind="own", on=county.AS_OF, by=clerk, state=kept)
    got = filled(["year_built", "house_area"], [one.pk for one in poor[:2]], Asked(county.TODAY, full=False))
    assert [got[one.pk]["year_built"] for one in poor[:2]] == [2011, 1979]
    assert [got[one.pk]["house_area"] for one in poor[:2]] == [45, 80]


def test_a_later_step_fills_what_was_open(clerk: User, poor: list[Household], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fields, "_FILLERS", dict(fields._FILLERS))
    fields._FILLERS.pop("house_kind", None)
    keys = [one.key for one in LAYOUTS[POVERTY].fields]
    assert "house_kind" in unfilled(keys)

    @fills("house_kind")
    def kinds(households: Any, asked: Asked) -> dict[int, dict[str, object]]:
        return {key: {"house_kind": "旧房", "number": "不该出现"} for key in households}

    got = filled(["house_kind", "number"], [poor[0].pk], Asked(county.TODAY, full=False))
    assert "house_kind" not in unfilled(keys)
    assert got == {poor[0].pk: {"house_kind": "旧房", "number": poor[0].number}}


def test_the_pages_open_every_number_and_keep_what_was_pasted(client: Client, clerk: User, poor: list[Household], stranger: User) -> None:
    client.force_login(clerk)
    index = client.get(reverse("entries:list") + "?system=safety").content.decode()
    assert "满堂红镇" in index
    assert "area=210922109&amp;state=open" in index
    listed = client.get(reverse("entries:households") + "?system=safety&state=open&area=210922109").content.decode()
    assert poor[0].number in listed
    assert poor[2].number not in listed
    given = {"system": "safety", "state": "returned", "on": "2020-06-01", "result": "", "numbers": poor[0].number}
    answer = client.post(reverse("entries:mark"), given)
    assert answer.status_code == 422
    assert "退回的要写明原因" in answer.content.decode()
    assert poor[0].number in answer.content.decode()
    answer = client.post(reverse("entries:mark"), {**given, "result": "照片不清", "numbers": f"{poor[0].number}\n胡写"})
    assert "1 个没有登记" in answer.content.decode()
    entry = SystemEntry.objects.get()
    assert client.post(reverse("entries:withdraw", args=[entry.pk]), {"reason": "登记错了"}).status_code == 302
    assert _numbers(SAFETY) == (3, 0, 0, 3)
    client.force_login(stranger)
    assert client.post(reverse("entries:withdraw", args=[entry.pk]), {"reason": "看看"}).status_code == 404
    assert poor[0].number not in client.get(reverse("entries:households") + "?system=safety").content.decode()
