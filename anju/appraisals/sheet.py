"""The appraisal form as it is filled: which questions a house of this structure is asked on that day, what was answered, and what to hand to the engine.

Answers have the names ``site``, ``whole``, ``qualitative``, ``c:component``, ``p:component:point``, ``h:hazard:measure``, ``n:part:member`` and
``t:part:member`` (dangerous, all).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from anju.grading.form import SITES
from anju.grading.model import Component, Standard
from anju.grading.standards import standard_on
from anju.grading.structures import STRUCTURES
from anju.vocabulary.grade import GRADES, LEVEL_NAMES, LEVELS

_MOST_STOREYS = 2
_TYPED = re.compile(r"\d{1,9}(\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True)
class Sheet:
    """The questions and the answers. ``structure`` may still be unknown: then nothing but it is asked."""

    area: str
    day: date
    standard: Standard
    structure: str
    storeys: int | None
    answers: Mapping[str, str]
    intensity: int | None = None

    @classmethod
    def of(cls, answers: Mapping[str, str], *, area: str, day: date, intensity: int | None = None) -> "Sheet":
        """As a request brings it; raises ``NoStandard``."""
        structure, storeys = answers.get("structure", ""), answers.get("storeys", "").strip()
        return cls(
            area=area,
            day=day,
            standard=standard_on(area, day),
            structure=structure if structure in STRUCTURES else "",
            storeys=int(storeys) if storeys.isascii() and storeys.isdecimal() and len(storeys) < 4 else None,
            answers=answers,
            intensity=intensity,
        )

    @property
    def old(self) -> bool:
        """Whether it follows the guide of 2009: qualitative first."""
        return self.standard.key == "2009"

    @property
    def components(self) -> list[Component]:
        """What a house of this structure is asked about."""
        return list(self.standard.needed(self.structure, min(self.storeys or 1, _MOST_STOREYS))) if self.structure else []

    def form(self) -> dict[str, Any]:
        """What the engine reads; what isn't answered is left out."""
        made: dict[str, Any] = {"structure": self.structure} if self.structure else {}
        if self.storeys is not None:
            made["storeys"] = self.storeys
        for name in ("site", "qualitative") if self.old else ("site", "whole"):
            if answer := self._said(name):
                made[name] = answer
        asked = self.components
        if levels := {one.key: self._said(f"c:{one.key}") for one in asked if self._said(f"c:{one.key}")}:
            made["components"] = levels
        if measured := self._measured(asked):
            made["measured"] = measured
        if self.old:
            if counts := self._counts():
                made["counts"] = counts
            return made
        if self.intensity is not None:
            made["intensity"] = self.intensity
        if disaster := self._disaster():
            made["disaster"] = disaster
        return made

    def _said(self, name: str) -> str:
        return self.answers.get(name, "").strip()[:20]

    def _measured(self, asked: list[Component]) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for one in asked:
            for point in one.points_for(self.structure):
                if said := self._said(f"p:{one.key}:{point.key}"):
                    found.setdefault(one.key, {})[point.key] = _number(said) if point.measured else said == "yes"
        return found

    def _disaster(self) -> dict[str, dict[str, bool]]:
        found: dict[str, dict[str, bool]] = {}
        for hazard in self.standard.hazards:
            for measure in hazard.measures:
                if (said := self._said(f"h:{hazard.key}:{measure.key}")) in ("yes", "no"):
                    found.setdefault(hazard.key, {})[measure.key] = said == "yes"
        return found

    def _counts(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for part in self.standard.parts:
            for member in part.members or [None]:
                key = f"{part.key}:{member.key if member else ''}"
                dangerous, total = self._said(f"n:{key}"), self._said(f"t:{key}")
                if not dangerous and not total:
                    continue
                pair = [_number(dangerous or "0"), _number(total or "0")]
                if member:
                    found.setdefault(part.key, {})[member.key] = pair
                else:
                    found[part.key] = pair
        return found

    # -------------------------------------------------------------------------------------------- for the page

    def choice(self, name: str, options: list[tuple[str, str, str]]) -> dict[str, Any]:
        """Radio cards: (value, short word, sentence)."""
        chosen = self._said(name)
        return {
            "name": name,
            "options": [{"value": value, "word": word, "says": says, "on": chosen == value} for value, word, says in options],
        }

    @property
    def sites(self) -> dict[str, Any]:
        """Whether the place itself is safe."""
        says = {"safe": _("无滑坡、崩塌、泥石流、洪水、采空等危险"), "dangerous": _("直接评为 D 级，建议迁址重建")}
        return self.choice("site", [(key, _(word), says[key]) for key, word in SITES.items()])

    @property
    def qualitative(self) -> dict[str, Any]:
        """The guide of 2009: what the house is as a whole, seen first."""
        return self.choice("qualitative", [(one.letter, one.letter, _(one.meaning)) for one in GRADES.values()])

    @property
    def whole(self) -> dict[str, Any]:
        """The guide of 2019: the house as a whole, beside its parts."""
        return self.choice("whole", [(level, level, _(LEVEL_NAMES[level])) for level in LEVELS])

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Each component with its criteria and danger points."""
        return [
            {
                "key": one.key,
                "title": _(one.name),
                "required": one.required(self.structure),
                "levels": self.choice(f"c:{one.key}", [(level, level, _(one.criteria[level])) for level in LEVELS]),
                "points": [self._point(one, point) for point in one.points_for(self.structure)],
                "open": any(self._said(f"p:{one.key}:{point.key}") for point in one.points_for(self.structure)),
            }
            for one in self.components
        ]

    def _point(self, component: Component, point: Any) -> dict[str, Any]:
        name = f"p:{component.key}:{point.key}"
        said = self._said(name)
        found = _number(said) if point.measured else said == "yes"
        exceeds = bool(said) and not isinstance(found, str) and point.judge(found).exceeds
        return {"name": name, "title": _(point.name), "measured": point.measured, "says": point.says, "said": said, "exceeds": exceeds}

    @property
    def hazards(self) -> list[dict[str, Any]]:
        """Each hazard with its measures, there or not."""
        return [
            {
                "title": _(hazard.name),
                "stressed": hazard.emphasised_from_intensity is not None
                and self.intensity is not None
                and self.intensity >= hazard.emphasised_from_intensity,
                "measures": [
                    {"name": f"h:{hazard.key}:{one.key}", "title": _(one.name), "said": self._said(f"h:{hazard.key}:{one.key}")}
                    for one in hazard.measures
                ],
            }
            for hazard in self.standard.hazards
        ]

    @property
    def parts(self) -> list[dict[str, Any]]:
        """The guide of 2009: members to be counted, part by part."""
        found = []
        for part in self.standard.parts:
            for member in part.members or [None]:
                key = f"{part.key}:{member.key if member else ''}"
                title = _(part.name) + (f" · {_(member.name)}" if member else "")
                unit = _(member.unit if member else part.unit)
                found.append({"key": key, "title": title, "unit": unit, "n": self._said(f"n:{key}"), "t": self._said(f"t:{key}")})
        return found


def _number(said: str) -> int | float | str:
    """What was typed as a number; as it is where it is none, so that the engine says so."""
    text = said.strip()
    if not _TYPED.fullmatch(text):
        return text
    return float(text) if "." in text else int(text)
