"""Each request is one transaction in which the signed-in person acts: what the database shows and records rests on it."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from anju.accounts.models import User
from anju.trail.acting import NOBODY, Actor, acting
from anju.vocabulary import division


def actor_of(user: User, *, address: str = "", action: str = "") -> Actor:
    """The person as the database is told of them."""
    low, high = division.bounds(user.area)
    return Actor(
        user=str(user.pk), login=user.login, office=user.organisation.name, address=address, action=action, low=low or "0", high=high or "~"
    )


class ActingMiddleware:
    """Opens the request's transaction and says in it who acts; nobody is who hasn't signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic():
            user = request.user
            address = request.META.get("REMOTE_ADDR", "")
            actor = actor_of(user, address=address, action=f"{request.method} {request.path}"[:200]) if isinstance(user, User) else NOBODY
            with acting(actor):
                return self.get_response(request)
