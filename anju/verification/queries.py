"""Closing the loop: of every household, on any day asked, as known then or now, what was concluded (issue: 闭环)."""

from dataclasses import dataclass, fields
from datetime import date, datetime
from typing import Any

from anju import clock
from anju.registry.queries.standing import over_all_facts
from anju.vocabulary import division
from anju.vocabulary.route import Category


@dataclass(frozen=True, slots=True)
class Balance:
    """The households of an area by their conclusion; the five add up to ``households``."""

    area: str
    households: int = 0
    appraised: int = 0
    renovated: int = 0
    guaranteed: int = 0
    unguaranteed: int = 0
    open: int = 0

    def __add__(self, other: "Balance") -> "Balance":
        sums: dict[str, Any] = {one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self) if one.name != "area"}
        return Balance(area=self.area, **sums)


_OF = {
    Category.APPRAISED: "appraised",
    Category.RENOVATED: "renovated",
    Category.GUARANTEED: "guaranteed",
    Category.UNGUARANTEED: "unguaranteed",
}
_KNOWN = {False: "superseded_at IS NULL", True: "recorded_at <= %(known_at)s AND (superseded_at IS NULL OR superseded_at > %(known_at)s)"}
# A household counts where it stood on the register that day; one that is on no register isn't counted anywhere.
_COUNT = """
SELECT left(s.area, %(digits)s), coalesce(v.category, ''), count(*)
FROM (
    SELECT household_id, area FROM registry_registration
    WHERE area >= %(low)s AND area < %(high)s AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) AND {known}
) s LEFT JOIN (
    SELECT household_id, category FROM verification_verification WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) AND {known}
) v USING (household_id)
GROUP BY 1, 2
"""


def balance(within: str, *, on: date | None = None, known_at: datetime | None = None, digits: int = 0) -> dict[str, Balance]:
    """By area (cut to ``digits``, 0: the whole) the households and what was concluded of them on a day, as known at a moment (now)."""
    low, high = division.bounds(within)
    values: dict[str, Any] = {"low": low, "high": high, "on": on or clock.today(), "known_at": known_at, "digits": digits}
    found: dict[str, Balance] = {}
    with over_all_facts() as cursor:
        cursor.execute(_COUNT.format(known=_KNOWN[known_at is not None]), values)
        for area, category, many in cursor.fetchall():
            place = area if digits else division.stem(within)
            name = _OF[Category(category)] if category else "open"
            more: dict[str, Any] = {"area": place, "households": many, name: many}
            found[place] = found.get(place, Balance(place)) + Balance(**more)
    return found
