"""What is kept of renovations, a module for each idea."""

from anju.cases.models.case import Agreement, AnnualPlan, Case, CaseNotice, CaseStep, CaseWaiver, NumberSeries, key
from anju.cases.models.household_plan import Drawing, HouseholdPlan

__all__ = [
    "Agreement",
    "AnnualPlan",
    "Case",
    "CaseNotice",
    "CaseStep",
    "CaseWaiver",
    "Drawing",
    "HouseholdPlan",
    "NumberSeries",
    "key",
]
