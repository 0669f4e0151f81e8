"""Roles: what a kind of user may do. Declared once; menus, refusals, the second factor and the catalogue derive from it.

A power is one line in ``Power``, one in ``POWER_NAMES`` and one in ``_HOLDERS``, which says whose it is.
"""

from dataclasses import dataclass
from enum import StrEnum


class Power(StrEnum):
    """One thing that can be allowed."""

    VIEW = "view"
    RECEIVE = "rosters.receive"
    DECIDE = "rosters.decide"
    LOCK = "rosters.lock"
    ANSWER = "rosters.answer"
    CHANGE = "registry.change"
    PHOTOGRAPH = "evidence.add"
    JUDGE_PHOTOS = "evidence.judge"
    ORGANISE = "rounds.organise"
    SCREEN = "screenings.record"
    APPRAISE = "appraisals.submit"
    MANAGE_APPRAISALS = "appraisals.manage"
    HEAR_OBJECTIONS = "appraisals.hear"
    HANG = "postings.hang"
    REPORT_HAZARD = "hazards.report"
    DETERMINE = "no_house.determine"
    STOCK = "stock.make"
    GUARANTEE = "guarantees.record"
    VERIFY = "verification.conclude"
    PROBLEMS_OPEN = "problems.open"
    PROBLEMS_RECTIFY = "problems.rectify"
    PROBLEMS_VERIFY = "problems.verify"
    NOTICES_POST = "notices.post"
    NOTICES_PHOTOGRAPH = "notices.photograph"
    NOTICES_HEAR = "notices.hear"
    CASE_APPLY = "cases.apply"
    CASE_VILLAGE = "cases.village"
    CASE_TOWNSHIP = "cases.township"
    CASE_CHECK = "cases.check"
    CASE_APPROVE = "cases.approve"
    CASE_PLAN = "cases.plan"
    CASE_QUOTA = "cases.quota"
    CASE_DRAWINGS = "cases.drawings"
    CASE_PREPARE = "cases.prepare"
    CASE_PROGRESS = "cases.progress"
    ENTER = "entries.mark"
    EXPORT = "export"
    APPROVE_EXPORT = "export.approve"
    REVEAL = "number.reveal"
    SET_MASKS = "masks.set"
    ADMINISTER = "administer"
    SECURE = "secure"
    AUDIT = "audit"


POWER_NAMES: dict[Power, str] = {
    Power.VIEW: "查看辖区内农户和名单",
    Power.RECEIVE: "报送、接收名单",
    Power.DECIDE: "判定、处理差异",
    Power.LOCK: "会签、锁定名单和台账",
    Power.ANSWER: "答复退回的差异",
    Power.CHANGE: "变更登记库",
    Power.PHOTOGRAPH: "拍照、上传照片",
    Power.JUDGE_PHOTOS: "核实照片疑点",
    Power.ORGANISE: "组织排查和核验轮次",
    Power.SCREEN: "登记排查结果",
    Power.APPRAISE: "填报房屋鉴定",
    Power.MANAGE_APPRAISALS: "作废鉴定、答复异议、制作公示牌和认定牌",
    Power.HEAR_OBJECTIONS: "登记农户对鉴定的意见",
    Power.HANG: "挂牌、摘牌",
    Power.REPORT_HAZARD: "登记险情",
    Power.DETERMINE: "认定无房户",
    Power.STOCK: "制作危房存量台账",
    Power.GUARANTEE: "登记保障途径",
    Power.VERIFY: "核验住房安全",
    Power.PROBLEMS_OPEN: "登记问题",
    Power.PROBLEMS_RECTIFY: "填报整改",
    Power.PROBLEMS_VERIFY: "交办、验收和销号问题",
    Power.NOTICES_POST: "张贴、撤下和结束公示",
    Power.NOTICES_PHOTOGRAPH: "给公示拍照",
    Power.NOTICES_HEAR: "登记和答复公示异议",
    Power.CASE_APPLY: "受理改造申请",
    Power.CASE_VILLAGE: "登记村级评议和公示",
    Power.CASE_TOWNSHIP: "乡镇审核改造对象",
    Power.CASE_CHECK: "部门联审改造对象",
    Power.CASE_APPROVE: "审批改造对象",
    Power.CASE_PLAN: "录入、分解年度改造任务，答复指标申请",
    Power.CASE_QUOTA: "向上级申请改造指标",
    Power.CASE_DRAWINGS: "录入、停用农房图集",
    Power.CASE_PREPARE: "登记建设方式、一户一方案、协议、备料和培训，归入档案材料",
    Power.CASE_PROGRESS: "报送施工进度",
    Power.ENTER: "登记上级系统录入情况",
    Power.EXPORT: "导出",
    Power.APPROVE_EXPORT: "审批导出",
    Power.REVEAL: "查看完整号码",
    Power.SET_MASKS: "设定脱敏规则",
    Power.ADMINISTER: "管理区划、机构和账号",
    Power.SECURE: "授权、解锁、安全策略",
    Power.AUDIT: "查看留痕",
}

_FIELD = "village_collector township_reviewer county_clerk appraiser third_party_appraiser"
_VISITORS = "township_acceptor county_acceptor guide supervisor verifier"
# Whose each power is. Everybody who isn't one of the three administrators may see the households of their grant.
_HOLDERS: dict[Power, str] = {
    Power.RECEIVE: "county_clerk sender",
    Power.DECIDE: "county_clerk township_reviewer",
    Power.LOCK: "county_clerk cosigner",
    Power.ANSWER: "county_clerk sender",
    Power.CHANGE: "county_clerk",
    Power.PHOTOGRAPH: f"{_FIELD} {_VISITORS} notice_officer finance_payer sender receptionist",
    Power.JUDGE_PHOTOS: "county_clerk township_reviewer township_acceptor county_acceptor supervisor",
    Power.ORGANISE: "county_clerk township_reviewer",
    Power.SCREEN: f"{_FIELD} verifier",
    Power.APPRAISE: "appraiser third_party_appraiser county_clerk",
    Power.MANAGE_APPRAISALS: "county_clerk",
    Power.HEAR_OBJECTIONS: "village_collector township_reviewer county_clerk appraiser receptionist",
    Power.HANG: "village_collector township_reviewer county_clerk appraiser",
    Power.REPORT_HAZARD: "village_collector township_reviewer county_clerk receptionist supervisor verifier",
    Power.DETERMINE: "township_reviewer county_clerk",
    Power.STOCK: "county_clerk",
    Power.GUARANTEE: "township_reviewer county_clerk",
    Power.VERIFY: "verifier village_collector township_reviewer county_clerk",
    Power.PROBLEMS_OPEN: "county_clerk township_reviewer appraiser receptionist township_acceptor county_acceptor guide supervisor verifier",
    Power.PROBLEMS_RECTIFY: "county_clerk sender township_reviewer village_collector appraiser township_acceptor county_acceptor guide finance_payer receptionist",
    Power.PROBLEMS_VERIFY: "county_clerk township_reviewer supervisor",
    Power.NOTICES_POST: "county_clerk township_reviewer notice_officer",
    Power.NOTICES_PHOTOGRAPH: "county_clerk township_reviewer village_collector notice_officer",
    Power.NOTICES_HEAR: "county_clerk township_reviewer notice_officer receptionist",
    Power.CASE_APPLY: "village_collector township_reviewer county_clerk",
    Power.CASE_VILLAGE: "village_collector",
    Power.CASE_TOWNSHIP: "township_reviewer",
    Power.CASE_CHECK: "county_clerk cosigner",
    Power.CASE_APPROVE: "county_clerk",
    Power.CASE_PLAN: "county_clerk city_viewer province_viewer",
    Power.CASE_QUOTA: "township_reviewer county_clerk city_viewer province_viewer",
    Power.CASE_DRAWINGS: "county_clerk city_viewer province_viewer",
    Power.CASE_PREPARE: "township_reviewer county_clerk",
    Power.CASE_PROGRESS: "village_collector township_reviewer guide",
    Power.ENTER: "county_clerk township_reviewer sender",
    Power.EXPORT: "county_clerk township_reviewer city_viewer province_viewer statistician",
    Power.APPROVE_EXPORT: "county_clerk",
    Power.REVEAL: "county_clerk township_reviewer discipline",
    Power.SET_MASKS: "security_administrator",
    Power.ADMINISTER: "system_administrator",
    Power.SECURE: "security_administrator",
    Power.AUDIT: "audit_administrator discipline",
}


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its code, its title as the office says it, what it may do, what awaits it now and what will come with later steps.

    ``administers`` is true of the three administrators: they hold no other role at the same time, and never two of the three.
    ``named`` is true of third parties: they see the households, rounds or samples named in their grant and nothing else.
    ``second_factor`` is true of those who approve, pay or administer: a password alone doesn't let them in.
    """

    code: str
    title: str
    powers: frozenset[Power]
    summary: str
    source: str
    coming: str = ""
    administers: bool = False
    named: bool = False
    second_factor: bool = False


def _held(code: str) -> frozenset[Power]:
    return frozenset(power for power, holders in _HOLDERS.items() if code in holders.split())


def _role(code: str, title: str, summary: str, source: str, *, coming: str = "", named: bool = False, second_factor: bool = False) -> Role:
    return Role(code, title, _held(code) | {Power.VIEW}, summary, source, coming, named=named, second_factor=second_factor)


def _administrator(code: str, title: str, summary: str) -> Role:
    return Role(code, title, _held(code), summary, "2.15, 3.2", administers=True, second_factor=True)


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _administrator("system_administrator", "系统管理员", "行政区划、机构与账号"),
        _administrator("security_administrator", "安全管理员", "给谁什么权、解锁账号、安全策略"),
        _administrator("audit_administrator", "审计管理员", "谁在什么时候改了什么，留痕有没有被动过"),
        _role(
            "county_clerk",
            "县级审批员",
            "收名单、比对、锁定；组织排查、鉴定和核验；交办和验收问题；公示",
            "S1-08, S4-06, S1-26",
            second_factor=True,
        ),
        _role("sender", "名单报送员", "报送本部门名单，答复退回的差异；整改交办给本部门的问题", "S4-14"),
        _role("cosigner", "名单会签人", "会签锁定名单和危房存量台账", "S4-06, S3-11"),
        _role(
            "township_reviewer",
            "乡镇审核员",
            "核实本乡镇存疑的人和户；排查、核验、险情；整改问题、验收村里的整改；公示",
            "3.2, S1-31, S2-32",
        ),
        _role("village_collector", "村级采集员", "本村排查、核验、险情和拍照；整改交办给村里的问题", "3.2, S2-32", coming="报送改造进度"),
        _role("city_viewer", "市级查看", "看各县区进度，可导出；分解年度改造任务，答复指标申请", "3.2"),
        _role("province_viewer", "省级查看", "看各市县进度，可导出；分解年度改造任务，答复指标申请", "3.2"),
        _role("discipline", "纪检监督员", "只读查看名单、差异、鉴定、核验、留痕和导出登记", "S0-60"),
        _role("appraiser", "鉴定员", "待鉴定的户、鉴定表和报告", "3.2, S1-09"),
        _role("third_party_appraiser", "第三方鉴定员", "受委托的户：鉴定表和报告", "3.2, S1-25", named=True),
        _role("township_acceptor", "乡镇验收员", "查看本乡镇农户", "3.2, S0-53", coming="到场检查和初验的户"),
        _role("county_acceptor", "县级验收员", "查看本县农户", "3.2, S0-53", coming="乡镇初验合格、待抽验的户", second_factor=True),
        _role("guide", "技术指导员", "查看辖区内农户", "3.2, S1-18", coming="在建户的技术指导和三到场记录"),
        _role(
            "finance_payer",
            "财政拨付员",
            "查看辖区内农户，整改交办给财政的问题",
            "3.2, S0-61",
            coming="验收合格待拨付的户和金额",
            second_factor=True,
        ),
        _role("finance_reviewer", "财政复核员", "查看辖区内农户", "3.2, S0-60", coming="待复核的拨付批次", second_factor=True),
        _role("supervisor", "督导员", "查看辖区内农户和名单；登记、交办、验收问题", "3.2, S0-24, S1-31", coming="督导任务和走访户"),
        _role("verifier", "核验员", "逐户核验住房安全，登记排查结果和险情", "3.2, S2-09"),
        _role("statistician", "统计员", "看进度，可导出", "3.2", coming="统计口径、通报和排名"),
        _role("notice_officer", "公示员", "张贴公示、拍照、登记和答复异议、到期结束", "3.2, S0-58, S2-32"),
        _role(
            "receptionist",
            "受理员",
            "查看辖区内农户，登记来电来访的问题、险情和异议",
            "3.2, S1-36",
            coming="咨询、投诉和举报的登记与答复",
        ),
    )
}
ADMINISTRATORS = tuple(code for code, role in ROLES.items() if role.administers)
