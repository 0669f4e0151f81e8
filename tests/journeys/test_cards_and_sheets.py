"""A household applies with its card; the township looks at many in one act, each in its own words; a card is changed, seen whole with a reason, and its
workbook is handed out to be filled in."""

from datetime import date

import pytest
from playwright.sync_api import expect

from anju.accounts.actions import admit, found
from anju.appraisals.actions.no_house import determine
from anju.cases import actions
from anju.cases.models import Case, CaseStep
from anju.cases.tests.conftest import on_a_locked_list, pictured
from anju.clock.actions import set_today
from anju.demo import pictures
from anju.notices import actions as notices
from anju.registry import actions as registry
from anju.registry.models import Household, HouseholdCard, Person
from anju.registry.tests.test_cards import card
from anju.vocabulary.division import Level
from tests.journeys.conftest import NARROW, TODAY, Enter, World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
VILLAGE, LISTED, LOOKED = "210922109201", date(2020, 1, 31), date(2020, 3, 1)
NAMES = ("马占山", "佟桂珍", "关永贵", "白淑清", "汪长福")
BANK = "彰武县农村信用联社满堂红信用社"


def village(world: World) -> list[Household]:
    """Five households of a locked list that have no house, the village's cadre and the township's reviewer."""
    for key, name, office, kind, area, role in (
        ("village", "金淑珍", "小官村村委会", "village", VILLAGE, "village_collector"),
        ("town", "包铁柱", "满堂红镇人民政府", "township", VILLAGE[:9], "township_reviewer"),
    ):
        made = found(name=office, kind=kind, area=area)
        world.users[key] = admit(login=key, name=name, organisation=made, role=role, password="journeys-2020", check_password=False)
    clerk = world.users["clerk"]
    there = on_a_locked_list(clerk, NAMES)
    for one in there:
        determine(
            household=one, applied_on=LOOKED, village_on=LOOKED, village_opinion="情况属实", township_opinion="同意", by=clerk, on=LOOKED
        )
    return there


def posted(world: World, there: list[Household]) -> list[Case]:
    """Their cases, voted upon and posted in the village."""
    by, town = world.users["village"], world.users["town"]
    assert actions.apply_many(applications=[actions.Application(household=one.pk, on=date(2020, 3, 10)) for one in there], by=by) == {}
    cases = list(Case.objects.order_by("pk"))
    keys = [one.pk for one in cases]
    votes = [actions.Vote(key, 26) for key in keys]
    met = date(2020, 3, 12)
    album = pictured("review", cases[0], by, met)
    assert not actions.review_many(votes=votes, by=by, due=40, came=28, chair="金国栋", recorder="金淑珍", on=met, album=album)
    first = date(2020, 3, 13)
    set_today(day=first)
    notice = actions.post(
        cases=keys, level=Level.VILLAGE, area=VILLAGE, title="小官村危房改造对象公示", by=town, hotline="0418-6922315", on=first
    )
    notice = notices.photograph_start(notice=notice, by=town, file=pictures.house(901))
    set_today(day=notice.closes_on)
    notice = notices.photograph_end(notice=notice, by=town, file=pictures.house(902))
    notices.close(notice=notice, by=town, on=notice.closes_on)
    assert not actions.posted(cases=keys, level=Level.VILLAGE, by=by, on=notice.closes_on)
    set_today(day=TODAY)
    return list(Case.objects.order_by("pk"))


def test_an_application_comes_with_its_card_which_is_changed_and_seen_with_a_reason(enter: Enter, world: World) -> None:
    there = village(world)
    cadre = enter("village")
    page = cadre.go(f"/cases/new/?household={there[0].number}")
    page.get_by_label("银行卡号").fill(card(1)[:-1])
    page.get_by_label("持卡人").fill("马占山")
    page.get_by_label("开户银行").fill(BANK)
    cadre.accessible()
    cadre.picture("cards-apply")
    page.locator("main").get_by_role("button", name="受理申请").click()
    expect(page.locator("main")).to_contain_text("照卡面改正")
    page.get_by_label("银行卡号").fill(" ".join(card(1)[at : at + 4] for at in range(0, 19, 4)))
    page.locator("main").get_by_role("button", name="受理申请").click()
    panel = page.locator("#card")
    expect(panel).to_contain_text(card(1)[-4:])
    expect(panel).not_to_contain_text(card(1))
    expect(panel).not_to_contain_text("看全号")
    cadre.accessible()
    cadre.fits()
    cadre.picture("cards-case")
    panel.locator("summary").filter(has_text="换卡").click()
    panel.get_by_label("银行卡号").fill(card(2))
    panel.get_by_label("持卡人").fill("马山")
    panel.get_by_label("开户银行").fill(BANK)
    panel.get_by_role("button", name="换卡").click()
    expect(panel).to_contain_text("持卡人“马山”不是户主马占山")
    expect(panel.get_by_label("银行卡号")).to_have_value(card(2))
    cadre.picture("cards-refused")
    panel.get_by_label("持卡人").fill("马占山")
    panel.get_by_role("button", name="换卡").click()
    expect(panel).to_contain_text("已登记银行卡")
    assert HouseholdCard.objects.open().get().card_no.clear == card(2)

    heir = registry.add_member(
        household=there[0],
        person=registry.NewPerson(name="马建军", sex="1"),
        relation_code="20",
        on=date(2020, 5, 1),
        by=world.users["clerk"],
    )
    registry.change_head(household=there[0], head=Person.objects.get(pk=heir.pk), on=TODAY, by=world.users["clerk"])
    town = enter("town")
    page = town.go("/")
    expect(page.locator("main")).to_contain_text("银行卡待更换")
    page = town.go(f"/households/{there[0].number}/")
    panel = page.locator("#card")
    expect(panel).to_contain_text("户主已变更为马建军")
    panel.get_by_role("button", name="看全号").click()
    expect(panel).to_contain_text(card(2))
    town.picture("cards-renew")
    phone = enter("town", viewport=NARROW)
    page = phone.go(f"/cases/{Case.objects.get().number}/")
    expect(page.locator("#card")).to_contain_text("待更换")
    phone.fits()
    page.locator("#card summary").filter(has_text="换卡").click()
    page.locator("#card").scroll_into_view_if_needed()
    phone.picture("cards-phone")


def test_many_are_reviewed_in_their_own_words_and_their_sheet_is_handed_out(enter: Enter, world: World) -> None:
    cases = posted(world, village(world))
    town = enter("town")
    page = town.go("/cases/?work=visit")
    expect(page.get_by_role("button", name="下载填报表")).to_be_visible()
    town.accessible()
    town.picture("sheets-list")
    page.get_by_role("button", name="下载填报表").click()
    page.locator("dialog[open]").get_by_role("button", name="导出", exact=True).click()
    expect(page.locator("main")).to_contain_text("乡镇审核表")
    page = town.go("/cases/many/review-township/?" + "&".join(f"case={one.number}" for one in cases))
    for at, name in enumerate(NAMES):
        page.get_by_label(f"{name}，入户看到的情况").fill(f"借住亲戚家 {at} 间，人口与户口簿一致")
    page.get_by_label(f"{NAMES[1]}，审核意见").fill("优先安排")
    page.locator("#id_opinion").fill("情况属实，同意")
    town.accessible()
    town.fits()
    town.picture("sheets-many")
    page.locator("main").get_by_role("button", name="乡镇审核通过").click()
    expect(page.locator("main")).to_contain_text("已登记 5 户")
    said = list(CaseStep.objects.filter(code="review_township").order_by("case").values_list("details__opinion", flat=True))
    assert said == ["情况属实，同意", "优先安排", *["情况属实，同意"] * 3]
    phone = enter("town", viewport=NARROW)
    page = phone.go("/cases/many/visit/?" + "&".join(f"case={one.number}" for one in cases))
    phone.fits()
    phone.picture("sheets-phone")
