"""Reading archives: those of an area by how much is there and what is missing; counts by missing item; a household's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Avg, Count, F, Func, Q, QuerySet, TextField

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.cases.archives import BY_CODE
from anju.cases.models import Case, CaseArchive
from anju.cases.queries import GOING, PHASES, SIDE, stages_of
from anju.registry.models import Household
from anju.vocabulary import division

WHOLE, LACKING, UNREVIEWED, REVIEWED = "whole", "lacking", "unreviewed", "reviewed"
STATES = (LACKING, WHOLE, UNREVIEWED, REVIEWED)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" means everything. ``missing`` is an item's code, ``state`` one of ``STATES``, ``phase`` as of the cases; ``q`` an archive's, a
    case's or a household's number."""

    area: str = ""
    state: str = ""
    missing: str = ""
    phase: str = ""
    q: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""

        def one(name: str, values: Iterable[str]) -> str:
            return asked.get(name, "") if asked.get(name, "") in values else ""

        place = asked.get("area", "")
        return cls(
            area=place if place and division.contains(area, place) else area,
            state=one("state", STATES),
            missing=one("missing", BY_CODE),
            phase=one("phase", (*PHASES, GOING, SIDE)),
            q=asked.get("q", "").strip()[:60],
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than a place is asked for."""
        return self != Filters(area=self.area)


_STATE = {
    WHOLE: Q(complete=100),
    LACKING: Q(complete__lt=100),
    UNREVIEWED: Q(complete=100, reviewed_on=None),
    REVIEWED: Q(reviewed_on__isnull=False),
}


def listed(user: User, filters: Filters) -> QuerySet[CaseArchive]:
    """The archives asked for, inside the user's area."""
    found = scope(user, CaseArchive.objects.filter(within(filters.area)))
    if filters.state:
        found = found.filter(_STATE[filters.state])
    if filters.missing:
        found = found.filter(complete__lt=100, missing__contains=[filters.missing])
    if filters.phase:
        found = found.filter(case__stage__in=stages_of(filters.phase))
    if filters.q:
        cases = Case.objects.filter(Q(number=filters.q.upper()) | Q(household__in=Household.objects.filter(number=filters.q).values("pk")))
        found = found.filter(Q(number=filters.q) | Q(case__in=cases.values("pk")))
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How many archives there are, how many lack nothing, how many of these were reviewed, how complete they are on the average."""

    total: int
    whole: int
    reviewed: int
    average: int
    missing: dict[str, int]


def counts(user: User, area: str) -> Counts:
    """The archives of an area, and how many lack each item: two queries."""
    found = scope(user, CaseArchive.objects.filter(within(area))).order_by()
    told = found.aggregate(
        total=Count("pk"), whole=Count("pk", filter=Q(complete=100)), reviewed=Count("pk", filter=_STATE[REVIEWED]), average=Avg("complete")
    )
    lacking = found.filter(complete__lt=100).annotate(item=Func(F("missing"), function="unnest", output_field=TextField()))
    missing = dict(lacking.values_list("item").annotate(rows=Count("pk")))
    by_item = {code: missing[code] for code in BY_CODE if code in missing}
    return Counts(told["total"], told["whole"], told["reviewed"], int(told["average"] or 0), by_item)
