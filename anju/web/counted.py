"""What waits, kept for some seconds: the numbers beside the menu, which every page shows, and the first page. Nobody works by them to the second.

What somebody does themself shows in their next page: whoever sends a form gets another mark, and what was counted before it isn't looked at again.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language

from anju import clock
from anju.accounts.lately import MARK, SECONDS, lately
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import chosen
from anju.web import worklist
from anju.web.worklist import Group, Progress

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ActedMiddleware:
    """Marks whoever has just sent a form."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method not in _SAFE:
            response.set_cookie(MARK, secrets.token_hex(4), max_age=SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS)
        return response


def waiting(request: HttpRequest, user: User) -> dict[str, int]:
    """Open counts for the menu by the name an entry asks for, at most ``SECONDS`` old; of this person in the grant they act in only."""
    if not user.may(Power.VIEW) or user.acting is None:
        return {}
    area = chosen(request)
    return lately("menu", request, user, area, lambda: worklist.waiting(user, area))


@dataclass(frozen=True)
class Today:
    """The first page's work, and how far the newest lists are."""

    groups: list[Group]
    lists: list[Progress]


def today(request: HttpRequest, user: User) -> Today:
    """What is to be done, at most ``SECONDS`` old; of this person in the grant they act in only."""
    if not user.may(Power.VIEW) or user.acting is None:
        return Today([], [])
    area, day, key = chosen(request), clock.today(), f"today:{get_language()}"
    return lately(key, request, user, area, lambda: Today(worklist.groups(user, area, day), worklist.progress(area)))
