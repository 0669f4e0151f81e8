"""What is kept of renovations, a module for each idea."""

from anju.cases.models.case import Agreement, AnnualPlan, Case, CaseNotice, CaseStep, CaseWaiver, NumberSeries, key
from anju.cases.models.history import CaseHistory

__all__ = ["Agreement", "AnnualPlan", "Case", "CaseHistory", "CaseNotice", "CaseStep", "CaseWaiver", "NumberSeries", "key"]
