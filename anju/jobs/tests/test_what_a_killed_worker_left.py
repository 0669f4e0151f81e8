"""Jobs of a worker that was killed are taken up again, also where the like of one of them waits already."""

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.jobs import Job

from anju.jobs import tasks

_KILLED = """WITH w AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id)
INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, args, worker_id)
SELECT 'care', j.task, j.lock, 'doing', '{}', w.id FROM w, (VALUES ('anju.seal', 'seal'), ('anju.seal', 'seal'), ('anju.run', NULL)) j (task, lock)"""
_WAITING = """INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status, args) VALUES ('care', 'anju.seal', 'seal', 'todo', '{}')"""


def _looked_after() -> list[tuple[str, str]]:
    own = Job(
        id=0, queue="care", lock=None, queueing_lock=None, priority=0, task_name="anju.retry_stalled", task_kwargs={}, scheduled_at=None, attempts=0
    )  # fmt: skip
    context = JobContext(start_timestamp=0, app=app, job=own, abort_reason=lambda: None)
    async_to_sync(tasks.retry_stalled.func)(context, 0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT task_name, status::text FROM procrastinate_jobs ORDER BY id")
        return [(task, status) for task, status in cursor.fetchall()]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("waits", [True, False])
def test_what_a_killed_worker_left_is_done_once(waits: bool) -> None:
    with connection.cursor() as cursor:
        cursor.execute(_KILLED)
        if waits:
            cursor.execute(_WAITING)
    found = _looked_after()
    assert found[2] == ("anju.run", "todo"), "what stands behind one that waits already is taken up all the same"
    assert sorted(status for _task, status in found[:2]) == (["aborted", "aborted"] if waits else ["aborted", "todo"])
    assert [status for task, status in found if task == "anju.seal"].count("todo") == 1
