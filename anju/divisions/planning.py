"""From a decision on places to the codes it changes, worked out before anything is written (pure).

A decision names a few places ("大冷镇 and 两家子镇 become 大冷镇"); what lies below them gets new codes too, because the code of a
place begins with its parent's. The plan says for every code what becomes of it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from anju.vocabulary import division


class ChangeRefused(ValueError):
    """A decision that can't be carried out as entered; the message says why."""


@dataclass(frozen=True, slots=True)
class New:
    """A place as the decision leaves it; without a name it keeps the one it has (or its predecessor's)."""

    code: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Opened:
    """A code to be opened: the name and the place it takes its other marks from."""

    name: str
    like: str


@dataclass(slots=True)
class Plan:
    """What becomes of the codes: ``pairs`` old → new, codes opened, codes closed, places that only get another name."""

    pairs: dict[str, str] = field(default_factory=dict)
    named: list[tuple[str, str]] = field(default_factory=list)
    opened: dict[str, Opened] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)
    renamed: dict[str, str] = field(default_factory=dict)


class Tree:
    """The open places that a decision touches, and every code that was ever given below them."""

    def __init__(self, places: Mapping[str, str], taken: Iterable[str]) -> None:
        self.places = dict(places)
        self.taken = set(taken) | set(places)
        self._children: dict[str, list[str]] = {}
        for code in sorted(self.places):
            above = self.above(code)
            if above is not None:
                self._children.setdefault(above, []).append(code)

    def above(self, code: str) -> str | None:
        """The nearest open place that ``code`` lies in."""
        for length in (12, 9, 6, 4, 2):
            if length < len(code) and code[:length] in self.places:
                return code[:length]
        return None

    def children(self, code: str) -> list[str]:
        """The places directly below."""
        return self._children.get(code, [])

    def below(self, code: str) -> list[str]:
        """All places below."""
        return [other for other in self.places if other != code and other.startswith(code)]

    def free(self, parent: str, like: str) -> str:
        """A code below ``parent`` for the place that was ``like``: the same last digits if nobody ever had them, else the next of its kind."""
        above = self.above(like) or division.parent(like) or ""
        suffix = like[len(above) :]
        if len(parent) != len(above):
            raise ChangeRefused(f"{like} 不能直接放到 {parent} 下面，请写明新的完整代码。")
        if parent + suffix not in self.taken:
            return parent + suffix
        for number in _kind(len(like), int(suffix)):
            width = len(suffix) if len(like) <= 12 else (3 if number >= 900 else 2)
            candidate = f"{parent}{number:0{width}d}"
            if candidate not in self.taken:
                return candidate
        raise ChangeRefused(f"{parent} 下面已没有可用的代码。")


def _kind(length: int, number: int) -> Iterable[int]:
    """Numbers for a place of the same kind: towns 100–199, townships 200–399, residents' committees 001–199 … (domain 2.16)."""
    if length > 12:
        return (*range(1, 90), *range(900, 1000))
    if length <= 6:
        return range(1, 100)
    bounds = (1, 200, 400, 1000) if length == 12 else (1, 100, 200, 400, 600, 1000)
    low, high = next((low, high) for low, high in pairwise(bounds) if low <= max(number, 1) < high)
    return (*range(low, high), *range(1, 1000))


def merge(tree: Tree, old: Sequence[str], new: New, assign: Mapping[str, str]) -> Plan:
    """Several places become one, which may be one of them; what lay below them lies below it."""
    _same_level([*old, new.code])
    _unique(old)
    gone = [code for code in old if code != new.code]
    if not gone:
        raise ChangeRefused("合并至少要有一个被并入的地方。")
    plan = Plan()
    _establish(tree, plan, new, gone[0])
    for code in gone:
        plan.pairs[code] = new.code
        plan.named.append((code, new.code))
        plan.closed.add(code)
        for child in tree.children(code):
            _place(tree, plan, child, new.code, assign)
    return plan


def split(tree: Tree, old: str, new: Sequence[New], assign: Mapping[str, str]) -> Plan:
    """One place becomes several, of which it may be one itself. ``assign`` says where each place below goes: to one of the new
    ones (a code of their own is found there), or to a full code. What isn't assigned stays: on the place itself if it remains,
    else on the closed code, where it is listed."""
    _same_level([old, *(place.code for place in new)])
    _unique([place.code for place in new])
    if not [place for place in new if place.code != old]:
        raise ChangeRefused("拆分至少要有一个新的地方。")
    plan = Plan()
    stays = any(place.code == old for place in new)
    for place in new:
        _establish(tree, plan, place, old)
        if place.code != old:
            plan.named.append((old, place.code))
    receivers = {place.code for place in new}
    for code, target in sorted(assign.items(), key=lambda item: (len(item[0]), item[0])):
        if code == old or not code.startswith(old) or code not in tree.places:
            raise ChangeRefused(f"{code} 不在 {old} 里面，不能分配。")
        if target in (old, code):
            continue
        if len(target) == len(old) and target not in receivers:
            raise ChangeRefused(f"{target} 不是拆分后的地方。")
        _place(tree, plan, code, target if len(target) < len(code) else "", assign)
    if not stays:
        plan.closed |= {old, *tree.below(old)}
    return plan


def move(tree: Tree, old: Sequence[str], new: Sequence[New]) -> Plan:
    """Places get other codes, with everything below: put under another parent, or a county that becomes a district."""
    if len(old) != len(new):
        raise ChangeRefused("代码变更要一一对应。")
    plan = Plan()
    for code, place in zip(old, new, strict=True):
        _same_level([code, place.code])
        if place.code in tree.places:
            raise ChangeRefused(f"{place.code} 已经是{tree.places[place.code]}的代码。")
        _establish(tree, plan, place, code)
        plan.named.append((code, place.code))
        for below in [code, *tree.below(code)]:
            plan.pairs[below] = place.code + below[len(code) :]
            plan.closed.add(below)
            if below != code:
                _open(tree, plan, plan.pairs[below], Opened(tree.places[below], below))
    return plan


def rename(tree: Tree, new: Sequence[New]) -> Plan:
    """Places get other names under the same codes."""
    plan = Plan()
    for place in new:
        if not place.name or place.name == tree.places[place.code]:
            raise ChangeRefused("更名要写新的名称。")
        plan.renamed[place.code] = place.name
        plan.named.append((place.code, place.code))
    return plan


def _same_level(codes: Sequence[str]) -> None:
    if len({division.level(code) for code in codes}) > 1:
        raise ChangeRefused("变更前后的地方必须是同一级。")


def _unique(codes: Sequence[str]) -> None:
    if len(set(codes)) < len(codes):
        raise ChangeRefused("同一个地方写了两次。")


def _establish(tree: Tree, plan: Plan, place: New, like: str) -> None:
    """The place itself: it is there already (perhaps with another name from now), or its code is opened."""
    if place.code in tree.places:
        if place.name and place.name != tree.places[place.code]:
            plan.renamed[place.code] = place.name
    else:
        _open(tree, plan, place.code, Opened(place.name or tree.places[like], like))


def _open(tree: Tree, plan: Plan, code: str, opened: Opened) -> None:
    if code in plan.opened:
        raise ChangeRefused(f"代码 {code} 用了两次。")
    above = division.parent(code)
    if above and above not in tree.places and above not in plan.opened:
        raise ChangeRefused(f"{code} 的上级不在区划表里。")
    plan.opened[code] = opened
    tree.taken.add(code)


def _place(tree: Tree, plan: Plan, code: str, parent: str, assign: Mapping[str, str]) -> None:
    """``code`` and what is below it go under ``parent``, or where ``assign`` says."""
    given = assign.get(code, "")
    if len(given) >= len(code):
        target = given
        if division.level(target) is not division.level(code):
            raise ChangeRefused(f"{code} 和 {target} 不是同一级。")
    else:
        target = tree.free(given or parent, code)
    if code in plan.pairs:
        return
    plan.pairs[code] = target
    plan.closed.add(code)
    if target not in tree.places and target not in plan.opened:
        _open(tree, plan, target, Opened(tree.places[code], code))
    for child in tree.children(code):
        _place(tree, plan, child, target, assign)
