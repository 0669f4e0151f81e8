"""鉴定结果告知书: tells the household its result and how to object (S1-11; domain 2.13)."""

from dataclasses import dataclass
from datetime import date

from anju.documents.housing.parts import Objection, graded


@dataclass(frozen=True, kw_only=True)
class ResultLetter:
    """The letter. ``next_steps``: what the household may do or can expect, each a sentence of its own."""

    number: str
    organisation: str
    addressee: str
    place: str
    report_number: str
    standard: str
    appraised_by: str
    appraised_on: date
    grade: str
    meaning: str
    advice: str
    objection: Objection
    issued_on: date
    next_steps: tuple[str, ...] = ()
    contact: str = ""

    def __post_init__(self) -> None:
        graded(self.grade)
