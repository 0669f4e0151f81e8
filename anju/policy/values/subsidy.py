"""One subsidy standard 补助标准: whom it is for, what it pays, where and when (domain 2.4; S0-39 分类改造、分类补助).

An amount is fixed, per square metre with a cap, or a ceiling that the county's decision stays under.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from anju.policy.values import codes, named
from anju.policy.values.dated import Dated
from anju.policy.values.eligibility import GRADES
from anju.vocabulary.grade import ALIASES
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.method import METHODS
from anju.vocabulary.money import fen_of, yuan
from anju.vocabulary.table import Table

OTHERS = {"QTN": "其他农户", "QPK": "其他贫困户"}
"""Households outside the key groups that some places help (S4-11, domain 2.2.1): a rule holds for them only where it names them."""

GRADE_NAMES = {**GRADES, **{alias: alias for alias in ALIASES}}
GROUP_NAMES = {**{group.code: group.name for group in KEY_GROUPS}, **OTHERS}
METHOD_NAMES = {code: method.name for code, method in METHODS.items()}


@dataclass(frozen=True, slots=True)
class Fixed:
    """The same for every household."""

    fen: int

    def said(self) -> str:
        """In words."""
        return f"每户 {yuan(self.fen)}"


@dataclass(frozen=True, slots=True)
class Ceiling:
    """At most ``fen``; at least ``least`` where the place says so."""

    fen: int
    least: int | None

    def said(self) -> str:
        """In words."""
        return f"每户不超过 {yuan(self.fen)}" + ("" if self.least is None else f"，不低于 {yuan(self.least)}")


@dataclass(frozen=True, slots=True)
class PerSquareMetre:
    """``fen`` for each square metre of the main house, counted up to ``cap_area`` m² and paid up to ``cap_amount`` fen; at least one cap."""

    fen: int
    cap_area: int | None
    cap_amount: int | None

    def said(self) -> str:
        """In words."""
        area = "" if self.cap_area is None else f"，最多按 {self.cap_area} ㎡ 计"
        return f"每平方米 {yuan(self.fen)}{area}" + ("" if self.cap_amount is None else f"，每户不超过 {yuan(self.cap_amount)}")

    def computed(self, main_area: Decimal) -> tuple[int, tuple[str, ...]]:
        """The fen for an area, less than a fen left out, and the computation in words."""
        counted = main_area if self.cap_area is None else min(main_area, Decimal(self.cap_area))
        steps = [f"主房 {main_area:f} ㎡" + (f"，超过 {self.cap_area} ㎡，按 {self.cap_area} ㎡ 计" if counted < main_area else "")]
        fen = int((counted * self.fen).to_integral_value(ROUND_DOWN))
        steps.append(f"{counted:f} ㎡ × {yuan(self.fen)} = {yuan(fen)}")
        if self.cap_amount is not None and fen > self.cap_amount:
            fen = self.cap_amount
            steps.append(f"超过每户最高 {yuan(fen)}，按 {yuan(fen)}")
        return fen, tuple(steps)


Amount = Fixed | Ceiling | PerSquareMetre


@dataclass(frozen=True, slots=True)
class Asked:
    """The household a standard is looked for: its group, the grade of its house (C, D, ``none`` or a local name), the method, its persons."""

    group: str
    grade: str
    method: str
    size: int

    def said(self) -> str:
        """In words."""
        return (
            f"{GROUP_NAMES[self.group]}，{GRADE_NAMES.get(self.grade, f'{self.grade} 级')}，{METHOD_NAMES[self.method]}，{self.size} 人户"
        )


@dataclass(frozen=True, slots=True)
class Scope(Dated):
    """Whom a standard is for.

    No ``groups`` is any key group; no ``methods`` any that the grade allows; ``grades`` may name a local grade (二级危房), which is part
    of its letter. ``area``, days and ``source`` as in ``Rule``.
    """

    area: str
    groups: tuple[str, ...]
    grades: tuple[str, ...]
    methods: tuple[str, ...]
    size_min: int
    size_max: int | None
    valid_from: date
    valid_to: date | None
    source: str
    file: str

    def covers(self, asked: Asked) -> bool:
        """Whether it is for such a household; of a letter that has several local grades, each is a candidate."""
        return (
            (asked.group in self.groups or (not self.groups and asked.group not in OTHERS))
            and any(_one_grade(asked.grade, own) for own in self.grades)
            and (not self.methods or asked.method in self.methods)
            and self.size_min <= asked.size
            and (self.size_max is None or asked.size <= self.size_max)
        )

    def meets(self, other: "Scope") -> bool:
        """Whether some household of some day falls under both, in the same area."""
        return (
            self.area == other.area
            and self.shares_a_day(other)
            and bool(_all_groups(self) & _all_groups(other))
            and any(_one_grade(one, two) for one in self.grades for two in other.grades)
            and bool(set(self.methods or METHODS) & set(other.methods or METHODS))
            and self.size_min <= (other.size_max or self.size_min)
            and other.size_min <= (self.size_max or other.size_min)
        )

    def whom(self) -> str:
        """For whom it is, in words."""
        groups = named(self.groups, GROUP_NAMES) or "各类重点对象"
        sizes = ""
        if self.size_max is None:
            sizes = f"，{self.size_min} 人及以上" if self.size_min > 1 else ""
        elif self.size_max == self.size_min:
            sizes = f"，{self.size_min} 人户"
        else:
            sizes = f"，{self.size_min}～{self.size_max} 人户"
        return f"{groups}，{named(self.grades, GRADE_NAMES)}，{named(self.methods, METHOD_NAMES) or '各种允许的改造方式'}{sizes}"


@dataclass(frozen=True, slots=True)
class SubsidyRule:
    """What a household in the scope is paid."""

    scope: Scope
    amount: Amount

    def said(self) -> str:
        """The rule in words."""
        return f"{self.scope.whom()}：{self.amount.said()}"


@dataclass(frozen=True, slots=True)
class SubsidyExtra:
    """What is added for a household in special need, on the county's decision: ``who`` says whom. Stacks on the rule."""

    key: str
    who: str
    scope: Scope
    amount: Fixed | Ceiling

    def said(self) -> str:
        """The extra in words."""
        return f"{self.who}另加：{self.amount.said()}"


def _all_groups(scope: Scope) -> set[str]:
    return set(scope.groups or (group.code for group in KEY_GROUPS))


def letter(grade: str) -> str:
    """The grade a local name belongs to: 二级危房 → C; others as they are."""
    return ALIASES.get(grade, grade)


def _one_grade(one: str, other: str) -> bool:
    """Whether they are one grade, or one is part of the other."""
    return one == other or letter(one) == other or one == letter(other)


def shared(grade: str) -> tuple[str, ...]:
    """The local grades a letter is divided into, where there is more than one: C → 二级危房, 三级危房."""
    found = tuple(alias for alias, whole in ALIASES.items() if whole == grade)
    return found if len(found) > 1 else ()


def read_amount(row: Table) -> Amount:
    """From ``fixed``; ``ceiling`` with ``at_least``; or ``per_m2`` with ``cap_area`` and ``cap_amount``. Yuan, whole or as text."""
    kinds = [name for name in ("fixed", "ceiling", "per_m2") if row.has(name)]
    if len(kinds) != 1:
        raise row.wrong("fixed、ceiling、per_m2", "应写其中一个，也只写一个")
    fen = _fen(row, kinds[0])
    if kinds[0] == "fixed":
        return Fixed(fen)
    if kinds[0] == "ceiling":
        least = _fen(row, "at_least") if row.has("at_least") else None
        if least is not None and least > fen:
            raise row.wrong("at_least", "大于 ceiling")
        return Ceiling(fen, least)
    area = row.whole("cap_area") if row.has("cap_area") else None
    amount = _fen(row, "cap_amount") if row.has("cap_amount") else None
    if area is None and amount is None:
        raise row.wrong("per_m2", "要有封顶：cap_area 或 cap_amount")
    if area == 0:
        raise row.wrong("cap_area", "应大于 0")
    return PerSquareMetre(fen, area, amount)


def _fen(row: Table, name: str) -> int:
    value = row.take(name)
    if not isinstance(value, str | int) or isinstance(value, bool):
        raise row.wrong(name, '应是元数：整数，或带小数的文字如 "630.50"')
    try:
        fen = fen_of(value)
    except ValueError as error:
        raise row.wrong(name, str(error)) from error
    if fen <= 0:
        raise row.wrong(name, "应大于 0")
    return fen


def read_codes(row: Table, name: str, known: Iterable[str], *, needed: bool = False) -> tuple[str, ...]:
    """A list of codes; left out is none, where that is allowed."""
    if not needed and not row.has(name):
        return ()
    value = row.take(name)
    try:
        return codes(value, tuple(known))
    except ValueError as error:
        raise row.wrong(name, str(error)) from error


def read_sizes(row: Table) -> tuple[int, int | None]:
    """Persons of the household, both included; left out is any."""
    least, most = row.whole("size_min", 1), row.whole("size_max") if row.has("size_max") else None
    if least < 1 or (most is not None and most < least):
        raise row.wrong("size_min、size_max", "应是 1 以上的人数，从小到大")
    return least, most
