"""``{% album album upload=True %}`` and ``{% photo_stages albums %}``: photos in any page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence import queries
from anju.evidence.kinds import KINDS, Kind
from anju.evidence.models import Album

register = template.Library()


@register.inclusion_tag("evidence/album.html", takes_context=True)
def album(context: Mapping[str, Any], album: Album, *, upload: bool = False, kinds: str = "", kind: str = "") -> dict[str, Any]:
    """The photos of an album with what the checks found. With ``upload`` who may take photos can add some: ``kinds`` (codes, comma between) narrows
    what may be chosen, ``kind`` is chosen already."""
    user: User = context["request"].user
    may = {"add": user.may(Power.PHOTOGRAPH), "judge": user.may(Power.JUDGE_PHOTOS)}
    return {
        "request": context["request"],
        "album": album,
        "photos": queries.photos_of(album),
        "user": user,
        "allowed": may,
        "upload": upload and may["add"],
        "kinds": _kinds(kinds),
        "kind": kind,
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("evidence/stages.html", takes_context=True)
def photo_stages(context: Mapping[str, Any], albums: Iterable[Album]) -> dict[str, Any]:
    """Before, during and after side by side, from the albums of one household."""
    return {"request": context["request"], "stages": queries.stages(albums)}


def _kinds(codes: str) -> list[Kind]:
    return [KINDS[code] for code in codes.split(",")] if codes else list(KINDS.values())
