"""Money in capital numerals 大写, as papers that pay write it so that no figure can be altered (支付结算办法, annex 1)."""

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ((10**8, "亿"), (10**4, "万"))
MOST = 10**16 * 100
"""The first amount, in fen, that has no capital form here."""


def capital(fen: int) -> str:
    """An amount in whole fen, without the words 人民币 before it: 2500000 → 贰万伍仟元整. Raises ``ValueError`` for a debt or more than ``MOST``.

    A zero is said once between digits that aren't neighbours, and before 分 where there is no 角; an amount without 分 ends in 整.
    """
    if not 0 <= fen < MOST:
        raise ValueError(f"没有大写：{fen} 分")
    yuan, rest = divmod(fen, 100)
    jiao, odd = divmod(rest, 10)
    said = f"{_whole(yuan)}元" if yuan else ""
    if jiao:
        said += f"{_DIGITS[jiao]}角"
    elif odd and yuan:
        said += "零"
    if odd:
        said += f"{_DIGITS[odd]}分"
    return said + ("" if odd else "整") if said else "零元整"


def _whole(number: int) -> str:
    """A whole number above zero."""
    for size, name in _GROUPS:
        if number >= size:
            over, under = divmod(number, size)
            return f"{_whole(over)}{name}" + (("零" if under < size // 10 else "") + _whole(under) if under else "")
    said, zero = "", False
    for place in range(len(str(number)) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            said += ("零" if zero else "") + _DIGITS[digit] + _PLACES[place]
        zero = not digit
    return said
