"""What an auditor sees of the trail: the entries of their area, by who, where, what and when; the households behind an entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Model, Q, QuerySet
from django.utils import timezone

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.registry import models as registry
from anju.trail.models import Entry
from anju.trail.readings import readings
from anju.vocabulary import division

PAGE = 50
LISTED = 60


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" and None ask for nothing."""

    who: str = ""
    office: str = ""
    table: str = ""
    action: str = ""
    operation: str = ""
    area: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def read(cls, asked: Mapping[str, str]) -> "Filters":
        """From a page's query; a day that isn't one is passed over."""
        words = {name: asked.get(name, "").strip()[:80] for name in ("who", "office", "table", "action", "operation", "area")}
        return cls(**words, since=_day(asked.get("since", "")), until=_day(asked.get("until", "")))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def told(user: User) -> QuerySet[Entry]:
    """Entries all of whose rows lie in the user's area; of those that tell of a reading the ones read from inside it.

    What was written past the application (the role says so) is no reading.
    """
    found = scope(user, Entry.objects.all(), "within")
    if not user.area:
        return found
    return found.filter(~readings() | within(user.area, "seat") | ~Q(role=connection.settings_dict["USER"]))


def entries(user: User, filters: Filters) -> QuerySet[Entry]:
    """Entries told to the user, newest first. Days are the calendar's: the trail tells real time."""
    found = told(user).defer("keys", "names").order_by("-seq")
    if filters.area:
        low, high = division.bounds(filters.area)
        found = found.filter(within__gte=low, within__lt=high)
    if filters.who:
        named = list(User.objects.filter(name=filters.who).values_list("login", flat=True))
        found = found.filter(login__in=[filters.who, *named])
    if filters.office:
        found = found.filter(office=filters.office)
    if filters.table:
        found = found.filter(table=filters.table)
    if filters.action:
        found = found.filter(action=filters.action)
    if filters.operation:
        found = found.filter(operation=filters.operation)
    if filters.since:
        found = found.filter(at__gte=_midnight(filters.since))
    if filters.until:
        found = found.filter(at__lt=_midnight(filters.until + timedelta(days=1)))
    return found


@dataclass(frozen=True, slots=True)
class Page:
    """One page, found by key; ``next`` and ``previous`` are cursors, "" at the ends."""

    rows: list[Entry]
    next: str
    previous: str
    first: None = None
    last: None = None
    total: None = None


def page(found: QuerySet[Entry], *, after: str = "", before: str = "") -> Page:
    """The entries older than ``after``, or newer than ``before``."""
    if before.isdecimal() and not after:
        rows = list(found.filter(seq__gt=int(before)).order_by("seq")[: PAGE + 1])
        more, rows = len(rows) > PAGE, rows[:PAGE][::-1]
        return Page(rows, str(rows[-1].seq) if rows else "", str(rows[0].seq) if more and rows else "")
    if after.isdecimal():
        found = found.filter(seq__lt=int(after))
    rows = list(found[: PAGE + 1])
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return Page(rows, str(rows[-1].seq) if more else "", str(rows[0].seq) if after.isdecimal() and rows else "")


_OF_HOUSEHOLD: dict[str, type[Model]] = {
    "registry_registration": registry.Registration,
    "registry_membership": registry.Membership,
    "registry_belonging": registry.Belonging,
    "registry_occupancy": registry.Occupancy,
    "registry_datedflag": registry.DatedFlag,
    "registry_pastsupport": registry.PastSupport,
    "registry_change": registry.Change,
}
_OF_PERSON_TOO = ("registry_belonging", "registry_datedflag", "registry_pastsupport")


def households(user: User, table: str, keys: Sequence[int]) -> dict[int, str]:
    """Row → the number of the household it is about, for tables of the register, inside the user's area."""
    of: dict[int, int] = {}
    persons: dict[int, int] = {}
    if table == "registry_household":
        of = {key: key for key in keys}
    elif table == "registry_person":
        persons = {key: key for key in keys}
    elif table == "registry_formerparticulars":
        persons = dict(registry.FormerParticulars.objects.filter(pk__in=keys).values_list("pk", "person_id"))
    elif table in _OF_HOUSEHOLD:
        rows = _OF_HOUSEHOLD[table]._default_manager.filter(pk__in=keys)
        of = {key: household for key, household in rows.values_list("pk", "household_id") if household is not None}
        if table in _OF_PERSON_TOO:
            persons = {key: person for key, person in rows.values_list("pk", "person_id") if person is not None and key not in of}
    if persons:
        homes = dict(registry.Membership.objects.open().filter(person__in=set(persons.values())).values_list("person_id", "household_id"))
        of |= {key: homes[person] for key, person in persons.items() if person in homes}
    seen = dict(scope(user, registry.Household.objects.filter(pk__in=set(of.values()))).values_list("pk", "number"))
    return {key: seen[household] for key, household in of.items() if household in seen}
