"""Albums: opened by whoever owns the thing they show, told what is expected of their photos, taken along when it moves."""

from decimal import Decimal

from django.db import transaction

from anju.accounts.models import User
from anju.evidence.expecting import NOTHING, Expected
from anju.evidence.models import Album, Fingerprint, Photo
from anju.trail.acts import recorded
from anju.vocabulary import division
from anju.vocabulary.coordinates import Place, System


@recorded("album.opened")
@transaction.atomic
def new(*, area: str, title: str, owner: str = "", expected: Expected = NOTHING, by: User | None = None) -> Album:
    """An empty album in an area. ``owner`` is the household's number or another text that groups albums which may share photos."""
    album = Album(area=division.stem(area), title=title[:120], owner=owner, created_by=by)
    _expect(album, expected)
    album.save()
    return album


@recorded("album.expected")
@transaction.atomic
def expect(*, album: Album, expected: Expected) -> Album:
    """From now on photos of this album are judged by this; those in it keep what was found then."""
    _expect(album, expected)
    album.save(update_fields=["expected_lng", "expected_lat", "expected_basis", "radius_m", "since", "until"])
    return album


def begun(*, key: str, owner: str, by: User) -> Album | None:
    """The album that a form was begun with, as the form names it: of this owner, opened by this person; None for anything else."""
    if not key.isdecimal() or len(key) > 18:
        return None
    return Album.objects.filter(pk=int(key), owner=owner, created_by=by).first()


@recorded("album.moved")
@transaction.atomic
def move(*, album: Album, area: str = "", owner: str = "", title: str = "") -> Album:
    """The thing it shows lies in another area now, or belongs to another owner (households merged or split), or is called otherwise."""
    album.area, album.owner, album.title = division.stem(area) or album.area, owner or album.owner, title[:120] or album.title
    album.save(update_fields=["area", "owner", "title"])
    Photo.objects.filter(album=album).exclude(area=album.area).update(area=album.area)
    Fingerprint.objects.filter(photo__album=album).exclude(area=album.area).update(area=album.area)
    return album


def expected_of(album: Album) -> Expected:
    """What was said of an album."""
    placed = album.expected_lng is not None and album.expected_lat is not None
    return Expected(
        place=Place(float(album.expected_lng or 0), float(album.expected_lat or 0), System.WGS84) if placed else None,
        radius_m=album.radius_m,
        since=album.since,
        until=album.until,
        basis=album.expected_basis,
        area=album.area,
    )


def _expect(album: Album, expected: Expected) -> None:
    place = expected.place
    album.expected_lng = Decimal(str(round(place.lng, 6))) if place else None
    album.expected_lat = Decimal(str(round(place.lat, 6))) if place else None
    album.expected_basis = expected.basis if place or (expected.radius_m is not None and expected.area) else ""
    album.radius_m = None if expected.radius_m is None else round(expected.radius_m)
    album.since, album.until = expected.begins, expected.ends
