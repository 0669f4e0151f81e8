"""How long records of what was done are kept; shorter than the law asks for isn't taken."""

import os
from dataclasses import dataclass

LAW = "网络安全法（2016）第二十一条第三项，2026-01-01 起第二十三条：网络日志留存不少于六个月"
LEAST = 180


class TooShort(Exception):
    """The deployment asks for fewer days than the law; the message names the setting and the source."""


@dataclass(frozen=True, slots=True)
class Kept:
    """For how many days something is kept; ``usual`` holds where the deployment sets nothing."""

    code: str
    label: str
    usual: int
    variable: str
    source: str
    unit: str = "天"

    @property
    def days(self) -> int:
        """What holds here. Raises ``TooShort`` below ``LEAST``, and for what is no number: then nothing is taken away."""
        given = os.environ.get(self.variable, "").strip()
        if not given:
            return self.usual
        if not given.isdecimal() or int(given) < LEAST:
            raise TooShort(
                f"{self.variable} = {given}：{self.label}不能少于 {LEAST} 天（{LAW}）。请改成 {LEAST} 以上的天数，或去掉这一项。"
            )
        return int(given)


TRAIL = Kept(
    "trail.days", "留痕留在库里", 1095, "ANJU_TRAIL_DAYS", f"{LAW}；个人信息保护法第五十六条：处理情况记录至少保存三年；到期归档，不删除"
)
SIGN_INS = Kept("signin.days", "登录记录保留", 365, "ANJU_SIGNIN_DAYS", f"{LAW}；个人信息保护法第十九条：保存期限为最短必要时间")


def declared() -> tuple[Kept, ...]:
    """All of them, for the catalogue."""
    return (TRAIL, SIGN_INS)
