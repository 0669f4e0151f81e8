"""The quantitative composite method of the 2009 guide, Annex A 定量综合评定: shares of dangerous members → membership in A–D → grade.

Domain 2.1.3. Confirmed against two worked examples; exact fractions throughout, so that ties are ties. With the foundation's weight capped at
0.3 a house with half of its foundation dangerous comes out A: a recorded calculation, never better than the qualitative grade.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from anju.grading.form import Count
from anju.grading.model import Part


@dataclass(frozen=True, slots=True)
class Composite:
    """The result: ``p`` part → percent, ``mu`` grade → membership; ``tied`` the grades that were equal (the worst is taken);
    ``whole_part`` the part all of whose members are dangerous, which alone makes D."""

    grade: str
    p: Mapping[str, Fraction]
    mu: Mapping[str, Fraction]
    tied: tuple[str, ...]
    whole_part: str | None


def share(part: Part, counts: Mapping[str, Count]) -> Fraction:
    """p of one part in percent: weighted dangerous members ÷ weighted members; 0 where there are none."""
    weights = {each.key: each.weight for each in part.members} or {"": Fraction(1)}
    total = sum((weights[key] * count.total for key, count in counts.items()), Fraction(0))
    dangerous = sum((weights[key] * count.dangerous for key, count in counts.items()), Fraction(0))
    return dangerous / total * 100 if total else Fraction(0)


def membership(p: Fraction) -> dict[str, Fraction]:
    """How far a part with share ``p`` is of level a, b, c, d."""
    none, full = Fraction(0), Fraction(1)
    if p <= 0:
        return {"A": full, "B": none, "C": none, "D": none}
    if p <= 5:
        return {"A": none, "B": full, "C": none, "D": none}
    if p < 30:
        return {"A": none, "B": (30 - p) / 25, "C": (p - 5) / 25, "D": none}
    if p < 100:
        return {"A": none, "B": none, "C": (100 - p) / 70, "D": (p - 30) / 70}
    return {"A": none, "B": none, "C": none, "D": full}


def composite(parts: tuple[Part, ...], p: Mapping[str, Fraction]) -> Composite:
    """The house's grade from the shares of its parts; a part left out counts as 0."""
    shares = {part.key: p.get(part.key, Fraction(0)) for part in parts}
    of_part = {part.key: membership(shares[part.key]) for part in parts}
    mu = {grade: max(min(part.weight, of_part[part.key][grade]) for part in parts) for grade in "ABCD"}
    whole_part = next((key for key in ("foundation", "upper") if of_part[key]["D"] == 1), None)
    most = max(mu.values())
    tied = tuple(grade for grade, value in mu.items() if value == most)
    return Composite("D" if whole_part else tied[-1], shares, mu, tied if len(tied) > 1 and not whole_part else (), whole_part)
