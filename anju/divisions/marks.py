"""What is said of places: tags by year, seismic intensity."""

from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q

from anju.divisions.loading import UnknownDivision
from anju.divisions.models import Division, DivisionTag, Intensity, SeismicIntensity, Tag
from anju.vocabulary import division


def tag(*, areas: Iterable[str], tag: Tag | str, year: int, document: str = "") -> int:
    """Gives the places the tag in that year, on the ground of ``document``; returns how many didn't have it. Raises ``UnknownDivision``."""
    stems = sorted({division.stem(area) for area in areas})
    known = set(Division.objects.filter(code__in=stems).values_list("code", flat=True))
    if missing := [stem for stem in stems if stem not in known]:
        raise UnknownDivision(missing)
    with transaction.atomic():
        before = DivisionTag.objects.filter(tag=Tag(tag), year=year).count()
        DivisionTag.objects.bulk_create(
            [DivisionTag(division_id=stem, tag=Tag(tag), year=year, document=document) for stem in stems], ignore_conflicts=True
        )
        return DivisionTag.objects.filter(tag=Tag(tag), year=year).count() - before


def set_intensity(*, area: str, intensity: Intensity | str, since: date, source: str, design_group: int = 1) -> SeismicIntensity:
    """The place's 抗震设防烈度 from that day, by that edition of the map; what held before ends the same day."""
    stem = division.stem(area)
    if not Division.objects.filter(code=stem).exists():
        raise UnknownDivision([stem])
    with transaction.atomic():
        SeismicIntensity.objects.filter(Q(valid_to=None) | Q(valid_to__gt=since), division_id=stem, valid_from__lt=since).update(
            valid_to=since
        )
        later = SeismicIntensity.objects.filter(division_id=stem, valid_from__gt=since).order_by("valid_from").first()
        made, _created = SeismicIntensity.objects.update_or_create(
            division_id=stem,
            valid_from=since,
            defaults={
                "intensity": Intensity(intensity),
                "design_group": design_group,
                "source": source,
                "valid_to": later.valid_from if later else None,
            },
        )
        return made
