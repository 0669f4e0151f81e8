"""By when the steps of a year's programme are done here 时限: the nearest level's day for each step; a lower level's is never later (S0-64)."""

from dataclasses import dataclass
from datetime import date

from anju.policy import keys
from anju.policy.lookup import rules, value
from anju.policy.values.programme import STEPS
from anju.vocabulary.method import METHODS


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last day of a step; ``area`` set it, "" the nation."""

    step: str
    name: str
    day: date
    area: str
    source: str


def deadlines(area: str, on: date) -> tuple[Deadline, ...]:
    """The steps that have a day in this area in the programme's year of ``on``, in their order; none where nobody set one."""
    above = rules().above(keys.DEADLINES.key, area, on)
    found = []
    for step, name in STEPS.items():
        setting = next((each for each in above if each.value.of(step)), None)
        if setting:
            found.append(Deadline(step, name, setting.value.of(step), setting.area, setting.source))
    return tuple(found)


def arrivals(area: str, on: date, *, method: str) -> tuple[str, ...]:
    """The milestones at which an inspector must be there (三到场, S1-22), of those that the method has: a repair has no foundation (4.5)."""
    return tuple(step for step in value(keys.ARRIVALS, area, on) if step in METHODS[method].milestones)
