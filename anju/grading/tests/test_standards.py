"""Which standard holds on a day and in a place, and that each is complete: words, limits, sources."""

from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anju.grading import MalformedForm, NotCovered, appraise, read
from anju.grading.declaring import DATA, extensions, standards
from anju.grading.standards import EXTENSIONS, STANDARDS, NoStandard, standard_by_id, standard_on
from anju.grading.structures import STRUCTURES
from anju.vocabulary.grade import GRADES, LEVELS, better
from anju.vocabulary.table import BadDeclaration

CHANGE = date(2019, 11, 28)


@pytest.mark.parametrize(
    ("day", "key"),
    [
        (date(2009, 3, 1), "2009"),
        (date(2019, 4, 23), "2009"),
        (CHANGE - timedelta(days=1), "2009"),
        (CHANGE, "2019"),
        (CHANGE + timedelta(days=1), "2019"),
        (date(2020, 6, 10), "2019"),
        (date(2035, 1, 1), "2019"),
    ],
)
def test_the_standard_of_a_day(day: date, key: str) -> None:
    assert standard_on("210922", day).key == key


@given(st.dates(date(2009, 3, 1), date(2040, 1, 1)), st.sampled_from(["", "21", "210922100201", "610600", "533325", "54"]))
def test_one_standard_holds_on_every_day_and_never_beside_another(day: date, area: str) -> None:
    assert standard_on(area, day).key == ("2019" if day >= CHANGE else "2009")
    assert sum(each.computable and each.holds_on(day) for each in STANDARDS.values()) == 1


def test_before_the_first_guide_there_is_none() -> None:
    with pytest.raises(NoStandard, match="2009-03-01"):
        standard_on("210922", date(2009, 2, 28))


def test_provinces_add_components_from_their_day() -> None:
    day = CHANGE
    shaanxi = standard_on("610600", day)
    assert shaanxi.id == "2019+cave+earth"
    assert {"cave_vault", "earth_wall"} <= {each.key for each in shaanxi.components}
    assert standard_on("210922", day).id == "2019"
    assert standard_on("610600", day - timedelta(days=1)).id == "2009"
    assert standard_by_id("2019+cave+earth") == shaanxi
    with pytest.raises(KeyError):
        standard_by_id("2018")


def test_what_a_province_adds_stands_in_place_of_the_general_row() -> None:
    shaanxi = standard_on("61", CHANGE)
    assert [each.key for each in shaanxi.needed("cave")] == ["foundation", "cave_vault", "cave_legs", "cave_face"]
    assert "bearing_wall" not in [each.key for each in shaanxi.needed("raw_earth")]
    assert "bearing_wall" in [each.key for each in standard_on("21", CHANGE).needed("raw_earth")]
    assert "bearing_wall" in [each.key for each in shaanxi.needed("brick_timber")]


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("area", ["21", "35", "53", "61"])
def test_the_form_of_every_structure_is_short_and_asks_for_foundation_and_bearing_parts(structure: str, area: str) -> None:
    standard = standard_on(area, CHANGE)
    asked = standard.needed(structure)
    assert 3 <= len(asked) <= 6
    assert asked[0].key == "foundation"
    assert len([each for each in asked if each.required(structure)]) >= 2
    assert "stairs" not in [each.key for each in asked]
    assert "stairs" in [each.key for each in standard.needed(structure, storeys=2)]


def test_every_standard_says_its_source_and_every_level_its_criteria() -> None:
    assert list(STANDARDS) == ["2009", "2019", "JGJ/T363-2014", "JGJ125-2016", "GB50292"]
    components = [component for standard in STANDARDS.values() for component in standard.components]
    components += [component for extension in EXTENSIONS.values() for component in extension.components]
    assert len(components) >= 20
    for each in components:
        assert tuple(each.criteria) == LEVELS
        assert len(set(each.criteria.values())) == 4
        assert each.source
        for point in each.points:
            assert point.source
            assert bool(point.limits) == bool(point.unit)
    assert all(standard.source and standard.document for standard in STANDARDS.values())
    assert all(extension.source and extension.areas for extension in EXTENSIONS.values())
    assert all(hazard.source and hazard.measures for hazard in STANDARDS["2019"].hazards)


@pytest.mark.parametrize(
    ("ratio", "level"),
    [("0", "a"), ("1/6", "a"), ("0.17", "b"), ("1/4", "b"), ("0.26", "c"), ("1/3", "c"), ("0.34", "d")],
)
def test_the_depth_of_a_crack_speaks_for_a_level(ratio: str, level: str) -> None:
    timber = STANDARDS["2019"].component("timber_column_beam")
    assert timber.suggest({"shrinkage_crack": Fraction(ratio)}) == level


def test_limits_are_exact_and_some_are_lower_bounds() -> None:
    wall = STANDARDS["2019"].component("bearing_wall")
    points = {each.key: each for each in wall.points}
    assert not points["masonry_tilt"].judge(0.7).exceeds
    assert points["masonry_tilt"].judge(0.71).exceeds
    assert points["masonry_weathering"].judge(0.25).exceeds
    assert points["masonry_capacity"].judge(0.84).exceeds
    assert not points["masonry_capacity"].judge(0.85).exceeds
    assert points["masonry_bulge"].judge(True).level == "b"
    assert not points["masonry_bulge"].judge(False).exceeds
    tilt = points["masonry_tilt"].judge(2)
    assert tilt.limit is not None
    assert (tilt.limit.value, tilt.limit.written, tilt.point.says) == (Fraction("0.7"), "0.7", "> 0.7 %")


def test_points_are_those_of_the_house_s_materials() -> None:
    wall = STANDARDS["2019"].component("bearing_wall")
    assert {each.materials for each in wall.points_for("brick_timber")} == {("砌体",)}
    assert any(each.key == "stone_slip" for each in wall.points_for("stone_timber"))
    assert not any(each.key.startswith("masonry") for each in wall.points_for("stone_timber"))


def test_a_level_better_than_its_danger_points_asks_for_the_reason_and_changes_no_grade() -> None:
    form = {"standard": "2019", "site": "safe", "components": {"foundation": "a", "timber_column_beam": "b"}}
    measured = appraise(form | {"measured": {"timber_column_beam": {"shrinkage_crack": 0.4}}})
    assert measured.grade == appraise(form).grade == "B"
    assert measured.asks_reason
    assert any("至少相当于 d" in reason for reason in measured.reasons)
    assert not appraise(form | {"measured": {"timber_column_beam": {"shrinkage_crack": 0.2}}}).asks_reason
    assert not appraise(form | {"measured": {"木柱、梁、檩": {"有心腐": False}}}).asks_reason


@pytest.mark.parametrize("storeys", [3, 4, 30])
@pytest.mark.parametrize(
    "form", [{"standard": "2019", "site": "safe", "components": {"foundation": "a"}}, {"standard": "2009", "qualitative": "B"}]
)
def test_three_storeys_and_more_go_to_gb_50292(storeys: int, form: dict[str, object]) -> None:
    with pytest.raises(NotCovered, match="GB 50292"):
        appraise(form | {"storeys": storeys})
    assert appraise(form | {"storeys": 2}).grade


@pytest.mark.parametrize("named", ["GB50292", "GB 50292", "JGJ/T363-2014", "JGJ/T 363-2014", "JGJ125-2016"])
def test_standards_known_by_name_are_not_computed(named: str) -> None:
    with pytest.raises(NotCovered, match="有资质的机构"):
        appraise({"standard": named, "components": {"foundation": "a"}})


@pytest.mark.parametrize("named", ["2019", "建村函〔2019〕200号", "2019导则"])
def test_a_guide_may_be_named_by_its_document(named: str) -> None:
    assert read({"standard": named, "site": "安全", "components": {"地基基础": "a"}}).standard.key == "2019"


def test_a_form_with_its_day_and_place_is_held_to_them() -> None:
    form = {"standard": "2019", "site": "safe", "area": "610600", "date": "2019-11-28", "components": {"窑腿": "b", "cave_vault": "a"}}
    outcome = appraise(form)
    assert (outcome.grade, outcome.standard) == ("B", "2019+cave+earth")
    with pytest.raises(MalformedForm, match="2019-11-28"):
        appraise(form | {"date": "2019-11-27"})
    with pytest.raises(MalformedForm, match="area"):
        appraise({key: value for key, value in form.items() if key != "area"})
    with pytest.raises(MalformedForm, match="省级补充"):
        appraise(form | {"area": "2109"})
    with pytest.raises(MalformedForm, match="2019-11-27"):
        appraise({"standard": "2009", "qualitative": "C", "date": "2019-11-28"})


def test_from_eight_degrees_on_seismic_measures_are_emphasised() -> None:
    form = {"standard": "2019", "site": "safe", "components": {"foundation": "a"}}
    assert any("重点检查，表中还没有填" in reason for reason in appraise(form | {"intensity": 8}).reasons)
    assert not any("重点检查" in reason for reason in appraise(form | {"intensity": 7}).reasons)
    told = appraise(form | {"intensity": 9, "disaster": {"earthquake": {"ring_beam": True, "tie_column": True}}})
    assert told.disaster == "has"
    assert any(reason.endswith("须重点检查。") for reason in told.reasons)


def test_the_whole_house_s_view_is_said_and_left_to_the_appraiser() -> None:
    form = {"standard": "2019", "site": "safe", "components": {"foundation": "b"}}
    worse = appraise(form | {"whole": "d"})
    assert (worse.grade, worse.asks_reason) == ("B", True)
    assert any("从整体看为 d" in reason for reason in worse.reasons)
    assert not appraise(form | {"whole": "a"}).asks_reason
    assert not any("从整体看" in reason for reason in appraise(form | {"whole": "b"}).reasons)


def test_a_d_house_without_counts_is_told_that_they_are_due() -> None:
    outcome = appraise({"standard": "2009", "qualitative": "D"})
    assert (outcome.grade, outcome.quantitative) == ("D", None)
    assert any("还应做定量鉴定" in reason for reason in outcome.reasons)


def test_a_qualitative_grade_better_than_its_parts_asks_for_the_reason() -> None:
    assert appraise({"standard": "2009", "qualitative": "B", "components": {"wall": "c"}}).asks_reason
    assert not appraise({"standard": "2009", "qualitative": "C", "components": {"wall": "c", "foundation": "a"}}).asks_reason


def test_grades_are_ordered_and_say_which_are_safe() -> None:
    assert [grade.letter for grade in GRADES.values() if grade.safe] == ["A", "B"]
    assert better("a", "B")
    assert not better("D", "d")


def broken(folder: Path, name: str, old: str, new: str) -> Path:
    """A copy of the standards with one thing changed."""
    for path in DATA.glob("*.toml"):
        text = path.read_text("utf-8")
        if path.name == name:
            assert old in text
            text = text.replace(old, new, 1)
        (folder / path.name).write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("name", "old", "new", "said"),
    [
        ("guide-2019.toml", 'c = "埋深偏小，不均匀沉降明显"\n', "", "c 没有填写"),
        ("guide-2019.toml", 'source = "《农村住房安全性鉴定表》（领域规则 2.1.2，szyq.gov.cn）"\n', "", "source 没有填写"),
        ("guide-2019.toml", 'key = "bearing_wall"', 'key = "foundation"', "重名"),
        ("guide-2019.toml", 'structures = ["timber", "frame", "steel"]', 'structures = ["tent"]', "structures"),
        ("guide-2019.toml", 'c = "1/4"', 'c = "1/2"', "一级比一级"),
        ("guide-2019.toml", "valid_from = 2019-11-28", 'valid_from = "2019-11-28"', "应是日期"),
        ("guide-2019.toml", "storeys = 2", "storey = 2", "storey 不认识"),
        ("guide-2009.toml", 'weight = "0.6"', 'weight = "0.7"', "权重之和"),
        ("guide-2009.toml", 'weight = "2.4"', 'weight = "much"', "weight"),
        ("danger-points.toml", 'limit = "0.85"', 'limit = "1/0"', "limit"),
        ("danger-points.toml", 'relation = ">"', 'relation = "~"', "relation"),
        ("danger-points.toml", 'raises = "d"', 'raises = "e"', "raises"),
        ("danger-points.toml", 'materials = ["木"]', 'materials = ["铁"]', "materials"),
        ("danger-points.toml", "[[point]]", "[point]", "TOML"),
        ("extension-cave.toml", '"14", "41"', '"shanxi"', "区划代码"),
    ],
)
def test_a_standard_that_is_incomplete_does_not_load(tmp_path: Path, name: str, old: str, new: str, said: str) -> None:
    folder = broken(tmp_path, name, old, new)
    with pytest.raises(BadDeclaration, match=said):
        list(standards(folder)), list(extensions(folder))
