"""How much may leave without a second person, how long a file lies ready, how often a full number may be looked at.

Each value has its label and source; a deployment sets another through the environment (docs/howto/configure.md).
"""

import os
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limit:
    """One number the deployment may set; ``usual`` holds where it doesn't."""

    code: str
    label: str
    usual: int
    unit: str
    variable: str
    source: str

    @property
    def value(self) -> int:
        """What holds here; what isn't a number is not taken."""
        given = os.environ.get(self.variable, "")
        return int(given) if given.isdecimal() else self.usual


_WHY = "2.15：个人信息保护法第 51 条（按权限、按必要处理）；本系统规定"
FULL_ROWS = Limit("exports.full_rows", "含完整号码的导出，超过即须他人审批", 5_000, "行", "ANJU_EXPORT_FULL_ROWS", _WHY)
MASKED_ROWS = Limit("exports.masked_rows", "脱敏或不含号码的导出，超过即须他人审批", 50_000, "行", "ANJU_EXPORT_MASKED_ROWS", _WHY)
KEPT_DAYS = Limit(
    "exports.kept_days", "导出文件保留", 7, "天", "ANJU_EXPORT_KEPT_DAYS", "2.15：个人信息保护法第 19 条（最短必要时间）；本系统规定"
)
REVEALS_AN_HOUR = Limit("exports.reveals_an_hour", "一人一小时内查看完整号码", 60, "次", "ANJU_REVEALS_AN_HOUR", _WHY)


def declared() -> tuple[Limit, ...]:
    """All of them, for the catalogue and for the pages that say them."""
    return (FULL_ROWS, MASKED_ROWS, KEPT_DAYS, REVEALS_AN_HOUR)
