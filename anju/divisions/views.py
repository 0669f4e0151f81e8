"""Pages of places."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from anju.divisions import boundaries, queries
from anju.vocabulary import division
from anju.vocabulary.division import Level

_LEVELS = {"province": Level.PROVINCE, "prefecture": Level.PREFECTURE, "county": Level.COUNTY}


@require_safe
def county_boundaries(request: HttpRequest, prefix: str) -> HttpResponse:
    """GeoJSON for the map of an area: its counties (``all``: the provinces); ``?level=province|prefecture|county`` asks for another level."""
    if prefix != "all" and not (prefix.isascii() and prefix.isdigit()):
        raise Http404(_("没有这个地方。"))
    stem = "" if prefix == "all" else division.stem(prefix)
    level = _LEVELS.get(request.GET.get("level", ""), boundaries.drawn_level(stem))
    areas, came_from = queries.mapped(stem, level)
    if not areas:
        raise Http404(_("没有这个地方。"))
    body, digest = boundaries.collection(stem, level, areas, came_from)
    answer = HttpResponse(body, content_type="application/geo+json")
    answer["ETag"] = f'"{digest}"'
    patch_cache_control(answer, private=True, max_age=3600)
    conditional = get_conditional_response(request, etag=answer["ETag"], response=answer)
    return conditional if isinstance(conditional, HttpResponse) else answer
