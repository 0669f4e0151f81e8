"""A full number is looked at for a reason, in one answer, and not without end; how numbers are hidden is one choice for all."""

from typing import Any

import pytest

from anju.accounts.models import User
from anju.exports import queries
from anju.exports.actions.masking import choose_mask
from anju.exports.actions.revealing import reveal
from anju.exports.models import Reveal
from anju.exports.refusal import Refused
from anju.masks.models import MaskChoice
from anju.masks.reading import in_use
from anju.registry.models import Household
from anju.rosters.models import Batch, Match
from anju.rosters.tests import county
from anju.vocabulary import idnumber, masking


def test_a_households_numbers_come_in_the_answer_only_and_are_registered(household: Household, clerk: User, at_desk: Any) -> None:
    desk = at_desk(clerk)
    address = f"/households/{household.number}/"
    assert county.ZHOU.id_number not in desk.get(address).content.decode()
    answer = desk.post(f"{address}reveal/", {"why": "correct"})
    assert county.ZHOU.id_number in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    assert county.ZHOU.id_number not in desk.get(address).content.decode()
    assert desk.get(f"{address}reveal/").status_code == 405
    entry = Reveal.objects.get()
    assert (entry.by, entry.area, entry.numbers, entry.reason) == (clerk, household.area, 3, "correct")
    assert county.ZHOU.id_number not in entry.subject


def test_a_pairs_numbers_likewise(allowance: Batch, clerk: User, at_desk: Any) -> None:
    match = Match.objects.get(run__batch=allowance, run__current=True, run__kind="register", row__name="刘守义")
    address = f"/rosters/{allowance.pk}/review/{match.pk}/reveal/"
    refused = at_desk(clerk).post(address, {})
    assert "请选择为什么要看" in refused.content.decode()
    answer = at_desk(clerk).post(address, {"why": "identify"}).content.decode()
    assert county.LIU.id_number in answer
    assert Reveal.objects.get().subject == f"{allowance.title} 第 {match.row.row if match.row else 0} 行"


@pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("sender", 200), ("cosigner", 200)])
def test_who_may_not_look(who: str, status: int, household: Household, at_desk: Any, request: pytest.FixtureRequest) -> None:
    answer = at_desk(request.getfixturevalue(who)).post(f"/households/{household.number}/reveal/", {"why": "identify"})
    assert answer.status_code == status
    assert county.ZHOU.id_number not in answer.content.decode()
    assert not Reveal.objects.exists()


def test_an_hours_looks_are_counted_and_the_message_says_when(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_REVEALS_AN_HOUR", "3")
    for _time in range(3):
        reveal(area=county.COUNTY, subject="农户 1", numbers=1, by=clerk, reason="identify")
    with pytest.raises(Refused, match="最多查看 3 次"):
        reveal(area=county.COUNTY, subject="农户 1", numbers=1, by=clerk, reason="identify")
    assert Reveal.objects.count() == 3


def test_looks_are_read_by_who_audits(household: Household, clerk: User, discipline: User, township: User, at_desk: Any) -> None:
    at_desk(clerk).post(f"/households/{household.number}/reveal/", {"why": "answer"})
    assert [queries.reveals(one).total for one in (clerk, discipline, township)] == [1, 1, 0]
    assert household.number in at_desk(discipline).get("/exports/reveals/").content.decode()


def test_one_mask_for_pages_exports_and_papers_chosen_with_a_reason(
    household: Household, administrator: User, clerk: User, at_desk: Any
) -> None:
    with pytest.raises(Refused, match="管理员"):
        choose_mask(policy="six", by=clerk, reason="想换")
    assert at_desk(clerk).get("/exports/masks/").status_code == 403
    desk = at_desk(administrator)
    assert desk.post("/exports/masks/", {"policy": "six", "reason": ""}).status_code == 422
    address = f"/households/{household.number}/"
    assert "2109**********" in at_desk(clerk).get(address).content.decode()
    desk.post("/exports/masks/", {"policy": "six", "reason": "县保密委要求后四位不显示"})
    page = at_desk(clerk).get(address).content.decode()
    assert "210922************" in page
    assert county.ZHOU.id_number[-4:] not in page
    choice = MaskChoice.objects.get()
    assert (choice.chosen_by, choice.policy) == (administrator, "six")
    assert "县保密委" in desk.get("/exports/masks/").content.decode()
    with in_use():
        assert idnumber.mask("210922195404120117") == "210922************"
        assert masking.narrowed("应为 2109**********0117。") == "应为 2109**************。"
    assert idnumber.mask("210922195404120117") == "2109**********0117"
