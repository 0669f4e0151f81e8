"""Laws of life cycles, and of the renovation road: whatever is tried in whatever order, a case is where its steps lead and nowhere else."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import ROLES, Power
from anju.appraisals.tests.conftest import COUNTY, TOWNSHIP, VILLAGE
from anju.cases import actions, rules
from anju.cases.actions.moving import holding
from anju.cases.models import AnnualPlan, Case, HouseholdPlan
from anju.cases.standing import COLUMNS, counting, rests_on, standing
from anju.cases.tests.conftest import Road, pictured
from anju.cases.workflow import ANEW, CHECKING, ENDS, PREPARED, UNSTARTED, WORKFLOW
from anju.clock.actions import set_today
from anju.evidence.models import Album
from anju.guarantees import actions as guarantees
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.actions import NewPerson
from anju.registry.models import Dwelling, Household, Leaving, Membership, Occupancy
from anju.registry.queries.living import lived_in
from anju.registry.refusal import Refused as RegistryRefused
from anju.vocabulary.division import Level
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

WHY = "核对后另行处理"


def _acts(road: Road, meeting: Album, album: Album) -> dict[str, Callable[[Case, date], Any]]:
    """Everything that can be tried with a case, by whom it may be done; what comes with inspections and funds is tried too, and refused."""
    county, township, village = (road.people[name] for name in ("county", "township", "village"))

    def step(code: str, by: User, **more: Any) -> Callable[[Case, date], Any]:
        return lambda case, on: actions.advance(case=case, step=actions.Step(code=code, on=on, **more), by=by)

    def by_reason(do: Callable[..., Any], by: User) -> Callable[[Case, date], Any]:
        return lambda case, on: do(case=case, by=by, reason=WHY, on=on)

    def milestone(code: str) -> Callable[[Case, date], Any]:  # as from a phone, whose photos follow
        return lambda case, on: actions.report(case=case, code=code, by=township, on=on, album=album, photos_follow=True)

    def prepared(code: str) -> Callable[[Case, date], Any]:
        return lambda case, on: actions.prepare(cases=[case.pk], code=code, by=township, note="已备", on=on)

    def agreed(case: Case, on: date) -> Any:
        return actions.agree(
            case=case,
            by=township,
            kind="three",
            builder="宏达队",
            stages=[("竣工", 100)],
            signed_on=on,
            start_due=on,
            finish_due=on,
            filed_on=on,
        )

    return {
        "review": lambda case, on: actions.review_many(
            votes=[actions.Vote(case.pk, 22)], by=village, due=40, came=28, chair="甲", recorder="乙", on=on, album=meeting
        ),
        "post_village": step("post_village", village),
        "visit": lambda case, on: actions.visit(case=case, by=township, seen="漏雨", on=on),
        "review_township": lambda case, on: actions.review_township(cases=[case.pk], by=township, on=on),
        "post_township": step("post_township", township),
        **{
            f"check_{office}": partial(_looked_at, road.people[name])
            for office, name in (("housing", "county"), *((one, one) for one in ("poverty", "civil_affairs", "disabled_federation")))
        },
        "check": step("check", county),
        "post_county": step("post_county", county),
        "approve": lambda case, on: actions.approve(
            case=case, by=county, method="repair" if case.grade == "C" else "rebuild", main_area=Decimal(40), amount=100, basis="文", on=on
        ),
        "survey_mode": lambda case, on: actions.survey_mode(
            case=case, by=township, mode="unified_repair" if case.method == "repair" else "unified_build", on=on
        ),
        "draw_plan": lambda case, on: actions.draw_plan(case=case, by=township, on=on, **road.plan(Case.objects.get(pk=case.pk))),
        "redraw_plan": lambda case, on: actions.redraw_plan(
            case=case, by=township, on=on, reason=WHY, **road.plan(Case.objects.get(pk=case.pk))
        ),
        "agree": agreed,
        "stock_materials": prepared("stock_materials"),
        "train": prepared("train"),
        **{code: milestone(code) for code in ("start_works", "lay_foundation", "raise_structure", "complete")},
        **{way.code: step(way.code, county, reason=WHY) for way in WORKFLOW.transitions if not way.by},
        "return": by_reason(actions.send_back, township),
        "resubmit": lambda case, on: actions.resubmit(case=case, by=village, on=on),
        "refuse": by_reason(actions.refuse, county),
        "revoke": by_reason(actions.revoke, county),
        "withdraw": lambda case, on: actions.withdraw(case=case, by=township, reason=WHY, written_on=on, on=on),
        "take_other_route": by_reason(actions.take_other_route, township),
        "pause": by_reason(actions.pause, county),
        "resume": lambda case, on: actions.resume(case=case, by=county, on=on),
        "change_head": by_reason(actions.change_head, township),
        "split": by_reason(actions.split, township),
        "regrade": by_reason(actions.regrade, township),
    }


def safe_house() -> Dwelling:
    """The house of a neighbour, graded B."""
    found = Dwelling.objects.order_by("number").last()
    assert found is not None
    return found


def _looked_at(by: User, case: Case, on: date) -> Any:
    return actions.check_many(cases=[case.pk], by=by, on=on)


def _happenings(road: Road, grade: Callable[..., None]) -> dict[str, Callable[[Case, date], Any]]:
    """What comes from elsewhere, and what is done beside the road."""
    county, township, village = (road.people[name] for name in ("county", "township", "village"))

    def hung(level: Level, area: str) -> Callable[[Case, date], Any]:
        return lambda case, on: actions.post(
            cases=[case.pk], level=level, area=area, title="公示", by=county if level is Level.COUNTY else township, hotline="0418", on=on
        )

    def died(case: Case, on: date) -> None:
        head = Membership.objects.open().get(household=case.household_id, relation="02").person
        son = registry.add_member(household=case.household, person=NewPerson("周小海"), relation_code="20", on=on, by=county)
        registry.remove_member(household=case.household, person=head, reason=Leaving.DIED, on=on, by=county, new_head=son)

    def elsewhere(case: Case, on: date) -> dict[str, Any]:
        return {**road.plan(Case.objects.get(pk=case.pk)), "meanwhile": "relatives", "dwelling": safe_house(), "meanwhile_from": on}

    return {
        "draw_plan_living_elsewhere": lambda case, on: actions.draw_plan(case=case, by=township, on=on, **elsewhere(case, on)),
        "redraw_plan_living_elsewhere": lambda case, on: actions.redraw_plan(
            case=case, by=township, on=on, reason=WHY, **elsewhere(case, on)
        ),
        "move_meanwhile": lambda case, on: actions.move_meanwhile(case=case, by=township, on=on),
        "return_home": lambda case, on: actions.return_home(case=case, by=township, on=on),
        "undo": lambda case, _on: actions.undo(case=case, by=county, reason=WHY),
        "undo_township": lambda case, _on: actions.undo(case=case, by=township, reason=WHY),
        "undo_village": lambda case, _on: actions.undo(case=case, by=village, reason=WHY),
        "waive": lambda case, _on: actions.waive(case=case, rule=rules.TRAINING.id, reason=WHY, by=county),
        "unwaive": lambda case, _on: actions.unwaive(case=case, rule=rules.TRAINING.id, reason=WHY, by=county),
        "hang_village": hung(Level.VILLAGE, VILLAGE),
        "hang_township": hung(Level.TOWNSHIP, TOWNSHIP),
        "hang_county": hung(Level.COUNTY, COUNTY),
        "head_died": died,
        "c": lambda case, on: grade(case.household, "c", on=on),
        "b": lambda case, on: grade(case.household, "b", on=on),
        "housed": lambda case, on: guarantees.record(
            household=case.household, route="relocation", since=on, by=township, document="协议", provider="安置点", safe_because="A 级"
        ),
    }


STAGES_TRIED = ("started", "approved", "township_posted", "applied")


def test_no_sequence_of_acts_gets_round_the_guards(dangerous: list[Household], road: Road, grade: Callable[..., None], clerk: User) -> None:
    """V7 and every guard, whatever is tried on whatever day in whatever order; a case equals what its steps say after each act."""
    grade(dangerous[3], "d", on=date(2020, 3, 2))
    registry.record_dwelling(
        household=dangerous[4], kind="own", on=date(2020, 3, 2), by=clerk, state={"structure": "brick_concrete", "storeys": 1}
    )
    grade(dangerous[4], "b", on=date(2020, 3, 2))
    begun = {stage: road.to(stage, home)[0].pk for stage, home in zip(STAGES_TRIED, dangerous[:4], strict=True)}
    some = Case.objects.get(pk=begun["applied"])
    meeting, album = (pictured(code, some, road.people["township"]) for code in ("review", "complete"))
    acts, more = _acts(road, meeting, album), _happenings(road, grade)
    assert set(acts) == {one.code for one in WORKFLOW.transitions}
    acts |= more
    first = road.later()
    set_today(day=first + timedelta(days=30))
    kinds = st.one_of(
        st.sampled_from(sorted(acts)),
        st.sampled_from(
            ["undo", "undo_township", "agree", "complete", "draw_plan_living_elsewhere", "redraw_plan", "start_works", "visit"]
        ),
    )

    @settings(max_examples=200, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(
        begins=st.sampled_from(STAGES_TRIED),
        tried=st.lists(st.tuples(kinds, st.sampled_from([-400, -1, 0, 0, 0, 1, 1, 3, 3, 900])), min_size=1, max_size=14),
    )
    def walked(begins: str, tried: list[tuple[str, int]]) -> None:
        sid = transaction.savepoint()
        try:
            case, on = Case.objects.get(pk=begun[begins]), first
            for name, days in tried:
                moved = True
                try:
                    with transaction.atomic():
                        answered = acts[name](case, on + timedelta(days=days))
                    moved = not (isinstance(answered, dict) and answered)
                except RefusedHere:
                    moved = False
                if moved:
                    on = max(on, on + timedelta(days=days))
                case.refresh_from_db()
            _holds(case)
        finally:
            transaction.savepoint_rollback(sid)

    walked()


RefusedHere = (Refused, RegistryRefused)
WORKFLOW_TARGETS = {one.code: one.target for one in WORKFLOW.transitions}


def _holds(case: Case) -> None:
    """What must hold of a case whatever was done with it."""
    steps = list(case.steps.order_by("id"))
    told, counted = standing(steps), counting(steps)
    assert {name: getattr(case, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}
    assert all(getattr(case, column) == value for column, value in (rests_on(steps) or {}).items())
    days = [one.on for one in counted if WORKFLOW_TARGETS.get(one.code) != STAYS]
    assert days == sorted(days)
    assert counted[0].on == case.applied_on
    assert max(days) <= clock.today()
    done = [one.code for one in counted]
    _its_plan_holds(case)
    anew = max((at for at, code in enumerate(done) if code in ANEW), default=0)
    since = counted[anew:]
    assert not {one.code for one in counted} & {way.code for way in WORKFLOW.transitions if not way.by}
    if case.started_on is not None:
        assert set(case.marks) >= {"materials", "mode"}
        assert "training" in case.marks or any(rules.TRAINING.id in one.waived for one in since)
        assert "agreement" in case.marks or "change_head" in done
        signed = next(one for one in since if one.code == "agree")
        assert case.approved_on is not None
        assert case.approved_on <= signed.on
        assert case.approved_on <= case.started_on
    if case.completed_on is not None:
        assert case.started_on is not None
        assert (case.completed_on - case.started_on).days >= (1 if case.method == "repair" else 7)
        assert "agreement" in case.marks
    if case.stage not in (*UNSTARTED[:-1], *ENDS, "returned", "paused"):
        assert case.plan_id is not None
        assert case.subsidy is not None
        assert case.method
        assert AnnualPlan.objects.filter(pk=case.plan_id, year=case.approved_on.year if case.approved_on else 0).exists()
    if case.approved_on is None:
        assert (case.plan_id, case.subsidy, case.method, case.build_mode, case.main_area) == (None, None, "", "", None)
    else:
        codes = [one.code for one in since]
        road = ("post_village", "visit", "review_township", "post_township", "check", "post_county", "approve")
        assert {*road, *(f"check_{mark.removeprefix('checked_')}" for mark in CHECKING)} <= set(codes)
    if case.stage == "other_route":
        assert next(one for one in reversed(counted) if one.code == "take_other_route").details["guarantee"]
    for one in counted:
        assert one.reason or one.code not in {way.code for way in WORKFLOW.transitions if way.reason}
    for one in steps:
        assert one.code != "undo" or one.reason


def _its_plan_holds(case: Case) -> None:
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
