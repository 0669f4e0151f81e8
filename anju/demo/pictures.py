"""Photos of houses for the demonstration and for tests: drawn, each another, with what a phone writes into its file.

A picture is a scene (sky, hills, trees, a house with its walls, roof, door and windows, a yard) seen from its own place, with the grain, light
and blur of a photograph. The same ``seed`` draws the same scene; ``shot`` is another photo of it, taken from a step beside.
"""

import io
import math
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from anju.vocabulary.coordinates import Place

_CHINA = ZoneInfo("Asia/Shanghai")
_PHONES = (
    ("HUAWEI", "JKM-AL00"),
    ("HONOR", "LLD-AL20"),
    ("Xiaomi", "Redmi 8"),
    ("OPPO", "PBAM00"),
    ("vivo", "V1818A"),
    ("samsung", "SM-A5100"),
)
_WALLS = (
    (176, 142, 96),
    (158, 92, 70),
    (196, 186, 168),
    (146, 130, 110),
    (206, 200, 190),
    (170, 110, 84),
    (188, 170, 132),
    (132, 118, 104),
)
_ROOFS = ((84, 78, 74), (120, 64, 50), (96, 92, 96), (140, 90, 66), (70, 84, 96), (110, 104, 92))


@dataclass(frozen=True, slots=True)
class Words:
    """What the phone writes into the file; None leaves it out."""

    at: datetime | None = None
    place: Place | None = None
    phone: int | None = 0


def house(seed: int, *, shot: int = 0, state: str = "standing", size: tuple[int, int] = (1280, 960), words: Words | None = None) -> bytes:
    """A JPEG of the house of ``seed``; ``state``: standing, ruined, foundation, frame, new, inside."""
    return encoded(scene(seed, shot=shot, state=state, size=size), words)


def board(seed: int, *, size: tuple[int, int] = (640, 480), words: Words | None = None) -> bytes:
    """A JPEG of a notice on a wall: a sheet with its lines, another wall, light and place for each seed."""
    rng = np.random.default_rng([seed, 77])
    width, height = size
    light = rng.integers(30, 225, (rng.integers(3, 8), rng.integers(3, 9), 1)) + rng.integers(-14, 15, 3)
    wall = np.clip(light, 0, 255).astype(np.uint8)
    image = Image.fromarray(wall).resize(size, Image.Resampling.BICUBIC)
    wide, high = int(width * rng.uniform(0.22, 0.5)), int(height * rng.uniform(0.3, 0.6))
    sheet = Image.new("RGBA", (wide, high), (238, 234, 222, 255))
    pen = ImageDraw.Draw(sheet)
    pen.rectangle((wide * 0.25, high * 0.06, wide * 0.75, high * 0.12), fill=(150, 40, 36))
    for line in range(int(rng.integers(5, 12))):
        top = high * (0.2 + line * 0.065)
        pen.line((wide * 0.08, top, wide * (0.4 + 0.52 * rng.random()), top), fill=(70, 70, 74), width=max(1, high // 90))
    turned = sheet.rotate(float(rng.uniform(-12, 12)), expand=True)
    left, top = (int(rng.uniform(0, max(1, room))) for room in (width - turned.width, height - turned.height))
    image.paste(turned, (left, top), turned)
    return encoded(image.filter(ImageFilter.GaussianBlur(0.6)), words)


def encoded(image: Image.Image, words: Words | None = None, quality: int = 90) -> bytes:
    """The picture as a phone would save it."""
    out = io.BytesIO()
    image.save(out, "JPEG", quality=quality, exif=_exif(words or Words()))
    return out.getvalue()


def _exif(words: Words) -> bytes:
    exif = Image.Exif()
    if words.phone is not None:
        exif[0x010F], exif[0x0110] = _PHONES[words.phone % len(_PHONES)]
    if words.at is not None:
        local = words.at.astimezone(_CHINA)
        detail = exif.get_ifd(0x8769)
        detail[0x9003] = detail[0x9004] = f"{local:%Y:%m:%d %H:%M:%S}"
        detail[0x9011] = "+08:00"
    if words.place is not None:
        gps = exif.get_ifd(0x8825)
        gps[1], gps[2] = "N" if words.place.lat >= 0 else "S", _sexagesimal(words.place.lat)
        gps[3], gps[4] = "E" if words.place.lng >= 0 else "W", _sexagesimal(words.place.lng)
        if words.place.accuracy_m is not None:
            gps[31] = float(words.place.accuracy_m)
    return exif.tobytes()


def _sexagesimal(value: float) -> tuple[float, float, float]:
    whole = abs(value)
    degrees, minutes = int(whole), int(whole % 1 * 60)
    return float(degrees), float(minutes), round((whole - degrees - minutes / 60) * 3600, 4)


# ------------------------------------------------------------------------------------------------ drawing


class _Brush:
    """The scene while it is drawn: lengths are shares of the picture's width."""

    def __init__(self, seed: int, shot: int, size: tuple[int, int]) -> None:
        self.random = np.random.default_rng(seed)
        self.step = np.random.default_rng((seed, shot, 7))
        self.wide, self.high = size
        self.image = Image.new("RGB", size)
        self.draw = ImageDraw.Draw(self.image)
        shift = 0.0 if shot == 0 else 1.0
        self.dx, self.dy = (float(value) * shift for value in self.step.uniform(-0.09, 0.09, 2))
        self.zoom = 1.0 + shift * float(self.step.uniform(-0.18, 0.18))

    def at(self, x: float, y: float) -> tuple[float, float]:
        """A point of the scene on the picture."""
        return ((x - 0.5) * self.zoom + 0.5 + self.dx) * self.wide, ((y - 0.5) * self.zoom + 0.5 + self.dy) * self.high

    def shape(self, points: list[tuple[float, float]], colour: tuple[int, ...], edge: tuple[int, ...] | None = None) -> None:
        """A filled outline."""
        self.draw.polygon([self.at(*point) for point in points], fill=colour, outline=edge)

    def line(self, points: list[tuple[float, float]], colour: tuple[int, ...], width: float) -> None:
        """A stroke, ``width`` in thousandths of the picture."""
        self.draw.line([self.at(*point) for point in points], fill=colour, width=max(1, round(width * self.wide / 1000)))

    def box(self, left: float, top: float, right: float, bottom: float, colour: tuple[int, ...]) -> None:
        """A rectangle."""
        self.shape([(left, top), (right, top), (right, bottom), (left, bottom)], colour)

    def near(self, colour: tuple[int, ...], by: int = 18) -> tuple[int, ...]:
        """A colour beside a colour."""
        lighter, tint = int(self.random.integers(-by, by + 1)), by // 4
        return tuple(min(255, max(0, part + lighter + int(self.random.integers(-tint, tint + 1)))) for part in colour)

    def any(self, low: float, high: float) -> float:
        """A number of the scene."""
        return float(self.random.uniform(low, high))


def scene(seed: int, *, shot: int = 0, state: str = "standing", size: tuple[int, int] = (1280, 960)) -> Image.Image:
    """The picture itself."""
    brush = _Brush(seed, shot, size)
    if state == "inside":
        _room(brush)
    else:
        horizon = _landscape(brush)
        ground = horizon + brush.any(0.12, 0.26)
        middle, half = brush.any(0.36, 0.64), brush.any(0.2, 0.36)
        _trees(brush, horizon, behind=True)
        _building(brush, middle, half, ground, state)
        _yard(brush, ground)
        _trees(brush, ground, behind=False)
    return _photographed(brush)


def _landscape(brush: _Brush) -> float:
    horizon = brush.any(0.3, 0.5)
    top = brush.near((150, 180, 210), 50)
    low = brush.near((206, 214, 216), 30)
    for band in range(40):
        share = band / 40
        colour = tuple(round(a + (b - a) * share) for a, b in zip(top, low, strict=True))
        brush.box(-0.5, -0.5 + (horizon + 0.5) * share, 1.5, -0.5 + (horizon + 0.5) * (share + 0.03), colour)
    for ridge in range(int(brush.random.integers(1, 4))):
        base, tall = horizon + 0.02 * ridge, brush.any(0.04, 0.22) / (1 + ridge)
        phase, pitch = brush.any(0, 7), brush.any(3, 11)
        points = [(x / 30, base - tall * (0.55 + 0.45 * math.sin(phase + pitch * x / 30)) * brush.any(0.9, 1.1)) for x in range(-12, 43)]
        brush.shape([(-0.5, 1.5), *points, (1.5, 1.5)], brush.near((112, 138, 110), 32))
    brush.box(-0.5, horizon + 0.01, 1.5, 1.6, brush.near((142, 132, 96), 34))
    return horizon


def _trees(brush: _Brush, line: float, *, behind: bool) -> None:
    for _tree in range(int(brush.random.integers(0, 6 if behind else 3))):
        x = brush.any(-0.1, 1.1) if behind else float(brush.random.choice([brush.any(-0.05, 0.14), brush.any(0.86, 1.05)]))
        tall = brush.any(0.12, 0.3) * (1 if behind else 1.7)
        foot = line + (0.04 if behind else brush.any(0.08, 0.2))
        brush.line([(x, foot), (x + brush.any(-0.02, 0.02), foot - tall)], brush.near((90, 70, 50)), 12)
        leaf = brush.near((78, 110, 62), 34)
        for _leaf in range(int(brush.random.integers(9, 22))):
            cx, cy, r = x + brush.any(-0.3, 0.3) * tall, foot - tall * brush.any(0.55, 1.15), tall * brush.any(0.1, 0.24)
            (left, top), (right, bottom) = brush.at(cx - r, cy - r), brush.at(cx + r, cy + r)
            brush.draw.ellipse((left, top, right, bottom), fill=brush.near(leaf, 14))


def _building(brush: _Brush, middle: float, half: float, ground: float, state: str) -> None:
    tall = half * brush.any(0.42, 0.72)
    left, right, eave = middle - half, middle + half, ground - tall
    wall = brush.near(_WALLS[int(brush.random.integers(len(_WALLS)))], 20)
    if state == "new":
        wall = brush.near((226, 222, 212), 12)
    if state == "foundation":
        for row in range(3):
            y = ground - 0.02 * row
            brush.shape(
                [(left, y), (right, y), (right - 0.06, y - 0.05), (left + 0.08, y - 0.05)], brush.near((150, 148, 142)), (90, 88, 84)
            )
        for post in range(int(brush.random.integers(4, 8))):
            x = left + (right - left) * post / 6
            brush.line([(x, ground), (x, ground - brush.any(0.06, 0.12))], (96, 74, 60), 6)
        return
    brush.box(left, eave, right, ground, wall)
    if brush.any(0, 1) < 0.6:  # courses of brick or earth
        rows = int(brush.random.integers(8, 22))
        for row in range(1, rows):
            y = eave + tall * row / rows
            brush.line([(left, y), (right, y)], brush.near(wall, 14), 1.5)
    side = brush.any(-0.16, 0.16)
    if abs(side) > 0.05:
        edge = right if side > 0 else left
        shade = tuple(round(part * 0.72) for part in wall)
        brush.shape([(edge, eave), (edge + side, eave + 0.03), (edge + side, ground - 0.02), (edge, ground)], shade)
    roof, over, peak = brush.near(_ROOFS[int(brush.random.integers(len(_ROOFS)))], 14), brush.any(0.01, 0.04), tall * brush.any(0.28, 0.75)
    flat = brush.any(0, 1) < 0.3
    if state == "frame":
        for rib in range(7):
            x = left + (right - left) * rib / 6
            brush.line([(x, eave), (middle + (x - middle) * 0.2, eave - peak)], (150, 116, 72), 5)
        brush.line([(left, eave), (right, eave)], (150, 116, 72), 7)
    elif flat:
        brush.shape([(left - over, eave), (right + over, eave), (right + over * 0.5, eave - peak * 0.3), (left, eave - peak * 0.3)], roof)
    else:
        inset = half * brush.any(0.0, 0.55)
        brush.shape(
            [(left - over, eave), (left + inset, eave - peak), (right - inset, eave - peak), (right + over, eave)], roof, (50, 48, 46)
        )
        for tile in range(int(brush.random.integers(0, 24))):
            x = left + (right - left) * tile / 24
            brush.line([(x, eave), (x + (middle - x) * inset / half, eave - peak)], brush.near(roof, 12), 1.5)
    _openings(brush, left, right, eave, ground)
    if state == "ruined":
        for _crack in range(int(brush.random.integers(3, 8))):
            x, y = brush.any(left, right), brush.any(eave, ground - tall * 0.2)
            path = [(x, y)]
            for _joint in range(6):
                x, y = x + brush.any(-0.02, 0.02), y + brush.any(0.005, 0.04)
                path.append((x, min(y, ground)))
            brush.line(path, (54, 44, 36), 3)


def _openings(brush: _Brush, left: float, right: float, eave: float, ground: float) -> None:
    bays = int(brush.random.integers(2, 6))
    doors = {int(brush.random.integers(bays))} | ({int(brush.random.integers(bays))} if bays > 3 else set())
    wide = (right - left) / bays
    door, glass, frame = brush.near((96, 68, 48), 30), brush.near((92, 112, 122), 26), brush.near((200, 200, 196), 40)
    sill = brush.any(0.3, 0.45)
    for bay in range(bays):
        x = left + wide * (bay + 0.5)
        if bay in doors:
            brush.box(x - wide * 0.2, eave + (ground - eave) * 0.18, x + wide * 0.2, ground, door)
        else:
            reach = wide * brush.any(0.2, 0.34)
            top, bottom = eave + (ground - eave) * 0.2, ground - (ground - eave) * sill
            brush.box(x - reach, top, x + reach, bottom, frame)
            brush.box(x - reach * 0.86, top + 0.006, x + reach * 0.86, bottom - 0.006, glass)
            brush.line([(x, top), (x, bottom)], frame, 4)


def _yard(brush: _Brush, ground: float) -> None:
    brush.shape(
        [(-0.5, ground + 0.01), (1.5, ground + 0.01 + brush.any(-0.02, 0.03)), (1.5, 1.6), (-0.5, 1.6)], brush.near((158, 146, 116), 30)
    )
    for _thing in range(int(brush.random.integers(2, 9))):
        x, y, w = brush.any(0, 1), ground + brush.any(0.04, 0.36), brush.any(0.02, 0.12)
        colour = brush.near((134, 96, 70) if brush.any(0, 1) < 0.5 else (110, 116, 104), 40)
        (left, top), (right, bottom) = brush.at(x - w, y - w * brush.any(0.3, 1)), brush.at(x + w, y)
        if brush.any(0, 1) < 0.5:
            brush.draw.ellipse((left, top, right, bottom), fill=colour)
        else:
            brush.draw.rectangle((left, top, right, bottom), fill=colour)
    if brush.any(0, 1) < 0.5:  # a wall or a fence before it
        y, tall = ground + brush.any(0.1, 0.3), brush.any(0.03, 0.1)
        stop = brush.any(0.2, 0.6)
        brush.box(-0.3, y - tall, stop, y, brush.near((150, 120, 96), 26))


def _room(brush: _Brush) -> None:
    wall = brush.near((214, 206, 188), 24)
    brush.box(-0.5, -0.5, 1.5, 1.5, wall)
    left, right, top, bottom = brush.any(0.14, 0.3), brush.any(0.7, 0.86), brush.any(0.1, 0.22), brush.any(0.62, 0.78)
    floor = brush.near((150, 132, 108), 26)
    brush.shape([(left, bottom), (right, bottom), (1.4, 1.4), (-0.4, 1.4)], floor)
    brush.shape([(left, top), (right, top), (1.4, -0.4), (-0.4, -0.4)], brush.near((226, 222, 214), 14))
    brush.box(left, top, right, bottom, brush.near(wall, 12))
    x = brush.any(left + 0.06, right - 0.26)
    brush.box(x, top + 0.1, x + brush.any(0.12, 0.24), top + brush.any(0.24, 0.36), brush.near((206, 222, 230), 18))
    for _thing in range(int(brush.random.integers(3, 7))):
        px, w, h = brush.any(0, 0.9), brush.any(0.06, 0.3), brush.any(0.08, 0.34)
        py = brush.any(0.6, 0.98)
        brush.box(px, py - h, px + w, py, brush.near((140, 92, 70), 60))


def _photographed(brush: _Brush) -> Image.Image:
    """Light from one side, a lens not quite sharp, grain."""
    size = (brush.wide, brush.high)
    soft = brush.image.filter(ImageFilter.GaussianBlur(brush.wide / 1000))
    pixels = np.asarray(soft, np.float32)
    y, x = np.mgrid[0 : brush.high, 0 : brush.wide].astype(np.float32)
    turn, strength = float(brush.step.uniform(0, 2 * math.pi)), float(brush.step.uniform(0.0, 0.28))
    light = 1 + strength * ((x / brush.wide - 0.5) * math.cos(turn) + (y / brush.high - 0.5) * math.sin(turn))
    coarse = brush.random.normal(0, 1, (size[1] // 16 + 1, size[0] // 16 + 1)).astype(np.float32)
    texture = np.asarray(Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC))
    grain = brush.step.normal(0, 3.5, (size[1], size[0], 1)).astype(np.float32)
    gain = float(brush.step.uniform(0.86, 1.12))
    made = np.clip(pixels * light[..., None] * gain + 4 * texture[..., None] + grain, 0, 255)
    return Image.fromarray(made.astype(np.uint8), "RGB")
