"""Ways and conclusions come as workbooks: each row is held to what the page holds one to, and the whole can be taken back."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Q
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals.models import Appraisal
from anju.appraisals.tests.conftest import COUNTY, TODAY
from anju.appraisals.tests.workbooks import Send, TakeBack, faults, said
from anju.guarantees import actions as guarantees
from anju.guarantees.models import Guarantee
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.verification import actions
from anju.verification.models import Verification

Submit = Callable[..., Appraisal]
ON = date(2020, 5, 1)
WAYS = ("户编号", "保障途径", "开始日期", "到期日期", "提供人", "佐证材料", "现住房安全依据", "与提供人的关系")
CONCLUSIONS = ("户编号", "核验结论", "核验日期", "核验人", "受访人", "现住此房", "未保障的原因和打算", "核验任务")


def _way(household: Household, **more: object) -> dict[str, object]:
    return {
        "户编号": household.number, "保障途径": "投亲靠友", "开始日期": "2020-05-01", "到期日期": "2020-12-31", "提供人": "周鹏（长子）", "佐证材料": "同意书 2020-5",
        "现住房安全依据": "村鉴定 B 级", **more,
    }  # fmt: skip


def test_a_workbook_of_ways_houses_its_households_and_can_be_taken_back(
    send: Send, take_back: TakeBack, households: list[Household], clerk: User
) -> None:
    guarantees.record(household=households[0], route="relocation", since=date(2020, 1, 1), by=clerk, document="阜扶搬〔2019〕3号")
    rows = [_way(households[0]), _way(households[1], 保障途径="租房"), _way(households[2], 保障途径="幸福大院", 到期日期="")]
    batch = send(rows, WAYS, clerk)
    assert (batch.kind, batch.rows_applied, batch.rows_refused) == ("guarantees", 3, 0), faults(batch)
    assert set(Guarantee.objects.open().values_list("household", "route", "until")) == {
        (households[0].pk, "relatives", date(2020, 12, 31)),
        (households[1].pk, "rented_house", date(2020, 12, 31)),
        (households[2].pk, "happiness_courtyard", None),
    }
    ended = Guarantee.objects.get(household=households[0], superseded_at=None, valid_to__isnull=False)
    assert (ended.route, ended.valid_to, ended.ended_reason) == ("relocation", ON, "改为投亲靠友")
    held = Guarantee.objects.open().get(household=households[2])
    guarantees.end(guarantee=held, by=clerk, on=TODAY, reason="搬走")
    taken = take_back(batch, clerk)
    assert (taken.rows_undone, taken.rows_noted) == (2, 1)
    assert "已经结束或更正过" in said(taken, 4)
    assert list(Guarantee.objects.open().values_list("household", "route")) == [(households[0].pk, "relocation")]


@pytest.mark.parametrize(
    ("row", "check", "words"),
    [
        ({"保障途径": "住亲戚家吧"}, "cell-unread", "认不出"),
        ({"保障途径": "农村危房改造"}, "guarantee-works", "竣工验收"),
        ({"开始日期": ""}, "cell-unsaid", "请补填"),
        ({"开始日期": "2020-06-11"}, "guarantee-day", "晚于今天"),
        ({"到期日期": ""}, "guarantee-term", "最后一天"),
        ({"到期日期": "2020-04-30"}, "guarantee-term", "早于开始日期"),
        ({"提供人": ""}, "guarantee-provider", "由谁提供"),
        ({"佐证材料": ""}, "guarantee-proof", "佐证材料"),
        ({"现住房安全依据": ""}, "guarantee-safe", "为什么安全"),
        ({"佐证材料": "同" * 121}, "text-long", "写了 121 个字，至多 120 个字"),
    ],
)
def test_a_way_that_cant_be_goes_back_with_its_reason(
    send: Send, households: list[Household], clerk: User, *, row: dict[str, object], check: str, words: str
) -> None:
    batch = send([_way(households[0], **row), _way(households[1])], WAYS, clerk)
    assert (batch.rows_applied, batch.rows_refused, next(iter(faults(batch)))) == (1, 1, check), faults(batch)
    assert words in said(batch, 2)


def test_a_workbook_of_conclusions_is_held_to_the_data_and_can_be_taken_back(
    send: Send, take_back: TakeBack, *, give: Submit, households: list[Household], clerk: User, verifier: User
) -> None:
    paper = give("b", on=ON)
    give("d", household=households[1], on=ON)
    before = actions.conclude(household=households[0], category="unguaranteed", by=verifier, verifiers=["石岩"], on=ON, why="漏雨")
    task = actions.open_campaign(area=COUNTY, name="2020年核验", starts_on=ON, due=TODAY, by=clerk)
    common: dict[str, object] = {"核验人": "邢志国、金淑珍", "核验日期": "2020-06-05", "现住此房": "是"}
    rows: list[dict[str, object]] = [
        {"户编号": households[0].number, "核验结论": "鉴定安全", **common},
        {"户编号": households[1].number, "核验结论": "鉴定安全", **common},
        {"户编号": households[2].number, "核验结论": "未保障", "未保障的原因和打算": "无房，列入计划", **common},
    ]
    batch = send(rows, CONCLUSIONS, verifier)
    assert (batch.kind, batch.rows_applied, batch.rows_refused) == ("verifications", 2, 1), faults(batch)
    assert "D 级" in said(batch, 3)
    made = Verification.objects.open().get(household=households[0])
    assert (made.appraisal, made.campaign, made.verifiers, made.lives_here) == (paper, task, ["邢志国", "金淑珍"], True)
    ended = Verification.objects.get(household=households[0], superseded_at=None, valid_to__isnull=False)
    assert (ended.category, ended.valid_from, ended.valid_to) == ("unguaranteed", ON, date(2020, 6, 5))
    actions.conclude(household=households[2], category="unguaranteed", by=verifier, verifiers=["石岩"], why="仍无房")
    taken = take_back(batch, verifier)
    assert (taken.rows_undone, taken.rows_noted) == (1, 1)
    restored = Verification.objects.open().get(household=households[0])
    assert (restored.why, restored.valid_from, restored.valid_to) == (before.why, ON, None)


@pytest.mark.parametrize(
    ("row", "check", "words"),
    [
        ({"核验结论": "安全"}, "cell-unread", "认不出"),
        ({"核验人": ""}, "cell-unsaid", "请补填"),
        ({"核验日期": "2020-06-11"}, "verification-day", "晚于今天"),
        ({"核验结论": "未保障"}, "verification-unguaranteed", "请写明为什么"),
        ({"核验结论": "改造安全"}, "verification-renovated", "没有登记在期限内的保障途径"),
        ({"核验结论": "其他保障方式"}, "verification-guaranteed", "没有登记在期限内的保障途径"),
        ({"未保障的原因和打算": "漏" * 501}, "text-long", "写了 501 个字，至多 500 个字"),
        ({"核验任务": "别的任务"}, "verification-campaign", "没有叫“别的任务”"),
    ],
)
def test_a_conclusion_that_cant_be_goes_back_with_its_reason(
    send: Send, give: Submit, households: list[Household], verifier: User, *, row: dict[str, object], check: str, words: str
) -> None:
    give("a", on=ON)
    batch = send([{"户编号": households[0].number, "核验结论": "鉴定安全", "核验人": "邢志国", **row}], CONCLUSIONS, verifier)
    assert (batch.rows_applied, batch.rows_refused, next(iter(faults(batch)))) == (0, 1, check), faults(batch)
    assert words in said(batch, 2)
    assert not Verification.objects.exists()


_STATE = st.tuples(
    st.sampled_from(["", "a", "c", "d"]),
    st.sampled_from(["", "relatives", "relocation", "over"]),
    st.sampled_from(["", "early", "late"]),
    st.booleans(),
)
_CLAIM = st.tuples(
    st.sampled_from(["appraised_safe", "renovated_safe", "guaranteed_safe", "unguaranteed", "fine"]), st.integers(0, 45), st.sampled_from(["", "漏雨"]),
    st.sampled_from(["", "石岩"]), st.sampled_from(["relatives", "relocation", "renovation", "tent", "public_rental"]), st.sampled_from([None, 5, 300]),
)  # fmt: skip


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(states=st.tuples(_STATE, _STATE, _STATE), claims=st.tuples(_CLAIM, _CLAIM, _CLAIM))
def test_many_ways_and_conclusions_at_once_end_like_one_after_the_other(
    give: Submit, households: list[Household], clerk: User, states: Any, claims: Any
) -> None:
    outcomes = []
    for many in (False, True):
        sid = transaction.savepoint()
        try:
            for household, state in zip(households, states, strict=True):
                _stand(household, *state, give=give, clerk=clerk)
            ways = [_claimed_way(household, claim) for household, claim in zip(households, claims, strict=True)]
            conclusions = [_claim(household, claim) for household, claim in zip(households, claims, strict=True)]
            outcomes.append((_recorded(ways, households, clerk, many=many), _concluded(conclusions, households, clerk, many=many)))
        finally:
            transaction.savepoint_rollback(sid)
    assert outcomes[0] == outcomes[1]


def _stand(household: Household, grade: str, way: str, concluded: str, closed: bool, *, give: Submit, clerk: User) -> None:
    if grade:
        give(grade, household=household, on=ON)
    if way:
        until = {"relatives": date(2020, 12, 31), "over": date(2020, 5, 10)}.get(way)
        guarantees.record(
            household=household, route="relocation" if way == "relocation" else "relatives", since=ON, by=clerk, provider="周鹏", document="同意书",
            until=until, safe_because="B 级",
        )  # fmt: skip
    if concluded:
        day = ON if concluded == "early" else TODAY
        actions.conclude(household=household, category="unguaranteed", by=clerk, verifiers=["石岩"], on=day, why="漏雨")
    if closed and grade != "a":
        registry.close(household=household, on=TODAY, reason="全家外迁", by=clerk)


def _claimed_way(household: Household, claim: Any) -> guarantees.Way:
    _category, offset, document, provider, route, days = claim
    since = ON + timedelta(days=offset)
    return guarantees.Way(
        household=household.pk, route=route, since=since, until=None if days is None else ON + timedelta(days=days), provider=provider, document=document,
        safe_because=provider,
    )  # fmt: skip


def _claim(household: Household, claim: Any) -> actions.Finding:
    category, offset, why, verifier, _route, _days = claim
    return actions.Finding(household=household.pk, category=category, on=ON + timedelta(days=offset), why=why, verifiers=[verifier])


def _one_by_one(acts: list[Callable[[], Any]]) -> dict[int, Any]:
    refusals: dict[int, Any] = {}
    for at, act in enumerate(acts):
        try:
            with transaction.atomic():
                act()
        except Refused as refusal:
            refusals[at] = refusal.rule.id, refusal.message
    return refusals


def _said(refusals: dict[int, Refused]) -> dict[int, Any]:
    return {at: (one.rule.id, one.message) for at, one in refusals.items()}


def _recorded(ways: list[guarantees.Way], households: list[Household], by: User, *, many: bool) -> Any:
    if many:
        refusals = _said(guarantees.record_many(ways=ways, by=by))
    else:
        refusals = _one_by_one(
            [
                lambda way=way, home=home: guarantees.record(  # type: ignore[misc]
                    household=home, route=way.route, since=way.since, until=way.until, provider=way.provider, document=way.document,
                    safe_because=way.safe_because, by=by,
                )
                for way, home in zip(ways, households, strict=True)
            ]
        )  # fmt: skip
    rows = Guarantee.objects.values_list("household", "route", "valid_from", "valid_to", "until", "ended_reason").annotate(
        known=Q(superseded_at=None)
    )
    return refusals, sorted(rows, key=str)


def _concluded(findings: list[actions.Finding], households: list[Household], by: User, *, many: bool) -> Any:
    if many:
        refusals = _said(actions.conclude_many(findings=findings, by=by))
    else:
        refusals = _one_by_one(
            [
                lambda one=one, home=home: actions.conclude(  # type: ignore[misc]
                    household=home, category=one.category, on=one.on, why=one.why, verifiers=one.verifiers, by=by
                )
                for one, home in zip(findings, households, strict=True)
            ]
        )
    rows = Verification.objects.values_list("household", "category", "route", "valid_from", "valid_to", "appraisal__grade").annotate(
        known=Q(superseded_at=None)
    )
    return refusals, sorted(rows, key=str)
