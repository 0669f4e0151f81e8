"""Grades of a house A–D 房屋安全等级 and levels of its components a–d 危险程度.

Sources: domain 2.1.1 (meaning, treatment, both guides), 2.1.2 (levels). Letters order from best to worst.
"""

from collections.abc import Iterable
from dataclasses import dataclass

LEVELS = ("a", "b", "c", "d")
"""Levels of a component, best first."""

LEVEL_NAMES = {"a": "无危险点", "b": "有危险点", "c": "局部危险", "d": "整体危险"}


@dataclass(frozen=True, slots=True)
class Grade:
    """What a grade means and what is to be done. ``safe``: the house counts as 鉴定安全 (domain 2.9)."""

    letter: str
    name: str
    meaning: str
    treatment: str
    safe: bool


GRADES = {
    grade.letter: grade
    for grade in (
        Grade("A", "安全", "结构满足正常使用，未发现危险点", "正常使用", True),
        Grade("B", "基本安全", "个别构件有危险点，不影响主体结构，基本满足使用", "正常使用，注意观察", True),
        Grade("C", "局部危房", "部分承重结构不能满足使用，局部有险情", "维修加固", False),
        Grade("D", "整幢危房", "承重结构已不能满足使用，整幢有险情", "拆除重建，有条件的也可加固", False),
    )
}
"""The four grades, best first."""

ALIASES = {"一级危房": "D", "二级危房": "C", "三级危房": "C"}
"""What Guizhou calls dangerous houses; the same scale under other names (domain 2.1.1)."""


def worst(letters: Iterable[str]) -> str:
    """The worst of some letters of one case; raises ``ValueError`` for none."""
    return max(letters)


def better(letter: str, other: str) -> bool:
    """Whether the first says the house is in better state than the second; upper and lower case are one scale."""
    return letter.upper() < other.upper()
