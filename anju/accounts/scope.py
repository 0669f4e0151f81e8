"""Which rows a user may see: those whose area lies in the area of the grant in which they act. The one place that says so.

The database says it once more (row policies on the same setting, ``anju.trail.acting``), so that a query that forgot still shows nothing.
"""

from dataclasses import replace
from typing import TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest

from anju.accounts.models import User
from anju.accounts.roles import ROLES, Power
from anju.trail.acting import NOBODY, WHOLE, Actor
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
        return division.NOWHERE
    picked = str(request.session.get("area") or user.area)
    return picked if division.contains(user.area, picked) else user.area


def choose(request: HttpRequest, area: str) -> bool:
    """Picks the area to look at for this session; False (and nothing changed) where it lies outside the user's own."""
    user = request.user
    if not isinstance(user, User) or not division.contains(user.area, area):
        return False
    request.session["area"] = division.stem(area)
    return True


def act_as_chosen(request: HttpRequest, user: User) -> None:
    """The person acts in the grant picked for this session where it still holds, else in their first."""
    picked = request.session.get("grant")
    first = user.held[0] if user.held else None
    user.act_in(next((grant for grant in user.held if grant.pk == picked), first))


def choose_grant(request: HttpRequest, pk: str) -> bool:
    """Picks the grant to act in; False where it isn't the person's or doesn't hold."""
    user = request.user
    if not isinstance(user, User) or not pk.isdecimal() or not user.grants_in_force().filter(pk=int(pk)).exists():
        return False
    request.session["grant"] = int(pk)
    request.session.pop("area", None)
    return True


def seat(user: User) -> str:
    """The level at which the person stands: the smallest area that holds both their office and the grant in which they act.

    A city's inspector whose grant names one county stands at the city. A third party stands where its grant does, wherever the firm is.
    """
    grant = user.acting
    office: str = user.organisation.area
    if grant is None:
        return office
    return grant.area if grant.as_role.named else division.holding(office, grant.area)


def highest_seat(user: User) -> str:
    """The level at which the person stands with all grants in force together: who signs in may act in any of them."""
    held = [grant.area for grant in user.grants_in_force() if not grant.as_role.named]
    return division.holding(user.organisation.area, *held)


def actor_of(user: User, *, address: str = "", action: str = "") -> Actor:
    """The person as the database is told of them. Who may not see households sees no row that has an area."""
    grant = user.acting
    who = replace(
        NOBODY, user=str(user.pk), login=user.login, office=user.organisation.name, address=address, action=action, seat=seat(user)
    )
    if grant is None:
        return who
    who = replace(who, grant=str(grant.pk), named="1" if ROLES[grant.role].named else "")
    if not user.may(Power.VIEW):
        return replace(who, place=grant.area)
    low, high = division.bounds(grant.area)
    return replace(who, place=grant.area, low=low or WHOLE[0], high=high)
