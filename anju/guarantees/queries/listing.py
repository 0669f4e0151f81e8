"""保障途径 as a list: the ways of an area filtered, counted by how they stand, sorted by the day they began or end."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, DateField, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from anju.accounts.models import User
from anju.accounts.scope import scope, within
from anju.guarantees.models import Guarantee
from anju.guarantees.queries.household import SOON, routes
from anju.registry.facts import is_open
from anju.vocabulary import division
from anju.vocabulary.route import ROUTES, Category

HOLDS, SOON_OVER, OVER, ENDED = "holds", "soon", "over", "ended"
STATES = (HOLDS, SOON_OVER, OVER, ENDED)
NEVER = date(9999, 12, 31)
"""Where a way without a last day stands in an order by last days."""
_CATEGORIES = (Category.RENOVATED.value, Category.GUARANTEED.value)


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked for; "" means everything. ``state``: ``holds`` (in force), ``soon`` (of these, over within thirty days), ``over`` (its term has run out),
    ``ended``; ``category``: 改造安全 or 保障安全."""

    area: str = ""
    route: str = ""
    category: str = ""
    state: str = ""

    @classmethod
    def of(cls, asked: Mapping[str, str], area: str) -> "Filters":
        """The filters an address names, inside ``area``; what can't be read is left out."""
        place, route, category, state = (asked.get(name, "") for name in ("area", "route", "category", "state"))
        return cls(
            area=place if place and division.contains(area, place) else area,
            route=route if route in ROUTES else "",
            category=category if category in _CATEGORIES else "",
            state=state if state in STATES else "",
        )

    @property
    def narrowed(self) -> bool:
        """Whether more than place and state is asked for."""
        return bool(self.route or self.category)


def stands(state: str, today: date) -> Q:
    """Ways that stand so on the day; all of them for ""."""
    within_term = is_open() & (Q(until__isnull=True) | Q(until__gte=today))
    states = {
        HOLDS: within_term,
        SOON_OVER: is_open() & Q(until__gte=today, until__lte=today + SOON),
        OVER: is_open() & Q(until__lt=today),
        ENDED: Q(valid_to__isnull=False),
    }
    return states.get(state, Q())


def state_of(way: Guarantee, today: date) -> str:
    """One of ``STATES``; ``soon`` before ``holds``."""
    if way.valid_to is not None:
        return ENDED
    if way.until is None or way.until > today + SOON:
        return HOLDS
    return OVER if way.until < today else SOON_OVER


def _asked(user: User, filters: Filters) -> QuerySet[Guarantee]:
    found = scope(user, Guarantee.objects.filter(within(filters.area), superseded_at=None))
    if filters.route:
        found = found.filter(route=filters.route)
    if filters.category:
        found = found.filter(route__in=routes(Category(filters.category)))
    return found


def listing(user: User, filters: Filters, today: date) -> QuerySet[Guarantee]:
    """The ways asked for, each with ``last`` (its last day, or the end of time) to sort by."""
    found = _asked(user, filters).filter(stands(filters.state, today))
    return found.annotate(last=Coalesce("until", Value(NEVER, DateField()), output_field=DateField()))


def counts(user: User, filters: Filters, today: date) -> dict[str, int]:
    """How many ways stand how, whatever state is asked for; ``""`` all."""
    asked = {f"n_{state}": Count("pk", filter=stands(state, today)) for state in STATES}
    found = _asked(user, filters).aggregate(n_=Count("pk"), **asked)
    return {state: found[f"n_{state}"] for state in ("", *STATES)}
