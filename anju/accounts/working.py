"""Long work acts as who asked for it, in the grant they asked in, as that grant stands now."""

from dataclasses import replace

from anju.accounts.models import Grant, User
from anju.accounts.scope import actor_of
from anju.jobs.capacity import told_by
from anju.jobs.models import Job
from anju.trail.acting import SYSTEM, Actor


@told_by
def actor_of_job(job: Job) -> Actor | None:
    """The person whose work it is; the system where nobody asked; None where the grant no longer holds or the account is closed."""
    if job.created_by_id is None:
        return replace(SYSTEM, action=job.kind)
    user = worker(job)
    return None if user is None else actor_of(user, action=job.kind)


def worker(job: Job) -> User | None:
    """The person who asked for the work, acting in the grant they asked in; None where nobody asked, or they no longer may."""
    if job.created_by_id is None:
        return None
    user = User.objects.select_related("organisation").get(pk=job.created_by_id)
    held = user.grants_in_force()
    grant: Grant | None = held.filter(pk=job.grant).first() if job.grant else held.first()
    if grant is None:
        return None
    user.act_in(grant)
    return user
