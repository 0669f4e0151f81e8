"""What a household is paid 补助金额: the standard of the nearest area for its group, grade, method and size, worked out step by step.

Sources: domain 2.4, S0-39 (classified renovation, classified subsidy), S4-25 (nothing off the standard), data in ``[[subsidy.rule]]``.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from anju.policy import keys
from anju.policy.area import square_metres
from anju.policy.lookup import find, rules
from anju.policy.rules import Rules, upwards
from anju.policy.values.subsidy import (
    GRADE_NAMES,
    GROUP_NAMES,
    METHOD_NAMES,
    OTHERS,
    Asked,
    Ceiling,
    PerSquareMetre,
    SubsidyExtra,
    SubsidyRule,
    letter,
    shared,
)
from anju.vocabulary import division
from anju.vocabulary.money import yuan

SAFE = ("A", "B")


@dataclass(frozen=True, slots=True)
class Subsidy:
    """What one household is paid by the standard of a day, in fen.

    ``ceiling``: ``amount`` is the most, the county decides how much, at least ``least`` where that is set. ``rule`` says the standard in
    Chinese, ``steps`` how the amount comes about; ``sources`` where they stand, the standard's first.
    ``extras`` may be added for a household in special need and are in the amount only where they were named.
    """

    amount: int
    ceiling: bool
    least: int | None
    rule: str
    steps: tuple[str, ...]
    sources: tuple[str, ...]
    extras: tuple[SubsidyExtra, ...]

    @property
    def source(self) -> str:
        """Where the standard stands."""
        return self.sources[0]


class NoSubsidyRule(LookupError):
    """No standard is for such a household there on that day; the message says why and what there is."""


class MoreNeeded(ValueError):
    """There is a standard, but more must be said of the household to find or apply it; the message says what."""


class AreaNeeded(MoreNeeded):
    """The standard pays by the square metre, and no area was given."""


def subsidy(
    area: str,
    on: date,
    *,
    group: str,
    grade: str,
    method: str,
    size: int,
    main_area: Decimal | int | None = None,
    extras: Collection[str] = (),
) -> Subsidy:
    """The amount for a household by the standard that holds in its area on a day: the nearest area's that is for such a household.

    ``grade`` is C, D, ``none`` (no house), or a local name of one (二级危房). ``main_area`` is the main house's area in square metres after
    the works; ``extras`` names what is added. Raises ``NoSubsidyRule``, ``MoreNeeded``, and ``ValueError`` for what is no group, grade,
    method, size, area or extra.
    """
    asked = Asked(group, grade, method, size)
    _known(asked)
    metres = None if main_area is None else square_metres(main_area)
    everything = rules()
    why = _refused(area, on, asked)
    if why:
        raise NoSubsidyRule(f"没有补助标准（{asked.said()}）：{why}。{_there_are(everything, area, on)}")
    found = _nearest(everything, area, on, asked)
    if found is None:
        place = division.stem(area) or "全国"
        raise NoSubsidyRule(f"{place} 在 {on:%Y-%m-%d} 没有适用的补助标准（{asked.said()}）。{_there_are(everything, area, on)}")
    return _worked_out(found, metres, _extras(everything, area, on, asked), extras)


def _known(asked: Asked) -> None:
    if asked.group not in GROUP_NAMES:
        raise ValueError(f"没有对象类别“{asked.group}”；可用：{'、'.join(GROUP_NAMES)}")
    if asked.grade not in GRADE_NAMES and asked.grade not in SAFE:
        raise ValueError(f"没有等级“{asked.grade}”；可用：{'、'.join(GRADE_NAMES)}")
    if asked.method not in METHOD_NAMES:
        raise ValueError(f"没有改造方式“{asked.method}”；可用：{'、'.join(METHOD_NAMES)}")
    if isinstance(asked.size, bool) or not isinstance(asked.size, int) or asked.size < 1:
        raise ValueError("家庭人口应是 1 以上的整数")


def _refused(area: str, on: date, asked: Asked) -> str:
    """Why such a household is paid nothing, whatever the standards; "" where that isn't so."""
    if asked.grade in SAFE:
        return f"{asked.grade} 级是安全住房，不属于改造对象"
    valid = find(keys.GROUPS, area, on)
    if asked.group not in OTHERS and valid and asked.group not in valid.value:
        return f"{GROUP_NAMES[asked.group]}在这一天、这个地区不是重点对象（{'、'.join(GROUP_NAMES[code] for code in valid.value)}）"
    allowed = find(keys.METHODS, area, on)
    methods = allowed.value.of(letter(asked.grade)) if allowed else ()
    if allowed and asked.method not in methods:
        names = "、".join(METHOD_NAMES[method] for method in methods)
        return f"{GRADE_NAMES[asked.grade]}不能用{METHOD_NAMES[asked.method]}，只能用{names}（{allowed.source}）"
    return ""


def _nearest(everything: Rules, area: str, on: date, asked: Asked) -> SubsidyRule | None:
    """The standard of the nearest area that has one for such a household. A grade that it divides must be said more closely."""
    for above in upwards(area):
        fitting = [one for one in everything.subsidies if one.scope.area == above and one.scope.holds_on(on) and one.scope.covers(asked)]
        if not fitting:
            continue
        local = [alias for one in fitting for alias in one.scope.grades if alias in shared(asked.grade)]
        if local:
            raise MoreNeeded(
                f"{above} 把 {GRADE_NAMES[asked.grade]}分为{'、'.join(shared(asked.grade))}，补助不同，须说明是哪一级。"
                f"标准：{'；'.join(one.said() for one in fitting)}。"
            )
        return fitting[0]
    return None


def _extras(everything: Rules, area: str, on: date, asked: Asked) -> tuple[SubsidyExtra, ...]:
    """What may be added, of the nearest area that sets each."""
    found: dict[str, SubsidyExtra] = {}
    for above in upwards(area):
        for one in everything.extras:
            if one.scope.area == above and one.scope.holds_on(on) and one.scope.covers(asked):
                found.setdefault(one.key, one)
    return tuple(found.values())


def extras(area: str, on: date, *, group: str, grade: str, size: int) -> tuple[SubsidyExtra, ...]:
    """What may be added for such a household there and then, whatever the method; which method it is for, ``subsidy`` says."""
    everything, found = rules(), dict[str, SubsidyExtra]()
    for method in METHOD_NAMES:
        for one in _extras(everything, area, on, Asked(group, grade, method, size)):
            found.setdefault(one.key, one)
    return tuple(found.values())


def _worked_out(found: SubsidyRule, metres: Decimal | None, there_are: tuple[SubsidyExtra, ...], wanted: Collection[str]) -> Subsidy:
    by_key = {one.key: one for one in there_are}
    unknown = [key for key in wanted if key not in by_key]
    if unknown:
        raise ValueError(f"没有另加的补助“{'、'.join(unknown)}”；可用：{'、'.join(by_key) or '无'}")
    paid = found.amount
    if isinstance(paid, PerSquareMetre):
        if metres is None:
            raise AreaNeeded(f"这一标准按面积计（{found.said()}），须填主房面积")
        amount, steps = paid.computed(metres)
    else:
        amount, steps = paid.fen, (paid.said(),)
    ceiling = isinstance(paid, Ceiling)
    least = paid.least if isinstance(paid, Ceiling) else None
    floor = amount if not ceiling else least
    added = [by_key[key] for key in dict.fromkeys(wanted)]
    for one in added:
        amount += one.amount.fen
        steps = (*steps, f"{one.said()}，合计{'最多' if ceiling or isinstance(one.amount, Ceiling) else ''} {yuan(amount)}")
        ceiling = ceiling or isinstance(one.amount, Ceiling)
        more = one.amount.least if isinstance(one.amount, Ceiling) else one.amount.fen
        floor = None if floor is None or more is None else floor + more
    if ceiling:
        steps = (*steps, "是上限，由县级按规定核定")
    return Subsidy(
        amount,
        ceiling,
        floor if ceiling else None,
        found.said(),
        steps,
        (found.scope.source, *(one.scope.source for one in added)),
        there_are,
    )


def _there_are(everything: Rules, area: str, on: date) -> str:
    """What standards there are here: on the day, or else on other days."""
    above = set(upwards(area))
    here = [one for one in everything.subsidies if one.scope.area in above]
    then = [one for one in here if one.scope.holds_on(on)]
    if then:
        return f"这一天有：{'；'.join(one.said() for one in then)}。"
    if here:
        return f"其他日期有：{'；'.join(f'{one.scope.when()}，{one.said()}' for one in here)}。"
    return "本级和上级都没有录入补助标准。"
