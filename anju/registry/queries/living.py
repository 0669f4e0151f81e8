"""Which house a household lives in, of those it stands in some relation to."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.lookups import Exact

from anju.registry.facts import true_on
from anju.registry.models import Occupancy

LIVING = (Occupancy.Kind.LIVE, Occupancy.Kind.RENT, Occupancy.Kind.BORROW, Occupancy.Kind.TRANSITIONAL)
"""What says that a household lives in a house. Where nothing says so of any, it lives in the one it owns."""


def lived_in(spells: Iterable[Occupancy]) -> list[Occupancy]:
    """Of what a household stands in on one day, that by which it lives in a house."""
    held = list(spells)
    return [one for one in held if one.kind in LIVING] or [one for one in held if one.kind == Occupancy.Kind.OWN]


def homes(on: date) -> QuerySet[Occupancy]:
    """By which every household lives in a house on the day; ``lived_in`` as a query."""
    stands = Occupancy.objects.filter(true_on(on))
    elsewhere = stands.filter(Exact(OuterRef("kind"), Occupancy.Kind.OWN), household=OuterRef("household"), kind__in=LIVING)
    return stands.filter(~Exists(elsewhere))
