"""Reads the standards from ``data/*.toml``; what is incomplete, unknown or without a source is refused with ``BadDeclaration``."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

from anju.grading.model import (
    EVERY_STRUCTURE,
    RELATIONS,
    Component,
    DangerPoint,
    Extension,
    Hazard,
    Limit,
    Measure,
    Member,
    Part,
    Standard,
)
from anju.grading.structures import GROUND, STRUCTURES
from anju.vocabulary.grade import LEVELS
from anju.vocabulary.table import Table

DATA = Path(__file__).parent / "data"

Points = dict[str, tuple[DangerPoint, ...]]


def _fraction(table: Table, name: str, written: object) -> Fraction:
    try:
        return Fraction(str(written))
    except (ValueError, ZeroDivisionError) as error:
        raise table.wrong(name, '应是数字或分数，如 "1/150"') from error


def _limit(table: Table, level: str, written: object) -> Limit:
    if not isinstance(written, str):
        raise table.wrong("limit", '应是文字，如 "1/150"')
    return Limit(level, _fraction(table, "limit", written), written)


def _limits(table: Table) -> tuple[str, str, tuple[Limit, ...]]:
    """Relation, unit and limits of a danger point that is measured; empty for one that is seen or not."""
    if not table.has("relation"):
        return "", "", ()
    relation, unit = table.text("relation"), table.text("unit")
    if relation not in RELATIONS:
        raise table.wrong("relation", f"应是 {'、'.join(RELATIONS)}")
    if table.has("limit"):
        return relation, unit, (_limit(table, table.text("raises", "b"), table.take("limit")),)
    written = table.take("limits")
    if not isinstance(written, dict) or not written or not set(written) <= set(LEVELS[1:]):
        raise table.wrong("limits", "应按 b、c、d 给出限值")
    limits = tuple(_limit(table, level, written[level]) for level in sorted(written))
    values = [limit.value for limit in limits]
    if values != sorted(values, reverse=relation == "<") or len(set(values)) < len(values):
        raise table.wrong("limits", "应一级比一级严重")
    return relation, unit, limits


def _point(table: Table, materials: tuple[str, ...]) -> DangerPoint:
    known = {GROUND, *(each for one in STRUCTURES.values() for each in one.materials)}
    if not materials or not set(materials) <= known:
        raise table.wrong("materials", f"应取自 {'、'.join(sorted(known))}")
    relation, unit, limits = _limits(table)
    raises = limits[0].level if limits else table.text("raises", "b")
    if raises not in LEVELS[1:]:
        raise table.wrong("raises", "应是 b、c、d")
    found = DangerPoint(table.text("key"), table.text("name"), materials, unit, relation, limits, raises, table.text("source"))
    table.done()
    return found


def _shared_points(path: Path) -> Points:
    """The danger points any standard may use: component → its points."""
    found: dict[str, list[DangerPoint]] = {}
    whole = Table.of(path)
    for table in whole.tables("point"):
        components = table.texts("components")
        if not components:
            raise table.wrong("components", "没有填写")
        point = _point(table, table.texts("materials"))
        for component in components:
            found.setdefault(component, []).append(point)
    whole.done()
    return {component: tuple(points) for component, points in found.items()}


def _component(table: Table, shared: Points) -> Component:
    key = table.text("key")
    structures, required = table.texts("structures"), table.texts("required")
    known = {EVERY_STRUCTURE, *STRUCTURES}
    if not structures or not set(structures) <= known or not set(required) <= known:
        raise table.wrong("structures、required", f"应取自 *、{'、'.join(STRUCTURES)}")
    own = tuple(_point(each, each.texts("materials")) for each in table.tables("point"))
    points = (*own, *shared.get(key, ()))
    if len({point.key for point in points}) < len(points):
        raise table.wrong("point", "有重名的危险点")
    found = Component(
        key,
        table.text("name"),
        {level: table.text(level) for level in LEVELS},
        frozenset(structures),
        frozenset(required),
        table.texts("instead_of"),
        table.whole("from_storeys", 1),
        points,
        table.text("source"),
    )
    table.done()
    return found


def _hazard(table: Table) -> Hazard:
    measures = table.take("measures")
    if not isinstance(measures, dict) or not measures or not all(isinstance(name, str) and name for name in measures.values()):
        raise table.wrong("measures", '应写成 { 代码 = "名称" }')
    emphasised = table.whole("emphasised_from_intensity", 0) or None
    found = Hazard(
        table.text("key"),
        table.text("name"),
        tuple(Measure(key, name) for key, name in measures.items()),
        emphasised,
        table.text("source"),
    )
    table.done()
    return found


def _part(table: Table) -> Part:
    members = []
    for each in table.tables("member"):
        members.append(Member(each.text("key"), each.text("name"), _fraction(each, "weight", each.text("weight")), each.text("unit")))
        each.done()
    found = Part(
        table.text("key"),
        table.text("name"),
        _fraction(table, "weight", table.text("weight")),
        table.text("unit", "") if not members else "",
        tuple(members),
        table.text("source"),
    )
    table.done()
    return found


def _standard(table: Table, shared: Points) -> Standard:
    found = Standard(
        key=table.text("key"),
        title=table.text("title"),
        document=table.text("document"),
        valid_from=table.day("valid_from"),
        valid_to=table.day_or_none("valid_to"),
        source=table.text("source"),
        computable=table.flag("computable"),
        storeys=table.whole("storeys", 0),
        beyond=table.text("beyond", ""),
        components=tuple(_component(each, shared) for each in table.tables("component")),
        hazards=tuple(_hazard(each) for each in table.tables("hazard")),
        parts=tuple(_part(each) for each in table.tables("part")),
    )
    table.done()
    if len({each.key for each in found.components}) < len(found.components):
        raise table.wrong("component", "有重名的组成部分")
    if found.parts and sum(part.weight for part in found.parts) != 1:
        raise table.wrong("part", "各部分的权重之和应为 1")
    return found


def standards(folder: Path = DATA) -> Iterator[Standard]:
    """Every standard, those that can be computed first."""
    shared = _shared_points(folder / "danger-points.toml")
    for path in sorted(folder.glob("guide-*.toml")):
        yield _standard(Table.of(path), shared)
    referred = Table.of(folder / "referred.toml")
    for each in referred.tables("standard"):
        yield _standard(each, shared)
    referred.done()


def extensions(folder: Path = DATA) -> Iterator[Extension]:
    """Every provincial addition."""
    shared = _shared_points(folder / "danger-points.toml")
    for path in sorted(folder.glob("extension-*.toml")):
        table = Table.of(path)
        found = Extension(
            key=table.text("key"),
            title=table.text("title"),
            standard=table.text("standard"),
            areas=table.texts("areas"),
            valid_from=table.day("valid_from"),
            components=tuple(_component(each, shared) for each in table.tables("component")),
            source=table.text("source"),
        )
        table.done()
        if not found.areas or not all(area.isdecimal() for area in found.areas):
            raise table.wrong("areas", "应是区划代码的列表")
        yield found
