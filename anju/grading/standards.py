"""Appraisal standards 鉴定标准: which there are, and which holds where and when.

The 2009 guide is for appraisals before 2019-11-28, the 2019 guide from that day on (domain 2.0 a); provinces add components to it.
"""

from datetime import date
from functools import cache

from anju.grading import declaring
from anju.grading.model import Component, DangerPoint, Extension, Finding, Hazard, Limit, Measure, Member, Part, Standard, with_extensions
from anju.vocabulary import division

__all__ = [
    "EXTENSIONS",
    "STANDARDS",
    "Component",
    "DangerPoint",
    "Extension",
    "Finding",
    "Hazard",
    "Limit",
    "Measure",
    "Member",
    "NoStandard",
    "Part",
    "Standard",
    "standard_by_id",
    "standard_on",
]

STANDARDS: dict[str, Standard] = {each.key: each for each in declaring.standards()}
"""Every standard by its key, without provincial additions."""

EXTENSIONS: dict[str, Extension] = {each.key: each for each in declaring.extensions()}
"""What provinces add, by key."""


class NoStandard(LookupError):
    """No standard that this system can compute was in force that day."""


@cache
def _extended(key: str, extensions: tuple[str, ...]) -> Standard:
    return with_extensions(STANDARDS[key], tuple(EXTENSIONS[each] for each in extensions))


def extended(standard: Standard, area: str, day: date) -> Standard:
    """The standard with what the area's province adds to it on that day."""
    stem = division.stem(area)
    added = (key for key, each in EXTENSIONS.items() if each.standard == standard.key and each.holds(stem, day))
    return _extended(standard.key, tuple(added))


def standard_on(area: str, day: date) -> Standard:
    """The standard an appraisal follows in an area on a day, provincial additions included; raises ``NoStandard``."""
    for standard in STANDARDS.values():
        if standard.computable and standard.holds_on(day):
            return extended(standard, area, day)
    raise NoStandard(f"{day:%Y-%m-%d} 没有适用的农村住房鉴定标准：最早的《农村危险房屋鉴定技术导则（试行）》自 2009-03-01 起。")


def standard_by_id(identifier: str) -> Standard:
    """The standard an appraisal was stored with (``Standard.id``); raises ``KeyError``."""
    key, *extensions = identifier.split("+")
    return _extended(key, tuple(extensions))
