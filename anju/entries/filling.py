"""What the register knows for the national systems' workbooks: where a household is, who it is, its house, its earlier support."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Count
from django.utils.translation import gettext as _

from anju.divisions import queries as places
from anju.entries.fields import Asked, Filled, fills
from anju.privacy import vault
from anju.registry.facts import true_on
from anju.registry.models import Category, DatedFlag, DwellingState, Household, Membership, Occupancy, PastSupport
from anju.registry.queries.living import lived_in
from anju.vocabulary import masking, relation

_LEVELS = (("province", 2), ("city", 4), ("county", 6), ("township", 9), ("village", 12))
_YES = {True: "是", False: "否"}
_SEXES = {"1": "男", "2": "女"}


@fills("number", "province", "city", "county", "township", "village", "group")
def place(households: Sequence[int], asked: Asked) -> Filled:
    """Its number and its place, part by part."""
    homes = dict(Household.objects.filter(pk__in=households).values_list("pk", "area")) if households else {}
    numbers = dict(Household.objects.filter(pk__in=households).values_list("pk", "number"))
    names = places.short_names(
        {area[:length] for area in homes.values() for _key, length in _LEVELS if len(area) >= length} | set(homes.values())
    )
    return {
        key: {
            "number": numbers[key],
            **{part: names.get(area[:length], "") for part, length in _LEVELS if len(area) >= length},
            "group": names.get(area, "") if len(area) > 12 else "",
        }
        for key, area in homes.items()
    }


@fills("head_name", "head_id_number", "sex", "ethnic", "birth_date", "phone", "population", "category", "border_line")
def people(households: Sequence[int], asked: Asked) -> Filled:
    """Its head, how many it is, the category it counts in."""
    heads = Membership.objects.filter(true_on(asked.on), household__in=households, relation=relation.HEAD).select_related(
        "person", "household"
    )
    spells = list(heads)
    vault.open_secrets(value for one in spells for value in (one.person.id_number, one.person.phone, one.household.phone))
    counted = Membership.objects.filter(true_on(asked.on), household__in=households).values_list("household_id")
    population = dict(counted.annotate(many=Count("person", distinct=True)))
    categories = {code: _(name) for code, name in Category.objects.values_list("code", "name")}
    border = set(
        DatedFlag.objects.filter(true_on(asked.on), household__in=households, flag=DatedFlag.Flag.BORDER_LINE).values_list(
            "household_id", flat=True
        )
    )
    return {
        one.household_id: {
            "head_name": one.person.name,
            "head_id_number": _number(masking.Kind.ID_NUMBER, one.person.id_number.clear, asked),
            "sex": _SEXES.get(one.person.sex, ""),
            "ethnic": one.person.ethnic,
            "birth_date": one.person.birth_date,
            "phone": _number(masking.Kind.PHONE, (one.household.phone or one.person.phone).clear, asked),
            "population": population.get(one.household_id, 0),
            "category": categories.get(one.household.groups.split("+")[0], "一般农户") if one.household.groups else "一般农户",
            "border_line": _YES[one.household_id in border],
        }
        for one in spells
    }


def _number(kind: masking.Kind, number: str, asked: Asked) -> str:
    return number if asked.full else masking.in_force().show(kind, number, masking.Place.EXPORT)


@fills("year_built", "structure", "house_area", "is_only", "lng", "lat", "area_per_head")
def house(households: Sequence[int], asked: Asked) -> Filled:
    """The house it lives in, else the one it owns; of several the one recorded last."""
    stands: dict[int, list[Occupancy]] = {}
    for spell in Occupancy.objects.filter(true_on(asked.on), household__in=households).order_by("-id"):
        stands.setdefault(spell.household_id, []).append(spell)
    chosen = {household: (lived_in(spells) or spells)[0].dwelling_id for household, spells in stands.items()}
    states = {one.dwelling_id: one for one in DwellingState.objects.filter(true_on(asked.on), dwelling__in=chosen.values())}
    people_of = dict(
        Membership.objects.filter(true_on(asked.on), household__in=households)
        .values_list("household_id")
        .annotate(many=Count("person", distinct=True))
    )
    return {
        household: _state(states[dwelling], people_of.get(household, 0)) if dwelling in states else {}
        for household, dwelling in chosen.items()
    }


def _state(state: DwellingState, people: int) -> dict[str, Any]:
    return {
        "year_built": state.year_built,
        "structure": DwellingState.Structure(state.structure).label if state.structure else "",
        "house_area": state.main_area,
        "is_only": "" if state.is_only is None else _YES[state.is_only],
        "lng": state.lng,
        "lat": state.lat,
        "area_per_head": round(state.main_area / people, 2) if state.main_area is not None and people else "",
    }


@fills("plan_year", "method", "subsidy", "had_support")
def support(households: Sequence[int], asked: Asked) -> Filled:
    """Its latest subsidised works, and whether there were any."""
    rows: Iterable[PastSupport] = PastSupport.objects.filter(household__in=households, superseded_at__isnull=True).order_by("year", "id")
    latest = {one.household_id: one for one in rows}
    found: dict[int, dict[str, object]] = {key: {"had_support": _YES[key in latest]} for key in households}
    for key, one in latest.items():
        assert key is not None
        found[key] |= {"plan_year": one.year, "method": one.kind, "subsidy": "" if one.amount is None else one.amount / 100}
    return found
