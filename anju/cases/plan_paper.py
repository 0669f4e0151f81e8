"""The household's plan as a paper, filled. Numbers are masked as the policy in force says."""

from datetime import date, timedelta
from decimal import Decimal

from anju import documents, policy
from anju.appraisals.papers import in_chinese, place_of
from anju.cases import rules
from anju.cases.models import Case, HouseholdPlan
from anju.cases.papers import head_of, household_part, old_house
from anju.documents.renovation import PLAN
from anju.documents.renovation import household_plan as paper
from anju.documents.renovation.parts import Share
from anju.documents.values import Money
from anju.policy import area as areas
from anju.policy import keys
from anju.vocabulary.method import DISPOSALS, METHODS, MILESTONES, MODES
from anju.vocabulary.works import ACCESSIBILITY, MEANWHILE, TOILETS, WORKS

_YES = {True: "", False: "（与安全无关）"}


@in_chinese
def plan_of(plan: HouseholdPlan) -> paper.HouseholdPlan:
    """The paper of a plan."""
    case = plan.case
    line = policy.find(keys.DEBT_LINE, case.area, plan.drawn_on)
    return paper.HouseholdPlan(
        number=case.number,
        organisation=plan.by.organisation.name,
        planned_on=plan.drawn_on,
        household=household_part(case.household, head_of(case), plan.drawn_on),
        old_house=old_house(case),
        method=METHODS[plan.method].name,
        mode=MODES[plan.build_mode].name if plan.build_mode in MODES else "",
        design=_design(plan),
        linked=paper.Linked(
            toilet=TOILETS.get(plan.toilet, ""),
            consent=plan.toilet_consent,
            accessibility=tuple(ACCESSIBILITY[one] for one in plan.accessibility if one in ACCESSIBILITY),
            animals=plan.animals,
            others=plan.environment,
        ),
        meanwhile=paper.Meanwhile(
            way=MEANWHILE.get(plan.meanwhile, ""),
            place="，".join(one for one in (plan.meanwhile_place, f"房屋 {plan.dwelling.number}" if plan.dwelling else "") if one),
            since=plan.meanwhile_from,
            until=plan.meanwhile_until,
        ),
        subsidies=_shares(("危房改造补助", plan.subsidy), ("其他补助", plan.granted)),
        own=_shares(("农户自筹", plan.self_raised), ("贷款、借款", plan.loan)),
        others=_shares(("社会捐助", plan.donated)),
        warning=Money(min(line.value.most, plan.total * line.value.percent // 100)) if line is not None else None,
        warning_rule=_warned(plan, line.value.said() if line is not None else ""),
        labour="，".join(one for one in (f"{plan.labour_days} 个工日" if plan.labour_days else "", plan.labour_by) if one),
        old_house_afterwards=DISPOSALS.get(plan.disposal, ""),
        old_house_by=plan.disposal_by,
        steps=_steps(plan),
        responsible=(
            paper.Responsible(duty="村级责任人", name=plan.village_person, office=place_of(case.area[:12])),
            paper.Responsible(duty="乡镇责任人", name=plan.township_person, office=place_of(case.area[:9])),
        ),
        note=plan.note,
    )


def _warned(plan: HouseholdPlan, line: str) -> str:
    return "；".join(one for one in (line, f"仍按本方案的理由：{plan.debt_reason}" if plan.debt_reason else "") if one)


def _shares(*parts_: tuple[str, int]) -> tuple[Share, ...]:
    return tuple(Share(name=name, amount=Money(fen)) for name, fen in parts_ if fen)


def _steps(plan: HouseholdPlan) -> tuple[paper.Step, ...]:
    days = [(milestone, date.fromisoformat(day)) for milestone, day in plan.milestones]
    last = days[-1][1] if days else plan.drawn_on
    return tuple(
        paper.Step(name=MILESTONES[milestone], due=day, before=(last - day) // timedelta(days=1), person=plan.village_person)
        for milestone, day in days
    )


def _design(plan: HouseholdPlan) -> paper.Design:
    case, drawing = plan.case, plan.drawing
    new = METHODS[plan.method].new
    band = outside = None
    if new and plan.main_area is not None:
        (found,) = areas.judged(
            case.area, plan.drawn_on, method=plan.method, size=case.size, main=plan.main_area, auxiliary=plan.auxiliary_area or Decimal(0)
        )
        band = paper.Band(
            least=Decimal(found.minimum), most=Decimal(found.maximum) if found.maximum is not None else None, rule=f"{case.size} 人户"
        )
        outside = "" if band.holds(plan.main_area) else _lifted(case)
    return paper.Design(
        drawing=f"{drawing.document} {drawing.name}" if drawing is not None else "",
        drawing_number=drawing.code if drawing is not None else "",
        structure=str(plan.get_structure_display()) if plan.structure else "",
        storeys=plan.storeys,
        main=plan.main_area,
        auxiliary=plan.auxiliary_area,
        band=band,
        outside_band=outside or "",
        works=tuple(f"{WORKS[work].name if work in WORKS else work}{_YES[bool(safety)]}" for work, safety in plan.works),
    )


def _lifted(case: Case) -> str:
    """Why the county lets an area be that lies outside the band."""
    waiver = case.waivers.filter(rule=rules.AREA.id, ended_at=None).first()
    return waiver.reason if waiver is not None else "按批准的面积"


def plan_pdf(plan: HouseholdPlan) -> bytes:
    """The plan as PDF; raises ``documents.Unprintable``."""
    return documents.pdf(PLAN, plan_of(plan), title=f"{PLAN.title} {plan.case.number}")
