"""Who asks, for which list, and for which part of it: every page's first lines.

A user of a county sees the county's lists whole; a user of a township sees of them what lies in the township. A list that neither lies
in the user's area nor covers it isn't there (404).
"""

from typing import Any, cast

from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import ROLES, Power
from anju.rosters.models import Batch, MatchRun
from anju.rosters.queries.batches import seen
from anju.vocabulary import division


def user_of(request: HttpRequest) -> User:
    """The user; every page asks for one."""
    return cast("User", request.user)


def batch_of(request: HttpRequest, pk: int) -> Batch:
    """The list, where the user may see any of it; 404 otherwise."""
    found = Batch.objects.filter(seen(user_of(request).area)).select_related("file", "job", "previous", "received_by")
    return get_object_or_404(found, pk=pk)


def whole_batch_of(request: HttpRequest, pk: int) -> Batch:
    """The list, where all of it lies in the user's area: its file, its lock."""
    batch = batch_of(request, pk)
    if not division.contains(user_of(request).area, batch.area):
        raise Http404
    return batch


def run_of(batch: Batch) -> MatchRun | None:
    """The list's present comparison with the register."""
    return batch.runs.filter(kind=MatchRun.Kind.REGISTER, current=True).first()


def by_htmx(request: HttpRequest) -> bool:
    """Whether a part of the page is asked for."""
    return request.headers.get("HX-Request") == "true"


def by_dropzone(request: HttpRequest) -> bool:
    """Whether the dropzone sent it: it wants the file's row, or where to go."""
    return request.headers.get("X-Requested-With") == "dropzone"


def why_not(user: User, power: Power) -> str:
    """Why a button can't be used: whose work it is; "" where it can."""
    if user.may(power):
        return ""
    titles = _("、").join(_(role.title) for role in ROLES.values() if power in role.powers)
    return _("由%(roles)s办理") % {"roles": titles}


def query(request: HttpRequest, **changes: Any) -> str:
    """The present address's query with some values changed; None takes one out. Paging starts anew."""
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    for name, value in changes.items():
        if value in (None, ""):
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return f"?{asked.urlencode()}" if asked else "?"
