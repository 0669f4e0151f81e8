"""Identity numbers as people type them."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.vocabulary import idnumber
from anju.vocabulary.idnumber import Fault


@st.composite
def numbers(draw: st.DrawFn) -> str:
    """Valid 18-character numbers."""
    born = draw(st.dates(date(1900, 1, 1), date(2020, 6, 10)))
    first17 = f"{draw(st.integers(110000, 659999))}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return first17 + idnumber.check_digit(first17)


def test_the_standards_own_example_is_valid() -> None:
    assert idnumber.is_valid("11010519491231002X")
    assert idnumber.fault("110105194912310021") is Fault.CHECK_DIGIT


@given(numbers())
def test_a_number_survives_every_way_of_typing_it(number: str) -> None:
    wide = number.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    for typed in (number, number.lower(), wide, f" {number[:6]} {number[6:14]} {number[14:]} ", f"'{number}", number + "\u200b"):
        assert idnumber.read(typed).value == number


@given(numbers().filter(lambda n: n[6:8] == "19"))
def test_fifteen_digits_are_the_older_form_of_the_same_number(number: str) -> None:
    old = number[:6] + number[8:17]
    for typed in (old, int(old), float(int(old))):
        reading = idnumber.read(typed)
        assert reading.value == number
        assert reading.changed


@given(numbers(), st.integers(0, 16), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(number: str, place: int, shift: int) -> None:
    wrong = number[:place] + str((int(number[place]) + shift) % 10) + number[place + 1 :]
    assert idnumber.read(wrong).value is None


@given(numbers().filter(lambda n: n[17] != "X"))
def test_a_number_damaged_by_a_spreadsheet_is_never_accepted(number: str) -> None:
    for typed in (float(int(number)), f"{float(number):.5E}"):
        assert idnumber.read(typed).fault is Fault.DAMAGED
    zeroed = number[:15] + "000"
    assert idnumber.read(zeroed).fault is (None if idnumber.is_valid(zeroed) else Fault.DAMAGED)


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        (None, Fault.EMPTY),
        ("  ", Fault.EMPTY),
        ("5.30326E+17", Fault.DAMAGED),
        ("2109221985", Fault.LENGTH),
        ("11010519490231002X", Fault.BIRTH_DATE),
        ("1101051949123A002X", Fault.FORM),
        (True, Fault.FORM),
    ],
)
def test_each_fault_has_a_name_and_a_message(typed: object, fault: Fault) -> None:
    assert idnumber.read(typed).fault is fault
    assert idnumber.MESSAGES[fault]


def test_a_birth_date_after_today_is_refused() -> None:
    first17 = "21092220300101001"
    number = first17 + idnumber.check_digit(first17)
    assert idnumber.read(number, today=date(2020, 6, 10)).fault is Fault.FUTURE


@given(numbers())
def test_a_mask_hides_the_birth_date_and_keeps_the_length(number: str) -> None:
    masked = idnumber.mask(number)
    assert len(masked) == 18
    assert number[6:14] not in masked
    assert masked.startswith(number[:4])


@given(st.one_of(st.text(), st.floats(allow_nan=False, allow_infinity=False), st.integers(), st.booleans(), st.none()))
def test_whatever_stands_in_a_cell_is_read_without_a_crash(raw: object) -> None:
    reading = idnumber.read(raw)
    assert (reading.value is None) == (reading.fault is not None)
