"""What a household is paid: the nearest standard for it, worked out in whole fen, or why there is none."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anju.policy.loading import load
from anju.policy.lookup import SHIPPED, find
from anju.policy.subsidy import AreaNeeded, MoreNeeded, NoSubsidyRule, Subsidy, subsidy
from anju.policy.tests.conftest import Set
from anju.policy.values.eligibility import AllowedMethods
from anju.policy.values.subsidy import GRADE_NAMES, OTHERS, Asked, PerSquareMetre, Scope, SubsidyRule, letter
from anju.vocabulary.grade import ALIASES
from anju.vocabulary.keygroup import KEY_GROUPS
from anju.vocabulary.method import METHODS

YUZHOU, DAY = "411081", date(2022, 6, 1)
SHIPPED_RULES = load([SHIPPED])


def paid(area: str = YUZHOU, on: date = DAY, **asked: Any) -> Subsidy:
    return subsidy(area, on, **{"group": "DB", "grade": "D", "method": "rebuild", "size": 3, "main_area": 58, **asked})


def refused(area: str = YUZHOU, on: date = DAY, **asked: Any) -> str:
    with pytest.raises(NoSubsidyRule) as none:
        paid(area, on, **asked)
    return str(none.value)


def test_yuzhou_pays_by_the_square_metre_up_to_a_cap() -> None:
    found = paid()
    assert (found.amount, found.ceiling, found.least) == (3_024_000, False, None)
    assert found.steps == ("主房 58 ㎡，超过 48 ㎡，按 48 ㎡ 计", "48 ㎡ × 630.00 元 = 30,240.00 元")
    assert "禹州 2022" in found.source
    assert found.sources == (found.source,)
    assert "每平方米 630.00 元" in found.rule


@pytest.mark.parametrize(
    ("size", "area", "fen"),
    [(1, 24, 1_512_000), (1, 30, 1_512_000), (1, 20, 1_260_000), (2, 36, 2_268_000), (3, Decimal("47.99"), 3_023_370), (4, 60, 3_780_000),
     (4, 90, 5_000_000), (9, 300, 5_000_000)],
)  # fmt: skip
def test_the_caps_of_yuzhou(size: int, area: Decimal | int, fen: int) -> None:
    assert paid(size=size, main_area=area).amount == fen


@settings(deadline=None)
@given(st.integers(1, 12), st.decimals(0, 500, places=2), st.decimals(0, 500, places=2))
def test_a_larger_house_is_never_paid_less_and_none_above_the_cap(size: int, one: Decimal, other: Decimal) -> None:
    small, large = sorted((one, other))
    less, more = paid(size=size, main_area=small).amount, paid(size=size, main_area=large).amount
    assert 0 <= less <= more <= {1: 1_512_000, 2: 2_268_000, 3: 3_024_000}.get(size, 5_000_000)


@settings(deadline=None)
@given(
    st.integers(1, 10**8),
    st.none() | st.integers(1, 500),
    st.none() | st.integers(1, 10**9),
    st.decimals(0, 1000, places=2),
    st.decimals(0, 1000, places=2),
)
def test_every_rule_by_the_square_metre_obeys_its_caps(
    fen: int, cap_area: int | None, cap_amount: int | None, one: Decimal, other: Decimal
) -> None:
    rule = PerSquareMetre(fen, cap_area, cap_amount)
    small, large = sorted((one, other))
    less, more = rule.computed(small)[0], rule.computed(large)[0]
    assert 0 <= less <= more
    assert cap_amount is None or more <= cap_amount
    assert cap_area is None or more <= cap_area * fen
    assert more <= large * fen


def test_a_ceiling_says_that_the_county_decides() -> None:
    found = paid(grade="C", method="repair")
    assert (found.amount, found.ceiling, found.least) == (1_500_000, True, None)
    assert "上限" in found.steps[-1]
    found = paid("411323100", grade="D")
    assert (found.amount, found.ceiling, found.least) == (4_000_000, True, 1_300_000)


@pytest.mark.parametrize(
    ("area", "on", "asked", "fen"),
    [
        ("500111", date(2022, 3, 1), {"grade": "C", "method": "repair"}, 750_000),
        ("500111", date(2022, 3, 1), {"grade": "none", "method": "newbuild"}, 3_500_000),
        ("340823", date(2019, 3, 1), {"grade": "D", "method": "rebuild", "group": "JDLK"}, 2_000_000),
        ("340823", date(2019, 3, 1), {"grade": "D", "method": "repair"}, 600_000),
        ("340823", date(2016, 3, 1), {"grade": "C", "method": "repair", "group": "QPK"}, 400_000),
        ("522729104", date(2018, 3, 1), {"grade": "D"}, 3_500_000),
        ("522729104", date(2018, 3, 1), {"grade": "一级危房"}, 3_500_000),
        ("522729104", date(2018, 3, 1), {"grade": "二级危房", "method": "repair"}, 1_500_000),
        ("522729104", date(2018, 3, 1), {"grade": "三级危房", "method": "repair"}, 1_000_000),
        ("522729104", date(2018, 3, 1), {"grade": "三级危房", "method": "repair", "group": "QTN"}, 200_000),
        ("150922", date(2022, 3, 1), {"grade": "D"}, 2_523_200),
    ],
)
def test_what_the_places_pay(area: str, on: date, asked: dict[str, Any], fen: int) -> None:
    assert paid(area, on, main_area=None, **asked).amount == fen


def test_a_village_has_the_standard_of_its_county() -> None:
    assert paid("411081100201").amount == paid("411081000000").amount


def test_the_nearest_area_comes_first_and_leaves_the_rest_to_the_one_above(also: Set) -> None:
    also(
        '[[subsidy.rule]]\narea = "340823"\ngrades = ["D"]\nmethods = ["rebuild"]\nfixed = 30000\nfrom = 2018-01-01\nto = 2020-12-31\nsource = "本县"\n',
        "34-anhui.toml",
    )
    on = date(2019, 3, 1)
    assert paid("340823", on).amount == 3_000_000
    assert paid("340823", on, method="relocate").amount == 2_000_000
    assert paid("340824", on).amount == 2_000_000
    assert paid("340823", date(2017, 12, 31)).amount == 2_000_000


def test_where_there_is_no_standard_it_says_why_and_what_there_is() -> None:
    said = refused("210922", date(2020, 6, 10))
    assert "210922" in said
    assert "2020-06-10" in said
    assert said.endswith("本级和上级都没有录入补助标准。")
    said = refused(grade="none", method="newbuild")
    assert "这一天有" in said
    assert "630.00" in said
    said = refused(on=date(2023, 1, 1))
    assert "其他日期有" in said
    assert "2022-12-31" in said


def test_a_c_house_gets_the_standard_of_a_repair_only() -> None:
    said = refused(grade="C", method="rebuild")
    assert "C 级不能用原址拆除重建，只能用维修加固" in said


def test_gansu_lets_a_c_household_rebuild_with_its_own_money(also: Set) -> None:
    also(
        '[[subsidy.rule]]\narea = "620724"\ngrades = ["C"]\nmethods = ["rebuild"]\nfixed = 9000\nfrom = 2023-08-01\nsource = "x"\n',
        "62-gansu.toml",
    )
    assert paid("620724", date(2023, 8, 1), grade="C").amount == 900_000


def test_a_safe_house_is_paid_nothing() -> None:
    assert "安全住房" in refused(grade="B")


def test_a_group_that_is_no_longer_one_is_paid_nothing() -> None:
    assert "不是重点对象" in refused(group="JDLK")
    assert "不是重点对象" in refused("340823", date(2019, 3, 1), group="QTP")


def test_others_are_paid_only_where_they_are_named() -> None:
    assert "没有适用" in refused(group="QTN")


def test_a_letter_that_a_place_divides_must_be_said_more_closely() -> None:
    with pytest.raises(MoreNeeded, match=r"二级危房、三级危房.*须说明是哪一级"):
        paid("522729104", date(2018, 3, 1), grade="C", method="repair")


def test_a_standard_by_the_square_metre_needs_the_area() -> None:
    assert issubclass(AreaNeeded, MoreNeeded)
    with pytest.raises(AreaNeeded, match="须填主房面积"):
        paid(main_area=None)


@pytest.mark.parametrize(
    "wrong",
    [{"group": "ABC"}, {"grade": "E"}, {"grade": "c"}, {"method": "decorate"}, {"size": 0}, {"size": True}, {"main_area": 58.0},
     {"main_area": -1}, {"main_area": Decimal("58.001")}, {"extras": ["nothing"]}],
)  # fmt: skip
def test_what_is_none_of_the_words_is_refused_in_chinese(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[一-鿿]"):
        paid(**wrong)


def test_what_may_be_added_is_told_and_added_only_when_named() -> None:
    area, on = "341523", date(2019, 3, 1)
    plain = paid(area, on)
    assert (plain.amount, plain.ceiling) == (2_000_000, False)
    assert [one.key for one in plain.extras] == ["little_labour"]
    more = paid(area, on, extras=["little_labour"])
    assert (more.amount, more.ceiling, more.least) == (4_000_000, True, 3_000_000)
    assert len(more.sources) == 2
    assert paid("341522", on).extras == ()


def test_a_fixed_extra_stays_fixed(also: Set) -> None:
    also(
        '[[subsidy.extra]]\narea = "411081"\nkey = "own"\nwho = "无自筹能力的"\nfixed = "2000.50"\nfrom = 2022-01-01\nsource = "x"\n'
        '[[subsidy.extra]]\narea = "41"\nkey = "own"\nwho = "无自筹能力的"\nfixed = 1\nfrom = 2022-01-01\nsource = "y"\n',
        "41-henan.toml",
    )
    found = paid(extras=["own", "own"])
    assert (found.amount, found.ceiling) == (3_024_000 + 200_050, False)
    assert paid(grade="C", method="repair", extras=["own"]).ceiling


# ------------------------------------------------------------------------------------------------ every shipped standard


@pytest.mark.parametrize("rule", SHIPPED_RULES.subsidies, ids=lambda rule: f"{rule.scope.when()} {rule.said()}")
def test_every_shipped_standard_answers(rule: SubsidyRule) -> None:
    scope = rule.scope
    assert scope.source
    for on in {scope.valid_from, scope.valid_to or date(2025, 6, 1)}:
        valid = find("groups.valid", scope.area, on)
        allowed = find("works.methods", scope.area, on)
        assert valid
        assert allowed
        methods: AllowedMethods = allowed.value
        for group in scope.groups or valid.value:
            for grade in scope.grades:
                for method in scope.methods or methods.of(letter(grade)):
                    if method not in methods.of(letter(grade)):
                        continue
                    found = subsidy(scope.area, on, group=group, grade=grade, method=method, size=scope.size_min, main_area=60)
                    assert found.rule == rule.said()
                    assert found.source == scope.source
                    assert found.amount > 0


# ------------------------------------------------------------------------------------------------ overlapping


def scopes() -> st.SearchStrategy[Scope]:
    def some(codes: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
        return st.lists(st.sampled_from(codes), unique=True, min_size=least, max_size=3).map(tuple)

    def made(whom: tuple[tuple[str, ...], ...], sizes: tuple[int, int | None], days: tuple[int, int | None]) -> Scope:
        groups, grades, methods = whom
        size, more = sizes
        first = date(2020, 1, days[0])
        last = None if days[1] is None else date(2020, 1, days[0] + days[1])
        return Scope("21", groups, grades, methods, size, None if more is None else size + more, first, last, "x", "x")

    def once(grades: tuple[str, ...]) -> bool:
        return not any(letter(one) != one and letter(one) in grades for one in grades)

    return st.builds(
        made,
        st.tuples(some(["DB", "TK", *OTHERS]), some(list(GRADE_NAMES), 1).filter(once), some(list(METHODS))),
        st.tuples(st.integers(1, 4), st.none() | st.integers(0, 3)),
        st.tuples(st.integers(1, 5), st.none() | st.integers(0, 5)),
    )


@settings(deadline=None)
@given(scopes(), scopes())
def test_two_standards_meet_exactly_where_a_household_falls_under_both(one: Scope, other: Scope) -> None:
    grades = [*ALIASES, "none"]  # a C house is 二级 or 三级, a D house 一级
    both = any(
        one.covers(asked) and other.covers(asked) and one.holds_on(on) and other.holds_on(on)
        for group in [*OTHERS, "DB", "TK", KEY_GROUPS[0].code]
        for grade in grades
        for method in METHODS
        for size in range(1, 9)
        for asked in [Asked(group, grade, method, size)]
        if one.covers(asked) and other.covers(asked)
        for on in (date(2020, 1, day) for day in range(1, 12))
    )
    assert one.meets(other) == other.meets(one) == both
