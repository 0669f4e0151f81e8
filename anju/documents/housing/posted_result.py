"""挂牌公示: the sign at a house that says its grade, whatever it is (S4-13). Only what may be public has a field here."""

from dataclasses import dataclass
from datetime import date

from anju.documents.housing.parts import Objection, graded
from anju.documents.values import Code


@dataclass(frozen=True, kw_only=True)
class PostedResult:
    """The sign. ``householder`` and ``place`` as the notice mask leaves them; ``warning`` is for houses nobody should live in."""

    number: str
    organisation: str
    householder: str
    place: str
    grade: str
    meaning: str
    standard: str
    appraised_on: date
    appraised_by: str
    posted_on: date
    posted_until: date | None
    objection: Objection | None
    advice: str = ""
    warning: str = ""
    public: Code | None = None

    def __post_init__(self) -> None:
        graded(self.grade)
