"""By when the steps of a year's programme are done here 时限: the nearest level's day for each step; a lower level's is never later (S0-64)."""

from dataclasses import dataclass
from datetime import date

from anju.policy import keys
from anju.policy.lookup import find, rules, value
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


def backwards(area: str, completion: date) -> tuple[Deadline, ...]:
    """倒排: the last day of each step where the last of all is ``completion``: so many days before it as is set here, and never later than
    what the levels above want (``deadlines``); where nobody set how many, only the days that they want."""
    wanted = {one.step: one for one in deadlines(area, completion)}
    lead = find(keys.LEAD, area, completion)
    last = min(completion, wanted["completion"].day) if "completion" in wanted else completion
    found = []
    for step, name in STEPS.items():
        day = last if step == "completion" else lead.value.before(step, last) if lead is not None else None
        counted = Deadline(step, name, day, lead.area, lead.source) if day is not None and lead is not None else None
        each = [one for one in (wanted.get(step), counted) if one is not None]
        if each:
            found.append(min(each, key=lambda one: one.day))
    return tuple(found)


def arrivals(area: str, on: date, *, method: str) -> tuple[str, ...]:
    """The milestones at which an inspector must be there (三到场, S1-22), of those that the method has: a repair has no foundation (4.5)."""
    return tuple(step for step in value(keys.ARRIVALS, area, on) if step in METHODS[method].milestones)
