"""Numbers that name somebody, found in running text: identity numbers, bank cards, telephones, as people and programs write them."""

import re

from anju.vocabulary import idnumber
from anju.vocabulary.text import half_width

ID_NUMBER = "〔身份证号〕"
CARD = "〔银行卡号〕"
MOBILE = "〔手机号〕"

# A run of digits as people and programs write it: with spaces or hyphens between groups, an X at its end.
_RUN = re.compile(r"\d(?:[ \-‐-―]?\d){10,}(?:[ \-‐-―]?[Xx×])?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_CARD_LENGTHS = range(13, 20)


def luhn(digits: str) -> bool:
    """Whether digits obey the check of bank cards (ISO/IEC 7812-1)."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _identity(number: str) -> bool:
    """Whether it is an identity number, or one with a slip in it: what a list gets wrong still names somebody."""
    born = idnumber.birth_date(number)
    return number[:17].isdigit() and born is not None and 1880 <= born.year < 2100 and "11" <= number[:2] <= "91"


def _named(match: re.Match[str]) -> str:
    run = match[0]
    text = "".join(str(int(mark)) if mark.isdigit() else "X" for mark in run if mark.isdigit() or mark in "Xx×")
    digits = text.rstrip("X")
    if len(text) >= 18 and any(_identity(text[at : at + 18]) for at in range(len(text) - 17)):
        return ID_NUMBER
    if len(digits) == 15 and idnumber.read(digits).value:
        return ID_NUMBER
    if len(digits) in _CARD_LENGTHS and luhn(digits):
        return CARD
    if any(part and _MOBILE.fullmatch(part[-11:]) and len(part) in (11, 13) for part in (digits, *re.split(r"[ \-‐-―]", run))):
        return MOBILE
    # A group may stand beside another number: "110105194912310021 13800138000".
    parts = re.split(r"([ \-‐-―])", run)
    if len(parts) > 1 and any(_RUN.fullmatch(part) for part in parts):
        return "".join(_RUN.sub(_named, part) for part in parts)
    return run


def cleaned(text: str) -> str:
    """``text`` without numbers that name somebody."""
    return _RUN.sub(_named, text)


_LANDLINE = re.compile(r"(?<!\d)\(?0\d{2,3}\)?[ \-‐-―]?[2-8]\d{6,7}(?!\d)")
# What has many digits and names no person: a household's number in the register, a day.
_OF_THE_REGISTER = re.compile(r"(?<!\d)\d{12}-\d{4}(?!\d)")
_DAY = re.compile(r"(?<!\d)(?:19|20)\d\d[-./年](?:1[0-2]|0?[1-9])[-./月](?:3[01]|[12]\d|0?[1-9])日?(?!\d)")
_APART = re.compile(r"(?<=\d)[\s.·•_/‐-―-]{1,3}(?=[\dXx])")
_UNSEEN = re.compile(r"[\u200b-\u200f\u2060\ufeff\u00ad]")


def naming(text: str) -> str:
    """The first kind of number in ``text`` that names somebody (身份证号, 银行卡号, 手机号, 电话号码); "" where there is none.

    For what is to be published or handed around, so stricter than ``cleaned``: digits set apart in any way count, and so do landlines.
    A household's number in the register doesn't.
    """
    plain = _OF_THE_REGISTER.sub(" ", _UNSEEN.sub("", half_width(text)))
    together = _APART.sub("-", plain)
    for label, where in ((ID_NUMBER, together), (MOBILE, together), (CARD, _DAY.sub(" 日 ", plain))):
        if any(label in _named(found) for found in _RUN.finditer(where)):
            return label.strip("〔〕")
    return "电话号码" if _LANDLINE.search(plain) else ""
