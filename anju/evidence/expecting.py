"""What is expected of a photo: where it must have been taken and when. Whoever owns the album says so; the best known place is taken.

A house's place is the one registered, else that of its first accepted photo; without either the median of its village's houses, else the
county's boundary (quality 8, issue 4).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from anju import clock, policy
from anju.divisions import queries
from anju.evidence.kinds import KINDS, Where
from anju.evidence.models import Basis, Photo
from anju.policy.keys import HOUSE_METRES, VILLAGE_METRES
from anju.vocabulary import coordinates
from anju.vocabulary.coordinates import Place

_CHINA = ZoneInfo("Asia/Shanghai")
_AT_THE_HOUSE = sorted(kind.code for kind in KINDS.values() if kind.where is Where.HOUSE)


@dataclass(frozen=True, slots=True)
class Expected:
    """Where and when: ``place`` with ``radius_m`` metres around it, or (``basis`` county) inside the boundary of ``area``'s county widened by
    ``radius_m``; from ``since`` to ``until``. A date stands for its whole day in China. What is None isn't asked."""

    place: Place | None = None
    radius_m: float | None = None
    since: datetime | date | None = None
    until: datetime | date | None = None
    basis: str = Basis.HOUSE
    area: str = ""

    @property
    def begins(self) -> datetime | None:
        """The first moment."""
        return _moment(self.since, time.min)

    @property
    def ends(self) -> datetime | None:
        """The last moment."""
        return _moment(self.until, time.max)

    def distance_m(self, place: Place) -> float | None:
        """How far a place lies from the expected one, in metres (from the county's boundary: 0 inside); None where nothing is expected."""
        if self.place is not None:
            return coordinates.metres(place, self.place)
        if self.basis == Basis.COUNTY and self.area:
            return outside_county(self.area, place)
        return None


NOTHING = Expected()


def _moment(given: datetime | date | None, end: time) -> datetime | None:
    if given is None or isinstance(given, datetime):
        return given
    return datetime.combine(given, end, _CHINA)


def of_house(
    *,
    owner: str,
    area: str,
    registered: Place | None,
    neighbours: Iterable[Place] = (),
    since: datetime | date | None = None,
    until: datetime | date | None = None,
) -> Expected:
    """What is expected of photos at a household's house. ``registered`` is the dwelling's own place, ``neighbours`` those of its village's houses; how
    far is policy."""
    house_m = policy.value(HOUSE_METRES, area, clock.today())
    if registered is not None:
        return Expected(registered, house_m, since, until, Basis.HOUSE, area)
    if (first := first_place(owner)) is not None:
        return Expected(first, house_m, since, until, Basis.FIRST_PHOTO, area)
    return of_village(area=area, houses=neighbours, since=since, until=until)


def of_village(
    *, area: str, houses: Iterable[Place], since: datetime | date | None = None, until: datetime | date | None = None
) -> Expected:
    """What is expected of photos in a village: near the median of its houses, else inside its county widened by as much."""
    village_m = policy.value(VILLAGE_METRES, area, clock.today())
    centre = coordinates.middle(houses)
    return Expected(centre, village_m, since, until, Basis.COUNTY if centre is None else Basis.VILLAGE, area)


def first_place(owner: str) -> Place | None:
    """Where the first accepted photo of an owner's house was taken: it anchors the later ones."""
    if not owner:
        return None
    photos = Photo.objects.filter(album__owner=owner, kind__in=_AT_THE_HOUSE, lng__isnull=False, withdrawn_at=None).order_by("id")
    return next((photo.place for photo in photos[:20] if photo.accepted), None)


def outside_county(area: str, place: Place) -> float | None:
    """How far outside the boundary of the county of ``area`` a place lies, in metres: 0 inside; None where no boundary is known."""
    return queries.metres_outside(area, [(place.lng, place.lat)])[0]
