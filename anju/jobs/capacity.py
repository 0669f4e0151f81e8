"""In whose right long work runs: asked when it starts and at each step, of the app that knows grants."""

from collections.abc import Callable

from anju.jobs.models import Job
from anju.trail.acting import Actor

_found: list[Callable[[Job], Actor | None]] = []


def told_by(function: Callable[[Job], Actor | None]) -> Callable[[Job], Actor | None]:
    """Declares the function that says as whom a job acts now; None where the person no longer may."""
    _found[:] = [function]
    return function


def of(job: Job) -> Actor | None:
    """As whom the job acts now; None where who asked for it no longer may."""
    return _found[0](job)
