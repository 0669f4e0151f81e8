"""The pages of rounds: a village on foot, the short form, many alike with undo; every figure opens its rows; nobody elsewhere sees anything."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals.actions import rounds, screening
from anju.appraisals.field_forms import SIGNS, signs_of
from anju.appraisals.models import NoHouse, Round, Screening
from anju.appraisals.queries import rounds as queries
from anju.appraisals.queries.coverage import Coverage
from anju.appraisals.tests.conftest import COUNTY, ENROLLED, OTHER_VILLAGE, TODAY, TOWNSHIP, VILLAGE, person, photograph
from anju.appraisals.views.looking import LIMIT
from anju.evidence.models import Album
from anju.exports.kinds import NotThere, kind_of
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.trail.acting import acting
from anju.web import worklist
from tests.desk import body, signed_in

ON = date(2020, 6, 1)


@pytest.fixture
def round_(clerk: User) -> Round:
    """A round over the county."""
    return rounds.open_round(area=COUNTY, kind="revisit", name="2020年回头看", starts_on=ON, ends_on=TODAY + timedelta(days=5), by=clerk)


@pytest.fixture
def reviewer(places: None) -> User:
    """The township's reviewer."""
    return person("关宏伟", "township_reviewer", TOWNSHIP, "township")


def village_url(round_: Round, code: str = VILLAGE) -> str:
    return reverse("appraisals:round-village", args=[round_.pk, code])


def look_url(round_: Round, household: Household) -> str:
    return reverse("appraisals:round-look", args=[round_.pk, household.number])


def seen(client: Client, round_: Round, household: Household, **given: Any) -> Any:
    return client.post(look_url(round_, household), {"result": "fine", "on": TODAY.isoformat(), **given})


# ------------------------------------------------------------------------------------------------ rounds


def test_a_round_is_opened_on_the_page_and_what_is_refused_keeps_its_words(clerk: User, collector: User) -> None:
    client, url = signed_in(clerk), reverse("appraisals:round-new")
    given = {
        "name": "夏季大排查",
        "kind": "great",
        "area": COUNTY,
        "starts_on": "2020-06-10",
        "ends_on": "2020-06-01",
        "document": "彰住建〔2020〕9号",
    }
    refused = client.post(url, given)
    assert refused.status_code == 422
    assert "夏季大排查" in body(refused)
    assert "早于开始日期" in body(refused)
    opened = client.post(url, {**given, "ends_on": "2020-06-30", "categories": ["JDLK", "TK"]})
    made = Round.objects.get()
    assert opened.headers["Location"] == reverse("appraisals:round", args=[made.pk])
    assert (made.area, made.categories, made.document) == (COUNTY, ["JDLK", "TK"], "彰住建〔2020〕9号")
    assert client.post(url, {**given, "ends_on": "2020-06-30", "area": "210921"}).status_code == 422
    assert signed_in(collector).get(url).status_code == 403
    assert "夏季大排查" in body(signed_in(collector).get(reverse("appraisals:rounds")))


def test_staff_is_told_and_a_closed_round_takes_nothing(
    round_: Round, clerk: User, collector: User, reviewer: User, households: list[Household]
) -> None:
    client, page = signed_in(clerk), reverse("appraisals:round", args=[round_.pk])
    act = {do: reverse("appraisals:round-act", args=[round_.pk, do]) for do in ("staff", "close")}
    assert client.post(act["staff"], {"cadres": "-1", "experts": "52"}).status_code == 422
    client.post(act["staff"], {"cadres": "4687", "experts": "52"})
    assert "4,687" in body(client.get(page))
    assert signed_in(collector).post(act["staff"], {"cadres": "1", "experts": "1"}).status_code == 422
    signed_in(reviewer).post(act["close"])
    round_.refresh_from_db()
    assert round_.closed_at is None, "a township doesn't close the county's round"
    assert act["close"] not in body(signed_in(reviewer).get(page))
    client.post(act["close"])
    refused = seen(signed_in(collector), round_, households[0])
    assert refused.status_code == 422
    assert "已经结束" in body(refused)
    assert not Screening.objects.exists()


def test_every_figure_of_coverage_opens_the_rows_it_counts(
    round_: Round, clerk: User, collector: User, households: list[Household]
) -> None:
    screening.screen(round=round_, household=households[0], result="suspect", by=collector, note="后墙裂")
    screening.screen(round=round_, household=households[1], result="no_house", by=collector)
    client = signed_in(clerk)
    for area in ("", COUNTY, TOWNSHIP):
        page = body(client.get(reverse("appraisals:round", args=[round_.pk]), {"area": area} if area else {}))
        links = re.findall(r'<a class="n[^"]*" href="([^"]*round[^"]*households[^"]*)"[^>]*>([\d,]+)</a>', page)
        assert len(links) >= 8, page
        for link, number in links:
            rows = client.get(link.replace("&amp;", "&"))
            assert rows.context["page"].total == int(number) == len(rows.context["lines"]), link
    suspects = body(client.get(reverse("appraisals:round-households", args=[round_.pk]), {"state": "suspect"}))
    assert "后墙裂" in suspects
    assert households[1].number not in suspects
    assert village_url(round_) in body(client.get(reverse("appraisals:round", args=[round_.pk]), {"area": TOWNSHIP}))


def test_a_round_outside_the_area_picked_shows_its_own_and_who_closes_it_hears_of_everybody_left(
    clerk: User, collector: User, households: list[Household]
) -> None:
    here = rounds.open_round(area=VILLAGE, kind="revisit", name="小官村回头看", starts_on=ON, ends_on=TODAY, by=clerk)
    everywhere = rounds.open_round(area=COUNTY, kind="great", name="全县大排查", starts_on=ON, ends_on=TODAY, by=clerk)
    client = signed_in(clerk)
    client.post(reverse("area"), {"area": OTHER_VILLAGE})
    assert client.session["area"] == OTHER_VILLAGE
    page = client.get(reverse("appraisals:round", args=[here.pk]))
    assert (page.context["area"], page.context["whole"].households) == (VILLAGE, 3)
    assert "全国" not in body(page)
    assert "本轮还有 3 户没有排查" in body(page)
    part = client.get(reverse("appraisals:round", args=[everywhere.pk]), {"area": OTHER_VILLAGE})
    assert part.context["whole"].households == 0
    assert "本轮还有 3 户没有排查" in body(part)


def test_the_list_tells_how_far_each_round_is(round_: Round, clerk: User, collector: User, households: list[Household]) -> None:
    screening.screen(round=round_, household=households[0], result="suspect", by=collector)
    poor = rounds.open_round(area=COUNTY, kind="focused", name="只看贫困户", starts_on=ON, ends_on=TODAY, by=clerk, categories=["JDLK"])
    lines = {line["row"]: line["far"] for line in signed_in(clerk).get(reverse("appraisals:rounds")).context["lines"]}
    assert lines == {
        round_: Coverage(COUNTY, households=3, suspect=1, left=2),
        poor: Coverage(COUNTY, households=1, left=1),
    }
    rounds.close_round(round=poor, by=clerk)
    running = body(signed_in(clerk).get(reverse("appraisals:rounds"), {"state": "running"}))
    assert "2020年回头看" in running
    assert "只看贫困户" not in running


# ------------------------------------------------------------------------------------------------ a village on foot


def test_the_village_is_walked_by_its_groups_and_the_next_door_opens(round_: Round, collector: User, households: list[Household]) -> None:
    """孙福 lives in group 1, 刘守义 in 2, 周德海 in 3, whatever their numbers."""
    client = signed_in(collector)
    first, second, third = households[1], households[2], households[0]
    lines = client.get(village_url(round_)).context["lines"]
    assert [(line["household"], line["group"]) for line in lines] == [(first, "1"), (second, "2"), (third, "3")]
    onwards = seen(client, round_, first)
    assert onwards.headers["Location"].startswith(look_url(round_, second))
    assert "未见危险" in body(client.get(onwards.headers["Location"]))
    assert seen(client, round_, second, then="village").headers["Location"].startswith(village_url(round_))
    last = seen(client, round_, third)
    assert last.headers["Location"].startswith(village_url(round_))
    assert "每一户都看过了" in body(client.get(last.headers["Location"]))


def test_groups_are_read_as_addresses_write_them(clerk: User, households: list[Household], round_: Round) -> None:
    rows = [
        Enrolment(at, f"g:{at}", name, OTHER_VILLAGE, str(at), address, relation="02")
        for at, (name, address) in enumerate(
            (("甲", "大官村十组"), ("乙", "大官村二组"), ("丙", "大官村12村民小组7号"), ("丁", "大官村")), 1
        )
    ]
    registry.enrol(rows=rows, on=ENROLLED, by=clerk, source="g")
    walked = [(queries.group_said(one), one.number[-1]) for one in queries.on_foot(round_, OTHER_VILLAGE)]
    assert [group for group, _number in walked] == ["2", "12", "", ""]


def test_a_suspect_house_says_what_was_seen_and_waits_for_its_appraisal(
    round_: Round, collector: User, clerk: User, households: list[Household]
) -> None:
    client, one = signed_in(collector), households[0]
    nothing = seen(client, round_, one, result="suspect")
    assert nothing.status_code == 422
    assert "请勾选看到的情况" in body(nothing)
    contradicts = seen(client, round_, one, result="fine", signs="wall", note="看着还行")
    assert contradicts.status_code == 422
    assert "看着还行" in body(contradicts)
    assert not Screening.objects.exists()
    seen(client, round_, one, result="suspect", signs=["wall", "roof"], note="后墙", lives_here="True")
    made = Screening.objects.get()
    assert made.note == f"{SIGNS['wall']}、{SIGNS['roof']}；后墙"
    assert made.lives_here is True
    waiting = body(signed_in(clerk).get(reverse("appraisals:waiting"), {"why": "suspect"}))
    assert one.number in waiting
    assert "后墙" in waiting


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"result": ""}, "请选择看到的情况"),
        ({"result": "D"}, "选择"),
        ({"on": "2020-06-11"}, "晚于今天"),
        ({"on": "2020-05-31"}, "开始的日期"),
        ({"on": "昨天"}, "日期"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_typed_is_lost(
    round_: Round, collector: User, households: list[Household], given: dict[str, str], said: str
) -> None:
    answer = seen(signed_in(collector), round_, households[0], note="灶台后面有一道缝", **given)
    assert answer.status_code == 422
    assert said in body(answer)
    assert "灶台后面有一道缝" in body(answer)
    assert not Screening.objects.exists()


def test_a_look_takes_its_photos_along_and_is_saved_once(round_: Round, collector: User, households: list[Household]) -> None:
    client, one = signed_in(collector), households[0]
    opened = body(client.post(reverse("appraisals:round-album", args=[round_.pk, one.number])))
    album = Album.objects.get(owner=one.number)
    assert f'value="{album.pk}"' in opened
    assert 'form="looking"' in opened
    for _time in range(2):
        seen(client, round_, one, result="suspect", signs="roof", album=str(album.pk), client_id="desk-7")
    assert Screening.objects.get().album == album
    again = seen(client, round_, one, result="fine", client_id="desk-7")
    assert again.status_code == 422
    assert "请作为新的排查另行提交" in body(again)
    assert "疑似危房" in body(client.get(look_url(round_, one)))


def test_photos_go_on_with_a_corrected_look_and_come_back_with_the_former_one(
    round_: Round, collector: User, households: list[Household]
) -> None:
    client, one = signed_in(collector), households[0]
    client.post(reverse("appraisals:round-album", args=[round_.pk, one.number]))
    album = Album.objects.get(owner=one.number)
    photograph(album, collector)
    seen(client, round_, one, result="suspect", signs="roof", album=str(album.pk))
    form = client.get(look_url(round_, one))
    assert form.context["album"] == album
    panel = reverse("appraisals:panel", args=[one.number])
    shots = body(client.get(panel)).count("<img")
    assert shots
    onwards = seen(client, round_, one, result="suspect", signs="wall", album=str(album.pk)).headers["Location"]
    assert [look.album for look in Screening.objects.order_by("pk")] == [album, album]
    assert body(client.get(panel)).count("<img") == shots
    client.post(client.get(onwards).context["undo"]["url"])
    assert Screening.objects.get(superseded_at=None).album == album
    screening.screen_many(looks=[screening.Look(round=round_, household=one.pk, result="fine", on=TODAY)], by=collector)
    assert Screening.objects.get(superseded_at=None).album == album


def test_signs_come_back_as_ticks_and_are_not_said_twice(round_: Round, collector: User, households: list[Household]) -> None:
    client, one, note = signed_in(collector), households[0], "后墙" * 95
    seen(client, round_, one, result="suspect", signs=["wall", "roof"], note=note)
    first = Screening.objects.get()
    form = client.get(look_url(round_, one)).context["form"]
    assert (form.initial["signs"], form.initial["note"]) == (["wall", "roof"], note)
    shown = body(client.get(look_url(round_, one)))
    assert re.findall(r'name="signs" value="(\w+)" checked', shown) == ["wall", "roof"]
    assert seen(client, round_, one, result="suspect", signs=form.initial["signs"], note=form.initial["note"]).status_code == 302
    assert Screening.objects.get(superseded_at=None).note == first.note


@pytest.mark.parametrize(
    ("note", "signs", "rest"),
    [
        ("", [], ""),
        ("后墙裂", [], "后墙裂"),
        (str(SIGNS["wall"]), ["wall"], ""),
        (f"{SIGNS['wall']}、{SIGNS['site']}", ["wall", "site"], ""),
        (f"{SIGNS['wall']}；{SIGNS['site']}", ["wall"], str(SIGNS["site"])),
        (f"{SIGNS['wall']}很厉害", [], f"{SIGNS['wall']}很厉害"),
    ],
)
def test_only_what_a_tick_says_is_read_back_as_one(note: str, signs: list[str], rest: str) -> None:
    assert signs_of(note) == (signs, rest)


def test_what_was_seen_is_kept_in_the_language_of_the_place(round_: Round, collector: User, households: list[Household]) -> None:
    client, one = signed_in(collector), households[0]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.post(reverse("appraisals:round-album", args=[round_.pk, one.number]))
    assert Album.objects.get(owner=one.number).title == "2020年回头看 排查照片"
    seen(client, round_, one, result="suspect", signs=["wall", "roof"])
    assert Screening.objects.get().note == "墙体开裂、外鼓或倾斜、屋面塌陷、漏雨"
    assert client.get(look_url(round_, one)).context["form"].initial["signs"] == ["wall", "roof"]


def test_many_alike_are_recorded_in_one_act_and_taken_back_in_one(round_: Round, collector: User, households: list[Household]) -> None:
    client = signed_in(collector)
    alike = reverse("appraisals:round-alike", args=[round_.pk, VILLAGE])
    assert client.post(alike, {}).headers["Location"] == village_url(round_)
    screening.screen(round=round_, household=households[0], result="suspect", by=collector)
    done = client.post(alike, {"pick": [one.number for one in households]}).headers["Location"]
    assert Screening.objects.filter(result="fine", superseded_at=None).count() == 2, "who was seen as suspect stays so"
    page = client.get(done)
    undo = page.context["undo"]["url"]
    assert "2 户登记为未见危险" in body(page)
    client.post(undo)
    assert not Screening.objects.filter(result="fine", superseded_at=None).exists()
    assert Screening.objects.filter(superseded_at=None).get().household == households[0]
    assert client.get(done).context["undo"] is None


def test_one_look_is_taken_back_and_the_former_one_counts_again(round_: Round, collector: User, households: list[Household]) -> None:
    client, one = signed_in(collector), households[0]
    seen(client, round_, one, result="absent")
    onwards = seen(client, round_, one, result="fine").headers["Location"]
    undo = client.get(onwards).context["undo"]["url"]
    assert "恢复为“未能入户”" in body(client.post(undo, follow=True))
    assert Screening.objects.get(superseded_at=None).result == "absent"


def test_many_alike_cost_as_many_questions_as_one(
    clerk: User, collector: User, reviewer: User, round_: Round, households: list[Household]
) -> None:
    rows = [Enrolment(at, f"m:{at}", f"户主{at}", VILLAGE, f"m{at}", f"小官村{at % 7}组", relation="02") for at in range(1, 60)]
    rows.append(Enrolment(60, "m:60", "户主60", OTHER_VILLAGE, "m60", "大官村1组", relation="02"))
    registry.enrol(rows=rows, on=ENROLLED, by=clerk, source="m")
    everyone = list(Household.objects.filter(area=VILLAGE))
    with CaptureQueriesContext(connection) as few:
        screening.screen_alike(round=round_, households=everyone[:1], by=collector)
    with CaptureQueriesContext(connection) as many:
        assert len(screening.screen_alike(round=round_, households=everyone, by=collector)) == len(everyone) - 1
    assert len(many) <= len(few)
    screening.screen_alike(round=round_, households=Household.objects.filter(area=OTHER_VILLAGE), by=reviewer)
    client, seen_there = signed_in(reviewer), {}
    for village in (OTHER_VILLAGE, VILLAGE, OTHER_VILLAGE, VILLAGE):  # the second time, when what is asked once in a while is known
        with CaptureQueriesContext(connection) as page:
            answer = client.get(village_url(round_, village), {"state": "seen"})
        seen_there[village] = len(answer.context["lines"]), len(page)
    (one, cheap), (every, dear) = seen_there[OTHER_VILLAGE], seen_there[VILLAGE]
    assert (one, every) == (1, LIMIT)
    assert dear <= cheap


# ------------------------------------------------------------------------------------------------ without a house


def test_a_household_without_a_house_is_determined_with_its_proof(clerk: User, reviewer: User, collector: User, round_: Round) -> None:
    registry.enrol(rows=[Enrolment(1, "n:1", "佟有", VILLAGE, "n", "小官村1组", relation="02")], on=ENROLLED, by=clerk, source="n")
    one = Household.objects.get(area=VILLAGE)
    assert seen(signed_in(collector), round_, one, result="no_house").headers["Location"].startswith(village_url(round_))
    town = signed_in(reviewer)
    url = reverse("appraisals:no-house", args=[one.number])
    assert seen(town, round_, one, result="no_house").headers["Location"] == url
    assert "排查为无房" in body(town.get(url))
    town.post(reverse("appraisals:no-house-album", args=[one.number]))
    album = Album.objects.get(owner=one.number)
    given = {
        "applied_on": "2020-06-05", "village_on": "2020-06-02", "village_opinion": "借住在弟弟家，情况属实", "on": "2020-06-09",
        "township_opinion": "同意", "album": str(album.pk),
    }  # fmt: skip
    refused = town.post(url, given)
    assert refused.status_code == 422
    assert "依次在后" in body(refused)
    assert "借住在弟弟家，情况属实" in body(refused)
    assert f'value="{album.pk}"' in body(refused)
    assert town.post(url, {**given, "village_on": "2020-06-08"}).status_code == 302
    made = NoHouse.objects.open().get()
    assert (made.household, made.album, made.valid_from) == (one, album, date(2020, 6, 9))
    assert "无房户" in body(town.get(reverse("appraisals:panel", args=[one.number])))
    end = reverse("appraisals:no-house-end", args=[one.number])
    assert town.post(end, {"on": "2020-06-01"}).status_code == 422
    town.post(end, {"on": "2020-06-10"})
    assert not NoHouse.objects.open().exists()
    assert signed_in(collector).get(url).status_code == 403


def test_who_owns_a_house_is_not_without_one(households: list[Household], reviewer: User) -> None:
    url = reverse("appraisals:no-house", args=[households[0].number])
    town = signed_in(reviewer)
    assert "不能认定为无房户" in body(town.get(url))
    given = {
        "applied_on": "2020-06-01",
        "village_on": "2020-06-02",
        "village_opinion": "同意",
        "on": "2020-06-09",
        "township_opinion": "同意",
    }
    refused = town.post(url, given)
    assert refused.status_code == 422
    assert "登记有自有住房" in body(refused)
    assert not NoHouse.objects.exists()


# ------------------------------------------------------------------------------------------------ who sees what


def test_who_stands_elsewhere_sees_and_records_nothing(round_: Round, collector: User, stranger: User, households: list[Household]) -> None:
    made = screening.screen(round=round_, household=households[0], result="suspect", by=collector, note="后墙裂")
    other = signed_in(stranger)
    for name, keys in (
        ("round", [round_.pk]),
        ("round-households", [round_.pk]),
        ("round-village", [round_.pk, VILLAGE]),
        ("round-look", [round_.pk, households[0].number]),
    ):
        assert other.get(reverse(f"appraisals:{name}", args=keys)).status_code == 404, name
    assert "2020年回头看" not in body(other.get(reverse("appraisals:rounds")))
    assert seen(other, round_, households[1]).status_code == 404
    assert other.post(reverse("appraisals:round-undo", args=[round_.pk, made.pk])).status_code == 404
    neighbour = signed_in(person("邻村", "village_collector", OTHER_VILLAGE, "village"))
    assert neighbour.get(village_url(round_)).status_code == 404
    assert neighbour.post(reverse("appraisals:round-alike", args=[round_.pk, VILLAGE]), {"pick": households[1].number}).status_code == 404
    assert neighbour.get(reverse("appraisals:round-households", args=[round_.pk]), {"area": VILLAGE}).context["page"].total == 0
    assert Screening.objects.count() == 1


def test_what_a_figure_counts_leaves_as_a_file(
    round_: Round, clerk: User, collector: User, stranger: User, households: list[Household]
) -> None:
    screening.screen(round=round_, household=households[0], result="suspect", by=collector, note="后墙裂")
    with acting(actor_of(clerk)):
        made = kind_of("rounds.households").make({"round": round_.pk, "area": COUNTY, "state": "suspect"}, clerk, False)
        rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]
        assert [(row["户编号"], row["看到的情况"], row["排查人"]) for row in rows] == [(households[0].number, "后墙裂", collector.name)]
        told = kind_of("rounds.coverage").make({"round": round_.pk}, clerk, False)
        assert [tuple(row)[2:9] for row in told.rows] == [(3, 1, 0, 1, 0, 0, 2)]
    with acting(actor_of(stranger)), pytest.raises(NotThere):
        kind_of("rounds.coverage").make({"round": round_.pk}, stranger, False)


def test_who_is_left_waits_on_the_first_page(round_: Round, collector: User, clerk: User, households: list[Household]) -> None:
    screening.screen(round=round_, household=households[0], result="fine", by=collector)
    with acting(actor_of(collector)):
        groups = worklist.groups(collector, VILLAGE, TODAY)
    item = next(item for group in groups for item in group.items if item.title == "排查还没有看完")
    assert item.count == 2
    assert item.action is not None
    assert item.action.url == village_url(round_)
    assert signed_in(collector).get(item.url).context["page"].total == 2


def test_the_household_page_shows_what_was_seen(round_: Round, collector: User, clerk: User, households: list[Household]) -> None:
    screening.screen(round=round_, household=households[0], result="suspect", by=collector, note="后墙裂")
    panel = body(signed_in(collector).get(reverse("appraisals:panel", args=[households[0].number])))
    assert "后墙裂" in panel
    assert look_url(round_, households[0]) in panel
    rounds.close_round(round=round_, by=clerk)
    assert look_url(round_, households[0]) not in body(signed_in(collector).get(reverse("appraisals:panel", args=[households[0].number])))
