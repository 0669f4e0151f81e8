"""The two tasks of the queue: run a job, and take up those a killed worker left (procrastinate doesn't by itself)."""

from procrastinate import JobContext
from procrastinate.contrib.django import app

from anju.jobs import actions


@app.task(name="anju.run", queue="work")
def run(job_id: int) -> None:
    """Does the job of that number."""
    actions.perform(job_id=job_id)


@app.periodic(cron="*/10 * * * * *")
@app.task(name="anju.retry_stalled", queueing_lock="retry_stalled", queue="care", pass_context=True)
async def retry_stalled(context: JobContext, timestamp: int) -> None:
    """Puts jobs of a worker that no longer answers back on the queue."""
    assert context.app is not None
    for job in await context.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=30):
        await context.app.job_manager.retry_job(job)
