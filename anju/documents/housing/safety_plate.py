"""安全认定牌: the plate of a house that reaches the safety standard, and of no other (S0-33; domain 2.13)."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, graded
from anju.documents.values import Code


@dataclass(frozen=True, kw_only=True)
class SafetyPlate:
    """The plate. ``ground``: 鉴定 or 改造验收合格; ``public``: the page that says only what may be public."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    householder: str = field(metadata=LINE)
    place: str
    grade: str
    ground: str = field(metadata=LINE)
    standard: str
    appraised_by: str = field(metadata=LINE)
    appraised_on: date
    issued_on: date
    public: Code

    def __post_init__(self) -> None:
        graded(self.grade, ("A", "B"))
