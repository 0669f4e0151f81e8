"""Worsening any finding never improves the grade; the grade is never better than the qualitative one; p and result are monotone."""

from fractions import Fraction
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from anju.grading import appraise
from anju.grading.form import DISASTER
from anju.grading.quantitative import composite, membership
from anju.grading.standards import STANDARDS
from anju.vocabulary.grade import GRADES, LEVELS

GUIDE_2019, GUIDE_2009 = STANDARDS["2019"], STANDARDS["2009"]
MEMBERS = next(part for part in GUIDE_2009.parts if part.key == "upper").members

levels = st.sampled_from(LEVELS)
grades = st.sampled_from(tuple(GRADES))
some_components = st.dictionaries(st.sampled_from([each.key for each in GUIDE_2019.components]), levels, min_size=1)
counts = st.integers(0, 60).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))).map(list)
disaster = st.dictionaries(st.sampled_from([each.key for each in GUIDE_2019.hazards]), st.sampled_from(tuple(DISASTER)))
percent = st.fractions(0, 100, max_denominator=400)


@st.composite
def forms_2019(draw: st.DrawFn) -> dict[str, Any]:
    form: dict[str, Any] = {"standard": "2019", "site": draw(st.sampled_from(["safe", "dangerous"])), "components": draw(some_components)}
    if draw(st.booleans()):
        form["whole"] = draw(levels)
    if draw(st.booleans()):
        form["disaster"] = draw(disaster)
    if draw(st.booleans()):
        form["intensity"] = draw(st.integers(6, 9))
    return form


@st.composite
def forms_2009(draw: st.DrawFn) -> dict[str, Any]:
    parts: dict[str, Any] = {}
    if draw(st.booleans()):
        parts["foundation"] = draw(counts)
    if draw(st.booleans()):
        parts["upper"] = draw(st.dictionaries(st.sampled_from([each.key for each in MEMBERS]), counts))
    if draw(st.booleans()):
        parts["enclosure"] = draw(counts)
    form: dict[str, Any] = {"standard": "2009", "qualitative": draw(grades), "counts": parts}
    if draw(st.booleans()):
        form["site"] = draw(st.sampled_from(["safe", "dangerous"]))
    if draw(st.booleans()):
        form["components"] = draw(st.dictionaries(st.sampled_from([each.key for each in GUIDE_2009.components]), levels))
    return form


def next_worse(letters: tuple[str, ...], letter: str) -> str:
    return letters[min(letters.index(letter) + 1, 3)]


def worsened(form: dict[str, Any]) -> list[dict[str, Any]]:
    """Every form that differs from this one in one finding that is worse."""
    found = []
    if form.get("site") == "safe":
        found.append(form | {"site": "dangerous"})
    for key, level in form.get("components", {}).items():
        found.append(form | {"components": form["components"] | {key: next_worse(LEVELS, level)}})
    if "whole" in form:
        found.append(form | {"whole": next_worse(LEVELS, form["whole"])})
    for key in form.get("disaster", {}):
        found.append(form | {"disaster": form["disaster"] | {key: "none"}})
    if "qualitative" in form:
        found.append(form | {"qualitative": next_worse(tuple(GRADES), form["qualitative"])})
    parts = form.get("counts", {})
    for key, count in parts.items():
        if key != "upper":
            found.append(form | {"counts": parts | {key: [min(count[0] + 1, count[1]), count[1]]}})
            found.append(form | {"counts": parts | {key: [count[0] + 1, count[1] + 1]}})
    for member, (dangerous, total) in parts.get("upper", {}).items():
        found.append(form | {"counts": parts | {"upper": parts["upper"] | {member: [min(dangerous + 1, total), total]}}})
        found.append(form | {"counts": parts | {"upper": parts["upper"] | {member: [dangerous + 1, total + 1]}}})
    return found


@given(forms_2019())
def test_worsening_one_finding_never_improves_the_2019_grade(form: dict[str, Any]) -> None:
    grade = appraise(form).grade
    assert all(appraise(worse).grade >= grade for worse in worsened(form))


@given(forms_2009())
def test_worsening_one_finding_never_improves_the_2009_grade_or_calculation(form: dict[str, Any]) -> None:
    before = appraise(form)
    for worse in worsened(form):
        after = appraise(worse)
        assert after.grade >= before.grade
        if before.quantitative and after.quantitative:
            assert after.quantitative >= before.quantitative


@given(forms_2019())
def test_the_2019_grade_is_the_rule_as_printed(form: dict[str, Any]) -> None:
    outcome = appraise(form)
    assert outcome.grade == ("D" if form["site"] == "dangerous" else max(form["components"].values()).upper())
    assert outcome.qualitative == outcome.grade
    assert dict(outcome.components) == form["components"]
    assert outcome.reasons


@given(forms_2019(), disaster, st.integers(6, 9))
def test_disaster_prevention_never_changes_the_grade(form: dict[str, Any], other: dict[str, str], intensity: int) -> None:
    outcome = appraise(form | {"disaster": other, "intensity": intensity})
    assert outcome.grade == appraise(form).grade
    assert (outcome.disaster is None) == (not other)
    if set(other.values()) in ({"has"}, {"none"}, {"partly"}):
        assert outcome.disaster == next(iter(other.values()))
    elif other:
        assert outcome.disaster == "partly"


@given(forms_2009())
def test_the_grade_is_never_better_than_the_qualitative_one(form: dict[str, Any]) -> None:
    outcome = appraise(form)
    assert outcome.grade >= form["qualitative"]
    assert outcome.grade == ("D" if form.get("site") == "dangerous" else form["qualitative"])
    assert (outcome.quantitative is not None) == (form["qualitative"] == "D")
    if outcome.quantitative is not None and outcome.quantitative < outcome.qualitative:
        assert outcome.asks_reason
        assert any("定量结果" in reason and "须写明" in reason for reason in outcome.reasons)


@given(percent, percent, percent, percent)
def test_the_calculation_is_monotone_in_every_p(foundation: Fraction, upper: Fraction, enclosure: Fraction, more: Fraction) -> None:
    shares = {"foundation": foundation, "upper": upper, "enclosure": enclosure}
    grade = composite(GUIDE_2009.parts, shares).grade
    for key, share in shares.items():
        assert composite(GUIDE_2009.parts, shares | {key: min(share + more, Fraction(100))}).grade >= grade


@given(percent)
def test_memberships_lie_between_none_and_full(p: Fraction) -> None:
    mu = membership(p)
    assert all(0 <= value <= 1 for value in mu.values())
    assert sum(mu.values()) == 1


def test_the_calculation_reaches_every_grade_in_order() -> None:
    found = [composite(GUIDE_2009.parts, {"upper": Fraction(p, 2)}).grade for p in range(201)]
    assert all(earlier <= later for earlier, later in pairwise(found))
    assert set(found) == set(GRADES)
