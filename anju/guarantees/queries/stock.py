"""存量台账, read: what became of the households of a stock: struck, with a way out, still open."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count as Counted
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr

from anju.accounts.models import User
from anju.accounts.roles import Power
from anju.accounts.scope import scope, within
from anju.appraisals.actions.stock import SIGNERS
from anju.appraisals.models import Stock, StockEntry, StockSignature
from anju.guarantees.models import Guarantee
from anju.guarantees.queries.household import in_force
from anju.vocabulary import division
from anju.vocabulary.summing import Summed

NO_HOUSE = "none"
"""How an address asks for entries without a house."""
GRADES = ("C", "D", NO_HOUSE)
LEFT, STRUCK = "left", "struck"


@dataclass(frozen=True, slots=True)
class Filters:
    """What of a stock is asked for; "" means everything. ``state``: ``left`` or ``struck``; ``way``: ``open`` or ``none``."""

    area: str = ""
    grade: str = ""
    state: str = ""
    way: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place, grade, state, way = (asked.get(name, "") for name in ("area", "grade", "state", "way"))
        return cls(
            area=place if place and division.contains(area, place) else area,
            grade=grade if grade in GRADES else "",
            state=state if state in (LEFT, STRUCK) else "",
            way=way if way in ("open", "none") else "",
        )


def stocks(user: User, area: str) -> QuerySet[Stock]:
    """The stocks of an area and of what lies inside it, the newest first."""
    return scope(user, Stock.objects.filter(within(area))).select_related("made_by__organisation").order_by("-as_of", "-id")


def to_sign(user: User, area: str) -> QuerySet[Stock]:
    """Stocks that wait for the signature of the user's office, the oldest first."""
    if not user.may(Power.LOCK) or user.organisation.kind not in SIGNERS:
        return Stock.objects.none()
    signed = StockSignature.objects.filter(stock=OuterRef("pk"), office=user.organisation.kind)
    return scope(user, Stock.objects.filter(within(area), locked_at=None, voided_at=None)).filter(~Exists(signed)).order_by("as_of", "id")


def _has_way(today: date) -> Exists:
    return Exists(Guarantee.objects.filter(in_force(today), household=OuterRef("household")))


def entries(user: User, stock: Stock, filters: Filters, today: date) -> QuerySet[StockEntry]:
    """The entries asked for, inside the user's area."""
    found = scope(user, StockEntry.objects.filter(within(filters.area), stock=stock))
    if filters.grade:
        found = found.filter(grade="" if filters.grade == NO_HOUSE else filters.grade)
    if filters.state:
        found = found.filter(struck_on__isnull=filters.state == LEFT)
    if filters.way:
        found = found.filter(_has_way(today) if filters.way == "open" else ~_has_way(today))
    return found


@dataclass(frozen=True, slots=True)
class Count(Summed):
    """The entries of an area: by grade, struck, and of those left the ones with a way out."""

    area: str
    households: int = 0
    c: int = 0
    d: int = 0
    no_house: int = 0
    struck: int = 0
    routed: int = 0

    @property
    def left(self) -> int:
        """Not struck yet."""
        return self.households - self.struck


def counts(user: User, stock: Stock, area: str, today: date, digits: int) -> dict[str, Count]:
    """By area (cut to ``digits``) the entries of a stock inside ``area``."""
    found = (
        scope(user, StockEntry.objects.filter(within(area), stock=stock))
        .order_by()
        .annotate(place=Substr("area", 1, digits), routed=_has_way(today))
        .values("place")
        .annotate(
            many=Counted("pk"),
            c=Counted("pk", filter=Q(grade="C")),
            d=Counted("pk", filter=Q(grade="D")),
            none=Counted("pk", filter=Q(grade="")),
            struck=Counted("pk", filter=Q(struck_on__isnull=False)),
            ways=Counted("pk", filter=Q(struck_on__isnull=True, routed=True)),
        )
        .values_list("place", "many", "c", "d", "none", "struck", "ways")
    )
    return {place: Count(place, *numbers) for place, *numbers in sorted(found)}
