"""The jailed reader of pictures: takes one picture, gives it back decoded and written anew, with what its sender's file said beside it.

Run as ``python -I picture_child.py FD``; stands alone (imports nothing of anju). It waits on a socket; for each order it forks a child that sets
its own limits of memory, time and files before the first byte is looked at, does this one picture and ends. So a picture that kills its reader
kills nothing else, and none pays for a new interpreter.

An order is JSON with five descriptors: source, answer (a pipe), and files in memory for the picture, the thumbnail and the grey pattern. The answer
is one line of JSON: ``{"error": code, "detail": …}`` or ``{"ok": {…}}``; no line at all means the child was stopped.
"""

import io
import json
import math
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Callable
from typing import Any, cast

from PIL import Image, ImageCms, ImageOps

FORMATS = ("JPEG", "PNG", "WEBP")  # the reader of JPEG reads the several pictures of an MPO too
_EXIF, _GPS = 0x8769, 0x8825
_BRANDS = {
    b"heic": "heic",
    b"heix": "heic",
    b"heim": "heic",
    b"hevc": "heic",
    b"mif1": "heic",
    b"msf1": "heic",
    b"avif": "heic",
    b"avis": "heic",
}


class Refused(Exception):
    """The picture isn't taken; ``args`` are the code of the reason and a number or word for the message."""


def kind_of(head: bytes) -> str:
    """What a file is by its first bytes: a format that is read, or the code of its refusal."""
    if head.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "WEBP"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if head.startswith((b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")):
        return "tiff"
    if head[4:8] == b"ftyp":
        return _BRANDS.get(head[8:12].lower(), "video")
    if head.startswith(b"%PDF"):
        return "pdf"
    if head.startswith(b"BM"):
        return "bmp"
    if head.startswith((b"PK\x03\x04", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b")):
        return "archive"
    text = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in text:
        return "svg"
    if text.startswith((b"<!doctype", b"<html", b"<script")):
        return "web-page"
    return "not-a-picture"


# ------------------------------------------------------------------------------------------------ what the camera wrote


def words(value: object) -> str:
    """A text tag, printable and short."""
    text = value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())[:100]


def number(value: Any) -> float | None:
    """A number tag; what isn't finite is none."""
    try:
        found = float(value)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def degrees(value: Any, side: object) -> float | None:
    """Degrees, minutes, seconds and the side of the earth."""
    parts = [number(part) for part in value] if isinstance(value, tuple | list) else []
    if not parts or len(parts) > 3 or any(part is None or part < 0 for part in parts):
        return None
    whole = sum(((part or 0.0) / 60**place for place, part in enumerate(parts)), 0.0)
    return -whole if words(side).upper()[:1] in ("S", "W") else whole


def camera_words(image: Image.Image) -> dict[str, Any]:
    """The tags that serve as evidence, each for itself: a broken one takes no other along."""
    found: dict[str, Any] = {}

    def take(name: str, make: Callable[[], Any]) -> None:
        try:
            value = make()
        except Exception:
            return
        if value not in (None, ""):
            found[name] = value

    try:
        exif = image.getexif()
    except Exception:
        return found
    details: Any = {}
    place: Any = {}
    try:
        details = exif.get_ifd(_EXIF)
    except Exception:
        details = {}
    try:
        place = exif.get_ifd(_GPS)
    except Exception:
        place = {}
    take("make", lambda: words(exif.get(0x010F, "")))
    take("model", lambda: words(exif.get(0x0110, "")))
    take("software", lambda: words(exif.get(0x0131, "")))
    take("taken", lambda: words(details.get(0x9003) or details.get(0x9004) or ""))
    take("offset", lambda: words(details.get(0x9011) or details.get(0x9012) or details.get(0x9010) or ""))
    take("lat", lambda: degrees(place.get(2), place.get(1)))
    take("lng", lambda: degrees(place.get(4), place.get(3)))
    take("accuracy", lambda: number(place.get(31)))
    return found


# ------------------------------------------------------------------------------------------------ the picture


def decoded(source: Any, kind: str, limits: dict[str, int]) -> tuple[Image.Image, dict[str, Any]]:
    """(the picture upright in sRGB, no larger than wanted, what is said of it). Its size is looked at before a pixel is decoded."""
    try:
        file = Image.open(source, formats=FORMATS)
    except MemoryError:
        raise
    except Exception as error:
        raise Refused("corrupt") from error
    wide, high = file.size
    if wide * high > limits["pixels"]:
        raise Refused("large", round(wide * high / 1_000_000))
    if min(wide, high) < limits["least"]:
        raise Refused("small", f"{wide}×{high}")
    if file.format != "MPO" and getattr(file, "n_frames", 1) > 1:
        raise Refused("animated")
    said = {"format": kind, "width": wide, "height": high, **camera_words(file)}
    profile = file.info.get("icc_profile")
    try:
        file.draft("RGB", (limits["longest"], limits["longest"]))
        file.load()
        image = ImageOps.exif_transpose(file)
    except MemoryError:
        raise
    except Exception as error:
        short = "truncated" in str(error).lower() or "unexpected end" in str(error).lower()
        raise Refused("truncated" if short else "corrupt") from error
    image = coloured(image)
    image.thumbnail((limits["longest"], limits["longest"]), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if profile:
        image = in_srgb(image, profile)
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    return clean, said


def coloured(image: Image.Image) -> Image.Image:
    """Any mode as RGB; what is transparent lies on white."""
    if image.mode.startswith("I") or image.mode == "F":  # 16 bits a sample: the upper eight
        _low, high = cast(tuple[float, float], image.getextrema())
        top = 65535.0 if high > 255 else 255.0
        return image.convert("F").point(lambda value: value * (255.0 / top)).convert("L").convert("RGB")
    if image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        shown = image.convert("RGBA")
        ground = Image.new("RGBA", shown.size, "white")
        ground.alpha_composite(shown)
        return ground.convert("RGB")
    return image.convert("RGB")


def in_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """Colours as every screen has them, as the profile that says otherwise isn't kept; a profile that can't be read is left aside."""
    try:
        given = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, given, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except MemoryError:
        raise
    except Exception:
        return image
    return made or image


def written(image: Image.Image, out: int, quality: int) -> None:
    """The picture as a JPEG without anything else in it."""
    with os.fdopen(os.dup(out), "wb") as stream:
        image.save(stream, "JPEG", quality=quality, subsampling="4:2:0")


def work(order: dict[str, Any], source: int, picture: int, thumb: int, grey: int) -> dict[str, Any]:
    """Does one order; the answer's ``ok``."""
    limits = order["limits"]
    size = os.fstat(source).st_size
    if not size:
        raise Refused("empty")
    if size > limits["bytes"]:
        raise Refused("heavy", size >> 20)
    with os.fdopen(os.dup(source), "rb") as stream:
        stream.seek(0)
        kind = kind_of(stream.read(512))
        if kind not in FORMATS:
            raise Refused(kind)
        stream.seek(0)
        image, said = decoded(stream, kind, limits)
    written(image, picture, limits["quality"])
    small = image.copy()
    small.thumbnail((limits["thumb"], limits["thumb"]), Image.Resampling.LANCZOS, reducing_gap=2.0)
    written(small, thumb, limits["thumb_quality"])
    side = limits["grey"]
    os.write(grey, image.convert("L").resize((side, side), Image.Resampling.BOX, reducing_gap=4.0).tobytes())
    return {**said, "shown_width": image.width, "shown_height": image.height}


def starved(error: BaseException | None) -> bool:
    """Whether refused memory lies behind an error."""
    while error is not None:
        if isinstance(error, MemoryError) or "memory" in str(error).lower():
            return True
        error = error.__cause__ or error.__context__
    return False


def one(order: dict[str, Any], source: int, answer: int, outs: tuple[int, int, int]) -> None:
    """In the forked child: limits first, then the picture."""
    limits = order["limits"]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits["written"], limits["written"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu"], limits["cpu"] + 1))
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    signal.alarm(limits["wait"])
    try:
        said: dict[str, Any] = {"ok": work(order, source, *outs)}
    except Refused as refused:
        said = {"error": "memory" if starved(refused) else refused.args[0], "detail": refused.args[1] if len(refused.args) > 1 else ""}
    except MemoryError:
        said = {"error": "memory", "detail": ""}
    except Exception:
        said = {"error": "corrupt", "detail": ""}
    os.write(answer, json.dumps(said).encode("ascii")[:60_000] + b"\n")


def serve(door: socket.socket) -> None:
    """Takes orders until the other end is gone. Ended children are cleared away by the system."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    while True:
        message, descriptors, _flags, _address = socket.recv_fds(door, 4096, 5)
        if not message:
            return
        if len(descriptors) == 5:
            child = os.fork()
            if child == 0:
                code = 1
                try:
                    door.close()
                    source, answer, picture, thumb, grey = descriptors
                    one(json.loads(message), source, answer, (picture, thumb, grey))
                    code = 0
                finally:
                    os._exit(code)
        for descriptor in descriptors:
            os.close(descriptor)


def main() -> None:
    """Loads what every picture needs, then serves."""
    warnings.simplefilter("ignore")
    Image.MAX_IMAGE_PIXELS = None  # our own limit is told before anything is decoded
    Image.init()
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    serve(socket.socket(fileno=int(sys.argv[1])))


if __name__ == "__main__":
    main()
