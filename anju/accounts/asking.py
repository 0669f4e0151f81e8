"""Who asks, and how: every page's first lines."""

from typing import Any, cast

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.roles import ROLES, Power


def user_of(request: HttpRequest) -> User:
    """The user; every page asks for one."""
    return cast("User", request.user)


def by_htmx(request: HttpRequest) -> bool:
    """Whether a part of the page is asked for."""
    return request.headers.get("HX-Request") == "true"


def by_dropzone(request: HttpRequest) -> bool:
    """Whether the dropzone sent it: it wants the file's row, or where to go."""
    return request.headers.get("X-Requested-With") == "dropzone"


def ticked(asked: QueryDict, name: str, *, most: int) -> list[str]:
    """The numbers ticked on a page, so many at most; what the database can't hold is nobody's number."""
    return [one for one in asked.getlist(name)[:most] if "\0" not in one]


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
