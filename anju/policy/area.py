"""Whether a rebuilt house is as large as it may be 面积是否合规 (domain 2.3 ``area_ok``; S4-15 neither lower nor higher, S4-16, S0-41)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from anju.policy import keys
from anju.policy.lookup import rule
from anju.policy.rules import Rule
from anju.policy.values import named
from anju.policy.values.area import AUXILIARY, AreaStandard
from anju.vocabulary.method import METHODS

Part = Literal["main", "auxiliary"]
Result = Literal["ok", "below", "above"]


@dataclass(frozen=True, slots=True)
class AreaFinding:
    """One part of a house against its limits, in square metres.

    ``part`` is ``main`` or ``auxiliary``; ``maximum`` None has no upper limit; ``lower_limit``: the household is held to the minimum, so
    more than that is for the county to explain. ``words`` says it in Chinese; ``source`` is where the limit stands.
    """

    part: Part
    result: Result
    area: Decimal
    minimum: int
    maximum: int | None
    lower_limit: bool
    words: str
    source: str


def area_rule(area: str, on: date) -> Rule[AreaStandard]:
    """The area standard that holds in an area on a day; raises ``NoRule``."""
    return rule(keys.AREA_STANDARD, area, on)


def judged(
    area: str,
    on: date,
    *,
    method: str,
    size: int,
    main: Decimal | int,
    auxiliary: Decimal | int = 0,
    lower_limit: bool = False,
) -> tuple[AreaFinding, ...]:
    """Holds a house against the area standard: the main house always, auxiliary rooms where they are capped.

    ``lower_limit`` says that the household has neither income nor labour (双无); one that is helped in full (兜底帮建) is held to the lower
    limit by its method. A repair keeps the area it has: nothing is judged. Raises ``NoRule``, and ``ValueError`` for what can't be measured.
    """
    if method not in METHODS:
        raise ValueError(f"没有改造方式“{method}”；可用：{'、'.join(METHODS)}")
    if not METHODS[method].new:
        return ()
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError("家庭人口应是 1 以上的整数")
    found = area_rule(area, on)
    standard = found.value
    least, most = standard.limits(size)
    controlled = standard.lower_limit and (lower_limit or method == "help_build")
    high = least if controlled else most
    findings = [_finding(found, "main", square_metres(main), f"{size} 人户主房", (least, high), held=controlled)]
    rooms = square_metres(auxiliary)
    if standard.auxiliary_cap is not None:
        findings.append(_finding(found, "auxiliary", rooms, "辅助用房", (0, standard.auxiliary_cap)))
    return tuple(findings)


def _finding(
    found: Rule[AreaStandard], part: Part, metres: Decimal, name: str, limits: tuple[int, int | None], *, held: bool = False
) -> AreaFinding:
    low, high = limits
    result: Result = "below" if metres < low else "above" if high is not None and metres > high else "ok"
    said = {"ok": "符合", "below": "低于下限", "above": "超出下限，兜底户、双无户须说明" if held else "超出上限"}[result]
    if part == "auxiliary":
        must = f"{named(found.value.auxiliary, AUXILIARY)}用房不计入主房，不超过 {high} ㎡"
    else:
        must = f"不小于 {low} ㎡" if high is None else f"按下限控制为 {low} ㎡" if held else f"应为 {low}～{high} ㎡"
    return AreaFinding(part, result, metres, low, high, held, f"{name} {metres:f} ㎡，{must}：{said}", found.source)


def square_metres(value: Decimal | int) -> Decimal:
    """An area as it is kept, two decimals at most; raises ``ValueError``, for a float too."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ValueError("面积应是整数或十进制数，不能是浮点数")
    metres = Decimal(value)
    if not metres.is_finite() or not 0 <= metres <= 100_000 or metres != metres.quantize(Decimal("0.01")):
        raise ValueError("面积应是 0 至 100000 平方米，小数最多两位")
    return metres
