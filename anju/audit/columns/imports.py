"""Workbooks of records."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "imports_importbatch": {
        "kind": _("录入什么"), "applied_to": _("已写到第几行"), "rows_applied": _("已录入的行"), "rows_refused": _("没有录入的行"),
        "rows_undone": _("已撤销的行"),
    },
    "imports_importrow": {
        "once": _("防重复的标识"), "values": _("各列内容"),
    },
}  # fmt: skip
