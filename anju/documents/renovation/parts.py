"""What several papers of a renovation say: how and by whom it is done, who says what to it, who signs. Masking is the caller's."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from anju.documents.housing.parts import LINE
from anju.documents.values import Money
from anju.vocabulary import method

METHODS = tuple(each.name for each in method.METHODS.values())
"""How a house is made safe (S0-38; domain 3.8)."""
MODES = tuple(each.name for each in method.MODES.values())
"""Who builds (S2-25; domain 3.8)."""


@dataclass(frozen=True, kw_only=True)
class Opinion:
    """What an office says, who answers for it, on which day. ``agreed`` is None where it is still to be ticked by hand."""

    agreed: bool | None = None
    words: str = ""
    person: str = field(default="", metadata=LINE)
    on: date | None = None


UNSAID = Opinion()
"""What is still to be said, by hand."""


@dataclass(frozen=True, kw_only=True)
class OldHouse:
    """The house that is renovated, or lacks: ``grade`` is C, D or 无房. Area in m²."""

    grade: str = field(metadata=LINE)
    address: str = ""
    year_built: int | None = None
    structure: str = field(default="", metadata=LINE)
    storeys: int | None = None
    area: Decimal | None = None
    report_number: str = field(default="", metadata=LINE)
    appraised_on: date | None = None
    only_house: bool | None = None
    damage: str = ""


@dataclass(frozen=True, kw_only=True)
class Party:
    """One side of an agreement. ``paper``: identity number, credit code or certificate, as the mask policy leaves it."""

    name: str = field(metadata=LINE)
    paper: str = field(default="", metadata=LINE)
    represented_by: str = field(default="", metadata=LINE)
    phone: str = field(default="", metadata=LINE)
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Share:
    """A part of the money: from whom or when, how much, ``percent`` where it is a share of the whole."""

    name: str = field(metadata=LINE)
    amount: Money | None = None
    percent: Decimal | None = None
    note: str = ""


def keeps_the_house(way: str) -> bool:
    """Whether it is a repair: what is asked of a new house isn't asked then."""
    return way == method.METHODS["repair"].name


def summed(shares: tuple[Share, ...]) -> Money | None:
    """What the known parts come to; None where none is known."""
    known = [each.amount.fen for each in shares if each.amount is not None]
    return Money(sum(known)) if known else None
