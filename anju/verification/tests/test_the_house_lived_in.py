"""Where a household lives is one question: 危房住人, what is offered for a conclusion and where its photos are taken answer it alike."""

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals.actions.appraising import submit, withdraw
from anju.appraisals.queries.living import worst_home
from anju.appraisals.tests.conftest import COUNTY, ENROLLED, GOOD, TODAY, VILLAGE, house_of
from anju.evidence.models import Album, Basis
from anju.guarantees.queries import danger, lived_in_dangerous
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household, Occupancy
from anju.verification import queries
from anju.verification.actions import grounds, open_campaign
from anju.verification.rules import APPRAISED
from anju.verification.tests.test_one_conclusion_a_household import ON, _conclude, _refused, _relatives

PLACES = (("121.7000", "42.3000"), ("121.7600", "42.3600"))


def _graded(household: Household, house: Dwelling, level: str, by: User) -> None:
    form: dict[str, Any] = {**GOOD, "components": {**GOOD["components"], "bearing_wall": level}}  # type: ignore[dict-item]
    submit(household=household, dwelling=house, form=form, by=by, appraisers=["石岩"], on=ON)


def _second(household: Household, by: User, kind: str = "own") -> Dwelling:
    state = {"structure": "brick_concrete", "storeys": 1, "lng": PLACES[1][0], "lat": PLACES[1][1], "coordinates": "WGS84"}
    return registry.record_dwelling(household=household, kind=kind, on=ENROLLED, by=by, state=state)


def test_who_lives_in_a_dangerous_house_is_not_offered_the_safety_of_an_empty_one(
    households: list[Household], clerk: User, verifier: User
) -> None:
    one = households[0]
    dangerous, empty = house_of(one), _second(one, clerk)
    registry.occupy(household=one, dwelling=dangerous, kind="live", on=ENROLLED, by=clerk)
    _graded(one, dangerous, "d", clerk)
    _graded(one, empty, "a", clerk)
    assert list(lived_in_dangerous(COUNTY, TODAY)) == [one]
    campaign = open_campaign(area=COUNTY, name="核验", starts_on=ON, due=TODAY, by=clerk)
    client = Client()
    client.force_login(verifier)
    page = client.get(reverse("verification:village", args=[campaign.pk, VILLAGE])).content.decode()
    assert f'name="pick" value="{one.number}"' not in page
    assert "现住房鉴定为 D 级" in page
    _refused(APPRAISED, lambda: _conclude(one, "appraised_safe", verifier))


def test_who_lives_in_a_safe_house_is_safe_whatever_it_owns(households: list[Household], clerk: User, verifier: User) -> None:
    one = households[0]
    owned, rented = house_of(one), _second(one, clerk, "rent")
    _graded(one, owned, "d", clerk)
    _graded(one, rented, "b", clerk)
    assert not lived_in_dangerous(COUNTY, TODAY).exists()
    made = _conclude(one, "appraised_safe", verifier)
    assert made.appraisal is not None
    assert made.appraisal.dwelling == rented
    assert not queries.stale(COUNTY).exists()
    client = Client()
    client.force_login(clerk)
    assert "没有登记别的保障途径" in client.get(reverse("guarantees:panel", args=[one.number])).content.decode()
    assert "现住房安全" in client.get(reverse("guarantees:record", args=[one.number])).content.decode()
    registry.occupy(household=one, dwelling=owned, kind="live", on=ON, by=clerk)
    assert "还没有保障途径" in client.get(reverse("guarantees:panel", args=[one.number])).content.decode()
    assert "现住房是危房" in client.get(reverse("guarantees:record", args=[one.number])).content.decode()
    assert queries.stale(COUNTY).get() == made


def test_a_tenant_of_anothers_dangerous_house_lives_in_danger(households: list[Household], clerk: User, verifier: User) -> None:
    owner, tenant = households[:2]
    let, own = house_of(owner), house_of(tenant)
    registry.occupy(household=tenant, dwelling=let, kind="rent", on=ENROLLED, by=clerk)
    _graded(tenant, own, "a", clerk)
    made = _conclude(owner, "unguaranteed", verifier, why="待鉴定")
    safe = registry.record_dwelling(
        household=owner, kind="live", on=ENROLLED, by=clerk, state={"structure": "brick_concrete", "storeys": 1}
    )
    _graded(owner, safe, "b", clerk)
    _graded(owner, let, "d", clerk)
    assert list(lived_in_dangerous(COUNTY, TODAY)) == [tenant]
    assert danger.living_in_danger([owner.pk, tenant.pk], TODAY) == {tenant.pk}
    client = Client()
    client.force_login(clerk)
    assert "还没有保障途径" in client.get(reverse("guarantees:panel", args=[tenant.number])).content.decode()
    assert tenant.number in client.get(reverse("guarantees:lived-in")).content.decode()
    _refused(APPRAISED, lambda: _conclude(tenant, "appraised_safe", verifier))
    assert not queries.stale(COUNTY).filter(pk=made.pk).exists()
    _graded(owner, let, "b", clerk)
    kept = _conclude(tenant, "appraised_safe", verifier)
    assert kept.appraisal is not None
    assert kept.appraisal.dwelling == let
    assert not queries.stale(COUNTY).exists()


def test_the_paper_of_an_empty_house_bears_no_conclusion_out(households: list[Household], clerk: User, verifier: User) -> None:
    one = households[0]
    empty, rented = house_of(one), _second(one, clerk, "rent")
    _graded(one, empty, "a", clerk)
    _graded(one, rented, "b", clerk)
    made = _conclude(one, "appraised_safe", verifier)
    assert not queries.stale(COUNTY).exists()
    assert made.appraisal is not None
    withdraw(appraisal=made.appraisal, by=clerk, reason="量错")
    assert queries.stale(COUNTY).get() == made


_KINDS = st.sets(st.sampled_from([kind.value for kind in Occupancy.Kind]))


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(stands=st.tuples(_KINDS, _KINDS), levels=st.tuples(st.sampled_from(["", *"abcd"]), st.sampled_from(["", *"abcd"])))
def test_both_say_the_same_of_every_household(
    households: list[Household], clerk: User, stands: tuple[set[str], set[str]], levels: tuple[str, str]
) -> None:
    one = households[0]
    sid = transaction.savepoint()
    try:
        houses = (house_of(one), _second(one, clerk))
        for house, level, kinds in zip(houses, levels, stands, strict=True):
            if level:
                _graded(one, house, level, clerk)
            for kind in kinds - {"own"}:
                registry.occupy(household=one, dwelling=house, kind=kind, on=ON, by=clerk)
            if "own" not in kinds:
                registry.vacate(household=one, dwelling=house, kind="own", on=ON, by=clerk)
        said = grounds(one, TODAY)
        lives = Household.objects.filter(danger.lives_in_danger(TODAY), pk=one.pk).exists()
        assert lives == (said.dangerous is not None)
        assert worst_home(one.pk, TODAY) == max((fact.grade for fact in said.grades), default="")
        assert not (lives and said.supported is not None)
        lived = [any(kind != "own" for kind in kinds) for kinds in stands]
        here = lived if any(lived) else ["own" in kinds for kinds in stands]
        graded = sorted(level.upper() for level, there in zip(levels, here, strict=True) if level and there)
        assert [fact.grade for fact in said.grades] == graded
    finally:
        transaction.savepoint_rollback(sid)


@pytest.mark.parametrize("kind", ["live", "rent", "borrow", "transitional"])
def test_photos_are_taken_at_the_house_lived_in(households: list[Household], clerk: User, verifier: User, kind: str) -> None:
    one = households[0]
    place = {"lng": PLACES[0][0], "lat": PLACES[0][1], "coordinates": "WGS84"}
    registry.describe_dwelling(dwelling=house_of(one), household=one, on=ON, by=clerk, state=place)
    assert _album(one, verifier) == (Basis.HOUSE, PLACES[0])
    _second(one, clerk, kind)
    assert _album(one, verifier) == (Basis.HOUSE, PLACES[1])


def test_photos_of_who_is_housed_by_others_are_not_expected_at_the_house_it_owns(
    households: list[Household], clerk: User, verifier: User
) -> None:
    one, two = households[:2]
    place = {"lng": PLACES[0][0], "lat": PLACES[0][1], "coordinates": "WGS84"}
    registry.describe_dwelling(dwelling=house_of(one), household=one, on=ON, by=clerk, state=place)
    _relatives(one, clerk)
    assert _album(one, verifier)[0] == Basis.VILLAGE
    _relatives(two, clerk, dwelling=house_of(one))
    assert _album(two, verifier) == (Basis.HOUSE, PLACES[0])
    registry.vacate(household=households[2], dwelling=house_of(households[2]), kind="own", on=ON, by=clerk)
    assert _album(households[2], verifier)[0] == Basis.VILLAGE


def _album(household: Household, by: User) -> tuple[str, tuple[str, str]]:
    """What is expected of the photos of a conclusion begun now."""
    client = Client()
    client.force_login(by)
    client.post(reverse("verification:album", args=[household.number]))
    made = Album.objects.filter(owner=household.number).latest("pk")
    return made.expected_basis, (f"{made.expected_lng or 0:.4f}", f"{made.expected_lat or 0:.4f}")
