"""Personal names as they are compared: dots of minority names unified, spaces and titles of habit removed."""

import re

from anju.vocabulary import masking
from anju.vocabulary.text import half_width, without_spaces

_DOTS = re.compile("[·•∙⋅・･‧．.。﹒●▪—\\-]")
_NOTE = re.compile(r"[(（\[【].*?[)）\]】]")


def normalise(raw: str) -> str:
    """``阿依古丽．买买提`` and ``阿依古丽•买买提`` → ``阿依古丽·买买提``; ``张 三（户主）`` → ``张三``."""
    text = _NOTE.sub("", raw)
    text = _DOTS.sub("·", text)
    return without_spaces(half_width(text)).strip("·").upper()


def mask(name: str) -> str:
    """``张*``, ``张*三``: one character hidden, as public papers show a name."""
    return masking.in_force().masked(masking.Kind.NAME, name)
