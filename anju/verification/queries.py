"""Closing the loop: of every household, on any day asked, as known then or now, what was concluded (issue: 闭环)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from anju import clock, policy
from anju.accounts.scope import within as inside
from anju.appraisals.queries.living import DANGEROUS, SAFE, homes_graded
from anju.evidence.queries import accepted
from anju.guarantees.models import Guarantee
from anju.guarantees.queries import in_force
from anju.policy import keys
from anju.registry.facts import true_on
from anju.registry.models import Dwelling, Household, Occupancy, Registration
from anju.registry.queries.living import lived_in
from anju.registry.queries.standing import over_all_facts
from anju.verification.models import Campaign, Verification
from anju.vocabulary import division
from anju.vocabulary.route import ROUTES, Category
from anju.vocabulary.summing import Summed


@dataclass(frozen=True, slots=True)
class Balance(Summed):
    """The households of an area by their conclusion; the five add up to ``households``."""

    area: str
    households: int = 0
    appraised: int = 0
    renovated: int = 0
    guaranteed: int = 0
    unguaranteed: int = 0
    open: int = 0


_OF = {
    Category.APPRAISED: "appraised",
    Category.RENOVATED: "renovated",
    Category.GUARANTEED: "guaranteed",
    Category.UNGUARANTEED: "unguaranteed",
}
_KNOWN = {False: "superseded_at IS NULL", True: "recorded_at <= %(known_at)s AND (superseded_at IS NULL OR superseded_at > %(known_at)s)"}
# A household counts where it stood on the register that day; one that is on no register isn't counted anywhere.
_COUNT = """
SELECT left(s.area, %(digits)s), coalesce(v.category, ''), count(*)
FROM (
    SELECT household_id, area FROM registry_registration
    WHERE area >= %(low)s AND area < %(high)s AND valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) AND {known}
) s LEFT JOIN (
    SELECT household_id, category FROM verification_verification WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s) AND {known}
) v USING (household_id)
GROUP BY 1, 2
"""


def balance(within: str, *, on: date | None = None, known_at: datetime | None = None, digits: int = 0) -> dict[str, Balance]:
    """By area (cut to ``digits``, 0: the whole) the households and what was concluded of them on a day, as known at a moment (now)."""
    low, high = division.bounds(within)
    values: dict[str, Any] = {"low": low, "high": high, "on": on or clock.today(), "known_at": known_at, "digits": digits}
    found: dict[str, Balance] = {}
    with over_all_facts() as cursor:
        cursor.execute(_COUNT.format(known=_KNOWN[known_at is not None]), values)
        for area, category, many in cursor.fetchall():
            place = area if digits else division.stem(within)
            name = _OF[Category(category)] if category else "open"
            more: dict[str, Any] = {"area": place, "households": many, name: many}
            found[place] = found.get(place, Balance(place)) + Balance(**more)
    return found


def counted(within: str, *, on: date, category: str = "") -> QuerySet[Registration]:
    """The very households a figure of ``balance`` counts, each by its registration of the day; ``category`` "open" are those without a conclusion, "" all."""
    found = Registration.objects.filter(true_on(on), inside(within))
    held = Verification.objects.filter(true_on(on), household=OuterRef("household"))
    if category == "open":
        return found.filter(~Exists(held))
    return found.filter(Exists(held.filter(category=category))) if category else found


def concluded(households: Iterable[int], on: date) -> dict[int, Verification]:
    """The conclusion of each of these households on a day, by their key."""
    found = Verification.objects.filter(true_on(on), household__in=set(households)).select_related("appraisal", "guarantee", "by")
    return {one.household_id: one for one in found}


@dataclass(frozen=True, slots=True)
class Line:
    """An area of a campaign: its households by conclusion, and how many of its villages are through."""

    balance: Balance
    villages: int
    through: int

    @property
    def done(self) -> int:
        """Households with a conclusion."""
        return self.balance.households - self.balance.open


_SCOPE = """h.closed_on IS NULL AND h.area >= %(low)s AND h.area < %(high)s
    AND (%(categories)s::text[] = '{}' OR string_to_array(h.groups, '+') && %(categories)s::text[])"""


def _values(campaign: Campaign, within: str) -> dict[str, Any]:
    low, high = division.bounds(division.stem(within) or campaign.area)
    return {"low": low, "high": high, "categories": list(campaign.categories)}


def coverage(campaign: Campaign, *, within: str = "") -> dict[str, Balance]:
    """Village by village the households of the campaign that stand on the register now, by the conclusion that holds."""
    found: dict[str, Balance] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT left(h.area, 12), coalesce(v.category, ''), count(*) FROM registry_household h
                LEFT JOIN verification_verification v ON v.household_id = h.id AND v.valid_to IS NULL AND v.superseded_at IS NULL
                WHERE {_SCOPE} GROUP BY 1, 2""",
            _values(campaign, within),
        )
        for area, category, many in cursor.fetchall():
            name = _OF[Category(category)] if category else "open"
            more: dict[str, Any] = {"area": area, "households": many, name: many}
            found[area] = found.get(area, Balance(area)) + Balance(**more)
    return dict(sorted(found.items()))


def folded(villages: Mapping[str, Balance], digits: int) -> dict[str, Line]:
    """Villages summed up to areas of so many digits."""
    found: dict[str, Line] = {}
    for code, one in villages.items():
        area = code[:digits]
        held = found.get(area, Line(Balance(area), 0, 0))
        found[area] = Line(held.balance + one, held.villages + 1, held.through + (one.open == 0))
    return found


def in_scope(campaign: Campaign, *, within: str = "", category: str = "") -> QuerySet[Household]:
    """The very households a figure of ``coverage`` counts; ``category`` "open" are those without a conclusion, "" all."""
    place = division.stem(within) or campaign.area
    found = Household.objects.filter(inside(place), closed_on=None)
    if campaign.categories:
        found = found.extra(where=["string_to_array(registry_household.groups, '+') && %s::text[]"], params=[list(campaign.categories)])
    held = Verification.objects.open().filter(household=OuterRef("pk"))
    if category == "open":
        return found.filter(~Exists(held))
    return found.filter(Exists(held.filter(category=category))) if category else found


def squares(campaign: Campaign, village: str, most: int) -> list[tuple[str, str]]:
    """The first households of a village of the campaign: number, and the category that was concluded ("" where none)."""
    held = Verification.objects.open().filter(household=OuterRef("pk")).values("category")[:1]
    found = in_scope(campaign, within=village).order_by("number").annotate(category=Coalesce(Subquery(held), Value("")))
    return list(found.values_list("number", "category")[:most])


def asked(campaign: Campaign, *, within: str = "", category: str = "") -> QuerySet[Household]:
    """As ``in_scope``, and besides: ``category`` "stale" are those whose ground has gone since, "photos" those that lack photos."""
    place = division.stem(within) or campaign.area
    found = {"stale": stale, "photos": unphotographed}.get(category)
    if found is None:
        return in_scope(campaign, within=within, category=category)
    return in_scope(campaign, within=within).filter(pk__in=found(place).values("household"))


def current(households: Iterable[Household]) -> dict[int, Verification]:
    """The conclusion that holds of each of these households, by their key."""
    found = Verification.objects.open().filter(household__in=[one.pk for one in households]).select_related("appraisal", "guarantee", "by")
    return {one.household_id: one for one in found}


def stale(area: str) -> QuerySet[Verification]:
    """Conclusions whose ground has gone since: the house lived in was appraised C or D later, or its appraisal counts no more, or the way by which
    the household was housed is over."""
    today = clock.today()
    worse, safe = (homes_graded(grades, today).filter(household=OuterRef("household")) for grades in (DANGEROUS, SAFE))
    way = Guarantee.objects.filter(in_force(today), household=OuterRef("household"), route=OuterRef("route"))
    return (
        Verification.objects.open()
        .filter(inside(area))
        .filter((Q(category=Category.APPRAISED.value) & (Exists(worse) | ~Exists(safe))) | (~Q(route="") & ~Exists(way)))
        .order_by("area", "id")
    )


def present_house(household: Household, on: date) -> Dwelling | None:
    """The house in which a household lives now, to be photographed; None where it is housed by others in a house that isn't on the register."""
    way = Guarantee.objects.filter(in_force(on), household=household).select_related("dwelling").order_by("-valid_from", "-id").first()
    if way is not None and way.dwelling is not None:
        return way.dwelling
    stands = list(household.occupancies.filter(true_on(on)).select_related("dwelling").order_by("-valid_from", "-id"))
    own = {one.dwelling_id for one in stands if one.kind == Occupancy.Kind.OWN}
    by_others = way is not None and ROUTES[way.route].category is Category.GUARANTEED
    return next((one.dwelling for one in lived_in(stands) if not (by_others and one.dwelling_id in own)), None)


def wanted_photos(area: str) -> int:
    """How many photos of the house lived in a conclusion bears at least, where policy says so."""
    rule = policy.find(keys.VERIFICATION_PHOTOS, area, clock.today())
    return rule.value if rule is not None else 0


_PRESENT = Q(album__photos__kind="present") & accepted("album__photos__")


def photographed(conclusions: QuerySet[Verification]) -> QuerySet[Any]:
    """Conclusions with the number of their accepted photos of the house lived in, as ``present``."""
    return conclusions.annotate(present=Count("album__photos", filter=_PRESENT))


def unphotographed(area: str) -> QuerySet[Any]:
    """Conclusions that hold and bear fewer accepted photos of the house lived in than policy asks for."""
    return photographed(Verification.objects.open().filter(inside(area))).filter(present__lt=wanted_photos(area))


def campaigns(area: str) -> QuerySet[Campaign]:
    """Campaigns that concern an area: its own, those above it and inside it; the running ones first."""
    above = [area[:length] for length in range(len(area) + 1)]
    return Campaign.objects.filter(Q(area__in=above) | inside(area)).order_by(F("closed_at").desc(nulls_first=True), "-starts_on", "-id")
