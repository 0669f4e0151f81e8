"""When things are done: five seasons of applications, each with the days of its acts, and how far the cases of a township have come."""

from dataclasses import dataclass
from datetime import date, timedelta

REACHES = (
    "applied", "reviewed", "village_posted", "township_reviewed", "township_posted", "checked", "county_posted", "approved", "surveyed", "agreed", "stocked",
    "ready", "started",
)  # fmt: skip
"""How far a case is led; between the approval and the start by what is prepared."""


@dataclass(frozen=True, slots=True)
class Course:
    """A season: the day of the applications, from which the other days follow, and by when the works are to be done."""

    name: str
    applied: date
    start_due: date
    finish_due: date

    def day(self, act: str) -> date:
        """The day of an act."""
        return self.applied + timedelta(days=_AFTER[act])


_AFTER = {
    "apply": 0, "review": 5, "post_village": 6, "visit": 9, "review_township": 15, "post_township": 16, "check": 25, "pass": 27, "post_county": 28,
    "approve": 38, "survey": 43, "draw": 47, "sign": 50, "file": 53, "stock": 58, "train": 60, "start": 62,
}  # fmt: skip
COURSES = {
    one.name: one
    for one in (
        Course("A", date(2020, 2, 10), date(2020, 4, 30), date(2020, 6, 20)),
        Course("B", date(2020, 4, 8), date(2020, 6, 15), date(2020, 9, 15)),
        Course("C", date(2020, 4, 24), date(2020, 6, 30), date(2020, 9, 30)),
        Course("D", date(2020, 5, 6), date(2020, 7, 15), date(2020, 9, 30)),
        Course("E", date(2020, 5, 20), date(2020, 7, 31), date(2020, 9, 30)),
    )
}
"""A: what Fuxin had all started by 30 April (S2-07). The later ones are of households that came to the lists late."""
OF_TOWNSHIPS, OF_THE_DESK = "ABADACA", "AEABA"
"""The courses of a county's townships, in their order, and of those of the county whose desk is shown."""
LATE = date(2020, 6, 4)
"""Some applied a week ago only."""

_FAR: dict[str, tuple[tuple[str, str], ...]] = {
    "A": (
        *((("started", ""),) * 9), ("approved", "withdrawn"), *((("started", ""),) * 8), ("started", "paused"), *((("started", ""),) * 7),
        ("approved", "other route"), *((("started", ""),) * 9), ("village_posted", "refused"), *((("started", ""),) * 6),
    ),
    "B": (
        ("approved", ""), ("surveyed", ""), ("ready", ""), ("agreed", ""), ("ready", ""), ("stocked", ""), ("approved", ""), ("ready", ""),
        ("started", ""), ("started", ""), ("ready", ""), ("agreed", ""), ("started", ""), ("started", ""), ("approved", "paused"), ("started", ""),
    ),
    "C": (("county_posted", ""), ("checked", ""), ("county_posted", ""), ("checked", "posted"), ("county_posted", "returned")),
    "D": (
        ("township_posted", ""), ("township_reviewed", ""), ("township_posted", "checked by two"), ("township_posted", "returned"),
        ("township_reviewed", "posted"), ("township_posted", "checked by all"), ("township_posted", "refused"),
    ),
    "E": (
        ("village_posted", "visited"), ("applied", ""), ("reviewed", ""), ("village_posted", ""), ("reviewed", "posted"), ("applied", "late"), ("reviewed", "ended"),
        ("village_posted", "visited"), ("reviewed", "returned"),
    ),
}  # fmt: skip


def far(course: str, at: int) -> tuple[str, str]:
    """How far the case at a place in its township is led, and what happens to it then."""
    scripts = _FAR[course]
    return scripts[at % len(scripts)]
