"""Taken back, a way or a conclusion leaves everything as it was before it: what held, its photos, the ledger of problems."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.appraisals.tests.conftest import COUNTY, TODAY, Submit, photograph
from anju.appraisals.tests.workbooks import Send, TakeBack, faults, said
from anju.evidence import albums
from anju.evidence.models import Album
from anju.guarantees import actions as guarantees
from anju.guarantees.models import Guarantee
from anju.problems import actions as problems
from anju.problems.models import Problem, State
from anju.problems.rules import NUMBERS, ORDER
from anju.refusing import Refused
from anju.registry.models import Household
from anju.verification import actions
from anju.verification.models import Verification
from anju.verification.tests.test_one_conclusion_a_household import ON, _conclude, _refused, _relatives

HEADINGS = ("户编号", "核验结论", "核验日期", "核验人", "未保障的原因和打算")
DAYS = st.lists(st.integers(0, 3), min_size=1, max_size=6)


def _row(household: Household, why: str, on: date = ON) -> dict[str, object]:
    return {
        "户编号": household.number, "核验结论": "未保障", "核验日期": on.isoformat(), "核验人": "邢志国", "未保障的原因和打算": why,
    }  # fmt: skip


def test_a_reason_with_a_telephone_number_sends_back_its_own_row_only(send: Send, households: list[Household], verifier: User) -> None:
    batch = send([_row(households[0], "后墙开裂，联系 13904180123"), _row(households[1], "漏雨")], HEADINGS, verifier)
    assert (batch.status, batch.rows_applied, batch.rows_refused) == ("done", 1, 1), batch.message
    assert next(iter(faults(batch))) == NUMBERS.id
    assert "手机号" in said(batch, 2)
    assert list(Verification.objects.values_list("household", "why")) == [(households[1].pk, "漏雨")]
    assert Problem.objects.get().household == households[1]
    _refused(NUMBERS, lambda: _conclude(households[1], "unguaranteed", verifier, why="仍漏雨，电话 13904180123"))


def test_a_corrected_workbook_of_the_same_day_gives_way_to_the_first(
    send: Send, take_back: TakeBack, households: list[Household], verifier: User
) -> None:
    send([_row(one, "漏雨") for one in households], HEADINGS, verifier)
    again = send([_row(one, "墙裂") for one in households], HEADINGS, verifier, name="更正.xlsx")
    assert again.rows_applied == 3, faults(again)
    assert set(Verification.objects.open().values_list("why", flat=True)) == {"墙裂"}
    assert take_back(again, verifier).rows_undone == 3
    assert list(Verification.objects.open().order_by("household").values_list("household", "why")) == [
        (one.pk, "漏雨") for one in households
    ]


def test_a_way_ended_by_hand_stays_ended(households: list[Household], clerk: User) -> None:
    first = _relatives(households[0], clerk)
    guarantees.end(guarantee=first, by=clerk, on=TODAY, reason="搬走")
    second = _relatives(households[0], clerk, since=TODAY)
    assert guarantees.withdraw(guarantee=second, by=clerk, reason="填错了户") is None
    assert not Guarantee.objects.open().exists()
    assert Guarantee.objects.get(superseded_at=None).ended_reason == "搬走"


def _held(model: type[Any], *more: str) -> list[Any]:
    return sorted(model.objects.filter(superseded_at=None).values_list("household", "valid_from", "valid_to", *more), key=str)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(offsets=DAYS)
def test_conclusions_taken_back_one_after_the_other_leave_what_was_before_each(
    households: list[Household], verifier: User, offsets: list[int]
) -> None:
    with _undone():
        pictures = []
        for at, offset in enumerate(offsets):
            pictures.append(_held(Verification, "why", "album"))
            album = albums.new(area=COUNTY, title=str(at))
            try:
                with transaction.atomic():
                    _conclude(
                        households[0], "unguaranteed", verifier, why=f"漏雨{'一二'[at % 2]}", on=ON + timedelta(days=offset), album=album
                    )
            except Refused:
                pictures.pop()
        for before in reversed(pictures):
            actions.withdraw(verification=Verification.objects.open().get(), by=verifier, reason="重核")
            assert _held(Verification, "why", "album") == before
        assert not Verification.objects.filter(superseded_at=None).exists()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.booleans(), st.integers(0, 3)), min_size=1, max_size=6))
def test_ways_taken_back_one_after_the_other_leave_what_was_before_each(
    households: list[Household], clerk: User, acts: list[tuple[bool, int]]
) -> None:
    with _undone():
        pictures: list[Any] = []
        for ended, offset in acts:
            day, held = ON + timedelta(days=offset), Guarantee.objects.open().first()
            before = _held(Guarantee, "route", "ended_reason")
            try:
                with transaction.atomic():
                    if not ended:
                        _relatives(households[0], clerk, since=day)
                        pictures.append(before)
                    elif held is not None:
                        guarantees.end(guarantee=held, by=clerk, on=day, reason="搬走")
                        pictures.clear()
            except Refused:
                continue
        for before in reversed(pictures):
            guarantees.withdraw(guarantee=Guarantee.objects.open().get(), by=clerk, reason="填错")
            assert _held(Guarantee, "route", "ended_reason") == before


class _undone:
    """What happens inside is gone afterwards."""

    def __enter__(self) -> None:
        self.sid = transaction.savepoint()

    def __exit__(self, *_about: object) -> None:
        transaction.savepoint_rollback(self.sid)


# ------------------------------------------------------------------------------------------------ the ledger of problems


def test_the_problem_of_a_conclusion_taken_back_is_struck_from_the_ledger(
    households: list[Household], verifier: User, collector: User
) -> None:
    made = _conclude(households[0], "unguaranteed", verifier, why="漏雨", on=ON)
    other = _conclude(households[1], "unguaranteed", verifier, why="漏雨", on=ON)
    actions.withdraw(verification=made, by=collector, reason="看错了户")
    assert Problem.objects.get(household=households[0]).state == State.VOID
    assert Problem.objects.get(household=households[1]).state == State.OPEN
    later = _conclude(households[1], "unguaranteed", verifier, why="墙裂")
    restored = actions.withdraw(verification=later, by=collector, reason="看错了")
    assert restored is not None
    assert (restored.why, Problem.objects.get(household=households[1]).state) == (other.why, State.OPEN)
    actions.withdraw(verification=restored, by=collector, reason="也不对")
    assert Problem.objects.get(household=households[1]).state == State.VOID
    again = _conclude(households[0], "unguaranteed", verifier, why="漏雨")
    assert Problem.objects.get(household=households[0], state=State.OPEN).recurrence_of is None
    assert again.replaces is None


def test_a_problem_handed_over_stays_and_the_row_says_so(
    send: Send, take_back: TakeBack, *, households: list[Household], clerk: User, verifier: User
) -> None:
    batch = send([_row(one, "漏雨") for one in households[:2]], HEADINGS, verifier)
    found = Problem.objects.get(household=households[0])
    problems.hand_over(problem=found, to=clerk.organisation, due=TODAY, by=clerk)
    taken = take_back(batch, verifier)
    assert (taken.status, taken.rows_undone) == ("undone", 2)
    assert not Verification.objects.open().exists()
    assert found.number in said(taken, 2)
    assert "整改中" in said(taken, 2)
    assert said(taken, 3) == ""
    assert [one.state for one in Problem.objects.order_by("household__number")] == [State.RECTIFYING, State.VOID]
    client = Client()
    client.force_login(clerk)
    page = client.get(reverse("verification:panel", args=[households[0].number])).content.decode()
    assert found.number in page
    assert "结论已不是未保障" in page
    _refused_strike(found, verifier)


def _refused_strike(problem: Problem, by: User) -> None:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        problems.strike(problem=problem, by=by, power=Power.VERIFY, reason="撤销")
    assert refusal.value.rule is ORDER


# ------------------------------------------------------------------------------------------------ photos


def test_pressing_twice_is_one_conclusion_with_its_photos(give: Submit, households: list[Household], verifier: User) -> None:
    one, client = households[0], Client()
    client.force_login(verifier)
    give("b", on=ON)
    url = reverse("verification:conclude", args=[one.number])
    client.post(reverse("verification:album", args=[one.number]), headers={"accept-language": "en"})
    album = Album.objects.get(owner=one.number)
    assert album.title.startswith("住房核验"), "in the language of the place, whoever opens it"
    photograph(album, verifier, "present")
    page = client.get(url).content.decode()
    key = page.split('name="client_id" value="')[1].split('"')[0]
    typed = {"category": "appraised_safe", "verifiers": "邢志国", "album": str(album.pk), "client_id": key}
    for _press in range(2):
        assert client.post(url, typed).status_code == 302
    assert Verification.objects.get().album == album
    changed = client.post(url, {**typed, "category": "unguaranteed", "why": "漏雨"})
    assert changed.status_code == 422
    assert f'value="{key}"' not in changed.content.decode()


def test_photos_stay_with_a_conclusion_that_ends_and_that_comes_back(households: list[Household], verifier: User) -> None:
    album = albums.new(area=COUNTY, title="核验", owner=households[0].number)
    _conclude(households[0], "unguaranteed", verifier, why="漏雨", on=ON, album=album)
    second = _conclude(households[0], "unguaranteed", verifier, why="墙裂")
    assert Verification.objects.get(superseded_at=None, valid_to__isnull=False).album == album
    restored = actions.withdraw(verification=second, by=verifier, reason="看错了户")
    assert restored is not None
    assert restored.album == album
