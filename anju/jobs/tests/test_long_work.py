"""Long work: progress, cancel, failure, resume."""

from typing import Any

import pytest
from django.db import transaction

from anju.jobs import actions
from anju.jobs.models import Job
from anju.jobs.progress import Progress, Refused
from anju.jobs.registry import handler

SEEN: list[int] = []


@handler("test.count")
def count(*, progress: Progress, upto: int) -> dict[str, Any]:
    """Counts, resuming where it was left."""
    SEEN.clear()
    for number in range(upto):
        SEEN.append(number)
        progress.step(number + 1, upto, f"第 {number + 1} 步")
    return {"counted": upto}


@handler("test.refuse")
def refuse(*, progress: Progress) -> dict[str, Any]:
    """Can't."""
    raise Refused("名单是空的，请换一份。")


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_inline")
def test_work_runs_and_leaves_its_result() -> None:
    job = actions.start(kind="test.count", title="数数", by=None, upto=3)
    job.refresh_from_db()
    assert (job.status, job.done, job.total, job.result) == (Job.Status.DONE, 3, 3, {"counted": 3})
    assert job.finished_at is not None


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("jobs_inline")
def test_a_refusal_tells_the_person_why() -> None:
    job = actions.start(kind="test.refuse", title="不行", by=None)
    job.refresh_from_db()
    assert (job.status, job.message) == (Job.Status.FAILED, "名单是空的，请换一份。")


@pytest.mark.django_db(transaction=True)
def test_called_off_work_ends_at_its_next_step() -> None:
    job = Job.objects.create(kind="test.count", title="数数", arguments={"upto": 5}, status=Job.Status.RUNNING)
    actions.cancel(job=job)
    actions.perform(job_id=job.pk)
    job.refresh_from_db()
    assert job.status == Job.Status.CANCELLED
    assert SEEN == [0]


@pytest.mark.django_db(transaction=True)
def test_work_asked_for_in_a_transaction_that_fails_is_never_done() -> None:
    with transaction.atomic():
        actions.start(kind="test.count", title="数数", by=None, upto=3)
        transaction.set_rollback(True)
    assert not Job.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_work_waits_in_the_queue_for_a_worker() -> None:
    job = actions.start(kind="test.count", title="数数", by=None, upto=3)
    job.refresh_from_db()
    assert job.status == Job.Status.QUEUED


def test_a_kind_nobody_does_is_refused_at_once() -> None:
    with pytest.raises(KeyError):
        actions.start(kind="test.nothing", title="?", by=None)
