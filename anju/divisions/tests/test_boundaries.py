import json
from datetime import date
from pathlib import Path

import pytest
import shapely
from django.http import Http404
from django.test import RequestFactory
from shapely.geometry import Point, shape

from anju.divisions import actions, boundaries, queries, source, views
from anju.divisions.actions import New
from anju.vocabulary.division import Level


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Boundaries are drawn anew, the division table is the one that is there."""
    table = source.cache()
    monkeypatch.setattr(source, "cache", lambda: table)
    monkeypatch.setenv("ANJU_HOME", str(tmp_path))
    return tmp_path


def drawn(prefix: str, areas: dict[str, str], level: Level = Level.COUNTY) -> dict[str, dict[str, object]]:
    collection = json.loads(boundaries.collection(prefix, level, areas)[0])
    return {feature["properties"]["code"]: feature for feature in collection["features"]}


def counties(prefix: str) -> dict[str, str]:
    return {code: name for code, name, level in source.rows(prefix) if level is Level.COUNTY}


def test_fuxin_has_seven_counties_that_stay_flush_after_simplifying() -> None:
    features = drawn("2109", counties("2109"))
    assert len(features) == 7
    shapes = [shape(feature["geometry"]) for feature in features.values()]
    assert all(part.is_valid for part in shapes)
    assert bool(shapely.coverage_is_valid(shapes))
    assert len(json.dumps(list(features.values()))) < 40_000


def test_the_label_lies_inside_its_county() -> None:
    for feature in drawn("2109", counties("2109")).values():
        assert shape(feature["geometry"]).covers(Point(feature["properties"]["label"]))  # type: ignore[index]


def test_coordinates_have_four_decimals() -> None:
    for feature in drawn("2109", counties("2109")).values():
        for longitude, latitude in shapely.get_coordinates(shape(feature["geometry"])):
            assert (round(longitude, 4), round(latitude, 4)) == (longitude, latitude)


def test_a_county_whose_code_differs_is_found_by_its_name() -> None:
    assert "540481" in drawn("54", {"540481": "米林市"})
    assert "620201" in drawn("62", {"620201": "嘉峪关市"})
    assert "4419" in drawn("44", {"4419": "东莞市"})


def test_a_development_zone_without_boundary_is_named_as_missing() -> None:
    collection = json.loads(boundaries.collection("1301", Level.COUNTY, counties("1301"))[0])
    assert {place["code"] for place in collection["missing"]} == {"130171", "130172"}


def test_the_country_is_drawn_whole() -> None:
    provinces = {code: name for code, name, level in source.rows() if level is Level.PROVINCE}
    features = drawn("", provinces, Level.PROVINCE)
    assert set(features) >= {*provinces, "71", "81", "82", ""}


def test_a_drawn_map_is_kept(own_home: Path) -> None:
    first = boundaries.collection("2109", Level.COUNTY, counties("2109"))
    (kept,) = (own_home / "cache" / "boundaries").iterdir()
    assert kept.read_bytes() == first[0]
    assert boundaries.collection("2109", Level.COUNTY, counties("2109")) == first
    assert boundaries.collection("2109", Level.COUNTY, {"210922": "彰武市"})[1] != first[1]


@pytest.mark.django_db
def test_the_page_answers_with_the_counties_and_then_not_modified() -> None:
    actions.load(prefixes=["2109"])
    answer = views.county_boundaries(RequestFactory().get("/"), "2109")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/geo+json"
    assert {feature["properties"]["name"] for feature in json.loads(answer.content)["features"]} >= {"彰武县", "阜新蒙古族自治县"}
    again = views.county_boundaries(RequestFactory().get("/", HTTP_IF_NONE_MATCH=answer["ETag"]), "2109")
    assert again.status_code == 304


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", ["9999", "..", "210922x", "２１"])
def test_an_unknown_area_has_no_map(prefix: str) -> None:
    with pytest.raises(Http404):
        views.county_boundaries(RequestFactory().get("/"), prefix)


@pytest.mark.django_db
def test_counties_merged_since_are_drawn_as_one() -> None:
    actions.load(prefixes=["2109"])
    before = drawn("2109", queries.mapped("2109")[0])
    actions.record_change(kind="merged", on=date(2020, 1, 1), old=["210902", "210911"], new=[New("210902")])
    actions.record_change(kind="moved", on=date(2020, 2, 1), old=["210903"], new=[New("210912", "新邱新区")])
    areas, came_from = queries.mapped("2109")
    assert came_from == {"210902": {"210911"}, "210912": {"210903"}}
    collection = json.loads(boundaries.collection("2109", Level.COUNTY, areas, came_from)[0])
    after = {feature["properties"]["code"]: shape(feature["geometry"]) for feature in collection["features"]}
    assert set(after) == {"210902", "210904", "210905", "210912", "210921", "210922"}
    both = shape(before["210902"]["geometry"]).area + shape(before["210911"]["geometry"]).area
    assert after["210902"].area == pytest.approx(both, rel=0.02)


@pytest.mark.django_db
def test_a_city_without_counties_stands_on_the_map_itself() -> None:
    actions.load(prefixes=["441900101", "440103001"])
    assert queries.mapped("44")[0] == {"4419": "东莞市", "440103": "荔湾区"}
    assert queries.mapped("440103001")[0] == {"440103": "荔湾区"}
