"""Places on the earth 坐标: the four systems met in China, brought to WGS-84; distances.

CGCS2000 (EPSG 4490), the national system, differs from WGS-84 (EPSG 4326) by centimetres and is taken as the same. GCJ-02 is the shifted system of
Amap, Tencent and most phones' map apps; BD-09 is Baidu's, shifted once more (domain 2.16). The shift applies inside a box around China only.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median

_A = 6378245.0
_E2 = 0.00669342162296594323
_BOX = (72.004, 137.8347, 0.8293, 55.8271)
_X_PI = math.pi * 3000.0 / 180.0
_EARTH = 6371008.8


class System(StrEnum):
    """In which system a pair of degrees was given."""

    WGS84 = "WGS84"
    CGCS2000 = "CGCS2000"
    GCJ02 = "GCJ02"
    BD09 = "BD09"


class Impossible(ValueError):
    """No place on the earth has these degrees."""


@dataclass(frozen=True, slots=True)
class Place:
    """A point in WGS-84 degrees east and north; ``system`` is the one it was given in, ``accuracy_m`` the radius the device told, in metres."""

    lng: float
    lat: float
    system: System = System.WGS84
    accuracy_m: float | None = None


def read(lng: float, lat: float, system: System | str = System.WGS84, accuracy_m: float | None = None) -> Place:
    """The place that a device, map or list tells, brought to WGS-84. Raises ``Impossible`` for what is no place, (0, 0) included: that is what
    a device without a fix tells."""
    given = System(system)
    if not (math.isfinite(lng) and math.isfinite(lat) and -180 <= lng <= 180 and -90 <= lat <= 90) or (lng, lat) == (0, 0):
        raise Impossible(f"{lng}, {lat}")
    if accuracy_m is not None and not (math.isfinite(accuracy_m) and accuracy_m >= 0):
        accuracy_m = None
    if given is System.BD09:
        lng, lat = bd09_to_gcj02(lng, lat)
    if given in (System.GCJ02, System.BD09):
        lng, lat = gcj02_to_wgs84(lng, lat)
    return Place(lng, lat, given, accuracy_m)


def wgs84_to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """Degrees (east, north) as Amap and Tencent show them."""
    if not _inside(lng, lat):
        return lng, lat
    x, y = lng - 105.0, lat - 35.0
    waves = (20.0 * math.sin(6.0 * x * math.pi) + 20.0 * math.sin(2.0 * x * math.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x)) + waves
    north += (20.0 * math.sin(y * math.pi) + 40.0 * math.sin(y / 3.0 * math.pi)) * 2.0 / 3.0
    north += (160.0 * math.sin(y / 12.0 * math.pi) + 320.0 * math.sin(y * math.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x)) + waves
    east += (20.0 * math.sin(x * math.pi) + 40.0 * math.sin(x / 3.0 * math.pi)) * 2.0 / 3.0
    east += (150.0 * math.sin(x / 12.0 * math.pi) + 300.0 * math.sin(x / 30.0 * math.pi)) * 2.0 / 3.0
    angle = lat / 180.0 * math.pi
    magic = 1 - _E2 * math.sin(angle) ** 2
    north = north * 180.0 / ((_A * (1 - _E2)) / (magic * math.sqrt(magic)) * math.pi)
    east = east * 180.0 / (_A / math.sqrt(magic) * math.cos(angle) * math.pi)
    return lng + east, lat + north


def gcj02_to_wgs84(lng: float, lat: float) -> tuple[float, float]:
    """The way back, to a millimetre: the shift has no closed inverse, so it is approached."""
    east, north = lng, lat
    for _ in range(6):
        shifted = wgs84_to_gcj02(east, north)
        east, north = east - (shifted[0] - lng), north - (shifted[1] - lat)
    return east, north


def gcj02_to_bd09(lng: float, lat: float) -> tuple[float, float]:
    """Degrees (east, north) as Baidu shows them."""
    radius = math.hypot(lng, lat) + 0.00002 * math.sin(lat * _X_PI)
    angle = math.atan2(lat, lng) + 0.000003 * math.cos(lng * _X_PI)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bd09_to_gcj02(lng: float, lat: float) -> tuple[float, float]:
    """The way back from Baidu's degrees."""
    east, north = lng - 0.0065, lat - 0.006
    for _ in range(6):
        shifted = gcj02_to_bd09(east, north)
        east, north = east - (shifted[0] - lng), north - (shifted[1] - lat)
    return east, north


def metres(one: Place, other: Place) -> float:
    """The way between two places along the earth's surface, in metres (a sphere: within 0.5 %)."""
    north, other_north = math.radians(one.lat), math.radians(other.lat)
    half = math.sin((other_north - north) / 2) ** 2
    half += math.cos(north) * math.cos(other_north) * math.sin(math.radians(other.lng - one.lng) / 2) ** 2
    return 2 * _EARTH * math.asin(min(1.0, math.sqrt(half)))


def middle(places: Iterable[Place]) -> Place | None:
    """The median east and the median north of several places, which a few wrong ones can't move far; None without any."""
    found = list(places)
    return Place(median(place.lng for place in found), median(place.lat for place in found)) if found else None


def _inside(lng: float, lat: float) -> bool:
    west, east, south, north = _BOX
    return west <= lng <= east and south <= lat <= north
