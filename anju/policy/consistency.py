"""Whether the rules of all files agree with each other; raises ``BadDeclaration`` for the first two that don't."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from anju.policy.rules import Rule, Rules
from anju.policy.values.eligibility import AllowedMethods
from anju.policy.values.programme import STEPS, Deadlines
from anju.policy.values.subsidy import GRADE_NAMES, METHOD_NAMES, SubsidyExtra, SubsidyRule, letter
from anju.vocabulary.table import BadDeclaration


def place_and_day(each: SubsidyRule | SubsidyExtra) -> tuple[str, date, tuple[str, ...], tuple[str, ...], tuple[str, ...], int]:
    """The order in which standards are kept and listed."""
    scope = each.scope
    return (scope.area, scope.valid_from, scope.groups, scope.grades, scope.methods, scope.size_min)


def alone(one: Rule[Any], others: Iterable[Rule[Any]]) -> None:
    """Of one key and area one rule holds on a day."""
    for other in others:
        if other.area == one.area and other.shares_a_day(one):
            raise BadDeclaration(
                f"{one.file}：{one.key} 与 {other.file} 中的在同一地区同时有效（{other.when()}；{one.when()}）。"
                "给前一个写上 to，或把 area 写得更小。"
            )


def apart(one: SubsidyRule | SubsidyExtra, others: Iterable[SubsidyRule | SubsidyExtra]) -> None:
    """No household falls under two standards of one area and day."""
    for other in others:
        if other.scope.meets(one.scope):
            raise BadDeclaration(
                f"{one.scope.file}：补助标准与 {other.scope.file} 中的重叠，同一户适用两个（{other.scope.when()}，{other.said()}；"
                f"{one.scope.when()}，{one.said()}）。把对象类别、等级、改造方式、人数或日期写得互不相交。"
            )


def no_later_than_above(rules: Iterable[Rule[Deadlines]]) -> None:
    """A deadline comes from above; a lower level's may only be earlier (S0-64)."""
    for low in rules:
        for high in rules:
            if low.area != high.area and low.area.startswith(high.area) and low.shares_a_day(high):
                for step in STEPS:
                    mine, above = low.value.of(step), high.value.of(step)
                    if mine and above and mine > above:
                        raise BadDeclaration(
                            f"{low.file}：{low.area} 的{STEPS[step]}时限 {mine:%Y-%m-%d} 晚于上级（{high.area or '全国'}）的 {above:%Y-%m-%d}"
                        )


def methods_are_allowed(rules: Rules) -> None:
    """A standard pays no method that its grade doesn't allow there: a C house gets the standard of a repair (domain 2.4)."""
    set_here: tuple[Rule[AllowedMethods], ...] = rules.by_key["works.methods"]
    changes = {each.valid_from for each in set_here} | {
        each.valid_to + timedelta(1) for each in set_here if each.valid_to and each.valid_to < date.max
    }
    for one in rules.subsidies:
        scope = one.scope
        for day in sorted({scope.valid_from, *filter(scope.holds_on, changes)}):
            allowed: Rule[AllowedMethods] | None = rules.find("works.methods", scope.area, day)
            for grade in scope.grades:
                wrong = [method for method in scope.methods if allowed and method not in allowed.value.of(letter(grade))]
                if allowed and wrong:
                    raise BadDeclaration(
                        f"{scope.file}：补助标准（{one.said()}）：{GRADE_NAMES[grade]}不能用{'、'.join(METHOD_NAMES[method] for method in wrong)}；"
                        f"{scope.area} 在 {day:%Y-%m-%d} 允许的改造方式见 works.methods（{allowed.value.said()}）"
                    )
