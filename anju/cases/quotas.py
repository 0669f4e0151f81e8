"""Requests for quota 指标申请 (S2-35), read: those of an area and those it has to answer. Both levels see them, nobody else."""

from django.db.models import Q, QuerySet

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope
from anju.cases.models import QuotaGround, QuotaRequest
from anju.vocabulary import division

MINE, ASKED_OF_ME = "mine", "asked"
STATES = tuple(QuotaRequest.State.values)


def seen(user: User) -> QuerySet[QuotaRequest]:
    """The requests of the user's own level and those that it answers, the newest first."""
    stem = division.stem(user.area)
    found = scope(user, QuotaRequest.objects.filter(Q(area=stem) | Q(asked_of=stem)))
    return found.select_related("by__organisation", "answered_by__organisation").order_by("-id")


def listed(user: User, *, side: str = "", state: str = "") -> QuerySet[QuotaRequest]:
    """As ``seen``, narrowed: ``mine`` or ``asked``, a state."""
    found, stem = seen(user), division.stem(user.area)
    if side == MINE:
        found = found.filter(area=stem)
    if side == ASKED_OF_ME:
        found = found.filter(asked_of=stem).exclude(area=stem)
    return found.filter(state=state) if state in STATES else found


def to_answer(user: User) -> QuerySet[QuotaRequest]:
    """Those that wait for an answer of the user's level, the oldest first."""
    if not user.may(Power.CASE_PLAN):
        return QuotaRequest.objects.none()
    return listed(user, side=ASKED_OF_ME, state=QuotaRequest.State.ASKED).order_by("on", "id")


def to_note(user: User) -> QuerySet[QuotaRequest]:
    """The user's own level's requests that were answered and that nobody there has taken note of, the oldest first."""
    if not user.may(Power.CASE_QUOTA):
        return QuotaRequest.objects.none()
    answered = (QuotaRequest.State.GRANTED, QuotaRequest.State.REFUSED)
    return listed(user, side=MINE).filter(state__in=answered, seen_at=None).order_by("answered_on", "id")


def ground(user: User, request: QuotaRequest) -> QuerySet[QuotaGround]:
    """The households that were counted with a request, by place."""
    return scope(user, QuotaGround.objects.filter(request=request)).select_related("household").order_by("area", "id")
