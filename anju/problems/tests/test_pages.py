"""The ledger's pages, as people use them: what is shown, what is offered to whom, what a refusal leaves, what leaves as a file."""

from datetime import date
from typing import Any

import pytest
from django.contrib.messages import get_messages
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.clock.actions import set_today
from anju.exports.kinds import kind_of
from anju.problems import actions, queries
from anju.problems.models import Problem, State, Step
from anju.problems.tests.conftest import DUE, MENDED, VILLAGE, Open, photographed
from anju.problems.views.ledger import SORTS
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.rosters.tests import county
from anju.trail.acting import acting
from anju.web import worklist

pytestmark = pytest.mark.django_db


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user)
    return client


def page(client: Client, name: str, *args: Any, query: str = "") -> str:
    """A page's text; it has to be there."""
    response = client.get(reverse(f"problems:{name}", args=args) + query)
    assert response.status_code == 200
    return str(response.content.decode())


def household(area: str = VILLAGE) -> Household:
    """A household in the village."""
    registry.enrol(
        on=date(2020, 1, 1),
        by=None,
        source="t",
        rows=[Enrolment(1, "t:1", "周德海", area, "1", id_number=county.number("19540412", 11), relation="02")],
    )
    return Household.objects.get()


# ------------------------------------------------------------------------------------------------ the ledger


def test_every_count_opens_its_rows(open_one: Open, rectified: Problem, clerk: User) -> None:
    open_one(category="quality", description="墙裂了")
    late = open_one(description="逾期的")
    actions.hand_over(problem=late, to=clerk.organisation, due=date(2020, 6, 10), by=clerk)
    set_today(day=date(2020, 6, 12))
    client = browser(clerk)
    shown = page(client, "list")
    for state, count in (("unfinished", 3), ("overdue", 1), ("open", 1), ("rectifying", 1), ("verifying", 1), ("closed", 0)):
        link = f'href="?state={state}"'
        assert link in shown
        chip = shown.split(link)[1].split("</a>")[0]
        assert chip.rsplit(" ", 1)[1] == str(count), state
        rows = page(client, "list", query=f"?state={state}")
        assert rows.count("data-open") == count
    assert "墙裂了" in page(client, "list", query="?category=quality")
    assert "墙裂了" not in page(client, "list", query="?category=archive")
    assert "墙裂了" not in page(client, "list", query="?area=210922115")


def test_the_ledger_is_sorted_and_found_by_key(open_one: Open, clerk: User, township: User) -> None:
    made = [open_one(description=f"第{number}个问题") for number in range(45)]
    actions.hand_over(problem=made[20], to=township.organisation, due=DUE, by=clerk)
    client = browser(clerk)
    first = client.get(reverse("problems:list") + "?sort=due")
    assert next(line["problem"] for line in first.context["lines"]) == made[20]
    assert first.context["page"].total == 45
    second = client.get(reverse("problems:list") + f"?sort=due&after={first.context['page'].next}")
    assert [line["problem"] for line in first.context["lines"]] + [line["problem"] for line in second.context["lines"]] == [
        made[20], *(one for one in made if one != made[20]),
    ]  # fmt: skip


def test_what_is_shown_leaves_as_a_file(open_one: Open, rectified: Problem, clerk: User, township: User) -> None:
    open_one(category="quality", description="墙裂了")
    made = kind_of("problems.ledger").make({"category": "archive"}, clerk, False)
    rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]
    assert [row["编号"] for row in rows] == [rectified.number]
    assert rows[0]["举一反三"] == MENDED["self_check"]
    assert made.total == 1
    with acting(actor_of(township)):
        assert len(list(kind_of("problems.ledger").make({"area": "2109"}, township, False).rows)) == 2


def test_a_ledger_of_a_foreign_area_stays_closed(open_one: Open, stranger: User) -> None:
    problem = open_one(description="彰武的事")
    client = browser(stranger)
    assert "彰武的事" not in page(client, "list", query=f"?area={VILLAGE}")
    for name in ("show", "paper"):
        assert client.get(reverse(f"problems:{name}", args=[problem.pk])).status_code == 404
    for do in ("verify", "hand-over", "undo"):
        assert client.post(reverse("problems:act", args=[problem.pk, do]), {"reason": "x"}).status_code == 404
    assert problem.steps.count() == 1


# ------------------------------------------------------------------------------------------------ entering one


def test_a_problem_is_entered_on_the_page(clerk: User) -> None:
    client = browser(clerk)
    found = household()
    assert found.number in page(client, "new", query=f"?household={found.number}")
    given = {
        "area": "210922", "household": found.number, "source": "superior", "category": "quality", "severity": "serious", "on": "2020-06-09",
        "description": "后墙裂缝 3 厘米", "title": "", "due": "2020-06-30", "recurrence_of": "",
    }  # fmt: skip
    response = client.post(reverse("problems:new"), given)
    problem = Problem.objects.get()
    assert response.headers["Location"] == reverse("problems:show", args=[problem.pk])
    assert (problem.area, problem.household, problem.found_on, problem.due) == (VILLAGE, found, date(2020, 6, 9), date(2020, 6, 30))


def test_what_is_refused_comes_back_with_what_was_typed(clerk: User) -> None:
    client = browser(clerk)
    given = {
        "area": "210922", "source": "superior", "category": "quality", "severity": "plain", "on": "2020-06-09",
        "description": "请打 13800138000 联系",
    }  # fmt: skip
    response = client.post(reverse("problems:new"), given)
    assert response.status_code == 422
    text = response.content.decode()
    assert "请打 13800138000 联系" in text
    assert "手机号" in text
    assert not Problem.objects.exists()
    response = client.post(
        reverse("problems:new"), given | {"description": "墙裂", "household": "210922109201-9999", "recurrence_of": "没有这号"}
    )
    assert "辖区内没有户编号" in response.content.decode()
    assert not Problem.objects.exists()


def test_who_may_not_enter_is_told_who_may(village: User) -> None:
    response = browser(village).get(reverse("problems:new"))
    assert response.headers["Location"] == reverse("problems:list")
    assert "县级审批员" in str(next(iter(get_messages(response.wsgi_request))))


# ------------------------------------------------------------------------------------------------ one problem


def test_the_whole_way_on_the_pages(open_one: Open, clerk: User, township: User) -> None:
    problem = open_one()
    county_desk, town_desk = browser(clerk), browser(township)
    shown = page(county_desk, "show", problem.pk)
    assert reverse("problems:act", args=[problem.pk, "hand-over"]) in shown
    assert reverse("problems:act", args=[problem.pk, "verify"]) not in shown

    def act(client: Client, do: str, **given: str) -> int:
        return client.post(reverse("problems:act", args=[problem.pk, do]), given).status_code

    assert act(county_desk, "hand-over", to=str(township.organisation_id), due="2020-06-20", note="尽快") == 302
    paper = page(county_desk, "paper", problem.pk)
    assert "满堂红镇政府：" in paper
    assert "2020年6月20日" in paper
    assert "由满堂红镇政府整改" in page(county_desk, "show", problem.pk)
    assert act(town_desk, "plan", plan="分三批补") == 302
    assert act(town_desk, "rectify", **MENDED) == 422
    problem.refresh_from_db()
    photographed(problem, township)
    assert act(town_desk, "rectify", **MENDED) == 302
    assert escape("整改由乡镇级完成") in page(town_desk, "show", problem.pk)
    assert act(town_desk, "verify", way="all") == 422
    assert act(county_desk, "verify", way="sample", text="看了 3 户") == 302
    problem.refresh_from_db()
    assert problem.state == State.CLOSED
    shown = page(county_desk, "show", problem.pk)
    assert "看了 3 户" in shown
    assert f"again={problem.pk}" in shown
    assert act(county_desk, "undo", reason="销早了") == 302
    assert page(county_desk, "show", problem.pk).count(">已撤销</span>") == 1
    assert problem.steps.count() == 6


def test_a_refused_step_keeps_its_words(handed: Problem, township: User) -> None:
    response = browser(township).post(
        reverse("problems:act", args=[handed.pk, "rectify"]), MENDED | {"report": "电话 13800138000 已联系", "cause": "没人管"}
    )
    assert response.status_code == 422
    text = response.content.decode()
    assert "没人管" in text
    assert "依据" in text
    assert not handed.steps.filter(kind=Step.Kind.RECTIFIED).exists()


def test_nobody_is_offered_what_is_refused_to_them(rectified: Problem, discipline: User, viewer: User, other_township: User) -> None:
    for user in (discipline, viewer):
        shown = page(browser(user), "show", rectified.pk)
        assert f"problems/{rectified.pk}/" not in shown.replace(reverse("problems:paper", args=[rectified.pk]), "")
    assert browser(other_township).get(reverse("problems:show", args=[rectified.pk])).status_code == 404


def test_a_households_problems_on_its_page(open_one: Open, clerk: User, stranger: User) -> None:
    found = household()
    problem = open_one(household=found)
    address = reverse("problems:panel", args=[found.number])
    assert problem.title in browser(clerk).get(address).content.decode()
    assert browser(stranger).get(address).status_code == 404
    assert address in browser(clerk).get(reverse("households:page", args=[found.number])).content.decode()


# ------------------------------------------------------------------------------------------------ what waits


def _titles(user: User, area: str, today: date) -> list[tuple[str, int]]:
    with acting(actor_of(user)):
        return [(item.title, item.count) for group in worklist.groups(user, area, today) for item in group.items]


def test_each_desk_sees_what_waits_for_it(open_one: Open, rectified: Problem, clerk: User, township: User, supervisor: User) -> None:
    late = open_one(description="逾期的事")
    actions.hand_over(problem=late, to=township.organisation, due=date(2020, 6, 11), by=clerk)
    open_one(description="刚发现")
    day = date(2020, 6, 13)
    set_today(day=day)
    assert ("整改完成待验收", 1) in _titles(clerk, "210922", day)
    assert ("问题待交办", 1) in _titles(clerk, "210922", day)
    assert ("问题逾期未销号", 1) in _titles(clerk, "210922", day)
    town = _titles(township, "210922109", day)
    assert ("逾期的事", 1) in town
    assert "整改完成待验收" not in dict(town)  # its own work is the county's to look at
    assert "整改完成待验收" not in dict(_titles(supervisor, "2109", day))  # and not yet the city's
    assert len(queries.ledger(clerk, queries.Filters(area="210922", state="to_verify"), day)) == 1


def test_no_question_reads_the_whole_ledger(open_one: Open, clerk: User, village: User) -> None:
    """Five thousand problems of other places beside one of ours: every question of a page goes by an index, row policies included."""
    mine = open_one(household=household())
    Problem.objects.bulk_create(
        [
            Problem(
                county="210921", year=2019, serial=number, number=str(number), area=f"210921{100 + number % 90}{201 + number % 9}", source="self",
                category="archive", title="t", description="d", found_on=date(2019, 1, 1), found_by=clerk, found_level=4,
            )
            for number in range(1, 5001)
        ]
    )  # fmt: skip
    today = date(2020, 6, 10)
    with acting(actor_of(clerk)):
        asked = {
            "newest": queries.ledger(clerk, queries.Filters(area=VILLAGE), today).order_by("-id")[:40],
            "by due day": queries.ledger(clerk, queries.Filters(area=VILLAGE), today).order_by(*SORTS["due"])[:40],
            "overdue": queries.late(clerk, VILLAGE, today),
            "to hand over": queries.to_hand_over(clerk, VILLAGE),
            "to verify": queries.to_verify(clerk, VILLAGE),
            "my office's": queries.handed_to(clerk, VILLAGE),
            "a household's": queries.of_household(clerk, mine.household_id or 0),
        }
        for name, found in asked.items():
            sql, params = found.query.sql_with_params()
            with connection.cursor() as cursor:
                cursor.execute("EXPLAIN " + sql, params)
                plan = "\n".join(row[0] for row in cursor.fetchall())
            assert "Seq Scan on problems_problem" not in plan, f"{name}:\n{plan}"
            assert "problems_" in plan, f"{name}:\n{plan}"
