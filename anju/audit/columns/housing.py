"""How a household is housed, the verification of it, and what was entered in systems of above."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "entries_systementry": {"system": _("哪个上级系统"), "withdrawn": _("已撤回")},
    "guarantees_guarantee": {
        "provider": _("提供人"), "relation": _("与提供人的关系"), "place": _("现住址"), "document": _("合同或文件"), "until": _("合同到期"),
        "safe_because": _("为什么安全"), "ended_reason": _("结束的理由"), "replaces_id": _("接替的保障途径"),
    },
    "verification_campaign": {
        "name": _("任务名称"),
    },
    "verification_verification": {
        "campaign_id": _("核验任务"), "category": _("核验结论"), "guarantee_id": _("保障的登记"), "verifiers": _("核验人"), "informant": _("受访人"),
        "interview": _("访谈记录"), "lives_here": _("现住此房"), "why": _("未保障的原因和打算"),
        "replaces_id": _("接替的核验结论"),
    },
}  # fmt: skip
