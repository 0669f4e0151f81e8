"""What is done for many in one act is what would have been done one by one."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from anju.accounts.models import User
from anju.cases import actions, rules
from anju.cases.models import Agreement, Case
from anju.cases.standing import COLUMNS, standing
from anju.cases.tests.conftest import APPLIED, Road
from anju.registry.models import Household

pytestmark = pytest.mark.django_db


def test_many_applications_are_held_to_what_one_is(dangerous: list[Household], collector: User) -> None:
    refused = actions.apply_many(applications=[actions.Application(household=one.pk, on=APPLIED) for one in dangerous], by=collector)
    assert {key: why.rule.id for key, why in refused.items()} == {3: rules.GRADE.id}
    made = list(Case.objects.order_by("pk"))
    assert [one.number[-6:] for one in made] == ["000001", "000002", "000003", "000004"]
    assert [one.grade for one in made] == ["D", "D", "C", "none"]
    for one in made:
        told = standing(one.steps.order_by("id"))
        assert {name: getattr(one, name) for name in COLUMNS} == {name: getattr(told, name) for name in COLUMNS}
    again = actions.apply_many(applications=[actions.Application(household=one.pk, on=APPLIED) for one in dangerous[:2]], by=collector)
    assert {why.rule.id for why in again.values()} == {rules.ONE_OPEN.id}
    assert Case.objects.count() == 4


def test_visits_modes_and_milestones_of_many(road: Road, dangerous: list[Household]) -> None:
    first, second = road.to("approved", dangerous[0], dangerous[2])
    town = road.people["township"]
    refused = actions.survey_modes(modes={first.pk: "self_build", second.pk: "self_build"}, by=town, on=road.day)
    assert set(refused) == {second.pk}
    assert "自改" in refused[second.pk].message
    first.refresh_from_db()
    assert first.build_mode == "self_build"
    waiting = road.applied(dangerous[1])
    assert actions.visit_many(seen={waiting.pk: " "}, by=town, on=road.day)[waiting.pk].rule == rules.VISIT
    assert not actions.visit_many(seen={waiting.pk: "墙体开裂"}, by=town, on=road.day)
    assert set(actions.report_many(cases=[first.pk], code="start_works", by=town, on=road.day)) == {first.pk}


def test_of_an_agreement_that_is_refused_nothing_is_kept(road: Road, dangerous: list[Household]) -> None:
    first, second = road.to("approved", dangerous[0], dangerous[2])
    town, day = road.people["township"], road.later()
    assert not actions.survey_modes(modes={first.pk: "unified_build"}, by=town, on=day)
    said: dict[str, Any] = {
        "kind": "three", "builder": "彰武宏达施工队", "signed_on": day, "filed_on": day, "start_due": day, "finish_due": date(2020, 12, 20),
        "stages": (("开工", 30), ("竣工验收", 70)),
    }  # fmt: skip
    good = actions.Signed(case=first.pk, **said)
    refused = actions.agree_many(agreements=[good, actions.Signed(case=second.pk, **said)], by=town)
    assert {key: why.rule.id for key, why in refused.items()} == {second.pk: rules.MODE.id}
    assert [one.case_id for one in Agreement.objects.all()] == [first.pk]
    first.refresh_from_db()
    assert "agreement" in first.marks
    nobody = actions.agree_many(agreements=[replace(good, case=second.pk, builder=" ")], by=town)
    assert nobody[second.pk].rule == rules.BUILDER
