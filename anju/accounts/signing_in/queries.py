"""Sessions and history as pages show them."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import scope
from anju.accounts.signing_in import attempts
from anju.accounts.signing_in.models import LoginLock, SecondFactor, SignedInSession, SignIn

FAILED = (SignIn.Outcome.WRONG_PASSWORD, SignIn.Outcome.WRONG_CODE, SignIn.Outcome.LOCKED)


def sessions_of(user: User) -> QuerySet[SignedInSession]:
    """The user's live sessions, the one used last on top."""
    return SignedInSession.objects.filter(user=user, deadline__gt=timezone.now()).select_related("sign_in").order_by("-seen_at")


def history_of(user: User) -> QuerySet[SignIn]:
    """Every try on the user's login, newest first."""
    return SignIn.objects.filter(user=user).order_by("-id")


def history_in_the_area(user: User) -> QuerySet[SignIn]:
    """Tries on logins of the administrator's area, and on logins that nobody has (those tell address and time only)."""
    people = scope(user, User.objects.all(), "organisation__area").values("pk")
    return SignIn.objects.filter(Q(user__in=people) | Q(user=None)).select_related("user__organisation").order_by("-id")


def people_in_the_area(user: User) -> QuerySet[User]:
    """The users a security administrator answers for, with whether they hold a second factor."""
    held = SecondFactor.objects.filter(user=OuterRef("pk"), confirmed_at__isnull=False)
    found = scope(user, User.objects.all(), "organisation__area")
    return found.select_related("organisation", "password_state").annotate(has_factor=Exists(held)).order_by("organisation__area", "login")


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
    people = scope(user, User.objects.filter(pk__in=recent), "organisation__area").select_related("organisation")
    found = []
    for person in people:
        lock = next((locks[digest] for digest in attempts.digest(person.login).known if digest in locks), None)
        if lock is not None and lock.locked_until is not None:
            found.append(Locked(person, lock.locked_until, len(lock.failures), lock.refused))
    return sorted(found, key=lambda one: one.until, reverse=True)
