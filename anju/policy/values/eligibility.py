"""Who is not helped 不予补助的情形, once only 只补助一次, which method goes with which grade 改造方式 (domain 2.2.3, 2.4, 4.1 guard 2; V3, V4, V12)."""

from dataclasses import dataclass

from anju.policy.values import codes, named, table
from anju.vocabulary.method import METHODS

EXCLUSIONS = {
    "supported_and_safe": "已享受过改造且住房仍安全",
    "another_safe_house": "另有安全住房",
    "commercial_housing": "已购买商品房",
    "public_employee": "家庭成员或户主的父母、配偶、子女是国家公职人员",
    "illegal_building": "违法建筑或未经批准的宅基地",
    "planned_area": "在县城规划区内",
    "car": "有汽车",
}
"""Facts of a household that speak against helping it (domain 2.2.3)."""

EXCEPTIONS = {"redanger_disaster": "改造后的住房因一般自然灾害再次成为危房，且仍符合条件"}
"""When a household may be helped a second time (domain 2.2.3)."""

OTHER_MONEY = {"post_disaster": "灾后恢复重建资金"}
"""Money that isn't paid beside the renovation subsidy (domain 2.2.3, 2.5)."""

GRADES = {"C": "C 级", "D": "D 级", "none": "无房"}
"""What a household may be helped for: a partly or wholly dangerous house, or none (domain 2.2.3)."""

_METHOD_NAMES = {code: method.name for code, method in METHODS.items()}


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Which facts end an application, and which have to be explained first. What is in neither isn't asked here."""

    block: tuple[str, ...]
    explain: tuple[str, ...]

    def said(self) -> str:
        """In words."""
        parts = [("不予补助", self.block), ("须说明", self.explain)]
        return "；".join(f"{word}：{named(found, EXCLUSIONS)}" for word, found in parts if found)


def read_exclusions(value: object) -> Exclusions:
    """From ``block`` and ``explain``, either of which may be empty."""
    given = table(value, "不予补助的情形")
    block = codes(given.take("block"), EXCLUSIONS, may_be_empty=True)
    explain = codes(given.take("explain"), EXCLUSIONS, may_be_empty=True)
    given.done()
    if set(block) & set(explain):
        raise ValueError("同一情形不能既不予补助又须说明")
    if not block and not explain:
        raise ValueError("至少写一种情形")
    return Exclusions(block, explain)


@dataclass(frozen=True, slots=True)
class OnceOnly:
    """A household is subsidised once, but for these exceptions; and not together with other money."""

    exceptions: tuple[str, ...]
    not_with: tuple[str, ...]

    def said(self) -> str:
        """In words."""
        parts = ["一户只补助一次"]
        if self.exceptions:
            parts.append(f"例外：{named(self.exceptions, EXCEPTIONS)}")
        if self.not_with:
            parts.append(f"不与{named(self.not_with, OTHER_MONEY)}同享")
        return "；".join(parts)


def read_once(value: object) -> OnceOnly:
    """From ``exceptions`` and ``not_with``, either of which may be empty."""
    given = table(value, "只补助一次")
    exceptions = codes(given.take("exceptions"), EXCEPTIONS, may_be_empty=True)
    not_with = codes(given.take("not_with"), OTHER_MONEY, may_be_empty=True)
    given.done()
    return OnceOnly(exceptions, not_with)


@dataclass(frozen=True, slots=True)
class AllowedMethods:
    """Which methods a house of each grade, or none, may be dealt with by; the usual one first."""

    c: tuple[str, ...]
    d: tuple[str, ...]
    none: tuple[str, ...]

    def of(self, grade: str) -> tuple[str, ...]:
        """For ``C``, ``D`` or ``none``; a safe house has no method."""
        return {"C": self.c, "D": self.d, "none": self.none}.get(grade, ())

    def said(self) -> str:
        """In words."""
        return "；".join(f"{GRADES[grade]}：{named(self.of(grade), _METHOD_NAMES)}" for grade in GRADES)


def read_methods(value: object) -> AllowedMethods:
    """From ``C``, ``D`` and ``none``, a list of methods each."""
    given = table(value, "改造方式")
    found = [codes(given.take(grade), METHODS) for grade in GRADES]
    given.done()
    if "repair" in found[2]:
        raise ValueError("无房的不能维修加固")
    return AllowedMethods(*found)
