"""Characters as people type them: full width, odd spaces, look-alike dots and dashes."""

import re
import unicodedata

_SPACES = re.compile(r"[\s\u200b-\u200f\u2028-\u202f\u2060\u3000\ufeff]+")


def half_width(text: str) -> str:
    """``２１０９２２`` → ``210922``; also unifies compatibility forms (NFKC)."""
    return text if text.isascii() else unicodedata.normalize("NFKC", text)


def without_spaces(text: str) -> str:
    """Every kind of white space and zero-width character taken out."""
    return _SPACES.sub("", text)


def tidy(text: str) -> str:
    """Half width, inner runs of white space folded into one space, ends trimmed."""
    return _SPACES.sub(" ", half_width(text)).strip()
