"""The pages of plans, of 应改尽改 and of quota, as people use them; what leaves as a file."""

from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals.tests.conftest import COUNTY, TOWNSHIP, person
from anju.cases import actions, planning
from anju.cases.models import AnnualPlan, Case, QuotaRequest
from anju.cases.tests.conftest import Road
from anju.clock.actions import set_today
from anju.exports.kinds import NotThere, kind_of
from anju.registry.models import Household
from anju.trail.acting import acting
from anju.web import worklist

CITY, OTHER_COUNTY, OTHER_TOWNSHIP = "2109", "210921", "210922115"
LAST = date(2020, 6, 25)


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    """A page's text; it has to be there."""
    response = client.get(reverse(f"cases:{name}", args=args) + query)
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


def told(user: User, area: str) -> dict[str, int]:
    """The day's work: title → how many."""
    return {item.title: item.count for group in worklist.groups(user, area, date(2020, 6, 10)) for item in group.items}


def rows_of(user: User, kind: str, **filters: str) -> list[dict[str, object]]:
    """An export's rows by their headings."""
    with acting(actor_of(user)):
        made = kind_of(kind).make(filters, user, False)
        rows = [dict(zip(made.headings, one, strict=True)) for one in made.rows]
    assert made.total == len(rows)
    return rows


@pytest.fixture
def city(places: None) -> User:
    """The city's, who hands tasks down."""
    return person("阜新市局", "city_viewer", CITY)


@pytest.fixture
def neighbour(places: None) -> User:
    """The clerk of the next county."""
    return person("阜蒙经办", "county_clerk", OTHER_COUNTY)


def test_a_city_enters_its_task_and_hands_it_down_in_one_act(dangerous: list[Household], city: User, clerk: User) -> None:
    client = browser(city)
    given = {"area": CITY, "year": "2020", "households": "2000", "complete_due": "2020-06-25", "document": "阜住建〔2020〕2号"}
    assert client.post(reverse("cases:plans"), given).status_code == 302
    shown = page(client, "plans-down", query="?year=2020")
    assert f'name="households-{COUNTY}"' in shown
    address = reverse("cases:plans-down") + "?year=2020"
    late = {f"households-{COUNTY}": "404", f"completion-{COUNTY}": "2020-07-01"}
    refused = client.post(address, late)
    assert refused.status_code == 422
    assert "晚于规定的 2020-06-25" in refused.content.decode()
    assert 'value="2020-07-01"' in refused.content.decode()
    assert client.post(address, {f"households-{COUNTY}": "四百"}).status_code == 422
    for day in ("13-1", "2020-13-01", "2020-02-30"):
        unreadable = client.post(address, {f"households-{COUNTY}": "404", f"completion-{COUNTY}": day})
        assert (unreadable.status_code, "看不懂日期" in unreadable.content.decode()) == (422, True), day
    assert (
        client.post(address, {f"households-{COUNTY}": "404", f"households-{OTHER_COUNTY}": "1,500", "document": "5号"}).status_code == 302
    )
    assert dict(AnnualPlan.objects.values_list("area", "households")) == {CITY: 2000, COUNTY: 404, OTHER_COUNTY: 1500}
    shown = page(client, "plans", query="?year=2020")
    assert "与本级任务 2,000 户相差 −96 户" in shown
    own = browser(clerk)
    assert own.post(reverse("cases:plans"), {**given, "area": COUNTY, "households": "500"}).status_code == 422
    assert own.post(reverse("cases:plans"), {**given, "area": COUNTY, "households": "404", "survey": "2020-03-20"}).status_code == 302
    shown = page(own, "plans", query="?year=2020")
    assert "上级下达" in shown
    assert "施工方式摸排期限 2020-03-20" in shown or "施工方式摸排期限 — → 2020-03-20" in shown


def test_every_number_of_a_plan_opens_its_cases_and_the_sum_is_that_of_the_places(
    dangerous: list[Household], road: Road, clerk: User, city: User
) -> None:
    d, _c = road.to("started", dangerous[0], dangerous[2])
    road.applied(dangerous[1])
    set_today(day=date(2020, 6, 26))
    client = browser(clerk)
    response = client.get(reverse("cases:plans"))
    (row,) = [one for one in response.context["rows"] if one["code"] == TOWNSHIP]
    for part in planning.PARTS:
        figure = row["figures"][part]
        assert response.context["sum"][part]["value"] == figure["value"], part
        if figure["value"]:
            assert client.get(figure["url"]).context["page"].total == figure["value"], part
    assert (response.context["stock"], response.context["missing"]) == (4, 1)
    assert 'aria-label="竣工 0，在建 2，未开工 0"' in response.content.decode()
    for tile in response.context["tiles"]:
        if tile["value"] and tile["url"]:
            assert client.get(tile["url"]).context["page"].total == tile["value"], tile["label"]
    assert "逾期 1 天" in page(client, "plans-cases", query=f"?area={COUNTY}&year=2020&part=late_completion")
    assert client.get(reverse("cases:plans-cases") + "?part=nothing").status_code == 404
    for user, area in ((city, CITY), (clerk, COUNTY)):
        told_of = rows_of(user, "cases.plans", area=area, year="2020")
        assert (told_of[-1]["已开工"], told_of[-1]["逾期竣工"], told_of[-1]["存量"], told_of[-1]["应改未改"]) == (2, 2, 4, 1)
        for heading in ("已批准", "已开工", "已竣工", "逾期竣工", "存量"):
            assert sum(int(str(one[heading])) for one in told_of[:-1]) == told_of[-1][heading]
    (first, _second) = rows_of(clerk, "cases.plan_cases", part="started", year="2020")
    assert (first["编号"], first["竣工期限"]) == (d.number, LAST)


def test_rates_are_of_the_task_and_may_exceed_it() -> None:
    assert [planning.rate(*one) for one in ((71142, 88641), (21410, 20985), (129, 53), (0, 0), (3, None))] == [
        "80.26%", "102.03%", "243.40%", "—", "—",
    ]  # fmt: skip


def test_who_is_in_no_plan_is_applied_for_at_once(
    dangerous: list[Household], road: Road, clerk: User, township: User, collector: User
) -> None:
    client = browser(township)
    assert told(township, TOWNSHIP)["应改未改"] == 4
    assert told(clerk, COUNTY)["应改未改"] == 4
    assert "应改未改" not in told(collector, collector.area)
    shown = client.get(reverse("cases:qualified"))
    assert [line["household"].number for line in shown.context["lines"]] == [dangerous[at].number for at in (0, 1, 2, 4)]
    assert client.post(reverse("cases:qualified-apply"), {"on": "2020-03-10"}).status_code == 422
    picked = [dangerous[at].number for at in (0, 2, 3)]
    refused = client.post(reverse("cases:qualified-apply"), {"on": "2020-03-10", "household": picked})
    assert refused.status_code == 422  # the third has a B house and isn't listed any more
    assert Case.objects.count() == 2
    assert client.post(reverse("cases:qualified-apply"), {"on": "2020-03-10", "household": [dangerous[1].number]}).status_code == 302
    assert told(township, TOWNSHIP)["应改未改"] == 1
    for state, count in (("", 4), ("in", 3), ("missing", 1), ("none", 1), ("concluded", 0)):
        found = client.get(reverse("cases:qualified") + f"?state={state}")
        assert (len(found.context["lines"]), found.context["page"].total) == (count, count), state
    for query in ("?grade=C&state=", "?group=JDLK", f"?q={dangerous[4].number}", "?state=zzz&grade=zz&after=%27", f"?area={TOWNSHIP}"):
        page(client, "qualified", query=query)
    assert f"area={TOWNSHIP}" in page(browser(clerk), "qualified-areas")


def test_a_list_of_who_qualifies_costs_no_more_for_more_rows(dangerous: list[Household], road: Road, clerk: User) -> None:
    client = browser(clerk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(client, "qualified", query="?state=")
        return len(queries)

    actions.refuse(case=road.applied(dangerous[2]), by=clerk, reason="另有住房", on=road.day)
    asked()
    before = asked()
    for household in (dangerous[0], dangerous[1]):
        actions.refuse(case=road.applied(household), by=clerk, reason="另有住房", on=road.day)
    assert asked() == before


def test_a_county_asks_for_quota_and_the_city_answers(
    dangerous: list[Household], road: Road, clerk: User, city: User, neighbour: User
) -> None:
    actions.make_plan(area=CITY, year=2020, households=2000, complete_due=LAST, by=city)
    actions.hand_down(area=CITY, year=2020, shares=[actions.Share(area=COUNTY, households=400)], by=city)
    client, above, beside = browser(clerk), browser(city), browser(neighbour)
    given = {"households": "40", "year": "2020", "asked_of": CITY, "on": "2020-06-10", "reason": "", "document": "彰住建〔2020〕6号"}
    refused = client.post(reverse("cases:quotas"), given)
    assert refused.status_code == 422
    assert "请写明理由" in refused.content.decode()
    assert client.post(reverse("cases:quotas"), {**given, "reason": "排查新增"}).status_code == 302
    request = QuotaRequest.objects.get()
    assert told(city, CITY)["指标申请待答复"] == 1
    shown = above.get(reverse("cases:quota", args=[request.pk]))
    assert [line["household"].number for line in shown.context["lines"]] == [dangerous[at].number for at in (0, 1, 2, 4)]
    assert beside.get(reverse("cases:quota", args=[request.pk])).status_code == 404
    assert "彰武县" not in page(beside, "quotas").split("<main")[1]
    answer = reverse("cases:quota-act", args=[request.pk, "answer"])
    assert beside.post(answer, {"granted": "40", "on": "2020-06-10"}).status_code == 404
    assert client.post(answer, {"granted": "40", "on": "2020-06-10"}).status_code == 422
    assert above.post(answer, {"granted": "0", "on": "2020-06-10"}).status_code == 422
    assert above.post(answer, {"granted": "30", "on": "2020-06-10", "document": "9号"}).status_code == 302
    assert told(clerk, COUNTY)["指标申请已答复"] == 1
    plans_told = page(client, "plans", query="?year=2020")
    assert "430" in plans_told
    opens = f'href="{reverse("cases:quota", args=[request.pk])}"'
    province = browser(person("省里", "province_viewer", "21"))
    assert opens in plans_told
    assert opens in page(above, "plans", query=f"?year=2020&area={COUNTY}")
    plans_told = page(province, "plans", query=f"?year=2020&area={COUNTY}")
    assert "9号 / 彰住建〔2020〕6号" in plans_told
    assert opens not in plans_told
    assert client.post(reverse("cases:quota-act", args=[request.pk, "seen"])).status_code == 302
    assert "指标申请已答复" not in told(clerk, COUNTY)
    (row,) = rows_of(clerk, "cases.quotas")
    assert (row["申请户数"], row["同意户数"], row["应改未改"]) == (40, 30, 4)
    assert len(rows_of(city, "cases.quota_ground", request=str(request.pk))) == 4
    with pytest.raises(NotThere):
        rows_of(neighbour, "cases.quota_ground", request=str(request.pk))
    assert client.get(reverse("cases:quotas") + "?side=mine&state=granted").context["page"].total == 1
    assert client.get(reverse("cases:quotas") + "?side=asked").context["page"].total == 0


def test_every_request_that_waits_is_counted_and_opened(city: User, clerk: User) -> None:
    asked = {"year": 2020, "households": 1, "reason": "新增", "task": 1, "counted": 0, "on": date(2020, 6, 8), "by": clerk}
    QuotaRequest.objects.bulk_create(
        QuotaRequest(area=f"2109{at}", asked_of=CITY, recorded_at=timezone.now(), **asked) for at in range(20, 80)
    )
    assert told(city, CITY)["指标申请待答复"] == 60
    assert browser(city).get(reverse("cases:quotas") + "?side=asked&state=asked").context["page"].total == 60


def test_what_qualifies_leaves_as_a_file(dangerous: list[Household], road: Road, clerk: User, neighbour: User) -> None:
    actions.refuse(case=road.applied(dangerous[0]), by=clerk, reason="另有住房", on=road.day)
    rows = rows_of(clerk, "cases.qualified", state="")
    assert [(one["户编号"], one["情况"], one["原因"]) for one in rows] == [
        (dangerous[0].number, "认定不符合", "另有住房"),
        *((dangerous[at].number, "没有申请", "") for at in (1, 2, 4)),
    ]
    assert rows_of(neighbour, "cases.qualified", state="", area=COUNTY) == []


def test_hostile_addresses_are_answered(dangerous: list[Household], clerk: User) -> None:
    client = browser(clerk)
    for address in (
        "/cases/plans/?year=99999&area=9999", "/cases/plans/?year=x&area=210921", "/cases/plans/cases/?year=2020&area=2109", "/cases/plans/?year=0000",
        "/cases/plans/?year=020209", "/cases/plans/hand-down/?year=02020999999",
        "/cases/plans/hand-down/?year=0", "/cases/qualified/?state=%F0%9F%8F%A0&area=1", "/cases/quotas/?state=x&side=y&after=zz",
    ):  # fmt: skip
        assert client.get(address).status_code == 200, address
    for year in ("0000", "9999", "x"):
        assert rows_of(clerk, "cases.plans", year=year)[-1]["年度"] == 2020
    assert client.get("/cases/quotas/99/").status_code == 404
    assert client.post("/cases/quotas/").status_code == 422
    assert client.post("/cases/quotas/99/answer/").status_code == 404
    assert client.get("/cases/quotas/99/nothing/").status_code == 405
