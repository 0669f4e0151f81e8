"""The area of a rebuilt house is held against the rule of its place and day."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju import policy
from anju.policy import keys
from anju.policy.area import judged
from anju.policy.tests.conftest import Set
from anju.vocabulary.method import METHODS

DAY = date(2020, 6, 10)
FUXIN = "210922"
NEW = [code for code, method in METHODS.items() if method.new and code != "help_build"]


def main_result(size: int, main: Decimal | int, area: str = FUXIN, on: date = DAY, **more: Any) -> str:
    return judged(area, on, method=more.pop("method", "rebuild"), size=size, main=main, **more)[0].result


@pytest.mark.parametrize(
    ("size", "main", "result"),
    [(1, 24, "ok"), (1, 18, "below"), (3, 62, "above"), (4, 52, "ok"), (4, 72, "ok"), (5, 60, "below"), (6, 108, "ok"),
     (1, 20, "ok"), (1, 60, "ok"), (2, 30, "ok"), (2, Decimal("29.99"), "below"), (3, Decimal("60.01"), "above"), (4, 73, "above")],
)  # fmt: skip
def test_the_vectors_of_the_area_rule(size: int, main: Decimal | int, result: str) -> None:
    assert main_result(size, main) == result


@settings(deadline=None)
@given(st.integers(1, 30), st.decimals(0, 1000, places=2), st.sampled_from(NEW), st.dates(date(2009, 3, 1), date(2035, 1, 1)))
def test_within_the_limits_is_ok_and_outside_is_not(size: int, main: Decimal, method: str, on: date) -> None:
    least, most = policy.rule(keys.AREA_STANDARD, FUXIN, on).value.limits(size)
    assert least > 0
    assert most is not None
    assert least <= most
    (finding,) = judged(FUXIN, on, method=method, size=size, main=main)
    assert finding.result == ("below" if main < least else "above" if main > most else "ok")
    assert (finding.minimum, finding.maximum, finding.source) == (least, most, policy.rule(keys.AREA_STANDARD, FUXIN, on).source)


def test_a_finding_says_the_limits_and_their_source() -> None:
    (finding,) = judged(FUXIN, DAY, method="rebuild", size=3, main=62)
    assert (finding.area, finding.minimum, finding.maximum) == (Decimal(62), 40, 60)
    assert finding.words == "3 人户主房 62 ㎡，应为 40～60 ㎡：超出上限"
    assert "许昌 2017" in finding.source


def test_a_repair_keeps_the_area_it_has() -> None:
    assert judged(FUXIN, DAY, method="repair", size=3, main=200) == ()


def test_auxiliary_rooms_are_not_counted() -> None:
    assert main_result(3, 60, auxiliary=500) == "ok"
    assert len(judged(FUXIN, DAY, method="rebuild", size=3, main=60, auxiliary=500)) == 1


def test_of_auxiliary_rooms_what_is_above_their_cap_counts_as_main_house(also: Set) -> None:
    pingdingshan: dict[str, Any] = {"area": "410402", "on": date(2022, 6, 1)}
    (house,) = judged("410402", date(2022, 6, 1), method="rebuild", size=3, main=90, auxiliary=26)
    assert (house.result, house.area, house.maximum) == ("ok", Decimal(91), None)
    assert house.words == "3 人户主房 90 ㎡，加辅助用房超过 25 ㎡ 的 1 ㎡，共 91 ㎡，不小于 40 ㎡：符合"
    assert main_result(3, 39, auxiliary=25, **pingdingshan) == "below"
    assert main_result(3, 39, auxiliary=26, **pingdingshan) == "ok"
    also(
        '[[area.standard]]\narea = "210922"\nfrom = 2018-01-01\nto = 2030-01-01\nsource = "x"\nvalue.minimum = [20]\nvalue.maximum = [60]\n'
        'value.per_person_minimum = 13\nvalue.per_person_maximum = 18\nvalue.auxiliary = ["kitchen"]\nvalue.auxiliary_cap = 25\n'
    )
    assert [main_result(1, 55, auxiliary=rooms) for rooms in (0, 25, 30, Decimal("30.01"))] == ["ok", "ok", "ok", "above"]
    assert "厨房用房不计入主房，超过 25 ㎡ 的部分计入" in policy.value(keys.AREA_STANDARD, FUXIN, DAY).said()


def test_henan_has_a_lower_limit_only_from_2022() -> None:
    assert main_result(4, 100, "411081", date(2021, 12, 31)) == "above"
    assert main_result(4, 100, "411081", date(2022, 1, 1)) == "ok"
    assert main_result(4, 51, "411081", date(2022, 1, 1)) == "below"


def test_the_earlier_rule_was_per_person() -> None:
    assert main_result(1, 13, on=date(2014, 5, 1)) == "ok"
    assert main_result(1, 13, on=date(2018, 5, 1)) == "below"
    assert main_result(3, 55, on=date(2014, 5, 1)) == "above"


def test_who_is_helped_in_full_is_held_to_the_lower_limit() -> None:
    (finding,) = judged("530326", DAY, method="rebuild", size=1, main=24, lower_limit=True)
    assert (finding.result, finding.lower_limit, finding.maximum) == ("above", True, 20)
    assert "须说明" in finding.words
    assert main_result(1, 24, method="help_build") == "above"
    assert main_result(1, 20, method="help_build") == "ok"
    assert main_result(1, 24, "530326") == "ok"


@pytest.mark.parametrize("area", ["411081", "410402"])
def test_no_source_holds_anyone_in_henan_to_the_lower_limit_from_2022(area: str) -> None:
    assert main_result(1, 24, area, date(2022, 6, 1), method="help_build", lower_limit=True) == "ok"


def test_where_the_lower_limit_does_not_bind_it_does_not(also: Set) -> None:
    also(
        '[[area.standard]]\narea = "210922"\nfrom = 2018-01-01\nto = 2030-01-01\nsource = "x"\nvalue.minimum = [20]\n'
        "value.maximum = [60]\nvalue.per_person_minimum = 13\nvalue.per_person_maximum = 18\nvalue.auxiliary = []\n"
    )
    assert main_result(1, 24, method="help_build", lower_limit=True) == "ok"
    assert main_result(2, 36) == "ok"


@pytest.mark.parametrize(
    "wrong",
    [{"size": 0}, {"size": True}, {"main": -1}, {"main": 24.5}, {"main": Decimal("NaN")}, {"main": Decimal("24.001")}, {"main": 10**9},
     {"auxiliary": -1}, {"auxiliary": 1.5}, {"method": "decorate"}],
)  # fmt: skip
def test_what_cannot_be_measured_is_refused_in_chinese(wrong: dict[str, Any]) -> None:
    asked: dict[str, Any] = {"method": "rebuild", "size": 3, "main": 50, **wrong}
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        judged(FUXIN, DAY, **asked)


def test_before_the_programme_there_is_no_rule() -> None:
    with pytest.raises(policy.NoRule):
        judged(FUXIN, date(2009, 2, 28), method="rebuild", size=3, main=50)
