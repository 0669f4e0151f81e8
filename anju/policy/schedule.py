"""By when the steps of a year's programme are done here 时限: the nearest level's day for each step; a lower level's is never later (S0-64)."""

from dataclasses import dataclass
from datetime import date, timedelta

from anju.policy import keys
from anju.policy.lookup import rules, value
from anju.policy.values.programme import STEPS
from anju.vocabulary.method import METHODS, MILESTONES


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


@dataclass(frozen=True, slots=True)
class Planned:
    """The day by which a milestone is reached; ``before``: how many days ahead of the last one."""

    milestone: str
    name: str
    day: date
    before: int


def works_backwards(area: str, on: date, *, method: str, finish: date) -> tuple[Planned, ...]:
    """倒排工期: each milestone of the method's works, counted back from the last day in calendar days (domain 4.2, S0-48), none on the day of ``on``.

    Where the days don't suffice each part is shortened alike. Raises ``ValueError`` where there isn't a day for each.
    """
    wanted = METHODS[method].milestones
    took = value(keys.DURATIONS, area, on)
    parts = [took.until(name) for name in wanted[1:]] if METHODS[method].new else [took.repair]
    there_are = (finish - on).days - 1
    if there_are < len(parts):
        raise ValueError(f"从 {on:%Y-%m-%d} 到竣工 {finish:%Y-%m-%d} 排不开 {len(wanted)} 个节点")
    if sum(parts) > there_are:
        parts = _squeezed(parts, there_are)
    days = [finish]
    for part in reversed(parts):
        days.insert(0, days[0] - timedelta(days=part))
    return tuple(Planned(name, MILESTONES[name], day, (finish - day).days) for name, day in zip(wanted, days, strict=True))


def _squeezed(parts: list[int], days: int) -> list[int]:
    """Parts of the same proportions, a day at least, that make up fewer days."""
    spare, whole = days - len(parts), sum(parts)
    made = [1 + part * spare // whole for part in parts]
    made[-1] += days - sum(made)
    return made
