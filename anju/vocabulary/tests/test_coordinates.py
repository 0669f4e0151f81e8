"""Places come in four systems and are kept in one."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.vocabulary import coordinates
from anju.vocabulary.coordinates import Impossible, Place, System, read

CHINA = st.tuples(st.floats(73.5, 134.5), st.floats(18.5, 53.0))


def test_the_known_pair_of_gcj02() -> None:
    assert coordinates.wgs84_to_gcj02(116.42079, 39.90105) == pytest.approx((116.427022, 39.902446), abs=1e-6)


def test_outside_china_nothing_is_shifted() -> None:
    assert coordinates.wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85)


@given(CHINA)
def test_every_system_comes_back_to_a_centimetre(point: tuple[float, float]) -> None:
    here = Place(*point)
    gcj02 = coordinates.wgs84_to_gcj02(*point)
    bd09 = coordinates.gcj02_to_bd09(*gcj02)
    assert coordinates.metres(read(*gcj02, System.GCJ02), here) < 0.01
    assert coordinates.metres(read(*bd09, System.BD09), here) < 0.01
    assert read(*point, "CGCS2000") == Place(*point, System.CGCS2000)


@given(CHINA)
def test_a_place_taken_in_the_wrong_system_is_hundreds_of_metres_off(point: tuple[float, float]) -> None:
    assert 5 < coordinates.metres(Place(*coordinates.wgs84_to_gcj02(*point)), Place(*point)) < 1_500


@pytest.mark.parametrize("pair", [(0.0, 0.0), (181.0, 30.0), (120.0, 91.0), (math.nan, 30.0), (120.0, math.inf)])
def test_what_is_no_place_is_refused(pair: tuple[float, float]) -> None:
    with pytest.raises(Impossible):
        read(*pair)


def test_a_degree_along_the_meridian_is_111_kilometres() -> None:
    assert coordinates.metres(Place(121, 42), Place(121, 43)) == pytest.approx(111_195, abs=5)


def test_the_middle_of_places_isnt_moved_by_one_far_away() -> None:
    places = [Place(122.5 + 0.001 * number, 42.3) for number in range(9)] + [Place(80.0, 30.0)]
    middle = coordinates.middle(places)
    assert middle is not None
    assert coordinates.metres(middle, Place(122.504, 42.3)) < 100
    assert coordinates.middle([]) is None
