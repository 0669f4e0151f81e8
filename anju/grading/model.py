"""What an appraisal standard consists of: components 组成部分 with their criteria a–d, danger points 危险点 with limits, hazards 灾害 with the
measures against them, the parts and weights of the quantitative method. Words are Chinese.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from operator import ge, gt, lt

from anju.grading.structures import GROUND, STRUCTURES
from anju.vocabulary.grade import worst

EVERY_STRUCTURE = "*"
RATIO = "比值"
RELATIONS = {">": gt, "≥": ge, "<": lt}


@dataclass(frozen=True, slots=True)
class Limit:
    """The value beyond which a component is at least of ``level``; ``written`` as the source prints it (``1/150``)."""

    level: str
    value: Fraction
    written: str


@dataclass(frozen=True, slots=True)
class DangerPoint:
    """A sign of danger in a component.

    With ``limits``, from the mildest, it is measured in ``unit`` and compared by ``relation``. Without, it is seen or not, and then the
    component is at least of level ``raises``.
    """

    key: str
    name: str
    materials: tuple[str, ...]
    unit: str
    relation: str
    limits: tuple[Limit, ...]
    raises: str
    source: str

    @property
    def measured(self) -> bool:
        """Whether a number is asked for; else yes or no."""
        return bool(self.limits)

    @property
    def says(self) -> str:
        """The limits in words, ``> 1/6、1/4、1/3`` or ``> 0.7 %``; ``有`` for what is seen or not."""
        if not self.limits:
            return "有"
        values = "、".join(limit.written for limit in self.limits)
        return f"{self.relation} {values}" + ("" if self.unit == RATIO else f" {self.unit}")

    def judge(self, found: int | float | Fraction | bool) -> "Finding":
        """What a measured value, or a yes, says: the worst level whose limit it passes."""
        if not self.limits:
            return Finding(self, found, None, self.raises if found else None)
        value = found if isinstance(found, Fraction) else Fraction(str(found))
        passed = [limit for limit in self.limits if RELATIONS[self.relation](value, limit.value)]
        return Finding(self, found, passed[-1] if passed else self.limits[0], passed[-1].level if passed else None)


@dataclass(frozen=True, slots=True)
class Finding:
    """A danger point with what was measured: the limit compared with (None for yes or no), and the level it speaks for, if any."""

    point: DangerPoint
    value: int | float | Fraction | bool
    limit: Limit | None
    level: str | None

    @property
    def exceeds(self) -> bool:
        """Whether there is a dangerous point."""
        return self.level is not None


@dataclass(frozen=True, slots=True)
class Component:
    """A part of the house that gets a level; ``criteria[level]`` says in words when.

    ``structures`` are the structural forms that have it, ``required_in`` those where it may not be left out (``*``: all); ``instead_of``
    names the components it replaces where both would be asked; ``from_storeys`` the height from which it is asked.
    """

    key: str
    name: str
    criteria: Mapping[str, str]
    structures: frozenset[str]
    required_in: frozenset[str]
    instead_of: tuple[str, ...]
    from_storeys: int
    points: tuple[DangerPoint, ...]
    source: str

    def of(self, structure: str) -> bool:
        """Whether a house of this structural form has it."""
        return not self.structures.isdisjoint((EVERY_STRUCTURE, structure))

    def required(self, structure: str) -> bool:
        """Whether a house of this structural form can't be judged without it."""
        return not self.required_in.isdisjoint((EVERY_STRUCTURE, structure))

    def points_for(self, structure: str) -> tuple[DangerPoint, ...]:
        """The danger points of the materials this structural form is made of."""
        here = {GROUND, *STRUCTURES[structure].materials}
        return tuple(point for point in self.points if here & set(point.materials))

    def suggest(self, found: Mapping[str, int | float | Fraction | bool]) -> str:
        """The level the measured danger points speak for, at least: ``a`` where none passes its limit. Raises ``KeyError``."""
        points = {point.key: point for point in self.points}
        return worst(["a", *(level for key, value in found.items() if (level := points[key].judge(value).level))])


@dataclass(frozen=True, slots=True)
class Measure:
    """One thing that protects a house against a hazard; it is there or not."""

    key: str
    name: str


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard of the place. From ``emphasised_from_intensity`` (degrees) on, its measures must be looked at; None: where it occurs."""

    key: str
    name: str
    measures: tuple[Measure, ...]
    emphasised_from_intensity: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Member:
    """A kind of member of the upper structure, its weight in p and what counts as one."""

    key: str
    name: str
    weight: Fraction
    unit: str


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the quantitative method with its weight in the house; ``members`` is empty where members count alike."""

    key: str
    name: str
    weight: Fraction
    unit: str
    members: tuple[Member, ...]
    source: str


@dataclass(frozen=True, slots=True)
class Standard:
    """One standard in one version.

    ``storeys`` is the highest house it judges; ``beyond`` the standard for higher ones. ``computable`` is false for standards that are
    referred to by name only. ``valid_to`` None: in force. ``extensions`` are the provincial additions taken in.
    """

    key: str
    title: str
    document: str
    valid_from: date
    valid_to: date | None
    source: str
    computable: bool = False
    storeys: int = 0
    beyond: str = ""
    components: tuple[Component, ...] = ()
    hazards: tuple[Hazard, ...] = ()
    parts: tuple[Part, ...] = ()
    extensions: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """What is stored with an appraisal: the version and its additions (``2019``, ``2019+cave+earth``)."""
        return "+".join((self.key, *self.extensions))

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def component(self, key: str) -> Component:
        """Raises ``KeyError``."""
        return {each.key: each for each in self.components}[key]

    def needed(self, structure: str, storeys: int = 1) -> tuple[Component, ...]:
        """The components to ask about for a house of this structural form and height, in the order of the form."""
        mine = [each for each in self.components if each.of(structure) and each.from_storeys <= storeys]
        replaced = {key for each in mine for key in each.instead_of}
        return tuple(each for each in mine if each.key not in replaced)


@dataclass(frozen=True, slots=True)
class Extension:
    """What provinces add to a national standard, from a day on. ``areas`` are stems of divisions."""

    key: str
    title: str
    standard: str
    areas: tuple[str, ...]
    valid_from: date
    components: tuple[Component, ...]
    source: str

    def holds(self, area: str, day: date) -> bool:
        """Whether it is in force in an area on a day."""
        return self.valid_from <= day and area.startswith(self.areas)


def with_extensions(standard: Standard, extensions: tuple[Extension, ...]) -> Standard:
    """The standard with additions taken in; each component they bring stands before the one it replaces."""
    components = list(standard.components)
    for extension in extensions:
        for added in extension.components:
            keys = [each.key for each in components]
            place = min((keys.index(key) for key in added.instead_of if key in keys), default=len(keys))
            components.insert(place, added)
    return replace(standard, components=tuple(components), extensions=tuple(each.key for each in extensions))
