"""The register as a person may read it."""

from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from anju.accounts.models import Grant, User, in_force
from anju.accounts.roles import ROLES, Power
from anju.accounts.scope import within
from anju.exports.models import Export, Reveal
from anju.vocabulary import division


@dataclass(frozen=True)
class Filters:
    """What of the register is asked for; "" and None mean everything."""

    state: str = ""
    kind: str = ""
    numbers: str = ""
    reason: str = ""
    since: date | None = None
    until: date | None = None
    mine: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Page:
    """A page of the register, found by key."""

    rows: list[Any] = field(default_factory=list)
    after: str = ""
    total: int = 0


def told(area: str) -> Q:
    """What lies inside ``area`` and was asked for or looked at from inside it: never what a higher level took out or looked at there."""
    return within(area) & within(area, "seat")


def visible(user: User) -> QuerySet[Export]:
    """One's own; for who audits, all that is told in the area; for who approves, what stood or stands before a second person there."""
    seen = Q(requested_by=user)
    if user.may(Power.AUDIT):
        seen |= told(user.area)
    elif user.may(Power.APPROVE_EXPORT):
        seen |= told(user.area) & Q(needs_approval=True)
    return Export.objects.filter(seen)


def waiting_for(user: User, area: str) -> QuerySet[Export]:
    """What waits for this person's word inside ``area``, the oldest first."""
    if not user.may(Power.APPROVE_EXPORT):
        return Export.objects.none()
    found = Export.objects.filter(told(user.area), within(area), state=Export.State.WAITING)
    return found.exclude(requested_by=user).order_by("id")


def register(user: User, filters: Filters, *, area: str = "", after: str = "", limit: int = 50) -> Page:
    """Entries, the newest first."""
    found = _filtered(user, filters, area)
    total = found.count()
    if after.isdecimal():
        found = found.filter(pk__lt=int(after))
    rows = list(
        found.select_related("requested_by", "decided_by", "job")
        .annotate(taken=Count("downloads"), last_taken=Max("downloads__at"))
        .order_by("-id")[: limit + 1]
    )
    return Page(rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else "", total)


def _filtered(user: User, filters: Filters, area: str) -> QuerySet[Export]:
    found = visible(user)
    if area and area != user.area:
        found = found.filter(within(area))
    if filters.mine:
        found = found.filter(requested_by=user)
    if filters.state in Export.State.values:
        found = found.filter(state=filters.state)
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.reason:
        found = found.filter(reason=filters.reason)
    if filters.numbers in ("full", "masked"):
        found = found.filter(full=filters.numbers == "full")
    if filters.mark:
        found = found.filter(mark=filters.mark.strip().upper()[:8])
    if filters.since:
        found = found.filter(requested_at__gte=_start(filters.since))
    if filters.until:
        found = found.filter(requested_at__lt=_start(filters.until + timedelta(days=1)))
    return found


def everything(user: User, filters: Filters) -> QuerySet[Export]:
    """The same entries for the register's own workbook."""
    return (
        _filtered(user, filters, "")
        .select_related("requested_by", "decided_by")
        .annotate(taken=Count("downloads"), last_taken=Max("downloads__at"))
        .order_by("-id")
    )


def _start(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def reveals(user: User, *, area: str = "", after: str = "", limit: int = 50) -> Page:
    """Looks at full numbers: one's own; for who audits, all that is told in the area."""
    seen = Q(by=user)
    if user.may(Power.AUDIT):
        seen |= told(user.area)
    found = Reveal.objects.filter(seen)
    if area and area != user.area:
        found = found.filter(within(area))
    total = found.count()
    if after.isdecimal():
        found = found.filter(pk__lt=int(after))
    rows = list(found.select_related("by").order_by("-id")[: limit + 1])
    return Page(rows[:limit], str(rows[limit - 1].pk) if len(rows) > limit else "", total)


def approvers(export: Export) -> list[str]:
    """Who could give the second word for this export: names with their office, at most five."""
    roles = [role.code for role in ROLES.values() if Power.APPROVE_EXPORT in role.powers]
    level = division.holding(export.area, export.seat)
    covering = [level[:length] for length in range(len(level) + 1)]
    rights = Grant.objects.filter(in_force(), role__in=roles, area__in=covering).values("user")
    found = (
        User.objects.filter(is_active=True, pk__in=rights).exclude(pk=export.requested_by_id).select_related("organisation").order_by("id")
    )
    return [f"{one.organisation.name} {one.name}" for one in found[:5]]
