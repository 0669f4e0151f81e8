"""The numbers there are: one key each, with its title, unit and what its value may be. The values are in the TOML files.

Subsidy standards aren't here: several hold at once, for different households (``anju.policy.subsidy``).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from anju.policy.values import acceptance, area, codes, eligibility, priority, programme, works
from anju.vocabulary.grade import GRADES
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.method import MILESTONES

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Key(Generic[T_co]):
    """One number (or day, list of codes, or composite of ``anju.policy.values``) that policy sets.

    ``read`` takes a value as TOML gives it and returns it as the work uses it; it raises ``ValueError`` with what is wrong.
    ``words`` names codes in Chinese where the value is a list of them.
    """

    key: str
    title: str
    unit: str
    read: Callable[[object], T_co]
    words: Mapping[str, str] | None = None


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"应是 {low} 至 {high} 的整数")
        return value

    return read


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError("应是 true 或 false")
    return value


def _codes(known: Mapping[str, str]) -> Callable[[object], tuple[str, ...]]:
    return lambda value: codes(value, known)


_GROUPS = {group.code: group.name for group in KEY_GROUPS}

NOTICE_DAYS = Key("notices.days", "公示天数", "天", _whole(1, 90))
COUNTY_NOTICE_DAYS = Key("notices.county_days", "县级公示天数", "天", _whole(1, 90))
NOTICE_PHOTOS = Key("notices.photos", "公示栏照片，开始和结束各至少", "张", _whole(0, 20))
OBJECTION_DAYS = Key("appraisals.objection_days", "对鉴定结果提出异议的期限，自告知农户次日起", "天", _whole(1, 90))
IDENTITY_DAYS = Key("appraisals.identity_days", "身份名单的截止日最多可晚于鉴定日", "天", _whole(0, 90))
RECHECK_PERCENT = Key("appraisals.recheck_percent", "每名鉴定人员的鉴定中抽取复核的比例", "%", _whole(0, 100))
SCREENING_PHOTOS = Key("appraisals.screening_photos", "排查一户至少拍", "张", _whole(0, 20))
APPRAISAL_PHOTOS = Key("appraisals.photos", "鉴定一处房屋至少拍", "张", _whole(0, 20))
PLATE_PHOTOS = Key("appraisals.plate_photos", "挂牌、摘牌各至少拍", "张", _whole(0, 20))
HOUSE_METRES = Key("evidence.house_metres", "照片离房屋最远", "米", _whole(1, 100_000))
VILLAGE_METRES = Key("evidence.village_metres", "房屋位置未知时，照片离本村房屋中心最远", "米", _whole(1, 100_000))
NEW_MEMBERS_DAY = Key("monitoring.new_members_day", "每月几日前（含当日）向住建部门提供上月新认定的低收入群体", "日", _whole(1, 28))
APPRAISED_DAY = Key("monitoring.appraised_day", "每月几日前（含当日）完成其唯一住房的鉴定或评定", "日", _whole(1, 28))
GROUPS = Key("groups.valid", "住房安全保障的重点对象类别", "", _codes(_GROUPS), _GROUPS)
VERIFICATION_DEADLINE = Key("verification.deadline", "住房安全有保障核验完成期限", "", programme.read_day)
VERIFICATION_PHOTOS = Key("verification.photos", "核验一户，现住房照片至少", "张", _whole(0, 20))

AREA_STANDARD = Key("area.standard", "改造后住房的面积标准", "", area.read)
EXCLUSIONS = Key("eligibility.exclusions", "不予补助和须说明的情形", "", eligibility.read_exclusions)
ONCE_ONLY = Key("eligibility.once", "同一户的补助次数", "", eligibility.read_once)
PRIORITY = Key("cases.priority", "优先顺序", "", priority.read)
METHODS = Key("works.methods", "各等级允许的改造方式", "", eligibility.read_methods)
AGREEMENT = Key("works.agreement", "施工协议", "", programme.read_agreement)
DEBT_LINE = Key("works.debt_line", "农户自筹和借款的提醒线", "", works.read_debt_line)
DURATIONS = Key("works.durations", "倒排工期用的各段天数", "", works.read_durations)
TRAINED_BUILDER = Key("works.trained_builder", "承揽施工的工匠须经培训", "", _flag)
GUIDANCE_VISITS = Key("works.guidance_visits", "一户改造全过程的技术指导至少", "次", _whole(0, 20))
ARRIVALS = Key("works.arrivals", "须到场检查的节点", "", _codes(MILESTONES), MILESTONES)
MILESTONE_DAYS = Key("works.milestone_days", "相邻两个施工节点至少相隔", "", programme.read_milestone_days)
DEADLINES = Key("programme.deadlines", "年度危房改造任务时限", "", programme.read_deadlines)
LEAD = Key("programme.lead", "倒排工期：各步在竣工期限前的天数", "", programme.read_lead)
TRAINING_SESSIONS = Key("training.province_sessions", "省级每年组织培训至少", "期", _whole(0, 50))
ACCEPTANCE_STEPS = Key("acceptance.steps", "竣工验收的步骤", "", _codes(acceptance.STEPS), acceptance.STEPS)
ACCEPTANCE_FORM = Key("acceptance.form", "竣工验收表", "", acceptance.read_form)
ACCEPTANCE_WORKDAYS = Key("acceptance.township_workdays", "农户申请验收后，乡镇组织验收的期限", "个工作日", _whole(1, 90))
ACCEPTANCE_PERCENT = Key("acceptance.county_percent", "县级抽验的比例", "%", _whole(0, 100))
ACCEPTED_GRADES = Key("acceptance.grades", "改造后的住房须达到的等级", "", _codes({letter: grade.name for letter, grade in GRADES.items()}))
MOVE_IN_AFTER_PASS = Key("acceptance.move_in_after_pass", "验收合格后才能通知入住", "", _flag)
PAYMENT_DAYS = Key("funds.payment_days", "竣工验收后发放补助资金的期限", "天", _whole(1, 365))

KEYS: dict[str, Key[object]] = {
    one.key: one
    for one in (
        NOTICE_DAYS,
        COUNTY_NOTICE_DAYS,
        NOTICE_PHOTOS,
        OBJECTION_DAYS,
        IDENTITY_DAYS,
        RECHECK_PERCENT,
        SCREENING_PHOTOS,
        APPRAISAL_PHOTOS,
        PLATE_PHOTOS,
        HOUSE_METRES,
        VILLAGE_METRES,
        NEW_MEMBERS_DAY,
        APPRAISED_DAY,
        GROUPS,
        VERIFICATION_DEADLINE,
        VERIFICATION_PHOTOS,
        EXCLUSIONS,
        ONCE_ONLY,
        PRIORITY,
        METHODS,
        AREA_STANDARD,
        AGREEMENT,
        DEADLINES,
        DEBT_LINE,
        DURATIONS,
        LEAD,
        TRAINED_BUILDER,
        TRAINING_SESSIONS,
        GUIDANCE_VISITS,
        ARRIVALS,
        MILESTONE_DAYS,
        ACCEPTANCE_STEPS,
        ACCEPTANCE_FORM,
        ACCEPTANCE_WORKDAYS,
        ACCEPTANCE_PERCENT,
        ACCEPTED_GRADES,
        MOVE_IN_AFTER_PASS,
        PAYMENT_DAYS,
    )
}
"""Every number by its key, in the order of the work."""
