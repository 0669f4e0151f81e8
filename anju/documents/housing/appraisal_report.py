"""农村住房安全性鉴定报告: the numbered report of one appraised house (S0-32; domain 2.1.2, 3.7)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import LINE, House, Household, Objection, Photo, Signatory, Standard, graded
from anju.documents.values import Code


@dataclass(frozen=True, kw_only=True)
class Site:
    """Step 1: whether the place itself is safe."""

    safe: bool
    hazards: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class DangerPoint:
    """What was found at a part: in words, what was measured, and the limit it is held against."""

    found: str
    measured: str = ""
    limit: str = ""
    exceeds: bool = False


@dataclass(frozen=True, kw_only=True)
class Component:
    """One part of the house, its level a–d and the standard's words for that level; ``counted`` (dangerous, all) under the 2009 guide."""

    name: str = field(metadata=LINE)
    level: str
    criteria: str
    dangers: tuple[DangerPoint, ...] = ()
    counted: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One thing that protects against a disaster; ``there`` is None where it doesn't apply."""

    hazard: str
    measure: str
    there: bool | None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Quantitative:
    """The calculation of the 2009 guide: shares of dangerous parts in percent, membership of A–D, its grade."""

    foundation: Decimal | None
    upper: Decimal | None
    enclosure: Decimal | None
    membership: tuple[Decimal, Decimal, Decimal, Decimal]
    grade: str
    tie: bool = False


@dataclass(frozen=True, kw_only=True)
class Acknowledgement:
    """What the household says to the result: ``answer`` is 同意, 有异议 or "" (not signed yet)."""

    answer: str = ""
    signed_by: str = field(default="", metadata=LINE)
    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AppraisalReport:
    """The report. ``kind``: 鉴定 or 评定; ``organiser``: who had it done; ``computed``: the standard's grade; ``grade``: the one that holds."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    kind: str = field(metadata=LINE)
    organiser: str = field(metadata=LINE)
    household: Household
    house: House
    standard: Standard
    inspected_on: date
    issued_on: date
    site: Site
    components: tuple[Component, ...]
    computed: str
    grade: str
    meaning: str
    advice: str = field(metadata=LINE)
    objection: Objection
    appraisers: tuple[Signatory, ...]
    round: str = field(default="", metadata=LINE)
    trigger: str = field(default="", metadata=LINE)
    whole_level: str = ""
    whole_note: str = ""
    protection: str = field(default="", metadata=LINE)
    measures: tuple[Measure, ...] = ()
    qualitative: str = field(default="", metadata=LINE)
    quantitative: Quantitative | None = None
    override_reason: str = ""
    advice_note: str = ""
    photos: tuple[Photo, ...] = ()
    reviewer: Signatory | None = None
    acknowledgement: Acknowledgement = Acknowledgement()
    supersedes: str = field(default="", metadata=LINE)
    public: Code | None = None

    def __post_init__(self) -> None:
        graded(self.computed)
        graded(self.grade)
        if self.grade != self.computed and not self.override_reason.strip():
            raise ValueError("最终等级与评定等级不同，报告必须写明理由")
        for component in self.components:
            graded(component.level, ("a", "b", "c", "d"))
