"""一户一方案: how a household comes to a safe house, drawn up before the works begin; where it lives meanwhile goes into the register."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, temporary
from anju.accounts import permitting
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.models import HouseGrade
from anju.appraisals.queries.living import DANGEROUS
from anju.cases import drawings, rules, standards
from anju.cases.actions.moving import holding, move_home, move_in, settle
from anju.cases.actions.stepping import Step, held, stepped
from anju.cases.guards import Asked, findings
from anju.cases.looking import Look
from anju.cases.models import AnnualPlan, Case, Drawing, HouseholdPlan
from anju.checks import BLOCK
from anju.policy.schedule import works_backwards
from anju.refusing import Refused
from anju.registry.facts import true_on
from anju.registry.models import Dwelling, DwellingState
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.method import DISPOSALS, METHODS
from anju.vocabulary.works import ACCESSIBILITY, MEANWHILE, TOILETS, WORKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is planned of one household. Money in fen; the subsidy is the approved one.

    ``works`` are pairs of a code of ``vocabulary.works`` or own words, and whether it makes the house safer (of a code the vocabulary says it).
    ``finish_on``: None is the day by which works end there. ``dwelling``: the house of the register in which the family lives meanwhile.
    """

    total: int
    works: Sequence[tuple[str, bool]]
    village_person: str
    township_person: str
    self_raised: int = 0
    loan: int = 0
    donated: int = 0
    granted: int = 0
    labour_days: int = 0
    labour_by: str = ""
    drawing: Drawing | None = None
    structure: str = ""
    storeys: int | None = None
    main_area: Decimal | None = None
    auxiliary_area: Decimal | None = None
    toilet: str = ""
    toilet_consent: bool | None = None
    accessibility: Sequence[str] = field(default_factory=tuple)
    animals: str = ""
    environment: str = ""
    meanwhile: str = ""
    meanwhile_place: str = ""
    meanwhile_from: date | None = None
    meanwhile_until: date | None = None
    dwelling: Dwelling | None = None
    disposal: str = ""
    disposal_by: date | None = None
    finish_on: date | None = None
    debt_reason: str = ""
    note: str = ""


def draw_plan(*, case: Case, by: User, on: date | None = None, **said: Any) -> HouseholdPlan:
    """登记一户一方案: ``said`` are the fields of ``Plan``. Raises ``Refused``; then nothing is kept."""
    return _one(case, Plan(**said), by, Step(code="draw_plan", on=on))


def redraw_plan(*, case: Case, by: User, reason: str, on: date | None = None, **said: Any) -> HouseholdPlan:
    """变更一户一方案: another takes the place of the one that holds, which stays on record; why is said."""
    return _one(case, Plan(**said), by, Step(code="redraw_plan", on=on, reason=reason))


def draw_plans(*, plans: Mapping[int, Plan], by: User, on: date | None = None) -> dict[int, Refused]:
    """登记一户一方案 of many cases (key → plan), each held to all that one is held to. Those refused stay where they are: key → why."""
    refusals: dict[int, Refused] = {}
    by_words = {key: plan for key, plan in plans.items() if plan.dwelling is None}
    if by_words:
        refusals |= _drawn(by_words, by, Step(code="draw_plan", on=on))[1]
    for key, plan in plans.items():
        if plan.dwelling is not None:  # the register may refuse it, and then the plan goes too
            try:
                _one(Case.objects.get(pk=key), plan, by, Step(code="draw_plan", on=on))
            except Refused as refused:
                refusals[key] = refused
    return refusals


@recorded("household_plan.drawn")
@transaction.atomic
def _one(case: Case, plan: Plan, by: User, step: Step) -> HouseholdPlan:
    made, refusals = _drawn({case.pk: plan}, by, step)
    if refusals:
        raise refusals[case.pk]
    return HouseholdPlan.objects.get(pk=made[0].pk)


@recorded("household_plan.drawn")
@transaction.atomic
def _drawn(plans: Mapping[int, Plan], by: User, step: Step) -> tuple[list[HouseholdPlan], dict[int, Refused]]:
    """The plans that were drawn up, and the other cases with why; where a family lives in a house of the register meanwhile, that says so too."""
    day = permitting.day_of(step.on, rules.DAY)
    dues = dict(AnnualPlan.objects.filter(cases__in=list(plans)).values_list("pk", "complete_due"))
    rows = {key: HouseholdPlan(drawn_on=day, by=by, recorded_at=timezone.now()) for key in plans}
    temporary.give_keys(list(rows.values()))

    def said(case: Case, known: Look) -> dict[str, Any]:
        plan = plans[case.pk]
        mine = _columns(case, plan, day)
        speaking_against = {"no_drawing": _no_drawing(case, plan, day), "no_meanwhile": _no_meanwhile(case, plan, day)}
        mine["milestones"], speaking_against["no_schedule"] = _scheduled(case, day, plan.finish_on, dues.get(case.plan_id or 0))
        kept = {name: _plain(mine[name]) for name in _KEPT} | speaking_against
        details = {
            "household_plan": rows[case.pk].pk,
            "household": {name: value for name, value in kept.items() if value not in (None, "", [], 0)},
        }
        if mine["debt_said"] and not mine["debt_reason"] and not _blocked(case, step.code, details, known):
            raise Refused(rules.DEBT, _("%s；请减少农户负担、增加帮扶，或写明为什么仍按这个方案、怎么偿还") % mine["debt_said"])
        for name, value in mine.items():
            setattr(rows[case.pk], name, value)
        return details

    moved, refusals = stepped(plans, Step(code=step.code, on=day, reason=step.reason, details=said), by)
    made = [rows[case.pk] for case in moved]
    for case, row in zip(moved, made, strict=True):
        row.case, row.area = case, case.area
    temporary.insert(made)
    for case in moved:
        if plans[case.pk].dwelling is not None or step.code == "redraw_plan":
            settle(case=case, day=day, by=by)
    return made, refusals


def _blocked(case: Case, code: str, details: Mapping[str, Any], known: Look) -> bool:
    """Whether a rule that nobody answers speaks against the plan: that is said first."""
    return any(one.level == BLOCK for one in findings(case, Asked(code, known.on, details), known))


_KEPT = (
    *("works", "main_area", "auxiliary_area", "toilet", "toilet_consent", "meanwhile", "meanwhile_place", "meanwhile_from", "dwelling"),
    *("subsidy", "self_raised", "loan", "donated", "granted", "total", "village_person", "township_person", "debt_said", "debt_reason"),
)
"""What a step keeps of the plan it names: what its rules look at."""


def _plain(value: Any) -> Any:
    """As a step's details hold it."""
    if isinstance(value, Dwelling):
        return value.pk
    return str(value) if isinstance(value, Decimal | date) else value


def _columns(case: Case, plan: Plan, day: date) -> dict[str, Any]:
    """The plan's row, but for what its step and its schedule say."""
    drawing, new = plan.drawing, case.method in METHODS and METHODS[case.method].new
    own = plan.self_raised + plan.loan
    over = standards.debt_said(case.area, day, own=own, total=plan.total) if plan.total > 0 <= own else ""
    return {
        "method": case.method,
        "build_mode": case.build_mode,
        "drawing": drawing,
        "structure": _known(plan.structure, DwellingState.Structure.values) or (drawing.structure if drawing is not None else ""),
        "storeys": plan.storeys or (drawing.storeys if drawing is not None else None),
        "main_area": plan.main_area if plan.main_area is not None or drawing is None else drawing.main_area,
        "auxiliary_area": plan.auxiliary_area,
        "works": [
            [work.strip()[:40], WORKS[work].safety if work in WORKS else bool(safety)] for work, safety in plan.works if work.strip()
        ],
        "toilet": _known(plan.toilet, TOILETS),
        "toilet_consent": plan.toilet_consent,
        "accessibility": [one for one in plan.accessibility if one in ACCESSIBILITY],
        "animals": plan.animals.strip()[:120],
        "environment": plan.environment.strip()[:120],
        "meanwhile": _known(plan.meanwhile, MEANWHILE),
        "meanwhile_place": plan.meanwhile_place.strip()[:120],
        "meanwhile_from": plan.meanwhile_from,
        "meanwhile_until": plan.meanwhile_until,
        "dwelling": plan.dwelling,
        "subsidy": case.subsidy or 0,
        **{name: getattr(plan, name) for name in ("self_raised", "loan", "donated", "granted", "total", "labour_days")},
        "labour_by": plan.labour_by.strip()[:120],
        "debt_said": over[:300],
        "debt_reason": plan.debt_reason.strip()[:300] if over else "",
        "disposal": _known(plan.disposal, DISPOSALS) or ("demolished" if new and case.method == "rebuild" else ""),
        "disposal_by": plan.disposal_by,
        "village_person": plan.village_person.strip()[:60],
        "township_person": plan.township_person.strip()[:60],
        "note": plan.note.strip()[:300],
    }


def _known(code: str, codes: Collection[str]) -> str:
    """The code where it is one."""
    return code if code in codes else ""


def _no_drawing(case: Case, plan: Plan, day: date) -> str | None:
    return drawings.refused(plan.drawing, case, day) if plan.drawing is not None and case.method in METHODS else None


def _no_meanwhile(case: Case, plan: Plan, day: date) -> str | None:
    """Why the family can't live there meanwhile; None where it can."""
    until = plan.meanwhile_until
    if until is not None and (plan.meanwhile_from is None or until < plan.meanwhile_from):
        return _("过渡居住的起止日期应有先后")
    house = plan.dwelling
    if house is None:
        return None
    if house.pk == case.dwelling_id:
        return _("过渡住房不能是要改造的这一处")
    grade = HouseGrade.objects.filter(true_on(day), dwelling=house, grade__in=DANGEROUS).values_list("grade", flat=True).first()
    if grade is not None:
        return _("过渡住房 %(house)s 是 %(grade)s 级危房，不能住人；请另选") % {"house": house.number, "grade": grade}
    return None


def schedule(case: Case, day: date, finish_on: date | None) -> tuple[list[list[str]], str | None]:
    """The milestones of the case's works with their days, counted back from ``finish_on`` or from the day by which they end there; or why they
    can't be."""
    return _scheduled(case, day, finish_on, case.plan.complete_due if case.plan is not None else None)


def _scheduled(case: Case, day: date, finish_on: date | None, plan_due: date | None) -> tuple[list[list[str]], str | None]:
    if case.method not in METHODS:
        return [], None
    due = standards.finish_due(case.area, day, plan_due=plan_due)
    finish = finish_on or due
    if finish is None:
        return [], _("请写明哪天竣工")
    if due is not None and day < due < finish:
        return [], _("计划竣工 %(day)s 晚于竣工期限 %(due)s；请提前") % {"day": finish, "due": due}
    try:
        found = works_backwards(case.area, day, method=case.method, finish=finish)
    except ValueError as wrong:
        return [], _("%s；请改竣工日期") % wrong
    return [[one.milestone, one.day.isoformat()] for one in found], None


@recorded("household_plan.moved")
@transaction.atomic
def move_meanwhile(*, case: Case, by: User, on: date | None = None) -> HouseholdPlan:
    """登记已搬入过渡住处: the family has moved into the house that the plan which holds names."""
    plan, day = _holding(case, by, on)
    if plan.dwelling is None:
        raise Refused(rules.MEANWHILE, _("方案里的过渡住处不是登记库里的房屋，不用登记搬入"))
    if plan.moved is not None and plan.returned is None:
        raise Refused(rules.MEANWHILE, _("已经登记过搬入"))
    move_in(plan, on=day, by=by)
    return plan


@recorded("household_plan.moved")
@transaction.atomic
def return_home(*, case: Case, by: User, on: date | None = None) -> HouseholdPlan:
    """登记过渡结束: the family no longer lives in the house it had lived in for the time being."""
    plan, day = _holding(case, by, on)
    if plan.moved is None or plan.returned is not None:
        raise Refused(rules.MEANWHILE, _("没有登记过渡居住"))
    move_home(plan, on=day, by=by)
    return plan


def _holding(case: Case, by: User, on: date | None) -> tuple[HouseholdPlan, date]:
    permitting.allow(by, Power.CASE_PREPARE, case.area, rules.ROLE)
    row, day = held([case.pk], homes=True)[0], permitting.day_of(on, rules.DAY)
    if row.ended_on is not None:
        raise Refused(rules.ORDER, _("%s 已经办结") % row.number)
    plan = holding(row)
    if plan is None:
        raise Refused(rules.HOUSEHOLD_PLAN, _("还没有登记一户一方案"))
    return plan, day


def _own_drawings(by: User, area: str) -> None:
    permitting.allow(by, Power.CASE_DRAWINGS, by.area, rules.ROLE)
    if area != division.stem(by.area):
        raise Refused(rules.ROLE, _("图集由发布的那一级录入、停用"))


@recorded("drawing.added")
@transaction.atomic
def add_drawing(
    *, area: str, code: str, name: str, structure: str, storeys: int, main_area: Decimal, rooms: int, document: str, valid_from: date, by: User,
    intensity: int | None = None, valid_to: date | None = None,
) -> Drawing:  # fmt: skip
    """录入农房图集: a design that households of the area may choose. The same code from the same day again corrects it."""
    stem = division.stem(area)
    _own_drawings(by, stem)
    if not code.strip() or not name.strip() or not document.strip():
        raise Refused(rules.DRAWING, _("请写明图号、名称和出处"))
    if structure not in DwellingState.Structure.values:
        raise Refused(rules.DRAWING, _("请选结构"))
    if not (0 < main_area <= 1000 and 1 <= storeys <= 9 and 1 <= rooms <= 99):
        raise Refused(rules.DRAWING, _("请核对主房面积、层数和间数"))
    if intensity is not None and not 6 <= intensity <= 9:
        raise Refused(rules.DRAWING, _("抗震设防烈度应是 6 至 9 度"))
    if valid_to is not None and valid_to < valid_from:
        raise Refused(rules.DRAWING, _("有效期止于 %(to)s，早于 %(from)s") % {"to": valid_to, "from": valid_from})
    values = {
        "name": name.strip()[:80], "structure": structure, "storeys": storeys, "main_area": main_area, "rooms": rooms, "intensity": intensity,
        "document": document.strip()[:120], "valid_to": valid_to, "added_by": by, "added_at": timezone.now(),
    }  # fmt: skip
    made, _new = Drawing.objects.select_for_update(no_key=True).update_or_create(
        area=stem, code=code.strip()[:30], valid_from=valid_from, defaults=values
    )
    return made


@recorded("drawing.retired")
@transaction.atomic
def retire_drawing(*, drawing: Drawing, by: User, on: date | None = None) -> Drawing:
    """停用农房图集: after the day nobody chooses it; the plans that have it keep it. By the level that added it."""
    _own_drawings(by, drawing.area)
    row = Drawing.objects.select_for_update(no_key=True).get(pk=drawing.pk)
    last = on or clock.today()
    if last < row.valid_from:
        raise Refused(rules.DRAWING, _("停用的日期早于生效的 %s") % row.valid_from)
    row.valid_to = last if row.valid_to is None else min(last, row.valid_to)
    row.save(update_fields=["valid_to"])
    return row
