"""Pages are for who has signed in; whose session ran out comes back to where they were, with what they had typed."""

from collections.abc import Callable
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from anju.accounts.signing_in.sessions import SessionStore

View = Callable[..., HttpResponseBase]
INTERRUPTED = "interrupted"
_KEPT = 400_000


def unattended(view: View) -> View:
    """Marks what a page asks for by itself, again and again: it keeps no session alive."""
    view.unattended = True  # type: ignore[attr-defined]
    return view


class DoorMiddleware(LoginRequiredMiddleware):
    """The framework's, which knows two more things: who is active, and what to do for one who was in a moment ago."""

    def process_view(self, request: HttpRequest, view_func: View, view_args: Any, view_kwargs: Any) -> HttpResponseBase | None:
        """Writes down that the session is in use; sends to the door who isn't signed in."""
        if request.user.is_authenticated and not getattr(view_func, "unattended", False):
            cast(SessionStore, request.session).touch()
        return super().process_view(request, view_func, view_args, view_kwargs)

    def handle_no_permission(self, request: HttpRequest, view_func: View) -> HttpResponseBase:  # type: ignore[override]
        """To the door and back: a part of a page sends the whole page there, a form is kept until its sender has signed in again."""
        part = bool(request.headers.get("HX-Request"))
        if not part and request.method in ("GET", "HEAD"):
            return super().handle_no_permission(request, view_func)
        back = _page(request, request.headers.get("HX-Current-URL" if part else "Referer", ""))
        if not part:
            keep(request, back)
        door = f"{reverse('login')}?{urlencode({'next': back})}"
        if part:
            return HttpResponse(status=401, headers={"HX-Redirect": door})
        return HttpResponseRedirect(door)


def keep(request: HttpRequest, back: str) -> None:
    """Keeps the fields of a form whose sender's session ran out, sealed, for them alone; files aren't kept."""
    lapsed = cast(SessionStore, request.session).lapsed
    if lapsed is None or request.method != "POST" or int(request.META.get("CONTENT_LENGTH") or 0) > _KEPT or request.FILES:
        return
    fields = [[name, value] for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values]
    request.session[INTERRUPTED] = {"user": lapsed, "action": request.get_full_path(), "back": back, "fields": fields}


def _page(request: HttpRequest, address: str) -> str:
    if not url_has_allowed_host_and_scheme(address, {request.get_host()}):
        return "/"
    given = urlsplit(address)
    return f"{given.path}?{given.query}" if given.query else given.path or "/"
