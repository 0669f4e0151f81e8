"""Asking for long work, running it, calling it off."""

import logging
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from anju.jobs import capacity
from anju.jobs.models import Job
from anju.jobs.progress import NO_LONGER, Cancelled, Progress, Refused
from anju.jobs.registry import handler_for, leave
from anju.masks.reading import in_use
from anju.trail.acting import SYSTEM, acting, current, everywhere

log = logging.getLogger(__name__)


@transaction.atomic
def start(*, kind: str, title: str, by: AbstractBaseUser | None, area: str = "", grant: int | None = None, **arguments: Any) -> Job:
    """Puts the work on the queue (or does it at once where ``JOBS`` is inline) once the caller's transaction holds.

    It runs in the right in which the caller acts, or in ``grant``: one of ``by``, where somebody else set it going.
    """
    handler_for(kind)
    acts_in = str(grant or current().grant)
    with everywhere():  # also for somebody else, whose work it then is to see
        job = Job.objects.create(
            kind=kind,
            title=title[:200],
            area=area,
            created_by_id=by.pk if by else None,
            grant=int(acts_in) if acts_in else None,
            arguments=arguments,
        )
    if settings.JOBS == "inline":
        transaction.on_commit(lambda: perform(job_id=job.pk))
    else:
        app.configure_task("anju.run", queue="work").defer(job_id=job.pk)
    return job


def perform(*, job_id: int) -> None:
    """Does the work and records how it ended. Called again after a killed worker it resumes."""
    with acting(SYSTEM):
        _perform(job_id)


def _perform(job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    if not job.open:
        return
    Job.objects.filter(pk=job_id).update(status=Job.Status.RUNNING, started_at=job.started_at or timezone.now())
    try:
        actor = capacity.of(job)
        if actor is None:
            raise Refused(NO_LONGER)
        with acting(actor), in_use():
            result = handler_for(job.kind)(progress=Progress(job_id), **job.arguments)
    except Cancelled:
        _finish(job_id, Job.Status.CANCELLED, "已取消，没有留下半截数据")
    except Refused as refusal:
        _finish(job_id, Job.Status.FAILED, str(refusal))
    except Exception:
        log.exception("job %s (%s) failed", job_id, job.kind)
        _finish(job_id, Job.Status.FAILED, f"系统出错，没有完成。请把任务号 {job_id} 告诉管理员；已存下的数据没有丢。")
        if settings.JOBS == "inline":
            raise
    else:
        _finish(job_id, Job.Status.DONE, "", result)


def _finish(job_id: int, status: Job.Status, message: str, result: dict[str, Any] | None = None) -> None:
    changes: dict[str, Any] = {"status": status, "finished_at": timezone.now()}
    if message or status == Job.Status.DONE:
        changes["message"] = message[:500]
    if result is not None:
        changes["result"] = result
    Job.objects.filter(pk=job_id).update(**changes)
    if status != Job.Status.DONE:
        _left(job_id)


def _left(job_id: int) -> None:
    job = Job.objects.get(pk=job_id)
    with acting(replace(SYSTEM, action=job.kind)):
        leave(job.kind, job.arguments)


@transaction.atomic
def cancel(*, job: Job) -> None:
    """Calls the work off; a running handler ends at its next step."""
    Job.objects.filter(pk=job.pk, status__in=[Job.Status.QUEUED, Job.Status.RUNNING]).update(cancel_requested=True)
    if Job.objects.filter(pk=job.pk, status=Job.Status.QUEUED).update(status=Job.Status.CANCELLED, finished_at=timezone.now()):
        _left(job.pk)
