"""A campaign: what is concluded for it lies inside it and while it goes on; its conclusions bear photos; its places are those right below."""

from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals import albums
from anju.appraisals.tests.conftest import COUNTY, OTHER_VILLAGE, TODAY, TOWNSHIP, VILLAGE, Submit, house_of, person, photograph
from anju.clock.actions import set_today
from anju.evidence import photos
from anju.registry.models import Household
from anju.verification import actions
from anju.verification.models import Campaign, Verification
from anju.verification.rules import CAMPAIGN
from anju.verification.tests.test_one_conclusion_a_household import ON, _conclude, _refused
from anju.vocabulary import division


@pytest.fixture
def campaign(clerk: User) -> Campaign:
    """The county's campaign."""
    return actions.open_campaign(area=COUNTY, name="2020年核验", starts_on=date(2020, 6, 1), due=date(2020, 6, 30), by=clerk)


def _client(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def _said(answer: Any) -> str:
    return str(answer.content.decode())


def test_nothing_is_concluded_for_a_campaign_that_is_over(
    campaign: Campaign, give: Submit, households: list[Household], clerk: User, verifier: User
) -> None:
    one, client = households[0], _client(verifier)
    give("b", on=ON)
    actions.close_campaign(campaign=campaign, by=clerk)
    assert "已经结束" in _refused(CAMPAIGN, lambda: _conclude(one, "appraised_safe", verifier, campaign=campaign))
    pressed = client.post(reverse("verification:alike", args=[campaign.pk, VILLAGE]), {"pick": [one.number]}, follow=True)
    assert "已经结束" in _said(pressed)
    assert "没有能支持结论的依据" not in _said(pressed)
    typed = {"category": "appraised_safe", "verifiers": "邢志国", "interview": "住得踏实", "campaign": str(campaign.pk)}
    url = reverse("verification:conclude", args=[one.number])
    page = client.post(url, typed)
    assert page.status_code == 422
    assert "已经结束" in _said(page)
    assert "住得踏实" in _said(page)
    assert not Verification.objects.exists()
    assert 'name="campaign" value=""' in _said(page)
    assert client.post(url, {**typed, "campaign": ""}).status_code == 302
    assert Verification.objects.get().campaign is None


def test_nothing_is_concluded_for_the_campaign_of_another_place(
    give: Submit, households: list[Household], clerk: User, verifier: User
) -> None:
    one = households[0]
    give("b", on=ON)
    elsewhere = actions.open_campaign(area=OTHER_VILLAGE, name="邻村核验", starts_on=ON, due=TODAY, by=clerk)
    assert "范围" in _refused(CAMPAIGN, lambda: _conclude(one, "appraised_safe", verifier, campaign=elsewhere))
    refused = actions.conclude_many(
        findings=[actions.Finding(household=one.pk, category="appraised_safe", on=TODAY, verifiers=["邢志国"], campaign=elsewhere)],
        by=verifier,
    )
    assert refused[0].rule is CAMPAIGN
    pressed = _client(verifier).post(reverse("verification:alike", args=[elsewhere.pk, VILLAGE]), {"pick": [one.number]})
    assert pressed.status_code == 404
    assert not Verification.objects.exists()


def test_what_is_refused_is_not_said_to_lack_its_ground(
    campaign: Campaign, give: Submit, households: list[Household], collector: User
) -> None:
    give("b", on=ON)
    give("b", on=ON, household=households[1])
    client, url = _client(collector), reverse("verification:alike", args=[campaign.pk, VILLAGE])
    numbers = [one.number for one in households]
    pressed = _said(client.post(url, {"pick": numbers, "verifiers": "、"}, follow=True))
    assert pressed.count("没有写核验人") == 1
    assert f"{numbers[0]}、{numbers[1]}：" in pressed
    assert "1 户没有能支持结论的依据" in pressed
    pressed = _said(client.post(url, {"pick": numbers, "verifiers": "邢志国"}, follow=True))
    assert "已核验 2 户" in pressed
    assert "1 户没有能支持结论的依据" in pressed


# ------------------------------------------------------------------------------------------------ photos


def test_conclusions_without_enough_photos_are_told_and_listed(
    campaign: Campaign, give: Submit, households: list[Household], clerk: User, verifier: User
) -> None:
    one, two, three = households
    client = _client(verifier)
    done = client.post(
        reverse("verification:conclude", args=[one.number]), {"category": "unguaranteed", "why": "漏雨", "verifiers": "邢志国"}, follow=True
    )
    assert "现住房照片 0 张，至少 1 张" in _said(done)
    album = albums.of_house(household=two, dwelling=house_of(two), title="核验", by=verifier, since=TODAY)
    taken = photograph(album, verifier, kind="present")
    photograph(album, verifier, kind="proof")
    _conclude(two, "unguaranteed", verifier, why="漏雨", album=album)
    panel = reverse("verification:panel", args=[two.number])
    listed = reverse("verification:households", args=[campaign.pk]) + "?category=photos"
    assert "现住房照片 0 张，至少 1 张" in _said(client.get(panel))  # it doesn't say where it was taken
    assert two.number in _said(client.get(listed))
    photos.explain(photo=taken, by=clerk, reason="手机没有开定位，核对过是该户")
    assert "现住房照片" not in _said(client.get(panel))
    assert "照片不够" in _said(client.get(listed))
    assert [number in _said(client.get(listed)) for number in (one.number, two.number, three.number)] == [True, False, False]
    photos.withdraw(photo=taken, by=clerk, reason="拍错了户")
    assert "现住房照片 0 张，至少 1 张" in _said(client.get(panel))
    assert two.number in _said(client.get(listed))


def test_before_photos_were_asked_for_none_are_missing(campaign: Campaign, households: list[Household], verifier: User) -> None:
    set_today(day=date(2020, 5, 20))
    client, url = _client(verifier), reverse("verification:conclude", args=[households[0].number])
    page = client.get(url)
    assert page.status_code == 200
    assert "至少" not in _said(page).split('id="photos"')[1]
    done = client.post(url, {"category": "unguaranteed", "why": "漏雨", "verifiers": "邢志国"}, follow=True)
    assert done.status_code == 200
    assert "现住房照片 0 张" not in _said(done)
    assert "照片不够" not in _said(client.get(reverse("verification:households", args=[campaign.pk])))


# ------------------------------------------------------------------------------------------------ places


def test_the_nation_is_shown_by_province(households: list[Household], clerk: User) -> None:
    nation = person("部里", "supervisor", "")
    rows = _said(_client(nation).get(reverse("verification:balance"))).split("<tbody")[1]
    assert "辽宁" in rows
    assert "小官村" not in rows


def test_the_areas_below_an_area_are_the_next_level() -> None:
    below = {area: division.below(area) for area in ("", "21", "2109", COUNTY, TOWNSHIP, VILLAGE, f"{VILLAGE}01")}
    assert list(below.values()) == [2, 4, 6, 9, 12, 12, 12]


def test_the_form_begins_with_what_the_data_bear_out(give: Submit, households: list[Household], verifier: User) -> None:
    def begun(household: Household) -> str:
        page = _said(_client(verifier).get(reverse("verification:conclude", args=[household.number])))
        return page.split(" selected>")[0].rsplit('value="', 1)[1].rstrip('"')

    safe, unknown, _third = households
    give("b", on=ON, household=safe)
    assert (begun(safe), begun(unknown)) == ("appraised_safe", "unguaranteed")
