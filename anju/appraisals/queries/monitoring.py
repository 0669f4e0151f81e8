"""动态监测: the hazards of an area by how far each is, and the households newly recognised in a month with the days by which they are due."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.appraisals.actions.hazards import due_after
from anju.appraisals.models import Appraisal, Hazard, NoHouse
from anju.appraisals.queries.appraisal import day_in
from anju.policy import NoRule, find, keys, value
from anju.registry.facts import is_open
from anju.registry.models import Household
from anju.vocabulary import division

OPEN, TO_CHECK, TO_APPRAISE, TO_LIFT, LATE, LIFTED, UNFOUNDED = "open", "check", "appraise", "lift", "late", "lifted", "unfounded"
STATES = (OPEN, LATE, TO_CHECK, TO_APPRAISE, TO_LIFT, LIFTED, UNFOUNDED)
_GIVEN = 5
"""The day of the month by which last month's newly recognised are given to housing where policy says nothing yet."""


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the hazards is asked for; "" and None mean everything. ``state``: one of ``STATES``."""

    area: str = ""
    state: str = ""
    way: str = ""
    cause: str = ""
    urgent: bool = False
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place, state, way, cause = (asked.get(name, "") for name in ("area", "state", "way", "cause"))
        return cls(
            area=place if place and division.contains(area, place) else area,
            state=state if state in STATES else "",
            way=way if way in Hazard.Way.values else "",
            cause=cause if cause in Hazard.Cause.values else "",
            urgent=asked.get("urgent", "") == "1",
            since=day_in(asked.get("since", "")),
            until=day_in(asked.get("until", "")),
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than place and state is asked for."""
        return bool(self.way or self.cause or self.urgent or self.since or self.until)


def _state(state: str, today: date) -> Q:
    standing = Q(closed_on__isnull=True)
    return {
        "": Q(),
        OPEN: standing,
        TO_CHECK: standing & Q(appraisal__isnull=True, checked_on__isnull=True),
        TO_APPRAISE: standing & Q(appraisal__isnull=True, checked_on__isnull=False),
        TO_LIFT: standing & Q(appraisal__isnull=False),
        LATE: standing & Q(appraisal__isnull=True, due__lt=today),
        LIFTED: Q(closed_on__isnull=False, unfounded=False),
        UNFOUNDED: Q(unfounded=True),
    }[state]


def words() -> dict[str, str]:
    """State of a hazard ("" all) → what lists call it."""
    return {
        "": _("全部"), OPEN: _("未销号"), LATE: _("逾期未鉴定"), TO_CHECK: _("待核实"), TO_APPRAISE: _("待鉴定"), TO_LIFT: _("待解危"),
        LIFTED: _("已解危"), UNFOUNDED: _("核实没有险情"),
    }  # fmt: skip


def state_of(hazard: Hazard) -> str:
    """How far one is: ``check``, ``appraise``, ``lift``, ``lifted`` or ``unfounded``."""
    if hazard.closed_on is not None:
        return UNFOUNDED if hazard.unfounded else LIFTED
    if hazard.appraisal_id is not None:
        return TO_LIFT
    return TO_APPRAISE if hazard.checked_on is not None else TO_CHECK


def is_late(hazard: Hazard, today: date) -> bool:
    """Not appraised by its day."""
    return hazard.closed_on is None and hazard.appraisal_id is None and hazard.due < today


def days_open(hazard: Hazard, today: date) -> int:
    """Days from the finding until it was struck, or until today."""
    return ((hazard.closed_on or today) - hazard.on).days


def ledger(user: User, filters: Filters, today: date) -> "QuerySet[Hazard]":
    """The hazards asked for, inside the user's area."""
    found = scope(user, Hazard.objects.filter(within(filters.area))).filter(_state(filters.state, today))
    if filters.way:
        found = found.filter(way=filters.way)
    if filters.cause:
        found = found.filter(cause=filters.cause)
    if filters.urgent:
        found = found.filter(urgent=True)
    if filters.since:
        found = found.filter(on__gte=filters.since)
    if filters.until:
        found = found.filter(on__lte=filters.until)
    return found


@dataclass(frozen=True, slots=True)
class Counts:
    """Hazards by state ("" all), those found since the first of the month, and the day the oldest open one was found."""

    states: Mapping[str, int]
    this_month: int
    oldest: date | None


def counts(user: User, area: str, today: date) -> Counts:
    """How many hazards there are of each state, in one look at the area's."""
    found = scope(user, Hazard.objects.filter(within(area))).order_by()
    asked = {f"n_{state}": Count("pk", filter=_state(state, today)) for state in STATES}
    row = found.aggregate(
        all=Count("pk"), month=Count("pk", filter=Q(on__gte=today.replace(day=1))), oldest=Min("on", filter=_state(OPEN, today)), **asked
    )
    return Counts({"": row["all"], **{state: row[f"n_{state}"] for state in STATES}}, row["month"], row["oldest"])


def of_household(household: Household) -> list[Hazard]:
    """The household's hazards, newest first."""
    return list(household.hazards.select_related("appraisal").order_by("-on", "-id")[:20])


# ------------------------------------------------------------------------------------------------ newly recognised


@dataclass(frozen=True, slots=True)
class Month:
    """A month of recognition: its first day, the first of the next, and the days of that next month by which policy wants them given and appraised."""

    first: date
    next: date
    given_by: date
    appraised_by: date

    @property
    def key(self) -> str:
        """As an address carries it: 2020-05."""
        return f"{self.first:%Y-%m}"


def month(first: date, area: str) -> Month:
    """The month that begins on a day, with the deadlines of an area."""
    after = (first + timedelta(days=32)).replace(day=1)
    rule = find(keys.NEW_MEMBERS_DAY, area, after)
    return Month(first, after, after.replace(day=rule.value if rule else _GIVEN), due_after(area, after))


def month_in(text: str, today: date, area: str) -> Month:
    """The month an address names; the last whole one where it names none, or one to come."""
    first = day_in(f"{text}-01")
    last = (today.replace(day=1) - timedelta(days=1)).replace(day=1)
    return month(first if first is not None and first <= today else last, area)


ALL, LATE_GIVEN, LEFT, DONE = "", "late_given", "left", "done"
NEW_STATES = (ALL, LEFT, DONE, LATE_GIVEN)
_BEGUN = """
SELECT coalesce(b.household_id, m.household_id)
FROM registry_belonging b
LEFT JOIN registry_membership m ON m.person_id = b.person_id AND m.superseded_at IS NULL AND m.valid_to IS NULL
WHERE b.superseded_at IS NULL AND b.category_id = ANY(%s)
  AND b.area >= %s AND b.area < %s AND b.valid_from >= %s AND b.valid_from < %s
  AND (%s::date IS NULL OR (SELECT min(e.recorded_at) FROM registry_belonging e
      WHERE e.category_id = b.category_id AND e.valid_from = b.valid_from AND (e.household_id = b.household_id OR e.person_id = b.person_id)
  ) AT TIME ZONE 'Asia/Shanghai' >= %s::date + 1)"""
_BEFORE = """NOT EXISTS (
    SELECT FROM registry_belonging e WHERE e.superseded_at IS NULL AND e.valid_from < %s AND e.household_id = registry_household.id
) AND NOT EXISTS (
    SELECT FROM registry_membership em JOIN registry_belonging e ON e.person_id = em.person_id AND e.superseded_at IS NULL AND e.valid_from < %s
    WHERE em.household_id = registry_household.id AND em.superseded_at IS NULL AND em.valid_to IS NULL
)"""


def newly(user: User, area: str, asked: Month, state: str = ALL) -> "QuerySet[Household]":
    """Households first recognised in that month, in the groups valid there: by then on no list, from then on one. ``late_given``: first entered
    after the day by which they were to be given; ``left``: not appraised since, nor known to have no house; ``done``: the others."""
    try:
        groups = value(keys.GROUPS, area or user.area, asked.first)
    except NoRule:
        return Household.objects.none()
    low, high = division.bounds(area)
    late = asked.given_by if state == LATE_GIVEN else None
    begun = RawSQL(_BEGUN, (list(groups), low, high, asked.first, asked.next, late, late))
    found = scope(user, Household.objects.filter(within(area), closed_on=None, pk__in=begun))
    found = found.extra(where=[_BEFORE], params=[asked.first, asked.first])
    if state == LEFT:
        return found.exclude(_settled(asked))
    return found.filter(_settled(asked)) if state == DONE else found


def newly_counted(user: User, area: str, asked: Month) -> dict[str, int]:
    """How many there are of each state."""
    found = newly(user, area, asked).order_by().aggregate(all=Count("pk"), done=Count("pk", filter=_settled(asked)))
    late = newly(user, area, asked, LATE_GIVEN).count() if found["all"] else 0
    return {ALL: found["all"], LEFT: found["all"] - found["done"], DONE: found["done"], LATE_GIVEN: late}


def _settled(asked: Month) -> Q:
    return Q(Exists(_appraised(asked))) | Q(Exists(NoHouse.objects.filter(is_open(), household=OuterRef("pk"))))


def _appraised(asked: Month) -> "QuerySet[Appraisal]":
    return Appraisal.objects.filter(household=OuterRef("pk"), on__gte=asked.first).exclude(state=Appraisal.State.WITHDRAWN)
