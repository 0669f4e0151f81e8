"""Roles: what a kind of user may do. Declared once; menus, refusals, the second factor and the catalogue derive from it."""

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
    EXPORT = "export"
    APPROVE_EXPORT = "export.approve"
    REVEAL = "number.reveal"
    SET_MASKS = "masks.set"
    PROBLEMS_OPEN = "problems.open"
    PROBLEMS_RECTIFY = "problems.rectify"
    PROBLEMS_VERIFY = "problems.verify"
    NOTICES_POST = "notices.post"
    NOTICES_PHOTOGRAPH = "notices.photograph"
    NOTICES_HEAR = "notices.hear"
    ADMINISTER = "administer"
    SECURE = "secure"
    AUDIT = "audit"


POWER_NAMES: dict[Power, str] = {
    Power.VIEW: "查看辖区内农户和名单",
    Power.RECEIVE: "报送、接收名单",
    Power.DECIDE: "判定、处理差异",
    Power.LOCK: "会签、锁定名单",
    Power.ANSWER: "答复退回的差异",
    Power.CHANGE: "变更登记库",
    Power.EXPORT: "导出",
    Power.APPROVE_EXPORT: "审批导出",
    Power.REVEAL: "查看完整号码",
    Power.SET_MASKS: "设定脱敏规则",
    Power.PROBLEMS_OPEN: "登记问题",
    Power.PROBLEMS_RECTIFY: "填报整改",
    Power.PROBLEMS_VERIFY: "交办、验收和销号问题",
    Power.NOTICES_POST: "张贴、撤下和结束公示",
    Power.NOTICES_PHOTOGRAPH: "给公示拍照",
    Power.NOTICES_HEAR: "登记和答复公示异议",
    Power.ADMINISTER: "管理区划、机构和账号",
    Power.SECURE: "授权、解锁、安全策略",
    Power.AUDIT: "查看留痕",
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


def _role(
    code: str,
    title: str,
    summary: str,
    source: str,
    *powers: Power,
    coming: str = "",
    named: bool = False,
    second_factor: bool = False,
) -> Role:
    return Role(code, title, frozenset({Power.VIEW, *powers}), summary, source, coming, named=named, second_factor=second_factor)


def _administrator(code: str, title: str, summary: str, *powers: Power, coming: str = "") -> Role:
    return Role(code, title, frozenset(powers), summary, "2.15, 3.2", coming, administers=True, second_factor=True)


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _administrator("system_administrator", "系统管理员", "行政区划、机构与账号", Power.ADMINISTER),
        _administrator("security_administrator", "安全管理员", "给谁什么权、解锁账号、安全策略", Power.SECURE, Power.SET_MASKS),
        _administrator("audit_administrator", "审计管理员", "谁在什么时候改了什么，留痕有没有被动过", Power.AUDIT),
        _role(
            "county_clerk",
            "县级审批员",
            "收名单、比对、核对、锁定；交办和验收问题；公示",
            "S1-08, S4-06, S1-26",
            *(Power.RECEIVE, Power.DECIDE, Power.LOCK, Power.CHANGE, Power.EXPORT, Power.ANSWER, Power.APPROVE_EXPORT, Power.REVEAL),
            *(Power.PROBLEMS_OPEN, Power.PROBLEMS_RECTIFY, Power.PROBLEMS_VERIFY),
            *(Power.NOTICES_POST, Power.NOTICES_PHOTOGRAPH, Power.NOTICES_HEAR),
            second_factor=True,
        ),
        _role(
            "sender",
            "名单报送员",
            "报送本部门名单，答复退回的差异；整改交办给本部门的问题",
            "S4-14",
            *(Power.RECEIVE, Power.ANSWER, Power.PROBLEMS_RECTIFY),
        ),
        _role("cosigner", "名单会签人", "会签锁定名单", "S4-06, S3-11", Power.LOCK),
        _role(
            "township_reviewer",
            "乡镇审核员",
            "核实本乡镇存疑的人和户；整改问题、验收村里的整改；公示",
            "3.2, S1-31, S2-32",
            *(Power.DECIDE, Power.EXPORT, Power.REVEAL, Power.PROBLEMS_OPEN, Power.PROBLEMS_RECTIFY, Power.PROBLEMS_VERIFY),
            *(Power.NOTICES_POST, Power.NOTICES_PHOTOGRAPH, Power.NOTICES_HEAR),
        ),
        _role(
            "village_collector",
            "村级采集员",
            "查看本村农户，整改交办给村里的问题，给公示栏拍照",
            "3.2, S2-32",
            *(Power.PROBLEMS_RECTIFY, Power.NOTICES_PHOTOGRAPH),
            coming="入户采集、拍照、报送改造进度在手机上办",
        ),
        _role("city_viewer", "市级查看", "看各县区比对进度，可导出", "3.2", Power.EXPORT),
        _role("province_viewer", "省级查看", "看各市县比对进度，可导出", "3.2", Power.EXPORT),
        _role("discipline", "纪检监督员", "只读查看名单、差异、留痕和导出登记", "S0-60", Power.AUDIT, Power.REVEAL),
        _role(
            "appraiser",
            "鉴定员",
            "查看辖区内农户和房屋",
            "3.2, S1-09",
            Power.PROBLEMS_OPEN,
            Power.PROBLEMS_RECTIFY,
            coming="待鉴定的户、鉴定表和报告",
        ),
        _role(
            "third_party_appraiser",
            "第三方鉴定员",
            "只查看受委托的户",
            "3.2, S1-25",
            coming="受委托轮次里待鉴定的户、鉴定表和报告",
            named=True,
        ),
        _role(
            "township_acceptor",
            "乡镇验收员",
            "查看本乡镇农户",
            "3.2, S0-53",
            *(Power.PROBLEMS_OPEN, Power.PROBLEMS_RECTIFY),
            coming="到场检查和初验的户",
        ),
        _role(
            "county_acceptor",
            "县级验收员",
            "查看本县农户",
            "3.2, S0-53",
            *(Power.PROBLEMS_OPEN, Power.PROBLEMS_RECTIFY),
            coming="乡镇初验合格、待抽验的户",
            second_factor=True,
        ),
        _role(
            "guide",
            "技术指导员",
            "查看辖区内农户",
            "3.2, S1-18",
            *(Power.PROBLEMS_OPEN, Power.PROBLEMS_RECTIFY),
            coming="在建户的技术指导和三到场记录",
        ),
        _role(
            "finance_payer",
            "财政拨付员",
            "查看辖区内农户，整改交办给财政的问题",
            "3.2, S0-61",
            Power.PROBLEMS_RECTIFY,
            coming="验收合格待拨付的户和金额",
            second_factor=True,
        ),
        _role("finance_reviewer", "财政复核员", "查看辖区内农户", "3.2, S0-60", coming="待复核的拨付批次", second_factor=True),
        _role(
            "supervisor",
            "督导员",
            "查看辖区内农户和名单；登记、交办、验收问题",
            "3.2, S0-24, S1-31",
            *(Power.PROBLEMS_OPEN, Power.PROBLEMS_VERIFY),
            coming="督导任务和走访户",
        ),
        _role("verifier", "核验员", "查看辖区内农户", "3.2, S2-09", Power.PROBLEMS_OPEN, coming="待核验住房安全的户"),
        _role("statistician", "统计员", "看进度，可导出", "3.2", Power.EXPORT, coming="统计口径、通报和排名"),
        _role(
            "notice_officer",
            "公示员",
            "张贴公示、拍照、登记和答复异议、到期结束",
            "3.2, S0-58, S2-32",
            *(Power.NOTICES_POST, Power.NOTICES_PHOTOGRAPH, Power.NOTICES_HEAR),
        ),
        _role(
            "receptionist",
            "受理员",
            "查看辖区内农户，登记来电来访的问题和公示异议",
            "3.2, S1-36",
            *(Power.PROBLEMS_OPEN, Power.PROBLEMS_RECTIFY, Power.NOTICES_HEAR),
            coming="咨询、投诉和举报的登记与答复",
        ),
    )
}
ADMINISTRATORS = tuple(code for code, role in ROLES.items() if role.administers)
