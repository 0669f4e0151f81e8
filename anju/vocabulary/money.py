"""Money 金额: whole fen 分 as a whole number, so that sums are exact; yuan 元 only where people read and write (architecture 5, Money)."""

import re
from decimal import Decimal

_MOST_DIGITS = 15
# Digits, or digits in threes; a sign before, "元" behind.
_TEXT = re.compile(r"-?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]+)?")


def yuan(fen: int) -> str:
    """As people read it: ``3024000`` → ``30,240.00 元``."""
    whole, rest = divmod(abs(fen), 100)
    return f"{'-' if fen < 0 else ''}{whole:,}.{rest:02d} 元"


def fen_of(amount: str | Decimal | int) -> int:
    """The fen of an amount in yuan: ``"30,240.00 元"``, ``"630"``, ``Decimal("0.5")``, ``630``; exact, so never of a float.

    Raises ``ValueError``, in Chinese, for what is no amount, has less than a fen, or is absurdly large.
    """
    if isinstance(amount, str):
        text = amount.strip().removesuffix("元").rstrip()
        if not _TEXT.fullmatch(text):
            raise ValueError(f"“{amount}”不是金额；应写成 30240、30240.50 或 30,240.00 元")
        number = Decimal(text.replace(",", ""))
    elif isinstance(amount, Decimal):
        number = amount
    elif isinstance(amount, int) and not isinstance(amount, bool):
        number = Decimal(amount)
    else:
        raise ValueError("金额应是文字、整数或十进制数，不能是浮点数")
    if not number.is_finite():
        raise ValueError("金额应是一个数")
    if number and number.adjusted() >= _MOST_DIGITS:
        raise ValueError(f"金额太大，整数部分最多 {_MOST_DIGITS} 位")
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    significant = "".join(map(str, digits)).rstrip("0")
    if significant and exponent + len(digits) - len(significant) < -2:
        raise ValueError("金额最小到分，小数最多两位")
    fen = int(significant or "0") * 10 ** (exponent + len(digits) - len(significant) + 2) if significant else 0
    return -fen if sign else fen
