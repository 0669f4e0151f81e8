"""Which rows a user may see: those whose area lies in the user's. The one place that says so."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet

from anju.accounts.models import User
from anju.vocabulary import division

M = TypeVar("M", bound=Model)


def within(area: str, field: str = "area") -> Q:
    """Rows inside ``area``: a byte-order range, so that the index on the column serves it."""
    low, high = division.bounds(area)
    return Q(**{f"{field}__gte": low, f"{field}__lt": high})


def scope(user: User, queryset: QuerySet[M], field: str = "area") -> QuerySet[M]:
    """``queryset`` without what lies outside the user's area."""
    return queryset.filter(within(user.area, field))
