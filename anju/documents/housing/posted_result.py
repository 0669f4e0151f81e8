"""挂牌公示: the sign at a house that says its grade, whatever it is (S4-13). Only what may be public has a field here."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, Objection, graded
from anju.documents.values import Code


@dataclass(frozen=True, kw_only=True)
class PostedResult:
    """The sign. ``householder`` and ``place`` as the notice mask leaves them; ``warning`` is for houses nobody should live in."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    householder: str = field(metadata=LINE)
    place: str
    grade: str
    meaning: str
    standard: str
    appraised_on: date
    appraised_by: str = field(metadata=LINE)
    posted_on: date
    posted_until: date | None
    objection: Objection | None
    advice: str = ""
    warning: str = field(default="", metadata=LINE)
    public: Code | None = None

    def __post_init__(self) -> None:
        graded(self.grade)
