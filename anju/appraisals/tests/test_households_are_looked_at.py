"""Rounds, screenings with their undo, coverage that adds up, hazards from report to striking off."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals import rules
from anju.appraisals.actions import hazards, rounds, screening
from anju.appraisals.models import Appraisal, Round, Screening
from anju.appraisals.queries.coverage import Coverage, coverage, in_scope, looked_dangerous
from anju.appraisals.tests.conftest import COUNTY, TODAY, TOWNSHIP, VILLAGE
from anju.refusing import Refused
from anju.registry.models import Household
from anju.vocabulary.fieldwork import Captured

Submit = Callable[..., Appraisal]
ON = date(2020, 6, 1)


def _refused(rule: Any, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.rule is rule, refusal.value.message
    return refusal.value.message


def suspects(area: str) -> list[Household]:
    return [look.household for look in looked_dangerous(area)]


@pytest.fixture
def round_(clerk: User) -> Round:
    """A great round over the county."""
    return rounds.open_round(
        area=COUNTY, kind="great", name="大排查大整改", starts_on=ON, ends_on=TODAY, by=clerk, document="彰住建〔2020〕12号"
    )


def test_a_round_is_opened_staffed_and_closed(round_: Round, clerk: User, collector: User, households: list[Household]) -> None:
    given: dict[str, Any] = {"area": COUNTY, "kind": "great", "starts_on": ON, "ends_on": TODAY, "by": clerk}
    _refused(rules.ROUND, lambda: rounds.open_round(name="大排查大整改", **given))
    _refused(rules.ROUND, lambda: rounds.open_round(name="回头看", **{**given, "ends_on": ON - timedelta(days=1)}))
    _refused(rules.ROUND, lambda: rounds.open_round(name="回头看", categories=["XX"], **given))
    _refused(rules.ROLE, lambda: rounds.open_round(name="回头看", **{**given, "by": collector}))
    assert rounds.staff(round=round_, cadres=4687, experts=52, by=clerk).cadres == 4687
    rounds.close_round(round=round_, by=clerk)
    round_.refresh_from_db()
    _refused(rules.ROUND, lambda: screening.screen(round=round_, household=households[0], result="fine", by=collector))


def test_a_later_look_supersedes_and_an_undo_brings_the_former_back(round_: Round, collector: User, households: list[Household]) -> None:
    first = screening.screen(round=round_, household=households[0], result="absent", by=collector, on=ON)
    second = screening.screen(round=round_, household=households[0], result="suspect", by=collector, note="后墙裂")
    first.refresh_from_db()
    assert first.superseded_at is not None
    assert suspects(COUNTY) == [households[0]]
    _refused(rules.SCREENED, lambda: screening.undo(screening=first, by=collector))
    assert screening.undo(screening=second, by=collector) == first
    assert list(Screening.objects.filter(superseded_at=None)) == [first]
    _refused(
        rules.ROUND, lambda: screening.screen(round=round_, household=households[0], result="fine", by=collector, on=ON - timedelta(days=1))
    )
    _refused(rules.SCREENED, lambda: screening.screen(round=round_, household=households[0], result="D", by=collector))


def test_a_suspect_house_waits_until_it_is_appraised(round_: Round, collector: User, households: list[Household], give: Submit) -> None:
    screening.screen(round=round_, household=households[0], result="suspect", by=collector, on=ON)
    give("a", on=ON - timedelta(days=1))
    assert suspects(COUNTY) == [households[0]]
    give("b", on=ON)
    assert suspects(COUNTY) == []


def test_only_the_categories_of_the_round_count(clerk: User, collector: User, households: list[Household]) -> None:
    poor = rounds.open_round(area=COUNTY, kind="focused", name="贫困户", starts_on=ON, ends_on=TODAY, by=clerk, categories=["JDLK"])
    assert coverage(poor)[COUNTY] == Coverage(COUNTY, households=1, left=1)
    assert list(in_scope(poor, result="left")) == [households[0]]
    _refused(rules.ROUND, lambda: screening.screen(round=poor, household=households[1], result="fine", by=collector))


def test_many_alike_in_one_act_leave_the_others_alone(round_: Round, collector: User, households: list[Household]) -> None:
    screening.screen(round=round_, household=households[0], result="suspect", by=collector)
    assert len(screening.screen_alike(round=round_, households=households, by=collector)) == 2
    assert coverage(round_)[COUNTY] == Coverage(COUNTY, households=3, fine=2, suspect=1)
    assert coverage(round_, digits=9) == {TOWNSHIP: Coverage(TOWNSHIP, households=3, fine=2, suspect=1)}


def test_one_submission_of_a_device_is_one_screening(round_: Round, collector: User, households: list[Household]) -> None:
    item = Captured(client_id="1679091c-5a88-4faf-afb5-e6087eb1b2dc")
    first = screening.screen(round=round_, household=households[0], result="fine", by=collector, captured=item)
    assert screening.screen(round=round_, household=households[0], result="fine", by=collector, captured=item) == first
    _refused(rules.TWICE, lambda: screening.screen(round=round_, household=households[0], result="suspect", by=collector, captured=item))


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.integers(0, 2), st.sampled_from(["fine", "suspect", "no_house", "absent", "undo"])), max_size=12))
def test_coverage_counts_what_the_list_shows(
    round_: Round, collector: User, households: list[Household], acts: list[tuple[int, str]]
) -> None:
    """Whatever was recorded and undone: an oracle of a stack per household, the counts and the lists agree at every level."""
    sid = transaction.savepoint()
    try:
        stacks: dict[int, list[str]] = {household.pk: [] for household in households}
        for which, act in acts:
            household = households[which]
            if act == "undo":
                held = Screening.objects.filter(round=round_, household=household, superseded_at=None).first()
                if held is not None:
                    screening.undo(screening=held, by=collector)
                    stacks[household.pk].pop()
            else:
                screening.screen(round=round_, household=household, result=act, by=collector)
                stacks[household.pk].append(act)
        told = [stack[-1] if stack else "left" for stack in stacks.values()]
        for digits, place in ((0, COUNTY), (9, TOWNSHIP), (12, VILLAGE)):
            found = coverage(round_, digits=digits)[place]
            for result in ("fine", "suspect", "no_house", "absent", "left"):
                assert getattr(found, result) == told.count(result) == in_scope(round_, within=place, result=result).count()
            assert found.households == len(households)
    finally:
        transaction.savepoint_rollback(sid)


def test_a_hazard_is_struck_only_once_the_household_lives_safely(
    households: list[Household], collector: User, stranger: User, give: Submit
) -> None:
    given: dict[str, Any] = {
        "household": households[0],
        "way": "household",
        "cause": "flood",
        "description": "暴雨后山墙外鼓",
        "by": collector,
    }
    _refused(rules.HAZARD, lambda: hazards.report(**{**given, "description": " "}))
    _refused(rules.ROLE, lambda: hazards.report(**{**given, "by": stranger}))
    found = hazards.report(**given, on=ON)
    assert found.due == date(2020, 6, 20)
    _refused(rules.HAZARD, lambda: hazards.report(**given))
    hazards.evacuate(hazard=found, by=collector)
    _refused(rules.SAFE_AGAIN, lambda: hazards.close(hazard=found, by=collector, how="修好了"))
    bad = give("c", on=TODAY)
    _refused(rules.SAFE_AGAIN, lambda: hazards.close(hazard=found, by=collector, how="修好了", appraisal=bad))
    good = give("b", on=TODAY)
    _refused(rules.SAFE_AGAIN, lambda: hazards.close(hazard=found, by=collector, how="修好了", appraisal=bad))
    assert hazards.close(hazard=found, by=collector, how="加固后鉴定为 B 级", appraisal=good).closed_on == TODAY
    _refused(rules.HAZARD, lambda: hazards.close(hazard=found, by=collector, how="再一次", housed=True))


@pytest.mark.parametrize(
    ("on", "urgent", "due"),
    [
        (date(2020, 6, 1), False, date(2020, 6, 20)),
        (date(2020, 6, 20), False, date(2020, 6, 20)),
        (date(2020, 6, 21), False, date(2020, 7, 20)),
        (date(2019, 12, 31), False, date(2020, 1, 20)),
    ],
)
def test_the_day_by_which_a_hazard_is_appraised(on: date, urgent: bool, due: date) -> None:
    assert hazards.due_after(COUNTY, on) == due
