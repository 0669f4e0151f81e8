"""年度计划 and its tree: a level enters its task, hands it down to the areas right below it in one act, sets earlier days; what was said before stays."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.cases import planning, rules
from anju.cases.models import AnnualPlan, PlanChange, QuotaRequest
from anju.divisions import queries as divisions
from anju.policy.rules import upwards
from anju.policy.values.programme import STEPS
from anju.refusing import Refused
from anju.trail.acts import recorded
from anju.vocabulary import division

_EARLIER = tuple(step for step in STEPS if step not in (planning.START, planning.COMPLETION))
"""The steps whose own day has no column."""


@recorded("plan.made")
@transaction.atomic
def make_plan(
    *,
    area: str,
    year: int,
    households: int,
    complete_due: date,
    by: User,
    start_due: date | None = None,
    document: str = "",
    days: Mapping[str, date | None] | None = None,
) -> AnnualPlan:
    """录入年度计划: how many households an area renovates in a year, by which days. Made again, it is corrected, and what it said before stays.

    A task that the level above handed down keeps its number; its days may only be earlier. A level that isn't on the system is recorded by one that
    is: one below it records it with the document (上级下达), one above hands its own task down. ``days``: the own days of further steps, by the names of ``anju.policy``.
    """
    stem = division.stem(area)
    _may_enter(by, stem, document)
    if households <= 0:
        raise Refused(rules.PLAN, _("任务户数应大于 0"))
    own = {step: day for step, day in (days or {}).items() if day is not None and step in _EARLIER}
    said = {planning.START: start_due} if start_due is not None else {}
    _days_fit(stem, planning.plans_of(stem, year), year, {**own, **said, planning.COMPLETION: complete_due})
    plan = AnnualPlan.objects.select_for_update(no_key=True).filter(area=stem, year=year).first()
    if plan is not None:
        _not_anothers(by, plan, households, {**own, **said, planning.COMPLETION: complete_due})
    values: dict[str, Any] = {
        "households": households, "start_due": start_due, "complete_due": complete_due, "days": {step: day.isoformat() for step, day in own.items()},
        "document": document.strip()[:120],
    }  # fmt: skip
    kind = PlanChange.Kind.ENTERED if plan is None else PlanChange.Kind.CORRECTED
    return written(plan or AnnualPlan(area=stem, year=year), by=by, kind=kind, **values)


def _may_enter(by: User, stem: str, document: str) -> None:
    """Refused but for one's own level and for those above and below it that aren't on the system; for one above with its document."""
    permitting.allow(by, Power.CASE_PLAN, by.area, rules.ROLE)
    if len(stem) > planning.LAST_LEVEL:
        raise Refused(rules.TASK, _("任务分到乡镇为止，村里不另定任务"))
    if stem == division.stem(by.area):
        return
    below = division.contains(by.area, stem)
    if not below and not (stem and division.contains(stem, by.area)):
        raise Refused(rules.ROLE, _("这个地方不在您的辖区内"))
    if planning.planners(stem):
        raise Refused(rules.TASK, _("%s已在本系统，任务由其自己录入、下达") % _named(stem))
    if not below and not document.strip():
        raise Refused(rules.TASK, _("录入上级下达的任务要写明文号"))


def _named(stem: str) -> str:
    return divisions.short_names([stem]).get(stem, stem) or _("全国")


def _not_anothers(by: User, plan: AnnualPlan, households: int, days: Mapping[str, date]) -> None:
    """Refused where another level's word would be changed: the number the level above handed down, its days made later, its record by another county."""
    if not division.contains(by.area, plan.area) and plan.made_by.organisation.area != by.organisation.area:
        raise Refused(
            rules.TASK,
            _("%(area)s的任务由%(office)s录入；有误的请其更正") % {"area": _named(plan.area), "office": plan.made_by.organisation.name},
        )
    if not plan.handed or plan.area != division.stem(by.area):
        return
    if households != plan.handed["households"]:
        raise Refused(
            rules.TASK,
            _("上级下达的任务是 %(task)d 户，本级不能改；要增减的请向上级申请指标") % {"task": plan.handed["households"]},
        )
    for step, day in days.items():
        if (last := plan.handed.get(step)) and day.isoformat() > last:
            raise Refused(
                rules.TASK, _("%(step)s期限 %(day)s 晚于上级下达的 %(last)s，只能提前") % {"step": _(STEPS[step]), "day": day, "last": last}
            )


def _days_fit(stem: str, plans: Mapping[str, AnnualPlan], year: int, days: Mapping[str, date], *, who: str = "") -> None:
    """Refused where days aren't in the order of the steps, lie outside the year, or are later than a level above or a rule wants (S0-64); ``plans`` are
    the year's, those of the levels above among them."""
    prefix = f"{who}：" if who else ""
    last = days[planning.COMPLETION]
    if last.year not in (year, year + 1):
        raise Refused(rules.PLAN, prefix + _("%(year)d 年的竣工期限 %(day)s 不在当年或次年") % {"year": year, "day": last})
    told = [(step, days[step]) for step in STEPS if step in days]
    for (step, day), (later, after) in itertools.pairwise(told):
        if day > after:
            raise Refused(
                rules.PLAN,
                prefix
                + _("%(step)s期限 %(start)s 晚于%(later)s期限 %(end)s")
                % {"step": _(STEPS[step]), "start": day, "later": _(STEPS[later]), "end": after},
            )
    wanted = planning.set_days(stem, {area: plan for area, plan in plans.items() if area != stem}, year, last=last)
    for step, day in told:
        if step in wanted and day > wanted[step].day:
            source = wanted[step].source if wanted[step].policy else _("%s下达的计划") % _named(wanted[step].area)
            raise Refused(
                rules.PLAN,
                prefix
                + _("%(step)s期限 %(day)s 晚于规定的 %(last)s（%(source)s）")
                % {"step": _(STEPS[step]), "day": day, "last": wanted[step].day, "source": source},
            )


def written(
    plan: AnnualPlan, *, by: User, kind: str, document: str, request: QuotaRequest | None = None, said: str | None = None, **values: Any
) -> AnnualPlan:
    """The plan with these values, and what was said of it; a repetition of what stands says nothing. Inside the caller's transaction, the plan locked.

    ``said``: the document of this act, where the plan's own stays another.
    """
    before = told(plan) if plan.pk else {}
    for name, value in {**values, "document": document}.items():
        setattr(plan, name, value)
    after = told(plan)
    if before == after and kind != PlanChange.Kind.HANDED:
        return plan
    plan.made_by, plan.made_at = by, timezone.now()
    plan.save()
    if before != after:
        PlanChange.objects.create(
            plan=plan, area=plan.area, kind=kind, before=before, after=after, document=document if said is None else said[:120], request=request,
            by=by, office=by.organisation, at=plan.made_at,
        )  # fmt: skip
    return plan


def told(plan: AnnualPlan) -> dict[str, Any]:
    """A plan as a change keeps it: task, days by step, document."""
    days = {step: day.isoformat() for step, day in planning.own_days(plan).items()}
    return {"households": plan.households, **days, **({"document": plan.document} if plan.document else {})}


# ------------------------------------------------------------------------------------------------ handing down


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """What of the task an area right below gets; its days, by step, where they are earlier than those that hold above it."""

    area: str
    households: int
    days: Mapping[str, date] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class HandedDown:
    """The plans of the areas below as they stand now, the level's own task, and what all areas below have together. They may differ, and it is said."""

    plans: list[AnnualPlan]
    task: int
    total: int

    @property
    def difference(self) -> int:
        """What the areas below have more (or, below 0, less) than the task."""
        return self.total - self.task


@recorded("plan.handed_down")
@transaction.atomic
def hand_down(*, area: str, year: int, shares: Sequence[Share], by: User, document: str = "") -> HandedDown:
    """分解下达: the level's task goes to the areas right below it, all of them or none. Done again, what an area has is corrected.

    A day may be earlier than those above, never later; an earlier one that the area had set itself stays, and no step is later than the next one.
    """
    stem = division.stem(area)
    _may_hand(by, stem)
    own = AnnualPlan.objects.select_for_update(no_key=True).filter(area=stem, year=year).first()
    if own is None:
        raise Refused(rules.TASK, _("本级还没有 %d 年的任务；请先录入，再分解") % year)
    if not shares:
        raise Refused(rules.TASK, _("没有填任何地方的任务"))
    places = {division.stem(one.area): one for one in shares}
    _right_below(stem, places, len(shares))
    held = {one.area: one for one in AnnualPlan.objects.select_for_update(no_key=True).filter(area__in=places, year=year).order_by("area")}
    names = divisions.short_names(places)
    plans = planning.plans_of(stem, year)
    holding = planning.set_days(stem, plans, year)
    made = []
    for code, share in sorted(places.items()):
        who = names.get(code, code)
        if share.households < 0:
            raise Refused(rules.TASK, _("%(who)s：任务户数不能小于 0") % {"who": who})
        days = {planning.COMPLETION: holding[planning.COMPLETION].day, **share.days}
        _days_fit(code, plans, year, days, who=who)
        made.append(_handed(held.get(code) or AnnualPlan(area=code, year=year), share.households, days, by, document.strip()[:120]))
    below = planning.plans_of(stem, year)
    total = sum(plan.households for code, plan in below.items() if division.parent(code) == stem)
    return HandedDown(made, own.households, total)


def _may_hand(by: User, stem: str) -> None:
    """Refused but for one's own level, and for one below it that isn't on the system."""
    permitting.allow(by, Power.CASE_PLAN, stem, rules.ROLE)
    if stem != division.stem(by.area) and planning.planners(stem):
        raise Refused(rules.TASK, _("%s已在本系统，任务由其自己分解") % _named(stem))
    if len(stem) >= planning.LAST_LEVEL:
        raise Refused(rules.TASK, _("任务分到乡镇为止，村里不另定任务"))


def _right_below(stem: str, places: Mapping[str, Share], rows: int) -> None:
    """Refused for an area named twice, and for one that doesn't lie right below."""
    if len(places) != rows:
        raise Refused(rules.TASK, _("同一个地方填了两次"))
    there = set(divisions.children(stem).values_list("code", flat=True))
    for code in places:
        if code not in there:
            raise Refused(rules.TASK, _("%(who)s不是%(above)s的下一级，任务逐级下达") % {"who": _named(code), "above": _named(stem)})


def _handed(plan: AnnualPlan, households: int, days: Mapping[str, date], by: User, document: str) -> AnnualPlan:
    """The plan of an area with what was handed down; the days that it had set earlier than the level above stay where they still are earlier. Between
    those of the two levels the order of the steps holds: a step is done by the day of the next one at the latest."""
    own = planning.own_days(plan) if plan.pk else {}
    was = {step: date.fromisoformat(day) for step, day in plan.handed.items() if step in STEPS}
    kept = {step: day for step, day in own.items() if step not in was or day < was[step]} if plan.pk else {}
    days_now: dict[str, date] = {}
    for step in reversed(STEPS):
        if step in days or step in kept:
            days_now[step] = min(one for one in (days.get(step), kept.get(step), *days_now.values()) if one is not None)
    return written(
        plan, by=by, kind=PlanChange.Kind.HANDED, households=households, document=document,
        start_due=days_now.get(planning.START), complete_due=days_now[planning.COMPLETION],
        days={step: day.isoformat() for step, day in days_now.items() if step in _EARLIER},
        handed={"households": households, **{step: day.isoformat() for step, day in days.items()}},
    )  # fmt: skip


def above(area: str) -> list[str]:
    """The levels above an area whose task may be recorded there because they aren't on the system, the nearest first."""
    return [stem for stem in upwards(area) if stem and stem != division.stem(area) and not planning.planners(stem)]
