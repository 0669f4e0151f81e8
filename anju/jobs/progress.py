"""How work tells how far it is."""

from anju.jobs import capacity
from anju.jobs.models import Job

NO_LONGER = "提出这项任务的授权已收回或到期，任务停止；已写下的部分没有丢。需要继续的，请由有权限的人重新提出。"


class Cancelled(Exception):
    """The person who asked for the work called it off."""


class Refused(Exception):
    """The work can't be done as asked; the message is for the person who asked and says what to do."""


class Progress:
    """The handler's end of a job: ``step`` in each chunk's transaction."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id

    def step(self, done: int, total: int, message: str = "") -> None:
        """Writes how far the work is; raises Cancelled where it was called off, Refused where who asked for it no longer may."""
        Job.objects.filter(pk=self.job_id).update(done=done, total=total, message=message[:500])
        job = Job.objects.get(pk=self.job_id)
        if job.cancel_requested:
            raise Cancelled
        if capacity.of(job) is None:
            raise Refused(NO_LONGER)
