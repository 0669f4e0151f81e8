"""复核抽查: the lots of an area, how far they are and how often the second look differs; the papers of a lot."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.appraisals.models import Appraisal, RecheckItem, RecheckLot
from anju.vocabulary import division

OPEN, SETTLED, SAME, DIFFERENT, GONE = "open", "settled", "same", "different", "gone"
STATES = ("", OPEN, SETTLED, SAME, DIFFERENT, GONE)
_WITHDRAWN = Q(appraisal__state=Appraisal.State.WITHDRAWN)
_STATES = {
    "": Q(),
    OPEN: Q(same__isnull=True) & ~_WITHDRAWN,
    SETTLED: Q(same__isnull=False),
    SAME: Q(same=True),
    DIFFERENT: Q(same=False),
    GONE: Q(same__isnull=True) & _WITHDRAWN,
}


@dataclass(frozen=True, slots=True)
class Tally:
    """Papers drawn, and of them those of each state of ``STATES``; ``gone``: withdrawn before anybody looked."""

    drawn: int = 0
    open: int = 0
    settled: int = 0
    same: int = 0
    different: int = 0
    gone: int = 0

    def of(self, state: str) -> int:
        """How many of a state; "" all."""
        return int(getattr(self, state or "drawn"))

    @property
    def differing(self) -> str:
        """How often the second look differs, in per cent of those that were taken; "" before the first."""
        return f"{self.different * 100 / self.settled:.1f}%" if self.settled else ""


def state_of(item: RecheckItem) -> str:
    """One of ``open``, ``same``, ``different``, ``gone``."""
    if item.same is not None:
        return SAME if item.same else DIFFERENT
    return GONE if item.appraisal.state == Appraisal.State.WITHDRAWN else OPEN


VOIDED = "voided"
LOT_STATES = ("", OPEN, SETTLED, VOIDED)
_LEFT = Exists(RecheckItem.objects.filter(_STATES[OPEN], lot=OuterRef("pk")))
_LOT_STATES = {"": Q(), OPEN: Q(_LEFT, voided_at=None), SETTLED: Q(~_LEFT, voided_at=None), VOIDED: Q(voided_at__isnull=False)}


def lot_state(lot: RecheckLot, tally: Tally) -> str:
    """One of ``open``, ``settled``, ``voided``."""
    return VOIDED if lot.voided_at is not None else OPEN if tally.open else SETTLED


def lots(user: User, area: str, state: str = "", appraiser: int | None = None) -> QuerySet[RecheckLot]:
    """The lots drawn in the area of a state of ``LOT_STATES``; "" all, those that were voided too."""
    found = scope(user, RecheckLot.objects.filter(within(area))).filter(_LOT_STATES[state])
    return found.filter(appraiser=appraiser) if appraiser else found


def lots_asked(asked: Mapping[str, str]) -> tuple[str, int | None]:
    """The state and the appraiser of lots that an address names; what can't be read is left out."""
    state = asked.get("state", "")
    return state if state in LOT_STATES else "", _key(asked.get("appraiser", ""))


def lot_counts(user: User, area: str, appraiser: int | None = None) -> dict[str, int]:
    """State of lots → how many."""
    sums = {f"n_{state}": Count("pk", filter=_LOT_STATES[state] or None) for state in LOT_STATES}
    row = lots(user, area, appraiser=appraiser).order_by().aggregate(**sums)
    return {state: row[f"n_{state}"] for state in LOT_STATES}


def items(
    user: User, area: str, state: str = "", *, lot: int | None = None, appraiser: int | None = None, theirs: bool = False
) -> QuerySet[RecheckItem]:
    """The drawn papers of a state, of lots that count, inside the user's area. A lot asked for shows its papers even once voided. ``theirs``: only
    other people's than the user's."""
    found = scope(user, RecheckItem.objects.filter(within(area))).filter(_STATES[state])
    found = found.filter(lot=lot) if lot else found.filter(lot__voided_at=None)
    found = found.exclude(lot__appraiser=user) if theirs else found
    return found.filter(lot__appraiser=appraiser) if appraiser else found


def _sums() -> dict[str, Count]:
    return {f"n_{state or 'drawn'}": Count("id", filter=_STATES[state] or None) for state in STATES}


def _tally(row: Mapping[str, Any]) -> Tally:
    return Tally(**{name[2:]: number for name, number in row.items() if name.startswith("n_")})


def tally(found: QuerySet[RecheckItem]) -> Tally:
    """The papers by state."""
    return _tally(found.order_by().aggregate(**_sums()))


def tallies(found: Iterable[RecheckLot]) -> dict[int, Tally]:
    """Lot → its papers by state."""
    rows = RecheckItem.objects.filter(lot__in=[one.pk for one in found]).order_by().values("lot").annotate(**_sums())
    return {row["lot"]: _tally(row) for row in rows}


@dataclass(frozen=True, slots=True)
class Person:
    """An appraiser whose work was looked at again."""

    pk: int
    name: str
    tally: Tally


def people(user: User, area: str) -> list[Person]:
    """The appraisers with papers in lots that count, those whose second looks differ most often first."""
    rows = items(user, area).order_by().values("lot__appraiser", "lot__appraiser__name").annotate(**_sums())
    found = [Person(row["lot__appraiser"], row["lot__appraiser__name"], _tally(row)) for row in rows]
    return sorted(found, key=lambda one: (-one.tally.different / max(1, one.tally.settled), -one.tally.drawn, one.name))


def appraisers(user: User, area: str) -> list[tuple[int, str, int]]:
    """Who has valid appraisals in the area that may be drawn from by this user: key, name, how many."""
    found = scope(user, Appraisal.objects.filter(within(area), state=Appraisal.State.VALID, by__isnull=False)).exclude(by=user)
    rows = found.order_by().values("by", "by__name").annotate(rows=Count("*"))
    return sorted(((row["by"], row["by__name"], row["rows"]) for row in rows), key=lambda one: (-one[2], one[1]))


def second_of(item: RecheckItem) -> Appraisal | None:
    """The valid appraisal of the house that another person made on re-checking since, the newest; what the item may be settled from."""
    first, why = item.appraisal, Appraisal.Trigger
    later = Q(on__gt=first.on) | Q(on=first.on, pk__gt=first.pk)
    found = Appraisal.objects.filter(later, dwelling=first.dwelling_id, state=Appraisal.State.VALID, trigger__in=[why.RECHECK, why.DUE])
    return found.exclude(by=item.lot.appraiser_id).order_by("-on", "-id").first()


def waiting(user: User, area: str) -> QuerySet[RecheckItem]:
    """The papers that this person may look at again: open, and not the person's own work."""
    return items(user, area, OPEN, theirs=True)


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the drawn papers is asked for; "" and None mean everything."""

    area: str = ""
    state: str = ""
    lot: int | None = None
    appraiser: int | None = None
    theirs: bool = False
    """Only papers of other people than the user."""

    @property
    def narrowed(self) -> bool:
        """Whether more than place and state is asked for."""
        return bool(self.lot or self.appraiser or self.theirs)

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place, state = asked.get("area", ""), asked.get("state", "")
        return cls(
            area=place if place and division.contains(area, place) else area,
            state=state if state in STATES else "",
            lot=_key(asked.get("lot", "")),
            appraiser=_key(asked.get("appraiser", "")),
            theirs=asked.get("theirs", "") == "1",
        )


def _key(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 10 else None
