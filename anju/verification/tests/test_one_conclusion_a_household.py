"""One conclusion per household, borne out by the data, or 未保障; and the sums that close the loop."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals.models import Appraisal
from anju.appraisals.tests.conftest import COUNTY, OTHER_VILLAGE, TODAY, VILLAGE
from anju.guarantees import actions as guarantees
from anju.guarantees import queries as ways
from anju.guarantees import rules as ways_rules
from anju.guarantees.models import Guarantee
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.refusal import Refused as NotOnTheRegister
from anju.verification import rules
from anju.verification.actions import conclude, grounds, withdraw
from anju.verification.models import Verification
from anju.verification.queries import balance
from anju.vocabulary.fieldwork import Captured

Submit = Callable[..., Appraisal]
ON = date(2020, 5, 1)


def _refused(rule: Any, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.rule is rule, refusal.value.message
    return refusal.value.message


def _conclude(household: Household, category: str, by: User, **more: Any) -> Verification:
    return conclude(**{"household": household, "category": category, "by": by, "verifiers": ["石岩", "金淑珍"], **more})


def _relatives(household: Household, by: User, **more: Any) -> Guarantee:
    given: dict[str, Any] = {
        "household": household, "route": "relatives", "since": ON, "by": by, "provider": "周鹏（长子）", "document": "同意书 2020-5",
        "until": date(2020, 12, 31), "safe_because": "鉴定报告 210922-JD2020-000009，B 级",
    }  # fmt: skip
    return guarantees.record(**{**given, **more})


def test_a_house_of_grade_a_or_b_is_appraised_safe(give: Submit, households: list[Household], verifier: User) -> None:
    _refused(rules.APPRAISED, lambda: _conclude(households[0], "appraised_safe", verifier))
    paper = give("b", on=ON)
    made = _conclude(households[0], "appraised_safe", verifier)
    assert (made.appraisal, made.guarantee, made.valid_from) == (paper, None, TODAY)
    give("d", on=TODAY)
    said = _refused(rules.APPRAISED, lambda: _conclude(households[0], "appraised_safe", verifier))
    assert "D 级" in said
    assert "210922-JD2020-000002" in said


def test_not_guaranteed_can_always_be_concluded_with_its_reason(give: Submit, households: list[Household], verifier: User) -> None:
    give("a", on=ON)
    _refused(rules.UNGUARANTEED, lambda: _conclude(households[0], "unguaranteed", verifier))
    assert _conclude(households[0], "unguaranteed", verifier, why="常年漏雨，农户要求重新鉴定").appraisal is None


def test_a_relatives_house_with_proof_is_guaranteed_safe(households: list[Household], clerk: User, verifier: User, give: Submit) -> None:
    household = households[1]
    _refused(rules.GUARANTEED, lambda: _conclude(household, "guaranteed_safe", verifier))
    _refused(ways_rules.PROVIDER, lambda: _relatives(household, clerk, provider=""))
    _refused(ways_rules.SAFE, lambda: _relatives(household, clerk, safe_because=""))
    _refused(ways_rules.PROOF, lambda: _relatives(household, clerk, document=""))
    _refused(ways_rules.TERM, lambda: _relatives(household, clerk, until=None))
    _refused(ways_rules.TERM, lambda: _relatives(household, clerk, until=ON - timedelta(days=1)))
    _refused(ways_rules.WORKS, lambda: _relatives(household, clerk, route="renovation"))
    _refused(ways_rules.ROLE, lambda: _relatives(household, verifier))
    way = _relatives(household, clerk)
    give("d", household=household, on=ON)
    made = _conclude(household, "guaranteed_safe", verifier)
    assert (made.guarantee, made.route) == (way, "relatives")
    said = _refused(rules.RENOVATED, lambda: _conclude(household, "renovated_safe", verifier))
    assert "投亲靠友" in said
    assert "保障安全" in said


def test_a_way_holds_until_its_last_day(households: list[Household], clerk: User, verifier: User) -> None:
    _relatives(households[1], clerk, until=date(2020, 5, 31))
    assert ways.of(households[1], date(2020, 5, 31)) is not None
    assert ways.of(households[1], date(2020, 6, 1)) is None
    _refused(rules.GUARANTEED, lambda: _conclude(households[1], "guaranteed_safe", verifier))
    assert list(ways.ending(COUNTY, TODAY).values_list("household", flat=True)) == [households[1].pk]


def test_a_later_way_ends_the_one_before_and_taking_it_back_restores_it(households: list[Household], clerk: User) -> None:
    first = _relatives(households[1], clerk)
    second = _relatives(households[1], clerk, route="public_rental", provider="镇政府", since=TODAY)
    assert ways.of(households[1], TODAY) == second
    then = ways.of(households[1], ON)
    assert then is not None
    assert then.route == first.route
    guarantees.withdraw(guarantee=second, by=clerk, reason="填错了户")
    now = ways.of(households[1], TODAY)
    assert now is not None
    assert (now.route, now.valid_to) == ("relatives", None)


def test_a_relocated_household_in_a_dangerous_house_is_not_renovated_safe(
    households: list[Household], clerk: User, verifier: User, give: Submit
) -> None:
    guarantees.record(household=households[0], route="relocation", since=ON, by=clerk, document="阜扶搬〔2019〕3号")
    assert _conclude(households[0], "renovated_safe", verifier).route == "relocation"
    give("c", on=TODAY)
    assert "C 级" in _refused(rules.RENOVATED, lambda: _conclude(households[0], "renovated_safe", verifier))
    assert grounds(households[0], TODAY).supported is None


def test_dangerous_houses_that_are_lived_in_with_no_way_out_are_listed(households: list[Household], clerk: User, give: Submit) -> None:
    give("d", on=ON)
    give("c", household=households[1], on=ON)
    assert list(ways.lived_in_dangerous(COUNTY, TODAY)) == households[:2]
    _relatives(households[1], clerk)
    assert list(ways.lived_in_dangerous(COUNTY, TODAY)) == households[:1]


def test_one_submission_of_a_device_is_one_conclusion(households: list[Household], verifier: User) -> None:
    item = Captured(client_id="c4ca4238-a0b9-4382-8dcc-509a6f75849b")
    first = _conclude(households[0], "unguaranteed", verifier, why="漏雨", captured=item)
    assert _conclude(households[0], "unguaranteed", verifier, why="漏雨", captured=item) == first
    _refused(rules.TWICE, lambda: _conclude(households[1], "unguaranteed", verifier, why="漏雨", captured=item))


def test_what_was_found_goes_along_when_the_household_moves(households: list[Household], give: Submit, clerk: User, verifier: User) -> None:
    give("b", on=ON)
    _conclude(households[0], "appraised_safe", verifier)
    _relatives(households[0], clerk)
    registry.move(household=households[0], area=OTHER_VILLAGE, address="大官村1组", on=TODAY, by=clerk)
    for model in (Appraisal, Verification, Guarantee):
        assert set(model._default_manager.filter(household=households[0]).values_list("area", flat=True)) == {OTHER_VILLAGE}


def test_a_conclusion_taken_back_gives_way_to_the_one_before(households: list[Household], verifier: User) -> None:
    _conclude(households[0], "unguaranteed", verifier, why="漏雨", on=ON)
    second = _conclude(households[0], "unguaranteed", verifier, why="墙裂")
    restored = withdraw(verification=second, by=verifier, reason="看错了户")
    assert restored is not None
    assert (restored.why, restored.valid_from, restored.valid_to) == ("漏雨", ON, None)
    assert withdraw(verification=restored, by=verifier, reason="也不对") is None
    assert not Verification.objects.open().exists()


_ACTS = st.lists(
    st.tuples(st.sampled_from(["conclude", "grade", "way", "move", "withdraw"]), st.integers(0, 2), st.integers(0, 40)),
    min_size=1,
    max_size=10,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_on_every_day_the_conclusions_add_up_and_parents_are_the_sums_of_their_children(
    households: list[Household], give: Submit, clerk: User, verifier: User, acts: list[tuple[str, int, int]]
) -> None:
    sid = transaction.savepoint()
    try:
        for act, which, offset in acts:
            household, day = Household.objects.get(pk=households[which].pk), ON + timedelta(days=offset)
            try:
                with transaction.atomic():
                    _act(act, household, day, give=give, clerk=clerk, verifier=verifier)
            except (Refused, NotOnTheRegister):
                continue
        for day in (ON - timedelta(days=1), ON, ON + timedelta(days=20), TODAY):
            whole = balance(COUNTY, on=day)[COUNTY]
            assert whole.households == len(households)
            for digits in (6, 9, 12):
                parts = balance(COUNTY, on=day, digits=digits).values()
                summed = sum(parts, type(whole)(COUNTY))
                assert summed == whole
                for part in parts:
                    named = part.appraised + part.renovated + part.guaranteed + part.unguaranteed + part.open
                    assert named == part.households
                    assert balance(part.area, on=day)[part.area] == part
    finally:
        transaction.savepoint_rollback(sid)


def _act(act: str, household: Household, day: date, *, give: Submit, clerk: User, verifier: User) -> None:
    match act:
        case "conclude":
            said = grounds(household, day).supported
            _conclude(household, said.value if said else "unguaranteed", verifier, on=day, why="漏雨")
        case "grade":
            give("abcd"[day.day % 4], household=household, on=day)
        case "way":
            _relatives(household, clerk, since=day)
        case "move":
            there = OTHER_VILLAGE if household.area.startswith(VILLAGE) else VILLAGE
            registry.move(household=household, area=there, address="新址", on=day, by=clerk)
        case "withdraw":
            held = Verification.objects.open().filter(household=household).first()
            if held is not None:
                withdraw(verification=held, by=verifier, reason="重核")
