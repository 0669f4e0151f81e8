"""What is counted for a page and kept for some seconds, because nobody works by it to the second.

What somebody does themself shows in their next page: whoever sends a form gets another mark, and what was counted before it isn't looked at again.
"""

from collections.abc import Callable
from typing import TypeVar

from django.core.cache import cache
from django.http import HttpRequest

from anju import clock
from anju.accounts.models import User

SECONDS = 20
MARK = "anju_acted"
T = TypeVar("T")


def lately(what: str, request: HttpRequest, user: User, area: str, count: Callable[[], T]) -> T:
    """What ``count`` gives, at most ``SECONDS`` old; of this person in the grant they act in, this area and this business day only. The answer to a
    form is counted anew."""
    mark, grant = request.COOKIES.get(MARK, ""), user.acting
    if grant is None or request.method == "POST":
        return count()
    key = f"{what}:{user.pk}:{grant.pk}:{area}:{clock.today():%Y%m%d}:{mark[:8] if mark.isalnum() else ''}"
    found: T | None = cache.get(key)
    if found is None:
        found = count()
        cache.set(key, found, SECONDS)
    return found
