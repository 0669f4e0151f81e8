"""Pinyin of place names, for search by sound and for catching slips of the same sound (pure).

Words are looked up as words down to the township (``重庆`` is chongqing); villages, 620,573 of them, character by character.
"""

from functools import cache

from pypinyin import Style, lazy_pinyin


@cache
def _sound(sign: str) -> str:
    found: list[str] = lazy_pinyin(sign, style=Style.NORMAL, errors="ignore")
    return found[0] if found else (sign.lower() if sign.isascii() and sign.isalnum() else "")


def syllables(name: str, *, as_words: bool = False) -> list[str]:
    """One syllable a character, without tones; what has no sound is left out."""
    if as_words:
        words: list[str] = lazy_pinyin(name, style=Style.NORMAL, errors="ignore")
        return words
    return [sound for sign in name if (sound := _sound(sign))]


def spelled(name: str, *, as_words: bool = False) -> tuple[str, str]:
    """(``chenggoucun``, ``cgc``): full pinyin and initials."""
    parts = syllables(name, as_words=as_words)
    return "".join(parts), "".join(part[0] for part in parts)
