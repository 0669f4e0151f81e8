"""Coming in and going out, and what a user or a security administrator changes at the door. Every write is here or in what it calls."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, cast

from django.conf import settings
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.password_validation import validate_password
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from anju.accounts.actions import NotAllowed
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import actor_of, highest_seat
from anju.accounts.signing_in import attempts, passwords, queries, second_factor, sessions
from anju.accounts.signing_in.attempts import Origin
from anju.accounts.signing_in.models import SignedInSession, SignIn
from anju.accounts.signing_in.origin import address as address_of
from anju.trail.acting import Actor, acting, doing, everywhere


class Step(StrEnum):
    """What is still asked before one is in."""

    CODE = "code"
    ENROL = "enrol"
    PASSWORD = "password"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of a try: who it is, or until when the login is locked, or how many seconds this source has to wait, or just wrong."""

    user: User | None = None
    locked_until: datetime | None = None
    wait: int = 0


@dataclass(frozen=True, slots=True)
class Last:
    """The time before: when the user last came in and how often somebody failed since."""

    at: datetime | None
    wrong: int


@transaction.atomic
def try_password(*, login: str, password: str, origin: Origin) -> Tried:
    """Whether login and password belong together. One path for logins that exist and those that don't: the same work, the same answers."""
    wait = attempts.waiting(login, origin)
    if wait:
        return Tried(wait=wait)
    login_digest = attempts.digest(login)
    attempts.one_at_a_time(login_digest)
    until = attempts.locked_until(login_digest)
    if until:
        attempts.refuse_locked(login_digest=login_digest, origin=origin, user=_named(login))
        return Tried(locked_until=until)
    found = authenticate(None, username=login, password=password)
    if isinstance(found, User):
        return Tried(user=found)
    wrong = SignIn.Outcome.WRONG_PASSWORD
    return Tried(locked_until=attempts.fail(outcome=wrong, login_digest=login_digest, origin=origin, user=_named(login)))


@transaction.atomic
def try_code(*, user: User, code: str, origin: Origin) -> Tried:
    """Whether the second factor agrees; wrong codes count on the login as wrong passwords do."""
    wait = attempts.waiting(user.login, origin)
    if wait:
        return Tried(wait=wait)
    login_digest = attempts.digest(user.login)
    attempts.one_at_a_time(login_digest)
    until = attempts.locked_until(login_digest)
    if until:
        attempts.refuse_locked(login_digest=login_digest, origin=origin, user=user)
        return Tried(locked_until=until)
    if second_factor.verify(user=user, code=code):
        return Tried(user=user)
    return Tried(locked_until=attempts.fail(outcome=SignIn.Outcome.WRONG_CODE, login_digest=login_digest, origin=origin, user=user))


def next_step(user: User, *, passed: bool) -> Step:
    """What is asked next of a user whose password is right; ``passed``: the second factor has been given."""
    if not passed:
        if second_factor.factor(user):
            return Step.CODE
        if second_factor.demanded(user):
            return Step.ENROL
    return Step.PASSWORD if passwords.must_change(user) and not settings.DEMO else Step.NONE


@transaction.atomic
def half_way(*, user: User, origin: Origin) -> SignIn:
    """The password is right and something is still asked: in the history even if it stays at that."""
    return attempts.record(outcome=SignIn.Outcome.HALF, login_digest=attempts.digest(user.login), origin=origin, user=user)


@transaction.atomic
def come_in(*, request: HttpRequest, user: User, origin: Origin, half: int | None = None, passed: bool = False) -> Last:
    """The user is in: a session of their own, the try in the history, what was counted against them forgotten."""
    login_digest = attempts.digest(user.login)
    with acting(_at_the_door(user, origin.address, "account.signed_in")):
        last = _last(user, half)
        attempts.succeed(user=user, login_digest=login_digest, origin=origin)
        tried = SignIn.objects.filter(pk=half, user=user).first() if half else None
        if tried is None:
            tried = attempts.record(outcome=SignIn.Outcome.OK, login_digest=login_digest, origin=origin, user=user)
        tried.outcome, tried.second_factor = SignIn.Outcome.OK, passed
        if half:
            tried.save(update_fields=["outcome", "second_factor"])
        sessions.SessionStore.clear_expired()
        login(request, user)
        request.session[sessions.SIGN_IN] = tried.pk
    return last


@transaction.atomic
def go_out(*, request: HttpRequest) -> None:
    """The user leaves: the session is gone."""
    row = here(request)
    if row is not None:
        _ended([row.pk], SignIn.Ended.LEFT)
    logout(request)


@transaction.atomic
def choose_password(*, user: User, password: str, request: HttpRequest) -> None:
    """The user's own new password; whoever else is signed in as them is out. Raises ``ValidationError`` with what is wrong with it."""
    validate_password(password, user)
    row = here(request)
    with acting(_at_the_door(user, address_of(request), "account.password_changed")):
        passwords.store(user=user, password=password, own=True)
        _end(user, SignIn.Ended.PASSWORD, keep=row.pk if row else None)
        if request.user.is_authenticated:
            update_session_auth_hash(request, user)


@transaction.atomic
def end_session(*, user: User, session: int) -> bool:
    """The user ends one of their own sessions; False where there is none of that number."""
    with doing("account.session_ended"):
        return _end(user, SignIn.Ended.REVOKED, only=session) == 1


@transaction.atomic
def end_others(*, user: User, request: HttpRequest) -> int:
    """The user ends all sessions but this one; how many there were."""
    row = here(request)
    with doing("account.session_ended"):
        return _end(user, SignIn.Ended.REVOKED, keep=row.pk if row else None)


# ------------------------------------------------------------------------------------------------ the security administrator


@transaction.atomic
def unlock(*, user: User, by: User, reason: str) -> bool:
    """A locked login is open again at once; False where it wasn't locked."""
    _allowed(by, user)
    with doing("account.unlocked", reason):
        return attempts.digest(user.login).locks.delete()[0] > 0


@transaction.atomic
def reset_password(*, user: User, by: User, reason: str) -> str:
    """A password to hand over, shown this once; the user chooses another at the next sign-in. Their sessions end, a lock is lifted."""
    _allowed(by, user)
    with doing("account.password_reset", reason):
        handed = passwords.invented()
        passwords.store(user=user, password=handed, own=False)
        _end(user, SignIn.Ended.RESET)
        attempts.digest(user.login).locks.delete()
        return handed


@transaction.atomic
def reset_second_factor(*, user: User, by: User, reason: str) -> None:
    """The phone is lost: factor and recovery codes are void, sessions end; the next sign-in sets up another phone."""
    _allowed(by, user)
    with doing("account.second_factor_reset", reason):
        second_factor.remove(user=user)
        _end(user, SignIn.Ended.RESET)


def here(request: HttpRequest) -> SignedInSession | None:
    """The row of this request's session."""
    store = cast(sessions.SessionStore, request.session)
    row = store.row
    return row if row is not None and store.session_key else None


def _at_the_door(user: User, address: str | None, act: str) -> Actor:
    """The user as they come in or change what lets them in: standing as high as any of their rights, since they may act in each."""
    return replace(actor_of(user, address=address or "", action=act), seat=highest_seat(user))


def _allowed(by: User, user: User) -> None:
    """A security administrator, for users whom they answer for, never for themselves."""
    if by.pk == user.pk:
        raise NotAllowed(_("不能给自己解锁、重设，请另一位安全管理员办理。"))
    if not by.may(Power.SECURE) or not queries.answered_for(by).filter(pk=user.pk).exists():
        raise NotAllowed(_("解锁、重设由本辖区的安全管理员办理。"))


def _named(login: str) -> User | None:
    return User.objects.filter(login=login).first()


def _last(user: User, half: int | None) -> Last:
    recent = SignIn.objects.filter(user=user).exclude(pk=half or 0).order_by("-id").values_list("outcome", "at")[:50]
    wrong = 0
    for outcome, at in recent:
        if outcome == SignIn.Outcome.OK:
            return Last(at, wrong)
        wrong += outcome != SignIn.Outcome.HALF
    return Last(None, wrong)


def _end(user: User, how: SignIn.Ended, *, keep: int | None = None, only: int | None = None) -> int:
    chosen: dict[str, Any] = {"user": user} | ({"pk": only} if only is not None else {})
    rows = list(SignedInSession.objects.filter(**chosen).exclude(pk=keep or 0).values_list("pk", flat=True))
    _ended(rows, how)
    SignedInSession.objects.filter(pk__in=rows).delete()
    return len(rows)


def _ended(rows: list[int], how: SignIn.Ended) -> None:
    with everywhere():
        SignIn.objects.filter(sessions__in=rows, ended_at=None).update(ended_at=timezone.now(), ended=how)
