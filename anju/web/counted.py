"""The numbers beside the menu, kept for some seconds: every page shows them, and nobody works by them to the second.

What somebody does themself shows in their next page: whoever sends a form gets another mark, and what was counted before it isn't looked at again.
"""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.web import worklist

SECONDS = 20
_MARK = "anju_acted"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ActedMiddleware:
    """Marks whoever has just sent a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in _SAFE:
            response.set_cookie(_MARK, secrets.token_hex(4), max_age=SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS)
        return response


def waiting(request: HttpRequest, user: User) -> dict[str, int]:
    """Open counts for the menu by the name an entry asks for, at most ``SECONDS`` old; of this person in the grant they act in only."""
    if not user.may(Power.VIEW) or user.acting is None:
        return {}
    area = chosen(request)
    mark = request.COOKIES.get(_MARK, "")
    key = f"menu:{user.pk}:{user.acting.pk}:{area}:{clock.today():%Y%m%d}:{mark[:8] if mark.isalnum() else ''}"
    counts: dict[str, int] | None = cache.get(key)
    if counts is None:
        counts = worklist.waiting(user, area)
        cache.set(key, counts, SECONDS)
    return counts
