"""Invented names in realistic frequency: by sex, generation and nation. Nobody real: characters are drawn at random.

Frequencies follow the published order of surnames (王 李 张 刘 陈 … ) and the well-known fashions of given names by decade;
they are rounded, their only use is that same names occur as often as in a real village.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint32]

WIDTH = 12
"""Characters kept for a name: the longest transcribed names have eleven."""

_SURNAMES = {
    "王": 72, "李": 70, "张": 67, "刘": 55, "陈": 40, "杨": 31, "赵": 24, "黄": 20, "周": 19, "吴": 18, "徐": 15, "孙": 16,
    "胡": 12, "朱": 12, "高": 13, "林": 10, "何": 10, "郭": 12, "马": 12, "罗": 9, "梁": 9, "宋": 10, "郑": 9, "谢": 8,
    "韩": 9, "唐": 8, "冯": 8, "于": 9, "董": 8, "萧": 2, "程": 7, "曹": 8, "袁": 7, "邓": 7, "许": 8, "傅": 3,
    "沈": 6, "曾": 6, "彭": 6, "吕": 6, "苏": 6, "卢": 5, "蒋": 6, "蔡": 5, "贾": 5, "丁": 6, "魏": 6, "薛": 5,
    "叶": 5, "阎": 2, "余": 5, "潘": 5, "杜": 6, "戴": 4, "夏": 4, "钟": 4, "汪": 4, "田": 6, "任": 5, "姜": 5,
    "范": 5, "方": 4, "石": 5, "姚": 4, "谭": 4, "廖": 4, "邹": 4, "熊": 4, "金": 4, "陆": 4, "郝": 3, "孔": 3,
    "白": 4, "崔": 4, "康": 3, "毛": 3, "邱": 3, "秦": 3, "江": 3, "史": 3, "顾": 3, "侯": 4, "邵": 3, "孟": 3,
    "龙": 3, "万": 3, "段": 3, "雷": 3, "钱": 3, "汤": 3, "尹": 3, "黎": 2, "易": 2, "常": 3, "武": 3, "乔": 2,
    "贺": 3, "赖": 2, "龚": 2, "文": 3, "庞": 2, "樊": 2, "兰": 2, "殷": 2, "施": 2, "陶": 2, "洪": 2, "翟": 2,
    "安": 2, "颜": 2, "倪": 2, "严": 2, "牛": 2, "温": 2, "芦": 1, "季": 2, "俞": 1, "章": 2, "鲁": 2, "葛": 2,
    "伍": 1, "韦": 2, "申": 2, "尤": 1, "毕": 2, "聂": 1, "丛": 1, "焦": 1, "向": 1, "柳": 1, "邢": 2, "路": 1,
    "岳": 1, "齐": 2, "梅": 1, "莫": 1, "庄": 1, "辛": 1, "管": 1, "祝": 1, "左": 1, "涂": 1, "谷": 1,
    "欧阳": 1, "上官": 1, "司徒": 1,
}  # fmt: skip

_MONGOL_SURNAMES = {
    "包": 30, "白": 16, "韩": 9, "吴": 9, "王": 10, "齐": 8, "佟": 7, "海": 4, "何": 6, "李": 6, "张": 5, "宝": 4, "陈": 4,
    "罗": 3, "邰": 3, "暴": 2, "杭": 2, "戴": 2, "赵": 2, "金": 2,
}  # fmt: skip
_MANCHU_SURNAMES = {"关": 20, "佟": 12, "马": 8, "索": 4, "齐": 4, "富": 8, "那": 10, "郎": 5, "赫": 5, "王": 8, "张": 8, "赵": 8, "金": 6}
_HUI_SURNAMES = {"马": 42, "沙": 6, "丁": 8, "哈": 4, "白": 8, "金": 6, "杨": 6, "张": 6, "李": 5, "撒": 2, "纳": 3, "保": 2}
_YI_SURNAMES = {"杨": 10, "李": 12, "张": 10, "陆": 8, "龙": 8, "安": 8, "禄": 6, "自": 2, "普": 3, "毕": 3, "王": 8}
_MIAO_SURNAMES = {"龙": 16, "石": 14, "吴": 14, "麻": 8, "廖": 8, "杨": 10, "田": 8, "张": 6, "向": 6, "隆": 3, "施": 3}
_TUJIA_SURNAMES = {"彭": 16, "田": 18, "向": 16, "覃": 10, "冉": 6, "张": 6, "王": 6, "李": 6, "黄": 4, "杨": 4}
_DONG_SURNAMES = {"杨": 30, "吴": 22, "石": 10, "陆": 8, "龙": 6, "粟": 6, "姚": 6, "胡": 4}
_YAO_SURNAMES = {"盘": 20, "赵": 14, "邓": 12, "李": 12, "黄": 8, "奉": 8, "沈": 6, "唐": 6, "蒋": 6}

# Given names by cohort: first characters and second characters, most used first (drawn with falling weights).
_MALE = (
    (
        "国德永文玉明振福贵景万世春广凤长树宝云占洪殿兴连俊相庆希士占金成汉学忠",
        "林山才生祥福贵发海荣华章清臣山田文义礼昌有库江奎明和武良财友",
    ),
    ("建国志永文玉卫振海春长宝立景凤金德学红庆占东忠成新洪树福向少", "国军华明林平生民东良刚山江海军强伟波军峰富新利友成龙忠"),
    ("海立志建晓洪国宏金永春庆文树艳玉学俊长少大向继云", "军伟强波刚涛东辉峰勇明鹏磊龙超斌飞亮宇杰生林利"),
    ("子宇浩俊家嘉梓佳文天明思博志一铭梦鑫泽旭奕", "轩豪宇涵阳航博杰鑫浩然泽辰瑞洋旭琪凯龙源睿霖"),
)
_MALE_SINGLE = ("福贵才喜祥德山林", "军伟强刚民平杰忠勇波", "伟勇强涛磊鹏超斌飞亮辉峰龙杰波军明浩", "浩轩博睿宇鑫航旭洋涛")
_FEMALE = (
    ("秀桂玉淑凤素兰翠文月金春喜云国素亚书", "兰英珍芝芳荣琴华云香梅清贤霞娥莲琴范芬花"),
    ("秀玉桂淑丽凤亚艳素春小晓红翠晶金国", "兰英华梅芹荣霞芳香云珍玲萍杰琴丽娟凤娥燕红"),
    ("丽艳春晓海红小玉秀亚立文雪金冬", "丽娟艳霞梅红玲华燕杰敏颖莉芳静萍玲辉波英"),
    ("梓佳欣思雨子诗嘉梦可一紫雅语若美婷", "涵怡萱彤琪妍馨瑶轩悦菲宁桐欣然婷玥慧诺"),
)
_FEMALE_SINGLE = ("芝英兰香珍荣", "丽敏红霞杰燕静芳", "丽娜静敏艳燕娟颖莉婷雪丹洁玲", "婷欣悦妍琪雪怡涵瑶")
_SINGLE_SHARE = (0.08, 0.16, 0.32, 0.12)

_MONGOL_MALE = [
    "巴图",
    "巴特尔",
    "巴根",
    "白音",
    "布和",
    "宝力格",
    "敖其尔",
    "额尔敦",
    "格日乐图",
    "哈斯巴根",
    "呼和",
    "吉日嘎拉",
    "满都拉",
    "孟和",
    "那仁",
    "那顺",
    "牧仁",
    "苏和",
    "铁柱",
    "特木尔",
    "乌力吉",
    "朝鲁",
    "达来",
    "青格乐",
    "阿拉坦仓",
    "额尔敦巴特尔",
    "那仁巴雅尔",
    "哈斯额尔敦",
    "孟克",
    "白乙拉",
    "宝音",
    "斯日古楞",
    "图门",
    "萨其拉",
    "阿木尔",
]
_MONGOL_FEMALE = [
    "斯琴",
    "萨仁",
    "苏日娜",
    "塔娜",
    "图雅",
    "托娅",
    "乌兰",
    "乌云",
    "乌日娜",
    "其其格",
    "其木格",
    "娜仁",
    "通拉嘎",
    "高娃",
    "娜仁其木格",
    "萨仁高娃",
    "乌云其木格",
    "格根塔娜",
    "阿拉坦其其格",
    "斯琴高娃",
    "哈斯其木格",
    "敖登",
    "红格尔",
    "金花",
    "那日苏",
    "萨茹拉",
    "索龙嘎",
    "娜日娅",
    "阿如娜",
    "包力高",
]


def _characters(words: list[str], width: int) -> Codes:
    out = np.zeros((len(words), width), dtype=np.uint32)
    for i, word in enumerate(words):
        out[i, : len(word)] = [ord(c) for c in word]
    return out


@dataclass(frozen=True)
class _Pool:
    """Words with weights, drawn as rows of code points."""

    codes: Codes
    cumulative: NDArray[np.float64]

    @staticmethod
    def of(words: list[str], weights: list[float]) -> "_Pool":
        total = np.cumsum(np.array(weights, dtype=np.float64))
        return _Pool(_characters(words, max(len(w) for w in words)), total / total[-1])

    def draw(self, rng: np.random.Generator, size: int) -> Codes:
        which = np.searchsorted(self.cumulative, rng.random(size), side="right").clip(0, len(self.codes) - 1)
        drawn: Codes = self.codes[which]
        return drawn


def _falling(text: str) -> _Pool:
    characters = list(dict.fromkeys(text))
    return _Pool.of(characters, [1.0 / (i + 4) for i in range(len(characters))])


def _weighted(table: dict[str, int]) -> _Pool:
    return _Pool.of(list(table), [float(w) for w in table.values()])


@dataclass(frozen=True)
class Nation:
    """A nationality 民族 (GB/T 3304): its code, its word in a list, its surnames."""

    code: str
    name: str
    surnames: _Pool
    transcribed: float = 0.0
    """Share with a transcribed name instead of a surname and a given name."""


HAN, MONGOL, HUI, MIAO, YI, DONG, TUJIA, MANCHU, YAO = range(9)
NATIONS = (
    Nation("01", "汉族", _weighted(_SURNAMES)),
    Nation("02", "蒙古族", _weighted(_MONGOL_SURNAMES), transcribed=0.2),
    Nation("03", "回族", _weighted(_HUI_SURNAMES)),
    Nation("06", "苗族", _weighted(_MIAO_SURNAMES)),
    Nation("07", "彝族", _weighted(_YI_SURNAMES)),
    Nation("12", "侗族", _weighted(_DONG_SURNAMES)),
    Nation("15", "土家族", _weighted(_TUJIA_SURNAMES)),
    Nation("11", "满族", _weighted(_MANCHU_SURNAMES)),
    Nation("13", "瑶族", _weighted(_YAO_SURNAMES)),
)

_GIVEN = {"1": [(_falling(a), _falling(b)) for a, b in _MALE], "2": [(_falling(a), _falling(b)) for a, b in _FEMALE]}
_GIVEN_SINGLE = {"1": [_falling(a) for a in _MALE_SINGLE], "2": [_falling(a) for a in _FEMALE_SINGLE]}
_TRANSCRIBED = {"1": _Pool.of(_MONGOL_MALE, [1.0] * len(_MONGOL_MALE)), "2": _Pool.of(_MONGOL_FEMALE, [1.0] * len(_MONGOL_FEMALE))}
_DOT = ord("·")


def surnames(rng: np.random.Generator, nation: NDArray[np.int8]) -> Codes:
    """A surname for each, by nation: rows of two code points, the second 0 for the usual single character."""
    out = np.zeros((len(nation), 2), dtype=np.uint32)
    for code, words in enumerate(NATIONS):
        mine = np.flatnonzero(nation == code)
        if len(mine):
            drawn = words.surnames.draw(rng, len(mine))
            out[mine, : drawn.shape[1]] = drawn
    return out


def cohort(birth_year: NDArray[np.int64]) -> NDArray[np.int8]:
    """0: born to 1954, 1: 1955–1974, 2: 1975–1997, 3: since 1998 — each with its own fashion of names."""
    return np.searchsorted(np.array([1955, 1975, 1998]), birth_year, side="right").astype(np.int8)


def names(
    rng: np.random.Generator, surname: Codes, nation: NDArray[np.int8], sex: NDArray[np.int8], birth_year: NDArray[np.int64]
) -> NDArray[np.str_]:
    """Full names as they stand in the household booklet; ``sex`` is 1 or 2, ``surname`` comes from :func:`surnames`."""
    n = len(sex)
    out = np.zeros((n, WIDTH), dtype=np.uint32)
    given = np.zeros((n, 2), dtype=np.uint32)
    generation = cohort(birth_year)
    single = rng.random(n) < np.array(_SINGLE_SHARE)[generation]
    for s in (1, 2):
        for g in range(4):
            mine = np.flatnonzero((sex == s) & (generation == g))
            if not len(mine):
                continue
            first, second = _GIVEN[str(s)][g]
            given[mine, 0] = first.draw(rng, len(mine))[:, 0]
            given[mine, 1] = second.draw(rng, len(mine))[:, 0]
            alone = mine[single[mine]]
            if len(alone):
                given[alone, 0] = _GIVEN_SINGLE[str(s)][g].draw(rng, len(alone))[:, 0]
                given[alone, 1] = 0
    again = (given[:, 0] == given[:, 1]) & (generation < 3)
    given[again, 1] = 0
    out[:, 0] = surname[:, 0]
    double = surname[:, 1] > 0
    out[double, 1] = surname[double, 1]
    out[~double, 1:3] = given[~double]
    out[double, 2:4] = given[double]
    foreign = rng.random(n) < np.array([nationality.transcribed for nationality in NATIONS])[nation]
    dotted = rng.random(n) < 0.15
    for s in (1, 2):
        mine = np.flatnonzero(foreign & (sex == s))
        if not len(mine):
            continue
        words = _TRANSCRIBED[str(s)].draw(rng, len(mine))
        out[mine] = 0
        out[mine, : words.shape[1]] = words
        with_dot = mine[dotted[mine]]
        words = words[dotted[mine]]
        out[with_dot] = 0
        out[with_dot, 0] = surname[with_dot, 0]
        out[with_dot, 1] = _DOT
        out[with_dot, 2 : 2 + words.shape[1]] = words
    return np.ascontiguousarray(out).view(f"<U{WIDTH}").ravel()
