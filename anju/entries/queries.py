"""How far the entry into a national system is, and which households stand how; each read takes the user's area."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Case, Count, F, FilteredRelation, Q, QuerySet, Value, When
from django.db.models.functions import Left

from anju.accounts.scope import within
from anju.divisions import queries as places
from anju.entries.models import SystemEntry
from anju.entries.systems import whom
from anju.registry.models import Household, Membership
from anju.vocabulary import division, relation
from anju.vocabulary.division import Level

OPEN = "open"
"""Due, and not entered."""
STATES = (OPEN, *SystemEntry.State.values)
_DIGITS = {Level.NATION: 2, Level.PROVINCE: 4, Level.PREFECTURE: 6, Level.COUNTY: 9, Level.TOWNSHIP: 12, Level.VILLAGE: 12, Level.GROUP: 15}


@dataclass(frozen=True, slots=True)
class Tally:
    """The households of a place by how they stand in a system; ``due`` is their sum."""

    area: str
    name: str
    due: int
    entered: int
    returned: int

    @property
    def open(self) -> int:
        """Not entered yet."""
        return self.due - self.entered - self.returned


def households(system: str, area: str, state: str = "") -> QuerySet[Household]:
    """Households of an area that are due in the system, or stand in it, with ``state`` (``open`` where not entered); in order of area and number."""
    found = Household.objects.filter(within(area)).annotate(
        entry=FilteredRelation("entries", condition=Q(entries__system=system, entries__superseded_at__isnull=True)),
        state=Case(When(entry__state__isnull=True, then=Value(OPEN)), default=F("entry__state")),
    )
    found = found.filter(Q(entry__isnull=False) | (Q(closed_on__isnull=True) & whom(system)))
    if state == OPEN:
        found = found.filter(entry__isnull=True)
    elif state:
        found = found.filter(entry__state=state)
    return found.order_by("area", "number")


def tally(system: str, area: str) -> Tally:
    """The whole area's households by how they stand."""
    return _sum(area, tallies(system, area))


def tallies(system: str, area: str) -> list[Tally]:
    """The same for each place directly below, in order of code; places without households that are due are left out."""
    counted = (
        households(system, area)
        .order_by()
        .annotate(place=Left("area", _DIGITS[division.level(area)]))
        .values("place")
        .annotate(
            due=Count("pk"),
            entered=Count("pk", filter=Q(entry__state=SystemEntry.State.ENTERED)),
            returned=Count("pk", filter=Q(entry__state=SystemEntry.State.RETURNED)),
        )
        .order_by("place")
    )
    rows = list(counted.values_list("place", "due", "entered", "returned"))
    names = places.short_names([row[0] for row in rows])
    return [Tally(code, names.get(code, code), due, entered, returned) for code, due, entered, returned in rows]


def _sum(area: str, parts: Sequence[Tally]) -> Tally:
    return Tally(area, "", *(sum(getattr(one, name) for one in parts) for name in ("due", "entered", "returned")))


@dataclass(frozen=True, slots=True)
class Line:
    """A household as the list shows it."""

    household: Household
    state: str
    entry: SystemEntry | None
    head: str
    place: str


def lines(found: Sequence[Household], system: str) -> list[Line]:
    """Households with their head, place and entry; three queries for all of them."""
    keys = [one.pk for one in found]
    heads = dict(Membership.objects.open().filter(household__in=keys, relation=relation.HEAD).values_list("household_id", "person__name"))
    known = SystemEntry.objects.filter(household__in=keys, system=system, superseded_at__isnull=True).select_related("by")
    entries = {one.household_id: one for one in known}
    names = places.below_county({one.area for one in found})
    return [
        Line(one, entries[one.pk].state if one.pk in entries else OPEN, entries.get(one.pk), heads.get(one.pk, ""), names.get(one.area, ""))
        for one in found
    ]


def standing(household: Household) -> dict[str, SystemEntry]:
    """How a household stands in each system it is entered in, for its own page and for other steps of the work."""
    return {one.system: one for one in household.entries.filter(superseded_at__isnull=True).select_related("by")}


def history(household: Household) -> QuerySet[SystemEntry]:
    """Every mark a household ever had, newest first."""
    return household.entries.select_related("by").order_by("-id")
