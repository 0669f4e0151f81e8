"""Reading the ledger: an area's problems filtered, sorted and counted; what waits for whom; a household's problems."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope, within
from anju.problems.actions.stepping import levels
from anju.problems.models import NEVER, UNFINISHED, WITH_OFFICE, Category, Problem, Severity, Source, State, Step
from anju.vocabulary import division

OVERDUE, UNFINISHED_ALL, TO_VERIFY = "overdue", "unfinished", "to_verify"


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the ledger is asked for; "" means everything. ``state``: a ``State``, ``overdue``, ``unfinished`` or
    ``to_verify`` (rectified one level below the asker's). ``mine``: handed to the asker's office."""

    area: str = ""
    state: str = ""
    source: str = ""
    category: str = ""
    severity: str = ""
    household: str = ""
    mine: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""

        def one(name: str, values: list[str]) -> str:
            return asked.get(name, "") if asked.get(name, "") in values else ""

        place = asked.get("area", "")
        return cls(
            area=place if place and division.contains(area, place) else area,
            state=one("state", [*State.values, OVERDUE, UNFINISHED_ALL, TO_VERIFY]),
            source=one("source", Source.values),
            category=one("category", Category.values),
            severity=one("severity", Severity.values),
            household=asked.get("household", "")[:20],
            mine=asked.get("mine") == "1",
        )


def overdue(today: date) -> Q:
    """逾期: not struck off, and its day is past."""
    return Q(state__in=UNFINISHED, due__lt=today)


def ledger(user: User, filters: Filters, today: date) -> QuerySet[Problem]:
    """The problems asked for, inside the user's area, each with ``due_key`` (its due day, or the end of time) to sort by."""
    found = scope(user, Problem.objects.filter(within(filters.area))).annotate(
        due_key=Coalesce("due", Value(NEVER, DateField()), output_field=DateField())
    )
    if filters.state == OVERDUE:
        found = found.filter(overdue(today))
    elif filters.state == UNFINISHED_ALL:
        found = found.filter(state__in=UNFINISHED)
    elif filters.state == TO_VERIFY:
        found = found.filter(_to_verify(user))
    elif filters.state:
        found = found.filter(state=filters.state)
    else:
        found = found.exclude(state=State.VOID)
    for name in ("source", "category", "severity"):
        if value := getattr(filters, name):
            found = found.filter(**{name: value})
    if filters.household:
        found = found.filter(household__number=filters.household)
    if filters.mine:
        found = found.filter(handed_to=user.organisation_id)
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """How many problems stand where; ``total`` without those struck from the ledger as mistaken."""

    states: dict[str, int]
    overdue: int

    @property
    def total(self) -> int:
        """All but the mistaken ones."""
        return sum(count for state, count in self.states.items() if state != State.VOID)

    @property
    def unfinished(self) -> int:
        """Not struck off yet."""
        return sum(self.states.get(state, 0) for state in UNFINISHED)


def counts(user: User, area: str, today: date) -> Counts:
    """How many problems of the area stand where: read off an index."""
    found = scope(user, Problem.objects.filter(within(area)))
    states = dict(found.order_by().values_list("state").annotate(rows=Count("*")))
    return Counts({state: states.get(state, 0) for state in State.values}, found.filter(overdue(today)).count())


def by_category(user: User, area: str) -> list[tuple[str, int, int]]:
    """(category, all, not struck off) of an area, most unfinished first."""
    found = scope(user, Problem.objects.filter(within(area))).exclude(state=State.VOID).order_by()
    rows = found.values_list("category").annotate(rows=Count("*"), left=Count("*", filter=Q(state__in=UNFINISHED)))
    return sorted(((category, rows, left) for category, rows, left in rows), key=lambda one: (-one[2], -one[1], one[0]))


# ------------------------------------------------------------------------------------------------ what waits for whom


def handed_to(user: User, area: str) -> QuerySet[Problem]:
    """What the user's office has to mend, the earliest day first."""
    if not user.may(Power.PROBLEMS_RECTIFY):
        return Problem.objects.none()
    return scope(user, Problem.objects.filter(within(area), handed_to=user.organisation_id, state__in=WITH_OFFICE)).order_by("due", "id")


def to_hand_over(user: User, area: str) -> QuerySet[Problem]:
    """Found and not yet handed over to anybody."""
    if not user.may(Power.PROBLEMS_VERIFY):
        return Problem.objects.none()
    return scope(user, Problem.objects.filter(within(area), state=State.OPEN)).order_by("id")


def to_verify(user: User, area: str) -> QuerySet[Problem]:
    """Rectified one level below the user's, waiting to be looked at. What lies two levels below is the next level's to verify."""
    if not user.may(Power.PROBLEMS_VERIFY):
        return Problem.objects.none()
    return scope(user, Problem.objects.filter(within(area)).filter(_to_verify(user))).order_by("rectified_on", "id")


def _to_verify(user: User) -> Q:
    return Q(state=State.VERIFYING, rectified_level=levels(user)[1] + 1)


def late(user: User, area: str, today: date) -> QuerySet[Problem]:
    """Handed over by this level or below and past its day: for who has to urge."""
    if not user.may(Power.PROBLEMS_VERIFY):
        return Problem.objects.none()
    return scope(user, Problem.objects.filter(within(area)).filter(overdue(today))).order_by("due", "id")


# ------------------------------------------------------------------------------------------------ one problem


def of_household(user: User, household: int) -> QuerySet[Problem]:
    """A household's problems, the newest first."""
    return scope(user, Problem.objects.filter(household=household)).exclude(state=State.VOID).order_by("-id")


def steps(problem: Problem) -> list[Step]:
    """The problem's steps in order, with who took them, and by which step each was taken back."""
    return list(problem.steps.select_related("by", "office", "reverses", "reversed_by").order_by("ordinal"))
