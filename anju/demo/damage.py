"""What happens to a true value on its way through a township clerk's keyboard and Excel: each way has a name.

A *form* writes the same value another way (15 digits, full width, ``1985.3.2``): nothing is lost. A *mistake* changes it.
Every function takes the true value and returns the written one, or None where this way can't happen to this value.
"""

from collections.abc import Callable
from datetime import date
from random import Random

_SOUND = (
    "英瑛颖莹瀛", "玉育钰裕煜", "秀绣", "兰岚蓝澜", "珍贞真桢祯", "军君均钧", "伟玮纬炜", "明铭鸣", "华桦骅", "红洪宏鸿虹", "建健剑", "志治智致",
    "杰洁捷婕", "芳方", "萍平苹", "凤奉", "芝之枝", "琴勤芹秦", "霞夏", "艳燕雁晏", "丽莉利力立", "生升胜盛", "德得", "福富", "贵桂",
    "财才", "龙隆", "林琳霖", "辉晖慧惠", "香湘", "荣蓉容", "民敏", "成诚程城", "新欣鑫心馨", "强墙", "飞菲", "磊蕾", "勇永咏", "春椿", "梅玫",
    "云芸", "淑叔", "素苏", "文雯", "清青卿", "晓小", "刚钢", "涛滔", "宇雨羽禹", "轩萱", "浩昊皓", "俊骏峻", "博搏", "梓子紫", "嘉佳家",
    "怡宜", "涵含晗", "婷庭", "悦月玥", "义毅艺", "友有", "连莲廉", "武五", "山珊", "海亥", "江姜", "徐许", "于余俞", "刘柳", "张章", "陆路", "付傅",
    "闫阎严", "肖萧", "候侯", "尹殷", "戴代", "邱丘", "郑正", "贺何", "季纪", "康亢", "托图", "娜那", "乌吴", "其齐", "格葛", "巴八", "琪奇",
)  # fmt: skip
_SHAPE = (
    "土士", "未末", "己已", "日曰", "天夫", "大太", "干于千", "戊戌", "佳住", "治冶", "延廷", "芬芳", "候侯", "辛幸", "苹萍", "淑椒", "晓哓", "桂挂",
    "凤风", "梅海", "春舂", "玉王", "兰三", "刚钢", "荣菜", "贵责", "明朋", "杨扬", "李季", "陈阵", "林材", "柱桂", "芝艺", "华毕", "英央", "生主",
    "金全", "永水", "香杏", "珍诊", "娟绢", "秀禿", "文交", "艳绝", "勇男", "峰锋", "涛祷", "振震", "万方", "龙尤", "兴共", "德徳", "岭岺", "友反", "国囯",
    "素索", "霞瑕", "铁轶", "刘刈", "丽俪", "芹芥", "清请", "伟仆", "建健", "志忘", "力刀", "仁仕", "巴巳", "乌鸟", "娜哪", "斯期", "高亮", "根很", "塔搭",
)  # fmt: skip
_TRADITIONAL = dict(
    zip(
        "国凤兰华张刘陈杨丽云龙军伟丰贵万东红兴庆宝连长学树艳关马卢卫韩罗邓邹谭钟",
        "國鳳蘭華張劉陳楊麗雲龍軍偉豐貴萬東紅興慶寶連長學樹艷關馬盧衛韓羅鄧鄒譚鐘",
        strict=True,
    )
)
_RARE_GIVEN = [
    "小英",
    "二柱",
    "老根",
    "小红",
    "大军",
    "铁蛋",
    "小霞",
    "大凤",
    "小平",
    "狗子",
    "小华",
    "栓柱",
    "丫头",
    "小梅",
    "大伟",
    "石头",
    "小东",
    "来福",
]

_FULL_DIGITS = str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")


def _groups(rows: tuple[str, ...]) -> dict[str, str]:
    out: dict[str, str] = {}
    for row in rows:
        for character in row:
            out[character] = out.get(character, "") + row.replace(character, "")
    return out


SAME_SOUND = _groups(_SOUND)
SAME_SHAPE = _groups(_SHAPE)


# ── forms of an identity number ──────────────────────────────────────────────────────────────────────────────────────
def fifteen(value: str, rng: Random) -> str | None:
    """The form before 1999: fifteen digits."""
    return value[:6] + value[8:17] if value[6:8] == "19" and value[6:10] < "1998" else None


def lower_x(value: str, rng: Random) -> str | None:
    """``…x``"""
    return value.lower() if value.endswith("X") else None


def full_width(value: str, rng: Random) -> str | None:
    """``２１０９２２…``, all of it or the tail."""
    return value.translate(_FULL_DIGITS) if rng.random() < 0.5 else value[:-4] + value[-4:].translate(_FULL_DIGITS)


def spaced(value: str, rng: Random) -> str | None:
    """Spaces inside, before or behind, non-breaking ones among them."""
    return rng.choice((f"{value[:6]} {value[6:14]} {value[14:]}", f" {value}", f"{value} ", f"{value}\u00a0", f"{value[:6]}　{value[6:]}"))


def quoted(value: str, rng: Random) -> str | None:
    """The apostrophe that makes a text of a number, left in."""
    return rng.choice(("'", "’", "`")) + value


# ── mistakes in an identity number ───────────────────────────────────────────────────────────────────────────────────
def digit(value: str, rng: Random) -> str | None:
    """One digit mistyped."""
    at = rng.choice((*range(2, 17), 14, 15, 16))
    return value[:at] + rng.choice([d for d in "0123456789" if d != value[at]]) + value[at + 1 :]


def last_digit(value: str, rng: Random) -> str | None:
    """The check digit mistyped."""
    return value[:17] + rng.choice([d for d in "0123456789X" if d != value[17]])


def transposed(value: str, rng: Random) -> str | None:
    """Two neighbouring digits exchanged."""
    places = [i for i in range(4, 16) if value[i] != value[i + 1]]
    if not places:
        return None
    at = rng.choice(places)
    return value[:at] + value[at + 1] + value[at] + value[at + 2 :]


def short(value: str, rng: Random) -> str | None:
    """One digit left out."""
    at = rng.randrange(6, 18)
    return value[:at] + value[at + 1 :]


def long(value: str, rng: Random) -> str | None:
    """One digit typed twice."""
    at = rng.randrange(6, 18)
    return value[:at] + value[at] + value[at:]


def tail_lost(value: str, rng: Random) -> str | None:
    """Stored as a number: fifteen digits survive, the last three are 000."""
    return value[:15] + "000" if value[17] != "X" and value[15:] != "000" else None


def scientific(value: str, rng: Random) -> str | None:
    """Stored as a number and shown by Excel: ``2.10922E+17``."""
    return None if value[17] == "X" else f"{int(value) / 10**17:.5f}E+17"


def missing(value: str, rng: Random) -> str | None:
    """Left empty, or a word instead."""
    return rng.choice(("", "", "", "无", "未上户", "不详", "/"))


# ── names ────────────────────────────────────────────────────────────────────────────────────────────────────────────
def _exchange(value: str, rng: Random, table: dict[str, str]) -> str | None:
    places = [i for i in range(len(value)) if value[i] in table]
    if not places:
        return None
    weighted = [i for i in places for _ in range(1 if i == 0 else 4)]
    at = rng.choice(weighted)
    return value[:at] + rng.choice(table[value[at]]) + value[at + 1 :]


def same_sound(value: str, rng: Random) -> str | None:
    """A character of the same sound: 英 → 瑛."""
    return _exchange(value, rng, SAME_SOUND)


def same_shape(value: str, rng: Random) -> str | None:
    """A character that looks alike: 凤 → 风."""
    return _exchange(value, rng, SAME_SHAPE)


def traditional(value: str, rng: Random) -> str | None:
    """A traditional or variant character: 国 → 國."""
    places = [i for i in range(len(value)) if value[i] in _TRADITIONAL]
    if not places:
        return None
    at = rng.choice(places)
    return value[:at] + _TRADITIONAL[value[at]] + value[at + 1 :]


def name_spaced(value: str, rng: Random) -> str | None:
    """``王　芳``: two-character names stretched to three."""
    return f"{value[0]}{rng.choice((' ', '　', '  '))}{value[1:]}" if len(value) == 2 else None


def name_noted(value: str, rng: Random) -> str | None:
    """A note in brackets behind the name."""
    return value + rng.choice(("（户主）", "(已故)", "（外出）", "(本人)", "（残）"))


def dot_changed(value: str, rng: Random) -> str | None:
    """Another dot in a transcribed name, or none."""
    return value.replace("·", rng.choice(("•", ".", "．", "・", "‧", "·", " ", ""))) if "·" in value else None


def name_short(value: str, rng: Random) -> str | None:
    """The middle character left out."""
    return value[0] + value[2:] if len(value) >= 3 and "·" not in value else None


def name_swapped(value: str, rng: Random) -> str | None:
    """The two characters of the given name exchanged."""
    return value[:-2] + value[-1] + value[-2] if len(value) == 3 and value[1] != value[2] else None


def other_name(value: str, rng: Random) -> str | None:
    """The name of every day instead of the one in the booklet."""
    return value[0] + rng.choice(_RARE_GIVEN) if "·" not in value else None


# ── days ─────────────────────────────────────────────────────────────────────────────────────────────────────────────
def day_dotted(value: date, rng: Random) -> str:
    """1985.3.2"""
    return f"{value.year}.{value.month}.{value.day}"


def day_compact(value: date, rng: Random) -> str:
    """19850302"""
    return f"{value:%Y%m%d}"


def day_slashed(value: date, rng: Random) -> str:
    """1985/3/2"""
    return f"{value.year}/{value.month}/{value.day}"


def day_words(value: date, rng: Random) -> str:
    """1985年3月2日"""
    return f"{value.year}年{value.month}月{value.day}日"


def month_only(value: date, rng: Random) -> str:
    """1985年3月"""
    return rng.choice((f"{value.year}年{value.month}月", f"{value.year}.{value.month}", f"{value:%Y-%m}"))


def day_serial(value: date, rng: Random) -> str:
    """Excel's count of days: 31108"""
    return str((value - date(1899, 12, 30)).days)


def day_iso(value: date, rng: Random) -> str:
    """1985-03-02"""
    return f"{value:%Y-%m-%d}"


def day_wrong(value: date, rng: Random) -> str:
    """Another day: the lunar birthday, day and month exchanged, a year beside."""
    way = rng.random()
    if way < 0.4 and value.day <= 12 and value.day != value.month:
        return f"{value.year}-{value.day:02d}-{value.month:02d}"
    if way < 0.7:
        return f"{value.year + rng.choice((-1, 1))}-{value.month:02d}-{min(value.day, 28):02d}"
    return f"{date.fromordinal(value.toordinal() - rng.randrange(25, 50)):%Y-%m-%d}"


DAY_FORMS: dict[str, Callable[[date, Random], str]] = {
    "iso": day_iso,
    "dotted": day_dotted,
    "compact": day_compact,
    "slashed": day_slashed,
    "words": day_words,
    "serial": day_serial,
}

ID_FORMS: dict[str, Callable[[str, Random], str | None]] = {
    "id-15-digits": fifteen,
    "id-lower-x": lower_x,
    "id-full-width": full_width,
    "id-spaced": spaced,
    "id-apostrophe": quoted,
}
ID_MISTAKES: dict[str, Callable[[str, Random], str | None]] = {
    "id-digit-wrong": digit,
    "id-check-digit-wrong": last_digit,
    "id-digits-exchanged": transposed,
    "id-digit-lost": short,
    "id-digit-twice": long,
    "id-tail-lost": tail_lost,
    "id-scientific": scientific,
    "id-missing": missing,
}
NAME_FORMS: dict[str, Callable[[str, Random], str | None]] = {
    "name-spaced": name_spaced,
    "name-noted": name_noted,
    "name-dot": dot_changed,
}
NAME_MISTAKES: dict[str, Callable[[str, Random], str | None]] = {
    "name-same-sound": same_sound,
    "name-same-shape": same_shape,
    "name-traditional": traditional,
    "name-short": name_short,
    "name-exchanged": name_swapped,
    "name-other": other_name,
}

LABELS = {
    "id-15-digits": "身份证号写成15位",
    "id-lower-x": "末位小写x",
    "id-full-width": "全角数字",
    "id-spaced": "身份证号夹空格",
    "id-apostrophe": "身份证号带撇号",
    "id-digit-wrong": "身份证号错一位",
    "id-check-digit-wrong": "校验位写错",
    "id-digits-exchanged": "相邻两位颠倒",
    "id-digit-lost": "漏一位",
    "id-digit-twice": "多一位",
    "id-tail-lost": "按数字存储，末三位变000",
    "id-scientific": "变成科学计数",
    "id-missing": "身份证号缺失",
    "id-of-another": "写成同户他人的身份证号",
    "name-spaced": "姓名夹空格",
    "name-noted": "姓名带备注",
    "name-dot": "间隔号写法不同",
    "name-same-sound": "同音字",
    "name-same-shape": "形近字",
    "name-traditional": "繁体或异体字",
    "name-short": "姓名漏字",
    "name-exchanged": "名字两字颠倒",
    "name-other": "写成小名",
    "birth-form": "出生日期其他写法",
    "birth-month-only": "出生日期只到月",
    "birth-wrong": "出生日期写错",
    "birth-missing": "出生日期缺失",
    "sex-wrong": "性别写错",
    "relation-wrong": "与户主关系写错",
    "relation-missing": "与户主关系缺失",
    "listed-twice": "重复登记",
    "in-two-households": "同一人在两户",
    "head-changed": "户主变更",
    "split": "分户",
    "merged": "并户",
    "moved": "迁移",
    "left": "减少（去世、婚出）",
    "joined": "新增成员",
    "household-only-here": "仅本名单有此户",
}
"""Every label of the truth files, in the words of the score table."""
