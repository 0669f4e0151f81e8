"""Public notices."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "notices_boardphoto": {"notice_id": _("公示"), "moment": _("什么时候拍的"), "photo_id": _("照片")},
    "notices_notice": {
        "kind": _("公示种类"), "intro": _("前言"), "content": _("公示内容"), "mask": _("脱敏规则"), "key": _("为哪项记录公示"), "days": _("公示天数"),
        "closes_on": _("公示截止日期"), "boards": _("张贴在"), "token": _("公开页的随机串"), "hotline": _("监督电话"),
        "start_photo_on": _("张贴照片日期"), "end_photo_on": _("期满照片日期"), "closed_why": _("结束的理由"),
    },
    "notices_objection": {
        "notice_id": _("公示"), "who": _("提出人"), "channel": _("怎样提出"), "about": _("对什么有异议"),
    },
    "notices_postednumber": {
        "token": _("号码的代号"), "mask": _("脱敏规则"),
    },
}  # fmt: skip
