"""Screenings and appraisals as workbooks; what is read in is held to what a form on a page is held to."""

from anju.appraisals.importing.appraisals import APPRAISALS
from anju.appraisals.importing.screenings import SCREENINGS

__all__ = ["APPRAISALS", "SCREENINGS"]
