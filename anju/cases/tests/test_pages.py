"""The pages of cases, as people use them: what is listed and counted, what is offered to whom, what a refusal leaves, what leaves as a file."""

import itertools
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals.tests.conftest import COUNTY, TOWNSHIP, VILLAGE, person
from anju.cases import actions, queries, rules
from anju.cases.models import AnnualPlan, Case, CaseStep
from anju.cases.photographs import SHOTS
from anju.cases.queries import Filters
from anju.cases.tests.conftest import HOTLINE, Road
from anju.cases.views.acts import ACTS, BESIDE
from anju.cases.views.many import ACTS as MANY
from anju.cases.workflow import WORKFLOW
from anju.clock.actions import set_today
from anju.demo.pictures import house
from anju.exports.kinds import kind_of
from anju.registry.models import Household
from anju.trail.acting import acting
from anju.vocabulary.division import Level
from anju.web import worklist

DAY = {"on": "2020-06-10"}
_SHOTS = itertools.count(5000)


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


def step(client: Client, case: Case, do: str, **given: Any) -> Any:
    """One act of one case."""
    return client.post(reverse("cases:act", args=[case.number, do]), given)


def photographed(client: Client, case: Case, do: str) -> str:
    """The album begun with the form of a step, with the photo that the step asks for."""
    return filled(client, client.post(reverse("cases:album", args=[case.number, do])), do)


def filled(client: Client, begun: Any, do: str) -> str:
    """The album that was begun, with one photo."""
    shown = begun.content.decode()
    album: str = shown.split('name="album" value="')[1].split('"')[0]
    file = SimpleUploadedFile("p.jpg", house(next(_SHOTS), size=(320, 240)), "image/jpeg")
    sent = client.post(reverse("evidence:add", args=[album]), {"kind": SHOTS[do].kinds[0], "file": file})
    assert sent.status_code == 302, sent.status_code
    return album


def stands(case: Case) -> str:
    """The stage now."""
    case.refresh_from_db()
    return case.stage


@pytest.fixture
def stranger(places: None) -> User:
    """A clerk of another county."""
    return person("外县经办", "county_clerk", "210921", "housing")


# ------------------------------------------------------------------------------------------------ the list


def test_every_count_opens_its_cases(dangerous: list[Household], road: Road, clerk: User) -> None:
    road.to("reviewed", dangerous[0], dangerous[1])
    road.applied(dangerous[2])
    client = browser(clerk)
    shown = page(client, "list")
    assert shown.count("data-open") == 3
    for stage, count in (("applied", 1), ("reviewed", 2)):
        chip = shown.split(f'href="?stage={stage}"')[1].split("</a>")[0]
        assert chip.rsplit(" ", 1)[1] == str(count)
        assert page(client, "list", query=f"?stage={stage}").count("data-open") == count
    assert page(client, "list", query="?phase=going").count("data-open") == 3
    assert page(client, "list", query="?phase=施工").count("data-open") == 0


def test_cases_are_found_by_what_they_are(dangerous: list[Household], road: Road, clerk: User) -> None:
    d, c, none = road.to("approved", dangerous[0], dangerous[2], dangerous[4])
    client = browser(clerk)
    for query, found in (
        ("?grade=C", {c}), ("?grade=none", {none}), ("?method=rebuild", {d}), ("?group=JDLK", {d, c, none}), ("?group=DB", set()),
        (f"?q={d.number}", {d}), (f"?q={dangerous[2].number}", {c}), ("?area=210922115", set()), (f"?area={VILLAGE}", {d, c, none}), ("?stage=nothing", {d, c, none}),
    ):  # fmt: skip
        response = client.get(reverse("cases:list") + query)
        assert {line["case"] for line in response.context["lines"]} == found, query
        assert response.context["page"].total == len(found), query
    for sort in ("number", "-number", "place", "since", "-since", "grade", "-method"):
        assert page(client, "list", query=f"?sort={sort}").count("data-open") == 3


def test_what_stands_too_long_is_told(dangerous: list[Household], road: Road, clerk: User) -> None:
    case = road.applied(dangerous[0])
    set_today(day=date(2020, 3, 25))
    assert page(browser(clerk), "list", query="?stuck=1").count("data-open") == 0
    set_today(day=date(2020, 3, 26))
    assert case.number in page(browser(clerk), "list", query="?stuck=1")
    assert queries.counts(clerk, Filters(COUNTY), date(2020, 3, 26)).stuck == 1


def test_a_long_list_costs_no_more_than_a_short_one(dangerous: list[Household], road: Road, clerk: User) -> None:
    road.to("reviewed", dangerous[0])
    client = browser(clerk)

    def asked() -> int:
        with CaptureQueriesContext(connection) as told:
            assert page(client, "list").count("data-open") == Case.objects.count()
        return len(told)

    asked()
    short = asked()
    for household in (dangerous[1], dangerous[2], dangerous[4]):
        road.applied(household)
    assert asked() == short


def test_the_places_below_are_counted(dangerous: list[Household], road: Road, clerk: User) -> None:
    road.to("reviewed", dangerous[0], dangerous[1])
    shown = page(browser(clerk), "areas")
    assert f"/cases/?area={TOWNSHIP}" in shown
    found = queries.by_area(clerk, COUNTY, date(2020, 6, 10))
    assert found[TOWNSHIP].stages == {"reviewed": 2}


def test_what_is_listed_leaves_as_a_file(dangerous: list[Household], road: Road, clerk: User) -> None:
    d, _c = road.to("approved", dangerous[0], dangerous[2])
    with acting(actor_of(clerk)):
        made = kind_of("cases.list").make({"grade": "D"}, clerk, False)
        (row,) = [dict(zip(made.headings, one, strict=True)) for one in made.rows]
    assert (row["编号"], row["改造方式"], row["补助金额（元）"], made.total) == (d.number, "原址拆除重建", 24000, 1)


def test_nothing_of_another_area_is_shown(dangerous: list[Household], road: Road, stranger: User) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    client = browser(stranger)
    assert "data-open" not in page(client, "list", query=f"?q={case.number}&area={VILLAGE}")
    for name, args in (("show", [case.number]), ("subsidy", [case.number]), ("panel", [dangerous[0].number])):
        assert client.get(reverse(f"cases:{name}", args=args)).status_code == 404
    for do in (*ACTS, *BESIDE):
        assert step(client, case, do, reason="看看", **DAY).status_code == 404
    assert case.number not in client.get(reverse("cases:many", args=["approve"]) + f"?case={case.number}").content.decode()
    assert case.steps.count() == 2


# ------------------------------------------------------------------------------------------------ beginning


def test_a_household_applies_from_its_page(dangerous: list[Household], collector: User) -> None:
    client, household = browser(collector), dangerous[0]
    panel = page(client, "panel", household.number)
    assert f"{reverse('cases:new')}?household={household.number}" in panel
    assert "周德海" in page(client, "new", query=f"?household={household.number}")
    response = client.post(reverse("cases:new"), {"household": household.number, "on": "2020-03-10"})
    case = Case.objects.get()
    assert response["Location"] == reverse("cases:show", args=[case.number])
    assert case.number in page(client, "panel", household.number)
    assert reverse("cases:new") not in page(client, "panel", household.number)


def test_who_has_a_safe_house_is_refused_and_what_was_typed_stays(dangerous: list[Household], collector: User) -> None:
    response = browser(collector).post(reverse("cases:new"), {"household": dangerous[3].number, "on": "2020-03-12"})
    text = response.content.decode()
    assert response.status_code == 422
    assert rules.GRADE.label in text
    assert 'value="2020-03-12"' in text
    assert dangerous[3].number in text
    assert browser(collector).post(reverse("cases:new"), {"household": "无此户", **DAY}).status_code == 422


def test_who_takes_no_applications_doesnt_open_the_form(dangerous: list[Household], offices: dict[str, User]) -> None:
    assert browser(offices["poverty"]).get(reverse("cases:new")).status_code == 403
    assert reverse("cases:new") not in page(browser(offices["poverty"]), "panel", dangerous[0].number)


# ------------------------------------------------------------------------------------------------ one case


def test_every_transition_that_somebody_may_do_has_its_form() -> None:
    assert set(ACTS) == {way.code for way in WORKFLOW.transitions if way.by}


def test_the_case_says_how_far_it_is_and_what_is_missing(dangerous: list[Household], road: Road, township: User, collector: User) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    shown = page(browser(township), "show", case.number)
    assert "“乡镇审核通过”前的检查" in shown
    assert "还没有登记入户核实" in shown
    assert rules.VISIT.source in shown
    assert "1 项阻断" in shown
    assert rules.IDENTITY.label in shown.split('class="passed"')[1]
    assert 'action="' + reverse("cases:act", args=[case.number, "visit"]) in shown
    assert 'action="' + reverse("cases:act", args=[case.number, "review_township"]) not in shown
    theirs = page(browser(collector), "show", case.number)
    assert "“乡镇审核通过”由乡镇审核员办理。" in theirs
    assert theirs.count('id="act-') == 1  # what they did last can be taken back
    assert 'id="act-undo"' in theirs


def test_the_whole_road_is_walked_on_the_pages(dangerous: list[Household], road: Road) -> None:
    people = {name: browser(user) for name, user in road.people.items()}
    case = road.applied(dangerous[0])
    meeting = {"due": 40, "came": 28, "agreed": 22, "chair": "金书记", "recorder": "金淑珍"}
    photo = {"album": photographed(people["village"], case, "review")}
    assert step(people["village"], case, "review", on=str(road.later()), **meeting, **photo).status_code == 302
    assert stands(case) == "reviewed"
    road.hung([case], Level.VILLAGE, VILLAGE)
    assert step(people["village"], case, "post_village", on=str(road.day)).status_code == 302
    assert step(people["township"], case, "visit", on=str(road.day), seen="墙体开裂").status_code == 302
    assert step(people["township"], case, "review_township", on=str(road.later()), opinion="同意").status_code == 302
    assert stands(case) == "township_reviewed"
    road.hung([case], Level.TOWNSHIP, TOWNSHIP)
    assert step(people["township"], case, "post_township", on=str(road.day)).status_code == 302
    for name, office in (
        ("county", "housing"),
        ("poverty", "poverty"),
        ("civil_affairs", "civil_affairs"),
        ("disabled_federation", "disabled_federation"),
    ):
        assert step(people[name], case, f"check_{office}", on=str(road.day)).status_code == 302, name
    assert step(people["county"], case, "check", on=str(road.later())).status_code == 302
    road.hung([case], Level.COUNTY, COUNTY)
    assert step(people["county"], case, "post_county", on=str(road.day)).status_code == 302
    plan = {"area": COUNTY, "year": 2020, "households": 100, "complete_due": "2020-06-25"}
    assert people["county"].post(reverse("cases:plans"), plan).status_code == 302
    said = {"method": "rebuild", "main_area": "40", "auxiliary_area": "10", "amount": "24000", "basis": "彰住建〔2020〕3号"}
    assert step(people["county"], case, "approve", on=str(road.later()), **said).status_code == 302
    assert stands(case) == "approved"
    assert case.subsidy == 2_400_000
    day = str(road.later())
    assert step(people["township"], case, "survey_mode", on=day, mode="unified_build").status_code == 302
    case.refresh_from_db()
    actions.draw_plan(case=case, by=road.people["township"], on=road.day, **road.plan(case))
    signed = {"kind": "three", "builder": "彰武宏达施工队", "signed_on": day, "start_due": day, "finish_due": "2020-06-20", "filed_on": day}
    assert step(people["township"], case, "agree", stages="开工 30\n竣工验收：70%", publishes="on", **signed).status_code == 302
    assert step(people["township"], case, "stock_materials", on=day, note="水泥三吨").status_code == 302
    assert step(people["township"], case, "train", on=day, note="石工长在县里培训").status_code == 302
    for name, do in (("township", "start_works"), ("village", "lay_foundation")):
        photo = {"album": photographed(people[name], case, do)}
        assert step(people[name], case, do, on=str(road.later()), **photo).status_code == 302
    assert stands(case) == "foundation"
    shown = page(people["county"], "show", case.number)
    for told in (
        "彰武宏达施工队",
        "开工 30%，竣工验收 70%",
        "墙体开裂",
        "应到 40 人，实到 28 人，同意 22 人",
        "24,000.00 元",
        "彰住建〔2020〕3号",
    ):
        assert told in shown, told


FAULTY: dict[str, tuple[str, str, dict[str, Any], str, str]] = {
    "review": ("applied", "village", {"due": "40", "came": "18", "agreed": "12", "chair": "金书记", "recorder": "金淑珍", **DAY}, "没有过半", "金书记"),
    "visit": ("village_posted", "township", {"seen": " ", "on": "2020-06-01"}, "请写明入户看到的情况", "2020-06-01"),
    "post_village": ("reviewed", "village", DAY, "还没有张贴村级公示", "2020-06-10"),
    "review_township": ("village_posted", "township", {"opinion": "拟同意纳入", **DAY}, "先入户", "拟同意纳入"),
    "check": ("township_posted", "county", DAY, "还没有联审", "2020-06-10"),
    "approve": ("county_posted", "county", {"method": "repair", "main_area": "33.5", "basis": "彰住建〔2020〕9号", **DAY}, "还没有 2020 年的改造计划", "33.5"),
    "survey_mode": ("approved", "township", {"mode": "self_build", "on": "2020-01-01"}, "早于", "2020-01-01"),
    "agree": (
        "approved", "township",
        {"kind": "three", "builder": "宏达队", "signed_on": "2020-06-10", "start_due": "2020-06-01", "finish_due": "2020-06-20", "stages": "开工 30"}, "先后",
        "宏达队",
    ),
    "train": ("approved", "township", {"note": "", "on": "2020-06-09"}, "请写明情况", "2020-06-09"),
    "start_works": ("approved", "township", {"note": "吉日开工", **DAY}, "还没有登记建设方式", "吉日开工"),
    "complete": ("started", "township", {"note": "已封顶", **DAY}, "还有节点没有登记", "已封顶"),
    "return": ("reviewed", "township", {"reason": "", "on": "2020-06-09"}, "理由", "2020-06-09"),
    "withdraw": ("reviewed", "township", {"reason": "投奔女儿", **DAY}, "书面声明", "投奔女儿"),
    "take_other_route": ("reviewed", "township", {"reason": "住进敬老院", **DAY}, "保障途径", "住进敬老院"),
    "change_head": ("reviewed", "township", {"reason": "户主去世", **DAY}, "户主没有变", "户主去世"),
    "undo": ("reviewed", "village", {"reason": ""}, "请写明为什么撤销", "登记村评议"),
    "waive": ("reviewed", "county", {"rule": rules.HOUSE.id, "reason": ""}, "请写明为什么可以例外", rules.HOUSE.label),
}  # fmt: skip


@pytest.mark.parametrize("do", FAULTY)
def test_what_is_refused_says_the_rule_and_keeps_what_was_typed(do: str, dangerous: list[Household], road: Road) -> None:
    stage, who, given, said, kept = FAULTY[do]
    (case,) = road.to(stage, dangerous[0])
    before = CaseStep.objects.count()
    response = step(browser(road.people[who]), case, do, **given)
    text = response.content.decode()
    assert response.status_code == 422
    assert said in text
    assert kept in text
    assert "依据：" in text
    assert CaseStep.objects.count() == before
    assert stands(case) == stage


def test_a_role_does_only_what_is_its_own(dangerous: list[Household], road: Road, offices: dict[str, User]) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    shown = page(browser(offices["poverty"]), "show", case.number)
    assert '<form class="bd' not in shown
    for do in ("post_village", "visit", "return", "pause", "undo", "waive"):
        assert step(browser(offices["poverty"]), case, do, reason="看看", seen="看看", rule=rules.HOUSE.id, **DAY).status_code == 422, do
    assert step(browser(offices["poverty"]), case, "nothing").status_code == 404
    assert case.steps.count() == 2


def test_a_step_out_of_its_order_is_refused_on_the_page(dangerous: list[Household], road: Road) -> None:
    (case,) = road.to("applied", dangerous[0])
    given = {
        "reason": "看看",
        "seen": "看看",
        "note": "看看",
        "method": "rebuild",
        "agreed": "1",
        "due": "1",
        "came": "1",
        "written_on": "2020-06-10",
        **DAY,
    }
    for do in ACTS:
        for name in ("county", "township"):
            if do not in ("visit", "refuse", "withdraw", "pause", "split") and not ACTS[do].page:
                response = step(browser(road.people[name]), case, do, **given)
                assert response.status_code == 422, do
    assert stands(case) == "applied"
    assert case.steps.count() == 1


def test_the_last_step_is_taken_back_and_stays_struck_through(dangerous: list[Household], road: Road, collector: User) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    client = browser(collector)
    assert step(client, case, "undo", reason="人数记错").status_code == 302
    assert stands(case) == "applied"
    shown = page(client, "show", case.number)
    assert "<s>登记村评议</s>" in shown
    assert "撤销“登记村评议”" in shown
    assert "人数记错" in shown


def test_side_roads_are_taken_and_left(dangerous: list[Household], road: Road, township: User) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    client = browser(township)
    assert step(client, case, "pause", reason="农户外出", **DAY).status_code == 302
    assert stands(case) == "paused"
    assert "暂停" in page(client, "show", case.number)
    assert step(client, case, "resume", **DAY).status_code == 302
    assert step(client, case, "return", reason="缺会议记录", **DAY).status_code == 302
    assert step(client, case, "resubmit", **DAY).status_code == 302
    assert step(client, case, "refuse", reason="不在名单上", **DAY).status_code == 302
    assert "已办结：不符合" in page(client, "show", case.number)


def test_the_county_lifts_a_rule_by_name_and_reason(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("township_posted", dangerous[0])
    client = browser(clerk)
    assert step(client, case, "waive", rule=rules.AREA.id, reason="地形所限").status_code == 302
    shown = page(client, "show", case.number)
    assert "豁免的规则" in shown
    assert "地形所限" in shown


def test_the_subsidy_is_told_while_it_is_being_filled_in(dangerous: list[Household], road: Road, clerk: User) -> None:
    (case,) = road.to("county_posted", dangerous[0])
    client = browser(clerk)
    assert "没有补助标准" in page(client, "subsidy", case.number, query="?method=repair")
    assert "#ban" in page(client, "subsidy", case.number, query="?method=rebuild&main_area=300")
    assert "请写金额" in page(client, "subsidy", case.number, query="?method=rebuild&main_area=40")
    assert "选改造方式" in page(client, "subsidy", case.number, query="?method=nothing&main_area=NaN")
    actions.make_plan(area=COUNTY, year=2020, households=9, complete_due=date(2020, 6, 25), by=clerk)
    assert reverse("cases:subsidy", args=[case.number]) in page(client, "show", case.number)


# ------------------------------------------------------------------------------------------------ many at once


def test_a_meeting_votes_on_many_and_who_fails_stays_with_why(dangerous: list[Household], road: Road, collector: User) -> None:
    first, second, third = (road.applied(one) for one in (dangerous[0], dangerous[1], dangerous[2]))
    client, address = browser(collector), reverse("cases:many", args=["review"])
    assert page(client, "many", "review").count('name="agreed-') == 3
    meeting = {"due": "40", "came": "28", "chair": "金书记", "recorder": "金淑珍", "on": "2020-03-20"}
    given = {**meeting, "case": [first.number, second.number, third.number], f"agreed-{first.number}": "22", f"agreed-{second.number}": "9"}
    unread = client.post(reverse("cases:many", args=["review"]), {**given, f"agreed-{second.number}": "九人"})
    assert unread.status_code == 422
    assert f"请只写数字：{second.number}" in unread.content.decode()
    assert stands(first) == "applied"
    set_today(day=date(2020, 3, 20))
    assert "还没有会议现场的照片" in client.post(address, given).content.decode()
    album = filled(client, client.post(reverse("cases:meeting-album"), {"case": [first.number, second.number]}), "review")
    given["album"] = album
    response = client.post(address, given)
    text = response.content.decode()
    assert response.status_code == 422
    assert (stands(first), stands(second), stands(third)) == ("reviewed", "applied", "applied")
    assert "1 户没有办成" in text
    assert "同意 9 人，没有过半" in text
    assert 'value="9"' in text
    assert 'value="金书记"' in text
    assert f'name="album" value="{album}"' in text
    step = first.steps.get(code="review")
    assert step.album is not None
    assert (step.album.pk, step.album.owner, step.album.area) == (int(album), "", VILLAGE)
    none = client.post(address, {**meeting, "case": [third.number]})
    assert none.status_code == 422
    assert "还没有填任何一户的同意人数" in none.content.decode()


def test_many_are_ticked_in_the_list_and_go_on_together(
    dangerous: list[Household], road: Road, offices: dict[str, User], clerk: User
) -> None:
    first, second = road.to("township_posted", dangerous[0], dangerous[1])
    for user in (clerk, *offices.values()):
        client = browser(user)
        assert reverse("cases:many", args=["check"]) in page(client, "list", query="?work=check")
        response = client.post(reverse("cases:many", args=["check"]), {"case": [first.number, second.number], **DAY})
        assert response.status_code == 302, response.content.decode()
    assert browser(clerk).post(reverse("cases:many", args=["pass"]), {"case": [first.number, second.number], **DAY}).status_code == 302
    assert (stands(first), stands(second)) == ("checked", "checked")


def test_a_notice_is_posted_of_the_picked(dangerous: list[Household], road: Road, township: User) -> None:
    first, second = road.to("reviewed", dangerous[0], dangerous[1])
    client, address = browser(township), reverse("cases:many", args=["post-village"])
    assert "小官村" in page(client, "many", "post-village", query=f"?case={first.number}")
    given = {"case": [first.number], "title": "评议结果公示", "area": VILLAGE, "days": "3", "hotline": HOTLINE, **DAY}
    refused = client.post(address, given)
    assert refused.status_code == 422
    assert "评议结果公示" in refused.content.decode()
    assert client.post(address, {**given, "days": ""}).status_code == 302
    assert first.notices.get().notice.title == "评议结果公示"
    assert list(queries.waiting(township, "post", COUNTY)) == [second]
    assert "评议结果公示" in page(client, "show", first.number)


def test_many_are_approved_with_what_the_standard_gives_beside(dangerous: list[Household], road: Road, clerk: User) -> None:
    first, second = road.to("county_posted", dangerous[0], dangerous[1])
    client, address = browser(clerk), reverse("cases:many", args=["approve"])
    given = {"case": [first.number, second.number], "method": "rebuild", "main_area": "40", **DAY}
    looked = client.post(address, {**given, "look": "1"})
    assert looked.status_code == 200
    assert "请写金额" in looked.content.decode()
    assert client.post(address, given).status_code == 422  # no plan, no amount
    actions.make_plan(area=COUNTY, year=2020, households=9, complete_due=date(2020, 6, 25), by=clerk)
    done = client.post(address, {**given, "amount": "24,000", "basis": "彰住建〔2020〕3号"})
    assert done.status_code == 302, done.content.decode()
    assert (stands(first), stands(second)) == ("approved", "approved")
    faulty = client.post(address, {**given, "amount": "两万"})
    assert faulty.status_code == 422
    assert "两万" in faulty.content.decode()


def test_many_are_approved_in_one_act_each_with_areas_of_its_own(dangerous: list[Household], road: Road, clerk: User) -> None:
    first, second = road.to("county_posted", dangerous[0], dangerous[1])
    actions.make_plan(area=COUNTY, year=2020, households=9, complete_due=date(2020, 6, 25), by=clerk)
    client, address = browser(clerk), reverse("cases:many", args=["approve"])
    assert client.get(f"{address}?grade=C").content.decode().count("data-pick") == 0
    given = {"case": [first.number, second.number], "method": "rebuild", "main_area": "40", "amount": "24000", "basis": "文", **DAY}
    own = {f"main_area-{second.number}": "36.5", f"auxiliary_area-{second.number}": "8"}
    faulty = client.post(address, {**given, **own, f"main_area-{first.number}": "四十"})
    assert faulty.status_code == 422
    assert f"40.5：{first.number}" in faulty.content.decode()
    assert 'value="四十"' in faulty.content.decode()
    assert client.post(address, {**given, **own}).status_code == 302
    assert list(Case.objects.order_by("pk").values_list("main_area", "auxiliary_area")) == [(40, None), (Decimal("36.5"), 8)]


def test_acts_of_many_are_closed_to_who_doesnt_do_them(dangerous: list[Household], road: Road, offices: dict[str, User]) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    for do in MANY:
        asked = browser(offices["poverty"]).get(reverse("cases:many", args=[do]))
        assert asked.status_code == (200 if do == "check" else 403), do
    assert browser(offices["poverty"]).get(reverse("cases:many", args=["nothing"])).status_code == 404
    assert stands(case) == "reviewed"


# ------------------------------------------------------------------------------------------------ what waits, and the plans


def test_what_waits_is_told_to_whom_it_waits_for(
    dangerous: list[Household], road: Road, clerk: User, township: User, collector: User
) -> None:
    def told(user: User) -> set[str]:
        with acting(actor_of(user)):
            found = {item.title for group in worklist.groups(user, user.area, road.day) for item in group.items if "/cases/" in item.url}
        return found - {"应改未改"}  # told to whom it concerns all the while: the neighbours haven't applied

    case = road.applied(dangerous[0])
    assert (told(collector), told(township), told(clerk)) == ({"改造申请待村评议"}, set(), set())
    assert queries.waiting(collector, "review", VILLAGE).get() == case
    assert worklist.waiting(collector, VILLAGE)["cases"] == 1
    road._reviewed([case])
    assert told(township) == {"改造对象待公示", "改造申请待入户核实"}
    road._village([Case.objects.get()])
    assert told(township) == {"改造申请待入户核实"}
    road._township([Case.objects.get()])
    road._township_posted([Case.objects.get()])
    assert told(clerk) == {"改造对象待本部门联审"}
    assert told(road.people["poverty"]) == {"改造对象待本部门联审"}
    road._checked([Case.objects.get()])
    assert told(clerk) == {"改造对象待公示"}
    road._county([Case.objects.get()])
    assert told(clerk) == {"改造对象待审批"}
    road._approved([Case.objects.get()])
    assert told(clerk) == {"开工前手续待办齐"}
    road._prepared([Case.objects.get()])
    assert told(township) == {"手续办齐，可以开工"}
    road._started([Case.objects.get()])
    assert told(collector) == {"施工中，待报进度"}


def test_the_years_plan_is_entered_and_corrected(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    client = browser(clerk)
    given = {
        "area": COUNTY,
        "year": "2020",
        "households": "404",
        "start_due": "2020-07-01",
        "complete_due": "2020-06-25",
        "document": "彰政办〔2020〕1号",
    }
    refused = client.post(reverse("cases:plans"), given)
    assert refused.status_code == 422
    assert "晚于竣工期限" in refused.content.decode()
    assert "彰政办〔2020〕1号" in refused.content.decode()
    assert client.post(reverse("cases:plans"), {**given, "start_due": "2020-04-30"}).status_code == 302
    assert client.post(reverse("cases:plans"), {**given, "start_due": "", "households": "405"}).status_code == 302
    assert AnnualPlan.objects.get().households == 405
    assert "405" in page(client, "plans")
    assert "由县级审批员、市级查看、省级查看办理" in page(browser(township), "plans")
    assert browser(township).post(reverse("cases:plans"), {**given, "area": TOWNSHIP}).status_code == 422


def test_hostile_addresses_and_forms_are_answered(dangerous: list[Household], road: Road, clerk: User, township: User) -> None:
    (case,) = road.to("reviewed", dangerous[0])
    client = browser(clerk)
    for address in (
        "/cases/?q=%00",
        "/cases/?group=%00",
        "/cases/%00/",
        "/households/%00/",
        "/cases/new/?household=%00",
        "/cases/many/pass/?case=%00",
    ):
        assert client.get(address).status_code == 404, address
    assert client.get("/cases/?q=%F0%9F%8F%A0&sort=zzz&after=%27&stage=none&area=" + "9" * 500).status_code == 200
    for name, arguments in (("cases:new", []), ("cases:plans", []), ("cases:act", [case.number, "pause"])):
        assert client.post(reverse(name, args=arguments)).status_code == 422, name
    town = browser(township)
    given = {"case": case.number, "title": "公示", "area": VILLAGE, "hotline": HOTLINE}
    for day in ("1900-01-01", "0001-01-01", "9999-12-31", case.applied_on.isoformat(), "2020-06-11"):
        answer = town.post(reverse("cases:many", args=["post-village"]), {**given, "on": day})
        assert answer.status_code == 422, day
    assert not case.notices.exists()


def test_a_step_is_taken_back_once_however_often_the_button_is_pressed(dangerous: list[Household], road: Road, collector: User) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    client, url = browser(collector), reverse("cases:act", args=[case.number, "undo"])
    sent = {"reason": "误点", "step": case.steps.latest("id").pk}
    assert [client.post(url, sent).status_code for _time in range(2)] == [302, 422]
    case.refresh_from_db()
    assert case.stage == "reviewed"


def test_who_has_no_hand_in_it_waits_for_nothing(offices: dict[str, User]) -> None:
    assert queries.works_of(person("赵财政", "finance_payer", COUNTY, "finance")) == []
    assert queries.works_of(offices["poverty"]) == ["check"]


def test_a_returned_case_shows_no_rules_of_what_isnt_to_be_done(
    dangerous: list[Household], road: Road, clerk: User, township: User
) -> None:
    (case,) = road.to("village_posted", dangerous[0])
    actions.send_back(case=case, by=township, reason="材料不齐")
    shown = browser(clerk).get(reverse("cases:show", args=[case.number])).content.decode()
    assert "由乡镇审核员、村级采集员办理" in shown
    assert "改按最新鉴定重审" not in shown
