"""What the data say of households on a day: the grades of the houses they live in, the way by which they are housed. A conclusion rests on it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from anju.appraisals.models import HouseGrade
from anju.guarantees.models import Guarantee
from anju.registry.facts import Fact, known
from anju.registry.models import Household, Occupancy
from anju.registry.queries.living import lived_in
from anju.vocabulary.grade import GRADES
from anju.vocabulary.route import ROUTES, Category


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the data say of a household on a day: the grades of the houses it lives in, and the way by which it is housed."""

    grades: tuple[HouseGrade, ...]
    guarantee: Guarantee | None

    @property
    def safe(self) -> HouseGrade | None:
        """An A or B house it lives in."""
        return next((one for one in self.grades if GRADES[one.grade].safe), None)

    @property
    def dangerous(self) -> HouseGrade | None:
        """A C or D house it lives in, the worst."""
        found = [one for one in self.grades if not GRADES[one.grade].safe]
        return max(found, key=lambda one: one.grade, default=None)

    @property
    def supported(self) -> Category | None:
        """The category that the data bear out, if any: what a page offers first."""
        if self.guarantee is not None:
            category = ROUTES[self.guarantee.route].category
            if category is Category.GUARANTEED or self.dangerous is None or self.safe is not None:
                return category
        return Category.APPRAISED if self.safe is not None and self.dangerous is None and self.guarantee is None else None


class Data:
    """The facts about some households, looked up once, to be asked for any day."""

    def __init__(self, households: Iterable[int]) -> None:
        wanted = set(households)
        self._stands: dict[int, list[Occupancy]] = {}
        self._grades: dict[int, list[HouseGrade]] = {}
        self._ways: dict[int, list[Guarantee]] = {}
        for spell in Occupancy.objects.filter(known(), household__in=wanted):
            self._stands.setdefault(spell.household_id, []).append(spell)
        houses = {spell.dwelling_id for spells in self._stands.values() for spell in spells}
        for fact in HouseGrade.objects.filter(known(), dwelling__in=houses).select_related("appraisal").order_by("grade", "id"):
            self._grades.setdefault(fact.dwelling_id, []).append(fact)
        for way in Guarantee.objects.filter(known(), household__in=wanted).order_by("-valid_from", "-id"):
            self._ways.setdefault(way.household_id, []).append(way)

    def on(self, household: int, day: date) -> Grounds:
        """What they say of a household (its key) on a day, as known now."""
        houses = {spell.dwelling_id for spell in lived_in(spell for spell in self._stands.get(household, ()) if _true(spell, day))}
        grades = [fact for house in houses for fact in self._grades.get(house, ()) if _true(fact, day)]
        ways = (way for way in self._ways.get(household, ()) if _true(way, day) and (way.until is None or way.until >= day))
        return Grounds(tuple(sorted(grades, key=lambda fact: (fact.grade, fact.pk))), next(ways, None))


def _true(fact: Fact, day: date) -> bool:
    return fact.valid_from <= day and (fact.valid_to is None or fact.valid_to > day)


def grounds_of(households: Iterable[Household], on: date) -> dict[int, Grounds]:
    """What the data say of each of these households on a day, by their key."""
    keys = {one.pk for one in households}
    data = Data(keys)
    return {key: data.on(key, on) for key in keys}


def grounds(household: Household, on: date) -> Grounds:
    """What the data say of one household on a day, as known now."""
    return grounds_of([household], on)[household.pk]
