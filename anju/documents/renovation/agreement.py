"""危房改造协议: between township, household and, where one builds for it, the builder (S2-26, S2-27; domain 2.7, 3.13)."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import LINE
from anju.documents.renovation.parts import METHODS, MODES, OldHouse, Party, Share, keeps_the_house
from anju.documents.values import Money

QUALITY = (
    "按照选定的图纸和当地抗震设防要求施工，圈梁、构造柱、墙体拉结等抗震构造措施不得省略。",
    "地基挖到持力土层，基础经现场查看合格后再砌筑上部结构。",
    "水泥、钢筋、砖和木料有合格证明或经当面检验，不使用过期、锈蚀和来历不明的材料。",
    "基础、主体和竣工三个环节各方到场检查，作出记录并签字；发现的问题整改合格后再进入下一环节。",
    "用电、脚手架和高处作业有安全防护，施工期间的安全由施工的一方负责。",
)
"""What every agreement says of quality; a place may give its own."""
REPAIR_QUALITY = (
    "按照选定的加固方案和当地抗震设防要求施工，方案中的加固部位和做法不得省略。",
    "动工前查看原有结构，需要支顶的先支顶；发现方案没有写到的危险，先停工，由技术人员定出做法再继续。",
    QUALITY[2],
    "会被遮盖的做法在遮盖前拍照；竣工时各方到场检查，作出记录并签字，发现的问题整改合格后再验收。",
    QUALITY[4],
)
"""The same where the house is repaired: it has no foundation stage (domain 4.5)."""


@dataclass(frozen=True, kw_only=True)
class Filing:
    """Where the agreement is filed 备案, and under what number."""

    with_whom: str = field(metadata=LINE)
    number: str = field(default="", metadata=LINE)
    on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The agreement; with ``builder`` it has three parties. ``pays``: stages of the subsidy, whose amounts come to ``subsidy``.

    ``vacated_within``: days after moving in by which the old house is gone; None: no old house has to go. Consents are None
    where they are still to be ticked by hand. Area in m².
    """

    number: str = field(metadata=LINE)
    drawn_on: date
    township: Party
    household: Party
    old_house: OldHouse
    site: str
    method: str = field(metadata=LINE)
    mode: str = field(metadata=LINE)
    subsidy: Money
    starts_on: date | None
    finishes_on: date | None
    builder: Party | None = None
    most_area: Decimal | None = None
    structure: str = field(default="", metadata=LINE)
    drawing: str = field(default="", metadata=LINE)
    price: Money | None = None
    pays: tuple[Share, ...] = ()
    pay_days: int | None = None
    quality: tuple[str, ...] = QUALITY
    warranty: str = ""
    vacated_within: int | None = None
    consent_to_publish: bool | None = None
    consent_to_pay_builder: bool | None = None
    further: str = ""
    disputes: str = ""
    copies: tuple[tuple[str, int], ...] = ()
    filing: Filing | None = None
    witness: str = field(default="", metadata=LINE)
    methods: tuple[str, ...] = METHODS
    modes: tuple[str, ...] = MODES
    repair: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "repair", keeps_the_house(self.method))
        if self.quality in (QUALITY, REPAIR_QUALITY):
            object.__setattr__(self, "quality", REPAIR_QUALITY if self.repair else QUALITY)
        amounts = [each.amount.fen for each in self.pays if each.amount is not None]
        if amounts and len(amounts) == len(self.pays) and sum(amounts) != self.subsidy.fen:
            raise ValueError(f"各次付款合计 {Money(sum(amounts)).figures} 元，不等于补助 {self.subsidy.figures} 元")
        if self.consent_to_pay_builder and self.builder is None:
            raise ValueError("没有施工方，补助不能付给施工方")
