"""A photo is taken in once, made safe, judged; it is explained or withdrawn, never deleted."""

import io
import threading
import uuid
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction
from PIL import Image

from anju.accounts.models import User
from anju.demo import pictures as drawn
from anju.demo.pictures import Words
from anju.evidence import albums, photos, store
from anju.evidence.expecting import Expected
from anju.evidence.models import Album, Fingerprint, Photo, StoredFile
from anju.evidence.refusal import Refused
from anju.vocabulary.coordinates import Place

CHINA = ZoneInfo("Asia/Shanghai")
HOUSE = Place(122.5412, 42.3861)
VISIT = datetime(2020, 6, 9, 9, 0, tzinfo=CHINA)


@pytest.fixture
def album(people: dict[str, User]) -> Album:
    """The album of a visit to one household's house."""
    expected = Expected(HOUSE, 200, VISIT, VISIT + timedelta(hours=4))
    return albums.new(area="210922109201", title="房屋鉴定", owner="210922109201-0001", expected=expected, by=people["collector"])


def taken(seed: int, **more: Any) -> bytes:
    """A photo taken at the house during the visit."""
    return drawn.house(seed, words=Words(VISIT + timedelta(minutes=30), Place(HOUSE.lng + 0.0001, HOUSE.lat), 1), size=(960, 720), **more)


def test_a_photo_is_kept_without_what_its_file_carried_besides(album: Album, people: dict[str, User]) -> None:
    photo = photos.add(album=album, file=taken(1) + b"<script>alert(1)</script>", kind="house", by=people["collector"])
    assert photo.findings == []
    assert photo.taken_at == VISIT + timedelta(minutes=30)
    assert photo.camera == "HONOR LLD-AL20"
    assert photo.distance_m is not None
    assert 5 < photo.distance_m < 12
    with store.open(photo.file) as source:
        kept = source.read()
    assert b"script" not in kept
    assert b"HONOR" not in kept
    image = Image.open(io.BytesIO(kept))
    assert image.size == (960, 720)
    assert not image.getexif()
    with store.open(photo.thumb) as source:
        assert Image.open(source).size == (480, 360)
    assert Fingerprint.objects.filter(photo=photo).exists()


def test_the_same_client_id_is_one_photo_and_another_file_under_it_is_refused_with_both_digests(
    album: Album, people: dict[str, User]
) -> None:
    key = uuid.uuid4()
    first = photos.add(album=album, file=taken(1), kind="house", by=people["collector"], client_id=key)
    assert photos.add(album=album, file=taken(1), kind="house", by=people["collector"], client_id=str(key)) == first
    with pytest.raises(Refused) as refusal:
        photos.add(album=album, file=taken(2), kind="house", by=people["collector"], client_id=key)
    assert first.original_sha256 in refusal.value.message
    assert len({word for word in refusal.value.message.replace("（", " ").replace("）", " ").split() if len(word) == 64}) == 2
    assert Photo.objects.count() == 1


def test_without_a_client_id_the_same_bytes_in_one_album_are_one_photo(album: Album, people: dict[str, User]) -> None:
    first = photos.add(album=album, file=taken(1), kind="house", by=people["collector"])
    assert photos.add(album=album, file=io.BytesIO(taken(1)), kind="house", by=people["collector"]) == first
    photos.withdraw(photo=first, by=people["collector"], reason="拍重了")
    assert photos.add(album=album, file=taken(1), kind="house", by=people["collector"]) != first


@pytest.mark.django_db(transaction=True)
def test_thirty_two_posts_of_one_photo_at_once_are_one(album: Album, people: dict[str, User]) -> None:
    key, content = uuid.uuid4(), taken(3)
    got: list[int] = []
    failed: list[BaseException] = []

    def post() -> None:
        try:
            with transaction.atomic():
                got.append(photos.add(album=album, file=content, kind="house", by=people["collector"], client_id=key).pk)
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=post) for _one in range(32)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert len(got) == 32
    assert len(set(got)) == 1
    assert Photo.objects.count() == 1
    assert StoredFile.objects.count() == 2
