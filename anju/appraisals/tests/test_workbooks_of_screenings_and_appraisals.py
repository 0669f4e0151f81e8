"""Screenings and appraisals come as workbooks: each row is held to what the page holds one to, and the whole can be taken back."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.actions import take_back as take_grant_back
from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import appraising, hazards, objecting, posting, rounds, screening
from anju.appraisals.models import Appraisal, ComponentFinding, Hazard, HouseGrade, Objection, Round, Screening
from anju.appraisals.queries.coverage import coverage
from anju.appraisals.tests.conftest import COUNTY, GOOD, OTHER_VILLAGE, VILLAGE, house_of, person, refused
from anju.appraisals.tests.workbooks import Send, TakeBack, faults, said
from anju.imports.refusal import Refused as NotTaken
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household

Submit = Callable[..., Appraisal]
START = date(2020, 5, 1)
COMPONENTS = ("地基基础", "承重墙", "木柱、梁、檩", "木屋架", "屋面", "围护墙")
LOOKS = ("户编号", "排查结果", "排查日期", "有人居住", "排查轮次", "看到的情况")
PAPERS = (
    "户编号",
    "房屋序号",
    "鉴定日期",
    "鉴定人",
    "场地安全性",
    *COMPONENTS,
    "等级",
    "理由",
    "组织方式",
    "鉴定机构",
    "用于申请补助",
    "原报告编号",
    "层数",
    "定性等级",
)


@pytest.fixture
def round_(clerk: User) -> Round:
    """The county's round of May."""
    return rounds.open_round(area=COUNTY, kind="revisit", name="回头看", starts_on=START, ends_on=date(2020, 6, 30), by=clerk)


def _paper(household: Household, level: str = "a", **more: object) -> dict[str, object]:
    return {
        "户编号": household.number,
        "鉴定日期": "2020-05-20",
        "鉴定人": "石岩、梁工",
        "场地安全性": "安全",
        **dict.fromkeys(COMPONENTS, "a"),
        "承重墙": level,
        **more,
    }


# ------------------------------------------------------------------------------------------------ screenings


def test_a_workbook_of_screenings_counts_in_the_round_and_can_be_taken_back(
    send: Send, take_back: TakeBack, *, households: list[Household], round_: Round, clerk: User, collector: User
) -> None:
    before = screening.screen(round=round_, household=households[0], result="absent", by=collector, on=date(2020, 5, 3))
    rows: list[dict[str, object]] = [
        {
            "户编号": households[0].number,
            "排查结果": "疑似危房",
            "排查日期": "2020-05-20",
            "有人居住": "是",
            "看到的情况": "后墙有竖向裂缝",
        },
        {"户编号": households[1].number, "排查结果": "安全"},
        {"户编号": households[2].number, "排查结果": "无房", "排查轮次": "回头看"},
    ]
    batch = send(rows, LOOKS, collector)
    assert (batch.kind, batch.status, batch.rows_applied, batch.rows_refused) == ("screenings", "done", 3, 0), faults(batch)
    whole = coverage(round_)[COUNTY]
    assert (whole.households, whole.fine, whole.suspect, whole.no_house, whole.left) == (3, 1, 1, 1, 0)
    first = Screening.objects.get(household=households[0], superseded_at=None)
    assert (first.on, first.lives_here, first.note, first.area, first.by) == (date(2020, 5, 20), True, "后墙有竖向裂缝", VILLAGE, collector)
    again = screening.screen(round=round_, household=households[1], result="suspect", by=collector)
    taken = take_back(batch, collector)
    assert (taken.status, taken.rows_undone, taken.rows_noted) == ("done", 2, 1)
    assert "已有更新的记录" in said(taken, 3)
    assert set(Screening.objects.filter(superseded_at=None)) == {before, again}


@pytest.mark.parametrize(
    ("row", "check", "words"),
    [
        ({"排查结果": "还行"}, "cell-unread", "没有登记"),
        ({"排查结果": ""}, "cell-unsaid", "请补填"),
        ({"排查日期": "2020-06-11"}, "appraisal-day", "晚于今天"),
        ({"排查日期": "2020-04-30"}, "round-open", "在开展的轮次有 0 个"),
        ({"排查日期": "2020-04-30", "排查轮次": "回头看"}, "round-open", "早于“回头看”开始的日期"),
        ({"排查轮次": "回头瞧"}, "round-open", "没有叫“回头瞧”的轮次"),
        ({"排查日期": "上个月"}, "cell-unread", "没有登记"),
    ],
)
def test_a_screening_that_cant_be_goes_back_with_its_reason(
    send: Send, households: list[Household], round_: Round, collector: User, *, row: dict[str, object], check: str, words: str
) -> None:
    batch = send(
        [{"户编号": households[0].number, "排查结果": "安全", **row}, {"户编号": households[1].number, "排查结果": "安全"}],
        LOOKS,
        collector,
    )
    assert (batch.rows_applied, batch.rows_refused) == (1, 1), faults(batch)
    assert check in faults(batch)
    assert words in said(batch, 2)
    assert Screening.objects.count() == 1


def test_a_closed_round_takes_no_workbook(send: Send, households: list[Household], round_: Round, clerk: User, collector: User) -> None:
    rounds.close_round(round=round_, by=clerk)
    batch = send([{"户编号": households[0].number, "排查结果": "安全", "排查轮次": "回头看"}], LOOKS, collector)
    assert "已经结束" in said(batch, 2)


_LOOK = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["fine", "suspect", "absent", "gone"]),
    st.integers(-5, 45),
    st.sampled_from(["open", "focused", "closed", "elsewhere"]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(_LOOK, min_size=1, max_size=8))
def test_many_screenings_at_once_end_like_one_after_the_other(
    households: list[Household], clerk: User, collector: User, acts: list[tuple[int, str, int, str]]
) -> None:
    outcomes = []
    for many in (False, True):
        sid = transaction.savepoint()
        try:
            outcomes.append(_screened(households, clerk, collector, acts, many=many))
        finally:
            transaction.savepoint_rollback(sid)
    assert outcomes[0] == outcomes[1]


def _screened(households: list[Household], clerk: User, by: User, acts: list[tuple[int, str, int, str]], *, many: bool) -> tuple[Any, Any]:
    named = {
        name: rounds.open_round(
            area=area, kind="revisit", name=name, starts_on=START, ends_on=date(2020, 6, 30), by=clerk, categories=categories
        )
        for name, area, categories in (
            *(("open", COUNTY, ()), ("focused", COUNTY, ("JDLK",)), ("closed", COUNTY, ()), ("elsewhere", OTHER_VILLAGE, ())),
        )
    }
    rounds.close_round(round=named["closed"], by=clerk)
    named["closed"].refresh_from_db()
    days = [date.fromordinal(START.toordinal() + offset) for _which, _result, offset, _round in acts]
    why: dict[int, Any] = {}
    if many:
        looks = [
            screening.Look(round=named[name], household=households[which].pk, result=result, on=day)
            for (which, result, _offset, name), day in zip(acts, days, strict=True)
        ]
        why = {at: (one.rule.id, one.message) for at, one in screening.screen_many(looks=looks, by=by).items()}
    else:
        for at, ((which, result, _offset, name), day) in enumerate(zip(acts, days, strict=True)):
            try:
                with transaction.atomic():
                    screening.screen(round=named[name], household=households[which], result=result, on=day, by=by)
            except Refused as refusal:
                why[at] = refusal.rule.id, refusal.message
    rows = Screening.objects.order_by("id").values_list("round__name", "household", "on", "result")
    return why, [(*row, open_) for row, open_ in zip(rows, _open(Screening.objects.order_by("id")), strict=True)]


def _open(rows: Any) -> list[bool]:
    return [row.superseded_at is None for row in rows]


# ------------------------------------------------------------------------------------------------ appraisals


def test_a_workbook_of_appraisals_gives_houses_their_grades(
    send: Send, take_back: TakeBack, give: Submit, households: list[Household], clerk: User
) -> None:
    older = give("b", on=date(2020, 3, 1))
    objecting.receive(appraisal=older, raised_by="周德海", reason="墙裂", by=clerk, on=date(2020, 3, 5))
    hazards.report(household=households[1], way="cadre", cause="flood", description="墙外鼓", by=clerk, on=date(2020, 5, 10))
    rows = [
        _paper(households[0], "d", 组织方式="第三方", 鉴定机构="某某检测公司", 原报告编号="彰鉴2020-77"),
        _paper(households[1], "a"),
        _paper(households[2], "c", 等级="D", 理由="后墙外鼓且基础松动"),
    ]
    batch = send(rows, PAPERS, clerk)
    assert (batch.kind, batch.status, batch.rows_applied, batch.rows_noted, batch.rows_refused) == ("appraisals", "done", 2, 1, 0), faults(
        batch
    )
    made = list(Appraisal.objects.exclude(pk=older.pk).order_by("id"))
    assert [(one.computed, one.grade, one.advice, one.kind) for one in made] == [
        ("D", "D", "rebuild", "appraised"), ("A", "A", "keep", "appraised"), ("C", "D", "rebuild", "appraised"),
    ]  # fmt: skip
    assert [one.number for one in made] == [f"210922-JD2020-{serial:06d}" for serial in (2, 3, 4)]
    assert (made[0].opinion, made[0].organiser) == ("鉴定机构：某某检测公司；原报告编号：彰鉴2020-77", "third_party")
    assert made[0].appraisers == ["石岩", "梁工"]
    assert (made[0].structure, made[0].storeys) == ("brick_timber", 1)
    assert ComponentFinding.objects.filter(appraisal=made[0], component="bearing_wall", level="d").exists()
    older.refresh_from_db()
    assert (older.state, older.superseded_by) == ("superseded", made[0])
    assert set(HouseGrade.objects.open().values_list("household", "grade")) == {
        (households[0].pk, "D"),
        (households[1].pk, "A"),
        (households[2].pk, "D"),
    }
    assert Objection.objects.get().reappraisal == made[0]
    assert Hazard.objects.get().appraisal == made[1]
    posting.issue(kind="plate", appraisal=made[1], by=clerk)
    taken = take_back(batch, clerk)
    assert (taken.rows_undone, taken.rows_noted) == (2, 1)
    assert "请先登记摘牌" in said(taken, 3)
    assert set(HouseGrade.objects.open().values_list("household", "grade")) == {(households[0].pk, "B"), (households[1].pk, "A")}
    assert Objection.objects.get().state == "open"
    older.refresh_from_db()
    assert (older.state, older.superseded_by) == ("valid", None)


def test_reports_of_the_guide_of_2009_enter_with_their_grade_alone(send: Send, households: list[Household], clerk: User) -> None:
    old: dict[str, object] = {"鉴定日期": "2019-06-01", "鉴定人": "石岩", "组织方式": "县住建部门集中组织"}
    rows: list[dict[str, object]] = [
        {"户编号": households[0].number, **old, "等级": "C级"},
        {"户编号": households[1].number, **old, "定性等级": "D", "等级": "C", "理由": "加固过"},
        {"户编号": households[2].number, **old, "鉴定日期": "2019-12-01", "等级": "B"},
    ]
    batch = send(rows, PAPERS, clerk)
    made = Appraisal.objects.get()
    assert (made.standard, made.qualitative, made.grade) == ("2009", "C", "C")
    assert faults(batch) == {"appraisal-not-better": 1, "appraisal-form": 1}
    assert "不能好于它" in said(batch, 3)
    assert "场地安全性" in said(batch, 4)


@pytest.mark.parametrize(
    ("row", "check", "words"),
    [
        ({"承重墙": "e"}, "cell-unread", "认不出"),
        ({"承重墙": ""}, "appraisal-components", "承重墙"),
        ({"层数": 3}, "appraisal-storeys", "GB 50292"),
        ({"鉴定人": ""}, "cell-unsaid", "请补填"),
        ({"鉴定日期": "2008-05-20"}, "appraisal-house", "不是户"),
        ({"鉴定日期": "2020-06-20"}, "appraisal-day", "晚于今天"),
        ({"等级": "A"}, "appraisal-override", "请写明理由"),
        ({"房屋序号": 4}, "appraisal-house", "没有第 4 处房屋"),
        ({"用于申请补助": "是"}, "appraisal-identity", "还不在已锁定"),
    ],
)
def test_an_appraisal_that_cant_be_goes_back_with_its_reason(
    send: Send, households: list[Household], clerk: User, *, row: dict[str, object], check: str, words: str
) -> None:
    batch = send([_paper(households[0], "b", **row), _paper(households[1])], PAPERS, clerk)
    assert (batch.rows_applied, batch.rows_refused) == (1, 1), faults(batch)
    assert check in faults(batch)
    assert words in said(batch, 2)
    assert Appraisal.objects.count() == 1


def test_who_may_not_appraise_doesnt_read_appraisals_in(send: Send, households: list[Household], collector: User) -> None:
    with pytest.raises(NotTaken, match="不能录入"):
        send([_paper(households[0])], PAPERS, collector)


def test_two_houses_need_their_number(send: Send, households: list[Household], clerk: User) -> None:
    registry.record_dwelling(household=households[0], kind="own", on=START, by=clerk, state={"structure": "brick_timber", "storeys": 1})
    batch = send([_paper(households[0]), _paper(households[0], "b", 房屋序号=2)], PAPERS, clerk)
    assert "看不出写的是哪一处" in said(batch, 2)
    assert Appraisal.objects.get().dwelling.number == f"{households[0].number}-2"


_PAPER = st.tuples(
    st.integers(0, 2),
    st.sampled_from(["a", "b", "c", "d", "missing", "site", "third"]),
    st.integers(-900, 20),
    st.sampled_from(["", "A", "D"]),
    st.sampled_from(["", "看过两次"]),
    st.booleans(),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(_PAPER, min_size=1, max_size=6), closed=st.booleans())
def test_many_appraisals_at_once_end_like_one_after_the_other(
    households: list[Household], clerk: User, acts: list[tuple[int, str, int, str, str, bool]], closed: bool
) -> None:
    outcomes = []
    for many in (False, True):
        sid = transaction.savepoint()
        try:
            if closed:
                registry.close(household=households[1], on=date(2020, 5, 30), reason="全家外迁", by=clerk)
            outcomes.append(_appraised(households, clerk, acts, many=many))
        finally:
            transaction.savepoint_rollback(sid)
    assert outcomes[0] == outcomes[1]


def _form(level: str) -> dict[str, Any]:
    components = dict(GOOD["components"])  # type: ignore[call-overload]
    if level == "missing":
        del components["bearing_wall"]
    else:
        components["bearing_wall"] = level if level in "abcd" else "a"
    return {**GOOD, "components": components, "site": "dangerous" if level == "site" else "safe", "storeys": 3 if level == "third" else 1}


def _appraised(households: list[Household], by: User, acts: list[tuple[int, str, int, str, str, bool]], *, many: bool) -> Any:
    fresh = {one.pk: one for one in Household.objects.filter(pk__in=[one.pk for one in households])}
    papers = [
        appraising.Paper(
            household=fresh[households[which].pk], dwelling=house_of(households[which]), form=_form(level), on=date.fromordinal(START.toordinal() + offset),
            appraisers=["石岩"], grade=grade, why=why, subsidy=subsidy,
        )
        for which, level, offset, grade, why, subsidy in acts
    ]  # fmt: skip
    refusals: dict[int, Any] = {}
    if many:
        refusals = {at: (one.rule.id, one.message) for at, one in appraising.submit_many(papers=papers, by=by).items()}
    else:
        for at, paper in enumerate(papers):
            try:
                with transaction.atomic():
                    appraising.submit(
                        household=paper.household, dwelling=paper.dwelling, form=paper.form, on=paper.on, by=by, appraisers=paper.appraisers,
                        grade=paper.grade, why=paper.why, subsidy=paper.subsidy,
                    )  # fmt: skip
            except Refused as refusal:
                refusals[at] = refusal.rule.id, refusal.message
    made = Appraisal.objects.order_by("id").values_list(
        "number", "household", "on", "grade", "computed", "standard", "state", "superseded_by__number"
    )
    grades = HouseGrade.objects.filter(superseded_at=None).values_list("household", "grade", "valid_from", "valid_to", "appraisal__number")
    return refusals, list(made), sorted(grades, key=str), ComponentFinding.objects.count()


def test_papers_taken_back_together_need_the_same_as_one(give: Submit, households: list[Household], clerk: User, appraiser: User) -> None:
    first, second = give("b", on=date(2020, 3, 1)), give("d", on=date(2020, 5, 1))
    refused(rules.ROLE, lambda: appraising.withdraw(appraisal=second, by=appraiser, reason="看错了户"))
    assert {why.rule.id for why in appraising.withdraw_many(appraisals=[first.pk, second.pk], by=appraiser, reason="看错").values()} == {
        "appraisal-role"
    }
    assert appraising.withdraw_many(appraisals=[first.pk, second.pk], by=clerk, reason="看错了户") == {}
    assert not HouseGrade.objects.filter(superseded_at=None).exists()
    assert set(appraising.withdraw_many(appraisals=[first.pk], by=clerk, reason="再作废")) == {first.pk}


# ------------------------------------------------------------------------------------------------ in whose right


def test_who_read_appraisals_in_takes_their_own_workbook_back(
    send: Send, take_back: TakeBack, households: list[Household], appraiser: User
) -> None:
    other = person("又一鉴定", "appraiser", COUNTY)
    batch = send([_paper(one) for one in households], PAPERS, appraiser)
    with pytest.raises(NotTaken, match="不能撤销"):
        take_back(batch, other)
    taken = take_back(batch, appraiser)
    assert (taken.status, taken.rows_undone, taken.message) == ("undone", 3, "")
    assert not HouseGrade.objects.open().exists()
    alone = Appraisal.objects.order_by("id")[0]
    refused(rules.ROLE, lambda: appraising.withdraw(appraisal=alone, by=appraiser, reason="一份一份作废"))


def test_a_workbook_is_taken_back_in_the_right_of_who_undoes_it(
    send: Send, take_back: TakeBack, *, households: list[Household], round_: Round, clerk: User, appraiser: User, collector: User
) -> None:
    looks = send([{"户编号": one.number, "排查结果": "安全", "排查轮次": round_.name} for one in households], LOOKS, collector)
    papers = send([_paper(one) for one in households], PAPERS, appraiser)
    security = person("安全管理员", "security_administrator", "")
    for left in (collector, appraiser):
        take_grant_back(grant=left.grants_in_force().get(), by=security, reason="调离")
    assert [(one.status, one.rows_undone) for one in (take_back(looks, clerk), take_back(papers, clerk))] == [("undone", 3), ("undone", 3)]
    assert not Screening.objects.filter(superseded_at=None).exists()
    assert not HouseGrade.objects.open().exists()


def test_what_papers_keep_of_a_workbook_is_in_the_language_of_the_place(
    send: Send, take_back: TakeBack, households: list[Household], appraiser: User
) -> None:
    with override("en"):
        batch = send([_paper(households[0], 原报告编号="彰鉴2020-77")], PAPERS, appraiser)
        take_back(batch, appraiser)
    paper = Appraisal.objects.get()
    assert paper.opinion == "原报告编号：彰鉴2020-77"
    assert paper.state_reason.startswith("撤销批量录入")
