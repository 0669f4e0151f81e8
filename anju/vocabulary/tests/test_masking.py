"""One way to hide for a whole deployment; no policy shows the same number in two masks."""

import pytest

from anju.vocabulary import idnumber, names
from anju.vocabulary.masking import POLICIES, STANDARD, Kind, MaskPolicy, Place, Shown, in_force, narrowed, resting_on

NUMBER = "11010519491231002X"
EXAMPLES = {
    Kind.ID_NUMBER: NUMBER,
    Kind.NAME: "张三丰",
    Kind.PHONE: "13800001234",
    Kind.CARD: "6222020000001234567",
    Kind.CERTIFICATE: NUMBER + "43",
    Kind.DISABILITY: "肢体二级",
}


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.code)
@pytest.mark.parametrize("kind", Kind)
def test_a_kind_has_one_mask_wherever_it_is_masked(policy: MaskPolicy, kind: Kind) -> None:
    text = EXAMPLES[kind]
    masked = {policy.show(kind, text, place) for place in Place if policy.way(kind, place) is Shown.MASKED}
    assert len(masked) <= 1
    assert text not in masked
    for place in Place:
        if policy.way(kind, place) is Shown.OMITTED:
            assert policy.show(kind, text, place) == ""


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.code)
def test_a_public_notice_never_says_card_telephone_or_disability(policy: MaskPolicy) -> None:
    for kind in (Kind.CARD, Kind.PHONE, Kind.DISABILITY, Kind.CERTIFICATE):
        assert policy.show(kind, EXAMPLES[kind], Place.NOTICE) == ""
    assert policy.show(Kind.NAME, "张三丰", Place.NOTICE) == "张*丰"


@pytest.mark.parametrize("policy", POLICIES.values(), ids=lambda policy: policy.code)
def test_the_birth_date_is_never_left_and_the_short_form_adds_nothing(policy: MaskPolicy) -> None:
    masked = policy.masked(Kind.ID_NUMBER, NUMBER)
    assert len(masked) == 18
    assert NUMBER[6:14] not in masked
    assert policy.tail(NUMBER).strip("…") in masked


def test_every_mask_of_the_house_rests_on_the_policy_in_force() -> None:
    asked = []

    def read() -> MaskPolicy:
        asked.append(1)
        return POLICIES["six"]

    with resting_on(read):
        assert not asked
        assert idnumber.mask(NUMBER) == "110105************"
        assert idnumber.tail(NUMBER) == "110105…"
        assert names.mask("张三") == "张*"
        assert asked == [1]
    assert in_force() is STANDARD


@pytest.mark.parametrize(
    ("policy", "text", "shown"),
    [
        ("six", "应为 1101**********002X", "应为 1101**************"),
        ("four_four", "应为 110105********002X", "应为 1101**********002X"),
        ("six_four", "应为 1101**********002X", "应为 1101**********002X"),
        ("six", "电话 138****1234，户 3", "电话 138****1234，户 3"),
    ],
)
def test_what_was_written_under_an_earlier_policy_is_cut_to_todays(policy: str, text: str, shown: str) -> None:
    with resting_on(lambda: POLICIES[policy]):
        assert narrowed(text) == shown
