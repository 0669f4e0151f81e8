"""What everybody may read: the notice of an address, without signing in, while it hangs. Afterwards a calm page says that it is over."""

from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from anju import clock
from anju.divisions import queries as divisions
from anju.notices import queries
from anju.notices.models import Kind
from anju.notices.views.listing import table

_LONGEST = 22


@login_not_required
@require_safe
def posted(request: HttpRequest, token: str) -> HttpResponse:
    """The notice: 200 while it hangs, 410 once it is over or taken down, 404 where there never was one."""
    found = queries.posted(token, clock.today()) if len(token) <= _LONGEST else None
    context: dict[str, Any] = {"found": found, "state": found.state if found else "none"}
    if found is not None and found.content is not None:
        context |= {
            "table": table(found.content),
            "kind": Kind(found.kind).label,
            "where": divisions.full_names([found.area]).get(found.area, ""),
            "left": (found.closes_on - clock.today()).days,
        }
    status = 404 if found is None else 200 if found.state == "on" else 410
    response = render(request, "notices/public.html", context, status=status)
    response["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
