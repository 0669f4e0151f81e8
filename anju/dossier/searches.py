"""What was typed into the search box: kept in the session, each under a key of its own, sealed; gone with the session."""

import base64
import secrets
from collections import Counter

from django.contrib.sessions.backends.base import SessionBase

from anju.accounts.signing_in import sessions
from anju.privacy import cipher, keys

_PURPOSE = "searches"
_NAME = "searches"
_KEPT = 20  # searches remembered per session; older ones are forgotten


def keep(session: SessionBase, text: str) -> str:
    """Keeps a text; the key it is asked for by, which may stand in an address."""
    key = secrets.token_urlsafe(6)
    sealed = base64.b64encode(cipher.seal(text.encode(), purpose=_PURPOSE, bound_to=key.encode())).decode()
    session[_NAME] = dict([*list(session.get(_NAME, {}).items())[-_KEPT:], (key, sealed)])
    return key


def kept(session: SessionBase, key: str) -> str:
    """What was typed; "" where the session knows it no more."""
    sealed = session.get(_NAME, {}).get(key, "")
    try:
        return cipher.unseal(base64.b64decode(sealed), purpose=_PURPOSE, bound_to=key.encode()).decode() if sealed else ""
    except (cipher.Tampered, keys.KeysMissing, ValueError):
        return ""


def standing() -> Counter[int]:
    """How many texts in sessions are sealed under which key."""
    found: Counter[int] = Counter()
    for content in sessions.contents():
        for sealed in content.get(_NAME, {}).values():
            try:
                found[cipher.key_number(base64.b64decode(sealed))] += 1
            except (cipher.Tampered, ValueError):
                continue
    return found
