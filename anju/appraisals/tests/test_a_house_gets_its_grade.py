"""A house gets its grade by the standard of its day; grades follow from the papers whatever the order in which they come and go."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions.appraising import acknowledge, withdraw
from anju.appraisals.models import Appraisal, HouseGrade
from anju.appraisals.tests.conftest import GOOD, TODAY, house_of
from anju.policy import keys, value
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household, Leaving
from anju.vocabulary.fieldwork import Captured

Submit = Callable[..., Appraisal]
ON = date(2020, 5, 1)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Each example begins with nothing appraised."""
    sid = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(sid)


def _refused(rule: Any, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.rule is rule, refusal.value.message
    assert rule.source in refusal.value.message
    return refusal.value.message


def test_the_worst_component_makes_the_grade_and_it_holds_from_that_day(give: Submit) -> None:
    paper = give("d", on=ON)
    assert (paper.computed, paper.grade, paper.standard[:4], paper.advice) == ("D", "D", "2019", "rebuild")
    assert paper.number == "210922-JD2020-000001"
    assert paper.objection_until == ON + timedelta(days=value(keys.OBJECTION_DAYS, paper.area, ON))
    assert {(one.component, one.level) for one in paper.components.all()} >= {("bearing_wall", "d"), ("foundation", "a")}
    (fact,) = HouseGrade.objects.open()
    assert (fact.grade, fact.valid_from, fact.appraisal) == ("D", ON, paper)
    assert give("c", on=TODAY).number == "210922-JD2020-000002"
    assert [(one.grade, one.valid_from, one.valid_to) for one in HouseGrade.objects.filter(superseded_at=None).order_by("valid_from")] == [
        ("D", ON, TODAY),
        ("C", TODAY, None),
    ]
    paper.refresh_from_db()
    assert paper.state == "superseded"


def test_before_the_guide_of_2019_the_guide_of_2009_is_asked_for(give: Submit) -> None:
    old = date(2019, 11, 27)
    paper = give(form={"qualitative": "D", "structure": "brick_timber", "storeys": 1}, on=old)
    assert (paper.standard[:4], paper.qualitative, paper.grade) == ("2009", "D", "D")
    _refused(rules.FORM, lambda: give("a", on=old))
    said = _refused(rules.STANDARD, lambda: give(form={**GOOD, "standard": "2019"}, on=old))
    assert "2009" in said
    _refused(rules.NOT_BETTER, lambda: give(form={"qualitative": "D"}, on=old, grade="B", why="屋架已加固"))


def test_what_the_programme_does_not_allow_is_refused_with_its_rule(
    give: Submit, households: list[Household], clerk: User, collector: User, stranger: User
) -> None:
    _refused(rules.STOREYS, lambda: give(form={**GOOD, "storeys": 3}))
    _refused(rules.DAY, lambda: give(on=TODAY + timedelta(days=1)))
    _refused(rules.APPRAISERS, lambda: give(appraisers=[" "]))
    _refused(rules.OVERRIDE, lambda: give("c", grade="B"))
    assert give("c", grade="B", why="裂缝为抹灰层裂缝").override_reason
    _refused(rules.HOUSE, lambda: give(household=households[0], dwelling=house_of(households[1])))
    _refused(rules.ROLE, lambda: give(by=collector))
    _refused(rules.ROLE, lambda: give(by=stranger))
    _refused(rules.FORM, lambda: give(form={**GOOD, "components": {"foundation": "e"}}))
    _refused(rules.IDENTITY, lambda: give(subsidy=True))
    registry.close(household=households[2], on=TODAY, by=clerk, reason=Leaving.DIED)
    _refused(rules.HOUSE, lambda: give(household=households[2]))


def test_one_submission_of_a_device_is_one_appraisal(give: Submit) -> None:
    item = Captured(client_id="8f14e45f-ceea-467f-a0e6-1f0b1f4d6a10", device="phone-7")
    first = give("c", on=ON, captured=item)
    assert give("c", on=ON, captured=item) == first
    assert Appraisal.objects.count() == 1
    _refused(rules.TWICE, lambda: give("c", on=TODAY, captured=item))


def test_a_wrong_paper_is_withdrawn_and_the_grade_before_it_holds_again(give: Submit, clerk: User) -> None:
    first, second = give("b", on=ON), give("d", on=TODAY)
    _refused(rules.REASON, lambda: withdraw(appraisal=second, by=clerk, reason=" "))
    withdraw(appraisal=second, by=clerk, reason="鉴定的是邻家的房子")
    first.refresh_from_db()
    assert (first.state, first.superseded_by) == ("valid", None)
    (fact,) = HouseGrade.objects.open()
    assert (fact.grade, fact.valid_from) == ("B", ON)
    _refused(rules.STATE, lambda: withdraw(appraisal=second, by=clerk, reason="再一次"))


def test_a_submitted_paper_is_never_edited(give: Submit) -> None:
    paper = give("d", on=ON)
    for change in ({"grade": "A"}, {"on": TODAY}, {"computed": "A"}, {"override_reason": "改"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Appraisal.objects.filter(pk=paper.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Appraisal.objects.filter(pk=paper.pk).delete()


def test_the_household_signs_under_the_result(give: Submit, collector: User) -> None:
    paper = give("c", on=ON)
    signed = acknowledge(appraisal=paper, agreed=True, by=collector, on=TODAY)
    assert (signed.acknowledged, signed.acknowledged_on) == ("agreed", TODAY)
    _refused(rules.DAY, lambda: acknowledge(appraisal=paper, agreed=True, by=collector, on=ON - timedelta(days=1)))
    give("b", on=TODAY)
    _refused(rules.STATE, lambda: acknowledge(appraisal=paper, agreed=False, by=collector))


_ACTS = st.lists(st.tuples(st.sampled_from(["submit", "withdraw"]), st.integers(0, 20), st.sampled_from("abcd")), max_size=8)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_on_every_day_the_last_paper_that_counts_gives_the_grade(give: Submit, clerk: User, acts: list[tuple[str, int, str]]) -> None:
    """Whatever comes and goes, in whatever order: the ten-line oracle and the facts agree on every day."""
    with rolled_back():
        papers: list[tuple[date, int, str]] = []
        for act, number, level in acts:
            if act == "submit":
                paper = give(level, on=ON + timedelta(days=number))
                papers.append((paper.on, paper.pk, paper.grade))
            elif papers:
                gone = papers.pop(number % len(papers))
                withdraw(appraisal=Appraisal.objects.get(pk=gone[1]), by=clerk, reason="作废")
        for offset in range(-1, 22):
            day = ON + timedelta(days=offset)
            held = max((paper for paper in papers if paper[0] <= day), default=None)
            assert list(HouseGrade.objects.as_of(day).values_list("grade", flat=True)) == ([held[2]] if held else [])
        counting = Appraisal.objects.filter(state="valid")
        assert [paper.pk for paper in counting] == ([max(papers)[1]] if papers else [])
