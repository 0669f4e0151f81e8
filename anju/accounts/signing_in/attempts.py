"""Guessing is stopped on the account and slowed at the source; both are counted in the database, none is lost, no township is shut out.

Of one login only one try is looked at at a time (an advisory lock until the transaction ends): the sixth of a hundred sent at once finds the
account locked. A source is never locked: after many wrong tries it waits, at most a minute, and who has come in from there before doesn't wait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import highest_seat
from anju.accounts.signing_in.models import LoginLock, SignIn, SourceDelay
from anju.accounts.signing_in.origin import source
from anju.accounts.signing_in.policy import LIMITS
from anju.privacy import keys
from anju.privacy.cipher import blind_index
from anju.trail.acting import everywhere


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a try comes from."""

    address: str | None = None
    agent: str = ""


class LoginDigest(bytes):
    """The keyed digest a login is remembered by. ``known`` are those under every key of the ring: a change of keys unlocks nothing."""

    known: tuple[bytes, ...]

    @property
    def locks(self) -> "QuerySet[LoginLock]":
        """The login's lock, where it has one."""
        return LoginLock.objects.filter(pk__in=self.known)


def digest(login: str) -> LoginDigest:
    """The keyed digest a login is remembered by."""
    ring = keys.ring()
    under = {number: blind_index(login.encode(), kind="login", ring=ring, number=number) for number in sorted(ring.masters)}
    made = LoginDigest(under[ring.index])
    made.known = tuple(under.values())
    return made


def one_at_a_time(login_digest: LoginDigest) -> None:
    """Waits until no other try on this login is looked at; holds until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [int.from_bytes(login_digest.known[0][:8], "big", signed=True)])


def locked_until(login_digest: LoginDigest) -> datetime | None:
    """Until when nobody comes in by this login; None where it is open."""
    now = timezone.now()
    return max((lock.locked_until for lock in login_digest.locks if lock.locked_until and lock.locked(now)), default=None)


def record(*, outcome: SignIn.Outcome, login_digest: bytes, origin: Origin, user: User | None = None) -> SignIn:
    """Writes one try into the history."""
    level = highest_seat(user) if user else ""
    with everywhere():  # nobody is signed in yet who could see it
        return SignIn.objects.create(
            outcome=outcome, login_digest=login_digest, user=user, seat=level, address=origin.address, agent=origin.agent, at=timezone.now()
        )


@transaction.atomic
def refuse_locked(*, login_digest: LoginDigest, origin: Origin, user: User | None) -> None:
    """One more came while it was locked: counted; the lock doesn't grow longer."""
    now = timezone.now()
    login_digest.locks.update(refused=F("refused") + 1, last_at=now)
    record(outcome=SignIn.Outcome.LOCKED, login_digest=login_digest, origin=origin, user=user)
    _slow(origin, now)


@transaction.atomic
def fail(*, outcome: SignIn.Outcome, login_digest: LoginDigest, origin: Origin, user: User | None) -> datetime | None:
    """A wrong try: counted on the login and on the source. Until when the login is locked, where this was one too many.

    The caller holds ``one_at_a_time``.
    """
    now = timezone.now()
    lock = login_digest.locks.order_by("-last_at").first() or LoginLock(login_digest=login_digest)
    if lock.locked_until is not None:  # the lock is over, and what led to it with it
        lock.failures, lock.refused, lock.locked_until = [], 0, None
    lock.failures = [*(at for at in lock.failures if at > now - LIMITS.window), now]
    lock.last_at = now
    if len(lock.failures) >= LIMITS.failures:
        lock.locked_until = now + LIMITS.locked_for
    lock.save()
    record(outcome=outcome, login_digest=login_digest, origin=origin, user=user)
    _forget_old(now)
    _slow(origin, now)
    return lock.locked_until


@transaction.atomic
def succeed(*, user: User, login_digest: LoginDigest, origin: Origin) -> None:
    """The right one came in: the login's wrong tries are forgotten; a source that has some is forgiven one, once a window for each user."""
    login_digest.locks.delete()
    now, here = timezone.now(), source(origin.address)
    if here is None or not SourceDelay.objects.filter(pk=here, failures__gt=0).exists():
        return
    if not _known(user, origin, now - LIMITS.window):
        SourceDelay.objects.filter(pk=here, failures__gt=0).update(failures=F("failures") - 1)


def waiting(login: str, origin: Origin) -> int:
    """For how many seconds this source has to wait before another try; 0 where it needn't, or where this user has come in from there before."""
    now, here = timezone.now(), source(origin.address)
    delay = SourceDelay.objects.filter(pk=here, not_before__gt=now).first() if here else None
    if delay is None or delay.not_before is None:
        return 0
    user = User.objects.filter(login=login, is_active=True).first()
    if user is not None and _known(user, origin, now - LIMITS.known_for):
        return 0
    SourceDelay.objects.filter(pk=here).update(refused=F("refused") + 1)
    return max(1, round((delay.not_before - now).total_seconds()))


def _known(user: User, origin: Origin, since: datetime) -> bool:
    with everywhere():
        return SignIn.objects.filter(user=user, address=origin.address, outcome=SignIn.Outcome.OK, at__gt=since).exists()


def _slow(origin: Origin, now: datetime) -> None:
    """Counts on the source; beyond the free ones each wait is twice the one before."""
    here = source(origin.address)
    if here is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO accounts_sourcedelay AS kept (source, failures, refused, last_at) VALUES (%(source)s, 1, 0, %(now)s)
            ON CONFLICT (source) DO UPDATE SET last_at = %(now)s,
                failures = CASE WHEN kept.last_at < %(since)s THEN 1 ELSE kept.failures + 1 END,
                refused = CASE WHEN kept.last_at < %(since)s THEN 0 ELSE kept.refused END
            RETURNING failures""",
            {"source": here, "now": now, "since": now - LIMITS.window},
        )
        row = cursor.fetchone()
    over = (row[0] if row else 0) - LIMITS.free_failures_of_a_source
    if over > 0:
        wait = min(timedelta(seconds=2 ** min(over - 1, 16)), LIMITS.longest_delay)
        SourceDelay.objects.filter(pk=here).update(not_before=now + wait)


def _forget_old(now: datetime) -> None:
    """What no longer counts is taken away, a few rows at a time."""
    with connection.cursor() as cursor:
        for table, key in (("accounts_loginlock", "login_digest"), ("accounts_sourcedelay", "source")):
            cursor.execute(
                f"DELETE FROM {table} WHERE {key} IN (SELECT {key} FROM {table} WHERE last_at < %s ORDER BY last_at LIMIT 20 FOR UPDATE SKIP LOCKED)",
                [now - 2 * LIMITS.window - LIMITS.locked_for],
            )
