"""Reads subsidy standards 补助标准 and what is added to them from ``[[subsidy.rule]]`` and ``[[subsidy.extra]]``."""

from collections.abc import Callable

from anju.policy.scoping import area_of, check_groups, days_of
from anju.policy.values.eligibility import GRADES
from anju.policy.values.subsidy import (
    GRADE_NAMES,
    GROUP_NAMES,
    METHOD_NAMES,
    PerSquareMetre,
    Scope,
    SubsidyExtra,
    SubsidyRule,
    letter,
    read_amount,
    read_codes,
    read_sizes,
)
from anju.vocabulary.table import Table


def _scope(province: str, table: Table, file: str, *, any_grade: bool) -> Scope:
    groups = read_codes(table, "groups", GROUP_NAMES)
    grades = read_codes(table, "grades", GRADE_NAMES, needed=not any_grade) or tuple(GRADES)
    methods = read_codes(table, "methods", METHOD_NAMES)
    least, most = read_sizes(table)
    area, days = area_of(province, table), days_of(table)
    check_groups(table, "groups", groups, area=area, days=days)
    if any(letter(grade) != grade and letter(grade) in grades for grade in grades):
        raise table.wrong("grades", "不能既写等级又写它的地方叫法")
    return Scope(area, groups, grades, methods, least, most, *days, table.text("source"), file)


def _subsidy_rule(province: str, table: Table, file: str) -> SubsidyRule:
    amount = read_amount(table)
    found = SubsidyRule(_scope(province, table, file, any_grade=False), amount)
    table.done()
    return found


def _subsidy_extra(province: str, table: Table, file: str) -> SubsidyExtra:
    key, who, amount = table.text("key"), table.text("who"), read_amount(table)
    if isinstance(amount, PerSquareMetre):
        raise table.wrong("per_m2", "另加的补助应是 fixed 或 ceiling")
    found = SubsidyExtra(key, who, _scope(province, table, file, any_grade=True), amount)
    table.done()
    return found


READERS: dict[str, Callable[[str, Table, str], SubsidyRule | SubsidyExtra]] = {
    "subsidy.rule": _subsidy_rule,
    "subsidy.extra": _subsidy_extra,
}
"""How each kind of table is read: from the file's province, the table, the file's name."""
