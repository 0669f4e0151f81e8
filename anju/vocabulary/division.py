"""Area codes 区划代码: 6 digits county + 3 township + 3 village (statistics code), + 2–3 local digits for a villager group.

The code of an area is the prefix of the codes of everything below it; trailing zeros of the 12-digit form carry
no information, so every comparison uses the *stem* (2, 4, 6, 9, 12 or 14–15 digits).
"""

from enum import IntEnum


class Level(IntEnum):
    """Levels of the division tree (domain 3.1)."""

    NATION = 1
    PROVINCE = 2
    PREFECTURE = 3
    COUNTY = 4
    TOWNSHIP = 5
    VILLAGE = 6
    GROUP = 7


LEVEL_NAMES = {
    Level.NATION: "全国",
    Level.PROVINCE: "省",
    Level.PREFECTURE: "市",
    Level.COUNTY: "县",
    Level.TOWNSHIP: "乡镇",
    Level.VILLAGE: "村",
    Level.GROUP: "村民小组",
}

_LENGTHS = {0: Level.NATION, 2: Level.PROVINCE, 4: Level.PREFECTURE, 6: Level.COUNTY, 9: Level.TOWNSHIP, 12: Level.VILLAGE}


NOWHERE = "-"  # the area of those who may see nothing: no code begins so


def stem(code: str) -> str:
    """``210922000000`` → ``210922``; ``210922100000`` → ``210922100``; a stem or a group code stays as it is."""
    if len(code) > 12 or code == NOWHERE:
        return code
    for length in (12, 9, 6, 4, 2):
        if len(code) >= length and code[:length].strip("0") and (length == 2 or code[:length][_step(length) :].strip("0")):
            return code[:length]
    return ""


def _step(length: int) -> int:
    return {12: 9, 9: 6, 6: 4, 4: 2, 2: 0}[length]


def level(code: str) -> Level:
    """The level of a code or stem."""
    short = stem(code)
    return Level.GROUP if len(short) > 12 else _LENGTHS[len(short)]


def parent(code: str) -> str | None:
    """The stem of the area above; None for the nation. A town of a city without counties lies under the city (``441900003`` → ``4419``)."""
    short = stem(code)
    if not short or short == NOWHERE:
        return None
    if len(short) > 12:
        return short[:12]
    return stem(short[: _step(len(short))])


def below(area: str) -> int:
    """How many digits the areas right below an area have: 2 for the nation's; villages are the last that are told apart."""
    return next((length for length in sorted(_LENGTHS) if length > len(stem(area))), 12)


def full(code: str) -> str:
    """The 12-digit (or longer) printed form: ``210922`` → ``210922000000``."""
    return code.ljust(12, "0")


def contains(area: str, other: str) -> bool:
    """Whether ``other`` is ``area`` or lies below it."""
    return stem(other).startswith(stem(area))


def holding(*areas: str) -> str:
    """The smallest area that holds all of these: ``210922109`` and ``210922`` → ``210922``, ``210921`` and ``210922`` → ``2109``."""
    stems = [stem(area) for area in areas]
    if len(set(stems)) == 1:
        return stems[0]
    shared = max(length for length in (0, 2, 4, 6, 9, 12) if len({one[:length] for one in stems}) == 1)
    return stem(stems[0][:shared])


def bounds(area: str) -> tuple[str, str]:
    """The half-open range ``low <= code < high`` of stems inside ``area`` under byte order (COLLATE "C")."""
    short = stem(area)
    return short, short + "~"
