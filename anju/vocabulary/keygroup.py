"""Key groups 重点对象: who the programme must house safely, who keeps each list, in which years.

Sources: domain 2.2.1 (four groups, to 2020), 2.2.2 (six groups, from 2021). The order is the default of policy: a
household on several lists counts once, in the group that comes first.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Office(StrEnum):
    """Departments that keep lists and lock them together (S4-06, S4-14)."""

    HOUSING = "housing"
    POVERTY = "poverty"
    CIVIL_AFFAIRS = "civil_affairs"
    DISABLED_FEDERATION = "disabled_federation"
    VILLAGE = "village"


OFFICE_NAMES = {
    Office.HOUSING: "住建部门",
    Office.POVERTY: "扶贫部门",
    Office.CIVIL_AFFAIRS: "民政部门",
    Office.DISABLED_FEDERATION: "残联",
    Office.VILLAGE: "村委会",
}


@dataclass(frozen=True, slots=True)
class KeyGroup:
    """A category of households or persons, as a row that provinces may extend."""

    code: str
    name: str
    short: str
    owner: Office
    order: int
    valid_from: date
    valid_to: date | None
    scope: str  # "household" | "person"
    province: str = ""  # stem of the province it is limited to; "" is national
    source: str = ""


KEY_GROUPS = (
    KeyGroup(
        "JDLK", "建档立卡贫困户", "建档立卡", Office.POVERTY, 10, date(2014, 1, 1), date(2020, 12, 31), "household", source="S4-04, S4-14"
    ),
    KeyGroup("TK", "农村分散供养特困人员", "特困", Office.CIVIL_AFFAIRS, 20, date(2014, 1, 1), None, "person", source="S4-04, S4-14"),
    KeyGroup("DB", "低保户", "低保", Office.CIVIL_AFFAIRS, 30, date(2009, 1, 1), None, "household", source="S4-04, S4-14"),
    KeyGroup(
        "CJ",
        "贫困残疾人家庭",
        "贫困残疾",
        Office.DISABLED_FEDERATION,
        40,
        date(2009, 1, 1),
        date(2020, 12, 31),
        "person",
        source="S4-04, S4-14",
    ),
    KeyGroup("YFP", "农村易返贫致贫户", "易返贫", Office.POVERTY, 15, date(2021, 1, 1), None, "household", source="领域规则 2.2.2"),
    KeyGroup("TFK", "突发严重困难户", "突发困难", Office.POVERTY, 35, date(2021, 1, 1), None, "household", source="领域规则 2.2.2"),
    KeyGroup("DBY", "农村低保边缘家庭", "低保边缘", Office.CIVIL_AFFAIRS, 36, date(2021, 1, 1), None, "household", source="领域规则 2.2.2"),
    KeyGroup("QTP", "其他脱贫户", "其他脱贫", Office.POVERTY, 50, date(2021, 1, 1), None, "household", source="领域规则 2.2.2"),
    KeyGroup("XDP", "相对贫困户", "相对贫困", Office.POVERTY, 45, date(2016, 1, 1), date(2020, 12, 31), "household", "44", source="S3-18"),
)

EARLIER_GROUPS = {"QPK": "其他贫困户", "QNH": "其他农户"}
"""Whom earlier years renovated without a list of theirs: 其他贫困户 to 2016, 其他农户 in deeply poor counties (domain 2.2.1). Only cases of earlier years name them."""
