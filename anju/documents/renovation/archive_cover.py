"""农户档案封面和目录: heads the complete file of a household, a section per case (domain 2.8, 3.25)."""

from dataclasses import dataclass, field
from datetime import date

from anju.documents.housing.parts import LINE, Household

CHECKLIST = (
    "申请审批表",
    "改造申请书",
    "身份证件（身份证、全部家庭成员户口簿）",
    "类别证明（建档立卡、低保、特困、残疾等）",
    "补助资金一卡通复印件",
    "村级证明",
    "住房情况调查登记表",
    "危房鉴定表（报告）",
    "民主评议记录和照片",
    "公示和照片",
    "乡镇审核、县级审批文件",
    "改造协议、自建承诺书、施工安全责任书、告知书",
    "质量安全巡查记录",
    "建筑材料检测报告、合格证明",
    "竣工验收表",
    "补助资金拨付凭证",
    "农户档案表（基本信息表）",
    "改造前、改造中、改造后照片",
    "其他材料",
)
"""The nineteen items of a household's archive, in their order (domain 2.8)."""


def archive_number(township: str, year: int, running: int) -> str:
    """The number of an archive: 〔柳溪镇〕危改字〔2020〕07号."""
    return f"〔{township}〕危改字〔{year}〕{running:02d}号"


@dataclass(frozen=True, kw_only=True)
class Item:
    """A row of the contents. ``required`` is None where the case doesn't know it; ``pages`` (first, last) in the whole file."""

    name: str
    required: bool | None = True
    present: bool = False
    paper: bool = False
    electronic: bool = False
    pages: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Section:
    """The archive of one case."""

    number: str = field(metadata=LINE)
    title: str = field(metadata=LINE)
    items: tuple[Item, ...]
    approved_on: date | None = None
    accepted_on: date | None = None
    closed_on: date | None = None
    complete: int = field(init=False)
    lacking: int = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "complete", completeness(self.items))
        object.__setattr__(self, "lacking", sum(1 for each in self.items if each.required and not each.present))


@dataclass(frozen=True, kw_only=True)
class ArchiveCover:
    """The cover and the contents. ``number`` as ``archive_number`` writes it; ``kept_at``: where the paper lies."""

    number: str = field(metadata=LINE)
    organisation: str = field(metadata=LINE)
    household: Household
    made_on: date
    sections: tuple[Section, ...]
    village: str = field(default="", metadata=LINE)
    kept_at: str = field(default="", metadata=LINE)
    keeper: str = field(default="", metadata=LINE)
    reviewer: str = field(default="", metadata=LINE)
    retention: str = field(default="", metadata=LINE)
    note: str = ""
    title: str = field(default="农村危房改造农户档案", metadata=LINE)
    complete: int = field(init=False)
    sheets: int | None = None  # pages of the whole file

    def __post_init__(self) -> None:
        object.__setattr__(self, "complete", completeness(tuple(each for section in self.sections for each in section.items)))


def completeness(items: tuple[Item, ...]) -> int:
    """How much of what is required is there, in whole percent; 100 only where all of it is."""
    required = [each.present for each in items if each.required]
    return 100 * sum(required) // len(required) if required else 100
