"""Standards, components and danger points, a row each, for the catalogue."""

from collections.abc import Iterator

from anju.grading.model import EVERY_STRUCTURE, Component, DangerPoint
from anju.grading.standards import EXTENSIONS, STANDARDS
from anju.grading.structures import STRUCTURES

Row = dict[str, str | list[str] | None]


def standards() -> Iterator[Row]:
    """Every standard, then what provinces add."""
    for each in STANDARDS.values():
        yield {
            "key": each.key,
            "title": each.title,
            "document": each.document,
            "valid_from": f"{each.valid_from:%Y-%m-%d}",
            "valid_to": f"{each.valid_to:%Y-%m-%d}" if each.valid_to else None,
            "areas": "全国",
            "computed": "是" if each.computable else "只引用名称",
            "source": each.source,
        }
    for added in EXTENSIONS.values():
        yield {
            "key": f"{added.standard}+{added.key}",
            "title": f"省级补充：{added.title}",
            "document": None,
            "valid_from": f"{added.valid_from:%Y-%m-%d}",
            "valid_to": None,
            "areas": list(added.areas),
            "computed": "是",
            "source": added.source,
        }


def _owned() -> Iterator[tuple[str, Component]]:
    for standard in STANDARDS.values():
        yield from ((standard.key, each) for each in standard.components)
    for added in EXTENSIONS.values():
        yield from ((f"{added.standard}+{added.key}", each) for each in added.components)


def components() -> Iterator[Row]:
    """Every component with its criteria in words."""
    for owner, each in _owned():
        names = [one.name for one in STRUCTURES.values() if each.of(one.key)]
        yield {
            "standard": owner,
            "key": each.key,
            "name": each.name,
            "structures": ["各种"] if EVERY_STRUCTURE in each.structures else names,
            **each.criteria,
            "source": each.source,
        }


def danger_points() -> Iterator[Row]:
    """Every danger point once, with the components where it may be met."""
    found: dict[str, tuple[DangerPoint, list[str]]] = {}
    for owner, component in _owned():
        for point in component.points:
            found.setdefault(point.key, (point, []))[1].append(f"{owner}:{component.key}")
    for point, where in found.values():
        yield {
            "key": point.key,
            "name": point.name,
            "materials": list(point.materials),
            "limit": point.says,
            "level": "、".join(one.level for one in point.limits) or point.raises,
            "components": where,
            "source": point.source,
        }
