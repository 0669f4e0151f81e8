"""How a household is housed, and which ways are about to end."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from anju.accounts.scope import within
from anju.guarantees.models import Guarantee
from anju.registry.facts import is_open, true_on
from anju.registry.models import Household
from anju.vocabulary.route import ROUTES, Category

SOON = timedelta(days=30)


def in_force(on: date) -> Q:
    """Guarantees that hold on a day: true then, and within their term."""
    return true_on(on) & (Q(until__isnull=True) | Q(until__gte=on))


def of(household: Household, on: date) -> Guarantee | None:
    """The way by which a household is housed on a day."""
    return Guarantee.objects.filter(in_force(on), household=household).order_by("-valid_from", "-id").first()


def history(household: Household) -> QuerySet[Guarantee]:
    """Every way a household was housed, as known now, the newest first."""
    return Guarantee.objects.filter(household=household, superseded_at=None).select_related("by").order_by("-valid_from", "-id")


def ending(area: str, today: date) -> QuerySet[Guarantee]:
    """Guarantees whose term has run out or runs out within thirty days, the most urgent first."""
    return Guarantee.objects.filter(within(area), is_open(), until__lte=today + SOON).select_related("household").order_by("until", "id")


def routes(category: Category) -> list[str]:
    """The routes that count as one category."""
    return [route.code for route in ROUTES.values() if route.category is category]


def ways_of(households: Iterable[int], today: date) -> dict[int, Guarantee]:
    """The way in force of each household that has one."""
    found = Guarantee.objects.filter(in_force(today), household__in=set(households)).order_by("valid_from", "id")
    return {one.household_id: one for one in found}
