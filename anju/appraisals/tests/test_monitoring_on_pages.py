"""The pages of hazards and of the newly recognised: reported, checked, appraised, lifted; deadlines counted; every figure opens its rows."""

import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.appraisals import rules
from anju.appraisals.actions import appraising, hazards, rounds, screening
from anju.appraisals.models import Appraisal, Hazard
from anju.appraisals.queries import appraisal, monitoring
from anju.appraisals.queries import rounds as queries
from anju.appraisals.tests.conftest import COUNTY, ENROLLED, TODAY, TOWNSHIP, VILLAGE, Submit, person, refused
from anju.evidence.models import Album
from anju.exports.kinds import kind_of
from anju.guarantees import actions as guarantees
from anju.guarantees import lifting
from anju.registry import actions as registry
from anju.registry.models import Belonging, Household
from anju.registry.staging import Enrolment
from anju.trail.acting import acting
from anju.web import worklist
from tests.desk import body, signed_in

ON = date(2020, 6, 1)


@pytest.fixture
def reviewer(places: None) -> User:
    """The township's reviewer."""
    return person("关宏伟", "township_reviewer", TOWNSHIP, "township")


def reported(household: Household, by: User, **more: Any) -> Hazard:
    given: dict[str, Any] = {"way": "household", "cause": "flood", "description": "暴雨后山墙外鼓", "on": ON}
    return hazards.report(household=household, by=by, **{**given, **more})


def page_of(hazard: Hazard) -> str:
    return reverse("appraisals:hazard", args=[hazard.pk])


def act(hazard: Hazard, do: str) -> str:
    return reverse("appraisals:hazard-act", args=[hazard.pk, do])


# ------------------------------------------------------------------------------------------------ reporting


def test_a_hazard_is_reported_with_photos_and_what_is_refused_keeps_its_words(households: list[Household], collector: User) -> None:
    client, url, number = signed_in(collector), reverse("appraisals:hazard-new"), households[0].number
    assert "户编号" in body(client.get(url))
    unknown = client.get(url, {"household": "210922109201-9999"})
    assert unknown.status_code == 422
    assert "辖区内没有户编号" in body(unknown)
    assert "周德海" in body(client.get(url, {"household": number}))
    client.post(reverse("appraisals:hazard-album", args=[number]))
    album = Album.objects.get(owner=number)
    given = {
        "household": number,
        "way": "household",
        "cause": "",
        "description": "后墙裂了三指宽",
        "on": ON.isoformat(),
        "reporter": "本人",
        "album": str(album.pk),
    }
    wrong = client.post(url, given)
    assert wrong.status_code == 422
    assert "后墙裂了三指宽" in body(wrong)
    assert f'value="{album.pk}"' in body(wrong)
    made = client.post(url, {**given, "cause": "flood", "client_id": "desk-1"}, follow=True)
    hazard = Hazard.objects.get()
    assert (hazard.album, hazard.due, hazard.checked_on) == (album, date(2020, 6, 20), None)
    assert "2020-06-20" in body(made)
    client.post(url, {**given, "cause": "flood", "client_id": "desk-1"})
    assert Hazard.objects.count() == 1
    twice = client.post(url, {**given, "cause": "age", "client_id": "desk-2"})
    assert twice.status_code == 422
    assert "还没有销号" in body(twice)


def test_what_a_cadre_saw_needs_no_second_look(households: list[Household], collector: User) -> None:
    assert reported(households[0], collector, way="cadre").checked_on == ON
    assert reported(households[1], collector, way="department").checked_on is None


# ------------------------------------------------------------------------------------------------ its way


def test_a_hazard_goes_from_report_to_lifting_on_its_page(households: list[Household], collector: User, give: Submit) -> None:
    hazard, client = reported(households[0], collector, urgent=True), signed_in(collector)
    assert hazard.due == ON + timedelta(days=3)
    shown = body(client.get(page_of(hazard)))
    assert act(hazard, "check") in shown
    assert act(hazard, "close") not in shown, "nothing says that the house is safe"
    empty = client.post(act(hazard, "check"), {"found": "yes", "note": "", "on": TODAY.isoformat()})
    assert empty.status_code == 422
    early = client.post(act(hazard, "check"), {"found": "yes", "note": "墙确实外鼓", "on": "2020-05-31"})
    assert early.status_code == 422
    assert "墙确实外鼓" in body(early)
    assert client.post(act(hazard, "check"), {"found": "yes", "note": "墙确实外鼓", "on": "2020-06-02"}).status_code == 302
    assert client.post(act(hazard, "evacuate"), {"on": "2020-06-02"}).status_code == 302
    give("d", on=date(2020, 6, 3))
    hazard.refresh_from_db()
    assert monitoring.state_of(hazard) == monitoring.TO_LIFT
    refusal = client.post(act(hazard, "close"), {"how": "先这样", "on": TODAY.isoformat()})
    assert refusal.status_code == 422
    assert "先这样" in body(refusal)
    assert rules.SAFE_AGAIN.source in body(refusal)
    give("b", on=date(2020, 6, 9))
    assert act(hazard, "close") in body(client.get(page_of(hazard)))
    assert client.post(act(hazard, "close"), {"how": "加固后鉴定为 B 级", "on": TODAY.isoformat()}).status_code == 302
    hazard.refresh_from_db()
    assert (monitoring.state_of(hazard), hazard.closed_on) == (monitoring.LIFTED, TODAY)
    assert hazard.appraisal is not None
    assert hazard.appraisal.grade == "B"
    done = body(client.get(page_of(hazard)))
    assert "加固后鉴定为 B 级" in done
    assert act(hazard, "evacuate") not in done


def test_what_proves_unfounded_is_struck_and_says_so(households: list[Household], collector: User, clerk: User) -> None:
    hazard = reported(households[0], collector)
    assert (
        signed_in(clerk).post(act(hazard, "check"), {"found": "no", "note": "抹灰层开裂，墙体完好", "on": TODAY.isoformat()}).status_code
        == 302
    )
    hazard.refresh_from_db()
    assert hazard.closed_on == TODAY
    assert monitoring.state_of(hazard) == monitoring.UNFOUNDED
    rows = signed_in(clerk).get(reverse("appraisals:hazards"), {"state": "unfounded"})
    assert [line["row"] for line in rows.context["lines"]] == [hazard]
    again = reported(households[0], collector, way="cadre")
    refused(rules.CHECKED, lambda: hazards.check(hazard=again, by=collector, found=False, note="没有"))
    refused(rules.HAZARD, lambda: hazards.check(hazard=hazard, by=collector, found=True, note="又有了"))


def test_a_page_that_has_grown_old_strikes_no_appraised_hazard_and_says_nothing_twice(
    households: list[Household], collector: User, give: Submit
) -> None:
    hazard, client = reported(households[0], collector), signed_in(collector)
    paper = give("d", on=date(2020, 6, 3))
    unfounded = client.post(act(hazard, "check"), {"found": "no", "note": "没看出来", "on": TODAY.isoformat()})
    assert unfounded.status_code == 422
    assert paper.number in body(unfounded)
    assert "没看出来" in body(unfounded)
    for day, note in (("2020-06-04", "墙确实外鼓"), ("2020-06-08", "又去看了一次")):
        client.post(act(hazard, "check"), {"found": "yes", "note": note, "on": day})
        again = client.post(act(hazard, "evacuate"), {"on": day})
    assert again.status_code == 422
    assert "2020-06-04 已登记转移" in body(again)
    hazard.refresh_from_db()
    assert (hazard.checked_on, hazard.checked_note, hazard.evacuated_on) == (date(2020, 6, 4), "墙确实外鼓", date(2020, 6, 4))
    assert (hazard.closed_on, hazard.unfounded, hazard.appraisal) == (None, False, paper)


def test_how_a_hazard_was_struck_is_said_in_the_language_of_the_place(households: list[Household], clerk: User) -> None:
    hazard, client = reported(households[0], clerk), signed_in(clerk)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    client.post(act(hazard, "check"), {"found": "no", "note": "抹灰层开裂", "on": TODAY.isoformat()})
    hazard.refresh_from_db()
    assert hazard.closed_how == "核实没有险情"


def test_a_look_that_finds_it_urgent_brings_the_day_forward(households: list[Household], collector: User) -> None:
    hazard = reported(households[0], collector)
    found = hazards.check(hazard=hazard, by=collector, found=True, note="要倒", urgent=True, on=date(2020, 6, 2))
    assert (found.urgent, found.due) == (True, date(2020, 6, 5))


def test_a_household_housed_elsewhere_lifts_the_hazard(households: list[Household], reviewer: User, stranger: User, give: Submit) -> None:
    hazard, client = reported(households[0], reviewer), signed_in(reviewer)
    give("d", on=date(2020, 6, 3))
    url = reverse("guarantees:lift", args=[hazard.pk])
    assert "已有安全住处" not in body(client.get(url))
    refused(rules.SAFE_AGAIN, lambda: lifting.lift(hazard=hazard, by=reviewer, how="住女儿家"))
    guarantees.record(
        household=households[0], route="relatives", since=date(2020, 6, 5), by=reviewer, provider="女儿", document="同意书", until=date(2021, 5, 31),
        safe_because="女儿家住房鉴定为 A 级",
    )  # fmt: skip
    assert "投亲靠友" in body(client.get(url))
    nothing = client.post(url, {"how": " "}, headers={"HX-Request": "true"})
    assert nothing.status_code == 422
    assert "请写明怎样解决的" in body(nothing)
    assert signed_in(stranger).post(url, {"how": "住女儿家"}).status_code == 404
    done = client.post(url, {"how": "住女儿家"}, headers={"HX-Request": "true"})
    assert done.headers["HX-Redirect"] == page_of(hazard)
    hazard.refresh_from_db()
    assert "住女儿家" in hazard.closed_how
    assert monitoring.state_of(hazard) == monitoring.LIFTED


def test_the_paper_about_the_dangerous_house_stays_with_a_hazard_lifted_by_another_way(
    households: list[Household], reviewer: User, clerk: User, give: Submit
) -> None:
    hazard = reported(households[0], reviewer)
    paper = give("d", on=date(2020, 6, 3))
    guarantees.record(
        household=households[0], route="relatives", since=date(2020, 6, 5), by=reviewer, provider="女儿", document="同意书", until=date(2021, 5, 31),
        safe_because="女儿家住房鉴定为 A 级",
    )  # fmt: skip
    lifting.lift(hazard=hazard, by=reviewer, how="住女儿家")
    hazard.refresh_from_db()
    assert (hazard.appraisal, hazard.housed, hazard.closed_on) == (paper, True, TODAY)
    assert paper.number in body(signed_in(reviewer).get(page_of(hazard)))
    appraising.withdraw(appraisal=paper, by=clerk, reason="看错了户")
    hazard.refresh_from_db()
    assert (hazard.appraisal, hazard.closed_on) == (None, TODAY), "it doesn't rest on the paper"


# ------------------------------------------------------------------------------------------------ its appraisal


def test_a_hazard_has_the_first_paper_that_counts_since_it_was_found(
    households: list[Household], collector: User, clerk: User, give: Submit
) -> None:
    hazard = reported(households[0], collector)

    def paper() -> Appraisal | None:
        hazard.refresh_from_db()
        found: Appraisal | None = hazard.appraisal
        return found

    give("d", on=date(2020, 5, 31))
    assert paper() is None
    second = give("b", on=date(2020, 6, 5))
    assert paper() == second
    first = give("d", on=date(2020, 6, 3))
    assert paper() == first, "a paper entered late was there before"
    appraising.withdraw(appraisal=first, by=clerk, reason="看错了户")
    assert paper() == second
    appraising.withdraw(appraisal=second, by=clerk, reason="看错了户")
    assert paper() is None
    assert monitoring.state_of(hazard) == monitoring.TO_CHECK


def test_a_hazard_reported_late_has_the_paper_that_was_made_since_it_was_found(
    households: list[Household], collector: User, give: Submit
) -> None:
    paper = give("d", on=date(2020, 6, 3))
    assert reported(households[0], collector).appraisal == paper
    give("d", household=households[1], on=date(2020, 5, 31))
    assert reported(households[1], collector).appraisal is None


def test_a_hazard_struck_on_a_paper_opens_again_with_it_unless_another_says_the_same(
    households: list[Household], collector: User, clerk: User, give: Submit
) -> None:
    hazard = reported(households[0], collector)
    dangerous, good = give("d", on=date(2020, 6, 2)), give("b", on=date(2020, 6, 4))
    better = give("a", on=date(2020, 6, 8))
    client = signed_in(collector)
    assert client.post(act(hazard, "close"), {"how": "加固了", "on": TODAY.isoformat()}).status_code == 302
    hazard.refresh_from_db()
    assert hazard.appraisal == better
    appraising.withdraw(appraisal=better, by=clerk, reason="重复录入")
    hazard.refresh_from_db()
    assert (hazard.appraisal, hazard.closed_on, hazard.closed_how) == (good, TODAY, "加固了")
    appraising.withdraw(appraisal=good, by=clerk, reason="看错了户")
    hazard.refresh_from_db()
    assert (hazard.appraisal, hazard.closed_on, hazard.closed_how, hazard.closed_by) == (dangerous, None, "", None)
    assert monitoring.state_of(hazard) == monitoring.TO_LIFT
    assert hazard.due.isoformat() in body(client.get(page_of(hazard)))


def test_a_paper_on_which_a_hazard_was_struck_stays_while_another_hazard_of_the_household_is_open(
    households: list[Household], collector: User, clerk: User, give: Submit
) -> None:
    first = reported(households[0], collector)
    paper = give("b", on=date(2020, 6, 4))
    hazards.close(hazard=first, by=collector, how="加固了", appraisal=paper)
    second = reported(households[0], collector, on=date(2020, 6, 9))
    said = refused(rules.SAFE_AGAIN, lambda: appraising.withdraw(appraisal=paper, by=clerk, reason="看错了户"))
    assert "2020-06-09" in said
    again = give("b", on=TODAY)
    hazards.close(hazard=second, by=collector, how="又加固了", appraisal=again)
    appraising.withdraw(appraisal=paper, by=clerk, reason="看错了户")
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.appraisal, first.closed_on, second.closed_on) == (again, TODAY, TODAY)


# ------------------------------------------------------------------------------------------------ the list


def test_every_count_of_hazards_opens_its_rows(households: list[Household], collector: User, give: Submit) -> None:
    reported(households[0], collector, on=date(2020, 5, 2))
    reported(households[1], collector, way="cadre", cause="age", description="檩条断了")
    client = signed_in(collector)
    for graded in (False, True):
        if graded:
            give("d", on=TODAY)
        page = client.get(reverse("appraisals:hazards"))
        for chip in page.context["chips"]:
            rows = client.get(reverse("appraisals:hazards") + (chip["url"] if chip["url"] != "?" else ""))
            assert len(rows.context["lines"]) == rows.context["page"].total == chip["count"], chip
        figures = {figure["label"]: figure for figure in page.context["figures"]}
        assert (figures["逾期未鉴定"]["value"], figures["本月新增险情"]["value"]) == (0 if graded else 1, 1)
        for label in ("本月新增险情", "待核实", "逾期未鉴定"):
            rows = client.get(figures[label]["url"])
            assert rows.context["page"].total == figures[label]["value"], label
    assert "檩条断了" in body(client.get(reverse("appraisals:hazards"), {"cause": "age"}))
    assert "檩条断了" not in body(client.get(reverse("appraisals:hazards"), {"way": "household"}))
    first = client.get(reverse("appraisals:hazards"), {"sort": "due"}).context["lines"][0]
    assert first["row"].household == households[0]


def test_hazards_of_elsewhere_stay_closed(households: list[Household], collector: User, stranger: User) -> None:
    hazard = reported(households[0], collector)
    other = signed_in(stranger)
    assert other.get(page_of(hazard)).status_code == 404
    assert other.post(act(hazard, "check"), {"found": "no", "note": "x", "on": TODAY.isoformat()}).status_code == 404
    assert "暴雨后山墙外鼓" not in body(other.get(reverse("appraisals:hazards"), {"area": VILLAGE}))
    assert other.get(reverse("appraisals:hazard-new")).status_code == 403, "an appraiser reports none"
    hazard.refresh_from_db()
    assert hazard.closed_on is None


def test_the_ledger_of_hazards_leaves_as_a_file(households: list[Household], clerk: User, collector: User) -> None:
    reported(households[0], collector, reporter="本人电话")
    reported(households[1], collector, cause="age")
    with acting(actor_of(clerk)):
        made = kind_of("hazards.ledger").make({"cause": "flood"}, clerk, False)
        rows = [dict(zip(made.headings, row, strict=True)) for row in made.rows]
    assert [(row["户编号"], row["报告人"], row["状态"], row["未销号天数"]) for row in rows] == [
        (households[0].number, "本人电话", "待核实", 9)
    ]


def test_hazards_wait_for_whoever_must_see_them(households: list[Household], collector: User, give: Submit) -> None:
    reported(households[0], collector, urgent=True)

    def titles() -> dict[str, int]:
        with acting(actor_of(collector)):
            return {item.title: item.count for group in worklist.groups(collector, VILLAGE, TODAY) for item in group.items}

    assert titles()["险情待核实"] == 1
    assert '动态监测<span class="ct">1</span>' in body(signed_in(collector).get("/"))
    give("d", on=TODAY)
    assert "险情待核实" not in titles()
    assert titles()["险情待解危"] == 1


# ------------------------------------------------------------------------------------------------ newly recognised


def recognised(name: str, on: date, clerk: User, at: int, category: str = "DB") -> Household:
    row = Enrolment(at, f"r:{at}", name, VILLAGE, f"r{at}", "小官村1组", relation="02", category=category, category_from=on)
    registry.enrol(rows=[row], on=ENROLLED, by=clerk, source=f"r{at}")
    return Household.objects.order_by("-pk")[0]


def test_last_months_new_households_and_their_days(clerk: User, appraiser: User, households: list[Household], give: Submit) -> None:
    new = recognised("佟一", date(2020, 5, 12), clerk, 11)
    recognised("佟二", date(2020, 4, 30), clerk, 12)
    recognised("佟三", date(2020, 6, 1), clerk, 13)
    old = Belonging.objects.filter(category="JDLK").first()
    assert old is not None
    client, url = signed_in(appraiser), reverse("appraisals:hazard-newly")
    page = client.get(url)
    assert [line["household"] for line in page.context["lines"]] == [new]
    assert (page.context["month"].given_by, page.context["month"].appraised_by) == (date(2020, 6, 5), date(2020, 6, 20))
    for chip in page.context["chips"]:
        rows = client.get(url + (chip["url"] if chip["url"] != "?" else ""))
        assert rows.context["page"].total == chip["count"] == len(rows.context["lines"]), chip
    assert new not in [line["household"] for line in client.get(url, {"month": "2020-04"}).context["lines"]]
    assert client.get(url, {"month": "2031-01"}).context["month"].key == "2020-05", "a month to come isn't shown"
    registry.record_dwelling(household=new, kind="own", on=ENROLLED, by=clerk, state={"structure": "brick_timber", "storeys": 1})
    assert client.get(url, {"state": "left"}).context["page"].total == 1
    give("b", household=new, on=TODAY)
    assert client.get(url, {"state": "left"}).context["page"].total == 0
    assert client.get(url, {"state": "done"}).context["lines"][0]["paper"].grade == "B"
    with acting(actor_of(clerk)):
        made = kind_of("monitoring.newly").make({"month": "2020-05"}, clerk, False)
        assert [row[0] for row in made.rows] == [new.number]


def test_who_was_entered_in_time_stays_so_and_the_day_is_that_of_the_place(clerk: User, places: None) -> None:
    """By 5 June: entered on that evening is in time, half an hour after midnight is late; a spell that ended was entered when it was first known."""
    entered = {"佟六": "2020-06-05T23:30:00+08:00", "佟七": "2020-06-06T00:30:00+08:00", "佟八": "2020-06-03T09:00:00+08:00"}
    made = {}
    for at, (name, moment) in enumerate(entered.items(), 16):
        made[name] = recognised(name, date(2020, 5, 12), clerk, at)
        Belonging.objects.filter(source=f"r:{at}").update(recorded_at=datetime.fromisoformat(moment))
    known = Belonging.objects.get(source="r:18")
    ended = {field.attname: getattr(known, field.attname) for field in Belonging._meta.concrete_fields if not field.primary_key}
    now = timezone.now()
    Belonging.objects.filter(pk=known.pk).update(superseded_at=now)
    Belonging.objects.create(**{**ended, "valid_to": date(2020, 6, 9), "recorded_at": now})
    client, url = signed_in(clerk), reverse("appraisals:hazard-newly")
    assert client.get(url).context["page"].total == 3
    late = client.get(url, {"state": "late_given"})
    assert [line["household"] for line in late.context["lines"]] == [made["佟七"]]
    assert [chip["count"] for chip in late.context["chips"] if chip["on"]] == [1]


def test_who_is_overdue_is_opened_in_the_month_and_place_looked_at(clerk: User, places: None) -> None:
    recognised("佟九", date(2020, 3, 12), clerk, 19)
    client, url = signed_in(clerk), reverse("appraisals:hazard-newly")
    page = client.get(url, {"month": "2020-03", "area": TOWNSHIP})
    assert "1 户过了" in body(page)
    link = re.search(r'href="([^"]*state=left[^"]*)">看这些户', body(page))
    assert link, body(page)
    opened = client.get(url + link.group(1).replace("&amp;", "&"))
    assert (opened.context["month"].key, opened.context["area"], opened.context["page"].total) == ("2020-03", TOWNSHIP, 1)


def test_who_stood_on_a_list_before_is_not_new(clerk: User, places: None) -> None:
    one = recognised("佟四", date(2019, 3, 1), clerk, 14)
    Belonging.objects.create(
        category_id="TK", household=one, area=one.area, valid_from=date(2020, 5, 5), recorded_at=Belonging.objects.all()[0].recorded_at
    )
    assert not monitoring.newly(clerk, COUNTY, monitoring.month(date(2020, 5, 1), COUNTY)).exists()


def test_the_tile_counts_what_the_month_lists(clerk: User, households: list[Household]) -> None:
    recognised("佟五", date(2020, 5, 12), clerk, 15)
    client = signed_in(clerk)
    figures = client.get(reverse("appraisals:hazards")).context["figures"]
    for figure in figures[4:]:
        assert client.get(figure["url"]).context["page"].total == figure["value"] == 1


# ------------------------------------------------------------------------------------------------ many


def test_no_question_reads_every_hazard_or_screening(households: list[Household], clerk: User, collector: User) -> None:
    """Four thousand households of another county, each with a struck hazard and a suspect house: questions of ours go by an index."""
    reported(households[0], collector)
    ours = rounds.open_round(area=COUNTY, kind="revisit", name="本县", starts_on=ON, ends_on=TODAY, by=clerk)
    screening.screen(round=ours, household=households[0], result="suspect", by=collector)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO registry_household (number, area, address, phone, groups, opened_on, source) "
            "SELECT '210921100201-' || lpad(n::text, 5, '0'), '210921100201', '', '', '', '2019-01-01', '' FROM generate_series(1, 4000) n"
        )
        cursor.execute(
            'INSERT INTO appraisals_hazard (household_id, area, "on", way, cause, reporter, description, urgent, unfounded, checked_note, due, closed_on, '
            "closed_how, recorded_at, client_id, device, source) SELECT id, area, '2020-01-01', 'cadre', 'age', '', 'x', false, false, '', '2020-01-20', "
            "'2020-02-01', 'x', now(), '', '', '' FROM registry_household WHERE area = '210921100201'"
        )
        cursor.execute(
            'INSERT INTO appraisals_screening (round_id, household_id, area, "on", result, note, recorded_at, client_id, device, source) '
            "SELECT %s, id, area, '2020-06-01', 'suspect', '', now(), '', '', '' FROM registry_household WHERE area = '210921100201'",
            [ours.pk],
        )
        cursor.execute("ANALYZE appraisals_hazard")
        cursor.execute("ANALYZE appraisals_screening")
        cursor.execute("ANALYZE registry_household")
    asked: dict[str, Any] = {
        "hazards, newest": monitoring.ledger(clerk, monitoring.Filters(area=VILLAGE), TODAY).order_by("-on", "-id")[:40],
        "hazards overdue": monitoring.ledger(clerk, monitoring.Filters(area=VILLAGE, state=monitoring.LATE), TODAY).order_by("due")[:40],
        "suspect houses": appraisal.suspects(clerk, VILLAGE),
        "a village on foot": queries.on_foot(ours, VILLAGE, "left"),
    }
    with acting(actor_of(clerk)), connection.cursor() as cursor:
        for name, found in asked.items():
            sql, params = found.query.sql_with_params()
            cursor.execute("EXPLAIN " + sql, params)
            plan = "\n".join(row[0] for row in cursor.fetchall())
            for table in ("appraisals_hazard", "appraisals_screening", "registry_household"):
                assert not re.search(rf"Seq Scan on {table}\b", plan), f"{name}:\n{plan}"
