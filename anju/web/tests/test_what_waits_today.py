"""The worklist: each line one list or letter, most urgent first, for those who may act on it."""

import re
import time
from datetime import date

import pytest
from django.test import Client
from django.utils import timezone

from anju.accounts import lately
from anju.accounts.actions import admit, found
from anju.accounts.models import Grant, User
from anju.clock.actions import set_today
from anju.divisions.models import Division
from anju.rosters.models import Batch, Letter, LetterRow, Match, MatchRun, Mismatch
from anju.web import worklist

pytestmark = pytest.mark.django_db
TODAY = date(2020, 6, 12)
COUNTY = "210922"


@pytest.fixture(autouse=True)
def _places() -> None:
    set_today(day=TODAY)
    for code, name, parent, level in (
        ("21", "辽宁省", None, 2),
        ("2109", "阜新市", "21", 3),
        (COUNTY, "彰武县", "2109", 4),
        ("210922115", "大冷镇", COUNTY, 5),
    ):
        Division.objects.create(code=code, name=name, short_name=name, full_name=name, core=name, parent_id=parent, level=level)


def person(login: str, kind: str, role: str, area: str = COUNTY) -> User:
    office = found(name=f"{area}{kind}", kind=kind, area=area)
    return admit(login=login, name=login, organisation=office, role=role, password="x", check_password=False)


@pytest.fixture
def clerk() -> User:
    return person("clerk", "housing", "county_clerk")


def batch(
    by: User, *, status: str = Batch.Status.MATCHED, owner: str = "civil_affairs", title: str = "农村低保名单", area: str = COUNTY
) -> Batch:
    locked = timezone.now() if status == Batch.Status.LOCKED else None
    return Batch.objects.create(
        area=area, owner=owner, title=title, as_of=date(2020, 5, 31), status=status, rows_total=10, received_by=by, received_at=timezone.now(), locked_at=locked
    )  # fmt: skip


def run_with(of: Batch, pairs: int = 0, differences: int = 0) -> MatchRun:
    run = MatchRun.objects.create(
        batch=of, kind=MatchRun.Kind.REGISTER, area=of.area, stage=MatchRun.Stage.APPLIED, started_at=timezone.now()
    )
    for at in range(pairs):
        row = of.rows.create(sheet="1", row=at + 2, area="210922115", name="某", outcome="clean")
        Match.objects.create(run=run, row=row, area="210922115", outcome=Match.Outcome.REVIEW)
    for at in range(differences):
        Mismatch.objects.create(run=run, kind=Mismatch.Kind.HEAD_DIFFERS, area="210922115", subject=str(at))
    return run


def letter(of: Batch, by: User, answer_by: date | None, serial: int = 1) -> Letter:
    run = of.runs.get()
    made = Letter.objects.create(
        batch=of, area=of.area, year=2020, serial=serial, number=f"安居函〔2020〕{serial}号", office=of.owner, addressee="民政局", sender="住建局",
        on=date(2020, 6, 1), answer_by=answer_by, kinds=["head_differs"], body="", written_by=by, written_at=timezone.now(),
    )  # fmt: skip
    for at, mismatch in enumerate(run.mismatches.all()):
        LetterRow.objects.create(letter=made, ordinal=at + 1, mismatch=mismatch, question="户主不一致")
    return made


def titles(user: User, area: str = COUNTY) -> list[str]:
    return [item.title for group in worklist.groups(user, area, TODAY) for item in group.items]


def test_pairs_come_before_differences_and_open_their_own_page(clerk: User) -> None:
    listed = batch(clerk)
    run_with(listed, pairs=2, differences=3)
    (group,) = worklist.groups(clerk, COUNTY, TODAY)
    assert [(item.title, item.count) for item in group.items] == [("名单比对待人工核对", 2), ("名单与登记库的差异待处理", 3)]
    assert group.items[0].url == f"/rosters/{listed.pk}/review/"
    assert "大冷镇 2" in group.items[0].reason


def test_a_letter_past_its_day_is_overdue_and_stands_first(clerk: User) -> None:
    listed = batch(clerk)
    run_with(listed, pairs=1, differences=2)
    letter(listed, clerk, date(2020, 6, 10))
    found_groups = worklist.groups(clerk, COUNTY, TODAY)
    assert [group.title for group in found_groups] == ["已逾期", "未定期限"]
    (item,) = found_groups[0].items
    assert (item.due, item.due_tone, item.count) == ("逾期 2 天", "late", 2)


def test_the_department_sees_its_own_letter_as_its_work_and_nobody_elses(clerk: User) -> None:
    listed = batch(clerk)
    run_with(listed, differences=2)
    letter(listed, clerk, TODAY)
    assert titles(person("sender", "civil_affairs", "sender")) == ["退回的差异待答复"]
    assert titles(person("other", "disabled_federation", "sender")) == []


def test_who_only_looks_has_nothing_waiting(clerk: User) -> None:
    run_with(batch(clerk), pairs=1, differences=1)
    viewer = person("viewer", "housing", "city_viewer", "2109")
    assert titles(viewer, "2109") == []


def test_another_countys_lists_are_not_there(clerk: User) -> None:
    stranger = person("stranger", "housing", "county_clerk", "210921")
    run_with(batch(clerk), pairs=1)
    assert titles(stranger, "210921") == []


def test_a_list_is_signed_when_its_pairs_are_done_and_not_before(clerk: User) -> None:
    listed = batch(clerk)
    run = run_with(listed, pairs=1)
    assert titles(clerk) == ["名单比对待人工核对"]
    run.matches.update(verdict=Match.Verdict.SAME)
    assert titles(clerk) == ["名单待会签锁定"]


def test_an_earlier_version_waits_no_longer(clerk: User) -> None:
    old = batch(clerk, title="旧名单")
    run_with(old, pairs=1)
    newer = batch(clerk, title="新名单", status=Batch.Status.RECEIVED)
    Batch.objects.filter(pk=newer.pk).update(previous=old)
    assert titles(clerk) == []


def test_the_first_page_shows_the_work_and_the_menu_its_count(client: Client, clerk: User) -> None:
    run_with(batch(clerk), pairs=3)
    client.force_login(clerk)
    page = client.get("/").content.decode()
    assert "开始核对" in page
    assert '<span class="ct">3</span>' in page
    assert "开始使用" not in page


def menu_number(client: Client, title: str = "名单比对") -> str:
    """What stands beside an entry of the menu."""
    body = client.get("/households/").content.decode()
    entry = re.search(rf'<a [^>]*href="/rosters/"[^>]*>(?:(?!</a>).)*{title}(?:(?!</a>).)*</a>', body, re.S)
    assert entry
    return " ".join(re.sub(r"<[^>]+>", " ", entry[0]).split()).removeprefix(title).strip()


def test_what_one_has_done_shows_in_the_menu_at_once_and_what_others_did_soon(clerk: User, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    client.force_login(clerk)
    of = batch(clerk)
    run_with(of, pairs=2)
    assert menu_number(client) == "2"
    Match.objects.all().delete()
    assert menu_number(client) == "2"
    client.post("/theme/", {"theme": "dark"})
    assert menu_number(client) == ""
    run_with(batch(clerk, owner="poverty", title="另一份名单"), pairs=3)
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now + lately.SECONDS + 1)
    assert menu_number(client) == "3"


def test_a_right_that_ends_takes_its_numbers_along(clerk: User) -> None:
    run_with(batch(clerk), pairs=2)
    client = Client()
    client.force_login(clerk)
    assert menu_number(client) == "2"
    Grant.objects.filter(user=clerk).update(ended_at=timezone.now())
    Grant.objects.create(user=clerk, role="county_clerk", area="210921", valid_from=date(2020, 1, 1))
    assert menu_number(client) == ""
