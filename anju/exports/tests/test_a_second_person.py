"""Many rows wait for another person; the file is the asker's alone, while their right holds, for some days."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from anju.accounts.models import Grant, User
from anju.evidence.models import StoredFile
from anju.exports import queries
from anju.exports.actions import asking, handing
from anju.exports.models import Export
from anju.exports.refusal import Refused
from anju.jobs.models import Job
from anju.rosters.models import Batch
from anju.rosters.tests import county
from anju.web import worklist
from tests.kept import place

Done = Callable[[], AbstractContextManager[Any]]


@pytest.fixture(autouse=True)
def _small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANJU_EXPORT_FULL_ROWS", "2")
    monkeypatch.setenv("ANJU_EXPORT_MASKED_ROWS", "4")


def acts_as(user: User, role: str, area: str = county.COUNTY) -> None:
    """The rights the person had end; they have this one now."""
    Grant.objects.filter(user=user, ended_at=None).update(ended_at=timezone.now())
    Grant.objects.create(user=user, role=role, area=area, valid_from=date(2020, 1, 1))


@pytest.fixture
def waiting(listed: Batch, clerk: User, done: Done) -> Export:
    """All rows of the list, more than may leave without a second person."""
    with done():
        return asking.ask(kind="rosters.rows", filters={"batch": listed.pk}, by=clerk, reason="report", note="报市住建局")


def test_few_rows_need_nobody_full_numbers_sooner(listed: Batch, clerk: User, done: Done) -> None:
    few: dict[str, Any] = {"batch": listed.pk, "reading": "faulty"}
    with done():
        masked = asking.ask(kind="rosters.rows", filters={"batch": listed.pk, "town": "210922109"}, by=clerk, reason="daily")
        single = asking.ask(kind="rosters.rows", filters=few, by=clerk, reason="daily", note="入户核对", full=True)
        full = asking.ask(
            kind="rosters.rows", filters={"batch": listed.pk, "town": "210922109"}, by=clerk, reason="daily", note="入户核对", full=True
        )
    assert (masked.needs_approval, single.needs_approval, full.needs_approval) == (False, False, True)


def test_nothing_is_made_until_another_agrees(waiting: Export, clerk: User, colleague: User, done: Done) -> None:
    assert (waiting.state, waiting.job, Job.objects.filter(kind="exports.write").count()) == ("waiting", None, 0)
    assert [one.pk for one in queries.waiting_for(colleague, county.COUNTY)] == [waiting.pk]
    assert not queries.waiting_for(clerk, county.COUNTY).exists()
    with pytest.raises(Refused, match="待审批"):
        handing.hand_over(export=waiting, by=clerk)
    with pytest.raises(Refused, match="不能自己审批"):
        asking.approve(export=waiting, by=clerk)
    with done():
        asking.approve(export=waiting, by=colleague, note="已核")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.decided_by) == ("ready", colleague)
    assert handing.hand_over(export=waiting, by=clerk).size > 0
    with pytest.raises(Refused, match="已经办过"):
        asking.refuse(export=waiting, by=colleague, reason="晚了")


def test_a_refusal_says_why_and_makes_nothing(waiting: Export, clerk: User, colleague: User, at_desk: Any) -> None:
    with pytest.raises(Refused, match="理由"):
        asking.refuse(export=waiting, by=colleague, reason=" ")
    asking.refuse(export=waiting, by=colleague, reason="先脱敏再报")
    waiting.refresh_from_db()
    assert waiting.state == "refused"
    assert "先脱敏再报" in at_desk(clerk).get(f"/exports/{waiting.pk}/").content.decode()


@pytest.mark.parametrize("who", ["stranger", "township", "sender", "discipline"])
def test_who_may_not_give_the_word(who: str, waiting: Export, request: pytest.FixtureRequest) -> None:
    with pytest.raises(Refused):
        asking.approve(export=waiting, by=request.getfixturevalue(who))


def test_the_database_refuses_one_person_in_both_roles(waiting: Export, clerk: User) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=waiting.pk).update(decided_by=clerk, decided_at=timezone.now())
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.filter(pk=waiting.pk).update(state="making")


def test_it_stands_on_the_other_persons_worklist(waiting: Export, clerk: User, colleague: User, at_desk: Any) -> None:
    assert worklist.waiting(colleague, county.COUNTY)["exports"] == 1
    assert worklist.waiting(clerk, county.COUNTY)["exports"] == 0
    page = at_desk(colleague).get("/").content.decode()
    assert "审批导出" in page
    assert "报市住建局" in page


def test_the_pages_lead_from_asking_to_the_file(listed: Batch, clerk: User, colleague: User, at_desk: Any, done: Done) -> None:
    desk = at_desk(clerk)
    with done():
        asked = desk.post(f"/exports/ask/?batch={listed.pk}", {"kind": "rosters.rows", "why": "report", "note": "报市局"})
    page = desk.get(asked["Location"]).content.decode()
    assert "王主任" in page  # who can approve
    other = at_desk(colleague)
    with done():
        other.post(f"{asked['Location']}decide/", {"verdict": "approve"})
    assert other.post(f"{asked['Location']}download/").status_code == 404
    answer = desk.post(f"{asked['Location']}download/")
    assert b"".join(answer.streaming_content)[:2] == b"PK"
    assert Export.objects.get().downloads.get().by == clerk
    assert desk.get(f"{asked['Location']}download/").status_code == 405


def test_a_lost_right_stops_the_file_before_and_after_it_is_made(
    waiting: Export, clerk: User, colleague: User, done: Done, at_desk: Any
) -> None:
    with done():
        asking.approve(export=waiting, by=colleague)
    acts_as(clerk, "sender")
    waiting.refresh_from_db()
    with pytest.raises(Refused, match="已变"):
        handing.hand_over(export=waiting, by=clerk)
    assert "不能再下载" in at_desk(clerk).get(f"/exports/{waiting.pk}/").content.decode()
    acts_as(clerk, "county_clerk", area=county.OTHER_COUNTY)
    with pytest.raises(Refused, match="已变"):
        handing.hand_over(export=waiting, by=clerk)


def test_a_queued_export_of_somebody_who_lost_the_right_isnt_made(waiting: Export, clerk: User, colleague: User, done: Done) -> None:
    with done():
        asking.approve(export=waiting, by=colleague)
        acts_as(clerk, "sender")
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file) == ("failed", None)
    assert Job.objects.get(kind="exports.write").status == Job.Status.FAILED


def test_the_file_goes_after_its_days_the_register_stays(
    waiting: Export, clerk: User, colleague: User, done: Done, django_capture_on_commit_callbacks: Any
) -> None:
    with done():
        asking.approve(export=waiting, by=colleague)
    waiting.refresh_from_db()
    assert waiting.file is not None
    assert waiting.ready_at is not None
    assert waiting.expires_at == waiting.ready_at + timedelta(days=7)
    where, key = place(waiting.file), waiting.file.pk
    assert where is not None
    assert asking.remove_expired() == 0
    Export.objects.filter(pk=waiting.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    waiting.refresh_from_db()
    with pytest.raises(Refused, match="保留期"):
        handing.hand_over(export=waiting, by=clerk)
    with django_capture_on_commit_callbacks(execute=True):
        assert asking.remove_expired() == 1
    waiting.refresh_from_db()
    assert (waiting.state, waiting.file_id, where.exists()) == ("expired", None, False)
    assert not StoredFile.objects.filter(pk=key).exists()


def test_a_list_as_it_was_sent_is_never_removed(listed: Batch, clerk: User) -> None:
    export = asking.ask(kind="rosters.original", filters={"batch": listed.pk}, by=clerk, reason="archive")
    Export.objects.filter(pk=export.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    assert asking.remove_expired() == 1
    assert listed.file is not None
    assert place(listed.file) is not None


@pytest.mark.usefixtures("clerk", "colleague", "township")
def test_each_reads_their_own_part_of_the_register(waiting: Export, stranger: User, discipline: User, at_desk: Any) -> None:
    seen = {one.login: queries.register(one, queries.Filters()).total for one in User.objects.all()}
    assert seen == {"周敏": 1, "王主任": 1, "乡镇": 0, "邻县": 0, "梁实": 1}
    assert at_desk(stranger).get(f"/exports/{waiting.pk}/").status_code == 404
    assert waiting.number in at_desk(discipline).get("/exports/").content.decode()
    assert waiting.number in at_desk(discipline).get(f"/exports/?mark={waiting.mark}&numbers=masked&since=2020-01-01").content.decode()
    assert waiting.number not in at_desk(discipline).get("/exports/?numbers=full").content.decode()


def test_the_register_pages_by_key(listed: Batch, clerk: User) -> None:
    for _time in range(5):
        asking.ask(kind="rosters.original", filters={"batch": listed.pk}, by=clerk, reason="archive")
    first = queries.register(clerk, queries.Filters(), limit=3)
    rest = queries.register(clerk, queries.Filters(), after=first.after, limit=3)
    assert (len(first.rows), len(rest.rows), rest.after, first.total) == (3, 2, "", 5)
    assert not {one.pk for one in first.rows} & {one.pk for one in rest.rows}
