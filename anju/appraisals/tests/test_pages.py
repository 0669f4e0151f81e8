"""The pages: the form keeps what was typed, the lists show what waits, papers come as PDF, the public sees what may be public."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.appraisals.actions import objecting, posting
from anju.appraisals.actions.appraising import submit
from anju.appraisals.models import Appraisal, HouseGrade, Objection, Posting
from anju.appraisals.papers import report_of
from anju.appraisals.tests.conftest import GOOD, TODAY, VILLAGE, Submit, house_of, photograph
from anju.evidence.models import Album
from anju.registry import actions as registry
from anju.registry.models import Household
from anju.registry.staging import Enrolment
from anju.web.worklist import work
from tests.desk import body, signed_in

ON = date(2020, 6, 1)


def filled(household: Household, level: str = "a", **more: Any) -> dict[str, Any]:
    """What the browser sends."""
    components: dict[str, str] = {**GOOD["components"], "bearing_wall": level}  # type: ignore[dict-item]
    return {
        "house": house_of(household).pk, "on": TODAY.isoformat(), "structure": "brick_timber", "storeys": "1", "kind": "appraised", "organiser": "county",
        "trigger": "first", "appraisers": "石岩、王磊", "site": "safe", **{f"c:{key}": value for key, value in components.items()}, **more,
    }  # fmt: skip


def test_the_form_asks_what_the_structure_needs_and_computes_as_it_is_filled(households: list[Household], appraiser: User) -> None:
    client, number = signed_in(appraiser), households[0].number
    page = body(client.get(reverse("appraisals:fill", args=[number])))
    assert "建村函〔2019〕200号" in page
    assert 'name="c:bearing_wall"' in page
    assert 'name="c:cave_body"' not in page
    sheet = body(client.post(reverse("appraisals:look", args=[number]) + "?part=sheet", filled(households[0], structure="frame")))
    assert 'name="c:timber_truss"' not in sheet
    old = body(client.post(reverse("appraisals:look", args=[number]) + "?part=sheet", filled(households[0], on="2019-11-27")))
    assert 'name="qualitative"' in old
    answers = filled(households[0], "d")
    assert "D" in body(client.post(reverse("appraisals:look", args=[number]), answers))
    del answers["c:bearing_wall"]
    assert "承重墙" in body(client.post(reverse("appraisals:look", args=[number]), answers))
    assert "GB 50292" in body(client.post(reverse("appraisals:look", args=[number]), filled(households[0], storeys="3")))


def test_what_is_refused_comes_back_as_it_was_typed(households: list[Household], appraiser: User) -> None:
    client, url = signed_in(appraiser), reverse("appraisals:fill", args=[households[0].number])
    answers = filled(households[0], "d", grade="B", opinion="先搬出来", **{"p:foundation:settlement_crack": "12.5"})
    refused = client.post(url, answers)
    assert refused.status_code == 422
    said = body(refused)
    assert "V6" in said
    assert "先搬出来" in said
    assert 'value="12.5"' in said
    assert 'name="c:bearing_wall" value="d" checked' in said
    assert not Appraisal.objects.exists()
    assert client.post(url, filled(households[0], storeys="x")).status_code == 422
    assert client.post(url, filled(households[0], appraisers="、")).status_code == 422


def test_a_filled_form_becomes_a_paper_with_its_photos_once(households: list[Household], appraiser: User) -> None:
    client, number = signed_in(appraiser), households[0].number
    opened = client.post(reverse("appraisals:album", args=[number]), {"house": house_of(households[0]).pk})
    album = Album.objects.get(owner=number)
    assert f'value="{album.pk}"' in body(opened)
    photograph(album, appraiser)
    answers = filled(households[0], "d", album=str(album.pk), client_id="desk-1")
    made = client.post(reverse("appraisals:fill", args=[number]), answers, follow=True)
    paper = Appraisal.objects.get()
    assert (paper.grade, paper.appraisers, paper.album) == ("D", ["石岩", "王磊"], album)
    assert "补拍" in body(made)
    client.post(reverse("appraisals:fill", args=[number]), answers)
    assert Appraisal.objects.count() == 1
    assert paper.number in body(client.get(reverse("appraisals:panel", args=[number])))
    assert paper.number in body(client.get(reverse("appraisals:ledger") + "?state=D&appraiser=王磊"))
    assert paper.number not in body(client.get(reverse("appraisals:ledger") + "?state=A"))


def test_an_objection_is_heard_and_answered_on_the_page(give: Submit, collector: User, clerk: User) -> None:
    paper = give("d", on=TODAY - timedelta(days=2))
    village, county = signed_in(collector), signed_in(clerk)
    url = reverse("appraisals:act", args=[paper.pk, "object"])
    assert village.post(url, {"raised_by": "周德海", "reason": "", "on": TODAY.isoformat()}).status_code == 422
    assert village.post(url, {"raised_by": "周德海", "reason": "不是承重墙", "on": TODAY.isoformat()}).status_code == 302
    waiting = body(county.get(reverse("appraisals:waiting")))
    assert "不是承重墙" in waiting
    assert "鉴定异议待处理" in body(county.get("/"))
    objection = Objection.objects.get()
    answer = reverse("appraisals:answer", args=[paper.pk, objection.pk, "maintain"])
    assert village.post(answer, {"answer": "维持", "on": TODAY.isoformat()}).status_code == 422
    assert county.post(answer, {"answer": "复查属实，维持", "on": TODAY.isoformat()}).status_code == 302
    assert "复查属实，维持" in body(county.get(reverse("appraisals:show", args=[paper.pk])))


def test_a_report_of_a_house_appraised_before_its_household_was_enrolled_tells_the_household(appraiser: User, clerk: User) -> None:
    rows = [
        Enrolment(1, "t:late:1", "周德海", VILLAGE, "9", "小官村3组", sex="1", relation="02"),
        Enrolment(2, "t:late:2", "赵凤芹", VILLAGE, "9", "小官村3组", sex="2", relation="10"),
    ]
    registry.enrol(rows=rows, on=date(2020, 5, 31), by=clerk, source="t:late")
    late = Household.objects.get(opened_on=date(2020, 5, 31))
    house = registry.record_dwelling(
        household=late, kind="own", on=date(2019, 6, 30), by=clerk, state={"structure": "brick_timber", "storeys": 1}
    )
    paper = submit(household=late, dwelling=house, form=GOOD, by=appraiser, appraisers=["石岩"], on=date(2020, 5, 20))
    assert report_of(paper).household.members == 2


def test_the_report_is_made_once_and_its_bytes_stay(give: Submit, appraiser: User, clerk: User) -> None:
    paper = give("c", on=ON)
    url = reverse("appraisals:report", args=[paper.pk])
    first = b"".join(signed_in(appraiser).get(url))
    assert first.startswith(b"%PDF")
    give("b", on=TODAY)
    assert b"".join(signed_in(clerk).get(url)) == first


def test_a_dangerous_house_gets_no_plate_on_the_page_either(give: Submit, clerk: User) -> None:
    paper, county = give("d", on=ON), signed_in(clerk)
    page = body(county.get(reverse("appraisals:show", args=[paper.pk])))
    assert "不能挂安全认定牌" in page
    assert "制作安全认定牌" not in page
    refused = county.post(reverse("appraisals:act", args=[paper.pk, "plate"]), {"on": TODAY.isoformat()})
    assert refused.status_code == 422
    assert "S0-33" in body(refused)
    county.post(reverse("appraisals:act", args=[paper.pk, "sign"]), {"on": TODAY.isoformat()})
    sign = Posting.objects.get()
    assert county.get(reverse("appraisals:posting-paper", args=[sign.pk])).content.startswith(b"%PDF")


def test_the_public_reads_a_plate_while_it_counts(give: Submit, households: list[Household], clerk: User, collector: User) -> None:
    paper = give("a", on=ON, household=households[2])
    plate = posting.issue(kind="plate", appraisal=paper, by=clerk)
    assert plate.album is not None
    photograph(plate.album, collector, kind="plate")
    village = signed_in(collector)
    assert village.post(reverse("appraisals:hang", args=[plate.pk, "hang"]), {"on": TODAY.isoformat()}).status_code == 302
    public, url = Client(), reverse("plate", args=[plate.token])
    seen = public.get(url)
    assert seen.status_code == 200
    assert "noindex" in seen["X-Robots-Tag"]
    assert plate.number in body(seen)
    assert "刘*义" in body(seen)
    assert "刘守义" not in body(seen)
    assert "小官村" in body(seen)
    assert public.get(reverse("plate", args=["x" * 22])).status_code == 404
    give("d", on=TODAY, household=households[2])
    over = public.get(url)
    assert over.status_code == 410
    assert "刘*义" not in body(over)
    register = body(village.get(reverse("appraisals:postings") + "?state=outdated"))
    assert plate.number in register
    assert "危房挂着认定牌" in register
    village.post(reverse("appraisals:hang", args=[plate.pk, "take-down"]), {"on": TODAY.isoformat(), "reason": "重新鉴定为 D 级"})
    assert "已经摘下" in body(public.get(url))


def test_who_stands_elsewhere_sees_and_does_nothing(give: Submit, households: list[Household], stranger: User, collector: User) -> None:
    paper = give("a", on=ON)
    other = signed_in(stranger)
    for name, key in (("show", paper.pk), ("report", paper.pk), ("fill", households[0].number), ("panel", households[0].number)):
        assert other.get(reverse(f"appraisals:{name}", args=[key])).status_code == 404
    assert paper.number not in body(other.get(reverse("appraisals:ledger")))
    assert other.post(reverse("appraisals:act", args=[paper.pk, "withdraw"]), {"reason": "x"}).status_code == 404
    assert signed_in(collector).get(reverse("appraisals:fill", args=[households[0].number])).status_code == 403
    assert signed_in(collector).post(reverse("appraisals:act", args=[paper.pk, "withdraw"]), {"reason": "错了"}).status_code == 422
    assert HouseGrade.objects.open().get().grade == "A"


@pytest.mark.usefixtures("places")
def test_key_groups_without_a_grade_wait(give: Submit, households: list[Household], appraiser: User) -> None:
    client, url = signed_in(appraiser), reverse("appraisals:waiting") + "?why=group"
    before = body(client.get(url))
    assert households[0].number in before
    assert households[1].number in before
    assert households[2].number not in before
    give("a", on=ON)
    after = body(client.get(url))
    assert households[0].number not in after
    assert households[1].number in after


def test_an_objection_of_last_week_is_counted_in_the_menu(give: Submit, collector: User, appraiser: User) -> None:
    paper = give("d", on=ON)
    objecting.receive(appraisal=paper, raised_by="周德海", reason="不服", by=collector, on=ON + timedelta(days=2))
    assert '住房鉴定<span class="ct">1</span>' in body(signed_in(appraiser).get("/"))


def test_what_is_too_many_to_be_counted_is_said_to_be_more(
    households: list[Household], appraiser: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def told() -> str:
        line = body(signed_in(appraiser).get("/")).split("重点对象待鉴定")[0]
        return line.rsplit("</a>", 1)[0].rsplit(">", 1)[1]

    for most, said in ((2, "2"), (1, "1+")):
        cache.clear()
        monkeypatch.setattr(work, "MOST", most)
        assert told() == said
