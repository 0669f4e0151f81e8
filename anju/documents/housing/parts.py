"""What several papers of house safety say: the household, its house, a photo, a hand that signs. Masking is the caller's."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.values import Picture

GRADES = ("A", "B", "C", "D")
LINE = {"longest": 100}
"""The metadata of a field that is a name or a number: what stands in heads, footers and beside signatures must be short."""


def graded(grade: str, allowed: tuple[str, ...] = GRADES) -> str:
    """The grade, where a paper may bear it; raises ``ValueError``."""
    if grade not in allowed:
        raise ValueError(f"这份文书不能写等级“{grade}”，只能是 {'、'.join(allowed)}")
    return grade


@dataclass(frozen=True, kw_only=True)
class Household:
    """The household as a paper names it; numbers as the mask policy leaves them."""

    name: str = field(metadata=LINE)
    address: str
    id_number: str = field(default="", metadata=LINE)
    phone: str = field(default="", metadata=LINE)
    categories: tuple[str, ...] = ()
    members: int | None = None
    number: str = field(default="", metadata=LINE)


@dataclass(frozen=True, kw_only=True)
class House:
    """The house as it stands (domain 2.1.2, part 2 of the form). What isn't known stays empty and is filled in by hand. Area in m²."""

    address: str
    year_built: int | None = None
    structure: str = field(default="", metadata=LINE)
    storeys: int | None = None
    bays: int | None = None
    area: Decimal | None = None
    walls: tuple[tuple[str, str], ...] = ()  # (前墙, 砖) …
    roof_shape: str = field(default="", metadata=LINE)
    roof_frame: str = field(default="", metadata=LINE)
    roof_cover: tuple[str, ...] = ()
    seismic_intensity: str = field(default="", metadata=LINE)
    use: str = field(default="", metadata=LINE)
    number: str = field(default="", metadata=LINE)


@dataclass(frozen=True, kw_only=True)
class Standard:
    """The standard an appraisal follows, and since when it holds."""

    title: str = field(metadata=LINE)
    number: str = field(metadata=LINE)
    valid_from: date


@dataclass(frozen=True, kw_only=True)
class Photo:
    """A photo and what it shows."""

    picture: Picture
    caption: str = field(default="", metadata=LINE)


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """Somebody who signs. ``signed_on`` is empty where the paper is still to be signed by hand."""

    name: str = field(metadata=LINE)
    office: str = field(default="", metadata=LINE)
    certificate: str = field(default="", metadata=LINE)
    signed_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Objection:
    """How a household objects, and until which day."""

    until: date
    to: str = field(metadata=LINE)
    phone: str = field(default="", metadata=LINE)
    address: str = field(default="", metadata=LINE)
