"""How large a rebuilt house may be 面积标准: of the main house 主房, by the size of the household (domain 2.3)."""

from dataclasses import dataclass

from anju.policy.values import codes, named, table

AUXILIARY = {"grain": "谷物储藏", "tools": "农具放置", "kitchen": "厨房", "toilet": "卫生间", "other": "其他"}
"""What an auxiliary room 辅助用房 is for (domain 3.6)."""


@dataclass(frozen=True, slots=True)
class AreaStandard:
    """Limits in whole square metres.

    ``minimum[n - 1]`` and ``maximum[n - 1]`` hold for n persons; larger households are measured per person. Without a maximum the rule is
    a lower limit only. Rooms for the ``auxiliary`` uses aren't counted in the main house, up to ``auxiliary_cap`` where one is set.
    ``lower_limit``: whoever is helped in full 兜底 or has neither income nor labour 双无 is held to the minimum (S0-41).
    """

    minimum: tuple[int, ...]
    maximum: tuple[int, ...]
    per_person_minimum: int
    per_person_maximum: int | None
    auxiliary: tuple[str, ...]
    auxiliary_cap: int | None
    lower_limit: bool

    def limits(self, size: int) -> tuple[int, int | None]:
        """The least and the most for a household of ``size`` persons, 1 or more."""
        if size <= len(self.minimum):
            return self.minimum[size - 1], self.maximum[size - 1] if self.maximum else None
        return self.per_person_minimum * size, None if self.per_person_maximum is None else self.per_person_maximum * size

    def said(self) -> str:
        """In words."""
        parts = []
        for size, least in enumerate(self.minimum, 1):
            parts.append(f"{size} 人户 {least}～{self.maximum[size - 1]} ㎡" if self.maximum else f"{size} 人户不小于 {least} ㎡")
        more = f"{len(self.minimum) + 1} 人及以上每人"
        parts.append(
            f"{more}不小于 {self.per_person_minimum} ㎡"
            if self.per_person_maximum is None
            else f"{more} {self.per_person_minimum}～{self.per_person_maximum} ㎡"
        )
        cap = "" if self.auxiliary_cap is None else f"，超过 {self.auxiliary_cap} ㎡ 的部分计入"
        parts.append(f"{named(self.auxiliary, AUXILIARY)}用房不计入主房{cap}")
        if self.lower_limit:
            parts.append("兜底户、双无户按下限控制")
        return "；".join(parts)


def _metres(value: object, name: str) -> tuple[int, ...]:
    if not isinstance(value, list) or not all(isinstance(each, int) and not isinstance(each, bool) and 0 < each <= 1000 for each in value):
        raise ValueError(f"{name} 应是平方米数的列表，1 至 1000 的整数，从 1 人户起")
    return tuple(value)


def read(value: object) -> AreaStandard:
    """From ``minimum``, ``maximum``, ``per_person_minimum``, ``per_person_maximum``, ``auxiliary``, ``auxiliary_cap``, ``lower_limit``."""
    given = table(value, "面积标准")
    minimum = _metres(given.take("minimum"), "minimum")
    maximum = _metres(given.take("maximum"), "maximum") if given.has("maximum") else ()
    least = given.whole("per_person_minimum")
    most = given.whole("per_person_maximum") if given.has("per_person_maximum") else None
    uses = codes(given.take("auxiliary"), AUXILIARY, may_be_empty=True)
    cap = given.whole("auxiliary_cap") if given.has("auxiliary_cap") else None
    lower = given.flag("lower_limit")
    given.done()
    if not minimum or not least:
        raise ValueError("面积下限不能空着，也不能是 0")
    if (most is None) != (not maximum):
        raise ValueError("maximum 和 per_person_maximum 要么都写，要么都不写")
    if maximum and (len(maximum) != len(minimum) or any(low > high for low, high in zip(minimum, maximum, strict=True))):
        raise ValueError("maximum 应与 minimum 一样长，且不小于它")
    if most is not None and most < least:
        raise ValueError("per_person_maximum 小于 per_person_minimum")
    if cap is not None and not uses:
        raise ValueError("写了 auxiliary_cap，就要写 auxiliary 是哪些用房")
    return AreaStandard(minimum, maximum, least, most, uses, cap, lower)
