"""住房安全有保障核验表: one household, one conclusion, one page (domain 2.9, 3.23)."""

from dataclasses import dataclass, field
from datetime import date, datetime

from anju.documents.housing.parts import LINE, Household, Photo, Signatory

WAYS = {
    "鉴定安全": ("鉴定或评定为 A 级", "鉴定或评定为 B 级"),
    "改造安全": ("农村危房改造", "易地扶贫搬迁", "生态移民", "水库移民", "避险搬迁", "因灾重建", "无房新建"),
    "保障安全": ("集体公租房", "幸福大院", "租赁闲置农房", "投亲靠友", "置换", "修缮闲置公房"),
    "未保障": (),
}
"""The three categories, the fourth answer, and the ways of each (domain 2.9, 3.27)."""


@dataclass(frozen=True, kw_only=True)
class Present:
    """Where the household lives now, as seen."""

    address: str
    lives_here: bool | None
    structure: str = field(default="", metadata=LINE)
    grade: str = field(default="", metadata=LINE)
    seen_at: datetime | None = None
    place: str = ""  # coordinates, as shown


@dataclass(frozen=True, kw_only=True)
class Interview:
    """Who was asked, and what was said."""

    informant: str = field(metadata=LINE)
    relation: str = field(default="", metadata=LINE)
    answers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Problem:
    """What is wrong where the household is not housed safely, or something else was found."""

    number: str = field(metadata=LINE)
    description: str
    due: date | None = None


@dataclass(frozen=True, kw_only=True)
class VerificationSheet:
    """The sheet. ``category`` is a key of ``WAYS``; ``way`` one of its ways or the province's own; ``grounds`` are (what, which) pairs."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    village: str = field(metadata=LINE)
    verified_on: date
    household: Household
    category: str = field(metadata=LINE)
    way: str = field(metadata=LINE)
    present: Present
    grounds: tuple[tuple[str, str], ...]
    proofs: tuple[str, ...] = ()
    interview: Interview | None = None
    photo: Photo | None = None
    photo_lacks: str = field(default="", metadata=LINE)  # why there is none
    problem: Problem | None = None
    verifiers: tuple[Signatory, ...] = ()
    round: str = field(default="", metadata=LINE)
    entered: str = field(default="", metadata=LINE)
    ways: tuple[tuple[str, tuple[str, ...]], ...] = tuple(WAYS.items())

    def __post_init__(self) -> None:
        if self.category not in dict(self.ways):
            raise ValueError(f"没有核验结论“{self.category}”")
