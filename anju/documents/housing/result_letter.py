"""鉴定结果告知书: tells the household its result and how to object (S1-11; domain 2.13)."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, Objection, graded


@dataclass(frozen=True, kw_only=True)
class ResultLetter:
    """The letter. ``next_steps``: what the household may do or can expect, each a sentence of its own."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    addressee: str = field(metadata=LINE)
    place: str
    report_number: str = field(metadata=LINE)
    standard: str
    appraised_by: str = field(metadata=LINE)
    appraised_on: date
    grade: str
    meaning: str
    advice: str
    objection: Objection
    issued_on: date
    next_steps: tuple[str, ...] = ()
    contact: str = field(default="", metadata=LINE)

    def __post_init__(self) -> None:
        graded(self.grade)
