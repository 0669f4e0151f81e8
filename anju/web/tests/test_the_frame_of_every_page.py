"""Signing in, the first page, theme, language, area, jobs, and what is said when something can't be done."""

import re
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from anju.accounts.actions import admit, found
from anju.accounts.models import User
from anju.clock.actions import set_today
from anju.divisions.models import Division
from anju.jobs.models import Job
from anju.web import shell
from anju.web.templatetags.anju import asset

pytestmark = pytest.mark.django_db
PASSWORD = "a-password-of-tests"
COMPONENTS = (
    *(
        'class="phases"',
        'class="steps"',
        'class="card work"',
        'class="t d stack"',
        'class="chips"',
        'class="tabs"',
        'class="tile"',
        'class="empty',
    ),
    *(
        'class="msg',
        'class="undo',
        'class="pair"',
        'class="ev"',
        'class="tl"',
        'class="checks"',
        'class="kv"',
        'class="cells"',
        'class="drop-zone"',
    ),
    *("<dialog", 'data-chart="sankey"', 'data-chart="bar"', 'data-chart="line"', "data-map="),
)


def place(code: str, name: str, parent: str | None, level: int) -> None:
    Division.objects.create(code=code, name=name, short_name=name, full_name=name, core=name, parent_id=parent, level=level)


@pytest.fixture
def clerk() -> User:
    set_today(day=date(2020, 6, 12))
    place("21", "辽宁省", None, 2)
    place("2109", "阜新市", "21", 3)
    place("210922", "彰武县", "2109", 4)
    place("210921", "阜蒙县", "2109", 4)
    place("210922115", "大冷镇", "210922", 5)
    office = found(name="彰武县住建局", kind="housing", area="210922")
    return admit(login="zhoumin", name="周敏", organisation=office, role="county_clerk", password=PASSWORD, check_password=False)


@pytest.fixture
def desk(client: Client, clerk: User) -> Client:
    client.force_login(clerk)
    return client


def text(response: object) -> str:
    return response.content.decode()  # type: ignore[attr-defined, no-any-return]


def test_who_is_not_signed_in_is_asked_to_sign_in_and_comes_back(client: Client, clerk: User, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]  # neither a second factor nor a new password is asked
    asked = client.get("/jobs/")
    assert asked.headers["Location"] == "/login/?next=/jobs/"
    entered = client.post("/login/", {"login": "zhoumin", "password": PASSWORD, "next": "/jobs/"})
    assert entered.headers["Location"] == "/jobs/"


def test_a_wrong_password_is_answered_with_one_sentence_and_keeps_the_name(client: Client, clerk: User) -> None:
    answer = client.post("/login/", {"login": "zhoumin", "password": "wrong"})
    assert answer.status_code == 422
    assert "用户名或密码不对" in text(answer)
    assert 'value="zhoumin"' in text(answer)
    assert "wrong" not in text(answer)


def test_signing_in_never_leads_to_another_site(client: Client, clerk: User, settings: object) -> None:
    settings.DEMO = True  # type: ignore[attr-defined]
    entered = client.post("/login/", {"login": "zhoumin", "password": PASSWORD, "next": "https://elsewhere.example/"})
    assert entered.headers["Location"] == "/"


def test_roles_to_enter_as_are_shown_in_a_demonstration_only(client: Client, clerk: User, settings: object) -> None:
    assert "周敏" not in text(client.get("/login/"))
    settings.DEMO = True  # type: ignore[attr-defined]
    page = text(client.get("/login/"))
    assert "周敏" in page
    assert "从这里看起" in page


def test_signing_out_needs_a_post(desk: Client) -> None:
    assert desk.get("/logout/").status_code == 405
    assert desk.post("/logout/").headers["Location"] == "/login/"
    assert desk.get("/").headers["Location"].startswith("/login/")


def test_the_first_page_of_a_new_installation_guides(client: Client) -> None:
    office = found(name="安居管理", kind="housing", area="")
    admin = admit(login="admin", name="管理员", organisation=office, role="system_administrator", password=PASSWORD, check_password=False)
    client.force_login(admin)
    page = text(client.get("/"))
    assert page.index("导入行政区划") < page.index("建县级用户") < page.index("导入第一份名单")
    assert "anju divisions load" in page


def test_the_bar_tells_area_day_person_and_role(desk: Client) -> None:
    page = text(desk.get("/"))
    for word in ("阜新市", "彰武县", "数据截至 6月12日", "周敏", "县级审批员"):
        assert word in page


def test_the_menu_hides_what_the_role_may_not_use(desk: Client) -> None:
    assert reverse("components") not in text(desk.get("/"))


def test_every_page_says_which_policy_holds(desk: Client) -> None:
    policy = desk.get("/").headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


def test_looking_at_a_township_of_the_own_county_and_back(desk: Client) -> None:
    desk.post("/area/", {"area": "210922115"})
    page = text(desk.get("/"))
    assert "<b>大冷镇</b>" in page
    assert '<button name="area" value="210922">' in page
    desk.post("/area/", {"area": "210922"})
    assert "<b>彰武县</b>" in text(desk.get("/"))


@pytest.mark.parametrize("area", ["210921", "2109", "", "21"])
def test_another_area_is_not_there_to_be_looked_at(desk: Client, area: str) -> None:
    assert desk.post("/area/", {"area": area}).status_code == 404
    assert "<b>彰武县</b>" in text(desk.get("/"))


def test_the_theme_is_remembered_and_an_unknown_one_is_the_machines(desk: Client) -> None:
    desk.post("/theme/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in text(desk.get("/"))
    desk.post("/theme/", {"theme": "<script>"})
    assert 'data-theme="auto"' in text(desk.get("/"))


def test_the_language_is_remembered_and_an_unknown_one_is_chinese(desk: Client) -> None:
    desk.post("/language/", {"language": "en"})
    assert '<html lang="en"' in text(desk.get("/"))
    desk.post("/language/", {"language": "xx"})
    assert '<html lang="zh-Hans"' in text(desk.get("/"))


def test_choosing_never_leads_to_another_site(desk: Client) -> None:
    assert desk.post("/theme/", {"theme": "dark", "next": "//elsewhere.example"}).headers["Location"] == "/"


def test_a_running_job_asks_for_itself_and_a_finished_one_rests(desk: Client, clerk: User) -> None:
    running = Job.objects.create(kind="x", title="导入：低保.xlsx", created_by=clerk, status="running", done=3180, total=5127)
    done = Job.objects.create(kind="x", title="导出", created_by=clerk, status="done", result={"url": "/households/"})
    row = text(desk.get(reverse("jobs:row", args=[running.pk])))
    assert 'hx-trigger="every 1s"' in row
    assert "3,180 / 5,127" in row
    assert 'value="0.6202"' in row
    assert "hx-trigger" not in text(desk.get(reverse("jobs:row", args=[done.pk])))
    assert text(desk.get(reverse("jobs:list"))).count('id="job-') == 2
    assert "every 3s" in text(desk.get(reverse("jobs:badge")))


def test_a_job_is_called_off_by_who_asked_for_it(desk: Client, clerk: User) -> None:
    job = Job.objects.create(kind="x", title="导入", created_by=clerk, status="queued")
    desk.post(reverse("jobs:cancel", args=[job.pk]), headers={"HX-Request": "true"})
    job.refresh_from_db()
    assert job.status == "cancelled"


def test_somebody_elses_job_is_not_there(desk: Client, clerk: User) -> None:
    other = admit(login="other", name="别人", organisation=clerk.organisation, role="county_clerk", password=PASSWORD, check_password=False)
    job = Job.objects.create(kind="x", title="导入", created_by=other, status="running")
    assert desk.get(reverse("jobs:row", args=[job.pk])).status_code == 404
    assert desk.post(reverse("jobs:cancel", args=[job.pk])).status_code == 404
    assert 'id="job-' not in text(desk.get(reverse("jobs:list")))


def test_a_missing_page_says_what_to_do(desk: Client) -> None:
    answer = desk.get("/nowhere/")
    assert answer.status_code == 404
    assert "没有这一页，或不在您的辖区" in text(answer)


@pytest.mark.parametrize(("address", "status"), [("/nowhere/", 404), ("/people/", 403)])
def test_a_page_without_menu_and_bar_counts_nothing_for_them(desk: Client, address: str, status: int) -> None:
    of_the_frame = re.compile("jobs_job|divisions_division|rosters_|registry_|appraisals_")
    with CaptureQueriesContext(connection) as framed:
        assert desk.get("/jobs/").status_code == 200
    assert [query["sql"] for query in framed.captured_queries if of_the_frame.search(query["sql"])]
    cache.clear()
    with CaptureQueriesContext(connection) as plain:
        assert desk.get(address).status_code == status
    assert plain.captured_queries
    assert not [query["sql"] for query in plain.captured_queries if of_the_frame.search(query["sql"])]


def test_a_failure_before_anything_is_known_still_gets_its_page(rf) -> None:  # type: ignore[no-untyped-def]
    answer = shell.failed(rf.get("/households/"))
    assert answer.status_code == 500
    assert "这一步没有完成" in text(answer)
    assert "/households/" in text(answer)


def test_built_files_are_sent_packed_and_kept_by_the_browser(client: Client) -> None:
    sent = client.get(asset("office.css"), headers={"Accept-Encoding": "gzip"})
    assert sent.headers["Content-Encoding"] == "gzip"
    assert "immutable" in sent.headers["Cache-Control"]


def test_a_form_from_an_old_page_says_what_to_do(clerk: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(clerk)
    answer = strict.post("/area/", {"area": "210922115"})
    assert answer.status_code == 403
    assert "没有提交" in text(answer)


def test_the_gallery_shows_every_component(client: Client, clerk: User) -> None:
    admin = admit(
        login="admin", name="管理员", organisation=clerk.organisation, role="system_administrator", password=PASSWORD, check_password=False
    )
    client.force_login(admin)
    page = text(client.get("/components/"))
    for part in COMPONENTS:
        assert part in page, part
