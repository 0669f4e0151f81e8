"""Excel in: applications, votes, opinions, approvals and bank cards; what can't be goes back row by row, and a workbook is taken back whole."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.tests.conftest import COUNTY, TODAY, VILLAGE, person, send, take_back
from anju.appraisals.tests.workbooks import Send, TakeBack, faults, said
from anju.cases import actions, rules
from anju.cases.importing import APPLICATIONS, APPROVALS, CARDS, REVIEWS, VOTES
from anju.cases.models import Case, CaseArchive, CaseStep
from anju.cases.standing import COLUMNS, standing
from anju.cases.tests.conftest import APPLIED, Road, pictured
from anju.clock.actions import set_today
from anju.imports import actions as imports
from anju.imports.kinds import Kind, declared, kind_of
from anju.imports.models import ImportBatch
from anju.imports.refusal import AlreadyImported
from anju.imports.refusal import Refused as NotImported
from anju.imports.tests.conftest import write
from anju.registry import actions as registry
from anju.registry.models import Household, HouseholdCard, Person
from anju.registry.tests.test_cards import card
from anju.tabular.reading import recognise
from anju.tabular.unreadable import Unreadable
from anju.tabular.writing import template

__all__ = ["send", "take_back"]
pytestmark = pytest.mark.django_db
KINDS = (APPLICATIONS, APPROVALS, CARDS, REVIEWS, VOTES)
BANK = "彰武县农村信用联社"
APPLYING = ("户编号", "户主姓名", "申请日期", "申请理由")
VOTING = ("改造编号", "会议日期", "应到人数", "实到人数", "同意人数", "主持人", "记录人")
REVIEWING = ("改造编号", "户编号", "入户看到的情况", "入户日期", "审核结论", "审核意见", "审核日期")
APPROVING = ("改造编号", "改造方式", "批准主房面积", "批准附属房面积", "补助金额（元）", "金额的依据", "批准日期")
HOLDING = ("户编号", "户主姓名", "银行卡号", "持卡人", "开户银行", "启用日期")


def _stages(cases: Sequence[Case]) -> list[str]:
    return [Case.objects.get(pk=one.pk).stage for one in cases]


def _outcome(batch: ImportBatch) -> tuple[str, int, int]:
    return batch.status, batch.rows_applied + batch.rows_noted, batch.rows_refused


def _replayed() -> None:
    """Every case stands where its steps say."""
    for case in Case.objects.all():
        told = standing(case.steps.order_by("id"))
        assert {name: getattr(case, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}


def _filled(kind: Kind, path: Path) -> Path:
    """A workbook with the headings of the kind's template and its example as a row."""
    return write(
        path, [{one.title: one.example for one in kind.layout.columns if one.example != ""}], [one.title for one in kind.layout.columns]
    )


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
def test_its_template_is_recognised_as_what_it_is_and_its_example_row_is_no_data(kind: Kind, tmp_path: Path) -> None:
    layouts = [one.layout for one in declared()]
    seen = recognise(_filled(kind, tmp_path / "表.xlsx"), layouts, name="表.xlsx")
    assert (seen.layout, seen.missing) == (kind.layout, ())
    template(kind.layout, tmp_path / "模板.xlsx")
    with pytest.raises(Unreadable, match="只有表头"):
        recognise(tmp_path / "模板.xlsx", layouts, name="模板.xlsx")
    assert kind_of(kind.key) is kind
    assert kind.undo is not None


# ------------------------------------------------------------------------------------------------ applications


def test_applications_are_taken_row_by_row_and_those_that_cant_be_go_back(
    send: Send, clerk: User, collector: User, dangerous: list[Household], road: Road
) -> None:
    actions.apply(household=dangerous[1], by=collector, on=APPLIED)
    rows: list[dict[str, object]] = [{"户编号": one.number, "申请日期": "2020-03-11", "申请理由": "墙体开裂"} for one in dangerous]
    rows[2]["申请日期"] = "2020-06-11"
    rows.append({"户主姓名": "没有这个人", "申请日期": "2020-03-11"})
    batch = send(rows, APPLYING, clerk, "改造申请表.xlsx")
    assert (batch.kind, *_outcome(batch)) == ("applications", "done", 2, 4)
    first, last = Case.objects.get(household=dangerous[0]), Case.objects.get(household=dangerous[4])
    assert (first.applied_on, first.grade, first.stage, last.grade) == (date(2020, 3, 11), "D", "applied", "none")
    step = first.steps.get()
    assert (step.details["note"], step.by, first.entered, step.source) == ("墙体开裂", clerk, step.pk, first.source)
    assert "还在办理" in said(batch, 3)
    assert "晚于今天" in said(batch, 4)
    assert "不是 C、D 级" in said(batch, 5)
    assert faults(batch).keys() >= {rules.ONE_OPEN.id, rules.DAY.id, rules.GRADE.id}
    _replayed()


def test_numbers_are_given_in_the_order_of_the_rows_and_go_on_on_the_page(
    send: Send, clerk: User, dangerous: list[Household], road: Road
) -> None:
    rows: list[dict[str, object]] = [{"户编号": one.number, "申请日期": "2020-03-11"} for one in (dangerous[2], dangerous[0])]
    send(rows, APPLYING, clerk, kind="applications")
    numbers = [Case.objects.get(household=one).number for one in (dangerous[2], dangerous[0])]
    assert numbers == [f"{COUNTY}-GZ2020-000001", f"{COUNTY}-GZ2020-000002"]
    assert road.applied(dangerous[1]).number == f"{COUNTY}-GZ2020-000003"


def test_applications_taken_by_mistake_end_with_the_reason_but_for_those_that_went_on(
    send: Send, take_back: TakeBack, dangerous: list[Household], road: Road
) -> None:
    clerk, collector = road.people["county"], road.people["village"]
    rows: list[dict[str, object]] = [{"户编号": one.number, "申请日期": "2020-03-11"} for one in dangerous[:3]]
    batch = send(rows, APPLYING, clerk, kind="applications")
    gone_on = Case.objects.get(household=dangerous[0])
    actions.review_many(
        votes=[actions.Vote(gone_on.pk, 22)], by=collector, due=40, came=28, chair="金书记", recorder="金淑珍", on=date(2020, 3, 12),
        album=pictured("review", gone_on, collector),
    )  # fmt: skip
    undone = take_back(batch, clerk)
    assert (undone.status, undone.rows_undone) == ("done", 2)
    assert _stages(list(Case.objects.order_by("pk"))) == ["reviewed", "refused", "refused"]
    assert "之后又办了“登记村评议”" in said(undone, 2)
    assert "撤销批量录入" in CaseStep.objects.get(case__household=dangerous[1], code="refuse").reason
    assert actions.apply(household=dangerous[1], by=collector, on=TODAY).stage == "applied"
    _replayed()


# ------------------------------------------------------------------------------------------------ votes


def test_votes_of_several_meetings_come_in_one_workbook(
    send: Send, take_back: TakeBack, collector: User, dangerous: list[Household], road: Road
) -> None:
    cases = road.to("applied", *dangerous[:3])
    rows: list[dict[str, object]] = [
        {"改造编号": cases[0].number, "会议日期": "2020-03-12", "应到人数": 40, "实到人数": 28, "同意人数": 26, "主持人": "金国栋", "记录人": "金淑珍"},
        {"改造编号": cases[1].number, "会议日期": "2020-03-13", "应到人数": 40, "实到人数": 30, "同意人数": 12, "主持人": "金国栋", "记录人": "金淑珍"},
        {"改造编号": cases[2].number, "会议日期": "2020-03-13", "应到人数": 40, "实到人数": 30, "同意人数": 29, "主持人": "金国栋"},
        {"改造编号": "210922-GZ2020-009999", "会议日期": "2020-03-13", "应到人数": 40, "实到人数": 30, "同意人数": 29, "主持人": "金国栋", "记录人": "金淑珍"},
    ]  # fmt: skip
    batch = send(rows, VOTING, collector)
    assert (batch.kind, *_outcome(batch)) == ("votes", "done", 1, 3)
    assert _stages(cases) == ["reviewed", "applied", "applied"]
    step = cases[0].steps.get(code="review")
    assert (step.on, step.details["agreed"], step.details["chair"]) == (date(2020, 3, 12), 26, "金国栋")
    assert "没有过半" in said(batch, 3)
    assert "“记录人”列：没有写" in said(batch, 4)
    assert "辖区内没有 210922-GZ2020-009999" in said(batch, 5)
    assert take_back(batch, collector).status == "undone"
    assert _stages(cases) == ["applied", "applied", "applied"]
    _replayed()


@pytest.mark.parametrize(
    "numbers", [(0, 0, 0), (10, 12, 9), (40, 28, 29), (-3, -2, -1), (100_001, 100_001, 100_001), (10**15, 10**15, 10**15)]
)
def test_impossible_votes_are_refused(
    send: Send, collector: User, dangerous: list[Household], road: Road, numbers: tuple[int, int, int]
) -> None:
    (case,) = road.to("applied", dangerous[0])
    due, came, agreed = numbers
    row: dict[str, object] = {"改造编号": case.number, "会议日期": "2020-03-12", "主持人": "金国栋", "记录人": "金淑珍"}
    batch = send([{**row, "应到人数": due, "实到人数": came, "同意人数": agreed}], VOTING, collector)
    assert batch.status == "done"
    assert (batch.rows_refused, _stages([case])) == (1, ["applied"])
    assert "case-meeting" in faults(batch)


# ------------------------------------------------------------------------------------------------ the township


def test_each_household_is_reviewed_in_its_own_words(
    send: Send, take_back: TakeBack, township: User, dangerous: list[Household], road: Road
) -> None:
    cases = road.to("village_posted", *dangerous[:3], dangerous[4])
    day = road.later().isoformat()
    set_today(day=TODAY)
    rows: list[dict[str, object]] = [
        {"改造编号": cases[0].number, "入户看到的情况": "墙体开裂", "入户日期": day, "审核结论": "通过", "审核意见": "情况属实", "审核日期": day},
        {"户编号": dangerous[1].number, "入户看到的情况": "屋面漏雨", "审核结论": "同意", "审核日期": day},
        {"改造编号": cases[2].number, "入户看到的情况": "名单年龄与本人不符", "审核结论": "退回", "审核意见": "身份证号与户口簿不一致", "审核日期": day},
        {"改造编号": cases[3].number, "审核结论": "不符合", "审核日期": day},
    ]  # fmt: skip
    batch = send(rows, REVIEWING, township)
    assert (batch.kind, *_outcome(batch)) == ("reviews", "done", 3, 1)
    assert _stages(cases) == ["township_reviewed", "township_reviewed", "returned", "village_posted"]
    assert [cases[at].steps.get(code="visit").details["seen"] for at in (0, 1, 2)] == ["墙体开裂", "屋面漏雨", "名单年龄与本人不符"]
    assert cases[0].steps.get(code="review_township").details["opinion"] == "情况属实"
    assert cases[2].steps.get(code="return").reason == "身份证号与户口簿不一致"
    assert "要写明理由" in said(batch, 5)
    assert take_back(batch, township).status == "undone"
    assert _stages(cases) == ["village_posted"] * 4
    assert all("visit" not in Case.objects.get(pk=one.pk).marks for one in cases)
    _replayed()


def test_a_visit_is_not_recorded_where_the_opinion_is_refused(
    send: Send, township: User, clerk: User, dangerous: list[Household], road: Road
) -> None:
    cases = road.to("village_posted", *dangerous[:2])
    day = road.later().isoformat()
    set_today(day=TODAY)
    registry.set_flag(flag="public_employee", household=dangerous[1], on=APPLIED, by=clerk)
    rows: list[dict[str, object]] = [
        {"改造编号": one.number, "入户看到的情况": "墙体开裂", "审核结论": "通过", "审核日期": day} for one in cases
    ]
    batch = send(rows, REVIEWING, township)
    assert _outcome(batch) == ("done", 1, 1)
    assert "国家公职人员" in said(batch, 3)
    assert [one.steps.filter(code="visit").count() for one in cases] == [1, 0]
    _replayed()


def test_who_was_visited_already_says_nothing_of_it_in_the_workbook(
    send: Send, township: User, dangerous: list[Household], road: Road
) -> None:
    cases = road.to("village_posted", *dangerous[:2])
    day = road.later()
    for case in cases:
        actions.visit(case=case, by=township, seen="墙体开裂", on=day)
    set_today(day=TODAY)
    rows: list[dict[str, object]] = [
        {"改造编号": cases[0].number, "审核结论": "通过", "审核日期": day.isoformat()},
        {"改造编号": cases[1].number, "入户看到的情况": "又看了", "审核结论": "通过", "审核日期": day.isoformat()},
    ]
    batch = send(rows, REVIEWING, township)
    assert _stages(cases) == ["township_reviewed", "village_posted"]
    assert "空着" in said(batch, 3)


# ------------------------------------------------------------------------------------------------ the county


def test_the_county_approves_each_household_by_its_own_row(
    send: Send, take_back: TakeBack, clerk: User, dangerous: list[Household], road: Road
) -> None:
    cases = road.to("county_posted", *dangerous[:3])
    actions.make_plan(area=COUNTY, year=2020, households=100, complete_due=date(2020, 6, 25), by=clerk)
    day = road.later().isoformat()
    set_today(day=TODAY)
    basis = "彰住建〔2020〕3号"
    rows: list[dict[str, object]] = [
        {"改造编号": cases[0].number, "改造方式": "原址翻建", "批准主房面积": 40, "批准附属房面积": 10, "补助金额（元）": "2.4万元", "金额的依据": basis, "批准日期": day},
        {"改造编号": cases[1].number, "改造方式": "重建", "批准主房面积": 400, "补助金额（元）": 24000, "金额的依据": basis, "批准日期": day},
        {"改造编号": cases[2].number, "改造方式": "维修加固", "补助金额（元）": 6000.5, "金额的依据": basis, "批准日期": day},
    ]  # fmt: skip
    archives = dict(CaseArchive.objects.values_list("case", "required"))
    batch = send(rows, APPROVING, clerk)
    assert (batch.kind, *_outcome(batch)) == ("approvals", "done", 2, 1)
    assert CaseArchive.objects.get(case=cases[0]).required > archives[cases[0].pk]
    first, third = Case.objects.get(pk=cases[0].pk), Case.objects.get(pk=cases[2].pk)
    assert (first.method, first.main_area, first.auxiliary_area, first.subsidy) == ("rebuild", Decimal(40), Decimal(10), 2_400_000)
    assert (third.method, third.subsidy) == ("repair", 600_050)
    assert _stages(cases) == ["approved", "county_posted", "approved"]
    assert "case-area" in faults(batch)
    assert {key for one in batch.rows.all() for key in one.values} == {"approved_on"}  # what is approved of whom is kept sealed
    assert take_back(batch, clerk).status == "undone"
    assert _stages(cases) == ["county_posted"] * 3
    assert dict(CaseArchive.objects.values_list("case", "required")) == archives
    _replayed()


@pytest.mark.parametrize(
    ("method", "areas"),
    [
        ("原址翻建", {"批准主房面积": -40}),
        ("原址翻建", {"批准主房面积": 40, "批准附属房面积": -5}),
        ("原址翻建", {"批准主房面积": 40, "批准附属房面积": 10**6}),
        ("维修加固", {"批准附属房面积": 10**9}),
        ("维修加固", {"批准主房面积": "9" * 40}),
    ],
)
def test_an_area_that_is_none_is_refused_and_the_other_rows_are_taken(
    send: Send, dangerous: list[Household], road: Road, method: str, areas: dict[str, object]
) -> None:
    clerk = road.people["county"]
    wrong, sound = road.to("county_posted", *((dangerous[0], dangerous[2]) if method == "原址翻建" else (dangerous[2], dangerous[0])))
    actions.make_plan(area=COUNTY, year=2020, households=100, complete_due=date(2020, 6, 25), by=clerk)
    day = road.later().isoformat()
    set_today(day=TODAY)
    rest = {"补助金额（元）": 6000, "金额的依据": "彰住建〔2020〕3号", "批准日期": day}
    fits = {"改造方式": "维修加固"} if method == "原址翻建" else {"改造方式": "原址翻建", "批准主房面积": 40}
    rows: list[dict[str, object]] = [
        {"改造编号": wrong.number, "改造方式": method, **areas, **rest},
        {"改造编号": sound.number, **fits, **rest},
    ]
    batch = send(rows, APPROVING, clerk)
    assert _outcome(batch) == ("done", 1, 1)
    assert "应在 0 到 9,999 之间" in said(batch, 2)
    assert _stages([wrong, sound]) == ["county_posted", "approved"]


def test_an_area_is_kept_to_the_hundredth_of_a_square_metre(send: Send, clerk: User, dangerous: list[Household], road: Road) -> None:
    (case,) = road.to("county_posted", dangerous[0])
    actions.make_plan(area=COUNTY, year=2020, households=100, complete_due=date(2020, 6, 25), by=clerk)
    set_today(day=TODAY)
    row: dict[str, object] = {
        "改造编号": case.number,
        "改造方式": "原址翻建",
        "批准主房面积": 40.125,
        "补助金额（元）": 24000,
        "金额的依据": "彰住建〔2020〕3号",
    }
    assert _outcome(send([row], APPROVING, clerk)) == ("done", 1, 0)
    assert Case.objects.get(pk=case.pk).main_area == Decimal("40.13")
    _replayed()


def test_what_was_approved_stays_where_something_was_done_since(
    send: Send, take_back: TakeBack, dangerous: list[Household], road: Road
) -> None:
    clerk, township = road.people["county"], road.people["township"]
    (case,) = road.to("county_posted", dangerous[2])
    actions.make_plan(area=COUNTY, year=2020, households=100, complete_due=date(2020, 6, 25), by=clerk)
    row: dict[str, object] = {"改造编号": case.number, "改造方式": "维修加固", "补助金额（元）": 6000, "金额的依据": "彰住建〔2020〕3号"}
    set_today(day=TODAY)
    batch = send([row], APPROVING, clerk)
    actions.survey_mode(case=Case.objects.get(pk=case.pk), by=township, mode="unified_repair", on=TODAY)
    undone = take_back(batch, clerk)
    assert (undone.status, _stages([case])) == ("done", ["approved"])
    assert "之后又办了“登记建设方式”；请先撤销后来的" in said(undone, 2)


# ------------------------------------------------------------------------------------------------ cards


def test_cards_come_in_as_they_stand_on_the_card_and_damaged_ones_go_back(
    send: Send, take_back: TakeBack, collector: User, dangerous: list[Household]
) -> None:
    first = card(1)
    rows: list[dict[str, object]] = [
        {"户编号": dangerous[0].number, "银行卡号": " ".join(first[at : at + 4] for at in range(0, 19, 4)), "持卡人": "周德海", "开户银行": BANK},
        {"户编号": dangerous[1].number, "银行卡号": 6.222021001100001e18, "持卡人": "赵凤芹", "开户银行": BANK},
        {"户编号": dangerous[2].number, "银行卡号": "6222021001100000000", "持卡人": "孙福", "开户银行": BANK},
        {"户编号": dangerous[3].number, "银行卡号": card(4), "持卡人": "刘守仁", "开户银行": BANK},
        {"户编号": dangerous[4].number, "银行卡号": first, "持卡人": "王桂兰", "开户银行": BANK},
    ]  # fmt: skip
    batch = send(rows, HOLDING, collector)
    assert (batch.kind, *_outcome(batch)) == ("cards", "done", 0, 5)  # the first's card stands in two rows: neither is believed
    assert "科学计数" in said(batch, 3)
    assert "card-damaged" in faults(batch)
    assert "持卡人“刘守仁”不是户主刘守义" in said(batch, 5)
    assert f"也写给了户 {dangerous[4].number}" in said(batch, 2)
    rows[4]["银行卡号"] = card(5)
    again = send(rows, HOLDING, collector, "银行卡（更正）.xlsx")
    assert _outcome(again) == ("done", 2, 3)
    held = HouseholdCard.objects.open().get(household=dangerous[0])
    assert (held.card_no.clear, held.bank, held.holder.name) == (first, BANK, "周德海")
    assert take_back(again, collector).status == "undone"
    assert not HouseholdCard.objects.open().exists()


def test_a_workbook_whose_cards_another_replaced_the_same_day_isnt_taken_back_before_that_one(
    send: Send, take_back: TakeBack, collector: User, dangerous: list[Household]
) -> None:
    row: dict[str, object] = {"户编号": dangerous[0].number, "银行卡号": card(1), "持卡人": "周德海", "开户银行": BANK}
    first = send([row], HOLDING, collector)
    second = send([{**row, "银行卡号": card(2)}], HOLDING, collector, "银行卡（更正）.xlsx")
    undone = take_back(first, collector)
    assert (undone.status, undone.rows_undone) == ("done", 0)
    assert "已经换过或停用" in said(undone, 2)
    assert take_back(second, collector).status == "undone"
    assert HouseholdCard.objects.open().get().card_no.clear == card(1)
    assert take_back(first, collector).status == "undone"
    assert not HouseholdCard.objects.open().exists()


def test_no_row_of_a_workbook_keeps_a_card_number_in_the_open(send: Send, collector: User, dangerous: list[Household]) -> None:
    wrong = card(1)[:-1] + str((int(card(1)[-1]) + 1) % 10)
    rows: list[dict[str, object]] = [
        {"户编号": dangerous[0].number, "银行卡号": card(1), "持卡人": "周德海", "开户银行": f"{card(2)}"},
        {"户编号": dangerous[1].number, "银行卡号": wrong, "持卡人": "赵凤芹", "开户银行": BANK},
    ]
    batch = send(rows, HOLDING, collector)
    assert _outcome(batch) == ("done", 0, 2)
    for row in batch.rows.all():
        kept = f"{row.values} {row.findings}"
        assert not any(number in kept for number in (card(1), card(2), wrong))


@pytest.mark.parametrize("number", [card(1), "622202100112"])
def test_the_page_of_a_row_shows_of_a_card_its_last_four_alone(
    send: Send, collector: User, dangerous: list[Household], client: Client, number: str
) -> None:
    batch = send([{"户编号": dangerous[0].number, "银行卡号": number, "持卡人": "周德河", "开户银行": BANK}], HOLDING, collector)
    client.force_login(collector)
    page = client.get(reverse("imports:row", args=[batch.pk, batch.rows.get().pk])).content.decode()
    assert f"{'*' * (len(number) - 4)}{number[-4:]}" in page
    assert number[:6] not in page


# ------------------------------------------------------------------------------------------------ who, twice, elsewhere


def test_the_very_same_file_is_not_read_in_twice(send: Send, clerk: User, dangerous: list[Household], tmp_path: Path) -> None:
    path = write(tmp_path / "申请.xlsx", [{"户编号": dangerous[0].number, "申请日期": "2020-03-11"}], APPLYING)
    imports.receive(file=path, name=path.name, by=clerk, area=COUNTY, as_of=TODAY, kind="applications")
    with pytest.raises(AlreadyImported, match="内容一字未变"):
        imports.receive(file=path, name="改了名字.xlsx", by=clerk, area=COUNTY, as_of=TODAY, kind="applications")


def test_a_household_stands_in_a_workbook_once(send: Send, clerk: User, dangerous: list[Household]) -> None:
    row: dict[str, object] = {"户编号": dangerous[0].number, "申请日期": "2020-03-11"}
    batch = send([row, {**row, "申请理由": "又写一次"}], APPLYING, clerk, kind="applications")
    assert _outcome(batch) == ("done", 1, 1)
    assert Case.objects.count() == 1


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.key)
@pytest.mark.parametrize(
    "role", ["county_clerk", "township_reviewer", "village_collector", "cosigner", "appraiser", "finance_payer", "discipline"]
)
def test_who_reads_which_workbook_in(kind: Kind, role: str, places: None, tmp_path: Path) -> None:
    somebody = person(f"某{role}", role, COUNTY)
    path = _filled(kind, tmp_path / "表.xlsx")
    power = {
        "applications": Power.CASE_APPLY, "cards": Power.CASE_APPLY, "votes": Power.CASE_VILLAGE, "reviews": Power.CASE_TOWNSHIP,
        "approvals": Power.CASE_APPROVE,
    }[kind.key]  # fmt: skip
    assert kind.power is power
    if somebody.may(power):
        assert imports.receive(file=path, name=path.name, by=somebody, area=COUNTY, kind=kind.key).kind == kind.key
    else:
        with pytest.raises(NotImported, match="不能录入"):
            imports.receive(file=path, name=path.name, by=somebody, area=COUNTY, kind=kind.key)


def test_a_case_number_of_another_county_says_nothing_of_whose_it_is(
    send: Send, collector: User, dangerous: list[Household], road: Road
) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    stranger = person("邻县乡镇", "township_reviewer", "210921100")
    batch = send([{"改造编号": case.number, "审核结论": "通过"}], REVIEWING, stranger)
    assert _outcome(batch) == ("done", 0, 1)
    assert dangerous[0].number not in said(batch, 2)
    assert "周德海" not in said(batch, 2)
    assert _stages([case]) == ["village_posted"]


def test_a_number_beside_a_case_that_is_anothers_is_a_contradiction(
    send: Send, township: User, dangerous: list[Household], road: Road
) -> None:
    cases = road.to("village_posted", *dangerous[:2])
    set_today(day=TODAY)
    row: dict[str, object] = {"改造编号": cases[0].number, "户编号": dangerous[1].number, "入户看到的情况": "墙裂", "审核结论": "通过"}
    batch = send([row], REVIEWING, township)
    assert "household-contradicted" in faults(batch)
    assert _stages(cases) == ["village_posted"] * 2


def test_a_column_that_counts_the_rows_names_no_case(send: Send, township: User, dangerous: list[Household], road: Road) -> None:
    cases = road.to("village_posted", *dangerous[:2])
    set_today(day=TODAY)
    row: dict[str, object] = {"入户看到的情况": "墙裂", "审核结论": "通过"}
    headings = ("编号", "户编号", "入户看到的情况", "审核结论")
    batch = send([{**row, "编号": 1, "户编号": dangerous[0].number}, {**row, "编号": 2}], headings, township, kind="reviews")
    assert _stages(cases) == ["township_reviewed", "village_posted"]
    assert "没有写明是哪一户" in said(batch, 3)


def test_a_case_that_is_over_by_now_isnt_taken_for_the_one_going_on(
    send: Send, township: User, collector: User, dangerous: list[Household], road: Road
) -> None:
    (old,) = road.to("village_posted", dangerous[0])
    actions.refuse(case=old, by=township, reason="材料不实", on=TODAY)
    row: dict[str, object] = {"改造编号": old.number, "入户看到的情况": "墙裂", "审核结论": "通过"}
    batch = send([row], REVIEWING, township)
    assert "已经办结" in said(batch, 2)
    new = actions.apply(household=dangerous[0], by=collector, on=TODAY)
    batch = send([{**row, "审核意见": "同意"}], REVIEWING, township, "再来.xlsx")
    assert f"该户在办的是 {new.number}" in said(batch, 2)


def test_formulas_and_odd_texts_are_only_texts(send: Send, township: User, dangerous: list[Household], road: Road) -> None:
    cases = road.to("village_posted", *dangerous[:2])
    set_today(day=TODAY)
    odd = '=HYPERLINK("http://x","看")\u202e<script>alert(1)</script>\'; DROP TABLE cases_case; --'
    rows: list[dict[str, object]] = [
        {"改造编号": cases[0].number, "入户看到的情况": odd, "审核结论": "通过"},
        {"改造编号": cases[1].number, "入户看到的情况": "长" * 301, "审核结论": "通过"},
    ]
    batch = send(rows, REVIEWING, township)
    assert _stages(cases) == ["township_reviewed", "village_posted"]
    assert "DROP TABLE" in cases[0].steps.get(code="visit").details["seen"]
    assert "至多 300 个字" in said(batch, 3)


def test_the_head_who_changed_since_is_told_by_name(send: Send, clerk: User, dangerous: list[Household]) -> None:
    heir = registry.add_member(
        household=dangerous[0], person=registry.NewPerson(name="周建国", sex="1"), relation_code="20", on=date(2020, 2, 1), by=clerk
    )
    registry.change_head(household=dangerous[0], head=Person.objects.get(pk=heir.pk), on=date(2020, 5, 1), by=clerk)
    row: dict[str, object] = {"户编号": dangerous[0].number, "银行卡号": card(1), "持卡人": "周德海", "开户银行": BANK}
    batch = send([row], HOLDING, clerk)
    assert "持卡人“周德海”不是户主周建国" in said(batch, 2)
    assert "V11" in said(batch, 2)
    assert VILLAGE in dangerous[0].number
