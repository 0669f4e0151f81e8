"""Nothing that is sent as a photo harms or stops the system; what can't be taken is said in one sentence."""

import io
import signal
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from anju import memory
from anju.demo import pictures as drawn
from anju.demo.pictures import Words
from anju.evidence import pictures
from anju.evidence.pictures import LIMITS, Limits, Picture, Unusable
from anju.vocabulary.coordinates import Place

HOUSE = drawn.house(1, size=(640, 480))


def prepared(content: bytes, limits: Limits = LIMITS) -> Picture:
    with memory.file() as source:
        source.write(content)
        source.flush()
        return pictures.prepare(source, limits)


def saved(image: Image.Image, form: str, **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def noise(size: tuple[int, int] = (320, 240), seed: int = 1) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8))


def png(width: int, height: int, *, rows: bytes = b"", depth: int = 8, colour: int = 2) -> bytes:
    """A PNG whose head says what it likes."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows, 9)) + chunk(b"IEND", b"")


def gif() -> bytes:
    return saved(noise().convert("P"), "GIF")


def animated_webp() -> bytes:
    return saved(noise(), "WEBP", save_all=True, append_images=[noise(seed=2)])


def animated_png() -> bytes:
    return saved(noise(), "PNG", save_all=True, append_images=[noise(seed=2)])


def bomb() -> bytes:
    """20,000 × 20,000 in a file of 1.2 MB."""
    return png(20_000, 20_000, rows=b"\0" * 60_001 * 200)


REFUSED = {
    "empty": b"",
    "gif": gif(),
    "tiff": saved(noise(), "TIFF"),
    "bmp": saved(noise(), "BMP"),
    "svg": b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 500,
    "video": b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0" * 500,
    "pdf": b"%PDF-1.7\n" + b"x" * 100,
    "archive": b"PK\x03\x04" + b"x" * 100,
    "web-page": b"<!DOCTYPE html><html><script>alert(1)</script></html>",
    "not-a-picture": b"hello " * 100,
    "truncated": HOUSE[: len(HOUSE) // 2],
    "corrupt": b"\xff\xd8\xff\xe0" + b"\0" * 400,
    "large": bomb(),
    "small": saved(noise((120, 90)), "JPEG"),
}


@pytest.mark.parametrize("code", REFUSED)
def test_what_is_no_usable_photo_is_refused_in_one_sentence(code: str) -> None:
    with pytest.raises(Unusable) as refusal:
        prepared(REFUSED[code])
    assert refusal.value.code == code
    assert "请" in refusal.value.message
    assert "%(" not in refusal.value.message


@pytest.mark.parametrize("content", [animated_webp(), animated_png()], ids=["webp", "png"])
def test_moving_pictures_are_refused(content: bytes) -> None:
    with pytest.raises(Unusable, match="动图"):
        prepared(content)


def test_a_picture_of_more_than_24_megapixels_is_refused_before_it_is_decoded() -> None:
    with pytest.raises(Unusable) as refusal:
        prepared(png(6000, 4001))
    assert (refusal.value.code, "24 百万像素" in refusal.value.message) == ("large", True)
    with pytest.raises(Unusable) as broken:  # within the limit it is decoded, and then found to hold nothing
        prepared(png(6000, 4000))
    assert broken.value.code in ("truncated", "corrupt")


def test_a_file_of_too_many_bytes_is_refused() -> None:
    with pytest.raises(Unusable) as refusal:
        prepared(HOUSE + b"\0" * 3_000_000, Limits(bytes=2_000_000))
    assert refusal.value.code == "heavy"


def test_memory_is_limited() -> None:
    whole = saved(noise((4000, 3000)), "PNG")
    with pytest.raises(Unusable) as starved:
        prepared(whole, Limits(memory=120 << 20))
    assert starved.value.code in ("memory", "stopped")
    assert prepared(HOUSE).width == 640  # the next one is none the worse


def test_time_is_limited() -> None:
    """A picture that takes the reader's processor for longer than it may is stopped by the system."""
    limits = asdict(Limits(cpu=1))
    program = (
        f"import runpy; child = runpy.run_path({str(pictures._CHILD)!r}); child['one'].__globals__['work'] = lambda *_: exec('while True: pass');"
        f"child['one']({{'limits': {limits!r}}}, 0, 1, (2, 2, 2))"
    )
    stopped = subprocess.run([sys.executable, "-I", "-c", program], stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60)
    assert stopped.returncode in (-signal.SIGXCPU, -signal.SIGKILL)
    assert stopped.stdout == b""


def _zip_inside() -> bytes:
    out = io.BytesIO(HOUSE)
    out.seek(0, 2)
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("run.sh", "rm -rf /")
    return out.getvalue()


def _comment() -> bytes:
    with Image.open(io.BytesIO(HOUSE)) as image:
        return saved(image, "JPEG", comment=b"<?php system($_GET[0]); ?>")


@pytest.mark.parametrize("content", [HOUSE + b"<html><script>alert(1)</script>", _zip_inside(), _comment()], ids=["html", "zip", "comment"])
def test_of_a_file_that_is_two_things_only_the_picture_is_kept(content: bytes) -> None:
    picture = prepared(content)
    kept = picture.file.read() + picture.thumb.read()
    for trace in (b"script", b"PK\x03\x04", b"run.sh", b"php"):
        assert trace not in kept
    assert kept.count(b"\xff\xd8\xff") == 2


def _modes() -> Iterator[tuple[str, bytes]]:
    image = noise()
    yield "grey", saved(image.convert("L"), "JPEG")
    yield "cmyk", saved(image.convert("CMYK"), "JPEG")
    yield "progressive", saved(image, "JPEG", progressive=True)
    yield "palette", saved(image.convert("P"), "PNG")
    yield "two tones", saved(image.convert("1"), "PNG")
    yield "transparent", saved(image.convert("RGBA"), "PNG")
    yield "grey transparent", saved(image.convert("LA"), "PNG")
    yield "16 bits", saved(Image.fromarray(np.linspace(0, 65535, 240 * 320).reshape(240, 320).astype(np.uint16)), "PNG")
    yield "webp", saved(image, "WEBP")


@pytest.mark.parametrize(("name", "content"), list(_modes()), ids=lambda value: value if isinstance(value, str) else "")
def test_every_colour_mode_of_a_photo_becomes_one(name: str, content: bytes) -> None:
    picture = prepared(content)
    with Image.open(picture.file) as image:
        assert (image.format, image.mode, image.size) == ("JPEG", "RGB", (320, 240))
        assert not image.getexif()
        assert "icc_profile" not in image.info
    if name == "16 bits":
        grey = np.frombuffer(picture.grey, np.uint8)
        assert (int(grey[0]), int(grey[-1])) == pytest.approx((0, 255), abs=4)


def test_what_is_transparent_lies_on_white() -> None:
    picture = prepared(saved(Image.new("RGBA", (300, 300), (10, 10, 10, 0)), "PNG"))
    with Image.open(picture.file) as image:
        assert image.getpixel((150, 150)) == (255, 255, 255)


def test_a_photo_held_upright_is_turned_and_made_smaller() -> None:
    image = Image.new("RGB", (3200, 2400), "white")
    image.paste((200, 0, 0), (0, 0, 1600, 2400))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned a quarter
    picture = prepared(saved(image, "JPEG", exif=exif.tobytes()))
    with Image.open(picture.file) as turned:
        assert turned.size == (1920, 2560)
        red = turned.getpixel((960, 200))
        assert isinstance(red, tuple)
        assert red[0] > 150 > red[1]
    with Image.open(picture.thumb) as thumb:
        assert thumb.size == (360, 480)


def test_what_the_camera_wrote_is_read() -> None:
    at, place = datetime(2020, 6, 2, 2, 11, tzinfo=UTC), Place(122.5412, 42.3861, accuracy_m=8)
    camera = prepared(drawn.house(3, words=Words(at, place, 2), size=(640, 480))).camera
    assert camera.taken_at == at
    assert camera.model == "Xiaomi Redmi 8"
    assert camera.place is not None
    assert (camera.place.lng, camera.place.lat) == pytest.approx((122.5412, 42.3861), abs=1e-6)
    assert camera.place.accuracy_m == 8


LIES: list[dict[int, Any]] = [
    {0x9003: "0000:00:00 00:00:00"},
    {0x9003: "9999:99:99 99:99:99"},
    {0x9003: "2020:02:30 10:00:00"},
    {0x9003: "yesterday" * 500},
    {0x9003: "2020:06:02 10:11:00", 0x9011: "+99:99"},
    {0x9003: "2020:06:02 10:11:00", 0x9011: "\x00\x00"},
]


@pytest.mark.parametrize("lie", LIES, ids=range(len(LIES)))
def test_times_that_are_none_are_left_aside(lie: dict[int, Any]) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8769).update(lie)
    exif[0x010F] = "厂商\x00\x01\u202e" * 200
    with Image.open(io.BytesIO(HOUSE)) as image:
        camera = prepared(saved(image, "JPEG", exif=exif.tobytes())).camera
    assert camera.taken_at is None or camera.taken_at.year == 2020
    assert len(camera.model) <= 120
    assert camera.model.isprintable()


@pytest.mark.parametrize(
    "gps",
    [
        {1: "N", 2: (0, 0, 0), 3: "E", 4: (0, 0, 0)},
        {1: "N", 2: (95, 0, 0), 3: "E", 4: (120, 0, 0)},
        {1: "N", 2: (42, 0, 0)},
        {1: "X" * 50, 2: (42, 70, 90), 3: "E", 4: (400, 0, 0)},
    ],
)
def test_places_that_are_none_are_left_aside(gps: dict[int, Any]) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update(gps)
    with Image.open(io.BytesIO(HOUSE)) as image:
        assert prepared(saved(image, "JPEG", exif=exif.tobytes())).camera.place is None


def test_a_reader_that_was_killed_is_started_again() -> None:
    prepared(HOUSE)
    process = pictures._READER._process
    assert process is not None
    process.kill()
    process.wait()
    assert prepared(HOUSE).width == 640


_WHOLE = [HOUSE[:20_000], saved(noise((200, 200)), "PNG")[:20_000], saved(noise((200, 200)), "WEBP")]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(_WHOLE), st.lists(st.tuples(st.integers(0, 19_999), st.integers(0, 255)), max_size=40), st.integers(0, 20_000))
def test_no_bytes_whatever_stop_the_reader(whole: bytes, changes: list[tuple[int, int]], cut: int) -> None:
    content = bytearray(whole)
    for place, value in changes:
        if place < len(content):
            content[place] = value
    said = _verdict(bytes(content[: max(cut, 1)] if cut < 10_000 else content))
    assert said == "taken" or said.endswith("。")


def _verdict(content: bytes) -> str:
    """What its sender is told."""
    try:
        picture = prepared(content)
    except Unusable as refusal:
        return refusal.message
    size = min(picture.width, picture.height)
    picture.close()
    return "taken" if size >= LIMITS.least else f"{size}"


@settings(max_examples=60, deadline=None)
@given(st.binary(min_size=1, max_size=3_000))
def test_random_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(Unusable):
        prepared(content)
