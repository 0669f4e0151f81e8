"""闭环: every figure opens the households it counts, on any day, also after divisions were merged or split; 未保障 goes into the ledger of problems."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju.accounts.models import User
from anju.appraisals.tests.conftest import COUNTY, OTHER_VILLAGE, TODAY, VILLAGE, Submit, person, photograph
from anju.divisions import actions as places
from anju.divisions.actions import New
from anju.divisions.models import Division
from anju.evidence.models import Album
from anju.problems import actions as problems
from anju.problems.models import Problem, State
from anju.refusing import Refused
from anju.registry.models import Household
from anju.registry.refusal import Refused as NotOnTheRegister
from anju.verification.actions import open_campaign, withdraw
from anju.verification.models import Verification
from anju.verification.queries import Balance, balance, counted
from anju.verification.tests.test_one_conclusion_a_household import ON, _act, _conclude, _relatives
from tests.desk import body, signed_in

CATEGORIES = ("appraised_safe", "renovated_safe", "guaranteed_safe", "unguaranteed", "open")


def test_every_figure_of_the_balance_opens_its_households(give: Submit, households: list[Household], clerk: User, verifier: User) -> None:
    one, two, three = households
    give("b", on=ON)
    _conclude(one, "appraised_safe", verifier, on=ON)
    _relatives(two, clerk)
    _conclude(two, "guaranteed_safe", verifier, on=ON)
    _conclude(three, "unguaranteed", verifier, why="漏雨", on=TODAY)
    client = signed_in(clerk)

    def opened(on: date) -> dict[str, list[str]]:
        page = body(client.get(reverse("verification:balance") + f"?on={on}"))
        total = page.split('class="sum"')[1]
        found = {}
        for address, label, figure in re.findall(r'href="([^"]+)" aria-label="\d+ ([^"]+)">(\d+)</a>', total):
            numbers = re.findall(r'data-label="户编号">(\d{12}-\d+)', body(client.get(address.replace("&amp;", "&"))))
            assert len(numbers) == int(figure)
            found[label] = numbers
        return found

    assert opened(TODAY) == {
        "总户数": [one.number, two.number, three.number], "鉴定安全": [one.number], "保障安全": [two.number], "未保障": [three.number],
    }  # fmt: skip
    assert opened(TODAY - timedelta(days=1))["未核验"] == [three.number]
    assert opened(ON - timedelta(days=1))["未核验"] == [one.number, two.number, three.number]


def test_a_village_page_asks_as_often_for_many_households_as_for_few(
    give: Submit, households: list[Household], clerk: User, verifier: User
) -> None:
    campaign = open_campaign(area=COUNTY, name="核验", starts_on=ON, due=TODAY, by=clerk)
    client, url = signed_in(verifier), reverse("verification:village", args=[campaign.pk, VILLAGE])

    def queries() -> int:
        with CaptureQueriesContext(connection) as asked:
            assert client.get(url).status_code == 200
        return len(asked)

    _conclude(households[1], "unguaranteed", verifier, why="漏雨", campaign=campaign)
    _conclude(households[2], "unguaranteed", verifier, why="漏雨", campaign=campaign)
    queries()
    few = queries()
    for held in Verification.objects.open():
        withdraw(verification=held, by=verifier, reason="重核")
    give("b", on=ON)
    assert "鉴定 B 级" in body(client.get(url))
    assert queries() <= few


def test_not_guaranteed_becomes_a_problem_once(give: Submit, households: list[Household], clerk: User, collector: User) -> None:
    one = households[0]
    paper = give("d", on=ON)
    refused = signed_in(clerk).post(
        reverse("verification:conclude", args=[one.number]), {"category": "appraised_safe", "verifiers": "金淑珍", "interview": "后墙外鼓"}
    )
    assert refused.status_code == 422
    assert paper.number in body(refused)
    assert "后墙外鼓" in body(refused)
    assert not Problem.objects.exists()
    _conclude(one, "unguaranteed", collector, why="D 级危房，列入今年计划", on=ON)
    found = Problem.objects.get()
    assert (found.household, found.category, found.state, found.description) == (one, "quality", State.OPEN, "D 级危房，列入今年计划")
    _conclude(one, "unguaranteed", collector, why="仍未动工", on=ON + timedelta(days=9))
    assert Problem.objects.get() == found
    client = signed_in(clerk)
    assert found.number in body(client.get(reverse("verification:panel", args=[one.number])))
    assert found.title in body(client.get(reverse("problems:panel", args=[one.number])))
    problems.hand_over(problem=found, to=clerk.organisation, due=TODAY, by=clerk)
    assert found.album is not None
    photograph(found.album, clerk, "after_mending")
    problems.rectify(problem=found, report="已搬出", cause="没有排查", mended="按月排查", self_check="查了", by=clerk)
    city = person("市督导", "supervisor", "2109")
    problems.verify(problem=found, way="all", by=city)
    assert found.number not in body(client.get(reverse("verification:panel", args=[one.number])))
    _conclude(one, "unguaranteed", collector, why="又搬回来了", on=TODAY)
    assert Problem.objects.get(state=State.OPEN).recurrence_of == found


def test_a_conclusion_keeps_the_photos_begun_on_its_form(give: Submit, households: list[Household], verifier: User) -> None:
    one, client = households[0], signed_in(verifier)
    give("b", on=ON)
    client.post(reverse("verification:album", args=[one.number]))
    album = Album.objects.get(owner=one.number)
    photograph(album, verifier, "present")
    url = reverse("verification:conclude", args=[one.number])
    typed = {"category": "appraised_safe", "verifiers": "邢志国", "informant": "本人", "interview": "住得踏实", "album": str(album.pk)}
    kept = client.post(url, {**typed, "verifiers": ""})
    assert kept.status_code == 422
    assert f'value="{album.pk}"' in body(kept)
    assert client.post(url, typed).status_code == 302
    made = Verification.objects.get()
    assert (made.album, made.interview) == (album, "住得踏实")
    assert "1 张照片" in body(client.get(reverse("verification:panel", args=[one.number])))
    assert client.post(url, typed).status_code == 302  # the album is taken: the second conclusion has none
    assert Verification.objects.open().get().album is None


_ACTS = st.lists(
    st.tuples(
        st.sampled_from(["conclude", "grade", "way", "move", "withdraw", "merge", "split", "rename"]), st.integers(0, 2), st.integers(0, 40)
    ),
    min_size=2,
    max_size=10,
)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_the_loop_closes_on_any_day_after_any_change_of_divisions(
    households: list[Household], give: Submit, clerk: User, verifier: User, acts: list[tuple[str, int, int]]
) -> None:
    sid = transaction.savepoint()
    try:
        for at, (act, which, offset) in enumerate(acts):
            household, day = Household.objects.get(pk=households[which].pk), ON + timedelta(days=offset)
            try:
                with transaction.atomic():
                    if act in ("merge", "split", "rename"):
                        _change(act, household, day, at)
                    elif act != "move" or Division.objects.filter(code__in=(VILLAGE, OTHER_VILLAGE), valid_to=None).count() == 2:
                        _act(act, household, day, give=give, clerk=clerk, verifier=verifier)
            except (Refused, NotOnTheRegister, places.ChangeRefused):
                continue
        for day in (ON - timedelta(days=1), ON, ON + timedelta(days=20), TODAY):
            _closed(day, len(households))
    finally:
        transaction.savepoint_rollback(sid)


@pytest.mark.parametrize("act", ["merge", "split", "rename"])
def test_it_closes_after_one_change_on_the_days_before_and_after(
    give: Submit, households: list[Household], clerk: User, verifier: User, act: str
) -> None:
    give("b", on=ON)
    _conclude(households[0], "appraised_safe", verifier, on=ON)
    _conclude(households[1], "unguaranteed", verifier, why="漏雨", on=ON)
    before = balance(COUNTY, on=TODAY)[COUNTY]
    _change(act, households[0], ON + timedelta(days=3), 0)
    assert not Household.objects.filter(area__startswith=VILLAGE).exists()
    assert balance(COUNTY, on=TODAY)[COUNTY] == before == Balance(COUNTY, 3, appraised=1, unguaranteed=1, open=1)
    for day in (ON - timedelta(days=1), ON, TODAY):
        _closed(day, 3)


def _change(act: str, household: Household, day: date, at: int) -> None:
    village = household.area[:12]
    others = Division.objects.filter(valid_to=None, parent_id=village[:9]).exclude(code=village).order_by("code")
    new = f"{village[:9]}{300 + at}"
    match act:
        case "merge":
            places.record_change(
                kind="merged", on=day, old=[village, *others.values_list("code", flat=True)[:1]], new=[New(new, f"合并{at}村委会")]
            )
        case "split":
            second = f"{village[:9]}{400 + at}"
            homes = {str(one.pk): new if one.pk % 2 else second for one in Household.objects.filter(area__startswith=village)}
            places.record_change(
                kind="split",
                on=day,
                old=[village],
                new=[New(new, f"东{at}村委会"), New(second, f"西{at}村委会")],
                rows={"registry.Household": homes},
            )
        case "rename":
            places.record_change(kind="moved", on=day, old=[village], new=[New(new, f"改{at}村委会")])


def _closed(day: date, many: int) -> None:
    whole = balance(COUNTY, on=day)[COUNTY]
    assert whole.households == many
    for digits in (6, 9, 12):
        parts = balance(COUNTY, on=day, digits=digits).values()
        assert sum(parts, Balance(COUNTY)) == whole
        for part in parts:
            assert part.appraised + part.renovated + part.guaranteed + part.unguaranteed + part.open == part.households
            figures = (part.appraised, part.renovated, part.guaranteed, part.unguaranteed, part.open)
            assert tuple(counted(part.area, on=day, category=one).count() for one in CATEGORIES) == figures
            assert counted(part.area, on=day).count() == part.households
