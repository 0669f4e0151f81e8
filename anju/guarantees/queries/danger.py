"""危房台账 and 危房住人 as they stand today: who is on the ledger, who has a way out, who still lives in a dangerous house without one."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count as Counted
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Substr
from django.utils.translation import gettext as _

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.appraisals.models import HouseGrade
from anju.appraisals.queries import ledger
from anju.appraisals.queries.living import DANGEROUS, homes_graded
from anju.guarantees.models import Guarantee
from anju.guarantees.queries.household import in_force
from anju.registry.models import Category, Household
from anju.vocabulary import division
from anju.vocabulary.summing import Summed

NO_HOUSE, OTHERS = "none", "others"
"""How an address asks for households without a house, and for those that are on no list."""
GRADES = (*DANGEROUS, NO_HOUSE)


def has_way(on: date) -> Exists:
    """Of a household: a way of living safely is in force on the day."""
    return Exists(Guarantee.objects.filter(in_force(on), household=OuterRef("pk")))


def lives_in_danger(on: date) -> Exists:
    """Of a household: it lives in a C or D house, its own or another's."""
    return Exists(homes_graded(DANGEROUS, on).filter(household=OuterRef("pk")))


def lived_in_dangerous(area: str, on: date) -> QuerySet[Household]:
    """危房住人: households that live in a C or D house and have no way out in force (S0-09, domain 4.1), whatever list they are on."""
    found = Household.objects.filter(within(area), closed_on=None, pk__in=homes_graded(DANGEROUS, on).values("household"))
    return found.filter(~has_way(on)).order_by("area", "number")


def living_in_danger(households: Sequence[int], on: date) -> set[int]:
    """Which of some households (their keys) live in a C or D house and have no way out in force: what a page of them marks."""
    lived_in = homes_graded(DANGEROUS, on).filter(household__in=households)
    housed = Guarantee.objects.filter(in_force(on), household__in=households)
    return set(lived_in.values_list("household", flat=True)) - set(housed.values_list("household", flat=True))


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the ledger is asked for; "" means everything. ``grade``: C, D or ``none`` (without a house); ``group``: a list's code, or ``others`` (on no
    list); ``way``: ``open`` or ``none``; ``lived``: still lived in without a way out."""

    area: str = ""
    grade: str = ""
    group: str = ""
    way: str = ""
    lived: bool = False

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place, grade, group, way = (asked.get(name, "") for name in ("area", "grade", "group", "way"))
        known = group == OTHERS or (group.isascii() and group.isalnum() and len(group) <= 16)
        return cls(
            area=place if place and division.contains(area, place) else area,
            grade=grade if grade in GRADES else "",
            group=group if known else "",
            way=way if way in ("open", "none") else "",
            lived=asked.get("lived", "") == "1",
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than the place is asked for."""
        return bool(self.grade or self.group or self.way or self.lived)


def _graded(grade: str) -> Q:
    """Households by the worst grade among their houses."""
    held = HouseGrade.objects.open().filter(household=OuterRef("pk"))
    is_d, is_c = Exists(held.filter(grade="D")), Exists(held.filter(grade="C"))
    return {"D": Q(is_d), "C": Q(is_c) & ~Q(is_d), NO_HOUSE: ~Q(is_c) & ~Q(is_d)}.get(grade, Q())


def _narrowed(found: QuerySet[Household], filters: Filters, today: date) -> QuerySet[Household]:
    if filters.grade:
        found = found.filter(_graded(filters.grade))
    if filters.group:
        found = found.filter(groups="") if filters.group == OTHERS else found.filter(ledger.on_lists([filters.group]))
    if filters.way:
        found = found.filter(has_way(today) if filters.way == "open" else ~has_way(today))
    return found.filter(lives_in_danger(today), ~has_way(today)) if filters.lived else found


def on_ledger(user: User, filters: Filters, today: date) -> QuerySet[Household]:
    """The households of the danger ledger asked for, inside the user's area."""
    return _narrowed(scope(user, ledger.now(filters.area)), filters, today)


def living(user: User, filters: Filters, today: date) -> QuerySet[Household]:
    """危房住人 asked for, inside the user's area."""
    return _narrowed(scope(user, lived_in_dangerous(filters.area, today)), filters, today)


@dataclass(frozen=True, slots=True)
class Count(Summed):
    """The ledger's households of an area: by grade, with a way out (``routed``), and still lived in without one."""

    area: str
    households: int = 0
    c: int = 0
    d: int = 0
    no_house: int = 0
    routed: int = 0
    lived: int = 0

    @property
    def unrouted(self) -> int:
        """Without a way out."""
        return self.households - self.routed


def counts(user: User, area: str, today: date, digits: int) -> dict[str, Count]:
    """By area (cut to ``digits``) the households of the ledger; areas without any are left out."""
    found = (
        scope(user, ledger.now(area))
        .order_by()
        .annotate(place=Substr("area", 1, digits), routed=has_way(today), lived=lives_in_danger(today))
        .values("place")
        .annotate(
            many=Counted("pk"),
            c=Counted("pk", filter=_graded("C")),
            d=Counted("pk", filter=_graded("D")),
            none=Counted("pk", filter=_graded(NO_HOUSE)),
            ways=Counted("pk", filter=Q(routed=True)),
            living=Counted("pk", filter=Q(routed=False, lived=True)),
        )
        .values_list("place", "many", "c", "d", "none", "ways", "living")
    )
    return {place: Count(place, *numbers) for place, *numbers in sorted(found)}


def groups_of(area: str) -> list[tuple[str, str]]:
    """The lists whose households the ledger of the area holds today: code and short name."""
    codes = ledger.groups_today(area)
    return list(Category.objects.filter(code__in=codes).values_list("code", "short"))


def shorts() -> dict[str, str]:
    """Every list's short name by its code."""
    return {code: _(short) for code, short in Category.objects.values_list("code", "short")}


def lists_said(groups: str, names: dict[str, str]) -> str:
    """The lists a household is on, in words."""
    return _("、").join(names.get(code, code) for code in groups.split("+")) if groups else ""


def since_of(households: Iterable[int]) -> dict[int, date]:
    """Since when each household's worst house has its grade."""
    rows = HouseGrade.objects.open().filter(household__in=set(households), grade__in=("C", "D")).order_by("grade")
    return dict(rows.values_list("household_id", "valid_from"))
