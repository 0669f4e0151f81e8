"""How identity numbers, names, telephones, cards and certificates are hidden: one policy for a whole deployment (domain 2.10).

There is no national format, and two different masks of one number, on two papers, can be laid together until the number is whole again.
So a deployment rests on one ``MaskPolicy``: it says how much of a number a mask leaves, and where a thing is shown whole, masked or
not at all. Who serves a request or does a piece of work says which policy holds (``resting_on``); nothing else decides.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What is hidden."""

    ID_NUMBER = "id_number"
    NAME = "name"
    PHONE = "phone"
    CARD = "card"
    CERTIFICATE = "certificate"
    DISABILITY = "disability"


class Place(StrEnum):
    """Where it would be read."""

    PAGE = "page"
    EXPORT = "export"
    PAPER = "paper"
    NOTICE = "notice"


class Shown(StrEnum):
    """How it appears there."""

    WHOLE = "whole"
    MASKED = "masked"
    OMITTED = "omitted"


@dataclass(frozen=True, slots=True)
class Cut:
    """How many characters a mask leaves in front and at the end."""

    front: int
    back: int

    def of(self, text: str) -> str:
        """``2109**********1234``; what is no longer than the two ends together is hidden whole."""
        hidden = len(text) - self.front - self.back
        return text[: self.front] + "*" * hidden + text[len(text) - self.back :] if hidden > 0 else "*" * len(text)


_USUAL: Mapping[Kind, tuple[Shown, Shown, Shown, Shown]] = {  # page, export, paper, notice
    Kind.ID_NUMBER: (Shown.MASKED, Shown.MASKED, Shown.MASKED, Shown.OMITTED),
    Kind.NAME: (Shown.WHOLE, Shown.WHOLE, Shown.WHOLE, Shown.MASKED),
    Kind.PHONE: (Shown.MASKED, Shown.MASKED, Shown.MASKED, Shown.OMITTED),
    Kind.CARD: (Shown.MASKED, Shown.MASKED, Shown.MASKED, Shown.OMITTED),
    Kind.CERTIFICATE: (Shown.MASKED, Shown.OMITTED, Shown.MASKED, Shown.OMITTED),
    Kind.DISABILITY: (Shown.WHOLE, Shown.WHOLE, Shown.WHOLE, Shown.OMITTED),
}
_PLACES = (Place.PAGE, Place.EXPORT, Place.PAPER, Place.NOTICE)


@dataclass(frozen=True, slots=True)
class MaskPolicy:
    """How a deployment hides. ``number`` cuts identity numbers and certificates made of them, ``card`` accounts, ``phone`` telephones."""

    code: str
    title: str
    summary: str
    source: str
    number: Cut = Cut(4, 4)
    phone: Cut = Cut(3, 4)
    card: Cut = Cut(0, 4)
    posted: frozenset[Kind] = frozenset()  # what a public notice shows masked though it usually leaves it out

    def way(self, kind: Kind, place: Place) -> Shown:
        """Whole, masked or left out."""
        usual = _USUAL[kind][_PLACES.index(place)]
        return Shown.MASKED if place is Place.NOTICE and kind in self.posted else usual

    def masked(self, kind: Kind, text: str) -> str:
        """``text`` as the mask of its kind leaves it."""
        if kind is Kind.NAME:
            return text if len(text) < 2 else text[0] + "*" + text[2:]
        if kind is Kind.DISABILITY:
            return "*" if text else ""
        cut = {Kind.PHONE: self.phone, Kind.CARD: self.card}.get(kind, self.number)
        return cut.of(text)

    def show(self, kind: Kind, text: str, place: Place) -> str:
        """``text`` as that place shows it; "" where it is left out."""
        way = self.way(kind, place)
        return text if way is Shown.WHOLE else self.masked(kind, text) if way is Shown.MASKED else ""

    def tail(self, number: str) -> str:
        """The short form that tells the members of a household apart: never more than the mask leaves."""
        if not number:
            return ""
        return f"…{number[-self.number.back :]}" if self.number.back else f"{number[: self.number.front]}…"


POLICIES: dict[str, MaskPolicy] = {
    policy.code: policy
    for policy in (
        MaskPolicy(
            "four_four",
            "前四后四",
            "身份证号留前 4 位和后 4 位；公示不列身份证号，姓名隐去一字。",
            "2.10（无全国统一格式；公示以不列身份证号为宜）；个人信息保护法第 25、28 条",
        ),
        MaskPolicy(
            "six_four",
            "前六后四，公示也列",
            "上级要求公示身份证号的地方用：身份证号留前 6 位和后 4 位，公示、页面、导出、打印同一种写法。",
            "2.10（2025 年报道的通行做法）",
            number=Cut(6, 4),
            posted=frozenset({Kind.ID_NUMBER}),
        ),
        MaskPolicy(
            "six",
            "只留前六",
            "后四位视为敏感，一律不显示；同村同名的人要靠出生日期和住址分辨。",
            "2.10（后四位是敏感部分的意见）",
            number=Cut(6, 0),
            phone=Cut(3, 0),
        ),
    )
}
STANDARD = POLICIES["four_four"]


def _standard() -> MaskPolicy:
    return STANDARD


_resting: ContextVar[Callable[[], MaskPolicy]] = ContextVar("mask_policy", default=_standard)


def in_force() -> MaskPolicy:
    """The deployment's policy inside a request or a piece of work; the standard one where there is no deployment (``anju reconcile``)."""
    return _resting.get()()


@contextmanager
def resting_on(read: Callable[[], MaskPolicy]) -> Iterator[None]:
    """Inside, ``read`` says which policy holds; it is asked at the first mask and not again."""
    known: list[MaskPolicy] = []

    def once() -> MaskPolicy:
        if not known:
            known.append(read())
        return known[0]

    before = _resting.set(once)
    try:
        yield
    finally:
        _resting.reset(before)


_MASKED_BEFORE = re.compile(r"(?<![\d*])(\d{0,8})(\*{4,18})(\d{0,4}[\dXx]|)(?![\d*])")


def narrowed(text: str) -> str:
    """A text written under an earlier policy: numbers masked then are cut to what today's mask leaves. (It can't bring back what was hidden.)"""
    cut = in_force().number

    def again(found: re.Match[str]) -> str:
        front, hidden, back = found.groups()
        if len(found.group()) < 15:  # a telephone or another short number
            return found.group()
        kept_front, kept_back = front[: cut.front], back[len(back) - min(cut.back, len(back)) :]
        return kept_front + "*" * (len(front) + len(hidden) + len(back) - len(kept_front) - len(kept_back)) + kept_back

    return _MASKED_BEFORE.sub(again, text)
