"""保障途径 on its pages: entered with its proof, refused with what was typed, corrected, ended, taken back, listed."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals.models import Appraisal
from anju.appraisals.tests.conftest import TODAY, Submit, photograph
from anju.evidence.models import Album
from anju.exports.kinds import kind_of
from anju.guarantees import actions
from anju.guarantees.models import Guarantee
from anju.guarantees.tests.conftest import ON, RELATIVES
from anju.registry.models import Household
from tests.desk import body, signed_in

pytestmark = pytest.mark.django_db


def record(household: Household, by: User, **more: Any) -> Guarantee:
    given: dict[str, Any] = {**RELATIVES, "since": ON, "until": date(2020, 12, 31)}
    return actions.record(household=household, by=by, **{**given, **more})


def test_a_way_is_entered_with_photos_and_stands_on_the_household_page(households: list[Household], clerk: User, give: Submit) -> None:
    one, client = households[0], signed_in(clerk)
    give("d", on=ON)
    panel = reverse("guarantees:panel", args=[one.number])
    assert "还没有保障途径" in body(client.get(panel))
    assert panel in body(client.get(reverse("households:page", args=[one.number])))
    client.post(reverse("guarantees:album", args=[one.number]))
    album = Album.objects.get(owner=one.number)
    photograph(album, clerk, "proof")
    made = client.post(reverse("guarantees:record", args=[one.number]), {**RELATIVES, "document": "", "album": str(album.pk)})
    assert made.status_code == 302
    way = Guarantee.objects.get()
    assert (way.route, way.until, way.album, way.by) == ("relatives", date(2020, 12, 31), album, clerk)
    said = body(client.get(panel))
    assert "投亲靠友" in said
    assert "还没有保障途径" not in said
    assert "投亲靠友" in body(client.get(reverse("guarantees:show", args=[way.pk])))


@pytest.mark.parametrize(
    "wrong",
    [
        ("provider", "", "没有写住房由谁提供"),
        ("document", "", "没有佐证材料"),
        ("safe_because", "", "没有写现住房为什么安全"),
        ("until", "", "要写合同或同意的最后一天"),
        ("until", "2020-04-30", "早于开始日期"),
        ("since", "2020-06-11", "晚于今天"),
        ("route", "", "这个字段是必填项"),
    ],
)
def test_what_is_refused_comes_back_with_the_rule_and_as_it_was_typed(
    households: list[Household], clerk: User, wrong: tuple[str, str, str]
) -> None:
    field, typed, said = wrong
    answer = signed_in(clerk).post(
        reverse("guarantees:record", args=[households[0].number]), {**RELATIVES, "place": "大庙村2组", field: typed}
    )
    assert answer.status_code == 422
    page = body(answer)
    assert said in page
    assert "大庙村2组" in page
    assert field == "route" or "依据" in page
    assert not Guarantee.objects.exists()


def test_who_may_not_record_is_told_whose_work_it_is(households: list[Household], clerk: User, collector: User, stranger: User) -> None:
    way = record(households[0], clerk)
    number = households[0].number
    assert signed_in(collector).get(reverse("guarantees:record", args=[number])).status_code == 403
    assert "由" in body(signed_in(collector).get(reverse("guarantees:show", args=[way.pk])))
    assert signed_in(collector).post(reverse("guarantees:act", args=[way.pk, "end"]), {"on": TODAY, "reason": "搬走"}).status_code == 422
    for address in (reverse("guarantees:panel", args=[number]), reverse("guarantees:show", args=[way.pk])):
        assert signed_in(stranger).get(address).status_code == 404


def test_a_way_is_corrected_with_the_reason_and_the_one_before_stays_as_it_was(households: list[Household], clerk: User) -> None:
    first = record(households[0], clerk, route="public_rental", provider="镇政府", since=date(2020, 1, 1))
    second, client = record(households[0], clerk), signed_in(clerk)
    url = reverse("guarantees:correct", args=[second.pk])
    assert 'value="周鹏"' in body(client.get(url))
    assert client.post(url, {**RELATIVES, "provider": "周兴", "reason": ""}).status_code == 422
    assert client.post(url, {**RELATIVES, "provider": "", "reason": "写错了人"}).status_code == 422
    assert Guarantee.objects.open().get().provider == "周鹏"
    assert client.post(url, {**RELATIVES, "provider": "周兴", "since": "2020-05-10", "reason": "写错了人"}).status_code == 302
    now = Guarantee.objects.open().get()
    assert (now.provider, now.valid_from) == ("周兴", date(2020, 5, 10))
    before = Guarantee.objects.as_of(date(2020, 5, 9)).get()
    assert (before.route, before.valid_to, before.provider) == (first.route, date(2020, 5, 10), "镇政府")
    assert "更正" in body(client.get(reverse("guarantees:show", args=[second.pk])))
    assert client.post(url, {**RELATIVES, "reason": "再改一次"}).status_code == 422  # the one that was corrected before


def test_a_way_ends_or_is_taken_back_on_its_page(households: list[Household], clerk: User) -> None:
    way, client = record(households[0], clerk), signed_in(clerk)
    end = reverse("guarantees:act", args=[way.pk, "end"])
    refused = client.post(end, {"on": "2020-04-01", "reason": "搬回去了"})
    assert refused.status_code == 422
    assert "搬回去了" in body(refused)
    assert client.post(end, {"on": "2020-06-01", "reason": "搬回去了"}).status_code == 302
    assert Guarantee.objects.get(superseded_at=None).valid_to == date(2020, 6, 1)
    other = record(households[1], clerk)
    back = reverse("guarantees:act", args=[other.pk, "withdraw"])
    assert client.post(back, {"reason": ""}).status_code == 422
    assert client.post(back, {"reason": "填错了户"}).status_code == 302
    assert not Guarantee.objects.open().exists()
    assert client.post(reverse("guarantees:act", args=[other.pk, "burn"])).status_code == 404


def test_the_list_counts_what_it_opens(households: list[Household], clerk: User) -> None:
    record(households[0], clerk, until=TODAY - timedelta(days=1))
    record(households[1], clerk, until=TODAY + timedelta(days=9))
    actions.record(household=households[2], route="relocation", since=ON, by=clerk, document="阜扶搬〔2019〕3号")
    client, url = signed_in(clerk), reverse("guarantees:list")
    numbers = [one.number for one in households]

    def listed(asked: str) -> list[str]:
        page = body(client.get(f"{url}?{asked}"))
        return [number for number in numbers if f'data-label="户编号">{number}' in page]

    assert listed("") == numbers
    assert listed("state=over") == numbers[:1]
    assert listed("state=soon") == numbers[1:2]
    assert listed("state=holds") == numbers[1:]
    assert listed("state=ended") == []
    assert listed("route=relocation") == numbers[2:]
    assert listed("category=guaranteed_safe") == numbers[:2]
    assert listed("area=210922115") == []
    assert "期限内 2" in body(client.get(url))
    home = body(client.get("/"))
    assert "保障途径已到期" in home
    assert "?state=over" in home


def test_the_file_has_what_the_list_shows(households: list[Household], clerk: User) -> None:
    record(households[0], clerk)
    actions.record(household=households[2], route="relocation", since=ON, by=clerk, document="阜扶搬〔2019〕3号")
    found = kind_of("guarantees.list").make({"route": "relatives"}, clerk, False)
    rows = list(found.rows)
    assert found.total == len(rows) == 1
    line = dict(zip(found.headings, rows[0], strict=True))
    assert (line["户编号"], line["具体保障方式"], line["住房安全保障途径"]) == (households[0].number, "投亲靠友", "保障安全")
    assert Appraisal.objects.count() == 0
