"""What verification knows for the national systems' workbooks: the conclusion, its ground, who drew it and when."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q

from anju.entries.fields import Asked, Filled, fills
from anju.evidence.models import Photo
from anju.registry.facts import true_on
from anju.verification.models import Verification
from anju.vocabulary.route import CATEGORY_NAMES, ROUTES, Category

_YES = {True: "是", False: "否", None: ""}


@fills("conclusion", "route", "proof", "lives_here", "verified_on", "verifiers", "photo_present")
def verified(households: Sequence[int], asked: Asked) -> Filled:
    """The conclusion that held on the day."""
    found = Verification.objects.filter(true_on(asked.on), household__in=households).select_related("appraisal", "guarantee")
    held = {one.household_id: one for one in found.order_by("id")}
    albums = [one.album_id for one in held.values() if one.album_id]
    photos = dict(Photo.objects.filter(Q(album__in=albums, withdrawn_at=None)).values_list("album").annotate(many=Count("id")))
    return {key: _line(one, photos.get(one.album_id, 0)) for key, one in held.items()}


def _line(one: Verification, photos: int) -> dict[str, Any]:
    way, paper = one.guarantee, one.appraisal
    return {
        "conclusion": CATEGORY_NAMES[Category(one.category)],
        "route": ROUTES[one.route].name if one.route else f"{paper.get_kind_display()} {paper.grade} 级" if paper else "",
        "proof": way.document if way else paper.number if paper else "",
        "lives_here": _YES[one.lives_here],
        "verified_on": one.valid_from,
        "verifiers": "、".join(one.verifiers),
        "photo_present": f"{photos} 张" if photos else "",
    }
