"""Grading 鉴定: the safety grade A–D of a rural house by dated standards, with reasons. No Django, no database; see README.md."""

from anju.grading.appraising import Outcome, appraise
from anju.grading.form import Form, MalformedForm, NotCovered
from anju.grading.reading import read

__all__ = ["Form", "MalformedForm", "NotCovered", "Outcome", "appraise", "read"]
