"""How households are housed, read."""

from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from anju.accounts.scope import within
from anju.appraisals.models import HouseGrade
from anju.guarantees.models import Guarantee
from anju.registry.facts import is_open, true_on
from anju.registry.models import Household, Occupancy
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


def lived_in_dangerous(area: str, on: date) -> QuerySet[Household]:
    """危房住人: households that live in a C or D house and have no way out in force (S0-09, domain 4.1)."""
    lived = Occupancy.objects.filter(true_on(on), household=OuterRef("household"), dwelling=OuterRef("dwelling"))
    grades = HouseGrade.objects.filter(true_on(on), within(area), Exists(lived), grade__in=("C", "D"))
    out = Guarantee.objects.filter(in_force(on), household=OuterRef("pk"))
    return Household.objects.filter(within(area), ~Exists(out), closed_on=None, pk__in=grades.values("household")).order_by(
        "area", "number"
    )
