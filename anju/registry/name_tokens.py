"""The ways a person's name may be typed: parts of it, its pinyin, its initials. Tokens are compared by equality only."""

from functools import lru_cache

from pypinyin import Style, pinyin

from anju.vocabulary import names

LONGEST_PART = 4

# Surnames read otherwise than the character alone (现代汉语词典, 附录·姓氏读音).
_SURNAMES = {
    "单": "shan", "曾": "zeng", "解": "xie", "仇": "qiu", "区": "ou", "任": "ren", "华": "hua", "查": "zha", "盖": "ge", "朴": "piao",
    "覃": "qin", "翟": "zhai", "缪": "miao", "乐": "yue", "车": "che", "员": "yun", "冼": "xian", "折": "she", "种": "chong", "秘": "bi",
    "逄": "pang", "尉迟": "yuchi", "万俟": "moqi", "长孙": "zhangsun", "令狐": "linghu", "澹台": "tantai", "宿": "su", "洗": "xian",
    "哈": "ha", "那": "na", "召": "shao", "隗": "wei", "纪": "ji", "燕": "yan", "应": "ying", "葛": "ge", "相": "xiang", "牟": "mu",
}  # fmt: skip


@lru_cache(maxsize=30_000)
def _reading(character: str) -> str:
    read = pinyin(character, style=Style.NORMAL, heteronym=False)
    return read[0][0].lower() if read and read[0][0].isascii() and read[0][0].isalpha() else ""


def readings(name: str) -> list[list[str]]:
    """The ways a name is read, a syllable per character; the surname's own reading first, the character's common one after."""
    plain = [_reading(character) or character.lower() for character in name]
    for length in (2, 1):
        own = _SURNAMES.get(name[:length])
        if own and len(name) > length and own != "".join(plain[:length]):
            return [[own, *plain[length:]], plain]
    return [plain]


def bare(name: str) -> str:
    """A name without its dots and spaces: what tokens are made of and compared with."""
    return names.normalise(name).replace("·", "")


@lru_cache(maxsize=100_000)
def tokens(name: str) -> frozenset[str]:
    """Every token of a name: its first character, parts of 2 to 4 characters, the whole, its pinyin in full and in initials."""
    text = bare(name)[:40]
    if not text:
        return frozenset()
    found = {text, text[0]}
    for length in range(2, min(LONGEST_PART, len(text) - 1) + 1):
        found.update(text[start : start + length] for start in range(len(text) - length + 1))
    for read in readings(text):
        found.add("".join(read)[:60])
        found.add("".join(syllable[0] for syllable in read))
    return frozenset(found)
