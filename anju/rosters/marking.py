"""What differs between two texts, character by character, as a page shows it: numbers masked, the differing characters never.

A masked number whose differing digit lies under the stars would hide the very thing the clerk must see, so those characters, and only
those, are shown.
"""

from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from anju.divisions import pinyin
from anju.vocabulary.hiding import FEW, NUMBER, half, hidden, plain

__all__ = ["Part", "compare", "parts", "plain", "sign", "sounds_alike"]


@dataclass(frozen=True, slots=True)
class Part:
    """A run of characters; ``hot``: the other side has something else here."""

    text: str
    hot: bool = False


def parts(text: str) -> list[Part]:
    """``text``, masked, as one cold run."""
    return [Part(plain(text))] if text else []


def compare(left: str, right: str) -> tuple[list[Part], list[Part]]:
    """Both texts as runs, those that differ marked, numbers masked except where they differ."""
    if not left or not right or left == right:
        return parts(left), parts(right)
    hot = hot_left, hot_right = [False] * len(left), [False] * len(right)
    at = to = 0
    for one, other in zip(_numbers(left), _numbers(right), strict=False):
        if one[1] - one[0] != other[1] - other[0]:
            break
        _differ(left, right, slice(at, one[0]), slice(to, other[0]), hot)
        differs = [left[one[0] + place] != right[other[0] + place] for place in range(one[1] - one[0])]
        hot_left[slice(*one)] = hot_right[slice(*other)] = differs if sum(differs) <= FEW else [True] * len(differs)
        at, to = one[1], other[1]
    _differ(left, right, slice(at, len(left)), slice(to, len(right)), hot)
    return _runs(left, hot_left), _runs(right, hot_right)


def _numbers(text: str) -> list[tuple[int, int]]:
    """Where identity numbers stand; those of one length are compared digit by digit, as they are read."""
    return [found.span() for found in NUMBER.finditer("".join(half(sign) for sign in text))]


def _differ(left: str, right: str, here: slice, there: slice, hot: tuple[list[bool], list[bool]]) -> None:
    """Marks what differs between a stretch of one text and a stretch of the other."""
    for what, i, j, m, n in SequenceMatcher(None, left[here], right[there], autojunk=False).get_opcodes():
        if what != "equal":
            hot[0][here.start + i : here.start + j] = [True] * (j - i)
            hot[1][there.start + m : there.start + n] = [True] * (n - m)


def _runs(text: str, hot: list[bool]) -> list[Part]:
    shown = hidden(text, hot)
    return [
        Part("".join(sign for sign, _ in run), is_hot) for is_hot, run in groupby(zip(shown, hot, strict=True), key=lambda pair: pair[1])
    ]


def sounds_alike(left: str, right: str) -> bool:
    """Whether two names are said the same way: 琴 and 芹."""
    if not left or not right:
        return False
    return pinyin.syllables(left) == pinyin.syllables(right)


def sign(left: str, right: str, *, name: bool = False) -> str:
    """``=`` the same, ``≈`` written otherwise but said the same, ``≠`` different, ``+`` only one side has it."""
    if left == right:
        return "="
    if not left or not right:
        return "+"
    return "≈" if name and sounds_alike(left, right) else "≠"
