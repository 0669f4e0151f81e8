"""Facts with two times: when they are true in the world, and when the system knew them.

A fact is true on ``valid_from <= day < valid_to`` (None: still true) and was known on
``recorded_at <= moment < superseded_at`` (None: known now). A fact is never changed: to end or correct it, the row is
superseded and another row says what is known from then on (domain 3.27).
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q

from anju.divisions.fields import AreaField

M = TypeVar("M", bound=models.Model)


def true_on(day: date, known_at: datetime | None = None, prefix: str = "") -> Q:
    """Facts true on ``day``, as known at ``known_at`` (None: as known now); ``prefix`` reaches through a relation (``"memberships__"``)."""
    valid = Q(**{f"{prefix}valid_from__lte": day}) & (Q(**{f"{prefix}valid_to__isnull": True}) | Q(**{f"{prefix}valid_to__gt": day}))
    return valid & known(known_at, prefix)


def known(known_at: datetime | None = None, prefix: str = "") -> Q:
    """Facts as known at a moment, whatever day they concern."""
    if known_at is None:
        return Q(**{f"{prefix}superseded_at__isnull": True})
    return Q(**{f"{prefix}recorded_at__lte": known_at}) & (
        Q(**{f"{prefix}superseded_at__isnull": True}) | Q(**{f"{prefix}superseded_at__gt": known_at})
    )


def is_open(prefix: str = "") -> Q:
    """Facts that are still true, as known now."""
    return Q(**{f"{prefix}superseded_at__isnull": True, f"{prefix}valid_to__isnull": True})


def held_until(model: type[M], begun: Mapping[int, date]) -> dict[int, M]:
    """Household → the spell of ``model`` that ended on the day given for it: what held until another one began."""
    ended: Any = model._default_manager.filter(household__in=list(begun), superseded_at=None, valid_to__isnull=False).order_by("id")
    return {one.household_id: one for one in ended if one.valid_to == begun[one.household_id]}


class FactManager(models.Manager[M]):
    """Facts by day and by moment of knowledge."""

    def as_of(self, day: date, known_at: datetime | None = None) -> models.QuerySet[M]:
        """What was true on ``day``, as it was known at ``known_at``, or is known now."""
        return self.filter(true_on(day, known_at))

    def open(self) -> models.QuerySet[M]:
        """What is still true, as known now."""
        return self.filter(is_open())


class Fact(models.Model):
    """The two times, the area that may see it and where it came from (``rosters.row:123``; "" where a person entered it)."""

    area = AreaField()
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)
    source = models.CharField(max_length=120, db_collation="C", blank=True, default="")

    objects = FactManager()

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__isnull=True) | Q(valid_to__gte=F("valid_from")), name="%(class)s_days_in_order"),
            models.CheckConstraint(
                condition=Q(superseded_at__isnull=True) | Q(superseded_at__gte=F("recorded_at")), name="%(class)s_moments_in_order"
            ),
        ]
