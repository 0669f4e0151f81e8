"""Bank card numbers 银行卡号, as people and Excel write them (ISO/IEC 7812-1), and the name of the bank as it is given.

A number has 12 to 19 digits, the last of which checks the others. Excel keeps fifteen significant digits: of a longer number typed into a cell of
numbers the rest is gone, shown as ``6.22202E+18`` or as zeros. Such a number is never taken for a card: the money would go to somebody else.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from anju.vocabulary.numbers import luhn
from anju.vocabulary.text import half_width, tidy, without_spaces

LENGTHS = range(12, 20)
BANK_LONGEST = 40
_KEPT = 15  # significant digits of a floating-point number
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]{1,2}")
_APART = re.compile(r"[-‐-―_]")
_LONG_RUN = re.compile(r"[0-9](?:[ -]?[0-9]){5,}")


class Fault(StrEnum):
    """What is wrong with a number as it stands; the value is the rule's id."""

    EMPTY = "card-empty"
    DAMAGED = "card-damaged"
    ROUNDED = "card-rounded"
    FORM = "card-form"
    LENGTH = "card-length"
    CHECK_DIGIT = "card-check-digit"


MESSAGES: dict[Fault, str] = {
    Fault.EMPTY: "没有写银行卡号；请照卡面补填",
    Fault.DAMAGED: "银行卡号被 Excel 变成了科学计数或末位清零，已无法还原；请把该列设为“文本”，照卡面重新录入",
    Fault.ROUNDED: "银行卡号从第 16 位起都是 0，像是被 Excel 清零的；请照卡面核对，确是这个号码的在页面上逐户登记",
    Fault.FORM: "银行卡号含有不该出现的字符；只应是数字，数字之间可有空格",
    Fault.LENGTH: "银行卡号位数不对；应为 12 到 19 位，请照卡面改正",
    Fault.CHECK_DIGIT: "银行卡号校验不成立，至少有一位写错；请照卡面改正",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A card number as read.

    ``value``: its digits, or None, and then ``fault`` says why. ``rounded``: it is a number like any other, but from the sixteenth digit on there
    are only zeros, as Excel leaves them; one that wasn't compared with the card itself isn't to be trusted.
    """

    value: str | None
    fault: Fault | None = None
    rounded: bool = False


def read(raw: object) -> Reading:
    """A cell's content, or what was typed, as a card number: forgiving how it is written, never guessing what it was."""
    if raw is None:
        return Reading(None, Fault.EMPTY)
    if isinstance(raw, bool):
        return Reading(None, Fault.FORM)
    if isinstance(raw, int | float):
        if abs(raw) >= 10**_KEPT:
            return Reading(None, Fault.DAMAGED)
        if raw < 0 or not float(raw).is_integer():
            return Reading(None, Fault.FORM)
        raw = int(raw)
    text = without_spaces(half_width(str(raw))).lstrip("'`’‘")
    if not text:
        return Reading(None, Fault.EMPTY)
    if _SCIENTIFIC.fullmatch(text):
        return Reading(None, Fault.DAMAGED)
    text = _APART.sub("", text)
    if not (text.isascii() and text.isdigit()) or not text.strip(text[0]):
        return Reading(None, Fault.FORM)
    if len(text) not in LENGTHS:
        return Reading(None, Fault.LENGTH)
    rounded = len(text) > _KEPT + 1 and not text[_KEPT:].strip("0")
    if not luhn(text):
        return Reading(None, Fault.DAMAGED if rounded else Fault.CHECK_DIGIT)
    return Reading(text, None, rounded)


def bank(raw: object) -> str:
    """The bank as it was given, tidied; "" for what can't be a bank's name: nothing, no word in it, or a number among it (often the card's own)."""
    name = tidy("" if raw is None else str(raw))
    if not any(sign.isalpha() for sign in name) or _LONG_RUN.search(name):
        return ""
    return name
