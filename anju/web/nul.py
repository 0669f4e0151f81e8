"""An address with a NUL in it names nothing: the database keeps none, and would answer a question for one with an error."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound


class NulMiddleware:
    """404 for such an address, on every page alike and before anybody is told of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """No person types one: there is nothing to explain."""
        asked = (request.path, *(text for name, values in request.GET.lists() for text in (name, *values)))
        return HttpResponseNotFound() if any("\0" in text for text in asked) else self.get_response(request)
