"""Whether a household's identity stood confirmed on a day: in a key group valid there, by a list the departments have locked (S4-05, S4-06)."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Q

from anju.policy import keys, value
from anju.registry.facts import known
from anju.registry.models import Belonging, Category, Household, Membership
from anju.rosters.models import Batch, BatchRow


@dataclass(frozen=True, slots=True)
class Identity:
    """One standing that counts: the category and the locked list that says so."""

    category: Category
    batch: Batch


@dataclass(frozen=True, slots=True)
class Standings:
    """What is known of households' standings, looked up once for all of them."""

    belongings: dict[int, list[Belonging]] = field(default_factory=dict)
    memberships: dict[int, list[Membership]] = field(default_factory=dict)
    locked: dict[int, Batch] = field(default_factory=dict)

    def confirmed(self, household: Household, on: date) -> Identity | None:
        """The first standing (in primary order) that rests on a locked list as of no later than ``on`` plus the days policy allows; else None."""
        groups = value(keys.GROUPS, household.area, on)
        latest = on + timedelta(days=value(keys.IDENTITY_DAYS, household.area, on))
        members = {spell.person_id for spell in self.memberships.get(household.pk, ()) if _true(spell, on)}
        for held in self.belongings.get(household.pk, ()):
            batch = self.locked.get(_row(held.source) or 0)
            counts = held.category_id in groups and _true(held, on) and (held.household_id == household.pk or held.person_id in members)
            if counts and batch is not None and batch.as_of <= latest:
                return Identity(held.category, batch)
        return None

    def left(self, household: Household, category: str, on: date) -> date | None:
        """Since when the household, which was in this category, is in it no longer on a day; None where it still is, or never was."""
        members = {spell.person_id for spell in self.memberships.get(household.pk, ()) if _true(spell, on)}
        ended = []
        for held in self.belongings.get(household.pk, ()):
            if held.category_id != category:
                continue
            stays = held.household_id == household.pk or held.person_id in members
            if stays and _true(held, on):
                return None
            ended.append(held.valid_to if held.valid_to is not None and held.valid_to <= on else on)
        return max(ended, default=None)


def standings(households: Iterable[int]) -> Standings:
    """The standings of households, by their keys, as known now."""
    wanted = set(households)
    if not wanted:
        return Standings()
    made = Standings()
    of_person: dict[int, set[int]] = {}
    for spell in Membership.objects.filter(known(), household__in=wanted):
        made.memberships.setdefault(spell.household_id, []).append(spell)
        of_person.setdefault(spell.person_id, set()).add(spell.household_id)
    held = Belonging.objects.filter(known(), Q(household__in=wanted) | Q(person__in=list(of_person))).select_related("category")
    rows: set[int] = set()
    for one in held.order_by("category__primary_order", "id"):
        rows.add(_row(one.source) or 0)
        for key in {one.household_id} if one.household_id else of_person.get(one.person_id or 0, set()):
            made.belongings.setdefault(key, []).append(one)
    of = dict(BatchRow.objects.filter(pk__in=rows).values_list("pk", "batch"))
    locked = Batch.objects.filter(pk__in=set(of.values()), status=Batch.Status.LOCKED).in_bulk()
    made.locked.update({row: locked[batch] for row, batch in of.items() if batch in locked})
    return made


def _true(fact: Belonging | Membership, on: date) -> bool:
    return fact.valid_from <= on and (fact.valid_to is None or fact.valid_to > on)


def _row(source: str) -> int | None:
    kind, _colon, key = source.partition(":")
    return int(key) if kind == "rosters.row" and key.isdecimal() else None
