"""Numbers that somebody typed into a text, masked there: what looks like an identity or mobile number, in any width, with inner spaces."""

import re
import unicodedata
from collections.abc import Sequence

from anju.vocabulary import masking

# What looks like an identity number as people type it: digits of any width, inner spaces, a last X, one too few or a few too many
# (a disability certificate is the number and two more).
NUMBER = re.compile(r"(?<![0-9])(?:[0-9] ?){13,23}[0-9Xx](?![0-9])")
_MOBILE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_SHORT = 9
_DIGITS = re.compile(r"[0-9０-９][0-9０-９ ]{9,}")
FEW = 4


def plain(text: str) -> str:
    """``text`` with identity and mobile numbers masked."""
    return "".join(hidden(text, [False] * len(text)))


def shown(text: str, length: int) -> str:
    """Text for a column in the open, at most so long: a number that somebody put into the name or the address is masked there."""
    if len(text) > _SHORT and _DIGITS.search(text):
        text = plain(text)
    return text if len(text) <= length else text[:length]


def hidden(text: str, hot: Sequence[bool]) -> list[str]:
    """The characters as they are shown. Of a number of which a few characters are ``hot`` (the other side has something else there) those are left;
    where most are it is another number, which stays hidden."""
    flat = "".join(half(sign) for sign in text)
    signs = list(text)
    policy = masking.in_force()
    for pattern, cut in ((NUMBER, policy.number), (_MOBILE, policy.phone)):
        for found in pattern.finditer(flat):
            _stars(signs, hot, found.start() + cut.front, found.end() - cut.back)
    return signs


def _stars(signs: list[str], hot: Sequence[bool], start: int, end: int) -> None:
    few = sum(hot[start:end]) <= FEW
    for place in range(start, end):
        if not (hot[place] and few):
            signs[place] = "*"


def half(sign: str) -> str:
    """One character for one, so that places stay."""
    if sign == "\u3000":
        return " "
    folded = unicodedata.normalize("NFKC", sign)
    return folded if len(folded) == 1 else sign
