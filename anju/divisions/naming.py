"""Names of places as offices write them: short forms, and the core that all spellings of one name share (pure).

``程沟村委会``, ``程沟村民委员会``, ``程沟村`` and ``程沟`` are one place; so are ``二道河子蒙古族乡`` and ``二道河子乡``.
"""

import re
from functools import lru_cache

from anju.vocabulary.division import Level
from anju.vocabulary.text import half_width, without_spaces

_VILLAGE_OFFICE = re.compile(r"(?:村民委员会|村委会|村委|民委员会|民委会|委员会|委会|居民委员会|居委会|居委)$")
_VILLAGERS = re.compile(r"(村民委员会|村委会|村委)$")
_RESIDENTS = re.compile(r"(居民委员会|居委会|居委)$")
_TOWNSHIP_OFFICE = re.compile(r"(?:人民政府|政府|办事处)$")

# The nationalities as they stand in names, longest first so that 鄂温克族 isn't cut short.
_NATIONS = (
    "柯尔克孜|乌孜别克|维吾尔|哈萨克|达斡尔|塔吉克|俄罗斯|鄂温克|塔塔尔|鄂伦春|蒙古|布依|朝鲜|土家|哈尼|傈僳|高山|拉祜|东乡|纳西|景颇|仫佬|布朗|撒拉|毛南|仡佬|锡伯|阿昌|普米|德昂|保安|裕固|独龙|赫哲|门巴|珞巴|基诺|"
    "回|藏|苗|彝|壮|满|侗|瑶|白|傣|黎|佤|畲|水|土|羌|怒|京|各"
)
_NATION = f"(?:(?:{_NATIONS})族)"
_AUTONOMOUS = re.compile(rf"^(?P<place>.+?)(?P<nations>{_NATION}+)自治(?P<kind>[县州旗区])$")
_NATION_TOWNSHIP = re.compile(rf"^(?P<place>.+?){_NATION}+(?P<kind>[乡镇])$")

_KINDS: dict[Level, tuple[str, ...]] = {
    Level.PROVINCE: ("维吾尔自治区", "壮族自治区", "回族自治区", "自治区", "省", "市"),
    Level.PREFECTURE: ("自治州", "地区", "市", "州", "盟"),
    Level.COUNTY: ("自治县", "自治旗", "林区", "特区", "地区", "县", "市", "区", "旗"),
    Level.TOWNSHIP: ("民族苏木", "民族乡", "街道", "地区", "苏木", "镇", "乡"),
    Level.VILLAGE: ("行政村", "社区", "嘎查", "村"),
    Level.GROUP: (),
}
BOOKKEEPING = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")
_MINORITY_PROVINCES = {
    "内蒙古自治区": "内蒙古",
    "广西壮族自治区": "广西",
    "宁夏回族自治区": "宁夏",
    "新疆维吾尔自治区": "新疆",
    "西藏自治区": "西藏",
}


def clean(text: str) -> str:
    """As typed → comparable: half width, no spaces, no brackets' notes kept apart by punctuation."""
    return without_spaces(half_width(text)).strip(".,;:、，。；：/\\|-_").replace("　", "")


def is_bookkeeping(name: str) -> bool:
    """Whether the name is only a row of the code table (``市辖区``, ``省直辖县级行政区划``) that nobody writes in an address."""
    return name in BOOKKEEPING


@lru_cache(maxsize=40_000)
def short(name: str, level: Level) -> str:
    """The name as an address has it: ``程沟村委会`` → ``程沟村``, ``益民社区居委会`` → ``益民社区``; other levels as they are."""
    if level is not Level.VILLAGE:
        return name
    if found := _VILLAGERS.search(name):
        head = name[: found.start()]
        if not head:
            return name
        return head if head.endswith(("村", "嘎查", "社区", "农场", "林场", "牧场", "渔场", "分场")) else head + "村"
    if found := _RESIDENTS.search(name):
        head = name[: found.start()]
        if not head:
            return name
        return head if head.endswith(("社区", "村", "嘎查")) else head + "社区"
    return name


@lru_cache(maxsize=40_000)
def core(name: str, level: Level) -> str:
    """What is left when the words of the kind are taken off; never empty and never below two characters where the name has more."""
    text = clean(name)
    if level is Level.VILLAGE:
        text = short(text, level)
        if text == clean(name) and (found := _VILLAGE_OFFICE.search(text)) and found.start() > 1:
            text = text[: found.start()]
        for _ in range(2):
            text = _without_kind(text, _KINDS[level])
        return text
    if level is Level.TOWNSHIP:
        text = _TOWNSHIP_OFFICE.sub("", text) or text
        if found := _NATION_TOWNSHIP.match(text):
            return found["place"]
        return _without_kind(text, _KINDS[level])
    if text in _MINORITY_PROVINCES:
        return _MINORITY_PROVINCES[text]
    if found := _AUTONOMOUS.match(text):
        return found["place"]
    if text in BOOKKEEPING:
        return text
    return _without_kind(text, _KINDS.get(level, ()))


def _without_kind(text: str, kinds: tuple[str, ...]) -> str:
    for kind in kinds:
        if text.endswith(kind) and len(text) - len(kind) >= 1:
            head = text[: -len(kind)]
            # 东镇, 西村: a single character alone says too little to stand for the place.
            return head if len(head) > 1 else text
    return text


@lru_cache(maxsize=40_000)
def spellings(name: str, level: Level) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(official spellings, looser ones) under which people write this name.

    Official: the name itself, its short form and the full form of the same office. Looser: the core alone, ``乡`` for
    ``镇`` (upgraded since), an autonomous county's common short name (``阜蒙县``, ``阜新县``).
    """
    text = clean(name)
    root = core(name, level)
    official = [text]
    loose: list[str] = []
    if level is Level.VILLAGE:
        brief = short(text, level)
        official.append(brief)
        if brief.endswith("村"):
            official += [brief + "委会", brief + "民委员会"]
            loose += [brief + "村委会", brief + "村民委员会"]
        elif brief.endswith("社区"):
            official += [brief + "居委会", brief + "居民委员会"]
            loose += [brief + "委员会", brief + "村委会"]
        elif brief.endswith("嘎查"):
            official += [brief + "村委会", brief + "委员会", brief + "村民委员会"]
        loose += [root + tail for tail in ("村", "社区", "村委会", "村民委员会", "居委会", "居民委员会", "社区居委会", "行政村", "村委")]
    elif level is Level.TOWNSHIP:
        if text.endswith("街道"):
            official.append(text + "办事处")
        official.append(text + "人民政府")
        loose += [root + tail for tail in ("镇", "乡", "街道", "街道办事处", "办事处", "街道办", "民族乡")]
        loose.append(text + "政府")
    elif level in (Level.COUNTY, Level.PREFECTURE):
        if found := _AUTONOMOUS.match(text):
            kind = found["kind"]
            nation = found["nations"]
            loose += [found["place"] + kind, found["place"] + "自治" + kind, found["place"][0] + nation[0] + kind]
        elif level is Level.COUNTY:
            loose += [root + tail for tail in ("县", "市", "区") if len(root) > 1]
    if root != text:
        loose.append(root)
    seen = dict.fromkeys(official)
    return tuple(seen), tuple(form for form in dict.fromkeys(loose) if form not in seen)


_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_NUMERAL = r"[0-9]{1,3}|[零〇一二两三四五六七八九十百]{1,5}"
GROUP_TAIL = re.compile(rf"(?:第)?(?P<number>{_NUMERAL})(?:村民|居民)?(?:小组|组|社|队)$")
GROUP_ALONE = re.compile(rf"^(?:第)?(?P<number>{_NUMERAL})(?:(?:村民|居民)?(?:小组|组|社|队))?$")
_GROUP_WORDS = re.compile(r"(?:村民小组|居民小组|小组|屯|组|社|队)$")


def numeral(text: str) -> int | None:
    """``3``, ``03``, ``三``, ``十二``, ``一百零三`` → the number; None where it is none."""
    if text.isdigit() and text.isascii():
        return int(text)
    total, digit = 0, 0
    if len(text) > 1 and not set(text) & {"十", "百"}:
        return int("".join(str(_DIGITS[sign]) for sign in text)) if set(text) <= set(_DIGITS) else None
    for sign in text:
        if sign in _DIGITS:
            digit = _DIGITS[sign]
        elif sign == "十":
            total, digit = total + (digit or 1) * 10, 0
        elif sign == "百":
            total, digit = total + (digit or 1) * 100, 0
        else:
            return None
    return total + digit


_SIGNS = "零一二三四五六七八九"


def in_chinese(number: int) -> str:
    """1–999 as offices write it: 12 → ``十二``, 103 → ``一百零三``."""
    hundreds, rest = divmod(number, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_SIGNS[hundreds]}百" if hundreds else ""
    if tens:
        text += "十" if tens == 1 and not hundreds else f"{_SIGNS[tens]}十"
    elif hundreds and ones:
        text += "零"
    return text + (_SIGNS[ones] if ones or not number else "")


def group_number(text: str) -> int | None:
    """``三组``, ``第3村民小组``, ``3``, ``03组``, ``5队`` → 3 …; None for a group that has a name instead."""
    found = GROUP_ALONE.match(clean(text).removesuffix(".0"))
    return numeral(found["number"]) if found else None


def group_core(text: str) -> str:
    """``王家屯``, ``王家屯村民小组`` → ``王家``: what the spellings of a named group share."""
    tidy = clean(text)
    while len(head := _GROUP_WORDS.sub("", tidy)) > 1 and head != tidy:
        tidy = head
    return tidy
