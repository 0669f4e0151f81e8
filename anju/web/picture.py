"""A small map as a drawing in the page: the login page's county among its neighbours."""

import itertools
import json
import math
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from anju.divisions import boundaries, queries
from anju.vocabulary.division import Level

WIDTH = 340.0
_LEAST = 0.035  # of the drawing's area: smaller places carry no name


def picture(prefecture: str, chosen: str = "") -> dict[str, Any] | None:
    """The counties of a prefecture as outlines in a box 340 wide, ``chosen`` marked; None where there is no boundary."""
    areas, came_from = queries.mapped(prefecture, Level.COUNTY)
    if not areas:
        return None
    body, _digest = boundaries.collection(prefecture, Level.COUNTY, areas, came_from)
    return _drawn(body, chosen)


def _rings(geometry: dict[str, Any]) -> Iterable[Sequence[Sequence[float]]]:
    if geometry["type"] == "Polygon":
        yield from geometry["coordinates"]
    elif geometry["type"] == "MultiPolygon":
        for part in geometry["coordinates"]:
            yield from part


@lru_cache(maxsize=4)
def _drawn(body: bytes, chosen: str) -> dict[str, Any] | None:
    features = [feature for feature in json.loads(body)["features"] if feature["properties"].get("code")]
    points = [point for feature in features for ring in _rings(feature["geometry"]) for point in ring]
    if not points:
        return None
    west, east = min(point[0] for point in points), max(point[0] for point in points)
    south, north = min(point[1] for point in points), max(point[1] for point in points)
    narrower = math.cos(math.radians((south + north) / 2))  # a degree east is shorter than a degree north
    scale = WIDTH / ((east - west) * narrower)
    height = (north - south) * scale

    def place(point: Sequence[float]) -> tuple[float, float]:
        return round((point[0] - west) * narrower * scale, 1), round((north - point[1]) * scale, 1)

    shapes = []
    for feature in features:
        rings = [[place(point) for point in ring] for ring in _rings(feature["geometry"])]
        size = max(_size(ring) for ring in rings)
        x, y = place(feature["properties"]["label"])
        code = feature["properties"]["code"]
        shapes.append(
            {
                "path": "".join("M" + "L".join(f"{across},{down}" for across, down in ring) + "Z" for ring in rings),
                "label": feature["properties"]["name"] if size > _LEAST * WIDTH * height or code == chosen else "",
                "x": x,
                "y": y,
                "on": code == chosen,
            }
        )
    return {"box": f"0 0 {WIDTH:.0f} {height:.0f}", "shapes": shapes}


def _size(ring: Sequence[tuple[float, float]]) -> float:
    return abs(sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in itertools.pairwise(ring))) / 2
