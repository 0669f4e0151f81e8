"""How names sound: pinyin without tones, near-merged sounds of dialects as one, so that 琴/芹 and 英/音 are one sound."""

import re
import unicodedata
from collections.abc import Iterable

from pypinyin.constants import PINYIN_DICT

_SURNAMES = {
    "单": "shan",
    "單": "shan",
    "樂": "yue",
    "蓋": "ge",
    "解": "xie",
    "曾": "zeng",
    "仇": "qiu",
    "区": "ou",
    "查": "zha",
    "任": "ren",
    "朴": "piao",
    "盖": "ge",
    "尉": "yu",
    "缪": "miao",
    "乐": "yue",
    "折": "she",
    "洗": "xian",
    "冼": "xian",
    "员": "yun",
    "覃": "qin",
}
_LATIN = re.compile(r"[A-Z]+")


def _merged(sound: str) -> str:
    sound = re.sub(r"^(zh|ch|sh)", lambda m: m.group(1)[0], sound)
    return re.sub(r"(e|i)ng$", r"\1n", sound)


class _Table(dict[str, str]):
    """Character → sound, each looked up once."""

    def __missing__(self, character: str) -> str:
        reading = str(PINYIN_DICT.get(ord(character), character)).split(",")[0].replace("ü", "v")
        plain = "".join(c for c in unicodedata.normalize("NFD", reading) if not unicodedata.combining(c))
        found = self[character] = _merged(plain.lower())
        return found


_OF_CHARACTER = _Table()


def sound(name: str) -> str:
    """``张三`` → ``zang san``; a name written in letters keeps its letters (merged as far as syllables can be told)."""
    if name.isascii() and _LATIN.fullmatch(name):
        letters = re.sub(r"(z|c|s)h", r"\1", name.lower())
        return re.sub(r"(e|i)ng(?![aeiouv])", r"\1n", letters)
    first = _SURNAMES.get(name[0])
    rest = " ".join([_OF_CHARACTER[character] for character in name])
    return rest if first is None else " ".join([_merged(first), *rest.split(" ")[1:]])


def sounds(names: Iterable[str]) -> list[str]:
    """The sound of each name, in order."""
    return [sound(name) for name in names]
