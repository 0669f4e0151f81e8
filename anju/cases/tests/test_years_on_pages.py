"""历年改造 on pages: numbers by place and year open the households, a case of earlier years has no road to show, rounds of looking again find them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals import populations
from anju.appraisals.actions import screening
from anju.appraisals.models import Round
from anju.appraisals.queries import coverage
from anju.appraisals.tests.conftest import COUNTY, TODAY, person
from anju.cases import actions, qualified, queries
from anju.cases.actions import Finished
from anju.cases.models import Case
from anju.cases.queries import Filters
from anju.cases.tests.conftest import Road
from anju.cases.tests.test_pages import browser, page, step
from anju.cases.years import supports, tallies
from anju.entries.fields import Asked, filled
from anju.entries.layouts import LAYOUTS
from anju.entries.systems import whom
from anju.exports.kinds import kind_of
from anju.imports.kinds import kind_of as import_kind
from anju.refusing import Refused
from anju.registry.models import Household, PastSupport
from anju.tabular.layout import plain_heading
from anju.trail.acting import acting

ON = date(2020, 5, 1)


def past(household: Household, by: User, year: int, **more: Any) -> Case:
    """A finished case of an earlier year."""
    said: dict[str, Any] = {
        "group": "QPK", "method": "rebuild", "completed_year": year, "grade": "D", "subsidy": 1_400_000, "shares": {"central": 750_000, "county": 650_000},
        "source": f"t:{household.pk}:{year}", **more,
    }  # fmt: skip
    told = actions.record_finished(finished=[Finished(household=household.pk, year=year, **said)], by=by)
    assert not told.refused, told.refused[0].message
    return Case.objects.get(source=said["source"])


@pytest.fixture
def history(homes: list[Household], clerk: User) -> list[Case]:
    """Four renovations of three years, one household twice."""
    return [
        past(homes[0], clerk, 2010, method="repair", group="TK"),
        past(homes[0], clerk, 2019),
        past(homes[1], clerk, 2014, completed_on=date(2014, 9, 20), accepted_on=date(2014, 10, 15)),
        past(homes[2], clerk, 2014, method="repair"),
    ]


def test_every_number_of_the_years_opens_its_households(history: list[Case], dangerous: list[Household], road: Road, clerk: User) -> None:
    road.to("approved", dangerous[4])
    client = browser(clerk)
    shown = page(client, "years")
    for year, count in ((2010, 1), (2014, 2), (2019, 1)):
        opened = shown.split(f'past=done&amp;year={year}"')[0].rsplit('href="', 1)[1]
        listed = client.get(f"{opened}past=done&year={year}".replace("&amp;", "&")).content.decode()
        assert listed.count("data-open") == count, year
    assert "2011" not in shown.split("<thead>")[1].split("</thead>")[0]
    by_group = page(client, "years", query="?by=group")
    assert "其他贫困户" in by_group
    Case.objects.filter(pk=history[3].pk).update(year=TODAY.year + 1)  # of next year's plan, and done already
    table = client.get(reverse("cases:years")).context
    assert [one["year"] for one in table["sum"]] == table["years"] == [2010, 2014, 2019, TODAY.year + 1]
    assert sum(one["value"] for one in table["sum"]) == table["total"] == sum(row["total"] for row in table["places"]) == 4
    only = page(client, "years", query="?method=repair")
    assert "year=2019" not in only
    with acting(actor_of(clerk)):
        told = tallies(clerk, COUNTY)
        assert sum(one.cases for one in told) == 4
        assert sum(one.subsidy for one in told) == 5_600_000


def test_what_is_going_on_is_counted_without_what_was_before(
    history: list[Case], dangerous: list[Household], road: Road, clerk: User
) -> None:
    (case,) = road.to("reviewed", dangerous[4])
    client = browser(clerk)
    shown = page(client, "list")
    assert shown.count("data-open") == 1
    assert case.number in shown
    assert page(client, "list", query="?past=history").count("data-open") == 4
    assert page(client, "list", query="?year=2014&past=history").count("data-open") == 2
    assert page(client, "list", query=f"?q={history[2].number}").count("data-open") == 1
    with acting(actor_of(clerk)):
        own = queries.counts(clerk, Filters(area=COUNTY), TODAY)
        assert (own.total, own.of("going")) == (1, 1)
        assert sum(one.total for one in queries.by_area(clerk, COUNTY, TODAY).values()) == 1


def test_a_case_of_earlier_years_shows_what_is_known_and_offers_no_step(history: list[Case], homes: list[Household], clerk: User) -> None:
    PastSupport.objects.create(
        household=homes[1], area=homes[1].area, year=2014, kind="农村危房改造", amount=1_400_000, recorded_at=timezone.now()
    )
    PastSupport.objects.create(household=homes[1], area=homes[1].area, year=1998, kind="扶贫建房", recorded_at=timezone.now())
    client, case = browser(clerk), history[2]
    shown = page(client, "show", case.number)
    assert "cs-line" not in shown
    assert "接下来" not in shown
    assert "历年改造录入" in shown
    told = page(client, "history", case.number)
    for words in ("2014-09-20", "不详", "7,500.00 元", "6,500.00 元", "农村危房改造 14,000.00 元", "1998 年", "还没有看过"):
        assert words in told, words
    with acting(actor_of(clerk)):
        held = supports(queries.of_household(clerk, homes[1].pk), PastSupport.objects.filter(household=homes[1]))
        assert [(one.year, one.case == case, len(one.ledger)) for one in held] == [(2014, True, 1), (1998, False, 1)]
    panel = page(client, "panel", homes[1].number)
    assert "2014 年改造" in panel
    assert "申请 ·" not in panel
    refused = step(client, case, "undo", reason="")
    assert refused.status_code == 422
    assert step(client, case, "undo", reason="录错了户").status_code == 302
    assert "已经作废" in page(client, "history", case.number)
    assert "录入作废" in page(client, "panel", homes[1].number)


def test_years_leave_as_files(history: list[Case], clerk: User) -> None:
    with acting(actor_of(clerk)):
        told = kind_of("cases.history").make({"area": COUNTY, "year": "2014"}, clerk, False)
        rows = list(told.rows)
        assert (told.total, len(rows), {row[4] for row in rows}) == (2, 2, {2014})
        assert {Decimal(750_000) / 100} == {row[told.headings.index("中央补助")] for row in rows}
        counted = kind_of("cases.years").make({"area": COUNTY}, clerk, False)
        (row,) = list(counted.rows)
        assert counted.headings[1:5] == ("合计", "2010", "2014", "2019")
        assert row[1:] == (4, 1, 2, 1, Decimal(56_000))


def test_a_round_of_looking_again_is_about_those_renovated_in_its_years(
    history: list[Case], homes: list[Household], clerk: User, collector: User
) -> None:
    client = browser(clerk)
    form = {
        "name": "改造后回头看",
        "kind": "revisit",
        "area": COUNTY,
        "starts_on": ON.isoformat(),
        "ends_on": (TODAY + timedelta(days=9)).isoformat(),
    }
    wrong = client.post(reverse("appraisals:round-new"), {**form, "population": "renovated", "first_year": "2019", "last_year": "2013"})
    assert wrong.status_code == 422
    assert "哪一年到哪一年" in wrong.content.decode()
    made = client.post(reverse("appraisals:round-new"), {**form, "population": "renovated", "first_year": "2013", "last_year": "2019"})
    assert made.status_code == 302
    assert "2013—2019 年改造过的户" in client.get(made.headers["Location"]).content.decode()
    round_ = Round.objects.get()
    with acting(actor_of(clerk)):
        assert set(coverage.in_scope(round_)) == set(homes[:3])
        assert coverage.coverage(round_)[round_.area].households == 3
        assert populations.outside(round_, COUNTY, [one.pk for one in homes]) == {homes[3].pk, homes[4].pk}
    screening.screen(round=round_, household=homes[1], result="suspect", note="墙裂", by=collector)
    with pytest.raises(Refused, match="改造过的户"):
        screening.screen(round=round_, household=homes[4], result="fine", by=collector)
    refused = screening.screen_many(
        looks=[screening.Look(round=round_, household=one.pk, result="fine", on=TODAY) for one in (homes[0], homes[3])], by=collector
    )
    assert list(refused) == [1]
    with pytest.raises(Refused, match="改造过的户"):
        screening.screen_alike(round=round_, households=[homes[4]], by=collector)
    with acting(actor_of(clerk)):
        assert coverage.coverage(round_)[round_.area].left == 1
    told = page(client, "history", history[2].number)
    assert "改造后回头看" in told
    assert "疑似危房" in told
    actions.void_finished(cases=[history[3].pk], by=clerk, reason="录错")
    with acting(actor_of(clerk)):
        assert set(coverage.in_scope(round_)) == set(homes[:2])


def test_the_archives_workbook_tells_the_latest_renovation_and_comes_back_in(
    history: list[Case], homes: list[Household], clerk: User
) -> None:
    PastSupport.objects.create(
        household=homes[3], area=homes[3].area, year=2012, kind="C级维修", amount=600_000, recorded_at=timezone.now()
    )
    with acting(actor_of(clerk)):
        assert set(Household.objects.filter(whom("archive"))) == set(homes[:4])
        keys = [one.key for one in LAYOUTS["archive"].fields]
        told = filled([*keys, "had_support"], [one.pk for one in homes], Asked(TODAY, False))
    assert (told[homes[0].pk]["plan_year"], told[homes[0].pk]["method"]) == (2019, "原址拆除重建")
    assert (told[homes[1].pk]["accepted_on"], told[homes[1].pk]["central_fund"]) == (date(2014, 10, 15), Decimal(7500))
    assert (told[homes[3].pk]["plan_year"], told[homes[3].pk]["had_support"], told[homes[4].pk]["had_support"]) == (2012, "是", "否")
    layout = import_kind("renovations").layout
    known = {layout.by_form[form][0] for one in LAYOUTS["archive"].fields if (form := plain_heading(one.heading)) in layout.by_form}
    assert known >= {
        "year",
        "group",
        "grade",
        "method",
        "mode",
        "structure",
        "area_after",
        "approved_on",
        "completed_on",
        "accepted_on",
        "paid_on",
    }
    assert known >= {
        "central_paid",
        "province_paid",
        "city_paid",
        "county_paid",
        "subsidy",
        "total_cost",
        "self_raised",
        "loan",
        "other_paid",
    }


def test_another_county_sees_nothing_of_it(history: list[Case], places: None) -> None:
    stranger = person("外县经办", "county_clerk", "210921", "housing")
    client = browser(stranger)
    assert client.get(reverse("cases:history", args=[history[0].number])).status_code == 404
    assert "2014" not in page(client, "years")


def test_who_was_renovated_before_is_not_asked_for_again_until_the_record_is_void(dangerous: list[Household], clerk: User) -> None:
    with acting(actor_of(clerk)):
        case = past(dangerous[0], clerk, 2014)
        assert qualified.states_of(clerk, dangerous[:1], TODAY)[dangerous[0].pk] == qualified.AGAIN
        late = past(dangerous[1], clerk, 2020, completed_on=date(2020, 5, 20))
        assert qualified.states_of(clerk, dangerous[1:2], TODAY)[dangerous[1].pk] == qualified.ONCE
        actions.void_finished(cases=[case.pk, late.pk], by=clerk, reason="录错")
        states = qualified.states_of(clerk, dangerous[:2], TODAY)
        assert {states[one.pk] for one in dangerous[:2]} == {qualified.NOT_APPLIED}
