"""自建承诺书: a household that builds itself promises how (domain 2.6, 2.7)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import LINE, Household
from anju.documents.renovation.parts import OldHouse, Party, keeps_the_house

PROMISES = (
    "只有这一处住房（或者没有住房），所报的家庭、房屋情况真实；隐瞒的，愿退回补助并承担责任。",
    "按批准的方式、地点和面积建房，不擅自加层、扩大面积或者改变结构。",
    "照选定的图纸和抗震要求施工，不省略圈梁、构造柱和拉结措施，不用不合格的材料。",
    "请经过培训的工匠承担主体结构施工；没有经过培训的人不承担砌墙、浇筑和上屋架。",
    "基础、主体完工和竣工时通知村、乡镇到场查看，指出的问题改好后再往下施工。",
    "施工期间注意用电、高处和挖土安全，不让儿童进入工地。",
    "补助款全部用于建房，按期开工、竣工并搬入居住，旧房按方案处置。",
)
"""What every self-builder promises; a place may give its own."""
REPAIR_PROMISES = (
    "只有这一处住房，所报的家庭、房屋情况真实；隐瞒的，愿退回补助并承担责任。",
    "按批准的方式维修加固，不擅自加层、扩大面积或者改变结构。",
    "照选定的加固方案施工，不省略加固的部位和做法，不用不合格的材料。",
    "请经过培训的工匠承担加固；没有经过培训的人不承担墙体、屋架等承重部位的施工。",
    "开工和竣工时通知村、乡镇到场查看，指出的问题及时改好。",
    "施工期间注意用电、高处和支顶安全，不让儿童进入工地。",
    "补助款全部用于维修加固，按期开工、竣工并搬回居住。",
)
"""The same where the house is repaired."""


@dataclass(frozen=True, kw_only=True)
class Commitment:
    """The letter, to the township. Area in m²."""

    number: str = field(metadata=LINE)
    addressee: str = field(metadata=LINE)
    drawn_on: date
    household: Household
    old_house: OldHouse
    site: str
    method: str = field(metadata=LINE)
    mode: str = field(metadata=LINE)
    most_area: Decimal | None = None
    drawing: str = field(default="", metadata=LINE)
    starts_on: date | None = None
    finishes_on: date | None = None
    trained_on: date | None = None
    craftsmen: tuple[Party, ...] = ()
    promises: tuple[str, ...] = PROMISES
    further: str = ""
    witness: str = field(default="", metadata=LINE)
    repair: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "repair", keeps_the_house(self.method))
        if self.promises in (PROMISES, REPAIR_PROMISES):
            object.__setattr__(self, "promises", REPAIR_PROMISES if self.repair else PROMISES)
