"""Who comes first 优先顺序: the most dangerous house of the poorest household (domain 2.2.3; S4-10, S4-12, S4-46)."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from anju.policy.values import codes, named, table
from anju.policy.values.eligibility import GRADES
from anju.vocabulary.keygroup import KEY_GROUPS

TAGS = {
    "deep_poverty": "深度贫困县",
    "to_be_lifted": "拟脱贫摘帽县",
    "key_county": "国家扶贫开发重点县",
    "contiguous_area": "集中连片特困区",
    "revitalisation": "国家乡村振兴重点帮扶县",
}
"""Tags of a county that count (domain 3.1); the codes of the divisions' tags."""

FLAGS = {"brave_act": "见义勇为", "double_none": "双无", "no_self_fund": "无自筹能力", "retired_disabled_soldier": "伤残退役军人"}
"""Flags of a household that count; the codes of the register's flags (domain 3.27)."""

_GROUPS = {group.code: group.short for group in KEY_GROUPS}


@dataclass(frozen=True, slots=True)
class Priority:
    """Ranks, the first first: grades (those of one rank together), groups, county tags, flags; who waits longest breaks ties."""

    grades: tuple[tuple[str, ...], ...]
    groups: tuple[str, ...]
    tags: tuple[str, ...]
    flags: tuple[str, ...]

    def rank(
        self, *, grade: str, group: str, tags: Collection[str] = (), flags: Collection[str] = (), since: date
    ) -> tuple[int, int, int, int, date]:
        """To sort open cases by, the first first. What isn't named comes after what is."""
        return (
            next((place for place, equal in enumerate(self.grades) if grade in equal), len(self.grades)),
            self.groups.index(group) if group in self.groups else len(self.groups),
            next((place for place, tag in enumerate(self.tags) if tag in tags), len(self.tags)),
            next((place for place, flag in enumerate(self.flags) if flag in flags), len(self.flags)),
            since,
        )

    def said(self) -> str:
        """In words."""
        steps = [
            " > ".join(named(equal, GRADES) for equal in self.grades),
            " > ".join(_GROUPS[code] for code in self.groups),
            " > ".join(TAGS[code] for code in self.tags),
            " > ".join(FLAGS[code] for code in self.flags),
            "等候时间",
        ]
        return "，再看 ".join(step for step in steps if step)


def read(value: object) -> Priority:
    """From ``grades`` (a list of lists), ``groups``, ``tags``, ``flags``."""
    given = table(value, "优先顺序")
    ranks = given.take("grades")
    if not isinstance(ranks, list):
        raise ValueError("grades 应是列表的列表")
    grades = tuple(codes(equal, GRADES) for equal in ranks)
    flat = [grade for equal in grades for grade in equal]
    if sorted(flat) != sorted(GRADES):
        raise ValueError(f"grades 应把 {'、'.join(GRADES)} 各排一次")
    groups = codes(given.take("groups"), _GROUPS)
    tags = codes(given.take("tags"), TAGS, may_be_empty=True)
    flags = codes(given.take("flags"), FLAGS, may_be_empty=True)
    given.done()
    return Priority(grades, groups, tags, flags)
