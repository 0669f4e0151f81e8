"""Whether a rebuilt house is as large as it may be 面积是否合规 (domain 2.3 ``area_ok``; S4-15 neither lower nor higher, S4-16, S0-41)."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from anju.policy import keys
from anju.policy.lookup import rule
from anju.vocabulary.method import METHODS

Result = Literal["ok", "below", "above"]


@dataclass(frozen=True, slots=True)
class AreaFinding:
    """A house against its limits, in square metres; ``area`` is what counts as the main house.

    ``maximum`` None has no upper limit; ``lower_limit``: the household is held to the minimum, so
    more than that is for the county to explain. ``words`` says it in Chinese; ``source`` is where the limit stands.
    """

    result: Result
    area: Decimal
    minimum: int
    maximum: int | None
    lower_limit: bool
    words: str
    source: str


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
    """Holds a house against the area standard: the main house, and of auxiliary rooms what is above their cap.

    ``lower_limit`` says that the household has neither income nor labour (双无); one that is helped in full (兜底帮建) is held to the lower
    limit by its method. A repair keeps the area it has: nothing is judged. Raises ``NoRule``, and ``ValueError`` for what can't be measured.
    """
    if method not in METHODS:
        raise ValueError(f"没有改造方式“{method}”；可用：{'、'.join(METHODS)}")
    if not METHODS[method].new:
        return ()
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError("家庭人口应是 1 以上的整数")
    found = rule(keys.AREA_STANDARD, area, on)
    standard = found.value
    least, most = standard.limits(size)
    controlled = standard.lower_limit and (lower_limit or method == "help_build")
    high = least if controlled else most
    house, rooms = square_metres(main), square_metres(auxiliary)
    cap = standard.auxiliary_cap
    more = Decimal(0) if cap is None else max(Decimal(0), rooms - cap)
    counted = house + more
    result: Result = "below" if counted < least else "above" if high is not None and counted > high else "ok"
    said = {"ok": "符合", "below": "低于下限", "above": "超出下限，兜底户、双无户须说明" if controlled else "超出上限"}[result]
    must = f"不小于 {least} ㎡" if high is None else f"按下限控制为 {least} ㎡" if controlled else f"应为 {least}～{high} ㎡"
    with_rooms = f"，加辅助用房超过 {cap} ㎡ 的 {more:f} ㎡，共 {counted:f} ㎡" if more else ""
    words = f"{size} 人户主房 {house:f} ㎡{with_rooms}，{must}：{said}"
    return (AreaFinding(result, counted, least, high, controlled, words, found.source),)


def square_metres(value: Decimal | int) -> Decimal:
    """An area as it is kept, two decimals at most; raises ``ValueError``, for a float too."""
    if isinstance(value, bool) or not isinstance(value, Decimal | int):
        raise ValueError("面积应是整数或十进制数，不能是浮点数")
    metres = Decimal(value)
    if not metres.is_finite() or not 0 <= metres <= 100_000 or metres != metres.quantize(Decimal("0.01")):
        raise ValueError("面积应是 0 至 100000 平方米，小数最多两位")
    return metres
