"""A renovation from its application to its agreement."""

from typing import Any

from django.utils.translation import gettext_lazy as _

COLUMNS: dict[str, dict[str, Any]] = {
    "cases_annualplan": {
        "households": _("任务户数"), "start_due": _("开工期限"), "complete_due": _("竣工期限"), "days": _("其他环节的期限"), "handed": _("上级下达的"),
    },
    "cases_planchange": {"plan_id": _("年度计划"), "before": _("变更前"), "after": _("变更后"), "request_id": _("指标申请")},
    "cases_quotarequest": {
        "asked_of": _("向哪一级申请"), "households": _("申请增减的户数"), "task": _("申请时任务"), "counted": _("应改未改的户数"), "granted": _("同意增减的户数"),
        "answer_document": _("答复文号"), "seen_by_id": _("知悉人"), "seen_at": _("知悉时间"),
    },
    "cases_quotaground": {"request_id": _("指标申请"), "why": _("当时的情况")},
    "cases_case": {
        "no_house_id": _("无房认定"), "again_of_id": _("返危前的改造"), "group": _("对象类别"), "applied_on": _("申请日期"), "stage": _("阶段"),
        "since": _("进入本阶段"), "entered": _("到本阶段的环节"), "marks": _("已办的事项"), "behind": _("暂停或退回前的阶段"), "head_id": _("户主"), "size": _("家庭人口"),
        "plan_id": _("年度计划"), "method": _("改造方式"), "build_mode": _("建设方式"), "main_area": _("主房面积"), "auxiliary_area": _("附属房面积"),
        "subsidy": _("补助（分）"), "subsidy_said": _("补助的依据"), "approved_on": _("批准日期"), "started_on": _("开工日期"),
        "completed_on": _("竣工日期"), "ended_on": _("办结日期"),
    },
    "cases_casestep": {
        "case_id": _("改造"), "code": _("办理的事"), "details": _("办理内容"), "waived": _("豁免的规则"), "undoes_id": _("撤销的环节"),
    },
    "cases_casewaiver": {"case_id": _("改造"), "rule": _("规则")},
    "cases_casenotice": {"case_id": _("改造"), "notice_id": _("公示"), "entered": _("到本阶段的环节")},
    "cases_agreement": {
        "case_id": _("改造"), "builder": _("施工方"), "builder_certificate": _("工匠证书"), "stages": _("付款阶段"), "start_due": _("开工期限"),
        "finish_due": _("竣工期限"), "publishes": _("同意公示"), "pays_builder": _("同意付给施工方"), "old_house_days": _("拆除旧房的天数"),
        "signed_on": _("签订日期"), "filed_on": _("备案日期"), "filed_number": _("备案号"),
    },
}  # fmt: skip
