"""Appraisals of houses."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "appraisals_appraisal": {
        "number": _("鉴定报告编号"), "round_id": _("排查轮次"), "organiser": _("组织方式"), "agency_id": _("鉴定机构"), "appraisers": _("鉴定人"),
        "trigger": _("为什么鉴定"), "standard": _("鉴定标准"), "structure": _("结构形式"), "storeys": _("层数"), "site": _("场地"),
        "whole": _("房屋整体"), "disaster": _("防灾措施"), "qualitative": _("定性结果"), "quantitative": _("定量结果"), "p": _("危险构件比例"),
        "mu": _("隶属度"), "computed": _("推算的等级"), "grade": _("鉴定等级"), "override_reason": _("改定等级的理由"), "advice": _("处理建议"),
        "opinion": _("鉴定意见"), "subsidy": _("用于申请补助"), "acknowledged": _("农户签字"), "acknowledged_on": _("签字日期"),
        "objection_until": _("异议期到"), "report_id": _("鉴定报告"), "state_at": _("状态变更时间"), "state_reason": _("状态变更的理由"),
        "superseded_by_id": _("被哪次鉴定取代"),
    },
    "appraisals_componentfinding": {
        "component": _("组成部分"), "level": _("危险程度"), "dangerous": _("危险构件数"), "total": _("构件总数"), "points": _("危险点"),
    },
    "appraisals_hazard": {
        "way": _("发现方式"), "cause": _("险情原因"), "reporter": _("报告人"), "description": _("险情描述"), "urgent": _("紧急"),
        "checked_on": _("核实日期"), "checked_by_id": _("核实人"), "checked_note": _("核实的情况"), "unfounded": _("核实没有险情"),
        "evacuated_on": _("撤离日期"), "due": _("应鉴定日期"), "closed_how": _("怎样销号"), "closed_on": _("销号日期"), "closed_by_id": _("销号人"),
        "housed": _("凭保障途径销号"),
    },
    "appraisals_nohouse": {
        "applied_on": _("申请日期"), "village_on": _("村评议日期"), "village_opinion": _("村意见"), "township_opinion": _("乡镇意见"),
    },
    "appraisals_numberseries": {
        "kind": _("文书种类"),
    },
    "appraisals_objection": {
        "raised_by": _("提出人"), "reason": _("异议的理由"), "reappraisal_id": _("重新鉴定"),
    },
    "appraisals_posting": {
        "kind": _("哪种牌"), "number": _("牌号"), "token": _("二维码里的随机串"), "issued_on": _("制牌日期"), "issued_by_id": _("制牌人"),
        "removed_on": _("摘牌日期"), "removed_reason": _("摘牌的理由"), "removed_by_id": _("摘牌人"),
    },
    "appraisals_recheckitem": {
        "lot_id": _("复核抽样"), "second_id": _("复核的鉴定"), "same": _("等级一致"), "done_on": _("复核日期"),
        "settled_by_id": _("复核人"),
    },
    "appraisals_rechecklot": {
        "appraiser_id": _("被复核的鉴定人"), "share": _("抽查比例"), "seed": _("抽样的随机数"), "worked": _("这段时间的鉴定数"), "drawn_by_id": _("抽样人"),
        "drawn_at": _("抽样时间"), "voided_at": _("作废时间"), "voided_reason": _("作废的理由"), "voided_by_id": _("作废人"),
    },
    "appraisals_round": {
        "name": _("轮次名称"), "population": _("只看"), "first_year": _("年度自"), "last_year": _("年度至"), "appraise": _("逐户鉴定"), "cadres": _("干部人次"), "experts": _("专家人次"),
    },
    "appraisals_screening": {
        "round_id": _("排查轮次"), "result": _("排查结果"),
    },
    "appraisals_stock": {
        "households": _("户数"), "by_grade": _("各等级户数"), "voided_at": _("作废时间"), "voided_reason": _("作废的理由"),
    },
    "appraisals_stockentry": {
        "stock_id": _("危房存量台账"), "groups": _("对象类别"), "struck_on": _("销档日期"), "struck_why": _("销档的理由"), "struck_by_id": _("销档人"),
    },
    "appraisals_stocksignature": {
        "stock_id": _("危房存量台账"),
    },
}  # fmt: skip
