"""Roles: what a kind of user may do. Declared once; menus, refusals and the catalogue derive from it."""

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
    AUDIT = "audit"
    ADMINISTER = "administer"


@dataclass(frozen=True, slots=True)
class Role:
    """A role: its code, its title as the office says it, what it may do, what awaits it."""

    code: str
    title: str
    powers: frozenset[Power]
    summary: str
    source: str


def _role(code: str, title: str, summary: str, source: str, *powers: Power) -> Role:
    return Role(code, title, frozenset({Power.VIEW, *powers}), summary, source)


ROLES: dict[str, Role] = {
    role.code: role
    for role in (
        _role("administrator", "系统管理员", "行政区划、机构与用户", "3.2", Power.ADMINISTER, Power.SET_MASKS),
        _role(
            "county_clerk",
            "县级审批员",
            "收名单、比对、核对、锁定",
            "S1-08, S4-06",
            *(Power.RECEIVE, Power.DECIDE, Power.LOCK, Power.CHANGE, Power.EXPORT, Power.ANSWER, Power.APPROVE_EXPORT, Power.REVEAL),
        ),
        _role("sender", "名单报送员", "报送本部门名单，答复退回的差异", "S4-14", Power.RECEIVE, Power.ANSWER),
        _role("cosigner", "名单会签人", "会签锁定名单", "S4-06, S3-11", Power.LOCK),
        _role("township_reviewer", "乡镇审核员", "核实本乡镇存疑的人和户", "3.2", Power.DECIDE, Power.EXPORT, Power.REVEAL),
        _role("village_collector", "村级采集员", "查看本村农户", "3.2"),
        _role("city_viewer", "省市查看", "看各县区比对进度，可导出", "3.2", Power.EXPORT),
        _role("discipline", "纪检监督员", "只读查看名单与差异，查导出登记", "S0-60", Power.AUDIT, Power.REVEAL),
    )
}
