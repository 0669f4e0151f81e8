"""Card numbers: what passes the check, how they are written, what Excel does to them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.vocabulary import bankcard
from anju.vocabulary.bankcard import Fault, Reading, read
from anju.vocabulary.masking import POLICIES, Kind, Place
from anju.vocabulary.numbers import luhn

CARD = "6222021001116245702"


def test_luhn_vectors() -> None:
    assert luhn("6222020000000000000")
    assert not luhn("6222020000000000001")
    assert luhn("79927398713")
    assert not luhn("79927398710")


@pytest.mark.parametrize(
    "typed",
    [
        CARD, " 6222 0210 0111 6245 702 ", "6222-0210-0111-6245-702", "６２２２０２１００１１１６２４５７０２", "'6222021001116245702", "6222\u30000210\u00a00111\u200b6245702",
        "6222‐0210‐0111‐6245‐702",
    ],
)  # fmt: skip
def test_a_number_is_read_however_it_is_written(typed: str) -> None:
    assert read(typed) == Reading(CARD)


@pytest.mark.parametrize(
    ("raw", "fault"),
    [
        (None, Fault.EMPTY), ("", Fault.EMPTY), ("  ", Fault.EMPTY), ("'", Fault.EMPTY),
        (6.222021001116246e18, Fault.DAMAGED), ("6.22E+18", Fault.DAMAGED), ("6.22202100111625e18", Fault.DAMAGED), (6222021001116240000, Fault.DAMAGED),
        (6222020000000000.0, Fault.DAMAGED), ("6222021001116250000", Fault.DAMAGED), ("622202100111624000", Fault.DAMAGED),
        ("62220210011162457O2", Fault.FORM), ("6222021001116245702.0", Fault.FORM), ("农行6222021001116245702", Fault.FORM), (True, Fault.FORM), (1.5, Fault.FORM), (float("nan"), Fault.FORM), (float("inf"), Fault.DAMAGED),
        (-622202100111, Fault.FORM),
        ("0000000000000000", Fault.FORM), ("8888888888888888", Fault.FORM),
        ("62220210011", Fault.LENGTH), ("62220210011162457021", Fault.LENGTH), (62220210011, Fault.LENGTH), ("210922", Fault.LENGTH),
        ("6222021001116245703", Fault.CHECK_DIGIT), ("6222021001116254702", Fault.CHECK_DIGIT), ("6222020000000000001", Fault.CHECK_DIGIT),
    ],
)  # fmt: skip
def test_what_is_no_card_number_is_never_taken_for_one(raw: object, fault: Fault) -> None:
    assert read(raw) == Reading(None, fault)
    assert fault in bankcard.MESSAGES


def test_a_number_that_ends_as_excel_leaves_it_is_doubted_even_where_the_check_holds() -> None:
    assert read("6222020000000000000") == Reading("6222020000000000000", rounded=True)
    assert read("6222021001116230") == Reading("6222021001116230")  # the sixteenth digit alone is often 0


@given(st.integers(min_value=10**11, max_value=10**19 - 1))
def test_no_number_cell_of_more_than_fifteen_digits_is_ever_accepted(number: int) -> None:
    as_excel_has_it = float(number)
    reading = read(as_excel_has_it)
    if number >= 10**15:
        assert reading.value is None
        assert reading.fault is Fault.DAMAGED
    elif reading.value is not None:
        assert reading.value == str(number)


@given(st.integers(min_value=10**15, max_value=10**18 - 1))
def test_a_changed_digit_is_seen(first: int) -> None:
    number = next(f"{first}{digit}" for digit in range(10) if luhn(f"{first}{digit}"))
    for place in range(len(number)):
        wrong = number[:place] + str((int(number[place]) + 1) % 10) + number[place + 1 :]
        assert read(wrong).value is None


@pytest.mark.parametrize("policy", sorted(POLICIES))
def test_the_mask_leaves_the_last_four(policy: str) -> None:
    for place in (Place.PAGE, Place.EXPORT, Place.PAPER):
        assert POLICIES[policy].show(Kind.CARD, CARD, place) == "***************5702"
    assert POLICIES[policy].show(Kind.CARD, CARD, Place.NOTICE) == ""


@pytest.mark.parametrize(
    ("given_", "kept"),
    [
        ("农业银行", "农业银行"), (" 彰武县 农村信用联社 大冷信用社 ", "彰武县 农村信用联社 大冷信用社"), ("邮储银行　彰武支行", "邮储银行 彰武支行"), ("95566 中国银行", "95566 中国银行"), ("", ""),
        (None, ""), ("—", ""), ("123", ""), (CARD, ""), (f"农行 {CARD}", ""), ("农行 6222 0210 0111", ""),
    ],
)  # fmt: skip
def test_the_bank_is_kept_as_it_is_given(given_: object, kept: str) -> None:
    assert bankcard.bank(given_) == kept
