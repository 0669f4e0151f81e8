"""The tree of the year's tasks: by which day each step is done where, who wants it earlier, and how far every place is with it.

The day of a step is the earliest that the area or a level above it has set (S0-64); where nobody set one it is counted back from the last (S0-48).
A household counts as approved, begun or completed in a year when it was approved into a plan of that year, and it didn't end without works. The
denominator of a rate is the task (domain 2.11), so that a rate may exceed 100 %.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from anju.accounts.models import Grant, User, in_force
from anju.accounts.roles import ROLES, Power
from anju.accounts.scope import scope, within
from anju.cases.models import AnnualPlan, Case, PlanChange
from anju.cases.workflow import PREPARED, WITHOUT_WORKS
from anju.cases.years import FIRST_YEAR, LAST_YEAR
from anju.policy import find, keys
from anju.policy.rules import upwards
from anju.policy.schedule import deadlines
from anju.policy.values.programme import STEPS
from anju.vocabulary import division
from anju.vocabulary.summing import Summed

START, COMPLETION = "start", "completion"
LAST_LEVEL = 9
"""Digits of a township's code: tasks are handed down as far as there."""


# ------------------------------------------------------------------------------------------------ whose plan, by which day


def year_of(typed: str, today: date) -> int:
    """The year that an address or a filter names; what is no year of the programme means the present one."""
    return int(typed) if len(typed) == 4 and typed.isdecimal() and FIRST_YEAR <= int(typed) <= LAST_YEAR else today.year


def plans_of(area: str, year: int) -> dict[str, AnnualPlan]:
    """The year's plans of an area, of all above it and of all inside it, by area."""
    above = [stem for stem in upwards(area) if stem]
    return {one.area: one for one in AnnualPlan.objects.filter(within(area) | Q(area__in=above), year=year)}


def years_of(area: str) -> list[int]:
    """The years that have a plan here, above or inside, the latest first."""
    above = [stem for stem in upwards(area) if stem]
    return list(AnnualPlan.objects.filter(within(area) | Q(area__in=above)).order_by("-year").values_list("year", flat=True).distinct())


def planners(area: str) -> bool:
    """Whether the level of an area itself is on the system: somebody who may plan stands there today."""
    roles = [code for code, role in ROLES.items() if Power.CASE_PLAN in role.powers]
    return Grant.objects.filter(in_force(), area=division.stem(area), role__in=roles, user__is_active=True).exists()


def own_days(plan: AnnualPlan) -> dict[str, date]:
    """The days that a plan itself sets, by step."""
    told = {step: date.fromisoformat(day) for step, day in plan.days.items() if step in STEPS}
    if plan.start_due is not None:
        told[START] = plan.start_due
    return {step: day for step, day in {**told, COMPLETION: plan.complete_due}.items() if day}


@dataclass(frozen=True, slots=True)
class StepDay:
    """The last day of a step. ``area`` set it, with ``source`` its document or rule; ``policy``: not a plan but a rule; ``counted``: nobody did, it is
    counted back from the last day."""

    step: str
    name: str
    day: date
    area: str
    source: str
    policy: bool = False
    counted: bool = False


def set_days(area: str, plans: Mapping[str, AnnualPlan], year: int, *, last: date | None = None) -> dict[str, StepDay]:
    """The days that the area, the levels above it or the rules that hold there have set, the earliest of each step; of equals the highest level's.

    ``last``: a day of the programme's year whose rules are asked for, where no plan says one.
    """
    found: dict[str, StepDay] = {}
    chain = [plans[stem] for stem in upwards(area) if stem in plans]
    last = last or (chain[0].complete_due if chain else date(year, 12, 31))
    ruled = [StepDay(one.step, one.name, one.day, one.area, one.source, policy=True) for one in deadlines(area, last)]
    for one in ruled:
        found[one.step] = one
    for plan in reversed(chain):
        for step, day in own_days(plan).items():
            if step not in found or day < found[step].day:
                found[step] = StepDay(step, STEPS[step], day, plan.area, plan.document)
    return found


def schedule(area: str, plans: Mapping[str, AnnualPlan], year: int) -> tuple[StepDay, ...]:
    """倒排计划: the day of every step here, in their order; none where neither plan nor rule sets a last day."""
    found = set_days(area, plans, year)
    last = found.get(COMPLETION)
    if last is None:
        return ()
    lead = find(keys.LEAD, area, last.day)
    for step in STEPS:
        if step not in found and lead is not None and (day := lead.value.before(step, last.day)) is not None:
            later = [found[one].day for one in list(STEPS)[list(STEPS).index(step) + 1 :] if one in found]
            found[step] = StepDay(step, STEPS[step], min([day, *later]), lead.area, lead.source, policy=True, counted=True)
    return tuple(found[step] for step in STEPS if step in found)


@dataclass(frozen=True, slots=True)
class Beside:
    """One step as the levels see it: the day that holds here, the own one, that of each level above that sets one, and how many of the areas right
    below set an earlier one, with the earliest of these."""

    holds: StepDay
    own: date | None
    above: tuple[tuple[str, date], ...]
    earlier_below: tuple[tuple[str, date], ...]
    reached: int | None = None


def beside(area: str, plans: Mapping[str, AnnualPlan], year: int, reached: Mapping[str, int]) -> list[Beside]:
    """Every step with the days of the levels above and below: who has an earlier one."""
    stem, digits = division.stem(area), division.below(area)
    own = own_days(plans[stem]) if stem in plans else {}
    above = [(plans[one].area, own_days(plans[one])) for one in upwards(area) if one != stem and one in plans]
    below = [(code, own_days(plan)) for code, plan in plans.items() if len(code) == digits and code.startswith(stem)]
    found = []
    for holds in schedule(area, plans, year):
        step = holds.step
        earlier = sorted((days[step], code) for code, days in below if step in days and days[step] < holds.day)
        found.append(
            Beside(
                holds,
                own.get(step),
                tuple((code, days[step]) for code, days in above if step in days),
                tuple((code, day) for day, code in earlier),
                reached.get(step),
            )
        )
    return found


def changes_of(plan: AnnualPlan) -> QuerySet[PlanChange]:
    """What was said of a plan, the newest first."""
    return PlanChange.objects.filter(plan=plan).select_related("by", "office").order_by("-id")


# ------------------------------------------------------------------------------------------------ how far


@dataclass(frozen=True, slots=True)
class Done(Summed):
    """The households of an area in a year's plan: approved, with the steps before the start done, begun, completed; and those whose start or
    completion came or is coming later than its day."""

    area: str
    approved: int = 0
    surveyed: int = 0
    prepared: int = 0
    started: int = 0
    completed: int = 0
    late_start: int = 0
    late_completion: int = 0
    pending: int = 0

    @property
    def reached(self) -> dict[str, int]:
        """How many have reached each step."""
        named = (self.approved, self.surveyed, self.prepared, self.started, self.completed)
        return dict(zip(STEPS, named, strict=True))


PARTS = ("approved", "surveyed", "prepared", "started", "completed", "late_start", "late_completion", "pending")
"""What is counted, by the word an address opens it with; ``pending`` are applied for and not approved yet, whatever the year."""

# The day a case is held to is that of the nearest plan above it; hashed by place, so that it costs nothing a row.
_PLANNED = """
WITH due(area, start_by, complete_by) AS (SELECT * FROM unnest(%(areas)s::text[], %(starts)s::date[], %(ends)s::date[]))
SELECT c.id, c.area, c.approved_on, c.started_on, c.completed_on, c.marks,
    coalesce(town.start_by, county.start_by, city.start_by, province.start_by) AS start_by,
    coalesce(town.complete_by, county.complete_by, city.complete_by, province.complete_by) AS complete_by
FROM cases_case c
LEFT JOIN due town ON town.area = left(c.area, 9) AND length(c.area) >= 9
LEFT JOIN due county ON county.area = left(c.area, 6)
LEFT JOIN due city ON city.area = left(c.area, 4)
LEFT JOIN due province ON province.area = left(c.area, 2)
WHERE c.area >= %(low)s AND c.area < %(high)s AND c.plan_id = ANY(%(plans)s) AND c.approved_on IS NOT NULL AND NOT c.stage = ANY(%(without)s)
"""
_LATE = "(p.{done} > p.{by} OR (p.{done} IS NULL AND p.{by} < %(today)s))"
_CONDITIONS = {
    "approved": "true",
    "surveyed": "(p.started_on IS NOT NULL OR 'mode' = ANY(p.marks))",
    "prepared": "(p.started_on IS NOT NULL OR p.marks @> %(prepared)s::varchar[])",
    "started": "p.started_on IS NOT NULL",
    "completed": "p.completed_on IS NOT NULL",
    "late_start": _LATE.format(done="started_on", by="start_by"),
    "late_completion": _LATE.format(done="completed_on", by="complete_by"),
}


def _values(area: str, year: int, today: date, plans: Mapping[str, AnnualPlan]) -> dict[str, Any]:
    low, high = division.bounds(area)
    due = [(code, {one.step: one.day for one in schedule(code, plans, year)}) for code in sorted(plans)]
    return {
        "low": low, "high": high, "today": today, "prepared": list(PREPARED), "without": list(WITHOUT_WORKS), "plans": [one.pk for one in plans.values()],
        "areas": [code for code, _days in due], "starts": [days.get(START) for _code, days in due], "ends": [days.get(COMPLETION) for _code, days in due],
    }  # fmt: skip


def done(user: User, area: str, year: int, today: date, plans: Mapping[str, AnnualPlan], *, digits: int) -> dict[str, Done]:
    """By area (cut to ``digits``; 0: the whole) how far the year's households inside ``area`` are; areas without any are left out. One query, and one for those
    not approved yet where the year is the present one."""
    if not division.contains(user.area, area):
        return {}
    told = ", ".join(f"count(*) FILTER (WHERE {condition})" for condition in _CONDITIONS.values())
    values = {**_values(area, year, today, plans), "digits": digits}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_place('p', digits)}, {told} FROM ({_PLANNED}) p GROUP BY 1", values)
        found = {place: dict(zip(_CONDITIONS, numbers, strict=True)) for place, *numbers in cursor.fetchall()}
        if year == today.year:
            cursor.execute(
                f"SELECT {_place('c', digits)}, count(*) FROM cases_case c "
                "WHERE area >= %(low)s AND area < %(high)s AND ended_on IS NULL AND approved_on IS NULL GROUP BY 1",
                values,
            )
            for place, many in cursor.fetchall():
                found.setdefault(place, {})["pending"] = many
    return {place or area: Done(place or area, **numbers) for place, numbers in sorted(found.items())}


def _place(table: str, digits: int) -> str:
    return f"left({table}.area, %(digits)s)" if digits else "''"


def counted(user: User, area: str, year: int, today: date, part: str) -> QuerySet[Case]:
    """The very cases that a figure counts; ``part`` is one of ``PARTS``."""
    found = scope(user, Case.objects.filter(within(area)))
    if part == "pending":
        return found.filter(ended_on=None, approved_on=None)
    sql, values = positional(f"SELECT p.id FROM ({_PLANNED}) p WHERE {_CONDITIONS[part]}", _values(area, year, today, plans_of(area, year)))
    return found.filter(pk__in=RawSQL(sql, values))


def positional(sql: str, values: Mapping[str, Any]) -> tuple[str, list[Any]]:
    """The same question with its values in order, as a part of a larger one takes them."""
    names: list[str] = []
    out = []
    rest = sql
    while "%(" in rest:
        before, _open, rest = rest.partition("%(")
        name, _close, rest = rest.partition(")s")
        names.append(name)
        out.append(before + "%s")
    return "".join([*out, rest]), [values[name] for name in names]


def rate(part: int, task: int | None) -> str:
    """A rate of the task in per cent with two decimals (domain 2.11); it may exceed 100 %, and is — where there is no task."""
    return f"{Decimal(part) * 100 / task:.2f}%" if task else "—"


def total(area: str, parts: Iterable[Done]) -> Done:
    """The sum of areas, as that of the one they lie in."""
    whole = Done(area)
    for one in parts:
        whole += one
    return whole
