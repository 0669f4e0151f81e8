"""The renovations of a small city: as many as were asked for, in every stage and on every side road, each held to every rule."""

from collections import Counter
from datetime import timedelta

import pytest

from anju import clock
from anju.accounts.models import User
from anju.cases import queries
from anju.cases.models import AnnualPlan, Case, CaseStep, CaseWaiver, HouseholdPlan, QuotaRequest
from anju.cases.standing import COLUMNS, counting, standing
from anju.cases.workflow import STAGES, UNSTARTED, WORKING
from anju.demo import load, renovations
from anju.demo.story import DESK
from anju.demo.tests.conftest import Stand
from anju.imports.models import ImportBatch
from anju.notices.models import Notice, Objection
from anju.registry.models import HouseholdCard
from anju.vocabulary.numbers import luhn

HOUSEHOLDS = 3_000
WANTED = renovations.wanted(HOUSEHOLDS)
SIDE = {"returned", "paused", "refused", "withdrawn", "other_route"}


def test_fuxin_renovated_so_many() -> None:
    assert renovations.wanted() == renovations.Wanted(cases=1_735, poor=1_004, toilets=519)


@pytest.fixture
def small_city(stands_for_the_city: Stand) -> None:
    """Two counties of 28 villages each."""
    stands_for_the_city(counties=2, townships=7, villages=4, first=21)


@pytest.mark.django_db(transaction=True)
def test_the_renovations_of_a_city(small_city: None, jobs_inline: None) -> None:
    """One loading, and everything that holds of it."""
    assert load.load(households=HOUSEHOLDS, processes=1) == 0
    cases = list(Case.objects.filter(applied_on__year=2020).order_by("pk"))
    _as_many_as_asked_for(cases)
    _each_is_what_its_steps_say(cases)
    _notices_hung_their_days()
    _most_gave_their_cards(cases)
    _everybody_has_work()
    _earlier_years_are_history()
    before = CaseStep.objects.count()
    assert load.load(households=HOUSEHOLDS, processes=1) == 0
    assert CaseStep.objects.count() == before


def _as_many_as_asked_for(cases: list[Case]) -> None:
    assert len(cases) == WANTED.cases
    assert sum(one.group == "JDLK" for one in cases) == WANTED.poor
    stages = Counter(one.stage for one in cases)
    assert set(stages) >= {*UNSTARTED, "started", *SIDE}
    assert set(stages) <= {one.code for one in STAGES}
    assert {one.group for one in cases} > {"JDLK"}
    assert {one.grade for one in cases} >= {"C", "D"}
    days = dict(AnnualPlan.objects.filter(year=2020, area__in=["21", "2109", DESK]).values_list("area", "complete_due"))
    assert days["21"] > days["2109"] > days[DESK], "a level's day is earlier than that of the level above"
    assert QuotaRequest.objects.filter(state=QuotaRequest.State.ASKED).count() == 2
    toilets = HouseholdPlan.objects.exclude(toilet="").filter(toilet_consent=True, case__grade="D", case__group="JDLK")
    fit = HouseholdPlan.objects.filter(case__grade="D", case__group="JDLK").values("case").distinct().count()
    assert toilets.count() == HouseholdPlan.objects.exclude(toilet="").count() == min(WANTED.toilets, fit) > 0
    told = set(CaseStep.objects.values_list("code", flat=True))
    assert told >= {"resubmit", "resume", "change_head", "split", "undo"}
    assert CaseWaiver.objects.exists()
    assert Objection.objects.filter(notice__cases__isnull=False, result="").exists()
    back = Counter(CaseStep.objects.filter(code="return").values_list("case", flat=True))
    assert max(back.values()) == 2


def _each_is_what_its_steps_say(cases: list[Case]) -> None:
    steps: dict[int, list[CaseStep]] = {}
    for step in CaseStep.objects.order_by("id"):
        steps.setdefault(step.case_id, []).append(step)
    for one in cases:
        told = standing(steps[one.pk])
        assert {name: getattr(one, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}, one.number
        days = [step.on for step in counting(steps[one.pk])]
        on_the_road = [step.on for step in counting(steps[one.pk]) if step.code not in _ASIDE]
        assert on_the_road == sorted(on_the_road), one.number
        assert max(days) <= clock.today()
        milestones = [day for day in (one.applied_on, one.approved_on, one.started_on, one.completed_on) if day is not None]
        assert milestones == sorted(milestones)
        assert one.appraisal is None or one.appraisal.on <= one.applied_on


_ASIDE = ("visit", "survey_mode", "agree", "stock_materials", "train")
"""What leaves a case where it stands may be written down later than what follows."""


def _notices_hung_their_days() -> None:
    hung = list(Notice.objects.filter(cases__isnull=False).distinct())
    assert hung
    for notice in hung:
        assert notice.days >= 7
        assert notice.start_photo_on is not None
        if notice.closed_on is not None:
            assert notice.closed_on >= notice.starts_on + timedelta(days=notice.days)
            assert notice.end_photo_on is not None
    assert any(notice.closed_on is None for notice in hung)


def _most_gave_their_cards(cases: list[Case]) -> None:
    signed = {one.household_id for one in cases if "agreement" in one.marks}
    cards = HouseholdCard.objects.open().filter(household__in=signed)
    assert 0.8 * len(signed) < cards.count() < len(signed)
    assert all(luhn(number) and number.startswith("99") for number in (one.card_no.clear for one in cards))


def _earlier_years_are_history() -> None:
    finished = Case.objects.exclude(source="")
    assert finished.count() > 100
    assert {one.stage for one in finished} == {"closed"}
    assert 2009 <= min(one.year or 0 for one in finished) < max(one.year or 0 for one in finished) <= 2019
    assert set(ImportBatch.objects.filter(kind="renovations").values_list("status", flat=True)) == {"done"}


def _everybody_has_work() -> None:
    for login, works in (
        ("demo-village", {"review", "posted", "report", "returned"}),
        ("demo-township", {"visit", "review_township", "post", "prepare", "start", "report", "returned"}),
        (f"demo-sign-civil-affairs-{DESK}", {"check"}),
        (f"demo-clerk-{DESK}", {"check", "pass", "approve", "prepare", "post"}),
    ):
        user = User.objects.get(login=login)
        waiting = queries.waits(user, user.area)
        assert {work for work in works if not waiting[work][0]} == set(), login
    assert Case.objects.filter(stage__in=WORKING).count() > Case.objects.filter(stage__in=UNSTARTED).count() // 4
