"""One cell as it was typed → one value as the programme keeps it, with a finding where it can't be, or was written oddly.

A parser is made per column of a file (the finding names the heading) and returns ``(value, finding | None)``. Nothing is
guessed: where a cell can't be understood the value is None and the finding says what to do.
"""

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from anju.checks import BLOCK, NOTE, WARN, Check, Finding
from anju.tabular.layout import Column
from anju.vocabulary import bankcard, dates, idnumber, names, relation
from anju.vocabulary.text import half_width, tidy, without_spaces

Cell = str | int | float | None
Parsed = tuple[Any, Finding | None]
Parser = Callable[[Any], Parsed]

CHECKS: tuple[Check, ...] = (
    Check("id-empty", "身份证号为空", "S4-05 先确认身份信息", BLOCK),
    Check("id-damaged", "身份证号被 Excel 变成科学计数", "GB 11643-1999", BLOCK),
    Check("id-form", "身份证号含有不该出现的字符", "GB 11643-1999", BLOCK),
    Check("id-length", "身份证号位数不对", "GB 11643-1999", BLOCK),
    Check("id-birth-date", "身份证号中的出生日期不存在", "GB 11643-1999", BLOCK),
    Check("id-future", "身份证号中的出生日期晚于今天", "GB 11643-1999", BLOCK),
    Check("id-check-digit", "身份证号校验位不成立", "GB 11643-1999 (ISO 7064 MOD 11-2)", BLOCK),
    Check("id-rewritten", "身份证号已按 18 位标准写法整理", "GB 11643-1999", NOTE),
    Check("name-empty", "姓名为空", "S4-05 先确认身份信息", BLOCK),
    Check("name-form", "姓名含有数字或多人", "S2-06 数据力求精准", WARN),
    Check("required-empty", "必填项为空", "S2-06 数据力求精准", BLOCK),
    Check("birth-date-differs", "出生日期与身份证号不一致", "S1-08 身份信息比对", WARN),
    Check("sex-differs", "性别与身份证号不一致", "S1-08 身份信息比对", WARN),
    Check("sex-unknown", "性别无法识别", "GB/T 2261.1", WARN),
    Check("relation-unknown", "与户主关系无法识别", "GB/T 4761", WARN),
    Check("date-form", "日期无法识别", "S2-06 数据力求精准", WARN),
    Check("date-month", "日期只到月份", "S2-06 数据力求精准", NOTE),
    Check("number-expected", "应为数字", "S2-06 数据力求精准", WARN),
    Check("money-expected", "应为金额", "S2-06 数据力求精准", WARN),
    Check("choice-unknown", "填写的内容不在可选范围", "S2-06 数据力求精准", WARN),
    Check("code-damaged", "编号被 Excel 变成科学计数", "S2-06 数据力求精准", WARN),
    Check("card-empty", "银行卡号为空", "领域数据字典 3.4", BLOCK),
    Check("card-damaged", "银行卡号被 Excel 变成科学计数或末位清零", "领域行为 4.3 V11；质量要求 2、8", BLOCK),
    Check("card-rounded", "银行卡号末几位都是 0，要与卡面核对", "领域行为 4.3 V11；质量要求 2、8", BLOCK),
    Check("card-form", "银行卡号含有不该出现的字符", "ISO/IEC 7812-1", BLOCK),
    Check("card-length", "银行卡号位数不对", "ISO/IEC 7812-1", BLOCK),
    Check("card-check-digit", "银行卡号校验位不成立", "ISO/IEC 7812-1（Luhn）", BLOCK),
    Check("text-damaged", "文字有乱码", "S2-06 数据力求精准", WARN),
    Check("text-long", "文字太长，存不下", "S2-06 数据力求精准", BLOCK),
    Check("carried-down", "空白处沿用上一行", "领域数据字典 3.5", NOTE),
)

LEVELS = {check.id: check.level for check in CHECKS}

SEX_WORDS = {
    "男": "1",
    "女": "2",
    "男性": "1",
    "女性": "2",
    "1": "1",
    "2": "2",
    "1男": "1",
    "2女": "2",
    "M": "1",
    "F": "2",
    "01": "1",
    "02": "2",
    "男士": "1",
    "女士": "2",
    "MALE": "1",
    "FEMALE": "2",
}
_REMEDIES = {
    idnumber.Fault.EMPTY: "请对照身份证或户口本补填",
    idnumber.Fault.LENGTH: "请对照身份证或户口本改正",
    idnumber.Fault.BIRTH_DATE: "请对照身份证或户口本改正",
    idnumber.Fault.FUTURE: "请对照身份证或户口本改正",
    idnumber.Fault.CHECK_DIGIT: "请对照身份证或户口本改正",
}
_EMPTY_MARKS = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "空", "NULL", "null", "None", "N/A", "#N/A", "NaN", "nan", "暂无", "不详", "未知"}
)
_DIGITS = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_PLAIN_NAME = re.compile("[\u4e00-\u9fff]{2,4}")
_MONEY = re.compile(r"(?:人民币|¥|￥|RMB)?(-?\d[\d,]*(?:\.\d+)?)(亿|万|千|百)?(?:元|圆)?(?:整|正)?", re.IGNORECASE)
_COUNT = re.compile(r"(-?\d{1,18})(?:\.0+)?(?:[人口个户岁平间层㎡元年级]|平方米|m2)*")
_MEASURE = re.compile(r"([-+]?\d[\d,]*(?:\.\d+)?)(?:平方米|平米|平方|m2|㎡|米|m|度|°)?", re.IGNORECASE)
_SCIENTIFIC = re.compile(r"\d(\.\d+)?[Ee]\+?\d{2}")
_MULTIPLES = {None: Decimal(1), "百": Decimal(100), "千": Decimal(1000), "万": Decimal(10_000), "亿": Decimal(100_000_000)}
_CACHED = 60_000


def as_text(raw: Cell) -> str:
    """A cell as a person reads it: ``7`` not ``7.0``; an 18-digit float in full digits; empty as ``""``."""
    if raw is None:
        return ""
    if type(raw) is float:
        return f"{raw:.0f}" if raw.is_integer() and abs(raw) < 1e21 else repr(raw)
    return str(raw)


def is_blank(raw: Cell) -> bool:
    """Whether a cell holds nothing: empty, white space, or one of the marks people type for nothing."""
    return raw is None or (type(raw) is str and raw.strip() in _EMPTY_MARKS)


def looks_like_id(raw: Cell) -> bool:
    """Whether a cell holds an identity number in any of its typed forms, damaged ones included."""
    if is_blank(raw):
        return False
    reading = idnumber.read(raw)
    if reading.value is not None:
        return True
    return reading.fault in {idnumber.Fault.CHECK_DIGIT, idnumber.Fault.BIRTH_DATE, idnumber.Fault.DAMAGED} and len(reading.text) >= 11


def finding(check: str, heading: str, field: str, words: str, level: str | None = None) -> Finding:
    """A finding about one column, worded ``“身份证号”列：…``."""
    return Finding(check, f"“{heading}”列：{words}", heading, field, level or LEVELS.get(check, WARN))


def _with_remedy(fault: idnumber.Fault, words: str) -> str:
    remedy = _REMEDIES.get(fault)
    if remedy is None:
        return words
    return f"{words.replace('；', '，')}；{remedy}"


class IdNumbers:
    """Reads identity numbers fast: the weighted sum is taken in three parts, each remembered."""

    def __init__(self, today: date | None) -> None:
        self._today = today
        self._places: dict[str, int] = {}
        self._births: dict[str, int] = {}
        self._orders: dict[str, int] = {}

    def _part(self, text: str, first: int) -> int:
        if not (text.isascii() and text.isdigit()):
            return -10_000
        return sum(int(digit) * weight for digit, weight in zip(text, idnumber.WEIGHTS[first : first + len(text)], strict=True))

    def _birth(self, text: str) -> int:
        total = self._part(text, 6)
        if total < 0:
            return total
        born = idnumber.birth_date(f"000000{text}0000")
        if born is None or born.year < 1850 or (self._today is not None and born > self._today):
            return -10_000
        return total

    def valid(self, text: str) -> bool:
        """Whether 18 characters, as they stand, are a valid number (``False`` also for what only needs tidying)."""
        place, birth, order = text[:6], text[6:14], text[14:17]
        places, births, orders = self._places, self._births, self._orders
        if place not in places:
            if len(places) > _CACHED:
                places.clear()
            places[place] = self._part(place, 0)
        if birth not in births:
            if len(births) > _CACHED:
                births.clear()
            births[birth] = self._birth(birth)
        if order not in orders:
            orders[order] = self._part(order, 14)
        total = places[place] + births[birth] + orders[order]
        return total >= 0 and idnumber.CHECK_DIGITS[total % 11] == text[17]

    def parser(self, column: Column, heading: str) -> Parser:
        field, level = column.key, BLOCK if column.required else WARN
        messages = {
            fault: finding(fault.value, heading, field, _with_remedy(fault, words), level) for fault, words in idnumber.MESSAGES.items()
        }
        rewritten = finding("id-rewritten", heading, field, "写法已整理为 18 位标准号码（原为 15 位、全角、带空格或小写 x），无需修改")
        empty: Parsed = (None, messages[idnumber.Fault.EMPTY] if column.required else None)
        today, valid = self._today, self.valid

        def parse(raw: Any) -> Parsed:
            if type(raw) is str and len(raw) == 18 and valid(raw):
                return raw, None
            if is_blank(raw):
                return empty
            reading = idnumber.read(raw, today=today)
            if reading.value is not None:
                return reading.value, rewritten if reading.changed else None
            if reading.fault is idnumber.Fault.EMPTY:
                return empty
            return None, messages[reading.fault or idnumber.Fault.FORM]

        return parse


def _required(column: Column, heading: str) -> Parsed:
    if not column.required:
        return None, None
    if column.kind == "name":
        return None, finding("name-empty", heading, column.key, "姓名为空；请补填姓名")
    return None, finding("required-empty", heading, column.key, f"“{column.title}”必须填写；请补填")


def _name(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    odd = finding("name-form", heading, column.key, "姓名里有数字、顿号或只有一个字；一格只填一个人的姓名，请核对")
    broken = finding("text-damaged", heading, column.key, "文字有乱码；请把文件另存为 .xlsx 后重新报送")

    def parse(raw: Any) -> Parsed:
        if type(raw) is str and _PLAIN_NAME.fullmatch(raw):
            return raw, None
        if is_blank(raw):
            return empty
        text = as_text(raw)
        value = names.normalise(text)
        if not value:
            return empty
        if "\ufffd" in text:
            return value, broken
        if len(value) < 2 or any(mark in value for mark in "、,，;；/") or any(character.isdigit() for character in value):
            return value, odd
        return value, None

    return parse


def _text(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    broken = finding("text-damaged", heading, column.key, "文字有乱码；请把文件另存为 .xlsx 后重新报送")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        value = tidy(as_text(raw))
        if not value:
            return empty
        if column.longest and len(value) > column.longest:
            said = f"写了 {len(value)} 个字，至多 {column.longest} 个字；请缩写后重新报送"
            return None, finding("text-long", heading, column.key, said)
        return value, broken if "\ufffd" in value else None

    return parse


def _code(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    damaged = finding("code-damaged", heading, column.key, "编号被 Excel 变成了科学计数，后几位已丢失；请把该列设为“文本”后重新录入")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        if type(raw) is float and (not raw.is_integer() or abs(raw) >= 1e15):
            return None, damaged
        value = without_spaces(half_width(as_text(raw))).lstrip("'`’‘").upper()
        if not value:
            return empty
        return (None, damaged) if _SCIENTIFIC.fullmatch(value) else (value, None)

    return parse


def _card(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    wrong = {fault: finding(fault.value, heading, column.key, words) for fault, words in bankcard.MESSAGES.items()}

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        reading = bankcard.read(raw)
        if reading.fault is bankcard.Fault.EMPTY:
            return empty
        fault = bankcard.Fault.ROUNDED if reading.rounded else reading.fault
        return (reading.value, None) if fault is None else (None, wrong[fault])

    return parse


def _date(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    bad = finding("date-form", heading, column.key, "看不出是哪一天，或这一天不存在；请写成 1985-03-02 或 19850302")
    month = finding("date-month", heading, column.key, "只写到了月份，按该月 1 日记录；如知道具体日期请补上")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        day = dates.read(raw)
        if day is None:
            return None, bad
        return day.value, month if day.precision == "month" else None

    return parse


def _int(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    bad = finding("number-expected", heading, column.key, "应填整数；请改为阿拉伯数字")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        if type(raw) is int:
            return raw, None
        text = without_spaces(half_width(as_text(raw)))
        if match := _COUNT.fullmatch(text):
            return int(match.group(1)), None
        short = text.removesuffix("人").removesuffix("口")
        return (_DIGITS[short], None) if short in _DIGITS else (None, bad)

    return parse


def _money(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    bad = finding("money-expected", heading, column.key, "应填金额；请只写数字，例如 14000 或 1.4万元")
    plain = half_width(heading)
    unit = Decimal(10_000) if "万元" in plain or ("元" not in plain and column.unit == "万元") else Decimal(1)

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        text = without_spaces(half_width(as_text(raw)))
        match = _MONEY.fullmatch(text)
        if not match:
            return None, bad
        spelled = match.group(2) or text.endswith(("元", "圆", "整", "正"))
        amount = Decimal(match.group(1).replace(",", "")) * (_MULTIPLES[match.group(2)] if spelled else unit)
        try:
            return amount.quantize(Decimal("0.01")), None
        except InvalidOperation:  # longer than any sum
            return None, bad

    return parse


def _decimal(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    bad = finding("number-expected", heading, column.key, "应填数字；请改为阿拉伯数字，例如 60.5")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        match = _MEASURE.fullmatch(without_spaces(half_width(as_text(raw))))
        return (Decimal(match.group(1).replace(",", "")), None) if match else (None, bad)

    return parse


def _sex(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    bad = finding("sex-unknown", heading, column.key, "性别只能填“男”或“女”；请改正")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        value = SEX_WORDS.get(without_spaces(half_width(as_text(raw))).strip(".、").upper())
        return (value, None) if value else (None, bad)

    return parse


def _relation(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    bad = finding("relation-unknown", heading, column.key, "与户主关系看不懂；请填“户主、配偶、长子、女儿、儿媳、父亲、母亲、孙子”等称谓")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw):
            return empty
        value = relation.read(as_text(raw))
        return (value, None) if value else (None, bad)

    return parse


def _choice(column: Column, heading: str) -> Parser:
    empty = _required(column, heading)
    words = {without_spaces(half_width(word)).upper(): code for word, code in column.choices}
    shown = "、".join(dict.fromkeys(word for word, _ in column.choices if not word.isdigit()))
    bad = finding("choice-unknown", heading, column.key, f"填写的内容不在可选范围；请填：{shown}")

    def parse(raw: Any) -> Parsed:
        if is_blank(raw) and "无" not in words:
            return empty
        text = without_spaces(half_width(as_text(raw))).upper()
        if not text:
            return empty
        value = words.get(text)
        return (value, None) if value is not None else (None, bad)

    return parse


_MAKERS: dict[str, Callable[[Column, str], Parser]] = {
    "text": _text,
    "name": _name,
    "code": _code,
    "phone": _code,
    "card": _card,
    "date": _date,
    "int": _int,
    "decimal": _decimal,
    "money": _money,
    "sex": _sex,
    "relation": _relation,
    "choice": _choice,
}


def parser(column: Column, heading: str, id_numbers: IdNumbers) -> Parser:
    """The parser of one column of one file."""
    if column.kind == "id_number":
        return id_numbers.parser(column, heading)
    return _MAKERS[column.kind](column, heading)


def remembers(column: Column) -> bool:
    """Whether values of this column repeat enough to be worth remembering."""
    return column.kind not in {"id_number", "phone", "card"}


def remembered(parse: Parser) -> Parser:
    """The parser with a memory for repeated cells (village names, dates, sexes); bounded."""
    memory: dict[Any, Parsed] = {}

    def recall(raw: Any) -> Parsed:
        known = memory.get(raw)
        if known is None:
            known = parse(raw)
            if len(memory) < _CACHED:
                memory[raw] = known
        return known

    return recall
