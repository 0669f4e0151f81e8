"""Every rule of the renovation road refuses what it is there for: each guard of each transition, whoever has no hand in it, whatever comes too early."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.actions.appraising import submit
from anju.appraisals.tests.conftest import COUNTY, GOOD, TOWNSHIP, VILLAGE
from anju.cases import actions, rules
from anju.cases.actions.stepping import checks
from anju.cases.models import Case, CaseStep, Drawing
from anju.cases.tests.conftest import LISTED, Road, pictured, reported
from anju.cases.tests.test_the_road import refused
from anju.cases.workflow import CHECKING, WORKFLOW
from anju.checks import Check
from anju.guarantees import actions as guarantees
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.actions.households import NewPerson
from anju.registry.models import Household, Leaving, Membership, PastSupport
from anju.vocabulary.division import Level
from anju.vocabulary.fieldwork import Captured
from anju.vocabulary.works import TOILETS
from anju.workflow import Transition

CHINESE = re.compile(r"[一-鿿]{4,}")
WHY = "核对后另行处理"
BASIS = "彰住建〔2020〕3号"


@dataclass
class Scene:
    """A case at the stage from which something is tried, and everybody."""

    road: Road
    case: Case
    grade: Callable[..., None]
    given: dict[str, Any] = field(default_factory=dict)

    @property
    def day(self) -> date:
        """The day of what is tried."""
        return self.road.day

    @property
    def household(self) -> Household:
        """Whose case it is."""
        return Household.objects.get(pk=self.case.household_id)

    def who(self, name: str) -> User:
        """One of the cast."""
        return self.road.people[name]

    def step(self, code: str, by: str, **more: Any) -> Any:
        """A step without an action of its own."""
        return actions.advance(case=self.case, step=actions.Step(code=code, on=more.pop("on", self.day), **more), by=self.who(by))


# ------------------------------------------------------------------------------------------------ what makes each step right


def _nothing(_scene: Scene, _omitted: str) -> None:
    """Nothing has to be there before."""


def _hung(level: Level, area: str) -> Callable[[Scene, str], None]:
    def prepare(scene: Scene, omitted: str) -> None:
        if omitted != rules.NOTICE.id:
            scene.road.hung([scene.case], level, area)

    return prepare


def _visited(scene: Scene, omitted: str) -> None:
    if omitted != rules.VISIT.id:
        actions.visit(case=scene.case, by=scene.who("township"), seen="墙体开裂", on=scene.day)


def _looked_at(scene: Scene, omitted: str) -> None:
    for name in ("county", "poverty", "civil_affairs", "disabled_federation"):
        if omitted != rules.JOINT.id or name != "poverty":
            assert not actions.check_many(cases=[scene.case.pk], by=scene.who(name), on=scene.day)


def _planned(scene: Scene, omitted: str) -> None:
    if omitted != rules.PLAN.id:
        actions.make_plan(area=COUNTY, year=2020, households=9, complete_due=date(2020, 6, 25), by=scene.who("county"))


def _surveyed(scene: Scene, omitted: str) -> None:
    if omitted != rules.MODE.id:
        actions.survey_mode(case=scene.case, by=scene.who("township"), mode="unified_build", on=scene.day)


def _signed(scene: Scene, **more: Any) -> Any:
    given: dict[str, Any] = {
        "kind": "three",
        "builder": "宏达队",
        "filed_on": scene.day,
        "stages": [("开工", 30), ("竣工", 70)],
        "signed_on": scene.day,
    } | more
    return actions.agree(case=scene.case, by=scene.who("township"), start_due=scene.day, finish_due=date(2020, 8, 20), **given)


def _drawn(scene: Scene, **more: Any) -> Any:
    case = Case.objects.get(pk=scene.case.pk)
    return actions.draw_plan(case=case, by=scene.who("township"), on=scene.day, **(scene.road.plan(case) | more))


def _redrawn(scene: Scene, **more: Any) -> Any:
    case = Case.objects.get(pk=scene.case.pk)
    return actions.redraw_plan(case=case, by=scene.who("township"), on=scene.day, reason=WHY, **(scene.road.plan(case) | more))


def _with_plan(scene: Scene, omitted: str) -> None:
    if omitted != rules.HOUSEHOLD_PLAN.id:
        _drawn(scene)


def _ready(scene: Scene, omitted: str) -> None:
    """The four things before the start, but for the one left out. Without a mode nothing can be signed, so that one is wiped out afterwards."""
    _surveyed(scene, "")
    if omitted != rules.HOUSEHOLD_PLAN.id:
        _drawn(scene)
    if omitted != rules.AGREEMENT.id:
        _signed(scene)
    for code, rule in (("stock_materials", rules.MATERIALS), ("train", rules.TRAINING)):
        if omitted != rule.id:
            assert not actions.prepare(cases=[scene.case.pk], code=code, by=scene.who("township"), note="已备", on=scene.day)
    if omitted == rules.MODE.id:
        scene.case.refresh_from_db()
        Case.objects.filter(pk=scene.case.pk).update(marks=[mark for mark in scene.case.marks if mark != "mode"])


def _built(*codes: str) -> Callable[[Scene, str], None]:
    def prepare(scene: Scene, _omitted: str) -> None:
        for code in codes:
            scene.road.later(5)
            reported(scene.case, code, scene.who("township"), scene.day)
        scene.road.later(5)

    return prepare


def _housed(scene: Scene, omitted: str) -> None:
    if omitted != rules.OTHER_ROUTE.id:
        _relatives(scene)


def _headed(scene: Scene, omitted: str) -> None:
    if omitted != rules.HEAD.id:
        _new_head(scene)


def _regraded(scene: Scene, omitted: str) -> None:
    if omitted != rules.REGRADE.id:
        scene.grade(scene.household, "c", on=scene.day)


@dataclass(frozen=True)
class Try:
    """A guarded transition: from which stage, what has to be there before, how it is done rightly (``given`` changes what is said)."""

    stage: str
    prepare: Callable[[Scene, str], None]
    act: Callable[..., Any]


def _review(scene: Scene, **more: Any) -> Any:
    given: dict[str, Any] = {
        "due": 40,
        "came": 28,
        "on": scene.day,
        "album": pictured("review", scene.case, scene.who("village"), scene.day),
    } | more
    return actions.review_many(votes=[actions.Vote(scene.case.pk, 22)], by=scene.who("village"), chair="甲", recorder="乙", **given)


def _stepped(code: str, by: str) -> Callable[..., Any]:
    return lambda scene, **more: scene.step(code, by, **more)


def _approve(scene: Scene, **more: Any) -> Any:
    given: dict[str, Any] = {"method": "rebuild", "main_area": Decimal(40), "amount": 2_400_000, "basis": BASIS, "on": scene.day} | more
    return actions.approve(case=scene.case, by=scene.who("county"), **given)


def _withdraw(scene: Scene, **more: Any) -> Any:
    given: dict[str, Any] = {"written_on": scene.day, "reason": WHY, "on": scene.day} | more
    return actions.withdraw(case=scene.case, by=scene.who("township"), **given)


def _report(code: str) -> Callable[..., Any]:
    def report(scene: Scene, **more: Any) -> Any:
        by = scene.who("township")
        album = more.pop("album") if "album" in more else pictured(code, scene.case, by, scene.day)
        return actions.report(case=scene.case, code=code, by=by, album=album, **({"on": scene.day} | more))

    return report


def _aside(do: Callable[..., Any]) -> Callable[..., Any]:
    return lambda scene, **more: do(case=scene.case, by=scene.who("township"), **({"reason": WHY, "on": scene.day} | more))


TRIES: dict[str, Try] = {
    "review": Try("applied", _nothing, _review),
    "post_village": Try("reviewed", _hung(Level.VILLAGE, VILLAGE), _stepped("post_village", "village")),
    "review_township": Try("village_posted", _visited, _stepped("review_township", "township")),
    "post_township": Try("township_reviewed", _hung(Level.TOWNSHIP, TOWNSHIP), _stepped("post_township", "township")),
    "check": Try("township_posted", _looked_at, _stepped("check", "county")),
    "post_county": Try("checked", _hung(Level.COUNTY, COUNTY), _stepped("post_county", "county")),
    "approve": Try("county_posted", _planned, _approve),
    "agree": Try("approved", _surveyed, _signed),
    "draw_plan": Try("approved", _nothing, _drawn),
    "redraw_plan": Try("approved", _with_plan, _redrawn),
    "start_works": Try("approved", _ready, _report("start_works")),
    "lay_foundation": Try("started", _built(), _report("lay_foundation")),
    "raise_structure": Try("started", _built("lay_foundation"), _report("raise_structure")),
    "complete": Try("started", _built("lay_foundation", "raise_structure"), _report("complete")),
    "withdraw": Try("reviewed", _nothing, _withdraw),
    "take_other_route": Try("reviewed", _housed, _aside(actions.take_other_route)),
    "change_head": Try("reviewed", _headed, _aside(actions.change_head)),
    "regrade": Try("reviewed", _regraded, _aside(actions.regrade)),
}

# ------------------------------------------------------------------------------------------------ what breaks each rule

BROKEN: dict[str, Callable[[Scene], dict[str, Any] | None]] = {}
"""Rule → what is done to the case or its household, or said differently, so that this rule and no other is broken."""
ALONE: set[str] = set()
"""The rules that guard no single transition: a test of their own breaks each."""


def _breaks(rule: Check) -> Callable[[Callable[[Scene], dict[str, Any] | None]], Callable[[Scene], dict[str, Any] | None]]:
    def declare(do: Callable[[Scene], dict[str, Any] | None]) -> Callable[[Scene], dict[str, Any] | None]:
        BROKEN[rule.id] = do
        return do

    return declare


def _broken_here(*broken: Check) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """A test that breaks these rules itself."""
    ALONE.update(rule.id for rule in broken)
    return lambda test: test


def _left_out(*omitted: Check) -> None:
    """Rules broken by what wasn't prepared."""
    for rule in omitted:
        BROKEN[rule.id] = lambda _scene: None


_left_out(
    *(
        rules.NOTICE,
        rules.VISIT,
        rules.JOINT,
        rules.PLAN,
        rules.MODE,
        rules.MATERIALS,
        rules.TRAINING,
        rules.OTHER_ROUTE,
        rules.HEAD,
        rules.REGRADE,
        rules.HOUSEHOLD_PLAN,
    )
)


@_breaks(rules.MEETING)
def _few_came(_scene: Scene) -> dict[str, Any]:
    return {"came": 18}


@_breaks(rules.HOUSEHOLD)
def _closed(scene: Scene) -> None:
    registry.close(household=scene.household, on=scene.day, by=scene.who("county"), reason=Leaving.MOVED_OUT)


@_breaks(rules.IDENTITY)
def _struck_off_the_list(scene: Scene) -> None:
    held = scene.household.belongings.get(superseded_at=None)
    registry.end_category(category=held.category, on=scene.day, by=scene.who("county"), household=scene.household)


@_breaks(rules.GRADE)
def _safe_now(scene: Scene) -> None:
    scene.grade(scene.household, "b", on=scene.day)


@_breaks(rules.ONCE)
def _supported_before(scene: Scene) -> None:
    PastSupport.objects.create(
        household=scene.household, area=scene.household.area, year=2016, kind="农村危房改造", amount=1_400_000, recorded_at=timezone.now()
    )


@_breaks(rules.ROUTE)
def _relatives(scene: Scene) -> None:
    guarantees.record(
        household=scene.household,
        route="relocation",
        since=scene.day,
        by=scene.who("township"),
        document="安置协议",
        provider="安置点",
        safe_because="A 级",
    )


@_breaks(rules.HOUSE)
def _another_house(scene: Scene) -> None:
    county = scene.who("county")
    safe = registry.record_dwelling(
        household=scene.household, kind="own", on=LISTED, by=county, state={"structure": "brick_concrete", "storeys": 1}
    )
    submit(household=scene.household, dwelling=safe, form=GOOD, by=county, appraisers=["石岩"], on=scene.day)


@_breaks(rules.PUBLIC_EMPLOYEE)
def _on_the_public_payroll(scene: Scene) -> None:
    registry.set_flag(household=scene.household, flag="public_employee", on=LISTED, by=scene.who("county"), note="长子为公务员")


@_breaks(rules.SAME_HEAD)
def _new_head(scene: Scene) -> None:
    """The head has died; the son, who lived there too, is the head now."""
    household, county = scene.household, scene.who("county")
    head = Membership.objects.open().get(household=household, relation="02").person
    son = registry.add_member(household=household, person=NewPerson("周小海", sex="1"), relation_code="20", on=LISTED, by=county)
    registry.remove_member(household=household, person=head, reason=Leaving.DIED, on=scene.day, by=county, new_head=son)


@_breaks(rules.METHOD)
def _wrong_method(_scene: Scene) -> dict[str, Any]:
    return {"method": "newbuild"}


@_breaks(rules.AREA)
def _too_large(_scene: Scene) -> dict[str, Any]:
    return {"main_area": Decimal(62)}


@_breaks(rules.AMOUNT)
def _no_amount(_scene: Scene) -> dict[str, Any]:
    return {"amount": None}


@_breaks(rules.BUILDER)
def _not_filed(_scene: Scene) -> dict[str, Any]:
    return {"filed_on": None}


@_breaks(rules.STAGES)
def _nine_tenths(_scene: Scene) -> dict[str, Any]:
    return {"stages": [("开工", 30), ("竣工", 60)]}


@_breaks(rules.AGREEMENT)
def _signed_by_the_dead(scene: Scene) -> None:
    """Before the start nothing was signed; during the works the head has changed since."""
    scene.case.refresh_from_db()
    if scene.case.started_on is not None:
        _new_head(scene)
        actions.change_head(case=scene.case, by=scene.who("township"), reason="户主去世", on=scene.day)


@_breaks(rules.MILESTONE)
def _in_a_day(scene: Scene) -> dict[str, Any]:
    scene.case.refresh_from_db()
    return {"on": scene.case.since}


@_breaks(rules.WORKS)
def _only_paint(_scene: Scene) -> dict[str, Any]:
    return {"works": [("粉刷外墙", False)]}


@_breaks(rules.PLANNED_AREA)
def _larger_than_approved(_scene: Scene) -> dict[str, Any]:
    return {"main_area": Decimal(45)}


@_breaks(rules.DRAWING)
def _of_another_province(scene: Scene) -> dict[str, Any]:
    drawing = Drawing.objects.create(
        area="41", code="T-01", name="外省图集", structure="brick_concrete", storeys=1, main_area=Decimal(40), rooms=2, document="外省图集", valid_from=LISTED,
        added_by=scene.who("county"), added_at=timezone.now(),
    )  # fmt: skip
    return {"drawing": drawing}


@_breaks(rules.TOILET)
def _nobody_agreed(_scene: Scene) -> dict[str, Any]:
    return {"toilet": next(iter(TOILETS)), "toilet_consent": False}


@_breaks(rules.MEANWHILE)
def _stays_in_it(_scene: Scene) -> dict[str, Any]:
    return {"meanwhile": "stays", "meanwhile_place": "", "meanwhile_from": None}


@_breaks(rules.FUNDS)
def _does_not_add_up(scene: Scene) -> dict[str, Any]:
    scene.case.refresh_from_db()
    return {"total": (scene.case.subsidy or 0) + 300_001}


@_breaks(rules.RESPONSIBLE)
def _nobody_answers(_scene: Scene) -> dict[str, Any]:
    return {"village_person": ""}


@_breaks(rules.DEBT)
def _in_debt_and_no_word_of_it(scene: Scene) -> dict[str, Any]:
    scene.case.refresh_from_db()
    return {"loan": 90_000_000, "total": (scene.case.subsidy or 0) + 300_000 + 90_000_000}


@_breaks(rules.MEETING_PHOTO)
@_breaks(rules.MILESTONE_PHOTO)
def _no_photo(_scene: Scene) -> dict[str, Any]:
    return {"album": None}


@_breaks(rules.WRITTEN)
def _by_word_of_mouth(_scene: Scene) -> dict[str, Any]:
    return {"written_on": None}


# ------------------------------------------------------------------------------------------------ the tests

GUARDED = [(way.code, [rule.id for rule in way.checks]) for way in WORKFLOW.transitions if way.checks]


@contextmanager
def taken_back(road: Road) -> Iterator[None]:
    """What is done inside leaves nothing behind."""
    sid, day = transaction.savepoint(), road.day
    try:
        yield
    finally:
        transaction.savepoint_rollback(sid)
        road.day = day


def _did(answered: object) -> None:
    assert not isinstance(answered, dict) or not answered, answered


@pytest.mark.parametrize(("code", "guards"), GUARDED, ids=[code for code, _guards in GUARDED])
def test_each_rule_of_a_step_holds_it_alone(
    code: str, guards: list[str], dangerous: list[Household], road: Road, grade: Callable[..., None]
) -> None:
    attempt = TRIES[code]
    (case,) = road.to(attempt.stage, dangerous[0])
    road.later(max(1, (date(2020, 6, 10) - road.day).days))
    scene = Scene(road, case, grade)
    with taken_back(road):
        attempt.prepare(scene, "")
        _did(attempt.act(scene))
    for rule in (one for one in rules.CHECKS if one.id in guards):
        with taken_back(road):
            attempt.prepare(scene, rule.id)
            said = BROKEN[rule.id](scene) or {}
            told = refused(rule, lambda said=said: attempt.act(scene, **said))  # type: ignore[misc]
            assert CHINESE.search(told), (code, rule.id, told)
            assert "；又：" not in told, (code, rule.id, told)


def test_every_rule_is_broken_by_some_test() -> None:
    every = {rule.id for rule in rules.CHECKS}
    assert set(BROKEN) | ALONE == every, (
        f"no test breaks {sorted(every - set(BROKEN) - ALONE)}; none such {sorted((set(BROKEN) | ALONE) - every)}"
    )
    assert set(TRIES) == {code for code, _guards in GUARDED}
    guarding = {rule for _code, guards in GUARDED for rule in guards}
    assert set(BROKEN) == guarding, f"guards nothing: {sorted(set(BROKEN) - guarding)}; not broken: {sorted(guarding - set(BROKEN))}"
    for rule in rules.CHECKS:
        assert CHINESE.search(rule.label), rule.id
        assert rule.source.strip(), rule.id


def _may(user: User, way: Transition) -> bool:
    return any(user.may(Power(power)) for power in way.by) and (way.mark not in CHECKING or checks(user, way))


def _refused_by(rule: Check, case: Case, way: Transition, user: User, *, on: date | None = None, reason: str = WHY) -> str:
    """The step is refused by that rule, which names its source; what was said."""
    with pytest.raises(Refused) as refusal, transaction.atomic():
        actions.advance(case=case, step=actions.Step(code=way.code, on=on, reason=reason), by=user)
    assert refusal.value.rule is rule, refusal.value.message
    assert rule.source in refusal.value.message
    return refusal.value.message


@_broken_here(rules.ROLE)
def test_nobody_does_a_step_that_isnt_his(dangerous: list[Household], road: Road) -> None:
    (case,) = road.to("applied", dangerous[0])
    for way in WORKFLOW.transitions:
        names = road.people if way.mark in CHECKING else ("county", "township", "village", "poverty")
        strangers = [user for user in map(road.people.__getitem__, names) if not _may(user, way)]
        assert strangers, way.code
        for user in strangers:
            told = _refused_by(rules.JOINT if any(user.may(Power(power)) for power in way.by) else rules.ROLE, case, way, user)
            assert CHINESE.search(told)
    assert case.steps.count() == 1


@_broken_here(rules.ORDER)
def test_no_step_comes_before_its_time_or_twice(dangerous: list[Household], road: Road) -> None:
    (case,) = road.to("applied", dangerous[0])
    early: set[str] = set()

    def tried() -> None:
        case.refresh_from_db()
        for way in WORKFLOW.transitions:
            user = next((one for one in road.people.values() if _may(one, way)), None)
            if user is None or WORKFLOW.can(case.state, way.code):
                continue
            assert way.title in _refused_by(rules.ORDER, case, way, user)
            early.add(way.code)

    tried()
    for step in (
        *(road._reviewed, road._village, road._township, road._township_posted, road._checked, road._county, road._approved),
        *(road._prepared, road._started),
    ):
        assert not step([case])
        if step in (road._township, road._approved):
            tried()
    actions.pause(case=case, by=road.people["county"], reason=WHY, on=road.day)
    actions.withdraw(case=case, by=road.people["county"], reason=WHY, written_on=road.day, on=road.day)
    tried()
    assert early == {way.code for way in WORKFLOW.transitions if way.by}


@_broken_here(rules.DAY, rules.REASON)
@pytest.mark.parametrize("stage", ["applied", "village_posted", "approved", "started"])
def test_no_step_is_dated_before_the_last_or_after_today_and_none_that_needs_a_reason_goes_without(
    stage: str, dangerous: list[Household], road: Road
) -> None:
    (case,) = road.to(stage, dangerous[0])
    for way in WORKFLOW.possible(case.state):
        user = next((one for one in road.people.values() if _may(one, way)), None)
        if user is None:
            continue
        for day in (case.since - timedelta(days=1), date(2020, 6, 11), date(2099, 1, 1)):
            _refused_by(rules.DAY, case, way, user, on=day)
        if way.reason:
            assert way.title in _refused_by(rules.REASON, case, way, user, reason="  ")


@_broken_here(rules.TWICE)
def test_a_filling_is_one_step_however_often_it_is_sent(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    other = road.applied(dangerous[1])
    filled = Captured(client_id="desk-1")
    for _time in range(2):
        actions.visit(case=case, by=township, seen="墙体开裂", captured=filled)
    assert case.steps.filter(code="visit").count() == 1
    for _time in range(2):
        assert not actions.review_township(cases=[case.pk], by=township, captured=Captured(client_id="desk-2"))
    assert case.steps.filter(code="review_township").count() == 1
    refused(rules.TWICE, lambda: actions.visit(case=other, by=township, seen="墙体开裂", captured=filled))
    refused(rules.TWICE, lambda: actions.review_township(cases=[case.pk, other.pk], by=township, captured=Captured(client_id="desk-2")))
    refused(rules.TWICE, lambda: actions.apply(household=dangerous[2], by=road.people["village"], captured=filled))


@_broken_here(rules.ONE_OPEN)
def test_a_household_has_one_open_case(dangerous: list[Household], road: Road) -> None:
    """V3."""
    case = road.applied(dangerous[0])
    assert case.number in refused(rules.ONE_OPEN, lambda: actions.apply(household=dangerous[0], by=road.people["village"]))


@_broken_here(rules.TASK, rules.QUOTA)
def test_a_task_is_handed_down_by_whom_it_was_given_and_quota_is_asked_of_the_level_above(clerk: User) -> None:
    for rule, act in (
        (rules.TASK, lambda: actions.hand_down(area=COUNTY, year=2020, shares=[], by=clerk)),
        (rules.QUOTA, lambda: actions.ask_quota(area=COUNTY, year=2020, households=9, reason=WHY, by=clerk, asked_of=COUNTY)),
    ):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            act()
        assert refusal.value.rule is rule
        assert rule.source in refusal.value.message


@_broken_here(rules.ARCHIVE_PAPER, rules.ARCHIVE_REVIEW)
def test_an_archive_names_its_papers_and_is_whole(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    case = road.applied(dangerous[0])
    for rule, act in (
        (rules.ARCHIVE_PAPER, lambda: actions.file_paper(case=case, item="nothing", by=township)),
        (rules.ARCHIVE_REVIEW, lambda: actions.review_archive(case=case, by=clerk)),
    ):
        with pytest.raises(Refused) as refusal, transaction.atomic():
            act()
        assert refusal.value.rule is rule
        assert rule.source in refusal.value.message


def test_a_step_of_many_leaves_out_only_those_that_are_refused(dangerous: list[Household], road: Road, township: User) -> None:
    first, second = road.to("village_posted", dangerous[0], dangerous[1])
    actions.visit(case=first, by=township, seen="墙体开裂")
    answer = actions.review_township(cases=[first.pk, second.pk], by=township)
    assert {key: one.rule for key, one in answer.items()} == {second.pk: rules.VISIT}
    assert all(isinstance(one, Refused) for one in answer.values())
    assert CaseStep.objects.filter(code="review_township").count() == 1
