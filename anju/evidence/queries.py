"""Whether every kept file is still what was given; photos with what is said about them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.scope import scope
from anju.evidence import store
from anju.evidence.checks import CHECKS, metres_said, said
from anju.evidence.kinds import KINDS, Stage
from anju.evidence.models import Album, Photo, StoredFile


@dataclass(frozen=True, slots=True)
class Kept:
    """How the store stands: files looked at; those missing and those cut or changed, by their content's hash."""

    files: int
    missing: tuple[str, ...]
    changed: tuple[str, ...]


def kept(*, deep: bool = False, newest: int | None = None) -> Kept:
    """Looks at the files that are remembered (``newest``: at so many only): are they there and not shorter than what was put in?
    ``deep`` reads every byte of them."""
    missing, changed, seen, files = [], [], set(), 0
    rows, sizes = StoredFile.objects.order_by("-pk"), store.sizes() if newest is None else None
    for stored in (rows if newest is None else rows[:newest]).iterator():
        files += 1
        if stored.sha256 in seen:
            continue
        seen.add(stored.sha256)
        held = store.held(stored, sizes)
        if held is None:
            missing.append(stored.sha256)
        elif held < stored.size:
            changed.append(stored.sha256)
    if deep:
        gone = {*missing, *changed}
        changed += sorted({fault.stored.sha256 for fault in store.damaged()} - gone)
    return Kept(files, tuple(missing), tuple(changed))


# ------------------------------------------------------------------------------------------------ photos


@dataclass(frozen=True, slots=True)
class Doubt:
    """One finding on a photo as a person reads it."""

    check: str
    title: str
    said: str
    todo: str
    source: str


@dataclass(frozen=True, slots=True)
class Shown:
    """A photo with what is said about it."""

    photo: Photo
    doubts: tuple[Doubt, ...]
    distance: str
    at: datetime | None

    @property
    def tone(self) -> str:
        """What its mark is coloured by."""
        return "idle" if self.photo.withdrawn_at else "soon" if self.photo.doubtful else "ok"


def photos_of(album: Album, *, withdrawn: bool = True) -> list[Shown]:
    """The photos of an album in the order of the work: by stage and kind, then as they were taken."""
    rows = album.photos.select_related("by", "explained_by", "withdrawn_by", "album").order_by("id")
    found = list(rows if withdrawn else rows.filter(withdrawn_at=None))
    order = list(KINDS)
    found.sort(key=lambda photo: (photo.withdrawn_at is not None, order.index(photo.kind), photo.at or photo.received_at, photo.pk))
    return shown(found)


def shown(photos: Iterable[Photo]) -> list[Shown]:
    """Photos with their findings in words; what another photo is said to be is told where the reader may see it, else its county."""
    found = list(photos)
    others = {values["photo"] for photo in found for values in photo.details.values() if "photo" in values}
    visible = {photo.pk: photo for photo in Photo.objects.filter(pk__in=others).select_related("album")} if others else {}
    return [
        Shown(
            photo,
            tuple(_doubt(check, photo.details.get(check, {}), visible) for check in photo.findings if check in CHECKS),
            "" if photo.distance_m is None else metres_said(photo.distance_m),
            photo.at,
        )
        for photo in found
    ]


def _doubt(check: str, values: dict[str, Any], visible: dict[int, Photo]) -> Doubt:
    what, todo = said(check, values, visible=visible.get(values.get("photo", 0)))
    return Doubt(check, _(CHECKS[check].label), what, todo, CHECKS[check].source)


def stages(albums: Iterable[Album]) -> list[tuple[str, Shown | None]]:
    """Before, during, after: the newest accepted photo of each stage over several albums (of one household), to stand side by side."""
    photos = Photo.objects.filter(album__in=list(albums), withdrawn_at=None).select_related("by", "album").order_by("id")
    newest: dict[Stage, Photo] = {}
    for photo in photos:
        if photo.what.stage is not Stage.OTHER and (photo.accepted or photo.what.stage not in newest):
            newest[photo.what.stage] = photo
    made = {one.photo.what.stage: one for one in shown(newest.values())}
    titles = ((Stage.BEFORE, _("改造前")), (Stage.DURING, _("改造中")), (Stage.AFTER, _("改造后")))
    return [(title, made.get(stage)) for stage, title in titles]


def accepted(prefix: str = "") -> Q:
    """Photos that are part of the evidence, as ``Photo.accepted``; ``prefix`` reaches through a relation (``"album__photos__"``)."""
    fine = Q(**{f"{prefix}findings": []}) | Q(**{f"{prefix}explained_at__isnull": False})
    return Q(**{f"{prefix}withdrawn_at__isnull": True}) & fine


def doubtful(user: User) -> QuerySet[Photo]:
    """Photos of the person's area with findings nobody has explained: the worklist of who judges them."""
    return scope(user, Photo.objects.filter(explained_at=None, withdrawn_at=None).exclude(findings=[])).order_by("-id")
