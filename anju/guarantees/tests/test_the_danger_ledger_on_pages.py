"""危房台账, 危房住人 and 存量锁定 on their pages: what is counted is what is opened, and it is what the ledger of the facts says."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anju import clock
from anju.accounts.models import User
from anju.appraisals.actions import no_house
from anju.appraisals.actions import stock as stocks
from anju.appraisals.actions.appraising import submit
from anju.appraisals.models import Stock, StockEntry
from anju.appraisals.queries import ledger
from anju.appraisals.tests.conftest import COUNTY, GOOD, TODAY, Submit
from anju.clock.actions import set_today
from anju.exports.kinds import NotThere, kind_of
from anju.guarantees import queries
from anju.guarantees.queries import danger
from anju.guarantees.tests.conftest import ON
from anju.guarantees.tests.test_ways_on_pages import record
from anju.refusing import Refused
from anju.registry import actions as registry
from anju.registry.models import Dwelling, Household
from anju.registry.refusal import Refused as NotOnTheRegister
from tests.desk import body, signed_in

pytestmark = pytest.mark.django_db


def _numbers(page: str) -> list[str]:
    return re.findall(r'data-label="户编号">(\d{12}-\d+)', page)


def _opened(client: Client, page: str, label: str) -> tuple[int, list[str]]:
    """A figure of a tile and the households behind its link."""
    found = re.search(rf'<span>{label}</span></div><div class="fig"><a class="n [^"]*" href="([^"]+)">(\d+)</a>', page)
    assert found, label
    return int(found.group(2)), _numbers(body(client.get(found.group(1).replace("&amp;", "&"))))


def test_every_figure_opens_the_households_it_counts(give: Submit, households: list[Household], clerk: User) -> None:
    poor, frail, other = households
    give("d", on=ON)
    give("c", household=frail, on=ON)
    give("d", household=other, on=ON)  # on no list
    record(frail, clerk)
    client = signed_in(clerk)
    page = body(client.get(reverse("guarantees:danger")))
    assert _opened(client, page, "台账户数") == (2, [poor.number, frail.number])
    assert _opened(client, page, "C 级") == (1, [frail.number])
    assert _opened(client, page, "D 级") == (1, [poor.number])
    assert _opened(client, page, "无房") == (0, [])
    assert _opened(client, page, "已有途径") == (1, [frail.number])
    assert _opened(client, page, "还没有途径") == (1, [poor.number])
    assert _opened(client, page, "危房住人") == (1, [poor.number])
    lived = body(client.get(reverse("guarantees:lived-in")))
    assert _numbers(lived) == [poor.number, other.number]
    assert _numbers(body(client.get(reverse("guarantees:lived-in") + "?group=others"))) == [other.number]
    assert _numbers(body(client.get(reverse("guarantees:households") + "?group=TK"))) == [frail.number]
    assert "危房住人" in body(client.get("/"))


def test_who_lives_elsewhere_doesnt_live_in_danger(give: Submit, households: list[Household], clerk: User) -> None:
    one = households[0]
    give("d", on=ON)
    assert list(queries.lived_in_dangerous(COUNTY, TODAY)) == [one]
    registry.record_dwelling(household=one, kind="borrow", on=ON, by=clerk, state={"structure": "brick_concrete", "storeys": 1})
    assert list(queries.lived_in_dangerous(COUNTY, TODAY)) == []
    registry.occupy(household=one, dwelling=one.occupancies.get(kind="own").dwelling, kind="live", on=ON, by=clerk)
    assert list(queries.lived_in_dangerous(COUNTY, TODAY)) == [one]


_ACTS = st.lists(
    st.tuples(st.sampled_from(["grade", "way", "vacant", "later", "close", "year"]), st.integers(0, 2), st.integers(0, 30)),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=_ACTS)
def test_the_ledger_of_today_is_what_the_facts_say(households: list[Household], clerk: User, acts: list[tuple[str, int, int]]) -> None:
    sid = transaction.savepoint()
    try:
        for act, which, offset in acts:
            household = Household.objects.get(pk=households[which].pk)
            try:
                with transaction.atomic():
                    _act(act, household, offset, clerk)
            except (Refused, NotOnTheRegister):
                continue
        _agrees(clerk)
    finally:
        transaction.savepoint_rollback(sid)


def _act(act: str, household: Household, offset: int, clerk: User) -> None:
    day = ON + timedelta(days=offset)
    house = Dwelling.objects.filter(occupancies__household=household).order_by("pk").first()
    assert house is not None
    match act:
        case "grade":
            form = {**GOOD, "components": {**GOOD["components"], "bearing_wall": "abcd"[offset % 4]}}  # type: ignore[dict-item]
            submit(household=household, dwelling=house, form=form, by=clerk, appraisers=["石岩"], on=day)
        case "way":
            record(household, clerk, since=day)
        case "vacant":
            registry.vacate(household=household, dwelling=house, kind="own", on=day, by=clerk)
            no_house.determine(
                household=household, applied_on=day, village_on=day, village_opinion="评议通过", township_opinion="属实", by=clerk
            )
        case "later":
            registry.record_dwelling(household=household, kind="own", on=day, by=clerk, state={"structure": "brick_concrete", "storeys": 1})
        case "close":
            registry.close(household=household, reason="全户迁出", on=TODAY, by=clerk)
        case "year":
            set_today(day=date(2021, 3, 1))


def _agrees(clerk: User) -> None:
    facts = {one.number: one.grade for one in ledger.entries(COUNTY, limit=100)}
    assert set(ledger.now(COUNTY).values_list("number", flat=True)) == set(facts)
    grades = list(facts.values())
    for digits in (6, 9, 12):
        whole = sum(danger.counts(clerk, COUNTY, clock.today(), digits).values(), danger.Count(COUNTY))
        assert (whole.c, whole.d, whole.no_house) == tuple(grades.count(grade) for grade in ("C", "D", ledger.NO_HOUSE))
        assert whole.households == len(facts) == whole.routed + whole.unrouted


def test_a_stock_is_made_signed_by_four_and_struck_on_its_pages(
    give: Submit, households: list[Household], clerk: User, signers: list[User]
) -> None:
    poor, frail, _other = households
    give("d", on=ON)
    give("c", household=frail, on=ON)
    county = signed_in(clerk)
    url = reverse("guarantees:stocks")
    assert county.post(url, {"as_of": "2020-06-11"}).status_code == 422
    assert county.post(url, {"as_of": TODAY.isoformat()}).status_code == 302
    again = county.post(url, {"as_of": TODAY.isoformat()})
    assert again.status_code == 422
    assert "等待会签" in body(again)
    made = Stock.objects.get()
    page = body(county.get(reverse("guarantees:stock", args=[made.pk])))
    assert _opened(county, page, "台账户数") == (2, [poor.number, frail.number])
    assert _opened(county, page, "D 级") == (1, [poor.number])
    sign = reverse("guarantees:stock-act", args=[made.pk, "sign"])
    browsers = [signed_in(who) for who in (clerk, *signers)]
    assert "待会签" in body(browsers[1].get("/"))
    for browser in browsers:
        assert "签字" in body(browser.get(reverse("guarantees:stock", args=[made.pk])))
        assert browser.post(sign).status_code == 302
    assert "待会签" not in body(browsers[1].get("/"))
    refused = county.post(sign)
    assert refused.status_code == 422
    assert "已锁定" in body(refused)
    entry = StockEntry.objects.get(household=poor)
    strike = reverse("guarantees:strike", args=[entry.pk])
    dangerous = county.post(strike, {"on": TODAY.isoformat(), "reason": "说是修好了"})
    assert dangerous.status_code == 422
    assert "D 级危房" in body(dangerous)
    assert "说是修好了" in body(dangerous)
    give("a", on=TODAY)
    assert county.post(strike, {"on": TODAY.isoformat(), "reason": "改造后鉴定 A 级"}).status_code == 302
    page = body(county.get(reverse("guarantees:stock", args=[made.pk])))
    assert _opened(county, page, "已销档") == (1, [poor.number])
    assert _opened(county, page, "未销档") == (1, [frail.number])
    paper = body(county.get(reverse("guarantees:stock-paper", args=[made.pk])))
    assert "四部门已签齐" in paper
    void = reverse("guarantees:stock-act", args=[made.pk, "void"])
    assert county.post(void, {"reason": ""}).status_code == 422
    assert county.post(void, {"reason": "名单有误"}).status_code == 302
    assert "名单有误" in body(county.get(reverse("guarantees:stock", args=[made.pk])))


def test_a_foreign_stock_isnt_there(give: Submit, clerk: User, stranger: User) -> None:
    give("d", on=ON)
    made = stocks.make(area=COUNTY, by=clerk, as_of=TODAY)
    for name in ("stock", "stock-households", "stock-paper"):
        assert signed_in(stranger).get(reverse(f"guarantees:{name}", args=[made.pk])).status_code == 404
    with pytest.raises(NotThere):
        kind_of("guarantees.stock").make({"stock": made.pk}, stranger, False)


def test_the_files_hold_what_the_pages_list(give: Submit, households: list[Household], clerk: User) -> None:
    poor, frail, other = households
    for one in households:
        give("d", household=one, on=ON)
    record(frail, clerk)
    made = stocks.make(area=COUNTY, by=clerk, as_of=TODAY)

    def file(kind: str, **asked: Any) -> list[dict[str, object]]:
        found = kind_of(kind).make(asked, clerk, False)
        rows = [dict(zip(found.headings, row, strict=True)) for row in found.rows]
        assert found.total == len(rows)
        return rows

    assert [row["户编号"] for row in file("guarantees.danger")] == [poor.number, frail.number]
    assert [row["户编号"] for row in file("guarantees.danger", way="open")] == [frail.number]
    assert file("guarantees.danger", way="open")[0]["住房安全保障途径"] == "投亲靠友"
    assert [row["户编号"] for row in file("guarantees.lived_in")] == [poor.number, other.number]
    assert [row["危房住人"] for row in file("guarantees.lived_in")] == ["是", "是"]
    assert [row["存量等级"] for row in file("guarantees.stock", stock=made.pk)] == ["D", "D"]
