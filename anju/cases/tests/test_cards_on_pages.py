"""The bank card on the pages: masked, recorded and ended there, seen whole with a reason only, in no notice, masked in files; asked for anew when the head changes."""

import io
import logging
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.accounts.roles import ROLES, Power
from anju.accounts.scope import actor_of
from anju.appraisals.tests.conftest import COUNTY, TODAY, VILLAGE, person
from anju.cases import actions, queries
from anju.cases.models import Case
from anju.cases.tests.conftest import APPLIED, HOTLINE, Road
from anju.clock.actions import set_today
from anju.exports.actions.asking import ask
from anju.exports.models import Export, Reveal
from anju.exports.reasons import REVEAL_REASONS
from anju.exports.refusal import Refused as NotAllowed
from anju.exports.tests.test_what_leaves_as_a_file import cells, made
from anju.notices import content
from anju.notices.models import Notice
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Household, HouseholdCard, Person
from anju.registry.tests.test_cards import card
from anju.rosters.tests.conftest import done
from anju.trail.acting import acting
from anju.vocabulary import masking
from anju.vocabulary.division import Level
from anju.web import worklist

__all__ = ["done"]
Done = Callable[[], AbstractContextManager[Any]]
BANK = "彰武县农村信用联社"
GIVEN = {"number": card(1), "holder": "周德海", "bank": BANK, "since": "2020-06-10"}


def _browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _panel(client: Client, household: Household) -> str:
    answer = client.get(reverse("cases:card", args=[household.number]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_the_card_is_recorded_on_the_case_page_and_shown_by_its_last_four(dangerous: list[Household], road: Road, collector: User) -> None:
    case, client = road.applied(dangerous[0]), _browser(collector)
    address = reverse("cases:card", args=[dangerous[0].number])
    assert f'hx-get="{address}"' in client.get(reverse("cases:show", args=[case.number])).content.decode()
    assert f'hx-get="{address}"' in client.get(reverse("households:page", args=[dangerous[0].number])).content.decode()
    assert "还没有银行卡" in _panel(client, dangerous[0])
    refused = client.post(address, {**GIVEN, "holder": "周海", "number": "6222 0210 0110 0000 01"})
    page = refused.content.decode()
    assert not HouseholdCard.objects.exists()
    assert "6222 0210 0110 0000 01" in page  # what was typed stays
    assert "周海" in page
    assert "V11" in page
    answer = client.post(address, GIVEN)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert card(1)[-4:] in page
    assert card(1) not in page
    assert BANK in page
    assert "周德海" in page
    again = _panel(client, dangerous[0])
    assert card(1) not in again
    assert "***" in again
    assert "no-store" in client.get(address).headers["Cache-Control"]


def test_a_card_is_ended_with_a_reason(dangerous: list[Household], road: Road, collector: User) -> None:
    client, address = _browser(collector), reverse("cases:card-end", args=[dangerous[0].number])
    assert "没有在用的银行卡" in client.post(address, {"reason": "挂失"}).content.decode()
    client.post(reverse("cases:card", args=[dangerous[0].number]), GIVEN)
    assert "请写明为什么停用" in client.post(address, {"reason": " "}).content.decode()
    assert HouseholdCard.objects.open().exists()
    assert client.post(address, {"reason": "卡已挂失"}).status_code == 200
    assert not HouseholdCard.objects.open().exists()


def test_the_card_of_a_closed_household_can_be_ended_but_no_new_one_recorded(
    dangerous: list[Household], collector: User, clerk: User
) -> None:
    registry.record_card(household=dangerous[2], by=collector, number=card(1), holder="孙福", bank=BANK, since=APPLIED)
    registry.merge(household=dangerous[2], into=dangerous[0], on=TODAY, by=clerk)
    client, address = _browser(collector), reverse("cases:card-end", args=[dangerous[2].number])
    page = _panel(client, dangerous[2])
    assert address in page
    assert f'hx-post="{reverse("cases:card", args=[dangerous[2].number])}"' not in page
    assert "已停用" in client.post(address, {"reason": "人已搬到邻县"}).content.decode()
    assert not HouseholdCard.objects.open().exists()


def test_the_whole_number_is_seen_with_a_reason_and_every_look_is_registered(
    dangerous: list[Household], township: User, collector: User, client: Client
) -> None:
    registry.record_card(household=dangerous[0], by=collector, number=card(1), holder="周德海", bank=BANK, since=TODAY)
    address = reverse("cases:card-full", args=[dangerous[0].number])
    assert "看全号" not in _panel(_browser(collector), dangerous[0])
    assert card(1) not in _browser(collector).post(address, {"why": "check"}).content.decode()
    town = _browser(township)
    assert "看全号" in _panel(town, dangerous[0])
    assert card(1) not in town.post(address, {"why": ""}).content.decode()
    assert not Reveal.objects.exists()
    answer = town.post(address, {"why": REVEAL_REASONS[0][0]})
    assert card(1) in answer.content.decode()
    look = Reveal.objects.get()
    assert (look.numbers, look.by, dangerous[0].number in look.subject) == (1, township, True)
    assert card(1) not in f"{look.subject}{look.note}{look.url}"
    assert town.get(address).status_code == 405


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_who_takes_applications_records_a_card(role: str, dangerous: list[Household]) -> None:
    somebody = person(f"某{role}", role, COUNTY)
    client = _browser(somebody)
    answer = client.post(reverse("cases:card", args=[dangerous[0].number]), GIVEN)
    held = HouseholdCard.objects.open().exists()
    assert held == somebody.may(Power.CASE_APPLY)
    assert answer.status_code in ((200,) if held else (403, 404))
    ended = client.post(reverse("cases:card-end", args=[dangerous[0].number]), {"reason": "挂失"})
    assert (ended.status_code == 200) == held


def test_nobody_of_another_area_sees_records_or_ends_it(dangerous: list[Household], collector: User) -> None:
    registry.record_card(household=dangerous[0], by=collector, number=card(1), holder="周德海", bank=BANK, since=TODAY)
    for stranger in (person("邻县", "county_clerk", "210921"), person("邻村", "village_collector", "210922109202", "village")):
        client = _browser(stranger)
        assert client.get(reverse("cases:card", args=[dangerous[0].number])).status_code == 404
        for name in ("cases:card", "cases:card-end", "cases:card-full"):
            assert client.post(reverse(name, args=[dangerous[0].number]), {**GIVEN, "reason": "挂失", "why": "check"}).status_code == 404, (
                name
            )
    assert HouseholdCard.objects.open().count() == 1


# ------------------------------------------------------------------------------------------------ with the application


def test_an_application_brings_its_card_along_or_neither_is_written(dangerous: list[Household], collector: User) -> None:
    client, address = _browser(collector), reverse("cases:new")
    given = {
        "household": dangerous[0].number,
        "on": APPLIED.isoformat(),
        "card_number": card(1),
        "card_holder": "周德河",
        "card_bank": BANK,
    }
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "不是户主周德海" in refused.content.decode()
    assert card(1) in refused.content.decode()  # what was typed stays
    assert not Case.objects.exists()
    assert client.post(address, {**given, "card_holder": ""}).status_code == 422
    assert client.post(address, {**given, "card_holder": "周德海"}).status_code == 302
    held = HouseholdCard.objects.open().get()
    assert (held.card_no.clear, held.valid_from, Case.objects.get().household) == (card(1), APPLIED, dangerous[0])
    assert client.post(address, {"household": dangerous[1].number, "on": APPLIED.isoformat()}).status_code == 302
    assert HouseholdCard.objects.count() == 1


# ------------------------------------------------------------------------------------------------ the head changes


def test_a_new_head_needs_a_new_card_and_nothing_but_the_payment_waits_for_it(
    dangerous: list[Household], road: Road, township: User, clerk: User, collector: User
) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    registry.record_card(household=dangerous[0], by=collector, number=card(1), holder="周德海", bank=BANK, since=TODAY)
    heir = registry.add_member(
        household=dangerous[0], person=registry.NewPerson(name="周建国", sex="1"), relation_code="20", on=APPLIED, by=clerk
    )
    registry.change_head(household=dangerous[0], head=Person.objects.get(pk=heir.pk), on=TODAY, by=clerk)

    def told(user: User) -> dict[str, int]:
        with acting(actor_of(user)):
            items = [item for group in worklist.groups(user, user.area, TODAY) for item in group.items]
        return {item.title: item.count for item in items if item.title == "银行卡待更换"}

    assert told(township) == {"银行卡待更换": 1}
    assert told(clerk) == {}
    assert queries.waiting(township, "card", VILLAGE).get() == case
    page = _panel(_browser(township), dangerous[0])
    assert "户主已变更为周建国" in page
    assert "待更换" in page
    day = road.later()
    set_today(day=TODAY)
    refused = actions.give_opinions(opinions=[actions.Opinion(case=case.pk, on=day, seen="墙体开裂")], by=township)
    assert refused == {}  # the road goes on
    registry.record_card(household=dangerous[0], by=collector, number=card(2), holder="周建国", bank=BANK, since=TODAY)
    assert told(township) == {}


# ------------------------------------------------------------------------------------------------ notices, files, logs


@pytest.mark.parametrize("column", sorted(content.COLUMNS))
def test_no_column_of_a_notice_shows_a_card_number(column: str, db: None) -> None:
    assert content.COLUMNS[column].kind is not masking.Kind.CARD
    written = " ".join(card(1)[at : at + 4] for at in range(0, 19, 4))
    for number in (card(1), written, f"农行{card(1)}", written.replace(" ", "-")):
        if column == "id_number":  # left out of notices, whatever stands in it
            assert number not in str(content.masked([{"head": "周德海", column: number}]).kept())
            continue
        with pytest.raises(Refused):
            content.masked([{column: number}])


def test_a_notice_of_cases_shows_no_card(dangerous: list[Household], road: Road, township: User, collector: User) -> None:
    cases = road.to("reviewed", dangerous[0])
    registry.record_card(household=dangerous[0], by=collector, number=card(1), holder="周德海", bank=BANK, since=TODAY)
    notice = actions.post(
        cases=[cases[0].pk], level=Level.VILLAGE, area=VILLAGE, title="公示", by=township, hotline=HOTLINE, on=road.later()
    )
    kept = f"{Notice.objects.get(pk=notice.pk).content}"
    assert card(1)[-4:] not in kept
    with pytest.raises(Refused):
        actions.post(cases=[cases[0].pk], level=Level.VILLAGE, area=VILLAGE, title=f"公示 {card(1)}", by=township, hotline=HOTLINE)


def test_files_show_cards_masked_and_whole_only_where_that_was_approved(dangerous: list[Household], road: Road, done: Done) -> None:
    clerk, township, collector = (road.people[name] for name in ("county", "township", "village"))
    case = road.applied(dangerous[0])
    registry.record_card(household=dangerous[0], by=collector, number=card(1), holder="周德海", bank=BANK, since=TODAY)
    with done():
        masked = ask(kind="cases.cards", filters={}, by=clerk, reason="daily")
        whole = ask(kind="cases.cards", filters={}, by=clerk, reason="daily", full=True, note="核对拨付名单用的完整卡号")
        listed = ask(kind="cases.list", filters={}, by=clerk, reason="daily")
    found = {str(cell.value) for cell in cells(made(masked))}
    assert {case.number, BANK, "周德海"} <= found
    assert not any(card(1) in one for one in found)
    assert any(one.endswith(card(1)[-4:]) and "*" in one for one in found)
    assert not any(card(1)[-8:] in str(cell.value) for cell in cells(made(listed)))
    (number,) = [cell for cell in cells(made(whole)) if str(cell.value) == card(1)]
    assert number.data_type == "s"
    assert Export.objects.get(pk=whole.pk).full
    with pytest.raises(NotAllowed):
        ask(kind="cases.cards", filters={}, by=township, reason="daily", full=True, note="核对拨付名单用的完整卡号")


def test_no_log_of_a_request_holds_the_number(dangerous: list[Household], collector: User) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logging.getLogger().addHandler(handler)
    logging.getLogger("django").addHandler(handler)
    try:
        client = _browser(collector)
        client.post(reverse("cases:card", args=[dangerous[0].number]), {**GIVEN, "holder": "周海"})
        client.post(reverse("cases:card", args=[dangerous[0].number]), GIVEN)
        client.get(f"/households/{card(1)}/")
        client.get(f"/cases/?q={card(1)}")
        logging.getLogger("anju").error("没有登记：%s", GIVEN)
    finally:
        logging.getLogger().removeHandler(handler)
        logging.getLogger("django").removeHandler(handler)
    assert "银行卡号" in out.getvalue()
    assert card(1) not in out.getvalue()
