"""The test vectors of domain 4.4 and the criteria printed in 2.1.2, one by one."""

from fractions import Fraction

import pytest

from anju.grading import appraise
from anju.grading.quantitative import composite, membership, share
from anju.grading.standards import STANDARDS

PARTS = STANDARDS["2009"].parts


def of_shares(foundation: str, upper: str, enclosure: str) -> tuple[str, list[float]]:
    found = composite(PARTS, {"foundation": Fraction(foundation), "upper": Fraction(upper), "enclosure": Fraction(enclosure)})
    return found.grade, [round(float(value), 6) for value in found.mu.values()]


@pytest.mark.parametrize(
    ("shares", "grade", "mu"),
    [
        (("0", "10", "0"), "B", [0.3, 0.6, 0.2, 0]),
        (("0", "25", "0"), "C", [0.3, 0.2, 0.6, 0]),
        (("0", "0", "0"), "A", [0.6, 0, 0, 0]),
        (("0", "100", "0"), "D", [0.3, 0, 0, 0.6]),
        (("100", "0", "0"), "D", [0.6, 0, 0, 0.3]),
        (("0", "17.5", "0"), "C", [0.3, 0.5, 0.5, 0]),
        (("0", "65", "0"), "D", [0.3, 0, 0.5, 0.5]),
        (("50", "0", "0"), "A", [0.6, 0, 0.3, 0.285714]),
    ],
)
def test_the_composite_of_annex_a(shares: tuple[str, str, str], grade: str, mu: list[float]) -> None:
    assert of_shares(*shares) == (grade, mu)


@pytest.mark.parametrize(
    ("p", "mu"),
    [
        ("0", ["1", "0", "0", "0"]),
        ("1/1000", ["0", "1", "0", "0"]),
        ("5", ["0", "1", "0", "0"]),
        ("10", ["0", "4/5", "1/5", "0"]),
        ("29", ["0", "1/25", "24/25", "0"]),
        ("30", ["0", "0", "1", "0"]),
        ("30.07", ["0", "0", "0.999", "0.001"]),
        ("65", ["0", "0", "1/2", "1/2"]),
        ("93", ["0", "0", "1/10", "9/10"]),
        ("100", ["0", "0", "0", "1"]),
    ],
)
def test_membership_at_the_edges_of_the_table(p: str, mu: list[str]) -> None:
    assert list(membership(Fraction(p)).values()) == [Fraction(each) for each in mu]


@pytest.mark.parametrize(
    ("counts", "p", "quantitative"),
    [
        ({"foundation": [0, 10], "upper": {"slab": [1, 10]}, "enclosure": [0, 4]}, 10.0, "B"),
        ({"foundation": [0, 10], "upper": {"wall": [1, 4]}, "enclosure": [0, 4]}, 25.0, "C"),
        ({"foundation": [0, 10], "upper": {"wall": [0, 4]}, "enclosure": [0, 4]}, 0.0, "A"),
        ({"upper": {"column": [4, 4], "truss": [2, 2]}}, 100.0, "D"),
        ({"foundation": [10, 10], "upper": {"wall": [0, 4]}}, 0.0, "D"),
        ({"upper": {"slab": [7, 40]}}, 17.5, "C"),
        ({"upper": {"main_beam": [13, 20]}}, 65.0, "D"),
    ],
)
def test_a_2009_form_is_d_whatever_the_calculation_gives(counts: dict[str, object], p: float, quantitative: str) -> None:
    outcome = appraise({"standard": "2009", "qualitative": "D", "counts": counts}).as_json()
    assert (outcome["grade"], outcome["qualitative"], outcome["quantitative"]) == ("D", "D", quantitative)
    assert outcome["p"]["upper"] == p


def test_members_weigh_as_annex_a_says() -> None:
    upper = next(part for part in PARTS if part.key == "upper")
    assert {each.key: float(each.weight) for each in upper.members} == {
        "column": 2.4,
        "wall": 2.4,
        "main_beam": 1.9,
        "truss": 1.9,
        "secondary_beam": 1.4,
        "slab": 1.0,
    }
    outcome = appraise(
        {
            "standard": "2009",
            "qualitative": "D",
            "counts": {"upper": {"column": [1, 8], "wall": [2, 6], "main_beam": [0, 3], "secondary_beam": [1, 10], "slab": [3, 20]}},
        }
    )
    assert outcome.p is not None
    assert outcome.p["upper"] == Fraction(24 * 3 + 14 + 30, 24 * 14 + 19 * 3 + 140 + 200) * 100
    assert share(upper, {}) == 0


def test_equal_memberships_give_the_worse_grade_and_say_so() -> None:
    outcome = appraise({"standard": "2009", "qualitative": "D", "counts": {"upper": {"slab": [7, 40]}}})
    assert any("隶属度相等" in reason and "取较差的" in reason for reason in outcome.reasons)


def test_a_better_calculation_asks_for_the_reason() -> None:
    outcome = appraise({"standard": "2009", "qualitative": "D", "counts": {"upper": {"slab": [1, 10]}}})
    assert outcome.asks_reason
    assert "须写明" in outcome.reasons[-1]
    same = appraise({"standard": "2009", "qualitative": "D", "counts": {"upper": {"slab": [10, 10]}}})
    assert not same.asks_reason


def test_only_d_houses_are_calculated() -> None:
    outcome = appraise({"standard": "2009", "qualitative": "C", "counts": {"upper": {"slab": [1, 10]}}})
    assert (outcome.grade, outcome.quantitative, outcome.p, outcome.mu) == ("C", None, None, None)
    assert not outcome.asks_reason
    contradicted = appraise({"standard": "2009", "qualitative": "B", "counts": {"upper": {"slab": [10, 10]}}})
    assert contradicted.grade == "B"
    assert contradicted.asks_reason


def grade_2019(**components: str) -> str:
    return appraise({"standard": "2019", "site": "safe", "components": components}).grade


def test_the_worst_component_makes_the_2019_grade() -> None:
    assert appraise({"standard": "2019", "site": "safe", "components": {"地基基础": "b", "承重墙": "a", "木屋架": "c"}}).grade == "C"
    assert grade_2019(foundation="b", bearing_wall="a", timber_truss="c") == "C"
    assert grade_2019(foundation="a", bearing_wall="d") == "D"
    assert grade_2019(foundation="a", bearing_wall="b") == "B"
    assert grade_2019(foundation="a", bearing_wall="a") == "A"


def test_a_dangerous_site_is_d_with_every_component_a() -> None:
    outcome = appraise({"standard": "2019", "site": "dangerous", "components": {"foundation": "a", "bearing_wall": "a"}})
    assert outcome.grade == "D"
    assert "迁址" in outcome.reasons[0]
    assert appraise({"standard": "2019", "site": "dangerous"}).grade == "D"


def test_what_2019_does_not_compute_is_empty() -> None:
    outcome = appraise({"standard": "2019", "site": "safe", "components": {"foundation": "a"}}).as_json()
    assert list(outcome) == ["grade", "qualitative", "quantitative", "components", "disaster", "p", "mu", "reasons"]
    assert (outcome["quantitative"], outcome["p"], outcome["mu"], outcome["disaster"]) == (None, None, None, None)
