"""Whether a household's identity stood confirmed on a day: in a key group valid there, by a list the departments have locked (S4-05, S4-06)."""

from dataclasses import dataclass
from datetime import date, timedelta

from anju.policy import keys, value
from anju.registry.facts import true_on
from anju.registry.models import Belonging, Category, Household, Membership
from anju.rosters.models import Batch, BatchRow


@dataclass(frozen=True, slots=True)
class Identity:
    """One standing that counts: the category and the locked list that says so."""

    category: Category
    batch: Batch


def confirmed(household: Household, on: date) -> Identity | None:
    """The first standing (in primary order) that rests on a locked list as of no later than ``on`` plus the days policy allows; else None."""
    groups = value(keys.GROUPS, household.area, on)
    latest = on + timedelta(days=value(keys.IDENTITY_DAYS, household.area, on))
    members = Membership.objects.filter(true_on(on), household=household).values("person")
    held = Belonging.objects.filter(true_on(on), category__in=groups).select_related("category")
    held = held.filter(household=household) | held.filter(person__in=members)
    rows = {belonging: _row(belonging.source) for belonging in held.order_by("category__primary_order")}
    of = dict(BatchRow.objects.filter(pk__in=[row for row in rows.values() if row]).values_list("pk", "batch"))
    locked = Batch.objects.in_bulk(
        Batch.objects.filter(pk__in=set(of.values()), status=Batch.Status.LOCKED, as_of__lte=latest).values_list("pk", flat=True)
    )
    for belonging, row in rows.items():
        batch = locked.get(of.get(row or 0, 0))
        if batch is not None:
            return Identity(belonging.category, batch)
    return None


def _row(source: str) -> int | None:
    kind, _colon, key = source.partition(":")
    return int(key) if kind == "rosters.row" and key.isdecimal() else None
