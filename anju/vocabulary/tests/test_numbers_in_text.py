"""Numbers that name somebody are found however they are written; what names nobody isn't taken for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.vocabulary import idnumber
from anju.vocabulary.numbers import luhn, naming

_FIRST = "21092219540412011"
ID = _FIRST + idnumber.check_digit(_FIRST)


def test_each_kind_is_called_by_its_name() -> None:
    assert naming(f"周德海 {ID}") == "身份证号"
    assert naming("622848001234567890" + "0123456789"[next(d for d in range(10) if luhn("622848001234567890" + str(d)))]) == "银行卡号"
    assert naming("打 13804180001 找他") == "手机号"
    assert naming("座机 0418-6926331") == "电话号码"


@given(marks=st.lists(st.sampled_from(["", " ", "-", "·", "　", ".", "\u200b", "—"]), min_size=17, max_size=17), wide=st.booleans())
def test_an_identity_number_is_found_however_it_is_set_apart(marks: list[str], wide: bool) -> None:
    text = "".join(digit + mark for digit, mark in zip(ID, [*marks, ""], strict=True))
    if wide:
        text = text.translate({ord(digit): ord(digit) + 0xFEE0 for digit in "0123456789"})
    assert naming(f"户主{text}家") == "身份证号"


@pytest.mark.parametrize(
    "text",
    [
        "2020-06-10 至 2020-06-17", "2020.06.10-2020.06.17", "28,500 元", "彰武县问题〔2020〕12号", "210922109201", "210922109201-0007", "110", "12345678",
        "2109**********1234", "6月12日前补齐 14 户", "",
    ],
)  # fmt: skip
def test_what_names_nobody_stays(text: str) -> None:
    assert naming(text) == ""


@given(serial=st.integers(1, 9999), village=st.integers(1, 999))
def test_a_households_number_is_no_card(serial: int, village: int) -> None:
    assert naming(f"210922109{village:03d}-{serial:04d} 户的档案") == ""
