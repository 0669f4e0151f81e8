"""Resident identity numbers 公民身份号码 (GB 11643-1999), and what happens to them in Excel.

An 18-digit number is six digits of the place of first registration, the birth date, a three-digit
sequence (odd: male, even: female) and a check digit. Unknown or abolished place codes are valid: they
follow the first registration. Numbers of 15 digits are the older form (births 19xx).
"""

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from anju.vocabulary import masking
from anju.vocabulary.text import half_width, without_spaces

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"

_FORM = re.compile(r"[0-9]{17}[0-9X]")
_SCIENTIFIC = re.compile(r"[0-9](\.[0-9]+)?[Ee]\+?[0-9]{2}")


class Fault(StrEnum):
    """What is wrong with a number as it stands in a list; the value is the rule's id."""

    EMPTY = "id-empty"
    DAMAGED = "id-damaged"
    FORM = "id-form"
    LENGTH = "id-length"
    BIRTH_DATE = "id-birth-date"
    FUTURE = "id-future"
    CHECK_DIGIT = "id-check-digit"


MESSAGES: dict[Fault, str] = {
    Fault.EMPTY: "身份证号为空",
    Fault.DAMAGED: "身份证号被 Excel 变成了科学计数或末位清零，已无法还原；请把该列设为“文本”后重新录入",
    Fault.FORM: "身份证号含有不该出现的字符；只应是数字，末位可为 X",
    Fault.LENGTH: "身份证号位数不对；应为 18 位（老号码 15 位）",
    Fault.BIRTH_DATE: "身份证号中的出生日期不存在",
    Fault.FUTURE: "身份证号中的出生日期晚于今天",
    Fault.CHECK_DIGIT: "身份证号校验位不成立，至少有一位写错",
}


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as read from a cell.

    ``value``: the valid 18-character number, or None. ``text``: the tidied characters, kept for
    comparison and for the sender. ``fault``: why there is no value. ``changed``: the valid number
    was written another way (15 digits, full width, spaces, lower-case x).
    """

    value: str | None
    text: str
    fault: Fault | None = None
    changed: bool = False


def check_digit(first17: str) -> str:
    """The eighteenth character for the first seventeen digits (GB 11643-1999, ISO 7064 MOD 11-2)."""
    return CHECK_DIGITS[sum(w * int(d) for w, d in zip(WEIGHTS, first17, strict=True)) % 11]


def from_15(number: str) -> str:
    """The 18-character form of a 15-digit number: century 19, check digit added."""
    first17 = f"{number[:6]}19{number[6:]}"
    return first17 + check_digit(first17)


def birth_date(number: str) -> date | None:
    """The birth date inside an 18-character number; None where no such day exists."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return None


def sex(number: str) -> str:
    """``1`` male, ``2`` female (GB/T 2261.1), from the seventeenth digit."""
    return "1" if int(number[16]) % 2 else "2"


def fault(number: str, *, today: date | None = None) -> Fault | None:
    """The first rule an 18-character upper-case number breaks; None for a valid one."""
    if len(number) != 18:
        return Fault.LENGTH
    if not _FORM.fullmatch(number):
        return Fault.FORM
    born = birth_date(number)
    if born is None or born.year < 1850:
        return Fault.BIRTH_DATE
    if number[17] != check_digit(number[:17]):
        return Fault.CHECK_DIGIT
    if today is not None and born > today:
        return Fault.FUTURE
    return None


def is_valid(number: str, *, today: date | None = None) -> bool:
    """Whether an 18-character upper-case number obeys GB 11643."""
    return fault(number, today=today) is None


def read(raw: object, *, today: date | None = None) -> Reading:
    """A cell's content as a number, forgiving how it is written, never guessing what it was.

    Numbers stored as floats keep 15 significant digits: the last three are lost, so a float or
    ``5.30326E+17`` is *damaged* and never accepted; an 18-digit whole number ending in 000 that
    fails its check digit is the same damage.
    """
    if raw is None:
        return Reading(None, "", Fault.EMPTY)
    if isinstance(raw, bool):
        return Reading(None, str(raw), Fault.FORM)
    if isinstance(raw, float):
        if raw.is_integer() and abs(raw) < 10**15:
            raw = int(raw)
        else:
            text = f"{raw:.0f}" if raw.is_integer() else repr(raw)
            return Reading(None, text, Fault.DAMAGED)
    original = str(raw)
    text = without_spaces(half_width(original)).upper().lstrip("'`’‘").replace("×", "X")
    if not text:
        return Reading(None, "", Fault.EMPTY)
    if _SCIENTIFIC.fullmatch(text):
        return Reading(None, text, Fault.DAMAGED)
    text = re.sub(r"[-‐-―.·,，。_]", "", text) if not text.isalnum() else text
    if len(text) == 15 and text.isdigit():
        full = from_15(text)
        broken = fault(full, today=today)
        return Reading(None, text, broken) if broken else Reading(full, full, None, changed=True)
    broken = fault(text, today=today)
    if broken is Fault.CHECK_DIGIT and text.endswith("000"):
        broken = Fault.DAMAGED
    if broken:
        return Reading(None, text, broken)
    return Reading(text, text, None, changed=text != original)


def mask(number: str) -> str:
    """``2109**********1234``: what the deployment's mask leaves, as every page shows it."""
    return masking.in_force().number.of(number)


def tail(number: str) -> str:
    """``…1234``: the short form beside a name; "" where no number is known."""
    return masking.in_force().tail(number)
