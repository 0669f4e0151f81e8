"""What was taken out or looked at, and long work."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "exports_download": {
        "export_id": _("导出"), "address": _("来自"),
    },
    "exports_export": {
        "kind": _("导出的内容"), "filters": _("筛选条件"), "reason": _("用途"), "mark": _("标记"), "requested_by_id": _("申请人"),
        "right_id": _("在哪项授权下"), "requested_at": _("申请时间"), "needs_approval": _("须他人审批"), "decided_by_id": _("审批人"),
        "decided_at": _("审批时间"), "decision_reason": _("审批意见"), "as_is": _("原件照发"), "file_name": _("文件名"), "file_size": _("大小（字节）"),
        "ready_at": _("文件备好"), "expires_at": _("文件保留到"),
    },
    "exports_reveal": {
        "subject": _("看的是"), "url": _("在哪一页"), "numbers": _("号码数"),
    },
    "jobs_job": {
        "kind": _("任务种类"), "done": _("已办"), "total": _("共有"), "message": _("消息"), "arguments": _("参数"), "result": _("结果"),
        "grant": _("在哪项授权下"), "cancel_requested": _("已要求取消"), "created_by_id": _("提出人"), "created_at": _("提出时间"),
    },
    "masks_maskchoice": {
        "policy": _("脱敏规则"), "chosen_by_id": _("设定人"), "chosen_at": _("设定时间"),
    },
}  # fmt: skip
