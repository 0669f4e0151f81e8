"""鉴定台账 and 待鉴定: appraisals filtered and counted; the households that wait for one, and why."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.appraisals.models import LETTERS, Appraisal, Hazard, HouseGrade, NoHouse, Objection, Posting, Screening
from anju.appraisals.queries.coverage import looked_dangerous
from anju.appraisals.queries.ledger import on_lists
from anju.policy import NoRule, keys, value
from anju.registry.facts import is_open
from anju.registry.models import Household
from anju.vocabulary import division

VALID = Appraisal.State.VALID
UNSIGNED, OBJECTED = "unsigned", "objected"
STATES = (*LETTERS, UNSIGNED, OBJECTED, Appraisal.State.SUPERSEDED.value, Appraisal.State.WITHDRAWN.value)
STANDARDS = ("2019", "2009")


def day_in(text: str) -> date | None:
    """A day as an address carries it; None where it is none."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the ledger is asked for; "" and None mean everything. ``state``: a grade (of those that count), ``unsigned``, ``objected``,
    ``superseded``, ``withdrawn``; ``appraiser`` is a name as it was signed."""

    area: str = ""
    state: str = ""
    standard: str = ""
    round: int | None = None
    appraiser: str = ""
    since: date | None = None
    until: date | None = None

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place, state, standard, number = (asked.get(name, "") for name in ("area", "state", "standard", "round"))
        return cls(
            area=place if place and division.contains(area, place) else area,
            state=state if state in STATES else "",
            standard=standard if standard in STANDARDS else "",
            round=int(number) if number.isdecimal() and len(number) < 10 else None,
            appraiser=asked.get("appraiser", "").strip()[:30],
            since=day_in(asked.get("since", "")),
            until=day_in(asked.get("until", "")),
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than place and state is asked for."""
        return bool(self.standard or self.round or self.appraiser or self.since or self.until)


def _state(state: str) -> Q:
    if state in LETTERS:
        return Q(state=VALID, grade=state)
    if state in (UNSIGNED, OBJECTED):
        return Q(state=VALID, acknowledged=state)
    return Q(state=state) if state else Q()


def ledger(user: User, filters: Filters) -> QuerySet[Appraisal]:
    """The appraisals asked for, inside the user's area."""
    found = scope(user, Appraisal.objects.filter(within(filters.area))).filter(_state(filters.state))
    if filters.standard:
        found = found.filter(standard__startswith=filters.standard)
    if filters.round:
        found = found.filter(round=filters.round)
    if filters.appraiser:
        found = found.filter(appraisers__contains=[filters.appraiser])
    if filters.since:
        found = found.filter(on__gte=filters.since)
    if filters.until:
        found = found.filter(on__lte=filters.until)
    return found


def counts(user: User, area: str) -> dict[str, int]:
    """How many papers of the area there are of each state of ``Filters.state``; ``""`` all."""
    rows = (
        scope(user, Appraisal.objects.filter(within(area)))
        .order_by()
        .values_list("state", "grade", "acknowledged")
        .annotate(rows=Count("*"))
    )
    found = dict.fromkeys(("", *STATES), 0)
    for state, grade, acknowledged, number in rows:
        found[""] += number
        if state != VALID:
            found[state] += number
            continue
        found[grade] += number
        if acknowledged in (UNSIGNED, OBJECTED):
            found[acknowledged] += number
    return found


# ------------------------------------------------------------------------------------------------ what waits for an appraisal


def objections(user: User, area: str) -> QuerySet[Objection]:
    """Objections nobody has settled, the oldest first."""
    found = scope(user, Objection.objects.filter(within(area), state=Objection.State.OPEN))
    return found.select_related("appraisal__household").order_by("on", "id")


def hazards(user: User, area: str) -> QuerySet[Hazard]:
    """Hazards without an appraisal, the earliest due first."""
    found = scope(user, Hazard.objects.filter(within(area), closed_on=None, appraisal=None))
    return found.select_related("household").order_by("due", "id")


def suspects(user: User, area: str) -> QuerySet[Screening]:
    """Houses that looked dangerous and weren't appraised since, the oldest look first."""
    return scope(user, looked_dangerous(area)).select_related("household").order_by("on", "id")


def ungraded(user: User, area: str, today: date) -> QuerySet[Household]:
    """Households of the groups valid there today whose house has no grade and who aren't known to have none."""
    try:
        groups = value(keys.GROUPS, area or user.area, today)
    except NoRule:
        return Household.objects.none()
    found = scope(user, Household.objects.filter(within(area), closed_on=None)).exclude(groups="")
    found = found.filter(on_lists(groups))
    graded = HouseGrade.objects.filter(is_open(), household=OuterRef("pk"))
    houseless = NoHouse.objects.filter(is_open(), household=OuterRef("pk"))
    return found.filter(~Exists(graded), ~Exists(houseless)).order_by("area", "number")


# ------------------------------------------------------------------------------------------------ what hangs

ISSUED, HANGING, OUTDATED, REMOVED = "issued", "hanging", "outdated", "removed"
POSTING_STATES = (ISSUED, HANGING, OUTDATED, REMOVED)


def postings(user: User, area: str, state: str = "", kind: str = "") -> QuerySet[Posting]:
    """Signs and plates: ``issued`` and not hung yet, ``hanging``, ``outdated`` (made for a paper that no longer counts, not taken down), ``removed``."""
    found = scope(user, Posting.objects.filter(within(area)))
    if kind in Posting.Kind.values:
        found = found.filter(kind=kind)
    counting = Q(appraisal__state=VALID)
    states = {
        ISSUED: Q(removed_on=None, posted_on=None) & counting,
        HANGING: Q(removed_on=None, posted_on__isnull=False) & counting,
        OUTDATED: Q(removed_on=None) & ~counting,
        REMOVED: Q(removed_on__isnull=False),
    }
    return found.filter(states.get(state, Q()))


def to_hang(user: User, area: str) -> tuple[int, int]:
    """How many signs and plates wait to be hung, and how many to be taken down."""
    told = postings(user, area).filter(removed_on=None).order_by()
    issued, outdated = Q(posted_on=None, appraisal__state=VALID), ~Q(appraisal__state=VALID)
    counts = told.aggregate(issued=Count("pk", filter=issued), outdated=Count("pk", filter=outdated))
    return counts["issued"], counts["outdated"]


def posting_counts(user: User, area: str, kind: str = "") -> dict[str, int]:
    """How many there are in each state; ``""`` all."""
    return {state: postings(user, area, state, kind).count() for state in ("", *POSTING_STATES)}


def plates_at_dangerous_houses(user: User, area: str) -> QuerySet[Posting]:
    """Safety plates that hang at a house whose grade is C or D today."""
    dangerous = HouseGrade.objects.filter(is_open(), dwelling=OuterRef("appraisal__dwelling"), grade__in=["C", "D"])
    hung = postings(user, area, kind=Posting.Kind.PLATE).filter(removed_on=None, posted_on__isnull=False)
    return hung.filter(Exists(dangerous))


def public(token: str) -> Posting | None:
    """The sign or plate of a token, whoever asks."""
    found = Posting.objects.select_related("appraisal__agency", "issued_by__organisation", "appraisal__household")
    return found.filter(token=token).first()
