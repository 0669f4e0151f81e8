"""The policy in force, read once a request or a piece of work."""

from collections.abc import Callable
from contextlib import AbstractContextManager

from django.http import HttpRequest, HttpResponse

from anju.masks.models import MaskChoice
from anju.vocabulary.masking import POLICIES, STANDARD, MaskPolicy, resting_on


def chosen() -> MaskPolicy:
    """What was chosen last; the standard policy where nobody has chosen."""
    last = MaskChoice.objects.order_by("-id").values_list("policy", flat=True).first()
    return POLICIES.get(last or "", STANDARD)


def in_use() -> AbstractContextManager[None]:
    """Inside, every mask is that of the deployment."""
    return resting_on(chosen)


class MaskMiddleware:
    """Each request hides by the deployment's policy; a request that hides nothing doesn't ask for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with in_use():
            return self.get_response(request)
