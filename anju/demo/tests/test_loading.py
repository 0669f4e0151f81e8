"""The whole story of a very small county, received through the clerk's own doors."""

import json
from typing import Any

import pytest
from django.db.models import Q
from django.utils import timezone

from anju import clock
from anju.accounts import actions as accounts
from anju.accounts.models import Grant
from anju.demo import load, truth
from anju.demo.tests.conftest import Stand
from anju.evidence.models import Photo
from anju.registry.models import Belonging, Household
from anju.rosters.models import Batch, Letter, LockSignature, Match

HOUSEHOLDS = 60


@pytest.fixture
def small_county(stands_for_the_city: Stand) -> None:
    """A county of six villages."""
    stands_for_the_city(counties=1, townships=2, villages=3, first=22)


@pytest.mark.django_db(transaction=True)
def test_every_page_has_its_story_and_a_second_loading_changes_nothing(
    small_county: None, jobs_inline: None, capsys: pytest.CaptureFixture[str], settings: Any
) -> None:
    assert load.load(households=HOUSEHOLDS, processes=1) == 0
    assert clock.today() == truth.BUSINESS_DAY
    manifest = json.loads((load.folder() / "manifest.json").read_text(encoding="utf-8"))
    assert Batch.objects.count() == len(manifest["files"])
    assert not Batch.objects.exclude(status__in=["matched", "locked", "mapping"]).exists()
    assert set(Grant.objects.values_list("role", flat=True)) >= {
        "county_clerk",
        "city_viewer",
        "township_reviewer",
        "cosigner",
        "sender",
    }
    poor = Belonging.objects.filter(category="JDLK", valid_to=None, superseded_at=None).values("household").distinct().count()
    assert poor == HOUSEHOLDS
    assert Household.objects.filter(groups="").exists()
    assert Household.objects.filter(groups__contains="+").exists()
    assert Batch.objects.filter(status="mapping").count() == 1
    assert Batch.objects.filter(status="locked", category="JDLK").exists()
    assert LockSignature.objects.filter(batch__status="matched").exists()
    assert Letter.objects.exists()
    doubted = [found for photo in Photo.objects.all() for found in photo.findings]
    assert sorted(doubted) == ["photo-far", "photo-reused"], "only the two photos that aren't what they are said to be"
    assert Photo.objects.count() >= 10
    before = (Batch.objects.count(), Match.objects.count(), Household.objects.count())
    assert load.load(households=HOUSEHOLDS, processes=1) == 0
    assert (Batch.objects.count(), Match.objects.count(), Household.objects.count()) == before
    assert "演示已装好" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_another_installations_lists_are_left_alone(small_county: None, capsys: pytest.CaptureFixture[str]) -> None:
    office = accounts.found(name="某局", kind="housing", area="210922")
    clerk = accounts.admit(login="someone", name="某人", organisation=office, role="county_clerk", password="x" * 12, check_password=False)
    Batch.objects.create(
        area="210922",
        owner="poverty",
        title="名单",
        as_of=truth.BUSINESS_DAY,
        status="matched",
        received_by=clerk,
        received_at=timezone.now(),
    )
    assert load.load(households=HOUSEHOLDS, processes=1) == 2
    assert "ANJU_HOME" in capsys.readouterr().err
    assert not Household.objects.filter(Q(pk__gt=0)).exists()
