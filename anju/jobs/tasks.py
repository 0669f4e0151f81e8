"""The two tasks of the queue: run a job, and take up those a killed worker left (procrastinate doesn't by itself)."""

from procrastinate import JobContext
from procrastinate.contrib.django import app
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Status

from anju.jobs import actions


@app.task(name="anju.run", queue="work")
def run(job_id: int) -> None:
    """Does the job of that number."""
    actions.perform(job_id=job_id)


@app.periodic(cron="*/10 * * * * *")
@app.task(name="anju.retry_stalled", queueing_lock="retry_stalled", queue="care", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Puts jobs of a worker that no longer answers back on the queue; one whose like waits there already is given up, that one does its work."""
    manager = context.app.job_manager
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=30):
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            assert job.id is not None
            await manager.finish_job_by_id_async(job_id=job.id, status=Status.ABORTED, delete_job=False)
