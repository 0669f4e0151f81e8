"""What is kept of renovations, a module for each idea."""

from anju.cases.models.archive import ArchivePaper, ArchiveSeries, CaseArchive, PaperReading
from anju.cases.models.case import Agreement, AnnualPlan, Case, CaseNotice, CaseStep, CaseWaiver, NumberSeries, key
from anju.cases.models.history import CaseHistory
from anju.cases.models.household_plan import Drawing, HouseholdPlan
from anju.cases.models.planning import PlanChange
from anju.cases.models.quota import QuotaGround, QuotaRequest
from anju.cases.models.tally import CaseTally

__all__ = [
    "Agreement",
    "AnnualPlan",
    "ArchivePaper",
    "ArchiveSeries",
    "Case",
    "CaseArchive",
    "CaseHistory",
    "CaseNotice",
    "CaseStep",
    "CaseTally",
    "CaseWaiver",
    "Drawing",
    "HouseholdPlan",
    "NumberSeries",
    "PaperReading",
    "PlanChange",
    "QuotaGround",
    "QuotaRequest",
    "key",
]
