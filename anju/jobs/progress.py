"""How work tells how far it is."""

from anju.jobs.models import Job


class Cancelled(Exception):
    """The person who asked for the work called it off."""


class Refused(Exception):
    """The work can't be done as asked; the message is for the person who asked and says what to do."""


class Progress:
    """The handler's end of a job: ``step`` in each chunk's transaction."""

    def __init__(self, job_id: int) -> None:
        self.job_id = job_id

    def step(self, done: int, total: int, message: str = "") -> None:
        """Writes how far the work is; raises Cancelled where it was called off."""
        Job.objects.filter(pk=self.job_id).update(done=done, total=total, message=message[:500])
        if Job.objects.filter(pk=self.job_id, cancel_requested=True).exists():
            raise Cancelled
