"""Structural forms of a house 结构形式 (domain 3.6 STRUCT), and of what their members are made: which danger points can be met there."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Structure:
    """One form; the codes are those of the register's dwellings."""

    key: str
    name: str
    materials: tuple[str, ...]


STRUCTURES = {
    one.key: one
    for one in (
        Structure("earth_timber", "土木", ("生土", "木")),
        Structure("brick_timber", "砖木", ("砌体", "木")),
        Structure("brick_earth", "砖土混杂", ("砌体", "生土", "木")),
        Structure("timber", "木结构", ("木",)),
        Structure("stone_timber", "石木", ("石", "木")),
        Structure("brick_concrete", "砖混", ("砌体", "混凝土")),
        Structure("stone", "石结构", ("石",)),
        Structure("cave", "窑洞", ("生土", "砌体", "石")),
        Structure("raw_earth", "生土", ("生土",)),
        Structure("frame", "框架/混凝土", ("混凝土", "砌体")),
        Structure("steel", "钢结构", ("钢", "砌体")),
        Structure("other", "其他", ("砌体", "木", "石", "生土", "混凝土", "钢")),
    )
}

GROUND = "地基基础"
"""The material of danger points that every house may have."""
