"""Which rows a user may see: those whose area lies in the user's. The one place that says so."""

from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

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


def chosen(request: HttpRequest) -> str:
    """The stem of the area being looked at: the one picked in the bar where it lies in the user's own, else the user's own."""
    user = request.user
    if not isinstance(user, User):
        return "-"  # no area begins so: nothing is seen
    picked = str(request.session.get("area") or user.area)
    return picked if division.contains(user.area, picked) else user.area


def choose(request: HttpRequest, area: str) -> bool:
    """Picks the area to look at for this session; False (and nothing changed) where it lies outside the user's own."""
    user = request.user
    if not isinstance(user, User) or not division.contains(user.area, area):
        return False
    request.session["area"] = division.stem(area)
    return True
