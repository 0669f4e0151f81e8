"""Money is whole fen; what is no amount is said in Chinese."""

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.vocabulary.money import fen_of, yuan


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0.00 元"), (1, "0.01 元"), (99, "0.99 元"), (3024000, "30,240.00 元"), (-150, "-1.50 元"), (123456789012, "1,234,567,890.12 元")],
)
def test_as_people_read_it(fen: int, text: str) -> None:
    assert yuan(fen) == text
    assert fen_of(text) == fen


@pytest.mark.parametrize(
    ("amount", "fen"),
    [
        ("630", 63000), ("630.5", 63050), (" 30,240.00 元 ", 3024000), ("0", 0), ("0.000", 0), ("-0.01", -1), ("1.100", 110), ("007", 700),
        (Decimal("0.07"), 7), (Decimal("1E+3"), 100000), (Decimal("1.2300"), 123), (Decimal("0E-9"), 0), (Decimal("0E+99"), 0), (630, 63000),
    ],
)  # fmt: skip
def test_yuan_becomes_fen(amount: str | Decimal | int, fen: int) -> None:
    assert fen_of(amount) == fen


@pytest.mark.parametrize(
    "amount",
    ["", "元", "abc", "1,23", "1,2345", "1 000", "1e3", "６３０", "0.001", "1.005", "3万", "--1", "+1", ".5", "5.", "1000000000000000", "nan",
     Decimal("NaN"), Decimal("Infinity"), Decimal("0.001"), Decimal("1e999999"), Decimal("1e-999999"), 1.5, 630.0, True, None, [1]],
)  # fmt: skip
def test_what_is_no_amount_is_refused_in_chinese(amount: Any) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        fen_of(amount)


@settings(deadline=None)
@given(st.integers(-(10**16), 10**16))
def test_written_and_read_again_it_is_the_same(fen: int) -> None:
    assert fen_of(yuan(fen)) == fen
    assert fen_of(Decimal(fen).scaleb(-2)) == fen
