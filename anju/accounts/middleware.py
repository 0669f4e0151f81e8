"""Each request is one transaction in which the signed-in person acts: what the database shows and records rests on it."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import act_as_chosen, actor_of
from anju.accounts.signing_in import origin
from anju.trail.acting import NOBODY, acting


def open_to(*powers: Power | str) -> Callable[[Callable[..., HttpResponseBase]], Callable[..., HttpResponseBase]]:
    """Declares who may open a page: those who hold one of ``powers``; without any, everybody who has signed in.

    A page that declares nothing is for those who may see households and lists (``Power.VIEW``): what is forgotten stays closed.
    """

    def declare(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
        view.open_to = tuple(Power(power) for power in powers)  # type: ignore[attr-defined]
        return view

    return declare


class ActingMiddleware:
    """Opens the request's transaction and says in it who acts; nobody is who hasn't signed in."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with transaction.atomic(), clock.one_day():
            user = request.user
            if isinstance(user, User):
                act_as_chosen(request, user)
                actor = actor_of(user, address=origin.address(request) or "", action=f"{request.method} {request.path}"[:200])
            else:
                actor = NOBODY
            with acting(actor):
                return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:
        """Refuses who may not open the page."""
        user = request.user
        if not isinstance(user, User) or not getattr(view, "login_required", True):
            return
        powers = getattr(view, "open_to", (Power.VIEW,))
        if powers and not any(user.may(power) for power in powers):
            raise PermissionDenied(_("您现在的角色不办理这项业务。"))
