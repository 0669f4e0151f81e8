"""Renovations of earlier years come as a workbook, stand as finished cases of their year, count as past support, and can be taken back."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals.tests.conftest import TODAY
from anju.appraisals.tests.workbooks import Send, TakeBack, faults, said, send, take_back
from anju.cases import actions
from anju.cases.actions import Finished
from anju.cases.models import Case, CaseArchive, CaseHistory
from anju.cases.standing import COLUMNS, standing
from anju.cases.tasks import reckon_archives
from anju.cases.tests.conftest import Road
from anju.cases.tests.test_pages import browser, page
from anju.cases.whole_file import whole_file
from anju.documents.tests.echo import pages
from anju.guarantees import actions as guarantees
from anju.guarantees.models import Guarantee
from anju.imports.models import ImportRow
from anju.refusing import Refused
from anju.registry.models import Household

__all__ = ["send", "take_back"]
HEADINGS = (
    *("户编号", "列入年度计划", "贫困类型", "危房等级", "改造方式", "建设方式", "结构形式", "改造后面积", "批准日期", "开工日期", "竣工日期", "竣工年份", "验收日期", "拨付日期"),
    *("中央补助", "省级补助", "市级补助", "县级补助", "补助合计", "总造价", "自筹", "档案号", "验收结果", "登记为保障途径", "备注"),
)  # fmt: skip


def row(household: Household, **more: object) -> dict[str, object]:
    """A renovation of 2014 with everything that the archive's export says."""
    return {
        "户编号": household.number, "列入年度计划": "2014", "贫困类型": "其他贫困户", "危房等级": "D级", "改造方式": "原址翻建", "建设方式": "自建", "结构形式": "砖混",
        "改造后面积": "58.5", "批准日期": "2014-05-06", "开工日期": "2014-06-01", "竣工日期": "2014-09-20", "竣工年份": "", "验收日期": "2014-10-15",
        "拨付日期": "2014-11-20", "中央补助": "7500", "省级补助": "4000", "市级补助": "", "县级补助": "2500.50", "补助合计": "14000.50", "总造价": "45000", "自筹": "",
        "档案号": "大冷危改字〔2014〕17号", "验收结果": "合格", "登记为保障途径": "", "备注": "", **more,
    }  # fmt: skip


def holds(case: Case) -> None:
    """A case's columns equal what its steps say."""
    told = standing(case.steps.order_by("id"))
    assert {name: getattr(case, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}


def test_a_workbook_of_earlier_years_becomes_finished_cases_and_can_be_taken_back(
    send: Send, take_back: TakeBack, homes: list[Household], clerk: User
) -> None:
    only_years: dict[str, object] = dict.fromkeys(("批准日期", "开工日期", "竣工日期", "验收日期", "拨付日期", "危房等级", "建设方式"), "")
    rows = [
        row(homes[0], 登记为保障途径="是"),
        row(homes[1], **{**only_years, "列入年度计划": "2010", "竣工年份": "2011", "贫困类型": "五保户", "改造方式": "修缮加固"}),
        row(homes[2], 改造方式="修缮加固", 危房等级="C"),
    ]
    batch = send(rows, HEADINGS, clerk, "彰武县历年改造户.xlsx")
    assert (batch.kind, batch.rows_applied, batch.rows_noted, batch.rows_refused) == ("renovations", 3, 0, 0), faults(batch)
    first, second, third = Case.objects.order_by("id").select_related("history")
    assert [one.number for one in (first, second, third)] == ["210922-GZ2014-000001", "210922-GZ2010-000001", "210922-GZ2014-000002"]
    assert (first.stage, first.historic, first.year, first.group, first.grade, first.method, first.build_mode) == (
        *("closed", True, 2014, "QPK", "D", "rebuild", "self_build"),
    )
    assert (first.approved_on, first.started_on, first.completed_on, first.ended_on) == (
        *(date(2014, 5, 6), date(2014, 6, 1), date(2014, 9, 20), date(2014, 10, 15)),
    )
    held = first.history
    assert (held.central, held.province, held.city, held.county, first.subsidy) == (750_000, 400_000, None, 250_050, 1_400_050)
    assert (held.area_after, held.structure, held.total_cost, held.archive_number) == (
        *(Decimal("58.50"), "brick_concrete", 4_500_000, "大冷危改字〔2014〕17号"),
    )
    assert (second.group, second.grade, second.approved_on, second.ended_on, second.history.completed_year) == (
        *("TK", "", None, date(2011, 12, 31), 2011),
    )
    assert third.build_mode == "self_repair"
    for case in (first, second, third):
        holds(case)
        assert [one.code for one in case.steps.all()] == ["finished"]
    way = Guarantee.objects.open().get()
    assert (way.household, way.route, way.valid_from, way.document) == (homes[0], "renovation", date(2014, 10, 15), first.number)

    again = send([row(homes[0]), row(homes[1], 改造方式="修缮加固")], HEADINGS, clerk, "又一张.xlsx")
    assert (again.rows_applied, again.rows_noted, again.rows_refused) == (0, 1, 1), faults(again)
    assert first.number in said(again, 2)
    assert "2010 年已改造" in said(again, 3)
    take_back(again, clerk)

    taken = take_back(batch, clerk)
    assert taken.rows_undone == 3
    assert not Guarantee.objects.open().exists()
    for case in Case.objects.all():
        assert case.stage == "void"
        holds(case)
        assert [one.code for one in case.steps.order_by("id")] == ["finished", "undo"]
    third_time = send([row(homes[0])], HEADINGS, clerk, "改好的表.xlsx")
    assert (third_time.rows_applied, third_time.rows_noted) == (1, 0), said(third_time, 2)


@pytest.mark.parametrize(
    ("more", "check", "words"),
    [
        ({"列入年度计划": "2008"}, "past-year", "2009 年以来"),
        ({"列入年度计划": "2021"}, "past-year", "不晚于 2020 年"),
        ({"列入年度计划": ""}, "cell-unsaid", "请补填"),
        ({"贫困类型": "富裕户"}, "cell-unread", "认不出"),
        ({"改造方式": "推倒"}, "cell-unread", "认不出"),
        ({"竣工日期": "", "验收日期": "", "竣工年份": ""}, "past-done", "只知道年份的填"),
        ({"竣工日期": "2014-05-01"}, "past-days", "早于“开工日期”的 2014-06-01"),
        ({"验收日期": "2014-09-01"}, "past-days", "早于“竣工日期”"),
        ({"拨付日期": "2014-01-01"}, "past-days", "补助在批准之后拨付"),
        ({"验收日期": "2020-06-11"}, "past-year", "晚于今天"),
        ({"竣工年份": "2015"}, "past-days", "请改成一致"),
        ({"中央补助": "-1", "补助合计": ""}, "past-money", "不能是负数"),
        ({"中央补助": "75000000", "补助合计": ""}, "past-money", "元还是万元"),
        ({"补助合计": "14000"}, "past-money", "相加是 14,000.50 元"),
        ({"验收结果": "不合格"}, "past-done", "没有合格"),
        ({"改造方式": "维修加固", "危房等级": "无房"}, "past-house", "没有可维修的房屋"),
        ({"建设方式": "自改"}, "past-house", "不能是“自改”"),
        ({"改造后面积": "58500"}, "past-house", "小数点"),
        ({"改造后面积": "0.001"}, "past-house", "小数点"),
        ({"登记为保障途径": "是", "竣工日期": "", "验收日期": "", "竣工年份": "2014"}, "past-route", "写明竣工日期"),
        ({"列入年度计划": "2020", "竣工日期": "", "验收日期": "", "竣工年份": "2020", "批准日期": "", "开工日期": "", "拨付日期": ""}, "past-done", "今年竣工的"),
        ({"备注": "又" * 301}, "text-long", "至多 300 个字"),
    ],
)  # fmt: skip
def test_a_row_that_cant_be_goes_back_with_rule_and_remedy(
    send: Send, homes: list[Household], clerk: User, *, more: dict[str, object], check: str, words: str
) -> None:
    batch = send([row(homes[0], **more), row(homes[1])], HEADINGS, clerk)
    assert (batch.rows_applied, batch.rows_refused) == (1, 1), (faults(batch), said(batch, 2))
    assert check in faults(batch)
    assert words in said(batch, 2)
    assert Case.objects.get().household == homes[1]


@pytest.mark.parametrize(
    ("more", "check"),
    [
        ({"贫困类型": "建档立卡户", "列入年度计划": "2013"}, "past-group"),
        ({"总造价": "9000"}, "past-cost"),
        ({"自筹": "100"}, "past-cost"),
        ({"列入年度计划": "2012"}, "past-plan"),
    ],
)
def test_what_is_odd_is_kept_and_told(send: Send, homes: list[Household], clerk: User, *, more: dict[str, object], check: str) -> None:
    batch = send([row(homes[0], **more)], HEADINGS, clerk)
    assert (batch.rows_noted, batch.rows_refused, list(faults(batch))) == (1, 0, [check])
    assert Case.objects.get().stage == "closed"


def test_a_renovation_of_earlier_years_keeps_the_number_of_its_own_archive(send: Send, homes: list[Household], clerk: User) -> None:
    send([row(homes[0])], HEADINGS, clerk, "彰武县历年改造户.xlsx")
    case = Case.objects.get()
    assert reckon_archives(timestamp=0) == 0
    client, panel = browser(clerk), reverse("cases:archive", args=[case.number])
    assert panel not in page(client, "show", case.number)
    assert client.get(panel).status_code == 404
    assert "没有申请审批表" in client.get(reverse("cases:application", args=[case.number]), follow=True).content.decode()
    assert not CaseArchive.objects.exists()
    shown = "".join(pages(whole_file(homes[0], clerk) or b""))
    assert "大冷危改字〔2014〕17号" in shown
    assert "自愿申请农村危房改造" not in shown
    actions.void_finished(cases=[case.pk], by=clerk, reason="录错")
    assert whole_file(homes[0], clerk) is None


def test_the_same_row_twice_is_refused_and_another_year_is_told(send: Send, homes: list[Household], clerk: User) -> None:
    rows = [row(homes[0]), row(homes[0], 备注="又写了一遍"), row(homes[0], 列入年度计划="2010", 批准日期="", 开工日期="2010-06-01", 竣工日期="2010-09-01", 验收日期="", 拨付日期="")]  # fmt: skip
    batch = send(rows, HEADINGS, clerk)
    assert (batch.rows_applied, batch.rows_noted, batch.rows_refused) == (1, 1, 1), faults(batch)
    assert "第 2 行" in said(batch, 3)
    assert "2014 年已改造" in said(batch, 4)
    assert set(Case.objects.values_list("year", flat=True)) == {2010, 2014}


def test_a_household_renovated_before_is_refused_anew_unless_its_house_is_dangerous_again(
    send: Send, take_back: TakeBack, *, dangerous: list[Household], road: Road, clerk: User
) -> None:
    batch = send([row(dangerous[0])], HEADINGS, clerk)
    past = Case.objects.get()
    (case,) = road.to("village_posted", dangerous[0])
    actions.visit(case=case, by=road.people["township"], seen="漏雨", on=road.day)
    refused = actions.review_township(cases=[case.pk], by=road.people["township"], on=road.day)
    assert "2014 年已经改造" in refused[case.pk].message
    assert past.number in refused[case.pk].message
    actions.refuse(case=case, by=clerk, reason="已改造过")
    reopened = actions.reopen(case=past, by=clerk, reason="洪水后墙体开裂")
    assert (reopened.again_of, reopened.grade) == (past, "D")
    taken = take_back(batch, clerk)
    assert (taken.rows_undone, taken.rows_noted) == (0, 1)
    assert reopened.number in said(taken, 2)
    past.refresh_from_db()
    assert past.stage == "closed"
    actions.withdraw(case=reopened, by=clerk, reason="搬去儿子家", written_on=TODAY, on=TODAY)
    assert take_back(batch, clerk).rows_undone == 1
    (anew,) = road.to("township_reviewed", dangerous[0])
    assert anew.stage == "township_reviewed"


def test_an_open_case_does_not_prevent_its_history(send: Send, dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("approved", dangerous[0])
    batch = send([row(dangerous[0]), row(dangerous[0], 列入年度计划="2020", 批准日期="2020-01-06", 开工日期="2020-02-01", 竣工日期="2020-04-20", 验收日期="", 拨付日期="")], HEADINGS, clerk)  # fmt: skip
    assert (batch.rows_applied, batch.rows_noted) == (1, 1), faults(batch)
    assert case.number in said(batch, 3)
    assert Case.objects.filter(household=dangerous[0], ended_on=None).get() == case


def test_another_way_stands_and_is_not_written_over(send: Send, homes: list[Household], clerk: User) -> None:
    guarantees.record(household=homes[0], route="relocation", since=date(2020, 1, 1), by=clerk, document="阜扶搬〔2019〕3号")
    batch = send([row(homes[0], 登记为保障途径="是")], HEADINGS, clerk)
    assert "请把“登记为保障途径”空着" in said(batch, 2)
    assert not Case.objects.exists()


def test_many_rows_come_in_the_order_of_their_numbers_and_stay_as_they_were_written(
    send: Send, homes: list[Household], clerk: User
) -> None:
    rows = [row(homes[at % 5], 列入年度计划=str(2009 + at // 5), **dict.fromkeys(("批准日期", "开工日期", "竣工日期", "验收日期", "拨付日期"), ""), 竣工年份=str(2009 + at // 5)) for at in range(55)]  # fmt: skip
    batch = send(rows, HEADINGS, clerk)
    assert (batch.rows_applied + batch.rows_noted, batch.rows_refused) == (55, 0), faults(batch)
    assert Case.objects.values("number").distinct().count() == 55
    assert set(Case.objects.filter(year=2012).values_list("number", flat=True)) == {f"210922-GZ2012-00000{at}" for at in range(1, 6)}
    case = Case.objects.order_by("id").first()
    assert case is not None
    for sql in ("DELETE FROM cases_casehistory", "UPDATE cases_casehistory SET central = 1", "DELETE FROM cases_casestep"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(sql)
    assert CaseHistory.objects.count() == ImportRow.objects.filter(batch=batch).count() == 55


def test_only_the_county_records_what_was_before(homes: list[Household], road: Road) -> None:
    told = actions.record_finished(
        finished=[Finished(household=homes[0].pk, year=2014, group="DB", method="repair", completed_year=2014, source="t:1")], by=road.people["township"]
    )  # fmt: skip
    assert told.refused[0].rule.id == "past-role"
    case = _recorded(homes[0], road.people["county"], year=2014)
    with pytest.raises(Refused, match="不能审批改造对象"):
        actions.undo(case=case, by=road.people["township"], reason="录错")
    undone = actions.undo(case=case, by=road.people["county"], reason="录错")
    assert undone.stage == "void"
    holds(undone)
    with pytest.raises(Refused, match="已经作废"):
        actions.undo(case=case, by=road.people["county"], reason="录错")


def _recorded(household: Household, by: User, **more: Any) -> Case:
    said: dict[str, Any] = {
        "group": "DB",
        "method": "rebuild",
        "completed_year": more["year"],
        "source": f"t:{household.pk}:{more['year']}",
        **more,
    }
    told = actions.record_finished(finished=[Finished(household=household.pk, **said)], by=by)
    if told.refused:
        raise told.refused[0]
    return Case.objects.get(source=said["source"])


_DAYS = st.none() | st.dates(date(2009, 1, 1), date(2020, 7, 1))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    year=st.integers(2007, 2022),
    done=st.integers(2007, 2022),
    days=st.tuples(_DAYS, _DAYS, _DAYS, _DAYS, _DAYS),
    subsidy=st.none() | st.integers(0, 10**9),
    voided=st.booleans(),
)
def test_whatever_is_recorded_equals_what_its_steps_say(
    homes: list[Household], clerk: User, *, year: int, done: int, days: tuple[date | None, ...], subsidy: int | None, voided: bool
) -> None:
    sid = transaction.savepoint()
    try:
        names = ("approved_on", "started_on", "completed_on", "accepted_on", "paid_on")
        said = dict(zip(names, days, strict=True))
        try:
            case = _recorded(homes[0], clerk, year=year, completed_year=done, subsidy=subsidy, **said)
        except Refused:
            return
        holds(case)
        known = [one for one in days[:4] if one is not None]
        assert known == sorted(known)
        assert max(known, default=TODAY) <= TODAY
        assert case.applied_on <= (case.ended_on or TODAY)
        if voided:
            assert not actions.void_finished(cases=[case.pk], by=clerk, reason="录错")
            case.refresh_from_db()
            holds(case)
            assert case.stage == "void"
            assert not actions.void_finished(cases=[case.pk], by=clerk, reason="录错")
    finally:
        transaction.savepoint_rollback(sid)
