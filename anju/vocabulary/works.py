"""What is done to a house 改造内容, and what is done in one go with it: work items, toilets, what a disabled person needs, where the family lives meanwhile.

Sources: S4-19 (works that don't make a house safer aren't done alone), S4-18 and domain 2.6 (the five basics, seismic measures), S2-33 and domain 2.13, 3.22
(toilets), S4-27 (linked works), S0-09 (nobody lives in a dangerous house).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that is done. ``safety``: it makes the house safer; ``new``: it belongs to a house that is built, ``repair``: to one that is repaired."""

    code: str
    name: str
    safety: bool
    new: bool = True
    repair: bool = True


WORKS: dict[str, WorkItem] = {
    one.code: one
    for one in (
        WorkItem("demolition", "旧房拆除清运", False, repair=False),
        WorkItem("foundation", "基础", True, repair=False),
        WorkItem("walls", "墙体砌筑", True, repair=False),
        WorkItem("ring_beam", "圈梁、构造柱", True),
        WorkItem("roof", "屋盖", True, repair=False),
        WorkItem("strengthen_foundation", "地基基础加固", True, new=False),
        WorkItem("strengthen_walls", "墙体加固、拆砌", True, new=False),
        WorkItem("strengthen_frame", "梁柱、屋架加固或更换", True, new=False),
        WorkItem("strengthen_roof", "屋面修缮、檩条椽子更换", True, new=False),
        WorkItem("seismic", "抗震加固措施", True, new=False),
        WorkItem("drainage", "散水、排水", True),
        WorkItem("wiring", "室内电路", True),
        WorkItem("openings", "门窗", False),
        WorkItem("floor", "地面", False),
        WorkItem("plaster", "粉刷、装饰", False),
    )
}
"""Which of them make a house safer is [design] on S4-19 and domain 2.6."""

TOILETS = {
    "three_grid": "三格化粪池", "double_urn": "双瓮漏斗", "biogas": "三联通沼气池", "separated": "粪尿分集", "double_pit": "双坑交替",
    "sewer": "完整下水道水冲", "other": "其他",
}  # fmt: skip
"""Kinds of sanitary toilets (domain 3.22)."""

ACCESSIBILITY = {
    "ramp": "入户坡道", "handrail": "扶手", "door": "门洞加宽、消除门槛", "toilet": "坐便器和厕所扶手", "floor": "防滑地面", "switch": "低位开关、闪光门铃",
}  # fmt: skip
"""What a severely disabled person needs in the house (S4-27) [design]."""

MEANWHILE = {
    "relatives": "投亲靠友", "rented": "租房", "village": "村集体用房、安置点", "own": "自家另外的安全房屋", "stays": "不用搬出", "other": "其他",
}  # fmt: skip
"""Where a family lives while its house is renovated [design]."""


def works_of(new: bool) -> tuple[WorkItem, ...]:
    """The items that belong to a house that is built, or to one that is repaired."""
    return tuple(one for one in WORKS.values() if (one.new if new else one.repair))
