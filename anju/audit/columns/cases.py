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
        "completed_on": _("竣工日期"), "ended_on": _("办结日期"), "year": _("年度"), "historic": _("历年改造"),
    },
    "cases_casehistory": {
        "case_id": _("改造"), "structure": _("结构"), "completed_year": _("竣工年份"), "accepted_on": _("验收日期"), "paid_on": _("拨付日期"), "area_after": _("改造后面积"),
        "central": _("中央补助（分）"), "province": _("省级补助（分）"), "city": _("市级补助（分）"), "county": _("县级补助（分）"), "total_cost": _("总造价（分）"),
        "self_raised": _("自筹（分）"), "loan": _("贷款（分）"), "other": _("其他资金（分）"), "builder": _("施工方"), "archive_number": _("档案号"),
    },
    "cases_casestep": {
        "case_id": _("改造"), "code": _("办理的事"), "details": _("办理内容"), "waived": _("豁免的规则"), "undoes_id": _("撤销的环节"),
    },
    "cases_casewaiver": {"case_id": _("改造"), "rule": _("规则"), "ended_by_id": _("收回人"), "ended_at": _("收回时间"), "ended_reason": _("收回的理由")},
    "cases_casenotice": {"case_id": _("改造"), "notice_id": _("公示"), "entered": _("到本阶段的环节")},
    "cases_agreement": {
        "case_id": _("改造"), "builder": _("施工方"), "builder_certificate": _("工匠证书"), "stages": _("付款阶段"), "start_due": _("开工期限"),
        "finish_due": _("竣工期限"), "publishes": _("同意公示"), "pays_builder": _("同意付给施工方"), "old_house_days": _("拆除旧房的天数"),
        "signed_on": _("签订日期"), "filed_on": _("备案日期"), "filed_number": _("备案号"),
    },
    "cases_drawing": {
        "code": _("图号"), "structure": _("结构"), "storeys": _("层数"), "main_area": _("主房面积"), "rooms": _("间数"), "intensity": _("抗震设防烈度"),
        "document": _("出处"), "valid_from": _("有效期起"), "valid_to": _("有效期止"), "added_by_id": _("录入人"), "added_at": _("录入时间"),
    },
    "cases_householdplan": {
        "case_id": _("改造"), "drawn_on": _("制定日期"), "method": _("改造方式"), "build_mode": _("建设方式"), "drawing_id": _("图集"), "structure": _("结构"),
        "storeys": _("层数"), "main_area": _("主房面积"), "auxiliary_area": _("附属房面积"), "works": _("改造内容"), "toilet": _("户厕"),
        "toilet_consent": _("农户同意改厕"), "accessibility": _("无障碍"), "animals": _("人畜分离"), "environment": _("人居环境"), "meanwhile": _("过渡居住"),
        "meanwhile_place": _("过渡住处"), "meanwhile_from": _("过渡自"), "meanwhile_until": _("过渡至"), "dwelling_id": _("过渡住房"),
        "moved_id": _("搬入登记"), "returned_id": _("过渡结束登记"), "subsidy": _("补助（分）"), "self_raised": _("自筹（分）"), "loan": _("贷款、借款（分）"),
        "donated": _("捐助（分）"), "granted": _("其他补助（分）"), "total": _("总费用（分）"), "labour_days": _("投工投劳（工日）"), "labour_by": _("帮工"),
        "debt_said": _("负债提醒"), "debt_reason": _("负债提醒的答复"), "disposal": _("旧房处置"), "disposal_by": _("旧房处置期限"),
        "village_person": _("村里的责任人"), "township_person": _("乡镇的责任人"), "milestones": _("节点日期"),
    },
    "cases_archiveseries": {"township": _("乡镇")},
    "cases_casearchive": {
        "case_id": _("改造"), "township": _("乡镇"), "serial": _("序号"), "required": _("应有项数"), "present": _("已有项数"), "missing": _("缺的材料"),
        "complete": _("齐全率"), "reckoned_at": _("核对时间"), "reviewed_on": _("审核日期"), "reviewed_by_id": _("审核人"), "review_note": _("审核意见"),
    },
    "cases_archivepaper": {
        "case_id": _("改造"), "item": _("材料"), "on_paper": _("有纸质件"), "kept_at": _("存放处"), "filed_on": _("归入日期"), "filed_by_id": _("归入人"),
        "filed_at": _("归入时间"), "taken_on": _("取回日期"), "taken_by_id": _("取回人"), "taken_why": _("取回的理由"),
    },
    "cases_paperreading": {"seat": _("打开人所在层级"), "paper": _("文书"), "of": _("编号")},
}  # fmt: skip
