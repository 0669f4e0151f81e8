"""Whether a picture, or its device, already stands for another owner, wherever that is.

The database answers beyond the asker's area through functions of its own (migration ``0004_looking_beyond``), as it does for identity numbers: of
what lies there it gives the county, never the content.
"""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from anju.evidence import checks, likeness, limits
from anju.evidence.checks import Found
from anju.evidence.models import Photo

_CANDIDATES = 30


def of_picture(photo: Photo, grey: bytes) -> Iterator[Found]:
    """The very file, or one that looks the same, under another owner; ``photo`` need not be saved yet."""
    exact = list(of_original(photo))
    yield from exact
    if not exact:
        yield from _alike(photo, grey)


def of_original(photo: Photo) -> Iterator[Found]:
    """The very file (or the same pixels) under another owner."""
    for other, county in _rows(
        "SELECT photo_id, county FROM evidence_copies(%s, %s, %s, %s)",
        [photo.original_sha256, photo.content_sha256, photo.album.owner, photo.album_id],
    )[:1]:
        yield checks.REUSED, {"photo": other, "county": county}


def _alike(photo: Photo, grey: bytes) -> Iterator[Found]:
    asked = likeness.Asked(grey)
    looks, bands, values = (list(column) for column in zip(*asked.probes, strict=True))
    candidates = _rows(
        "SELECT photo_id, county, signs, pattern FROM evidence_lookalikes(%s, %s, %s, %s, %s, %s, %s, %s)",
        [asked.signs, looks, bands, values, likeness.NEAR, photo.album.owner, photo.album_id, _CANDIDATES],
    )
    score, place = asked.best((signs, bytes(pattern)) for _other, _county, signs, pattern in candidates)
    if score >= likeness.SURE:
        yield checks.ALIKE, {"photo": candidates[place][0], "county": candidates[place][1], "score": round(score, 3)}


def of_device(photo: Photo) -> Iterator[Found]:
    """The device was elsewhere, or in other hands, at about the same time. Only the device's own clock counts."""
    if not photo.device or photo.captured_at is None:
        return
    told = photo.place_from == Photo.PlaceFrom.TOLD
    rows = _rows(
        "SELECT photo_id, county, other, seconds, metres FROM evidence_device(%s, %s, %s, %s, %s, %s)",
        [photo.device, photo.captured_at, limits.DEVICE_HOURS.value, photo.by_id, *((photo.lng, photo.lat) if told else (None, None))],
    )
    fast: tuple[float, dict[str, Any]] | None = None
    shared: dict[str, Any] | None = None
    for other, county, others_hand, seconds, metres in rows:
        away = "" if _visible(other) else county
        if others_hand and seconds <= limits.SHARED_MINUTES.value * 60 and shared is None:
            shared = {"photo": other, "county": away, "minutes": max(1, round(seconds / 60))}
        if metres is not None and metres > limits.NEAR.value:
            speed = metres / 1000 / max(seconds / 3600, 1 / 3600)
            if speed > limits.SPEED.value and (fast is None or speed > fast[0]):
                values = {"photo": other, "county": away, "km": round(metres / 1000, 1), "kmh": min(round(speed), 9999)}
                fast = speed, values | {"hours": _span(seconds)}
    if fast is not None:
        yield checks.TOO_FAST, fast[1]
    if shared is not None:
        yield checks.SHARED, shared


def _span(seconds: float) -> str:
    return f"{int(seconds // 3600)}:{int(seconds % 3600 // 60):02}"


def _visible(photo: int) -> bool:
    return Photo.objects.filter(pk=photo).exists()


def _rows(query: str, values: list[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())
