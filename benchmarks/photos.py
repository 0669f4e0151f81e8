# ruff: noqa: E402  the settings come before the models
"""What the server finds in photos, and how often it is wrong: honest photos of a county's visits, and those that aren't what they are said to be.

``python -m benchmarks.photos [households] [--planted N]``. Every photo goes through the door it goes through in the work (decoded, its words read, judged
against place, time, device and all photos before it). The honest ones are three to a visit, drawn by the demonstration, with the unrest of a phone's
place and clock and the same house again where two visits are made; any finding there is a false alarm. Each planted one is made from an honest photo as
people make them. Printed are false alarms in a hundred, what was found of each kind, and what a photo takes.
"""

import argparse
import io
import os
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

os.environ.setdefault("ANJU_TEST_DB", "bench")
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anju.web.settings")

import django

django.setup()

from django.db import connection
from PIL import Image, ImageEnhance

from anju.accounts.models import User
from anju.accounts.scope import actor_of
from anju.demo import pictures
from anju.demo.pictures import Words
from anju.evidence import albums, photos
from anju.evidence.expecting import Expected
from anju.trail.acting import acting
from anju.vocabulary.coordinates import Place
from benchmarks.receive import scratch

HOUSEHOLDS, PLANTED = 340, 40
AREA = "210922109201"
MIDDLE = (122.5412, 42.3861)
METRE = 1 / 82_100
"""Degrees east that are a metre there."""
_SHOTS = (("house", "standing", 0), ("component", "standing", 1), ("component", "inside", 2))
Change = Callable[[Image.Image], Image.Image]
_CHINA = ZoneInfo("Asia/Shanghai")
_SIZE = (960, 720)


@dataclass(frozen=True, slots=True)
class Visit:
    """A visit to one house: when it began, where the house stands, whose telephone took the photos."""

    household: int
    began: datetime
    place: Place
    phone: int

    def expected(self) -> Expected:
        """What a photo of the visit is measured by."""
        return Expected(place=self.place, radius_m=200, since=self.began, until=self.began + timedelta(hours=2))

    def words(self, chance: random.Random, minutes: float) -> Words:
        """Place and time as the telephone writes them: some metres and seconds beside the truth."""
        aside, accuracy = chance.gauss(0, 18) * METRE, chance.choice((5, 8, 12, 20, 35))
        return Words(
            self.began + timedelta(minutes=minutes, seconds=chance.uniform(-40, 40)),
            Place(self.place.lng + aside, self.place.lat, accuracy_m=accuracy),
            self.phone,
        )


def _visits(households: int, chance: random.Random) -> list[Visit]:
    """Five telephones walk from house to house, twelve a day; every eighth house is seen again a fortnight later."""
    found, day = [], datetime(2020, 4, 6, 8, 30, tzinfo=_CHINA)
    for household in range(households):
        phone, stop = household % 5, household // 5
        began = day + timedelta(days=stop // 12 * 2, minutes=stop % 12 * 40)
        place = Place(MIDDLE[0] + chance.uniform(-0.03, 0.03) + phone * 0.002, MIDDLE[1] + chance.uniform(-0.01, 0.01))
        found.append(Visit(household, began, place, phone))
    again = [Visit(one.household, one.began + timedelta(days=15, minutes=20), one.place, one.phone) for one in found[::8]]
    return sorted((*found, *again), key=lambda one: one.began)


def _sent(visit: Visit, content: bytes, by: User, *, owner: str = "", kind: str = "house") -> tuple[list[str], float]:
    """What was found in a photo, and the seconds it took."""
    with acting(actor_of(by)):
        album = albums.new(area=AREA, title="房屋鉴定", owner=owner or f"{AREA}-{visit.household:04}", expected=visit.expected())
        began = time.perf_counter()
        photo = photos.add(album=album, file=content, kind=kind, by=by)
    return photo.findings, time.perf_counter() - began


def _changed(content: bytes, change: Change, words: Words, quality: int) -> bytes:
    with Image.open(io.BytesIO(content)) as image:
        return pictures.encoded(change(image.convert("RGB")), words, quality)


def _cut(image: Image.Image) -> Image.Image:
    return image.crop((int(image.width * 0.05), int(image.height * 0.05), int(image.width * 0.95), int(image.height * 0.95)))


COPIES: dict[str, tuple[Change, int]] = {
    "another household's, re-compressed": (lambda image: image, 35),
    "another household's, cropped 10 %": (_cut, 80),
    "another household's, 20 % darker": (lambda image: ImageEnhance.Brightness(image).enhance(0.8), 80),
    "another household's, 20 % brighter": (lambda image: ImageEnhance.Brightness(image).enhance(1.2), 80),
}


def _honest(visits: list[Visit], by: User, chance: random.Random) -> dict[int, bytes]:
    """Sends three photos a visit; prints the false alarms. Household → its front, to make copies of."""
    alarms: Counter[str] = Counter()
    fronts: dict[int, bytes] = {}
    taken, flagged = [], 0
    for visit in visits:
        again = visit.household in fronts
        for kind, state, shot in _SHOTS:
            content = pictures.house(
                visit.household, shot=shot + 3 * again, state=state, size=_SIZE, words=visit.words(chance, 5 + 8 * shot)
            )
            findings, seconds = _sent(visit, content, by, kind=kind)
            taken.append(seconds)
            flagged += bool(findings)
            alarms.update(findings)
            fronts.setdefault(visit.household, content)
    print(f"honest photos        {len(taken):6,}   false alarms {flagged:3,} = {flagged / len(taken):.2%}   {dict(alarms) or ''}")
    cuts = statistics.quantiles(taken, n=20)
    print(f"a photo takes        {statistics.median(taken) * 1000:6.0f} ms, 95 of 100 within {cuts[18] * 1000:.0f} ms", flush=True)
    return fronts


def _planted(visits: list[Visit], fronts: dict[int, bytes], by: User, many: int, chance: random.Random) -> None:
    fresh = iter(range(500_000, 600_000))

    def told(what: str, wanted: set[str], made: Callable[[Visit, int], bytes]) -> None:
        found = 0
        for at in range(many):
            visit = visits[chance.randrange(len(visits))]
            findings, _seconds = _sent(visit, made(visit, at), by, owner=f"{AREA}-9{next(fresh)}")
            found += bool(wanted & set(findings))
        print(f"{what:38s} found {found:4,} of {many:,} = {found / many:.1%}", flush=True)

    def drawn(visit: Visit, *, minutes: float = 5, metres: float = 0) -> bytes:
        words = visit.words(chance, minutes)
        assert words.place is not None
        place = Place(words.place.lng + metres * METRE, words.place.lat, accuracy_m=words.place.accuracy_m)
        return pictures.house(next(fresh), size=_SIZE, words=Words(words.at, place, visit.phone))

    told("51 km away", {"photo-far"}, lambda visit, _at: drawn(visit, metres=51_000))
    told("older than its visit", {"photo-old"}, lambda visit, _at: drawn(visit, minutes=-60 * 24 * 30))
    told("by a clock that is ahead", {"photo-clock-ahead"}, lambda visit, _at: drawn(visit, minutes=60 * 24 * 400))
    told("another household's, the very file", {"photo-reused"}, lambda _visit, at: fronts[at])
    for what, (change, quality) in COPIES.items():

        def copied(visit: Visit, at: int, change: Change = change, quality: int = quality) -> bytes:
            return _changed(fronts[at], change, visit.words(chance, 6), quality)

        told(what, {"photo-alike", "photo-reused"}, copied)


def main() -> int:
    """Prints the honest photos and the planted ones."""
    parser = argparse.ArgumentParser(prog="benchmarks.photos")
    parser.add_argument("households", nargs="?", type=int, default=HOUSEHOLDS)
    parser.add_argument("--planted", type=int, default=PLANTED)
    options = parser.parse_args()
    chance = random.Random(20200610)
    with scratch():
        connection.ensure_connection()
        by = User.objects.get(login="clerk")
        visits = _visits(options.households, chance)
        fronts = _honest(visits, by, chance)
        _planted(visits, fronts, by, min(options.planted, options.households), chance)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
