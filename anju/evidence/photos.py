"""Photos: taken in, judged, explained, withdrawn. One action for the desk, the phone and every app."""

import hashlib
import io
import uuid
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives import hashes
from django.db import IntegrityError, connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from anju import clock, memory
from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.evidence import albums, checks, likeness, pictures, reuse, store
from anju.evidence.checks import Found
from anju.evidence.expecting import Expected
from anju.evidence.kinds import KINDS
from anju.evidence.models import Album, Fingerprint, Photo
from anju.evidence.refusal import Refused
from anju.trail.acts import recorded
from anju.vocabulary.coordinates import Place
from anju.vocabulary.printable import printable

_CHUNK = 1 << 20


def add(
    *,
    album: Album,
    file: BinaryIO | bytes | Path,
    kind: str,
    by: User,
    expected: Expected | None = None,
    client_id: uuid.UUID | str | None = None,
    captured_at: datetime | None = None,
    device: str = "",
    place: Place | None = None,
    note: str = "",
    people_in_frame: bool | None = None,
    householder_in_frame: bool | None = None,
) -> Photo:
    """The photo in its album, made safe and judged; what was found is in ``findings``. The same ``client_id`` (or, without one, the same bytes in
    the same album) gives the photo that is there.

    ``expected``: what is asked of it, else what was said of the album. ``captured_at``, ``device``, ``place``: what the device tells. Raises
    ``pictures.Unusable`` for a file that is no usable photo, ``Refused`` where the ``client_id`` belongs to another file, ``store.StoreFull``.
    """
    if kind not in KINDS:
        raise Refused(_("没有“%(kind)s”这种照片。请从列表中选择。") % {"kind": kind})
    captured_at = _moment(captured_at)
    key = None if client_id is None else _key(client_id)
    with _held(file) as source:
        sha256, sm3, size = _digests(source)
        row = Photo(
            album=album,
            area=album.area,
            client_id=key or uuid.uuid4(),
            kind=kind,
            original_sha256=sha256,
            original_sm3=sm3,
            original_size=size,
            captured_at=captured_at,
            device=printable(device)[:80],
            by=by,
            note=printable(note)[:200],
            people_in_frame=True if householder_in_frame else people_in_frame,
            householder_in_frame=householder_in_frame,
        )
        return _add(photo=row, key=key, source=source, place=place, expected=expected or albums.expected_of(album))


def _moment(told: datetime | None) -> datetime | None:
    """What a device tells as the time, aware of its zone; None for what no clock of this age shows."""
    if told is None or not 1970 <= told.year <= 2100:
        return None
    return timezone.make_aware(told) if timezone.is_naive(told) else told


def _key(client_id: uuid.UUID | str) -> uuid.UUID:
    try:
        return client_id if isinstance(client_id, uuid.UUID) else uuid.UUID(client_id)
    except ValueError as wrong:
        raise Refused(_("设备给出的编号不是有效的 UUID。请更新手机应用后再传。")) from wrong


@recorded("photo.added")
@transaction.atomic
def _add(*, photo: Photo, key: uuid.UUID | None, source: BinaryIO, place: Place | None, expected: Expected) -> Photo:
    # Whoever brings the same at the same moment waits here and then finds it: one decodes, one is kept.
    _alone(str(key or f"{photo.album_id}:{photo.original_sha256}"))
    if (there := _there(photo, key)) is not None:
        return there
    _alone(photo.original_sha256)
    picture = pictures.prepare(source)
    try:
        _describe(photo, picture, place, expected)
        _judge(photo, picture, expected)
        try:
            with transaction.atomic():
                photo.file = store.put(picture.file, name="photo.jpg", media_type="image/jpeg", by=photo.by)
                photo.thumb = store.put(picture.thumb, name="thumb.jpg", media_type="image/jpeg", by=photo.by)
                photo.save(force_insert=True)
        except IntegrityError as clash:
            if "client_id" not in str(clash):
                raise
            raise Refused(_("设备给出的编号已被另一张照片使用。请在手机上重新拍摄这一张。")) from clash
        prints = likeness.print_of(picture.grey)
        bands = {f"band{number}": value for number, value in enumerate(prints.bands)}
        Fingerprint.objects.create(photo=photo, area=photo.area, signs=prints.signs, pattern=prints.pattern, **bands)
    finally:
        picture.close()
    return photo


def _alone(key: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 20))", [key])


def _there(photo: Photo, key: uuid.UUID | None) -> Photo | None:
    """The photo that was brought before. Raises ``Refused`` where the same key came with another file."""
    if key is None:
        return Photo.objects.filter(album=photo.album, original_sha256=photo.original_sha256, withdrawn_at=None).first()
    there = Photo.objects.filter(client_id=key).first()
    if there is not None and there.original_sha256 != photo.original_sha256:
        raise Refused(
            _("编号 %(key)s 已有一张照片（%(old)s），这次的文件不同（%(new)s）。没有覆盖；请在手机上重新拍摄。")
            % {"key": key, "old": there.original_sha256, "new": photo.original_sha256}
        )
    return there


def _describe(photo: Photo, picture: pictures.Picture, place: Place | None, expected: Expected) -> None:
    """What the picture and its file tell of it: the device's place before the camera's."""
    where = place or picture.camera.place
    if where is not None:
        photo.lng, photo.lat = Decimal(str(round(where.lng, 6))), Decimal(str(round(where.lat, 6)))
        photo.system, photo.accuracy_m = where.system, where.accuracy_m
        photo.place_from = Photo.PlaceFrom.TOLD if place else Photo.PlaceFrom.CAMERA
        if (distance := expected.distance_m(where)) is not None:
            photo.distance_m, photo.distance_to = round(distance, 1), expected.basis
    photo.width, photo.height = picture.width, picture.height
    photo.content_sha256, photo.content_sm3, _size = _digests(picture.file)
    photo.taken_at, photo.camera, photo.software = picture.camera.taken_at, picture.camera.model, picture.camera.software
    photo.received_at = clock.now()


def _judge(photo: Photo, picture: pictures.Picture, expected: Expected) -> None:
    found: list[Found] = [
        *checks.by_itself(photo, expected, picture.camera.place),
        *reuse.of_device(photo),
        *reuse.of_picture(photo, picture.grey),
    ]
    photo.findings = [check.id for check, _values in found]
    photo.details = {check.id: values for check, values in found}


# ------------------------------------------------------------------------------------------------ afterwards


@recorded("photo.explained")
@transaction.atomic
def explain(*, photo: Photo, by: User, reason: str) -> Photo:
    """Somebody other than who took it has looked at what was found and says why the photo stands; it is accepted from then on."""
    photo = _locked(photo)
    why = _why(reason)
    if not photo.findings:
        raise Refused(_("这张照片没有疑点，不用说明。"))
    if photo.withdrawn_at is not None:
        raise Refused(_("这张照片已撤下。要采信它，请先恢复。"))
    if photo.by_id == by.pk:
        raise Refused(_("照片是您自己传的，疑点请由另一人核实说明。"))
    photo.explained_by, photo.explained_at, photo.explanation = by, clock.now(), why
    photo.save(update_fields=["explained_by", "explained_at", "explanation"])
    return photo


@recorded("photo.unexplained")
@transaction.atomic
def unexplain(*, photo: Photo, by: User) -> Photo:
    """The explanation is taken back: the findings stand again."""
    photo = _locked(photo)
    photo.explained_by, photo.explained_at, photo.explanation = None, None, ""
    photo.save(update_fields=["explained_by", "explained_at", "explanation"])
    return photo


@recorded("photo.withdrawn")
@transaction.atomic
def withdraw(*, photo: Photo, by: User, reason: str) -> Photo:
    """The photo is no longer part of the evidence; it stays, with who took it out and why."""
    photo = _locked(photo)
    why = _why(reason)
    if photo.withdrawn_at is not None:
        return photo
    if photo.by_id != by.pk and not by.may(Power.JUDGE_PHOTOS):
        raise Refused(_("只有传这张照片的人或核实照片的人可以撤下它。"))
    photo.withdrawn_by, photo.withdrawn_at, photo.withdrawn_why = by, clock.now(), why
    photo.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawn_why"])
    return photo


@recorded("photo.restored")
@transaction.atomic
def restore(*, photo: Photo, by: User) -> Photo:
    """The withdrawal is taken back. Meanwhile another owner may have used the picture: that is looked at again."""
    photo = _locked(photo)
    if photo.withdrawn_at is None:
        return photo
    if photo.by_id != by.pk and not by.may(Power.JUDGE_PHOTOS):
        raise Refused(_("只有传这张照片的人或核实照片的人可以恢复它。"))
    photo.withdrawn_by, photo.withdrawn_at, photo.withdrawn_why = None, None, ""
    again = [(check, values) for check, values in reuse.of_original(photo) if check.id not in photo.findings]
    if again:  # what was explained before didn't know of it
        photo.findings = [*photo.findings, *(check.id for check, _values in again)]
        photo.details = photo.details | {check.id: values for check, values in again}
        photo.explained_by, photo.explained_at, photo.explanation = None, None, ""
    photo.save()
    return photo


@recorded("photo.published")
@transaction.atomic
def show_to(*, photo: Photo, by: User, visibility: str) -> Photo:
    """Who may be shown the photo: inside the offices, or the public too. One with a household's people in it stays inside."""
    photo = _locked(photo)
    if visibility == Photo.Visibility.PUBLIC and (photo.people_in_frame is not False or not photo.accepted):
        raise Refused(_("公开的照片须没有人像且没有未说明的疑点。请先标明“照片中没有人”。"))
    photo.visibility = Photo.Visibility(visibility)
    photo.save(update_fields=["visibility"])
    return photo


@recorded("photo.described")
@transaction.atomic
def describe(*, photo: Photo, by: User, kind: str, note: str, people_in_frame: bool | None, householder_in_frame: bool | None) -> Photo:
    """What the photo shows, corrected: its kind, a note, whether people or the householder are in it."""
    photo = _locked(photo)
    if kind not in KINDS:
        raise Refused(_("没有“%(kind)s”这种照片。请从列表中选择。") % {"kind": kind})
    photo.kind, photo.note = kind, printable(note)[:200]
    photo.people_in_frame = True if householder_in_frame else people_in_frame
    photo.householder_in_frame = householder_in_frame
    if photo.people_in_frame is not False:
        photo.visibility = Photo.Visibility.INTERNAL
    photo.save(update_fields=["kind", "note", "people_in_frame", "householder_in_frame", "visibility"])
    return photo


def _locked(photo: Photo) -> Photo:
    return Photo.objects.select_for_update(no_key=True, of=("self",)).select_related("album").get(pk=photo.pk)


def _why(reason: str) -> str:
    why = printable(" ".join(reason.split()))[:200]
    if len(why) < 2:
        raise Refused(_("请写明原因。"))
    return why


# ------------------------------------------------------------------------------------------------ bytes


class _held:  # reads as a word in `with`
    """The given file in memory, where the jailed reader can be handed it."""

    def __init__(self, file: BinaryIO | bytes | Path) -> None:
        self._given = file

    def __enter__(self) -> BinaryIO:
        self._file = memory.file()
        if isinstance(self._given, bytes):
            self._file.write(self._given)
        elif isinstance(self._given, Path):
            with self._given.open("rb") as source:
                self._copy(source)
        else:
            self._given.seek(0)
            self._copy(self._given)
        self._file.seek(0)
        return self._file

    def _copy(self, source: BinaryIO | io.BufferedReader) -> None:
        while block := source.read(_CHUNK):
            self._file.write(block)

    def __exit__(self, *_raised: object) -> None:
        self._file.close()


def _digests(source: BinaryIO) -> tuple[str, str, int]:
    """(SHA-256, SM3, size) of a file, which stands at its beginning again."""
    sha256, sm3, size = hashlib.sha256(), hashes.Hash(hashes.SM3()), 0
    source.seek(0)
    while block := source.read(_CHUNK):
        sha256.update(block)
        sm3.update(block)
        size += len(block)
    source.seek(0)
    return sha256.hexdigest(), sm3.finalize().hex(), size
