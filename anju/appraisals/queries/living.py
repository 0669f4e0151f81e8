"""How the houses are graded in which households live, whoever had them appraised."""

from collections.abc import Sequence
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet

from anju.appraisals.models import HouseGrade
from anju.registry.facts import true_on
from anju.registry.models import Occupancy
from anju.registry.queries.living import homes

SAFE, DANGEROUS = ("A", "B"), ("C", "D")


def homes_graded(grades: Sequence[str], on: date) -> QuerySet[Occupancy]:
    """By which households live on the day in a house of one of these grades, a tenant in the house of another among them."""
    return homes(on).filter(Exists(HouseGrade.objects.filter(true_on(on), dwelling=OuterRef("dwelling"), grade__in=grades)))


def worst_home(household: int, on: date) -> str:
    """The worst grade among the houses a household (its key) lives in; "" where none is graded."""
    graded = HouseGrade.objects.filter(true_on(on), dwelling__in=homes(on).filter(household=household).values("dwelling"))
    return graded.order_by("-grade").values_list("grade", flat=True).first() or ""
