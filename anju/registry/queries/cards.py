"""Reading households' bank cards: the one in use, those before it, which have to be renewed; whose a number is."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Max, QuerySet

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.registry.facts import is_open, known
from anju.registry.models import HouseholdCard, Membership
from anju.vocabulary import relation


def heads(households: Iterable[int]) -> dict[int, Membership]:
    """The head of each household (its key) as known now, with the person."""
    found = Membership.objects.filter(is_open(), household__in=set(households), relation=relation.HEAD)
    return {one.household_id: one for one in found.select_related("person")}


def in_force(households: Iterable[int]) -> dict[int, HouseholdCard]:
    """The card in use of each household (its key) that has one, with its holder."""
    found = HouseholdCard.objects.open().filter(household__in=set(households)).select_related("holder")
    return {one.household_id: one for one in found}


def used_until(households: Iterable[int]) -> dict[int, date]:
    """The day until which each household (its key) used the last of its cards that are used no more."""
    ended = HouseholdCard.objects.filter(known(), household__in=set(households), valid_to__isnull=False)
    return dict(ended.values_list("household").annotate(until=Max("valid_to")))


def of_household(household: int) -> QuerySet[HouseholdCard]:
    """The cards a household has and had, the last one first."""
    return HouseholdCard.objects.filter(known(), household=household).select_related("holder", "by").order_by("-valid_from", "-id")


def cards_to_renew(user: User, area: str) -> QuerySet[HouseholdCard]:
    """要换的卡: in use, but the household has another head by now. It is told; nothing but a payment is held up by it."""
    found = HouseholdCard.objects.open().filter(within(area), renew=True, household__closed_on=None)
    return scope(user, found).select_related("household", "holder").order_by("area", "household")


@dataclass(frozen=True, slots=True)
class InUse:
    """A card in use, by its token: whose, wherever that is. ``visible``: in the asker's area; else only ``county`` may be told."""

    token: str
    card: int
    household: int
    number: str
    county: str
    closed: bool
    visible: bool


def in_use(tokens: Iterable[str]) -> list[InUse]:
    """Which of these numbers (their tokens) are in use, and by whom."""
    asked = sorted(set(tokens))
    if not asked:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT u.card_no, u.card_id, u.household_id, coalesce(h.number, ''), u.county, u.closed, h.id IS NOT NULL
               FROM registry_cards_in_use(%s) u LEFT JOIN registry_household h ON h.id = u.household_id""",
            [asked],
        )
        return [InUse(*row) for row in cursor.fetchall()]
