"""Where a case stands, told from its steps alone: the stage, the marks, and what the steps that still count have fixed."""

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from anju.cases.models import Case, CaseStep
from anju.cases.workflow import ANEW, ENDS, WORKFLOW
from anju.workflow import BACK, State

APPLY, UNDO, FINISHED = "apply", "undo", "finished"
"""The steps that are no transition: the application, one that takes another back, and a case read in as finished (its only step)."""


def counting(steps: Iterable[CaseStep]) -> list[CaseStep]:
    """The steps that still count, in order: without those taken back and those that took them back."""
    told = list(steps)
    gone = {one.undoes_id for one in told if one.undoes_id is not None}
    return [one for one in told if one.code != UNDO and one.pk not in gone]


def of_this_round(steps: Iterable[CaseStep]) -> list[CaseStep]:
    """The steps that count since the case last began anew, that one among them; of one that never did, from its application on."""
    told = counting(steps)
    return told[_began(told) :]


def since_anew(told: Sequence[CaseStep]) -> list[CaseStep]:
    """Of the steps that count: the application, and those since the case was last sent back to begin anew."""
    return [*told[:1], *told[_began(told) + 1 :]]


def _began(told: Sequence[CaseStep]) -> int:
    """Where among the steps that count the case last began anew."""
    return max((at for at, one in enumerate(told) if one.code in ANEW), default=0)


@dataclass(frozen=True, slots=True)
class Standing:
    """The columns of a case that follow from its steps, by their names."""

    stage: str
    since: date
    entered: int | None
    marks: list[str]
    behind: list[str]
    head_id: int
    size: int
    plan_id: int | None = None
    method: str = ""
    build_mode: str = ""
    main_area: Decimal | None = None
    auxiliary_area: Decimal | None = None
    subsidy: int | None = None
    subsidy_said: str = ""
    approved_on: date | None = None
    started_on: date | None = None
    completed_on: date | None = None
    ended_on: date | None = None
    year: int | None = None
    historic: bool = False

    def put_on(self, case: Case) -> Case:
        """The case with these columns."""
        for name, value in asdict(self).items():
            setattr(case, name, value)
        return case


COLUMNS = tuple(Standing.__dataclass_fields__)
GROUND = {"grade": "grade", "dwelling": "dwelling_id", "appraisal": "appraisal_id", "no_house": "no_house_id"}
"""What a case rests on: as a step says it → the case's column. It is what was applied for, until a step puts a newer appraisal in its place."""


def rests_on(steps: Sequence[CaseStep]) -> dict[str, Any] | None:
    """What the case rests on by its steps, by its columns; None where no step has ever said otherwise than the application."""
    told = [one for one in steps if one.code == "regrade"]
    if not told:
        return None
    gone = {one.undoes_id for one in steps if one.undoes_id is not None}
    last = next((one for one in reversed(told) if one.pk not in gone), None)
    said = last.details["ground"] if last is not None else told[0].details["was"]
    return {column: said[name] for name, column in GROUND.items()}


def put(case: Case, steps: Iterable[CaseStep]) -> Case:
    """The case as its steps say."""
    told = list(steps)
    for column, value in (rests_on(told) or {}).items():
        setattr(case, column, value)
    return standing(told).put_on(case)


def standing(steps: Iterable[CaseStep]) -> Standing:
    """What the steps of a case say. The first is its application; one that is sent back begins anew, and what was fixed until then goes.

    A case of earlier years has one step, which says that it is finished; taken back, the case was none.
    """
    told = list(steps)
    if told[0].code == FINISHED:
        return _historic(told)
    first, *rest = counting(told)
    state, since, entered = WORKFLOW.begun(), first.on, first.pk
    said: dict[str, Any] = {name: first.details[name] for name in _HOUSEHOLD}
    days: dict[str, date] = {}
    for step in rest:
        after = WORKFLOW.step(state, step.code)
        if step.code in ANEW:
            said, days = {name: said[name] for name in _HOUSEHOLD}, {}
        if after.stage != state.stage:
            since = step.on
            if WORKFLOW.transition(step.code).target != BACK:  # what goes on was reached when it was reached
                days[after.stage] = step.on
            if not after.behind and not state.behind:
                entered = step.pk
        said |= {name: value for name, value in step.details.items() if name in _READ}
        state = after
    return Standing(
        stage=state.stage, since=since, entered=entered, marks=[mark for mark in WORKFLOW.marks if mark in state.marks], behind=list(state.behind),
        head_id=said["head"], size=said["size"], plan_id=said.get("plan"), method=said.get("method", ""), build_mode=said.get("build_mode", ""),
        main_area=_decimal(said.get("main_area")), auxiliary_area=_decimal(said.get("auxiliary_area")), subsidy=said.get("subsidy"),
        subsidy_said=said.get("subsidy_said", ""), approved_on=days.get("approved"), started_on=days.get("started"),
        completed_on=days.get("completed"), ended_on=days[state.stage] if state.stage in ENDS else None,
        year=days["approved"].year if "approved" in days else None,
    )  # fmt: skip


def _historic(told: list[CaseStep]) -> Standing:
    """A case read in as finished: closed on the day its step names; once that was taken back, it ended on the day of that."""
    first, last = told[0], told[-1]
    said: dict[str, Any] = first.details
    counts = last.code != UNDO
    state = State("closed" if counts else WORKFLOW.taken_back)
    return Standing(
        stage=state.stage, since=last.on, entered=last.pk, marks=[], behind=[], head_id=said["head"], size=said["size"], method=said["method"],
        build_mode=said.get("build_mode", ""), subsidy=said.get("subsidy"), subsidy_said=said.get("subsidy_said", ""), ended_on=last.on,
        approved_on=_day(said, "approved_on"), started_on=_day(said, "started_on"), completed_on=_day(said, "completed_on"), year=said["year"],
        historic=True,
    )  # fmt: skip


def _day(said: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(said[name]) if said.get(name) else None


_HOUSEHOLD = ("head", "size")
_READ = frozenset({*_HOUSEHOLD, "plan", "method", "build_mode", "main_area", "auxiliary_area", "subsidy", "subsidy_said"})


def _decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)
