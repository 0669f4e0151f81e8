"""Reading notices: an area's, with how many days are left; what waits for whom; the one that the public reads by its address."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import within
from anju.notices.models import Kind, Notice, Objection
from anju.vocabulary import division

STATES = ("unposted", "hanging", "objected", "due", "closed", "withdrawn")


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" means everything. ``state`` is one of ``STATES``."""

    area: str = ""
    kind: str = ""
    state: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place = asked.get("area", "")
        return cls(
            area=place if place and division.contains(area, place) else area,
            kind=asked.get("kind", "") if asked.get("kind", "") in Kind.values else "",
            state=asked.get("state", "") if asked.get("state", "") in STATES else "",
        )


def visible(user: User) -> QuerySet[Notice]:
    """Notices of the user's area and those of the levels above that hang there too."""
    above = [user.area[:length] for length in (6, 9) if length < len(user.area)]
    return Notice.objects.filter(within(user.area) | Q(area__in=above))


RUNNING = Q(outcome="", withdrawn_on__isnull=True)
_OPEN = Exists(Objection.objects.filter(notice=OuterRef("pk"), result=""))


def in_state(state: str, today: date) -> Q:
    """Notices in one of ``STATES`` on a day."""
    return {
        "unposted": RUNNING & Q(start_photo_on__isnull=True),
        "hanging": RUNNING & Q(start_photo_on__isnull=False, closes_on__gt=today),
        "objected": RUNNING & Q(_OPEN),
        "due": RUNNING & Q(start_photo_on__isnull=False, closes_on__lte=today),
        "closed": ~Q(outcome=""),
        "withdrawn": Q(withdrawn_on__isnull=False),
    }[state]


def state_of(notice: Notice, today: date) -> str:
    """Where a notice stands on a day: one of ``STATES`` without ``objected``, which goes beside the others."""
    if notice.withdrawn_on is not None:
        return "withdrawn"
    if notice.outcome:
        return "closed"
    if notice.start_photo_on is None:
        return "unposted"
    return "hanging" if notice.closes_on > today else "due"


def listed(user: User, filters: Filters, today: date) -> QuerySet[Notice]:
    """The notices asked for, each with ``waiting``, its objections without an answer, and ``objected``, all of them."""
    above = [filters.area[:length] for length in (6, 9) if length < len(filters.area)]
    found = visible(user).filter(within(filters.area) | Q(area__in=above))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.state:
        found = found.filter(in_state(filters.state, today))
    return found.annotate(objected=Count("objections"), waiting=Count("objections", filter=Q(objections__result="")))


def counts(user: User, area: str, today: date) -> dict[str, int]:
    """How many notices stand in each of ``STATES``, and ``all``."""
    found = listed(user, Filters(area=area), today).order_by()
    kept = Notice.objects.filter(pk__in=found.values("pk")).order_by()
    return kept.aggregate(all=Count("pk"), **{state: Count("pk", filter=in_state(state, today)) for state in STATES})


# ------------------------------------------------------------------------------------------------ what waits for whom


def to_photograph(user: User, area: str, today: date) -> QuerySet[Notice]:
    """Hanging from today or earlier without a photo of its start, or on its last day and later without one of its end."""
    if not user.may(Power.NOTICES_PHOTOGRAPH):
        return Notice.objects.none()
    start = Q(start_photo_on__isnull=True, starts_on__lte=today)
    end = Q(start_photo_on__isnull=False, end_photo_on__isnull=True, closes_on__lte=today + timedelta(days=1))
    return listed(user, Filters(area=area), today).filter(RUNNING & (start | end)).order_by("closes_on", "id")


def to_close(user: User, area: str, today: date) -> QuerySet[Notice]:
    """Nothing stands against closing them today."""
    if not user.may(Power.NOTICES_POST):
        return Notice.objects.none()
    found = Notice.objects.filter(within(user.area), within(area), RUNNING, start_photo_on__isnull=False, end_photo_on__isnull=False)
    return found.filter(closes_on__lte=today).exclude(_OPEN).order_by("closes_on", "id")


def to_answer(user: User, area: str) -> QuerySet[Objection]:
    """Objections without an answer, the oldest first."""
    if not user.may(Power.NOTICES_HEAR):
        return Objection.objects.none()
    found = Objection.objects.filter(within(user.area), within(area), result="", notice__outcome="", notice__withdrawn_on__isnull=True)
    return found.select_related("notice").order_by("received_on", "id")


# ------------------------------------------------------------------------------------------------ the public


@dataclass(frozen=True, slots=True)
class Posted:
    """What the public sees under an address: ``state`` is on, over or withdrawn; ``content`` only while it hangs."""

    state: str
    kind: str
    title: str
    intro: str
    content: dict[str, Any] | None
    area: str
    office: str
    hotline: str
    starts_on: date
    days: int
    closes_on: date


def posted(token: str, today: date) -> Posted | None:
    """The notice of an address, whoever asks; None where there is none, none for the web, or none yet."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state, kind, title, intro, content::text, area, office, hotline, starts_on, days, closes_on FROM notices_public(%s, %s)",
            [token, today],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    values[4] = None if row[4] is None else json.loads(row[4])
    return Posted(*values)
