"""What a photo shows (domain 3.10 PHOTO): when in the work it is taken, and where it must have been taken.

Papers are photographed at a desk as well as on the spot, so no place is asked of them.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Where(StrEnum):
    """Where a photo of a kind must be taken."""

    HOUSE = "house"
    VILLAGE = "village"
    ANYWHERE = "anywhere"


class Stage(StrEnum):
    """Which of the three pictures side by side it belongs to."""

    BEFORE = "before"
    DURING = "during"
    AFTER = "after"
    OTHER = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: its code, its title as the office says it, where and in which stage it is taken, and the source."""

    code: str
    title: Any
    where: Where
    stage: Stage = Stage.OTHER
    source: str = "3.10"


_HOUSE, _VILLAGE, _ANYWHERE = Where.HOUSE, Where.VILLAGE, Where.ANYWHERE

KINDS: dict[str, Kind] = {
    kind.code: kind
    for kind in (
        Kind("before", _("改造前"), _HOUSE, Stage.BEFORE, "3.10, 2.6：改造前照片含户主正面"),
        Kind("foundation", _("改造中 基础"), _HOUSE, Stage.DURING),
        Kind("structure", _("改造中 主体"), _HOUSE, Stage.DURING),
        Kind("after_whole", _("改造后 全景"), _HOUSE, Stage.AFTER),
        Kind("after_inside", _("改造后 室内"), _HOUSE, Stage.AFTER),
        Kind("after_kitchen", _("改造后 厨卫"), _HOUSE, Stage.AFTER),
        Kind("house", _("房屋正面"), _HOUSE, Stage.BEFORE, "3.7"),
        Kind("component", _("构件和险情"), _HOUSE, source="3.7"),
        Kind("present", _("现状（核验）"), _HOUSE, source="3.10, 2.9"),
        Kind("materials", _("备料"), _HOUSE),
        Kind("before_mending", _("整改前"), _HOUSE, Stage.BEFORE),
        Kind("after_mending", _("整改后"), _HOUSE, Stage.AFTER),
        Kind("plate", _("安全认定牌"), _HOUSE, source="3.10, S0-33"),
        Kind("sign", _("挂牌公示"), _HOUSE, source="S4-13"),
        Kind("board", _("公示栏"), _VILLAGE),
        Kind("meeting", _("评议会议"), _VILLAGE, source="2.8 第 9 项"),
        Kind("training", _("培训"), _ANYWHERE),
        Kind("appraisal_form", _("鉴定表"), _ANYWHERE),
        Kind("agreement", _("协议"), _ANYWHERE),
        Kind("visit_record", _("检查记录"), _ANYWHERE),
        Kind("acceptance_form", _("验收表"), _ANYWHERE),
        Kind("policy_card", _("明白卡签收"), _ANYWHERE),
        Kind("proof", _("证明材料"), _ANYWHERE, source="3.27"),
        Kind("other", _("其他"), _ANYWHERE),
    )
}


def kind_of(code: str) -> Kind:
    """The kind of a code. Raises KeyError where it isn't declared."""
    return KINDS[code]
