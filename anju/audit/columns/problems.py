"""Problems."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "problems_problem": {
        "serial": _("序号"), "key": _("来自哪项记录"), "source": _("问题来源"), "category": _("问题类别"), "severity": _("严重程度"),
        "description": _("问题描述"), "found_on": _("发现日期"), "found_by_id": _("发现人"), "found_album_id": _("发现时的照片"), "found_level": _("发现单位的层级"),
        "recurrence_of_id": _("再次发生的是哪一条"), "handed_to_id": _("交办给谁"), "handed_on": _("交办日期"), "due": _("整改期限"), "plan": _("整改方案"),
        "report": _("整改报告"), "cause": _("原因"), "mended": _("修订的制度或做法"), "self_check": _("举一反三自查"), "rectified_on": _("整改完成日期"),
        "rectified_level": _("整改单位的层级"), "way": _("验收方式"), "verified_level": _("验收单位的层级"), "closed_on": _("销号日期"),
    },
    "problems_step": {
        "problem_id": _("问题"), "ordinal": _("第几步"), "text": _("内容"),
    },
}  # fmt: skip
