"""The numbers there are: one key each, with its title, unit and what its value may be. The values are in the TOML files."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic, TypeVar

from anju.vocabulary.keygroup import KEY_GROUPS

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Key(Generic[T_co]):
    """One number (or day, or list of codes) that policy sets.

    ``read`` takes a value as TOML gives it and returns it as the work uses it; it raises ``ValueError`` with what is wrong.
    """

    key: str
    title: str
    unit: str
    read: Callable[[object], T_co]


def _whole(low: int, high: int) -> Callable[[object], int]:
    def read(value: object) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not low <= value <= high:
            raise ValueError(f"应是 {low} 至 {high} 的整数")
        return value

    return read


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError("应是日期，如 2020-06-30")
    return value


def _groups(value: object) -> tuple[str, ...]:
    known = {group.code for group in KEY_GROUPS}
    if not isinstance(value, list) or not value or not all(isinstance(code, str) and code in known for code in value):
        raise ValueError(f"应是对象类别代码的列表，可用：{'、'.join(sorted(known))}")
    if len(set(value)) < len(value):
        raise ValueError("有重复的代码")
    return tuple(value)


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
GROUPS = Key("groups.valid", "住房安全保障的重点对象类别", "", _groups)
VERIFICATION_DEADLINE = Key("verification.deadline", "住房安全有保障核验完成期限", "", _day)
VERIFICATION_PHOTOS = Key("verification.photos", "核验一户，现住房照片至少", "张", _whole(0, 20))

KEYS: dict[str, Key[int] | Key[date] | Key[tuple[str, ...]]] = {
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
    )
}
"""Every number by its key, in the order of the work."""
