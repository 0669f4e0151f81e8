"""Jobs as pages show them."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.db.models import QuerySet

from anju.jobs.models import Job


def of(user: AbstractBaseUser) -> QuerySet[Job]:
    """The jobs a user asked for, newest first."""
    return Job.objects.filter(created_by=user.pk)


def running(user: AbstractBaseUser) -> QuerySet[Job]:
    """Those that wait or run."""
    return of(user).filter(status__in=[Job.Status.QUEUED, Job.Status.RUNNING])
