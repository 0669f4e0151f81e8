"""What several of the pages share: the row inside the user's area, the tabs, how a household is said in a table."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _

from anju.accounts.asking import user_of
from anju.accounts.scope import scope
from anju.appraisals.queries import household as appraisals
from anju.divisions import queries as divisions
from anju.guarantees.models import Guarantee
from anju.guarantees.queries.danger import lists_said, shorts, since_of
from anju.guarantees.queries.household import ways_of
from anju.registry.models import Household
from anju.vocabulary.route import ROUTES

LIMIT = 40


def household_of(request: HttpRequest, number: str) -> Household:
    """The household of that number inside the user's area; 404 elsewhere."""
    return get_object_or_404(scope(user_of(request), Household.objects.all()), number=number)


def way_of(request: HttpRequest, pk: int) -> Guarantee:
    """The way inside the user's area; 404 elsewhere."""
    found = scope(user_of(request), Guarantee.objects.all())
    return get_object_or_404(found.select_related("household", "by__organisation", "album"), pk=pk)


def tabs(here: str) -> list[dict[str, Any]]:
    """The lists of danger and of ways out beside each other."""
    named = (("danger", _("危房台账")), ("lived-in", _("危房住人")), ("stocks", _("存量锁定")), ("list", _("保障途径")))
    return [{"label": label, "count": None, "url": reverse(f"guarantees:{name}"), "on": name == here} for name, label in named]


def places(areas: Iterable[str]) -> dict[str, str]:
    """Area → township and village as a table says them."""
    return divisions.below_county(areas)


def where_of(area: str) -> str:
    """The full name of a place."""
    return divisions.full_names([area]).get(area, area)


def lines(households: Sequence[Household], today: date, lived: set[int]) -> list[dict[str, Any]]:
    """Households of a table of danger: who, where, which grade since when, on which lists, the way out."""
    keys = [one.pk for one in households]
    heads, grades, since, ways = appraisals.heads(keys), appraisals.open_grades(keys), since_of(keys), ways_of(keys, today)
    where, names = places(one.area for one in households), shorts()
    return [
        {
            "household": one,
            "head": heads.get(one.pk, ""),
            "place": where.get(one.area, one.area),
            "grade": grades.get(one.pk, ""),
            "lists": lists_said(one.groups, names),
            "since": since.get(one.pk),
            "way": ways.get(one.pk),
            "route": _(ROUTES[ways[one.pk].route].name) if one.pk in ways else "",
            "lived": one.pk in lived,
        }
        for one in households
    ]
