"""Money in capital numerals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.vocabulary.capital import MOST, capital

_VALUES = {each: value for value, each in enumerate("零壹贰叁肆伍陆柒捌玖")}
_TIMES = {"拾": 10, "佰": 100, "仟": 1000}


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "零元整"),
        (5, "伍分"),
        (50, "伍角整"),
        (61, "陆角壹分"),
        (100, "壹元整"),
        (1000, "壹拾元整"),
        (2500000, "贰万伍仟元整"),
        (140950, "壹仟肆佰零玖元伍角整"),
        (600714, "陆仟零柒元壹角肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"),
        (32504, "叁佰贰拾伍元零肆分"),
        (168032, "壹仟陆佰捌拾元叁角贰分"),
        (10700053, "壹拾万柒仟元伍角叁分"),
        (10070000, "壹拾万零柒佰元整"),
        (100000000, "壹佰万元整"),
        (100000500, "壹佰万零伍元整"),
        (100100000, "壹佰万壹仟元整"),
        (2000050000000, "贰佰亿零伍拾万元整"),
        (10_000_000_000, "壹亿元整"),
        (10_000_000_100, "壹亿零壹元整"),
        (10_500_000_000, "壹亿零伍佰万元整"),
        (100_000_000_000_000, "壹万亿元整"),
    ],
)
def test_an_amount_is_written_as_payment_papers_write_it(fen: int, said: str) -> None:
    assert capital(fen) == said


def _read(said: str) -> int:
    """The amount in fen that a person reads."""
    total = section = digit = 0
    for each in said:
        if each in _VALUES:
            digit = _VALUES[each]
        elif each in _TIMES:
            section, digit = section + digit * _TIMES[each], 0
        elif each == "万":
            section, digit = (section + digit) * 10**4, 0
        elif each == "亿":
            total, section, digit = (total + section + digit) * 10**8, 0, 0
        elif each == "元":
            total, section, digit = (total + section + digit) * 100, 0, 0
        elif each in "角分":
            total, digit = total + digit * (10 if each == "角" else 1), 0
    return total


@given(st.one_of(st.integers(0, 10**6), st.integers(0, MOST - 1), st.integers(0, 10**14).map(lambda yuan: yuan * 100)))
def test_it_is_read_back_as_the_same_amount(fen: int) -> None:
    said = capital(fen)
    assert _read(said) == fen
    assert "零零" not in said


@pytest.mark.parametrize("fen", [-1, MOST])
def test_a_debt_or_more_money_than_there_is_has_none(fen: int) -> None:
    with pytest.raises(ValueError, match="没有大写"):
        capital(fen)
