"""The card a household is paid to: the head's own, one number for one household, the former kept; renewed where the head changes."""

import io
import logging
import threading
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from anju.accounts.actions import admit
from anju.accounts.models import Organisation, User
from anju.accounts.scope import actor_of
from anju.checks import Check
from anju.clock.actions import set_today
from anju.privacy import vault
from anju.refusing import Refused
from anju.registry import actions, rules
from anju.registry.models import Household, HouseholdCard, Person
from anju.registry.queries import cards as queries
from anju.registry.staging import Enrolment
from anju.registry.tests.conftest import DAY, VILLAGE
from anju.trail.acting import acting
from anju.trail.models import Entry
from anju.vocabulary.numbers import luhn

pytestmark = pytest.mark.django_db
MARCH, APRIL, MAY, TODAY = date(2020, 3, 1), date(2020, 4, 1), date(2020, 5, 1), date(2020, 6, 10)
BANK = "彰武县农村信用联社"


def card(serial: int) -> str:
    """A card number that passes the check."""
    stem = f"62220210011{serial:07d}"
    return next(f"{stem}{digit}" for digit in range(10) if luhn(f"{stem}{digit}"))


@pytest.fixture(autouse=True)
def _enrolled(clerk: User, family: list[Enrolment]) -> None:
    set_today(day=TODAY)
    actions.enrol(rows=family, on=DAY, by=clerk, source="t")


@pytest.fixture
def zhou() -> Household:
    """The couple with their grandchild; 周德海 is the head."""
    return Household.objects.get(number=f"{VILLAGE}-0001")


@pytest.fixture
def sun() -> Household:
    """孙福 alone."""
    return Household.objects.get(number=f"{VILLAGE}-0002")


def _refused(rule: Check, act: Callable[[], Any]) -> str:
    with pytest.raises(Refused) as refusal, transaction.atomic():
        act()
    assert refusal.value.rule is rule, refusal.value.message
    assert rule.source in refusal.value.message
    return refusal.value.message


def _record(household: Household, by: User, serial: int = 1, holder: str = "周德海", **more: Any) -> HouseholdCard:
    given = {"number": card(serial), "bank": BANK, "since": MARCH, **more}
    return actions.record_card(household=household, holder=holder, by=by, **given)


def test_a_card_is_kept_sealed_and_shown_by_its_last_four(zhou: Household, clerk: User) -> None:
    made = _record(zhou, clerk, number=f" {card(1)[:4]} {card(1)[4:]} ")
    assert (made.household, made.holder.name, made.bank, made.valid_from, made.area) == (zhou, "周德海", BANK, MARCH, VILLAGE)
    assert vault.is_token(str(made.card_no))
    assert made.card_no.clear == card(1)
    assert HouseholdCard.objects.filter(card_no=card(1)).get() == made  # found by its number
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(c)::text FROM registry_householdcard c")
        assert card(1) not in str(cursor.fetchall())
    assert Entry.objects.filter(table="registry_householdcard", action="card.recorded").count() == 1


@pytest.mark.parametrize(
    ("said", "rule", "words"),
    [
        ({"holder": "赵凤芹"}, rules.HOLDER, "持卡人“赵凤芹”不是户主周德海；请用户主本人的卡"),
        ({"holder": "  "}, rules.HOLDER, "应是户主周德海"),
        ({"number": "6.22202E+18"}, rules.NUMBER, "科学计数"),
        ({"number": card(1)[:-1] + str((int(card(1)[-1]) + 1) % 10)}, rules.NUMBER, "校验不成立"),
        ({"number": "6222020000000000001"}, rules.NUMBER, "校验不成立"),
        ({"number": "6222020000000000000"}, rules.NUMBER, "照卡面核对"),
        ({"number": ""}, rules.NUMBER, "没有写银行卡号"),
        ({"bank": ""}, rules.BANK, "开户银行"),
        ({"bank": card(1)}, rules.BANK, "不写卡号"),
        ({"since": date(2020, 6, 11)}, rules.DAY, "晚于今天"),
    ],
)
def test_a_card_that_isnt_sound_or_isnt_the_heads_is_refused_with_the_rule_and_what_to_do(
    zhou: Household, clerk: User, said: dict[str, Any], rule: Check, words: str
) -> None:
    message = _refused(rule, lambda: _record(zhou, clerk, **said))
    assert words in message
    assert card(1) not in message
    assert not HouseholdCard.objects.exists()


def test_a_number_that_ends_in_zeros_is_taken_when_it_was_compared_with_the_card(zhou: Household, clerk: User) -> None:
    assert _record(zhou, clerk, number="6222020000000000000", compared=True).card_no.clear == "6222020000000000000"


def test_the_holders_name_is_compared_as_people_write_names(zhou: Household, clerk: User) -> None:
    assert _record(zhou, clerk, holder="周 德海（户主）").holder.name == "周德海"


def test_a_new_card_takes_the_formers_place_which_stays_known(zhou: Household, clerk: User) -> None:
    _record(zhou, clerk, 1)
    second = _record(zhou, clerk, 2, since=MAY)
    assert queries.in_force([zhou.pk]) == {zhou.pk: second}
    assert [(one.card_no.clear, one.valid_from, one.valid_to) for one in queries.of_household(zhou.pk)] == [
        (card(2), MAY, None),
        (card(1), MARCH, MAY),
    ]
    assert "新卡不能早于它" in _refused(rules.DAY, lambda: _record(zhou, clerk, 3, since=APRIL))


def test_no_two_cards_of_a_household_are_in_use_on_one_day(zhou: Household, clerk: User) -> None:
    _record(zhou, clerk, 1)
    actions.end_card(household=zhou, by=clerk, reason="卡已挂失", on=MAY)
    assert "用到 2020-05-01" in _refused(rules.DAY, lambda: _record(zhou, clerk, 2, since=APRIL))
    assert _record(zhou, clerk, 2, since=MAY).valid_from == MAY


def test_the_same_card_once_more_changes_nothing(zhou: Household, clerk: User) -> None:
    first = _record(zhou, clerk, 1)
    assert _record(zhou, clerk, 1, since=MAY) == first
    assert _record(zhou, clerk, 1, since=date(2020, 2, 1)) == first  # whatever day stands beside it
    assert HouseholdCard.objects.count() == 1


def test_a_card_serves_one_household_only(zhou: Household, sun: Household, clerk: User) -> None:
    _record(zhou, clerk, 1)
    message = _refused(rules.SHARED, lambda: _record(sun, clerk, 1, holder="孙福"))
    assert f"已登记给户 {zhou.number}" in message
    assert "先在那一户停用" in message
    actions.end_card(household=zhou, by=clerk, reason="卡已挂失", on=MAY)
    assert _record(sun, clerk, 1, holder="孙福", since=MAY).household == sun
    assert queries.in_force([zhou.pk]) == {}


def test_two_households_of_one_act_dont_get_the_same_card(zhou: Household, sun: Household, clerk: User) -> None:
    said = [
        actions.Card(household=zhou.pk, number=card(1), holder="周德海", bank=BANK, since=MARCH),
        actions.Card(household=sun.pk, number=card(1), holder="孙福", bank=BANK, since=MARCH),
    ]
    refused = actions.record_cards(cards=said, by=clerk)
    assert {at: one.rule for at, one in refused.items()} == {0: rules.SHARED, 1: rules.SHARED}
    assert sun.number in refused[0].message
    assert zhou.number in refused[1].message
    assert not HouseholdCard.objects.exists()


def test_the_database_itself_refuses_a_second_card_a_shared_number_and_a_number_in_the_clear(
    zhou: Household, sun: Household, clerk: User
) -> None:
    made = _record(zhou, clerk, 1)
    other = {"area": VILLAGE, "holder": made.holder, "bank": BANK, "valid_from": MARCH, "recorded_at": made.recorded_at}
    for household, number in ((zhou, card(2)), (sun, card(1))):
        with pytest.raises(IntegrityError), transaction.atomic():
            HouseholdCard.objects.create(household=household, card_no=number, **other)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE registry_householdcard SET card_no = %s", [card(1)])


def test_of_a_card_in_another_county_only_the_county_is_told(zhou: Household, clerk: User) -> None:
    theirs_at = "210921100201"
    actions.enrol(rows=[Enrolment(1, "o:1", "佟山", theirs_at, "1", sex="1", relation="02")], on=DAY, by=None, source="o")
    office = Organisation.objects.create(name="阜新县住建局", kind="housing", area="210921")
    theirs = admit(login="theirs", name="关玉", organisation=office, role="county_clerk", password="-", check_password=False)
    other = Household.objects.get(area=theirs_at)
    _record(other, theirs, 1, holder="佟山")
    with acting(actor_of(clerk)):
        assert not HouseholdCard.objects.exists()
        message = _refused(rules.SHARED, lambda: _record(zhou, clerk, 1))
        assert _refused(rules.ROLE, lambda: _record(other, clerk, 2, holder="佟山"))
    assert "210921" in message
    assert other.number not in message
    assert "佟山" not in message


def test_who_may_not_take_an_application_in_records_no_card(zhou: Household, clerk: User) -> None:
    guide = admit(login="guide", name="齐广利", organisation=clerk.organisation, role="guide", password="-", check_password=False)
    assert _refused(rules.ROLE, lambda: _record(zhou, guide))
    _record(zhou, clerk)
    assert _refused(rules.ROLE, lambda: actions.end_card(household=zhou, by=guide, reason="挂失"))


def test_a_closed_households_card_is_free_and_a_closed_household_gets_none(zhou: Household, sun: Household, clerk: User) -> None:
    _record(sun, clerk, 1, holder="孙福")
    actions.merge(household=sun, into=zhou, on=MAY, by=clerk)
    sun.refresh_from_db()
    assert "已于" in _refused(rules.HOUSEHOLD, lambda: _record(sun, clerk, 2, holder="孙福"))
    made = _record(zhou, clerk, 1, since=MAY)
    assert made.card_no.clear == card(1)
    (ended,) = queries.of_household(sun.pk)
    assert (ended.valid_to, ended.ended_reason) == (MAY, "已销户")


# ------------------------------------------------------------------------------------------------ the head changes


def test_a_card_of_a_former_head_is_to_be_renewed_until_the_new_heads_is_there(zhou: Household, clerk: User) -> None:
    _record(zhou, clerk, 1)
    assert not queries.cards_to_renew(clerk, "210922").exists()
    change = actions.change_head(household=zhou, head=Person.objects.get(name="赵凤芹"), on=APRIL, by=clerk)
    (found,) = queries.cards_to_renew(clerk, "210922")
    assert (found.household, found.holder.name) == (zhou, "周德海")
    assert queries.in_force([zhou.pk])[zhou.pk].valid_to is None  # nothing stops but the payment
    assert "不是户主赵凤芹" in _refused(rules.HOLDER, lambda: _record(zhou, clerk, 1, since=MAY))
    actions.undo(change=change, by=clerk)
    assert not queries.cards_to_renew(clerk, "210922").exists()
    actions.change_head(household=zhou, head=Person.objects.get(name="赵凤芹"), on=APRIL, by=clerk)
    _record(zhou, clerk, 2, holder="赵凤芹", since=MAY)
    assert not queries.cards_to_renew(clerk, "210922").exists()


def test_a_list_that_brings_another_head_asks_for_a_new_card_too(zhou: Household, clerk: User) -> None:
    _record(zhou, clerk, 1)
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE registry_membership SET superseded_at = clock_timestamp() WHERE household_id = %s AND relation IN ('02', '10')",
            [zhou.pk],
        )
        cursor.execute(
            """INSERT INTO registry_membership (person_id, household_id, area, relation, valid_from, recorded_at, source)
               SELECT person_id, household_id, area, '02', valid_from, now(), '' FROM registry_membership WHERE household_id = %s AND relation = '10'""",
            [zhou.pk],
        )
    assert [one.household for one in queries.cards_to_renew(clerk, "210922")] == [zhou]


def test_the_card_lies_where_the_household_lies(zhou: Household, clerk: User) -> None:
    made = _record(zhou, clerk, 1)
    actions.move(household=zhou, area="210922101201", address="", on=MAY, by=clerk)
    made.refresh_from_db()
    assert made.area == "210922101201"


# ------------------------------------------------------------------------------------------------ taking back, two at once, logs


def test_a_card_taken_back_gives_way_to_the_one_before(zhou: Household, sun: Household, clerk: User) -> None:
    _record(zhou, clerk, 1)
    second = _record(zhou, clerk, 2, since=MAY)
    assert set(actions.withdraw_cards(cards=[second.pk], by=clerk, reason=" ")) == {second.pk}
    assert actions.withdraw_cards(cards=[second.pk], by=clerk, reason="登错了户") == {}
    assert queries.in_force([zhou.pk])[zhou.pk].card_no.clear == card(1)
    assert actions.withdraw_cards(cards=[second.pk], by=clerk, reason="再撤") != {}
    third = _record(zhou, clerk, 3, since=MAY)
    _record(sun, clerk, 1, holder="孙福", since=MAY)
    assert actions.withdraw_cards(cards=[third.pk], by=clerk, reason="登错了户")[third.pk].rule is rules.SHARED
    assert queries.in_force([zhou.pk])[zhou.pk] == third


def test_a_thousand_cards_are_written_in_a_handful_of_statements(clerk: User, django_assert_max_num_queries: Any) -> None:
    rows = [Enrolment(at, f"m:{at}", "李" + chr(0x4E00 + at), VILLAGE, f"m{at}", sex="1", relation="02") for at in range(1, 1001)]
    actions.enrol(rows=rows, on=DAY, by=clerk, source="m")
    households = list(Household.objects.filter(source__startswith="m").order_by("pk"))
    heads = queries.heads([one.pk for one in households])
    said = [
        actions.Card(household=one.pk, number=card(at), holder=heads[one.pk].person.name, bank=BANK, since=MARCH)
        for at, one in enumerate(households)
    ]
    with django_assert_max_num_queries(40):
        assert actions.record_cards(cards=said, by=clerk) == {}
    assert HouseholdCard.objects.open().count() == 1000


@pytest.mark.django_db(transaction=True)
def test_two_who_give_one_card_to_two_households_at_once_dont_both_succeed(zhou: Household, sun: Household, clerk: User) -> None:
    barrier, outcomes = threading.Barrier(2), []

    def give(household: Household, holder: str) -> None:
        barrier.wait()
        try:
            _record(household, clerk, 1, holder=holder)
        except Refused as refused:
            outcomes.append(refused.rule)
        finally:
            connection.close()

    threads = [threading.Thread(target=give, args=one) for one in ((zhou, "周德海"), (sun, "孙福"))]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert outcomes == [rules.SHARED]
    assert HouseholdCard.objects.open().count() == 1


def test_a_log_never_shows_a_card_number(zhou: Household, clerk: User) -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    logger = logging.getLogger("anju.registry")
    logger.addHandler(handler)
    said = actions.Card(household=zhou.pk, number=card(1), holder="周德海", bank=BANK)
    try:
        logger.warning("卡 %s %r", card(1), said)
        logger.warning("卡 " + " ".join(card(1)[at : at + 4] for at in range(0, 19, 4)))
    finally:
        logger.removeHandler(handler)
    assert "〔银行卡号〕" in out.getvalue()
    assert card(1)[-8:] not in out.getvalue().replace(" ", "")
