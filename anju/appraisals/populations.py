"""Whom a round may be about besides the lists: households that a later app knows, as those whose house was renovated in some years (S1-24).

That app declares them in its ``populations.py``; it gives the keys of the households of a place, so that coverage, lists and records ask one thing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet
from django.utils.functional import Promise

if TYPE_CHECKING:
    from anju.appraisals.models import Round

Households = Callable[[str, int, int], "QuerySet[Any, int]"]


@dataclass(frozen=True, slots=True)
class Population:
    """``households(area, first, last)``: the keys of the households of an area that belong to it in the years from the first to the last."""

    code: str
    title: str | Promise
    households: Households


_DECLARED: dict[str, Population] = {}


def population(code: str, title: str | Promise) -> Callable[[Households], Households]:
    """Declares the function that gives the households of ``code``."""

    def declare(households: Households) -> Households:
        if code in _DECLARED and _DECLARED[code].households is not households:
            raise ValueError(f"two populations are called {code}")
        _DECLARED[code] = Population(code, title, households)
        return households

    return declare


def declared() -> list[Population]:
    """Every population, in the order of their codes."""
    return [one for _code, one in sorted(_DECLARED.items())]


def title_of(code: str) -> str:
    """What the office calls it; "" for one that nobody declares."""
    return str(_DECLARED[code].title) if code in _DECLARED else ""


def of(round: "Round", area: str) -> "QuerySet[Any, int] | None":
    """The keys of the households of an area that a round is about; None where it is about all, or only told by lists."""
    if not round.population:
        return None
    assert round.first_year is not None
    assert round.last_year is not None
    return _DECLARED[round.population].households(area, round.first_year, round.last_year)


def outside(round: "Round", area: str, households: Iterable[int]) -> frozenset[int]:
    """Those of some households of an area that a round isn't about."""
    asked = of(round, area)
    wanted = set(households)
    return frozenset() if asked is None else frozenset(wanted - set(asked.filter(household__in=wanted)))
