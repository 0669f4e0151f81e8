"""What is kept of renovations, a module for each idea."""

from anju.cases.models.case import Agreement, AnnualPlan, Case, CaseNotice, CaseStep, CaseWaiver, NumberSeries, key
from anju.cases.models.household_plan import Drawing, HouseholdPlan
from anju.cases.models.planning import PlanChange
from anju.cases.models.quota import QuotaGround, QuotaRequest
from anju.cases.models.tally import CaseTally

__all__ = [
    "Agreement",
    "AnnualPlan",
    "Case",
    "CaseNotice",
    "CaseStep",
    "CaseTally",
    "CaseWaiver",
    "Drawing",
    "HouseholdPlan",
    "NumberSeries",
    "PlanChange",
    "QuotaGround",
    "QuotaRequest",
    "key",
]
