"""A life cycle as data: stages, what leads from one to another, who may do it and which rules guard it. Pure Python.

Where a subject stands is what its steps say, told one after the other (``Workflow.replay``): no stage is set by hand. What may be done in any order
beside a stage leaves a *mark* (the agreement, the materials, the training before the works begin). A side road remembers where it was entered and
leads back there. A mistaken step is taken back by a reversing step; what was recorded stays.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from anju.checks import Check

STAYS = ""
"""The target of a transition that changes no stage."""
BACK = "<"
"""The target of a transition that ends a side road: the stage in which it was entered."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: its code, what the office calls it, the part of the road it belongs to; after ``within`` days without a step it is stuck.

    ``side``: a side road, entered from a stage and left to it. ``ends``: nothing leads on.
    """

    code: str
    title: str
    phase: str = ""
    within: int | None = None
    side: bool = False
    ends: bool = False


@dataclass(frozen=True, slots=True)
class Transition:
    """One thing that is done: from which stages, to which, by whom (codes of powers, any of them), and the rules that guard it.

    ``mark`` is left beside the stage and can't be left twice; ``clears`` are marks it takes away. ``reason``: it has to say why. ``by`` is empty for
    what another app does after guards of its own. ``final``: it can't be taken back by a reversing step.
    """

    code: str
    title: str
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    mark: str = ""
    clears: tuple[str, ...] = ()
    reason: bool = False
    final: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a subject stands: its stage, the marks beside it, and the stages in which the side roads it is on were entered (the last one last)."""

    stage: str
    marks: frozenset[str] = frozenset()
    behind: tuple[str, ...] = ()


class OutOfOrder(Exception):
    """A transition that can't be done where the subject stands. ``stage`` is where that is, ``possible`` what can be done there instead."""

    def __init__(self, transition: Transition, state: State, stage: Stage, possible: Sequence[Transition]) -> None:
        super().__init__(f"“{transition.title}”不能在“{stage.title}”时办理")
        self.transition, self.state, self.stage, self.possible = transition, state, stage, tuple(possible)

    @property
    def done(self) -> bool:
        """Whether it can't be done only because it has been done already."""
        return bool(self.transition.mark) and self.transition.mark in self.state.marks


class BadWorkflow(ValueError):
    """A declaration that contradicts itself."""


@dataclass(frozen=True)
class Workflow:
    """Stages and transitions; ``start`` is the stage of what has just been begun, ``taken_back`` of what was begun by mistake: its very first step was
    taken back. Refuses to be declared wrongly (``BadWorkflow``).
    """

    start: str
    stages: tuple[Stage, ...]
    transitions: tuple[Transition, ...]
    taken_back: str = ""
    _by_code: Mapping[str, Transition] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for kind, codes in (("stages", [one.code for one in self.stages]), ("transitions", [one.code for one in self.transitions])):
            if twice := {code for code in codes if codes.count(code) > 1}:
                raise BadWorkflow(f"two {kind} are called {', '.join(sorted(twice))}")
        object.__setattr__(self, "_by_code", {one.code: one for one in self.transitions})
        known = {one.code for one in self.stages}
        for one in self.transitions:
            if unknown := {*one.sources, *({one.target} - {STAYS, BACK})} - known:
                raise BadWorkflow(f"{one.code}: no stage {', '.join(sorted(unknown))}")
            if not one.sources:
                raise BadWorkflow(f"{one.code} begins nowhere")
            if ended := [code for code in one.sources if self.stage(code).ends]:
                raise BadWorkflow(f"{one.code} leads on from {', '.join(ended)}, which ends")
            if one.target == BACK and not all(self.stage(code).side for code in one.sources):
                raise BadWorkflow(f"{one.code} leads back from what is no side road")
            if one.target == STAYS and not one.mark and not one.clears and not one.reason:
                raise BadWorkflow(f"{one.code} changes nothing")
        if unreached := known - self._reached():
            raise BadWorkflow(f"nothing leads to {', '.join(sorted(unreached))}")
        if stuck := [one.code for one in self.stages if not one.ends and not any(one.code in way.sources for way in self.transitions)]:
            raise BadWorkflow(f"nothing leads on from {', '.join(stuck)}, which doesn't end")

    def _reached(self) -> set[str]:
        found = {self.start, self.taken_back} - {""}
        while more := {one.target for one in self.transitions if found & set(one.sources)} - found - {STAYS, BACK}:
            found |= more
        return found

    @cached_property
    def marks(self) -> tuple[str, ...]:
        """Every mark, in the order of the road."""
        return tuple(dict.fromkeys(one.mark for one in self.transitions if one.mark))

    def stage(self, code: str) -> Stage:
        """The stage of a code."""
        return next(one for one in self.stages if one.code == code)

    def transition(self, code: str) -> Transition:
        """The transition of a code; ``KeyError`` where there is none."""
        return self._by_code[code]

    def begun(self) -> State:
        """Where a subject stands that has just been begun."""
        return State(self.start)

    def can(self, state: State, code: str) -> bool:
        """Whether the transition can be done where the subject stands, whoever asks and whatever guards it."""
        way = self._by_code[code]
        return state.stage in way.sources and not (way.mark and way.mark in state.marks)

    def possible(self, state: State, powers: Iterable[str] | None = None) -> list[Transition]:
        """What can be done where the subject stands; with ``powers`` what somebody who holds these may do."""
        held = None if powers is None else set(powers)
        return [one for one in self.transitions if self.can(state, one.code) and (held is None or held & set(one.by))]

    def step(self, state: State, code: str) -> State:
        """Where the subject stands after the transition. Raises ``OutOfOrder``."""
        way = self._by_code[code]
        if not self.can(state, code):
            raise OutOfOrder(way, state, self.stage(state.stage), self.possible(state))
        marks = (state.marks - set(way.clears)) | ({way.mark} if way.mark else set())
        if way.target == STAYS:
            return State(state.stage, marks, state.behind)
        if way.target == BACK:
            return State(state.behind[-1], marks, state.behind[:-1])
        behind = (*state.behind, state.stage) if self.stage(way.target).side else ()
        return State(way.target, marks, behind)

    def replay(self, codes: Iterable[str]) -> State:
        """Where a subject stands after these transitions, from its beginning. Raises ``OutOfOrder``."""
        state = self.begun()
        for code in codes:
            state = self.step(state, code)
        return state

    def line(self) -> Iterator[tuple[str, tuple[Stage, ...]]]:
        """The road, part by part: the stages that are neither side roads nor a sad end, in order."""
        phases = dict.fromkeys(one.phase for one in self.stages if one.phase)
        for phase in phases:
            yield phase, tuple(one for one in self.stages if one.phase == phase)

    def guarded_by(self, code: str) -> tuple[Check, ...]:
        """The rules that guard a transition."""
        return self._by_code[code].checks
