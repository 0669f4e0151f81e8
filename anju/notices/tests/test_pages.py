"""The office's pages of notices, and the one that everybody may read while it hangs."""

import io
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.urls import reverse

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.clock.actions import set_today
from anju.exports.actions.masking import choose_mask
from anju.notices import actions, queries, sources
from anju.notices.models import Notice, Outcome
from anju.notices.tests.conftest import CLOSE, LIU, START, SUN, VILLAGE, Post, Shoot, board
from anju.trail.acting import NOBODY, acting
from anju.web import worklist

pytestmark = pytest.mark.django_db
TABLE = "村组\t户主\t身份证号\t房屋等级\n小官村1组\t孙福\t{number}\tD级\n小官村2组\t刘守义\t\tC级\n".format(number=SUN["id_number"])
FORM = {
    "kind": "review", "area": VILLAGE, "title": "小官村评议结果公示", "intro": "", "starts_on": "2020-04-01", "days": "7", "hotline": "0418-6926331",
    "boards": ["board", "web"], "table": TABLE,
}  # fmt: skip


def browser(user: User) -> Client:
    """Signed in."""
    client = Client()
    client.force_login(user)
    return client


# ------------------------------------------------------------------------------------------------ posting


def test_a_pasted_table_is_looked_at_and_posted_masked(officer: User) -> None:
    client = browser(officer)
    looked = client.post(reverse("notices:new"), FORM | {"do": "look"})
    text = looked.content.decode()
    assert "孙*" in text
    assert not Notice.objects.exists()
    preview = text.split("贴出来的样子</h2>")[1]
    assert "孙福" not in preview
    assert SUN["id_number"] not in preview
    response = client.post(reverse("notices:new"), FORM | {"do": "post"})
    notice = Notice.objects.get()
    assert response.headers["Location"] == reverse("notices:show", args=[notice.pk])
    assert notice.content == {
        "columns": [["place", "村组"], ["head", "户主"], ["grade", "房屋等级"]], "rows": [["小官村1组", "孙*", "D级"], ["小官村2组", "刘*义", "C级"]],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("村组\t联系电话\n小官村\t13800138000", "不在可公示的栏目里"),
        ("村组\n小官村 13800138000", "手机号"),
        ("村组", "连表头一起粘贴"),
        ("村组\t村组\n小官村\t小官村", "有两栏同名"),
        ("村组\n小官村\t多一格", "第 2 行有 2 格"),
    ],
)
def test_a_table_that_cant_hang_comes_back_with_why(officer: User, table: str, said: str) -> None:
    response = browser(officer).post(reverse("notices:new"), FORM | {"table": table, "do": "post"})
    assert response.status_code == 422
    assert said in response.content.decode()
    assert "小官村评议结果公示" in response.content.decode()
    assert not Notice.objects.exists()


def test_what_another_app_drafts_is_posted_once(officer: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def make(user: User, area: str, asked: Any) -> sources.Draft:
        if asked["round"] != "3":
            raise sources.NothingToPost("这一轮没有可公示的结果")
        return sources.Draft("鉴定结果公示", [SUN, LIU], f"drafts:{area}", columns=["place", "head", "grade"])

    monkeypatch.setitem(sources._SOURCES, "test.results", sources.NoticeSource("test.results", "鉴定结果", "grade", ("round",), make))
    client = browser(officer)
    address = reverse("notices:new") + f"?source=test.results&area={VILLAGE}&round=3"
    shown = client.get(address).content.decode()
    assert "孙*" in shown
    assert "孙福" not in shown
    given = {name: value for name, value in FORM.items() if name != "table"} | {"kind": "grade", "do": "post"}
    for _again in range(2):
        assert client.post(address, given).status_code == 302
    assert Notice.objects.get().key == f"drafts:{VILLAGE}"
    assert client.get(address.replace("round=3", "round=4")).headers["Location"] == reverse("notices:list")


def test_who_may_not_post_is_told_who_may(village: User) -> None:
    client = browser(village)
    assert client.get(reverse("notices:new"), follow=True).content.decode().count("公示员") >= 1
    assert client.post(reverse("notices:new"), FORM | {"do": "post"}).status_code == 302
    assert not Notice.objects.exists()


# ------------------------------------------------------------------------------------------------ the notice's page


def test_the_whole_way_on_the_pages(post: Post, officer: User, village: User) -> None:
    notice = post()
    office, cadre = browser(officer), browser(village)
    show = reverse("notices:show", args=[notice.pk])

    def shoot(which: str, seed: int, name: str = "board.jpg") -> str:
        file = SimpleUploadedFile(name, board(seed), "image/jpeg")
        return cadre.post(reverse("notices:photograph", args=[notice.pk]), {"which": which, "file": file}, follow=True).content.decode()

    assert "条件满足后才能结束" in office.get(show).content.decode()
    assert "已收下照片" in shoot("start", 1)
    assert "2020-04-07 为止" in shoot("end", 2)
    response = office.post(
        reverse("notices:act", args=[notice.pk, "object"]),
        {"channel": "phone", "on": "2020-04-01", "who": "马占山", "phone": "13804180001", "row": "1", "about": "他家有楼房"},
    )
    assert response.status_code == 302
    set_today(day=CLOSE)
    assert "已收下照片" in shoot("end", 3)
    shown = office.get(show).content.decode()
    assert "138****0001" in shown
    assert "13804180001" not in shown
    assert "还有 1 条异议没有答复" in office.post(reverse("notices:close", args=[notice.pk]), follow=True).content.decode()
    objection = notice.objections.get()
    answer = reverse("notices:answer", args=[notice.pk, objection.pk])
    refused = office.post(answer, {"result": "rejected", "answer": "打 13804180001 说明过"})
    assert refused.status_code == 422
    assert "打 13804180001 说明过" in refused.content.decode()
    assert office.post(answer, {"result": "rejected", "answer": "经查无楼房"}).status_code == 302
    office.post(reverse("notices:close", args=[notice.pk]))
    notice.refresh_from_db()
    assert notice.outcome == Outcome.SETTLED


def test_a_file_that_is_no_photo_says_what_to_do(post: Post, officer: User) -> None:
    notice = post()
    file = SimpleUploadedFile("a.jpg", b"%PDF-1.4", "image/jpeg")
    said = browser(officer).post(reverse("notices:photograph", args=[notice.pk]), {"which": "start", "file": file}, follow=True)
    assert "PDF" in said.content.decode()
    notice.refresh_from_db()
    assert notice.start_photo_on is None


def test_a_notice_of_a_foreign_area_stays_closed(post: Post, stranger: User, clerk: User, village: User) -> None:
    notice = post()
    client = browser(stranger)
    for name in ("show", "paper"):
        assert client.get(reverse(f"notices:{name}", args=[notice.pk])).status_code == 404
    for name, more in (("close", ()), ("photograph", ()), ("act", ("withdraw",))):
        assert client.post(reverse(f"notices:{name}", args=[notice.pk, *more]), {"reason": "x"}).status_code == 404
    assert "小官村" not in client.get(reverse("notices:list") + f"?area={VILLAGE}").content.decode()
    county_wide = post(by=clerk, kind="county", area="210922", title="全县审批结果公示")
    shown = browser(village).get(reverse("notices:show", args=[county_wide.pk])).content.decode()
    assert "交照片" in shown  # it hangs in the village too
    assert reverse("notices:close", args=[county_wide.pk]) not in shown


def test_every_count_opens_its_rows(post: Post, shoot: Shoot, officer: User) -> None:
    hanging = shoot(post(title="甲"))
    actions.object_to(notice=hanging, about="有意见", channel="visit", by=officer)
    post(title="乙")
    actions.withdraw(notice=post(title="丙"), by=officer, reason="误")
    client = browser(officer)
    shown = client.get(reverse("notices:list")).content.decode()
    for state, count in (("unposted", 1), ("hanging", 1), ("objected", 1), ("due", 0), ("closed", 0), ("withdrawn", 1)):
        chip = shown.split(f'href="?state={state}"')[1].split("</a>")[0]
        assert chip.rsplit(" ", 1)[1] == str(count), state
        assert client.get(reverse("notices:list") + f"?state={state}").content.decode().count("data-open") == count


def test_the_paper_says_how_long_and_whom_to_call(post: Post, officer: User) -> None:
    notice = post()
    paper = browser(officer).get(reverse("notices:paper", args=[notice.pk]) + "?size=a3").content.decode()
    assert "2020年4月1日至2020年4月7日" in paper
    assert "0418-6926331" in paper
    assert "data:image/svg+xml" in paper
    assert "board a3" in paper
    assert "孙福" not in paper


# ------------------------------------------------------------------------------------------------ the public


def test_everybody_reads_it_while_it_hangs_and_not_afterwards(post: Post, client: Client) -> None:
    notice = post()
    address = reverse("posted", args=[notice.token])
    shown = client.get(address)
    text = shown.content.decode()
    assert shown.status_code == 200
    assert "孙*" in text
    assert "孙福" not in text
    assert "noindex" in shown.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex' in text
    assert shown.headers["Cache-Control"] == "no-store"
    set_today(day=date(2020, 4, 7))
    assert client.get(address).status_code == 200
    set_today(day=CLOSE)
    over = client.get(address)
    assert over.status_code == 410
    assert "公示期已满" in over.content.decode()
    assert "孙*" not in over.content.decode()
    assert "0418-6926331" in over.content.decode()


def test_withdrawn_it_is_gone_at_once(post: Post, officer: User, client: Client) -> None:
    notice = actions.withdraw(notice=post(), by=officer, reason="村名写错")
    gone = client.get(reverse("posted", args=[notice.token]))
    assert gone.status_code == 410
    assert "孙" not in gone.content.decode()
    assert "村名写错" not in gone.content.decode()


def test_an_address_says_nothing_and_cant_be_guessed(post: Post, client: Client) -> None:
    one, two = post(), post()
    assert one.token != two.token
    assert len(one.token) == 22
    for token in (str(one.pk), "x", one.token[:-1], one.token.swapcase(), "a" * 200):
        assert client.get(reverse("posted", args=[token])).status_code == 404


def test_what_isnt_for_the_web_or_hasnt_begun_isnt_there(post: Post, client: Client) -> None:
    for notice in (post(boards=["board"]), post(starts_on=START + timedelta(1))):
        assert client.get(reverse("posted", args=[notice.token])).status_code == 404


def test_another_mask_later_doesnt_change_what_hangs(post: Post, security: User, client: Client) -> None:
    notice = post()
    before = client.get(reverse("posted", args=[notice.token])).context["table"]
    choose_mask(policy="six_four", by=security, reason="省里要求公示身份证号")
    assert client.get(reverse("posted", args=[notice.token])).context["table"]["rows"] == before["rows"]


def test_the_database_gives_the_public_what_hangs_and_nothing_else(post: Post, officer: User) -> None:
    notice = post()
    actions.object_to(notice=notice, about="有楼房", channel="visit", by=officer, who="马占山")
    with acting(NOBODY):
        assert not Notice.objects.exists()
        found = queries.posted(notice.token, START)
        assert found is not None
        assert found.content is not None
        over = queries.posted(notice.token, CLOSE)
        assert over is not None
        assert (over.content, over.intro) == (None, "")
        assert queries.posted("", START) is None
        assert not Notice.objects.exists()  # looking beyond left nothing open
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM notices_public(%s, %s)", [notice.token, START])
            assert [column.name for column in cursor.description or ()] == [
                "state", "kind", "title", "intro", "content", "area", "office", "hotline", "starts_on", "days", "closes_on",
            ]  # fmt: skip


# ------------------------------------------------------------------------------------------------ what waits


def _titles(user: User, area: str, today: date) -> list[str]:
    set_today(day=today)
    with acting(actor_of(user)):
        return [item.title for group in worklist.groups(user, area, today) for item in group.items]


def test_each_desk_sees_what_waits_for_it(post: Post, shoot: Shoot, officer: User, village: User) -> None:
    notice = post()
    assert _titles(village, VILLAGE, START) == ["公示张贴待拍照"]
    shoot(notice)
    assert _titles(village, VILLAGE, date(2020, 4, 3)) == []
    assert "公示期满待拍照" in _titles(village, VILLAGE, date(2020, 4, 7))
    objection = actions.object_to(notice=notice, about="有意见", channel="visit", by=officer)
    shoot(notice, end=True)
    assert _titles(officer, "210922109", CLOSE) == ["公示异议待答复"]
    actions.answer_objection(objection=objection, result="rejected", answer="查无此事", by=officer)
    assert _titles(officer, "210922109", CLOSE) == ["公示可以结束"]
    actions.close(notice=notice, by=officer)
    assert _titles(officer, "210922109", CLOSE) == []


def test_a_picture_in_memory_is_taken_like_one_from_a_form(post: Post, officer: User) -> None:
    notice = actions.photograph_start(notice=post(), by=officer, file=io.BytesIO(board(9)))
    assert notice.photos.get().photo.kind == "board"
