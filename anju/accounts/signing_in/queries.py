"""Sessions and history as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from anju.accounts.models import Grant, User, in_force
from anju.accounts.queries import last_sign_in
from anju.accounts.scope import scope, within
from anju.accounts.signing_in import attempts
from anju.accounts.signing_in.models import LoginLock, SecondFactor, SignedInSession, SignIn

FAILED = (SignIn.Outcome.WRONG_PASSWORD, SignIn.Outcome.WRONG_CODE, SignIn.Outcome.LOCKED)


def sessions_of(user: User) -> QuerySet[SignedInSession]:
    """The user's live sessions, the one used last on top."""
    return SignedInSession.objects.filter(user=user, deadline__gt=timezone.now()).select_related("sign_in").order_by("-seen_at")


def sessions_told(user: User, of: User) -> QuerySet[SignedInSession]:
    """One person's live sessions, as an administrator is told of them."""
    return sessions_of(of).filter(Q(sign_in=None) | within(user.area, "sign_in__seat"))


def history_of(user: User) -> QuerySet[SignIn]:
    """Every try on the user's login, newest first."""
    return SignIn.objects.filter(user=user).order_by("-id")


def history_in_the_area(user: User) -> QuerySet[SignIn]:
    """Tries on logins of the administrator's area, and on logins that nobody has (those tell address and time only).

    When somebody who stood at a higher level came, that level knows.
    """
    people = scope(user, User.objects.all(), "organisation__area").values("pk")
    told = Q(user__in=people) & within(user.area, "seat")
    return SignIn.objects.filter(told | Q(user=None)).select_related("user__organisation").order_by("-id")


def history_told(user: User, of: User) -> QuerySet[SignIn]:
    """Tries on one person's login, as an administrator is told of them."""
    return history_of(of).filter(within(user.area, "seat"))


def answered_for(user: User) -> QuerySet[User]:
    """Those whom an administrator answers for: their office and every right they hold now lie inside the area.

    Whoever also holds a right above it is that level's to unlock and reset: else the county could take the city's right over.
    """
    above = Grant.objects.filter(in_force(), user=OuterRef("pk")).exclude(within(user.area))
    return scope(user, User.objects.all(), "organisation__area").filter(~Exists(above))


def people_in_the_area(user: User) -> QuerySet[User]:
    """The users a security administrator answers for, with whether they hold a second factor and when they last came in."""
    held = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    found = answered_for(user).select_related("organisation", "password_state")
    return found.annotate(has_factor=Exists(held), last_told=last_sign_in(user.area)).order_by("organisation__area", "login")


@dataclass(frozen=True, slots=True)
class Locked:
    """A login of the area that is locked now."""

    user: User
    until: datetime
    failures: int
    refused: int


def locked_in_the_area(user: User) -> list[Locked]:
    """Locked logins that somebody in the area has, the one locked longest on top. Few are locked at a time; the digest is made here."""
    locks = {bytes(one.login_digest): one for one in LoginLock.objects.filter(locked_until__gt=timezone.now())}
    if not locks:
        return []
    recent = SignIn.objects.filter(outcome__in=FAILED, login_digest__in=list(locks), user__isnull=False).values("user").distinct()
    people = answered_for(user).filter(pk__in=recent).select_related("organisation")
    found = []
    for person in people:
        lock = next((locks[digest] for digest in attempts.digest(person.login).known if digest in locks), None)
        if lock is not None and lock.locked_until is not None:
            found.append(Locked(person, lock.locked_until, len(lock.failures), lock.refused))
    return sorted(found, key=lambda one: one.until, reverse=True)
