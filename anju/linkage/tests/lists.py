"""Made-up villages and two lists of their people, with labelled damage: what the tests and benchmarks of quality compare.

Everything comes from a seed. A *style* says how each list is written and how often each kind of damage happens; the truth is which rows are one person.
"""

import csv
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random

from anju.vocabulary.idnumber import check_digit

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文包鲍佟"
_MALE = "伟强磊军洋勇杰涛明超刚国建志德福海林成永清贵庆祥云飞鹏辉斌波宇浩亮民安利才发旺财连长有光东山石根全忠义仁礼信孝耀宗祖继先学良善树生春喜龙虎"
_FEMALE = "芳娜敏静丽艳娟秀霞英华玉兰红桂美珍琴芹花梅香菊莲翠珠淑贞慧巧素萍玲雪晶莹倩婷雅欣怡凤云春荣素芬琼娥娇瑛珊"
_SOUNDS = {
    "琴": "芹",
    "芹": "琴",
    "英": "瑛",
    "瑛": "英",
    "丽": "莉",
    "娟": "鹃",
    "辉": "晖",
    "明": "铭",
    "志": "治",
    "伟": "炜",
    "强": "墙",
    "军": "君",
    "建": "健",
    "国": "果",
    "华": "桦",
    "玉": "育",
    "兰": "蓝",
    "芬": "纷",
    "珍": "真",
    "福": "富",
    "贵": "桂",
    "海": "骇",
    "成": "诚",
    "永": "勇",
    "清": "青",
    "林": "琳",
    "生": "升",
    "春": "椿",
    "梅": "玫",
    "静": "婧",
    "敏": "闵",
    "艳": "燕",
    "秀": "绣",
    "凤": "奉",
    "云": "芸",
    "荣": "蓉",
    "德": "得",
    "才": "财",
    "财": "才",
    "发": "法",
    "树": "术",
    "学": "穴",
    "良": "粮",
    "善": "扇",
    "宝": "保",
    "祥": "详",
}
_TRADITIONAL = dict(
    zip(
        "张陈刘杨赵黄吴孙马罗郑谢韩冯萧邓许苏卢蒋贾叶阎钟谭邹陆万钱汤贺赖龚顾龙国伟强军杰涛兰凤静丽艳红娟莹庆发财贵连长东学礼义华",
        "張陳劉楊趙黃吳孫馬羅鄭謝韓馮蕭鄧許蘇盧蔣賈葉閻鍾譚鄒陸萬錢湯賀賴龔顧龍國偉強軍傑濤蘭鳳靜麗艷紅娟瑩慶發財貴連長東學禮義華",
        strict=True,
    )
)
_PINYIN = {
    "王": "Wang",
    "李": "Li",
    "张": "Zhang",
    "刘": "Liu",
    "陈": "Chen",
    "杨": "Yang",
    "赵": "Zhao",
    "黄": "Huang",
    "周": "Zhou",
    "吴": "Wu",
    "伟": "Wei",
    "强": "Qiang",
    "芳": "Fang",
    "娜": "Na",
    "丽": "Li",
    "明": "Ming",
    "国": "Guo",
    "建": "Jian",
    "秀": "Xiu",
    "英": "Ying",
    "玉": "Yu",
    "兰": "Lan",
    "海": "Hai",
    "军": "Jun",
}
_PLACES = "东西南北上下大小前后新老高平三五双红白青黄石沙河泉山岭沟坝湾桥店堡营屯寨台"
_TOWNS = ("大冷镇", "满堂红镇", "冯家镇", "哈尔套镇", "苇子沟镇", "章古台镇", "四合城镇", "平安乡", "兴隆堡乡", "五峰镇")
_ROLES = {
    "head": ("户主", "本人"),
    "spouse": ("配偶", "妻"),
    "son": ("长子", "子"),
    "daughter": ("长女", "女"),
    "grandson": ("孙子", "孙"),
    "granddaughter": ("孙女", "孙女"),
    "parent": ("母亲", "母"),
}


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody as the truth knows them, or as one list writes them (then some fields are damaged or blank)."""

    pid: int
    id_number: str
    name: str
    sex: str
    born: str
    role: str
    house: str
    village: int
    group: int
    day: date = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Damage:
    """How often (0–1, per row) each thing happens to a list."""

    id_missing: float = 0.005
    id_slip: float = 0.02
    id_swapped: float = 0.005
    id_short: float = 0.004
    id_long: float = 0.002
    id_zeroed: float = 0.01
    id_science: float = 0.005
    id_two_slips: float = 0.002
    id_relative: float = 0.001
    id_old: float = 0.01
    id_wide: float = 0.005
    id_spaced: float = 0.01
    id_lower: float = 0.5
    name_sound: float = 0.01
    name_char: float = 0.004
    name_spaced: float = 0.02
    name_note: float = 0.002
    name_traditional: float = 0.0
    name_pinyin: float = 0.0
    name_unwritten: float = 0.001
    born_slip: float = 0.004
    born_month: float = 0.002
    born_missing: float = 0.003
    sex_wrong: float = 0.002
    village_missing: float = 0.002
    twice: float = 0.003


@dataclass(frozen=True, slots=True)
class Style:
    """A pair of lists: how they are headed and written, how the people changed in between, how the right list is damaged."""

    name: str
    left: dict[str, str]
    right: dict[str, str]
    left_division: str = "code"
    right_division: str = "address"
    left_date: str = "%Y-%m-%d"
    right_date: str = "%Y.%m.%d"
    left_damage: Damage = field(default_factory=lambda: Damage(*[0.0] * 26))
    right_damage: Damage = field(default_factory=Damage)
    gone: float = 0.012
    come: float = 0.012
    head_changed: float = 0.02
    split: float = 0.01
    moved: float = 0.005
    heads_only: bool = False
    shuffled: bool = True
    renamed_villages: float = 0.0
    encoding: str = "utf-8"
    delimiter: str = ","
    title: str = ""


PLAIN_LEFT = {
    "id_number": "身份证号",
    "name": "姓名",
    "sex": "性别",
    "relation": "与户主关系",
    "household": "户编号",
    "division": "行政村代码",
    "birth_date": "出生日期",
}
PLAIN_RIGHT = {
    "name": "人员姓名",
    "id_number": "证件号码",
    "household": "户号",
    "division": "家庭住址",
    "birth_date": "出生年月日",
    "sex": "性别",
    "relation": "家庭关系",
}
CLEAN = Damage(*[0.0] * 26)


def _number(random: Random, county: str, day: date, sex: str) -> str:
    sequence = random.randrange(1, 500) * 2 + (1 if sex == "1" else 0)
    first = f"{county}{day:%Y%m%d}{sequence % 1000:03d}"
    return first + check_digit(first)


def _name(random: Random, surname: str, sex: str) -> str:
    letters = _MALE if sex == "1" else _FEMALE
    return surname + random.choice(letters) + (random.choice(letters) if random.random() < 0.72 else "")


def _surname(random: Random) -> str:
    return SURNAMES[min(random.randrange(len(SURNAMES)), random.randrange(len(SURNAMES)))]


def people(households: int, seed: int) -> list[Person]:
    """The truth: households of one county, with twins, namesakes of one birthday, sons named like their father, relatives of near numbers."""
    random = Random(seed)
    counties = ["210922"] * 12 + ["210921", "211221", "220322"]
    villages = max(households // 120, 3)
    found: list[Person] = []

    def person(day: date, sex: str, surname: str, role: str, *, house: str, village: int, group: int, name: str = "") -> Person:
        return Person(
            len(found),
            _number(random, random.choice(counties), day, sex),
            name or _name(random, surname, sex),
            sex,
            f"{day:%Y%m%d}",
            role,
            house,
            village,
            group,
            day,
        )

    for number in range(households):
        village, group, house = random.randrange(villages), random.randrange(1, 8), f"{number:07d}"
        surname = _surname(random)
        start = date(1935, 1, 1) + timedelta(days=random.randrange(20000))
        sex = "1" if random.random() < 0.85 else "2"
        found.append(head := person(start, sex, surname, "head", house=house, village=village, group=group))
        if random.random() < 0.75:
            found.append(
                person(
                    start + timedelta(days=random.randrange(-1500, 1500)),
                    "2" if sex == "1" else "1",
                    _surname(random),
                    "spouse",
                    house=house,
                    village=village,
                    group=group,
                )
            )
        for _ in range(random.choice((0, 0, 1, 1, 2))):
            child = "1" if random.random() < 0.52 else "2"
            day = start + timedelta(days=8000 + random.randrange(4000))
            twin = random.random() < 0.03
            same = child == "1" and random.random() < 0.004
            role = "son" if child == "1" else "daughter"
            found.append(
                first := person(day, child, surname, role, house=house, village=village, group=group, name=head.name if same else "")
            )
            if twin:
                base = first.name[:-1]
                letters = [c for c in (_MALE if child == "1" else _FEMALE) if c != first.name[-1]]
                found.append(
                    replace(
                        person(day, child, surname, role, house=house, village=village, group=group, name=base + random.choice(letters))
                    )
                )
            if random.random() < 0.3:
                small = "1" if random.random() < 0.5 else "2"
                found.append(
                    person(
                        day + timedelta(days=8000 + random.randrange(2500)),
                        small,
                        surname,
                        "grandson" if small == "1" else "granddaughter",
                        house=house,
                        village=village,
                        group=group,
                    )
                )
        if random.random() < 0.06:
            found.append(
                person(
                    start - timedelta(days=8000 + random.randrange(2000)),
                    "2",
                    _surname(random),
                    "parent",
                    house=house,
                    village=village,
                    group=group,
                )
            )
        if random.random() < 0.002:
            other = random.choice(found)
            found.append(
                person(
                    other.day,
                    other.sex,
                    other.name[0],
                    "son" if other.sex == "1" else "daughter",
                    house=house,
                    village=other.village,
                    group=other.group,
                    name=other.name,
                )
            )
    return found


def _slip(random: Random, number: str) -> str:
    place = random.randrange(len(number))
    digit = random.choice([c for c in "0123456789" if c != number[place]])
    return number[:place] + digit + number[place + 1 :]


def _cut(text: str, place: int, instead: str | None = None) -> str:
    return text[:place] + text[place + 1 :] if instead is None else text[:place] + instead + text[place:]


def _damaged_number(random: Random, number: str, damage: Damage, relative: str) -> str:
    def swapped(text: str) -> str:
        places = [n for n in range(16) if text[n] != text[n + 1]]
        n = random.choice(places)
        return text[:n] + text[n + 1] + text[n] + text[n + 2 :]

    choices: tuple[tuple[float, Callable[[str], str]], ...] = (
        (damage.id_missing, lambda _: ""),
        (damage.id_slip, lambda t: _slip(random, t)),
        (damage.id_swapped, swapped),
        (damage.id_short, lambda t: _cut(t, random.randrange(18))),
        (damage.id_long, lambda t: _cut(t, random.randrange(18), random.choice("0123456789"))),
        (damage.id_zeroed, lambda t: t[:15] + "000"),
        (damage.id_science, lambda t: f"{t[0]}.{t[1:6]}E+17"),
        (damage.id_two_slips, lambda t: _slip(random, _slip(random, t))),
        (damage.id_relative, lambda _: relative),
        (damage.id_old, lambda t: t[:6] + t[8:17] if t[6:8] == "19" else t),
        (damage.id_wide, lambda t: t.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})),
        (damage.id_spaced, lambda t: f"{t[:6]} {t[6:14]} {t[14:]}" if random.random() < 0.5 else f" {t}"),
    )
    throw = random.random()
    for rate, change in choices:
        if throw < rate:
            return change(number)
        throw -= rate
    return number.lower() if random.random() < damage.id_lower else number


def _damaged_name(random: Random, name: str, sex: str, damage: Damage) -> str:
    letters = _MALE if sex == "1" else _FEMALE

    def sounding(text: str) -> str:
        for n in range(len(text) - 1, 0, -1):
            if text[n] in _SOUNDS:
                return text[:n] + _SOUNDS[text[n]] + text[n + 1 :]
        return text

    choices: tuple[tuple[float, Callable[[str], str]], ...] = (
        (damage.name_sound, sounding),
        (damage.name_char, lambda t: t[:-1] + random.choice(letters)),
        (damage.name_spaced, lambda t: f"{t[0]}{random.choice((' ', '　'))}{t[1:]}"),
        (damage.name_note, lambda t: f"{t}（{random.choice(('户主', '已婚', '外出'))}）"),
        (damage.name_traditional, lambda t: "".join(_TRADITIONAL.get(c, c) for c in t)),
        (damage.name_pinyin, lambda t: "".join(_PINYIN[c] for c in t) if all(c in _PINYIN for c in t) else t),
        (damage.name_unwritten, lambda t: f"{t[0]}氏" if sex == "2" else t),
    )
    throw = random.random()
    for rate, change in choices:
        if throw < rate:
            return change(name)
        throw -= rate
    return name


def _damage(random: Random, rows: list[Person], damage: Damage) -> list[Person]:
    mates: dict[str, list[Person]] = {}
    for row in rows:
        mates.setdefault(row.house, []).append(row)
    out: list[Person] = []
    for row in rows:
        others = [mate.id_number for mate in mates[row.house] if mate.pid != row.pid] or [row.id_number]
        born = row.born
        if random.random() < damage.born_slip:
            born = f"{date(int(born[:4]), int(born[4:6]), min(int(born[6:]) % 28 + 1, 28)):%Y%m%d}"
        if random.random() < damage.born_month:
            born = born[:6]
        if random.random() < damage.born_missing:
            born = ""
        sex = row.sex if random.random() >= damage.sex_wrong else ("2" if row.sex == "1" else "1")
        village = -1 if random.random() < damage.village_missing else row.village
        out.append(
            replace(
                row,
                id_number=_damaged_number(random, row.id_number, damage, random.choice(others)),
                name=_damaged_name(random, row.name, row.sex, damage),
                born=born,
                sex=sex,
                village=village,
            )
        )
        if random.random() < damage.twice:
            out.append(replace(row, born=row.born))
    return out


def _later(random: Random, rows: list[Person], style: Style, villages: int) -> list[Person]:
    """The same people some time later: heads changed, households split and moved."""
    houses: dict[str, list[Person]] = {}
    for row in rows:
        houses.setdefault(row.house, []).append(row)
    out: list[Person] = []
    for house, members in houses.items():
        kept = members
        if len(kept) > 1 and random.random() < style.head_changed:
            heir = random.randrange(1, len(kept))
            kept = [replace(m, role="head" if n == heir else ("spouse" if m.role == "head" else m.role)) for n, m in enumerate(kept)]
        if len(kept) > 2 and random.random() < style.split:
            kept = [*kept[:-1], replace(kept[-1], house=f"{house}S", role="head")]
        if random.random() < style.moved:
            to = random.randrange(villages)
            kept = [replace(m, village=to) for m in kept]
        out.extend(kept)
    return out


def _divisions(villages: int, renamed: float, random: Random) -> tuple[list[tuple[str, str, str]], list[str]]:
    places, new_names = [], []
    for n in range(villages):
        town = n // 12
        name = _PLACES[n % len(_PLACES)] + _PLACES[(n * 7 + 3) % len(_PLACES)] + ("家子" if n % 5 == 0 else "")
        places.append((f"210922{100 + town % 90:03d}{200 + n % 12:03d}", _TOWNS[town % len(_TOWNS)], f"{name}村"))
        new_names.append(f"新{name}村" if random.random() < renamed else f"{name}村")
    return places, new_names


def _written_division(kind: str, place: tuple[str, str, str], group: int, house: str) -> str:
    code, town, village = place
    if kind == "code":
        return code
    if kind == "village":
        return village
    if kind == "group code":
        return f"{code}{group:02d}"
    if kind == "long":
        return f"辽宁省阜新市彰武县{town}{village.removesuffix('村')}村民委员会{'一二三四五六七八'[group]}组{int(house[:7]) % 300}号"
    return f"彰武县{town}{village}{group}组"


def written(
    rows: Iterable[Person],
    *,
    headings: dict[str, str],
    division: str,
    form: str,
    places: list[tuple[str, str, str]],
    house_mark: str,
    words: int,
) -> list[dict[str, str]]:
    """Rows as the list writes them: {heading: text}."""
    out = []
    for row in rows:
        born = row.born
        if len(born) == 8:
            born = f"{date(int(born[:4]), int(born[4:6]), int(born[6:])):{form}}"
        elif born:
            born = f"{born[:4]}年{int(born[4:]):d}月"
        cells = {
            "id_number": row.id_number,
            "name": row.name,
            "sex": ("男" if row.sex == "1" else "女") if words == 0 else row.sex,
            "relation": _ROLES[row.role][words],
            "household": f"{house_mark}{row.house}",
            "division": "" if row.village < 0 else _written_division(division, places[row.village], row.group, row.house),
            "birth_date": born,
        }
        out.append({headings[key]: cells[key] for key in headings})
    return out


@dataclass(frozen=True, slots=True)
class Pair:
    """Two files and the truth: (left row, right row) as a spreadsheet numbers them, listed-again rows included."""

    left: Path
    right: Path
    truth: set[tuple[int, int]]
    left_people: dict[int, int]
    right_people: dict[int, int]


def make(style: Style, folder: Path, households: int = 1500, seed: int = 1) -> Pair:
    """Writes ``left.csv`` and ``right.csv`` of a style."""
    random = Random(f"{style.name}{seed}")
    everyone = people(households, seed)
    villages = max(households // 120, 3)
    places, renamed = _divisions(villages, style.renamed_villages, random)
    right_places = [(code, town, name) for (code, town, _), name in zip(places, renamed, strict=True)]
    left = [row for row in everyone if random.random() >= style.come]
    right = [
        row
        for row in _later(random, everyone, style, villages)
        if random.random() >= style.gone and (not style.heads_only or row.role == "head")
    ]
    left, right = _damage(random, left, style.left_damage), _damage(random, right, style.right_damage)
    if style.shuffled:
        order = {row.house: random.random() for row in right}
        right = sorted(right, key=lambda row: (order[row.house], row.pid))
    folder.mkdir(parents=True, exist_ok=True)
    offset = 3 if style.title else 2
    numbers: list[dict[int, list[int]]] = []
    owners: list[dict[int, int]] = []
    for name, rows, headings, division, form, mark, words, where in (
        ("left.csv", left, style.left, style.left_division, style.left_date, "2109", 0, places),
        ("right.csv", right, style.right, style.right_division, style.right_date, "H", 1, right_places),
    ):
        cells = written(rows, headings=headings, division=division, form=form, places=where, house_mark=mark, words=words)
        with (folder / name).open("w", encoding=style.encoding, newline="") as stream:
            if style.title:
                stream.write(style.title + style.delimiter * (len(headings) - 1) + "\n")
            writer = csv.DictWriter(stream, list(headings.values()), delimiter=style.delimiter)
            writer.writeheader()
            writer.writerows(cells)
        places_of: dict[int, list[int]] = {}
        for number, row in enumerate(rows, offset):
            places_of.setdefault(row.pid, []).append(number)
        numbers.append(places_of)
        owners.append({number: row.pid for number, row in enumerate(rows, offset)})
    truth = {(a, b) for pid, lefts in numbers[0].items() for a in lefts[:1] for b in numbers[1].get(pid, ())[:1]}
    return Pair(folder / "left.csv", folder / "right.csv", truth, owners[0], owners[1])


def _without(headings: dict[str, str], *keys: str) -> dict[str, str]:
    return {key: heading for key, heading in headings.items() if key not in keys}


STYLES: tuple[Style, ...] = (
    Style("usual", PLAIN_LEFT, PLAIN_RIGHT),
    Style(
        "worn",
        PLAIN_LEFT,
        PLAIN_RIGHT,
        right_division="long",
        right_damage=Damage(id_slip=0.06, id_zeroed=0.05, id_missing=0.02, name_sound=0.03, name_char=0.01, born_slip=0.01),
        head_changed=0.08,
        split=0.04,
        moved=0.03,
    ),
    Style("a fifth without numbers", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(id_missing=0.2)),
    Style("no birth dates on the right", PLAIN_LEFT, _without(PLAIN_RIGHT, "birth_date")),
    Style("no villages on the right", PLAIN_LEFT, _without(PLAIN_RIGHT, "division")),
    Style("no villages on the left", _without(PLAIN_LEFT, "division"), PLAIN_RIGHT),
    Style("only heads on the right", PLAIN_LEFT, PLAIN_RIGHT, heads_only=True, right_damage=Damage(id_slip=0.04, id_zeroed=0.03)),
    Style(
        "names written another way", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(name_traditional=0.3, name_sound=0.05, name_pinyin=0.05)
    ),
    Style(
        "villages renamed",
        PLAIN_LEFT,
        PLAIN_RIGHT,
        left_division="village",
        right_division="village",
        renamed_villages=0.5,
        right_damage=Damage(id_missing=0.05),
    ),
    Style(
        "no household numbers",
        _without(PLAIN_LEFT, "household"),
        _without(PLAIN_RIGHT, "household"),
        right_damage=Damage(id_slip=0.05, id_missing=0.02),
    ),
    Style("15 digits everywhere", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(id_old=0.95, id_slip=0.01)),
    Style("all numbers zeroed by Excel", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(0, 0, 0, 0, 0, 1.0)),
    Style("all numbers in science form", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(0, 0, 0, 0, 0, 0, 1.0)),
    Style(
        "no numbers at all on the right", PLAIN_LEFT, _without(PLAIN_RIGHT, "id_number"), left_division="village", right_division="address"
    ),
    Style("many listed twice", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(twice=0.05), left_damage=replace(CLEAN, twice=0.05)),
    Style(
        "both lists damaged",
        PLAIN_LEFT,
        PLAIN_RIGHT,
        left_damage=Damage(),
        right_damage=Damage(),
        left_division="address",
        right_division="long",
    ),
    Style("numbers and names only", {"name": "姓名", "id_number": "身份证号码"}, {"id_number": "公民身份号码", "name": "成员姓名"}),
    Style("relatives' numbers", PLAIN_LEFT, PLAIN_RIGHT, right_damage=Damage(id_relative=0.01, id_missing=0.01)),
    Style("GBK, semicolons, a title", PLAIN_LEFT, PLAIN_RIGHT, encoding="gbk", delimiter=";", title="彰武县农村低保名单"),
)
