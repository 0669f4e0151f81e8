"""Which house a household lives in, of those it stands in some relation to."""

from collections.abc import Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q

from anju.registry.facts import true_on
from anju.registry.models import Occupancy

LIVING = (Occupancy.Kind.LIVE, Occupancy.Kind.RENT, Occupancy.Kind.BORROW, Occupancy.Kind.TRANSITIONAL)
"""What says that a household lives in a house. Where nothing says so of any, it lives in the one it owns."""


def lived_in(spells: Iterable[Occupancy]) -> list[Occupancy]:
    """Of what a household stands in on one day, that by which it lives in a house."""
    held = list(spells)
    return [one for one in held if one.kind in LIVING] or [one for one in held if one.kind == Occupancy.Kind.OWN]


def lives_in(on: date) -> Q:
    """Of a row with ``household`` and ``dwelling``: the household lives in that house on the day; ``lived_in`` as a condition."""
    stands = Occupancy.objects.filter(true_on(on), household=OuterRef("household"))
    here = stands.filter(dwelling=OuterRef("dwelling"))
    return Q(Exists(here.filter(kind__in=LIVING))) | (
        Q(Exists(here.filter(kind=Occupancy.Kind.OWN))) & ~Q(Exists(stands.filter(kind__in=LIVING)))
    )
