"""Sessions in our own table (``SESSION_ENGINE``): listed, ended one by one, out after a while without a touch and after a working day.

Both times are held on the server. A session that is ended is gone at the next request, since its row is what the request looks for.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import CreateError, SessionBase, UpdateError
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from anju.accounts.signing_in import policy
from anju.accounts.signing_in.models import SignedInSession
from anju.privacy import cipher, keys
from anju.trail.acting import everywhere

SIGN_IN = "sign_in"
_STRANGER = timedelta(minutes=30)
_TOUCH = """UPDATE accounts_signedinsession SET seen_at = %(now)s, deadline = %(deadline)s WHERE id =
    (SELECT id FROM accounts_signedinsession WHERE id = %(id)s AND seen_at < %(now)s FOR UPDATE SKIP LOCKED)"""


def digest(key: str) -> bytes:
    """What the table keeps of a cookie's key: 165 random bits, so that a plain digest suffices."""
    return hashlib.sha256(key.encode()).digest()


def contents() -> Iterator[dict[str, Any]]:
    """The content of every session that opens."""
    store = SessionStore()
    for row in SignedInSession.objects.order_by("pk").iterator(500):
        with suppress(cipher.Tampered, keys.KeysMissing):
            yield store.serializer().loads(_opened(row))


def _opened(row: SignedInSession) -> bytes:
    return cipher.unseal(bytes(row.content), purpose=SignedInSession.SEALING.purpose, bound_to=bytes(row.key_digest))


def ends(started: datetime, seen: datetime) -> datetime:
    """When a signed-in session is over unless it is touched."""
    return min(seen + policy.idle(), started + policy.longest())


class SessionStore(SessionBase):
    """One session of one browser. ``lapsed`` is whose session ran out, where one did."""

    def __init__(self, session_key: str | None = None) -> None:
        super().__init__(session_key)
        self.row: SignedInSession | None = None
        self.lapsed: int | None = None

    def _found(self, key: str | None) -> SignedInSession | None:
        return SignedInSession.objects.filter(key_digest=digest(key)).first() if key else None

    def load(self) -> dict[str, Any]:
        """The content, or nothing where the session is over."""
        row, now = self._found(self.session_key), timezone.now()
        if row is None or (ends(row.started_at, row.seen_at) if row.user_id else row.deadline) <= now:
            self.lapsed = row.user_id if row else None
            self._session_key = None
            return {}
        try:
            text = _opened(row)
        except (cipher.Tampered, keys.KeysMissing):
            self._session_key = None
            return {}
        self.row = row
        content: dict[str, Any] = self.serializer().loads(text)
        return content

    def exists(self, session_key: str) -> bool:
        """Whether the key is taken."""
        return self._found(session_key) is not None

    def create(self) -> None:
        """A new session under a new key."""
        while True:
            self._session_key = self._get_new_session_key()  # type: ignore[attr-defined]
            try:
                self.save(must_create=True)
            except CreateError:
                continue
            self.modified = True
            return

    def save(self, must_create: bool = False) -> None:
        """Writes the content; ``UpdateError`` where the session has been ended meanwhile."""
        key = self.session_key
        if key is None:
            self.create()
            return
        content, now, kept = self._get_session(no_load=must_create), timezone.now(), digest(key)  # type: ignore[attr-defined]
        sealed = cipher.seal(self.serializer().dumps(content), purpose=SignedInSession.SEALING.purpose, bound_to=kept)
        user = int(content[SESSION_KEY]) if SESSION_KEY in content else None
        values: dict[str, Any] = {"content": sealed, "user_id": user, "sign_in_id": content.get(SIGN_IN)}
        if must_create or self.row is None or self.row.user_id != user:
            values |= {"started_at": now, "seen_at": now, "deadline": ends(now, now) if user else now + _STRANGER}
        if must_create:
            try:
                with transaction.atomic():
                    self.row = SignedInSession.objects.create(key_digest=kept, **values)
            except IntegrityError as error:
                if not self.exists(key):
                    raise
                raise CreateError from error
            return
        if not SignedInSession.objects.filter(key_digest=kept).update(**values):
            raise UpdateError
        if self.row is not None:
            for name, value in values.items():
                setattr(self.row, name, value)

    def delete(self, session_key: str | None = None) -> None:
        """The session is no more."""
        key = session_key or self.session_key
        if key:
            SignedInSession.objects.filter(key_digest=digest(key)).delete()

    def touch(self) -> None:
        """Its user did something: at most once a minute written down, and never waited for."""
        row, now = self.row, timezone.now()
        if row is None or row.user_id is None or now - row.seen_at < policy.LIMITS.stay_known:
            return
        with connection.cursor() as cursor:
            cursor.execute(_TOUCH, {"now": now, "deadline": ends(row.started_at, now), "id": row.pk})

    @classmethod
    def clear_expired(cls) -> None:
        """Takes away what is over, a portion at a time; in the history it ended when it ran out."""
        with everywhere(), connection.cursor() as cursor:
            cursor.execute(
                """WITH over AS (SELECT id FROM accounts_signedinsession WHERE deadline < %(now)s ORDER BY deadline LIMIT 200 FOR UPDATE SKIP LOCKED),
                gone AS (DELETE FROM accounts_signedinsession USING over WHERE over.id = accounts_signedinsession.id RETURNING sign_in_id, deadline)
                UPDATE accounts_signin SET ended_at = gone.deadline, ended = 'timed_out' FROM gone
                WHERE accounts_signin.id = gone.sign_in_id AND accounts_signin.ended_at IS NULL""",
                {"now": timezone.now()},
            )
