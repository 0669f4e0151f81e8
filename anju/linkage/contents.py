"""Which column is which by what stands in it: for headings no list of aliases knows."""

import re
from collections.abc import Callable

from anju.vocabulary import dates, relation
from anju.vocabulary.text import half_width, without_spaces

_NUMBER = re.compile(r"[1-9][0-9]{14}(?:[0-9]{2}[0-9X])?")
_NAME = re.compile("[\u4e00-\u9fff·]{2,5}")
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧肖程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文"
    "包鲍佟关那满葛华牛温柴游翟安颜倪严章鲁韦申尤焦巴路柳邢骆梅盛霍庞樊单齐兰耿芦聂岳左童欧阳庄宁殷涂向涛蓝符凌柯季祝甘纪褚阮项屈"
)
_DIVISION = re.compile(r"[1-9][0-9]{8,14}")
_PLACE = re.compile(".*(?:村|社区|居委会|嘎查|镇|乡|街道).*")

_ENOUGH = 5


def _tidied(cell: str) -> str:
    return without_spaces(half_width(cell)).upper().lstrip("'’`")


def _share(cells: list[str], holds: Callable[[str], bool]) -> float:
    filled = [text for cell in cells if (text := _tidied(cell))]
    return (
        sum(1 for text in filled if holds(text)) / len(filled) if len(filled) >= min(_ENOUGH, max(len(cells) // 3, 1)) and filled else 0.0
    )


def _is_number(text: str) -> bool:
    if not _NUMBER.fullmatch(text):
        return False
    month, day = (text[10:12], text[12:14]) if len(text) == 18 else (text[8:10], text[10:12])
    return "01" <= month <= "12" and "01" <= day <= "31"


def _is_day(text: str) -> bool:
    day = dates.read(text)
    return day is not None and 1900 <= day.value.year <= 2035


def _years(cells: list[str]) -> int:
    years = [day.value.year for cell in cells if (day := dates.read(_tidied(cell))) is not None]
    return max(years) - min(years) if years else 0


def _is_relation(text: str) -> bool:
    return not text.isdigit() and relation.read(text) is not None


def _marks_heads(cells: list[str], heads: list[bool]) -> bool:
    """Whether a column changes exactly where a household begins."""
    agree = sum(1 for n in range(1, len(cells)) if (cells[n] != cells[n - 1]) == heads[n])
    return len(cells) > 8 and any(heads) and not all(heads) and all(cells) and agree >= 0.95 * (len(cells) - 1)


def complete(columns: dict[str, int], rows: list[list[str]], width: int) -> dict[str, int]:
    """Adds the fields whose column shows itself by its cells (``rows``: the first rows below the heading)."""
    found = dict(columns)

    def cells(column: int) -> list[str]:
        return [row[column].strip() if column < len(row) else "" for row in rows]

    def best(key: str, score: Callable[[list[str]], float], least: float) -> None:
        if key in found:
            return
        ranked = sorted(((score(cells(column)), -column) for column in range(width) if column not in found.values()), reverse=True)
        if ranked and ranked[0][0] >= least:
            found[key] = -ranked[0][1]

    if len(rows) < 3:
        return found
    best("id_number", lambda texts: _share(texts, _is_number), 0.6)
    best("sex", lambda texts: _share(texts, lambda text: text in ("男", "女", "男性", "女性")), 0.9)
    best("relation", lambda texts: _share(texts, _is_relation) if len(set(texts)) > 1 else 0.0, 0.8)
    best(
        "name",
        lambda texts: (
            _share(texts, lambda text: bool(_NAME.fullmatch(text)) and text[0] in _SURNAMES) if len(set(texts)) > len(texts) * 0.6 else 0.0
        ),
        0.8,
    )
    best("birth_date", lambda texts: _share(texts, _is_day) if _years(texts) >= 15 else 0.0, 0.9)
    best(
        "division",
        lambda texts: (
            _share(texts, lambda text: bool(_DIVISION.fullmatch(text)) and len(text) in (9, 12, 14, 15))
            if len({text[:2] for text in texts}) == 1
            else 0.0
        ),
        0.9,
    )
    best("division", lambda texts: _share(texts, lambda text: bool(_PLACE.fullmatch(text))), 0.8)
    if "household" not in found and "relation" in found:
        heads = [relation.read(text) == relation.HEAD for text in cells(found["relation"])]
        for column in range(width):
            if column not in found.values() and _marks_heads(cells(column), heads):
                found["household"] = column
                break
    return found


def best_division(choices: list[int], rows: list[list[str]]) -> int:
    """Of several columns of places the one that tells villages apart best: codes, then full addresses, then bare names."""

    def value(column: int) -> tuple[float, float]:
        texts = [row[column].strip() if column < len(row) else "" for row in rows]
        codes = _share(texts, lambda text: bool(_DIVISION.fullmatch(text)) and len(text) >= 12 and not text.endswith("000"))
        places = _share(texts, lambda text: ("镇" in text or "乡" in text or "街道" in text) and ("村" in text or "社区" in text))
        return max(codes, places * 0.9), _share(texts, bool)

    return max(choices, key=lambda column: (value(column), -choices.index(column)))


def bare_names(column: int, rows: list[list[str]]) -> bool:
    """Whether a column of places holds village names without their township."""
    texts = [row[column].strip() if column < len(row) else "" for row in rows]
    return _share(texts, lambda text: not text.isdigit() and len(text) <= 10 and not re.search("[镇乡].|街道.", text)) > 0.8
