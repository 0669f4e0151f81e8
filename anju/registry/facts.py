"""Facts with two times: when they are true in the world, and when the system knew them.

A fact is true on ``valid_from <= day < valid_to`` (None: still true) and was known on
``recorded_at <= moment < superseded_at`` (None: known now). A fact is never changed: to end or correct it, the row is
superseded and another row says what is known from then on (domain 3.27).
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from django.db import models
from django.db.models import F, Q

from anju.divisions.fields import AreaField

M = TypeVar("M", bound=models.Model)
S = TypeVar("S", bound="Successive")


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


class Successive(Fact):
    """A fact of a household of which one at a time is open: a new one takes the open one's place and, taken back, gives way to it again.

    ``replaces``: the row that was open when this one was recorded, None where none was; a copy with another end keeps it.
    """

    replaces = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta(Fact.Meta):
        abstract = True


def copied(fact: M) -> M:
    """A new unsaved row with the same content, on which is put what is known from now on."""
    return type(fact)(**{field.attname: getattr(fact, field.attname) for field in fact._meta.concrete_fields if not field.primary_key})


def not_withdrawn(model: type[S], households: Collection[int]) -> models.QuerySet[S]:
    """The facts of these households (their keys) that weren't taken back: those known, and those in whose place another one is known."""
    rows: Any = model._default_manager
    there = rows.filter(household__in=households)
    found: models.QuerySet[S] = there.filter(Q(superseded_at=None) | Q(pk__in=there.filter(superseded_at=None).values("replaces")))
    return found


def given_way(model: type[S], gone: Sequence[S]) -> tuple[list[S], list[S]]:
    """What the facts ``gone`` took the place of: the rows as they stood open, and their copies that end where ``gone`` began.

    Where ``gone`` never held, the former hold again and the latter aren't true. What was ended by hand is in neither.
    """
    rows: Any = model._default_manager
    known_gone: Sequence[Any] = gone
    held = list(rows.filter(pk__in=[one.replaces_id for one in known_gone if one.replaces_id is not None]).order_by("id"))
    since = {one.household_id: one.superseded_at for one in held}
    copies = rows.filter(household__in=list(since), superseded_at=None, valid_to__isnull=False).order_by("id")
    return held, [one for one in copies if one.recorded_at == since[one.household_id]]
