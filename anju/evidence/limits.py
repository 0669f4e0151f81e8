"""The tolerances of the photo checks, each with its source. How far from house or village is policy (``expecting``)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tolerance:
    """One number a check rests on."""

    code: str
    label: str
    value: float
    unit: str
    source: str


_OURS = "领域行为 4.3 V8、质量要求 8 要求核对，未定数值；本系统默认（设计）"
CLOCK_AHEAD = Tolerance("evidence.clock_ahead", "拍摄时间可晚于收到时间", 10, "分钟", _OURS)
TIMES_APART = Tolerance("evidence.times_apart", "照片自带时间与设备所报时间可相差", 30, "分钟", _OURS)
PLACES_APART = Tolerance("evidence.places_apart", "照片自带位置与设备所报位置可相差", 1000, "米", _OURS)
WINDOW = Tolerance("evidence.window", "拍摄时间可早于到场开始或晚于到场结束", 10, "分钟", _OURS)
SPEED = Tolerance(
    "evidence.speed", "同一设备两张照片之间的速度", 120, "千米/时", "质量要求 8：设备与时间异常；山区公路限速不高于此（设计）"
)
NEAR = Tolerance("evidence.near", "低于此距离不算速度（定位误差）", 1000, "米", _OURS)
DEVICE_HOURS = Tolerance("evidence.device_hours", "同一设备前后多少小时内的照片一并核对", 12, "小时", _OURS)
SHARED_MINUTES = Tolerance("evidence.shared_minutes", "同一设备在两人名下，间隔少于此即提醒", 10, "分钟", _OURS)


def declared() -> tuple[Tolerance, ...]:
    """All of them, for the catalogue."""
    return (CLOCK_AHEAD, TIMES_APART, PLACES_APART, WINDOW, SPEED, NEAR, DEVICE_HOURS, SHARED_MINUTES)
