"""The passes of a comparison, in order: what each asks before it says “the same person”. Shown in the catalogue."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pass:
    """One way two rows are found to be one person. ``question`` is what the pass asks; ``source`` the clause it serves."""

    id: str
    label: str
    question: str
    source: str


ID = Pass("id", "证件号一致", "两边的身份证号（15 位升位、全角、空格、小写 x 已统一）相同，且姓名相同、同音或只差一字吗？", "S1-08、S4-05")
ID_REPAIRED = Pass(
    "id_repaired",
    "证件号修复后一致",
    "一边的身份证号只错一两位、少一位、多一位、相邻两位颠倒或被 Excel 抹去末位，改正后校验位成立，且姓名、出生日期、住址相符，两边都唯一吗？",
    "S1-08、S4-05",
)
NAME_BIRTH_AREA = Pass(
    "name_birth_area", "姓名+生日+村", "没有可用的身份证号，但姓名、出生日期、村都相同，两边都唯一，且没有相反的证据吗？", "S2-06、S4-06"
)
PROBABILITY = Pass(
    "probability",
    "概率匹配",
    "逐项比较姓名、出生日期、证件号、性别、村、同户成员和关系，按各项的分量加总，是否足以认定同一人，且没有第二个接近的人选？",
    "S2-06",
)
HOUSEHOLD = Pass(
    "household", "同户成员印证", "同户的其他成员已经对上，剩下的这个人姓名或出生日期、性别相符，户内再无第二人相符吗？", "S2-06、S4-05"
)

PASSES: tuple[Pass, ...] = (ID, ID_REPAIRED, NAME_BIRTH_AREA, PROBABILITY, HOUSEHOLD)
LABELS = {each.id: each.label for each in PASSES}

OUTCOMES = {"auto": "自动关联", "review": "待人工核对", "left_only": "仅在{left}", "right_only": "仅在{right}"}

FLAGS = {
    "id_damaged": "证件号损坏",
    "id_repaired": "证件号已修复",
    "same_id_two_names": "同号异名",
    "listed_twice": "重复",
    "in_two_households": "一人两户",
}

KINDS = {"same": "同一户", "head_differs": "户主不一致", "split": "分户", "merged": "并户", "moved": "迁移"}


def declared() -> tuple[Pass, ...]:
    """Every pass there is, in the order they are asked."""
    return PASSES
