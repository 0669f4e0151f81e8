"""Progress on the terminal of whoever runs a command."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth.base_user import AbstractBaseUser
from django.db import connection

from anju.jobs.models import Job

_EVERY = 0.4


@contextmanager
def shown(user: AbstractBaseUser) -> Iterator[None]:
    """The progress of the user's work on the terminal while the block runs."""
    ended = threading.Event()
    first = Job.objects.order_by("-id").values_list("id", flat=True).first() or 0

    def show() -> None:
        last = ""
        try:
            while not ended.wait(_EVERY):
                job = Job.objects.filter(created_by=user.pk, status=Job.Status.RUNNING, id__gte=max(first - 1, 0)).order_by("-id").first()
                line = f"{job.title}：{job.message}  {job.share:.0%}" if job else ""
                if line and line != last:
                    print(
                        f"\r\x1b[K{line}" if sys.stderr.isatty() else line,
                        end="" if sys.stderr.isatty() else "\n",
                        file=sys.stderr,
                        flush=True,
                    )
                    last = line
        finally:
            connection.close()

    watcher = threading.Thread(target=show, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
        if sys.stderr.isatty():
            print("\r\x1b[K", end="", file=sys.stderr)
