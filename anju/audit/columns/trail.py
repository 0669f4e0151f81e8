"""The trail's own."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "trail_archived": {
        "first": _("从第几号"), "last": _("到第几号"), "before": _("之前的哈希"), "hash": _("链尾哈希"), "earliest": _("最早一条"), "latest": _("最晚一条"),
        "name": _("文件名"),
    },
    "trail_restoration": {
        "archive": _("备份的编号"), "name": _("备份文件"), "taken_at": _("备份时间"), "former_end": _("恢复前的链尾"), "found_end": _("备份里的链尾"),
        "common": _("共有到第几号"), "lost": _("不在这里的条数"),
    },
}  # fmt: skip
