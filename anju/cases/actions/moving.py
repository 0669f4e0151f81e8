"""过渡居住: where a family lives while its house is renovated, put into the register as the plan that holds says, and taken out with it."""

from collections.abc import Iterable
from datetime import date

from anju.accounts.models import User
from anju.cases import rules
from anju.cases.models import Case, CaseStep, HouseholdPlan
from anju.cases.standing import counting
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Occupancy
from anju.registry.refusal import Refused as RegisterRefused

DRAWS = ("draw_plan", "redraw_plan")


def holding(case: Case) -> HouseholdPlan | None:
    """The plan that holds: the one that the last step that counts names."""
    if "plan" not in case.marks:
        return None
    last = next(one for one in reversed(counting(case.steps.order_by("id"))) if one.code in DRAWS)
    return case.household_plans.select_related("drawing", "dwelling", "moved", "returned").filter(pk=last.details["household_plan"]).first()


def elsewhere(cases: Iterable[Case]) -> list[Case]:
    """Those of the cases whose family lives elsewhere for the time being."""
    told = list(cases)
    there = HouseholdPlan.objects.filter(case__in=[one.pk for one in told], moved__isnull=False, returned__isnull=True)
    found = set(there.values_list("case_id", flat=True))
    return [one for one in told if one.pk in found]


def settle(*, case: Case, day: date, by: User, undone: CaseStep | None = None) -> None:
    """The register says what the plan which holds says: a family of another plan no longer lives there for the time being, one of this plan does.
    Of a case that has ended nobody does.

    ``undone``: the step that was taken back; what was written with it never held.
    """
    holds = holding(case) if case.ended_on is None else None
    there = case.household_plans.select_related("moved", "dwelling").filter(moved__isnull=False, returned__isnull=True).order_by("id")
    for plan in there:
        if holds is not None and plan.pk == holds.pk:
            continue
        if undone is not None and undone.code in DRAWS:
            _never(plan, day=day, by=by)
        else:
            move_home(plan, on=day, by=by)
    if holds is None or holds.dwelling is None:
        return
    if holds.returned is not None and undone is not None and holds.returned.recorded_at >= undone.at:
        _resume(holds, by=by)
    elif undone is None and holds.moved is None and holds.meanwhile_from is not None and holds.meanwhile_from <= day:
        move_in(holds, on=max(holds.meanwhile_from, _since(case)), by=by)


def move_in(plan: HouseholdPlan, *, on: date, by: User) -> None:
    """The family lives in the house of its plan, from the day on."""
    assert plan.dwelling is not None
    try:
        plan.moved = registry.move_out(household=plan.case.household, dwelling=plan.dwelling, on=on, by=by)
    except RegisterRefused as refused:
        raise Refused(rules.MEANWHILE, refused.message) from refused
    plan.returned = None
    plan.save(update_fields=["moved", "returned"])


def move_home(plan: HouseholdPlan, *, on: date, by: User) -> None:
    """The family lives again where it lived before, from the day on. Where the register says by now that it lives elsewhere, that stays."""
    assert plan.moved is not None
    if not _lives_there(plan):
        plan.returned = plan.moved
    else:
        try:
            plan.returned = registry.move_back(out=plan.moved, on=max(on, plan.moved.on), by=by)
        except RegisterRefused as refused:
            raise Refused(rules.MEANWHILE, refused.message) from refused
    plan.save(update_fields=["returned"])


def _never(plan: HouseholdPlan, *, day: date, by: User) -> None:
    """The family never moved: the plan was a mistake. Where something later rests on it, it moves home on the day."""
    assert plan.moved is not None
    try:
        registry.undo(change=plan.moved, by=by)
    except RegisterRefused:
        move_home(plan, on=day, by=by)
        return
    plan.moved = None
    plan.save(update_fields=["moved"])


def _resume(plan: HouseholdPlan, *, by: User) -> None:
    """The family never moved home: the plan that said so was taken back."""
    assert plan.returned is not None
    if plan.returned_id != plan.moved_id:
        try:
            registry.undo(change=plan.returned, by=by)
        except RegisterRefused:
            return
    plan.returned = None
    plan.save(update_fields=["returned"])


def _lives_there(plan: HouseholdPlan) -> bool:
    kind = Occupancy.Kind.TRANSITIONAL
    return Occupancy.objects.open().filter(household=plan.case.household_id, dwelling=plan.dwelling_id, kind=kind).exists()


def _since(case: Case) -> date:
    """The day on which the family last moved home, in this case."""
    days = [one.returned.on for one in case.household_plans.select_related("returned") if one.returned is not None]
    return max(days, default=date.min)
