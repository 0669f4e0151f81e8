"""Laws of life cycles, and of the renovation road: whatever is tried in whatever order, a case is where its steps lead and nowhere else."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.roles import ROLES, Power
from anju.cases import actions
from anju.cases.actions.moving import holding
from anju.cases.models import AnnualPlan, Case, HouseholdPlan
from anju.cases.standing import COLUMNS, counting, standing
from anju.cases.tests.conftest import Road, pictured, reported
from anju.cases.workflow import CHECKING, ENDS, PREPARED, UNSTARTED, WORKFLOW
from anju.guarantees import actions as guarantees
from anju.refusing import Refused
from anju.registry.models import Dwelling, Household, Occupancy
from anju.registry.queries.living import lived_in
from anju.workflow import BACK, STAYS, BadWorkflow, OutOfOrder, Stage, State, Transition, Workflow

CODES = [one.code for one in WORKFLOW.transitions]


def _walk(wanted: Iterable[str]) -> tuple[State, list[str]]:
    """Tries everything in turn; what could be done was done."""
    state, done = WORKFLOW.begun(), []
    for code in wanted:
        if WORKFLOW.can(state, code):
            state = WORKFLOW.step(state, code)
            done.append(code)
        else:
            with pytest.raises(OutOfOrder) as wrong:
                WORKFLOW.step(state, code)
            assert wrong.value.state == state
            assert code not in {one.code for one in wrong.value.possible}
    return state, done


@given(st.lists(st.sampled_from(CODES), max_size=120))
def test_a_case_is_where_its_steps_lead(wanted: list[str]) -> None:
    state, done = _walk(wanted)
    assert WORKFLOW.replay(done) == state
    assert len(state.behind) <= 1
    assert bool(state.behind) == WORKFLOW.stage(state.stage).side
    order = [one.code for one in WORKFLOW.stages if one.phase]
    if state.stage in order and order.index(state.stage) >= order.index("accepted"):
        first = {code: at for at, code in reversed(list(enumerate(done)))}
        for earlier, later in (
            ("review", "review_township"),
            ("review_township", "check"),
            ("check", "approve"),
            ("approve", "start_works"),
        ):
            assert first[earlier] < first[later]
        assert first["start_works"] < first["complete"] < first["accept_first"] < first["accept"]
    if state.stage in ENDS:
        assert WORKFLOW.possible(state) == []


@given(st.lists(st.sampled_from(CODES), max_size=80))
def test_what_is_sent_back_is_reviewed_again(wanted: list[str]) -> None:
    _state, done = _walk(wanted)
    for at, code in enumerate(done):
        if code in ("return", "split"):
            after = WORKFLOW.replay(done[: at + 1])
            assert after.stage == "returned"
            assert not after.marks & {*CHECKING, "visit"}
            assert not (code == "split" and after.marks & set(PREPARED))


@given(st.lists(st.sampled_from(CODES), max_size=60))
def test_a_pause_ends_where_it_began(wanted: list[str]) -> None:
    state, _done = _walk(wanted)
    if WORKFLOW.can(state, "pause"):
        assert WORKFLOW.step(WORKFLOW.step(state, "pause"), "resume") == state


def test_somebody_may_do_every_step_of_the_road_and_nobody_all() -> None:
    for one in WORKFLOW.transitions:
        holders = [role.code for role in ROLES.values() if role.powers & {Power(power) for power in one.by}]
        assert bool(holders) == bool(one.by), one.code
        assert len(holders) < len(ROLES)
    approving = {role.code for role in ROLES.values() if Power.CASE_APPROVE in role.powers}
    assert not approving & {role.code for role in ROLES.values() if Power.CASE_VILLAGE in role.powers}
    assert all(ROLES[code].second_factor for code in approving)


_A, _B, _SIDE, _END = Stage("a", "甲"), Stage("b", "乙"), Stage("s", "旁", side=True), Stage("e", "终", ends=True)
_GO, _OFF, _ON, _STOP = (
    Transition("go", "走", ("a",), "b"), Transition("off", "离", ("a", "b"), "s"), Transition("on", "回", ("s",), BACK), Transition("stop", "止", ("b",), "e"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("stages", "transitions"),
    [
        ((_A, _A), (_GO,)),
        ((_A, _B, _END), (_GO, _GO, _STOP)),
        ((_A, _B, _END), (replace(_GO, target="x"), _STOP)),
        ((_A, _B, _END), (replace(_GO, sources=()), _STOP)),
        ((_A, _B, _END), (_GO, _STOP, replace(_GO, code="on", sources=("e",)))),
        ((_A, _B, _END), (_GO, _STOP, replace(_ON, sources=("b",)))),
        ((_A, _B, _END), (_GO, _STOP, Transition("none", "无", ("a",), STAYS))),
        ((_A, _B, _SIDE, _END), (_GO, _STOP, _ON)),
        ((_A, _B), (_GO,)),
    ],
)
def test_a_declaration_that_contradicts_itself_does_not_load(stages: tuple[Stage, ...], transitions: tuple[Transition, ...]) -> None:
    Workflow("a", (_A, _B, _SIDE, _END), (_GO, _OFF, _ON, _STOP))
    with pytest.raises(BadWorkflow):
        Workflow("a", stages, transitions)


# ------------------------------------------------------------------------------------------------ through the actions


def safe_house() -> Dwelling:
    """The house of the neighbour, graded B."""
    return Dwelling.objects.order_by("number")[3]


def _acts(road: Road) -> dict[str, Callable[[Case, date], Any]]:
    """Everything that can be tried with a case, by whom it may be done."""
    county, township, village = (road.people[name] for name in ("county", "township", "village"))
    why = "核对后另行处理"

    def plan_of(case: Case) -> dict[str, Any]:
        return road.plan(Case.objects.get(pk=case.pk))

    def elsewhere(case: Case, on: date) -> dict[str, Any]:
        return {**plan_of(case), "meanwhile": "relatives", "dwelling": safe_house(), "meanwhile_from": on}

    def step(code: str, by: Any) -> Callable[[Case, date], Any]:
        return lambda case, on: actions.advance(case=case, step=actions.Step(code=code, on=on), by=by)

    def milestone(code: str) -> Callable[[Case, date], Any]:
        return lambda case, on: reported(case, code, township, on)

    return {
        "review": lambda case, on: actions.review_many(
            votes=[actions.Vote(case.pk, 22)],
            by=village,
            due=40,
            came=28,
            chair="甲",
            recorder="乙",
            on=on,
            album=pictured("review", case, village),
        ),
        "visit": lambda case, on: actions.visit(case=case, by=township, seen="漏雨", on=on),
        "return": lambda case, on: actions.send_back(case=case, by=township, reason=why, on=on),
        "resubmit": lambda case, on: actions.resubmit(case=case, by=village, on=on),
        "approve": lambda case, on: actions.approve(
            case=case, by=county, method="rebuild", main_area=Decimal(40), amount=100, basis="文", on=on
        ),
        "survey_mode": lambda case, on: actions.survey_mode(case=case, by=township, mode="self_build", on=on),
        "draw_plan": lambda case, on: actions.draw_plan(case=case, by=township, on=on, **plan_of(case)),
        "redraw_plan": lambda case, on: actions.redraw_plan(case=case, by=township, on=on, reason=why, **plan_of(case)),
        "draw_plan_living_elsewhere": lambda case, on: actions.draw_plan(case=case, by=township, on=on, **elsewhere(case, on)),
        "redraw_plan_living_elsewhere": lambda case, on: actions.redraw_plan(
            case=case, by=township, on=on, reason=why, **elsewhere(case, on)
        ),
        "move_meanwhile": lambda case, on: actions.move_meanwhile(case=case, by=township, on=on),
        "return_home": lambda case, on: actions.return_home(case=case, by=township, on=on),
        "agree": lambda case, on: actions.agree(
            case=case, by=township, kind="commitment", signed_on=on, start_due=on, finish_due=on, filed_on=on
        ),
        "stock_materials": lambda case, on: actions.prepare(cases=[case.pk], code="stock_materials", by=township, note="砖", on=on),
        "train": lambda case, on: actions.prepare(cases=[case.pk], code="train", by=township, note="训", on=on),
        "change_head": lambda case, on: actions.change_head(case=case, by=township, reason=why, on=on),
        "split": lambda case, on: actions.split(case=case, by=township, reason=why, on=on),
        "pause": lambda case, on: actions.pause(case=case, by=county, reason=why, on=on),
        "resume": lambda case, on: actions.resume(case=case, by=county, on=on),
        "refuse": lambda case, on: actions.refuse(case=case, by=county, reason=why, on=on),
        "withdraw": lambda case, on: actions.withdraw(case=case, by=township, reason=why, written_on=on, on=on),
        "take_other_route": lambda case, on: actions.take_other_route(case=case, by=township, reason=why, on=on),
        "undo": lambda case, on: actions.undo(case=case, by=county, reason=why),
        "undo_township": lambda case, on: actions.undo(case=case, by=township, reason=why),
        **{code: milestone(code) for code in ("start_works", "lay_foundation", "raise_structure", "complete")},
        **{code: step(code, township) for code in ("review_township", "post_village")},
        **{code: step(code, county) for code in ("check", "post_county", "accept", "close")},
    }


_TRIED = (
    *(
        "approve",
        "survey_mode",
        "draw_plan",
        "redraw_plan",
        "draw_plan_living_elsewhere",
        "redraw_plan_living_elsewhere",
        "move_meanwhile",
        "return_home",
        "agree",
        "stock_materials",
        "train",
        "start_works",
        "lay_foundation",
        "raise_structure",
        "complete",
        "undo",
    ),
    *(
        "undo_township",
        "pause",
        "resume",
        "change_head",
        "withdraw",
        "return",
        "split",
        "review",
        "visit",
        "check",
        "post_county",
        "accept",
        "resubmit",
    ),
    *("take_other_route", "refuse", "review_township", "post_village"),
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tried=st.lists(st.tuples(st.sampled_from(_TRIED), st.integers(-2, 3)), max_size=30),
    begun=st.sampled_from(["applied", "approved", "started"]),
)
def test_no_sequence_of_acts_gets_round_the_guards(
    dangerous: list[Household], road: Road, tried: list[tuple[str, int]], begun: str
) -> None:
    sid = transaction.savepoint()
    day = road.day
    try:
        (case,) = road.to(begun, dangerous[0])
        acts, on = _acts(road), road.day
        for name, days in tried:
            try:
                with transaction.atomic():
                    acts[name](case, on + timedelta(days=days))
            except Refused:
                pass
            case.refresh_from_db()
            on = max(on, case.since)
            _holds(case)
    finally:
        transaction.savepoint_rollback(sid)
        road.day = day


def _holds(case: Case) -> None:
    """What must hold of a case whatever was done with it."""
    steps = list(case.steps.order_by("id"))
    told, counted = standing(steps), counting(steps)
    assert {name: getattr(case, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}
    days = [one.on for one in counted if WORKFLOW_TARGETS.get(one.code) != STAYS]
    assert days == sorted(days)
    assert counted[0].on == case.applied_on
    done = [one.code for one in counted]
    _its_plan_holds(case, done)
    if case.started_on is not None:
        assert set(case.marks) >= {"agreement", "materials", "training", "mode"} or "change_head" in done
        signed = next(one for one in reversed(counted) if one.code == "agree")
        assert case.approved_on is not None
        assert case.approved_on <= signed.on <= case.started_on
    if case.stage not in (*UNSTARTED[:-1], *ENDS, "returned", "paused"):
        assert case.plan_id is not None
        assert case.subsidy is not None
        assert case.method
        assert AnnualPlan.objects.filter(pk=case.plan_id, year=case.approved_on.year if case.approved_on else 0).exists()
    if case.approved_on is None:
        assert (case.plan_id, case.subsidy, case.method, case.build_mode, case.main_area) == (None, None, "", "", None)
    if case.stage == "other_route":
        assert guarantees is not None
        assert next(one for one in reversed(counted) if one.code == "take_other_route").details["guarantee"]
    if case.stage in ("withdrawn", "refused", "paused", "returned"):
        assert counted[-1].reason or counted[-1].code not in ("withdraw", "refuse", "pause", "return", "split")


def _its_plan_holds(case: Case, done: list[str]) -> None:
    """One plan holds at most, it adds up, and the register lets the family live for the time being where that plan says, or nowhere."""
    holds = holding(case)
    assert (holds is not None) == ("plan" in case.marks)
    if case.started_on is not None:
        assert holds is not None
    if holds is not None:
        assert holds.total == sum(getattr(holds, name) for name in HouseholdPlan.SOURCES)
        assert holds.subsidy == case.subsidy
        assert any(safety for _work, safety in holds.works)
        assert holds.main_area is None or case.main_area is None or holds.main_area <= case.main_area
    spells = list(Occupancy.objects.open().filter(household=case.household, kind=Occupancy.Kind.TRANSITIONAL))
    lives_there = holds is not None and holds.moved_id is not None and holds.returned_id is None
    assert len(spells) == int(lives_there)
    if holds is not None and lives_there:
        assert spells[0].dwelling_id == holds.dwelling_id
    lived = {one.kind for one in lived_in(Occupancy.objects.open().filter(household=case.household))}
    assert lived == ({Occupancy.Kind.TRANSITIONAL} if lives_there else {Occupancy.Kind.OWN})


WORKFLOW_TARGETS = {one.code: one.target for one in WORKFLOW.transitions}
