"""A rule of policy: what one number is, in one area, from one day to another, and where that is said; and all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Generic, TypeVar

from anju.policy.keys import KEYS
from anju.policy.values.dated import Dated
from anju.policy.values.subsidy import SubsidyExtra, SubsidyRule
from anju.vocabulary import division

T_co = TypeVar("T_co", covariant=True)


@dataclass(frozen=True, slots=True)
class Rule(Dated, Generic[T_co]):
    """One dated value.

    ``source`` is the document, clause or requirement it rests on, or says that it is this system's default; ``file`` is where it is kept.
    """

    key: str
    area: str
    value: T_co
    valid_from: date
    valid_to: date | None
    source: str
    file: str


class UnknownKey(KeyError):
    """A key nobody declared: a mistake of the program, not of policy."""

    def __str__(self) -> str:
        return str(self.args[0])


class NoRule(LookupError):
    """Nothing is set for this key, area and day; the message says what there is."""

    def __init__(self, key: str, title: str, area: str, day: date, there_are: Iterable[Rule[object]]) -> None:
        found = "；".join(each.when() for each in there_are) or "没有任何规定"
        super().__init__(f"“{title}”（{key}）在 {area or '全国'}、{day:%Y-%m-%d} 没有规定。已有的：{found}。")
        self.key, self.area, self.day = key, area, day


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that is set: key → its rules, the nation first, then by area and day; subsidy standards apart, in the same order."""

    by_key: dict[str, tuple[Rule[Any], ...]]
    subsidies: tuple[SubsidyRule, ...] = ()
    extras: tuple[SubsidyExtra, ...] = ()

    def find(self, key: str, area: str, day: date) -> Rule[Any] | None:
        """The rule of the nearest area at or above ``area`` that holds on the day; None where nothing is set."""
        return next(iter(self.above(key, area, day)), None)

    def above(self, key: str, area: str, day: date) -> tuple[Rule[Any], ...]:
        """Every rule at or above ``area`` that holds on the day, the nearest first."""
        if key not in KEYS:
            raise UnknownKey(f"没有“{key}”这一项规定；已有：{'、'.join(KEYS)}")
        holding = {each.area: each for each in self.by_key.get(key, ()) if each.holds_on(day)}
        return tuple(holding[above] for above in upwards(area) if above in holding)

    def rule(self, key: str, area: str, day: date) -> Rule[Any]:
        """As ``find``; raises ``NoRule``."""
        found = self.find(key, area, day)
        if found is None:
            raise NoRule(key, KEYS[key].title, division.stem(area), day, self.by_key.get(key, ()))
        return found


@lru_cache(maxsize=4096)
def upwards(area: str) -> tuple[str, ...]:
    """The stem of an area and those of all above it, the nation last."""
    found, above = [], division.stem(area) or None
    while above:
        found.append(above)
        above = division.parent(above)
    return (*found, "")
