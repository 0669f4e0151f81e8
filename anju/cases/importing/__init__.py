"""Workbooks of renovations."""

from anju.cases.importing import history

__all__ = ["history"]
