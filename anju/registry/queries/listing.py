"""Households as a list: filtered, sorted, page by key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext as _

from anju import clock
from anju.accounts import scope
from anju.divisions import queries as divisions
from anju.privacy.vault import open_secrets
from anju.registry.facts import true_on
from anju.registry.models import Category, Household, Membership, NameToken
from anju.registry.name_tokens import bare
from anju.registry.queries.standing import categories_on, fold, is_present, offices_of, over_all_facts, standing_sql, standing_values
from anju.vocabulary import idnumber, relation


@dataclass(frozen=True, slots=True)
class Filters:
    """What a listing shows. ``combination`` is exact (``JDLK+DB``; ``"none"``: on no list), ``offices`` likewise by office;
    ``on_all`` and ``on_none`` ask for lists it is on and not on; ``primary`` for the category it counts in."""

    area: str = ""
    combination: str = ""
    offices: str = ""
    on_all: tuple[str, ...] = ()
    on_none: tuple[str, ...] = ()
    primary: str = ""
    head: str = ""
    status: str = "open"  # open | closed | all
    on: date | None = None
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One household of a listing."""

    id: int
    number: str
    area: str
    area_name: str
    address: str
    phone: str
    head_id: int | None
    head: str
    head_id_masked: str
    people: int
    groups: tuple[str, ...]
    shorts: tuple[str, ...]
    opened_on: date
    closed_on: date | None
    merged_into: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page of households; ``after`` opens the next one, "" at the end."""

    rows: tuple[Row, ...]
    after: str


_NAMESAKES = 20_000
SORTS = {"number": ("area", "number"), "opened": ("opened_on", "number")}


def _combinations() -> list[str]:
    """The combinations there are: one index step each, however many households."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH RECURSIVE found AS (
                   (SELECT groups FROM registry_household WHERE closed_on IS NULL ORDER BY groups LIMIT 1)
                   UNION ALL
                   SELECT (SELECT h.groups FROM registry_household h WHERE h.closed_on IS NULL AND h.groups > f.groups ORDER BY h.groups LIMIT 1)
                   FROM found f WHERE f.groups IS NOT NULL
               ) SELECT groups FROM found WHERE groups IS NOT NULL"""
        )
        return [row[0] for row in cursor.fetchall()]


def _wanted(groups: str, filters: Filters, there: dict[str, Category]) -> bool:
    shown = fold(groups, there)
    codes = shown.split("+") if shown else []
    if filters.combination and shown != ("" if filters.combination == "none" else filters.combination):
        return False
    if filters.offices and offices_of(shown, there) != ("" if filters.offices == "none" else filters.offices):
        return False
    if filters.primary and codes[:1] != [filters.primary]:
        return False
    return set(filters.on_all) <= set(codes) and not set(filters.on_none) & set(codes)


def _by_lists(filters: Filters) -> bool:
    return bool(filters.combination or filters.offices or filters.on_all or filters.on_none or filters.primary)


def in_groups(codes: Sequence[str]) -> Q:
    """Households on the register that stand in any of these categories now, whatever else they are; an index serves it."""
    wanted = set(codes)
    return Q(closed_on__isnull=True, groups__in=[groups for groups in _combinations() if wanted & set(groups.split("+"))])


def selected(within: str, filters: Filters, day: date) -> "QuerySet[Household]":
    """The households a listing has."""
    rows = Household.objects.filter(scope.within(within))
    if filters.area:
        rows = rows.filter(scope.within(filters.area))
    if is_present(day, filters.known_at):
        if filters.status == "open":
            rows = rows.filter(closed_on__isnull=True)
        elif filters.status == "closed":
            rows = rows.filter(closed_on__isnull=False)
        if _by_lists(filters):
            there = categories_on(day)
            rows = rows.filter(groups__in=[groups for groups in _combinations() if _wanted(groups, filters, there)])
    else:
        rows = Household.objects.filter(pk__in=_standing_then(within, filters, day))
    if name := bare(filters.head):
        rows = rows.filter(pk__in=_headed_by(name, within, filters, day))
    return rows


def _headed_by(name: str, within: str, filters: Filters, day: date) -> list[int]:
    """Households whose head is found by the token; looked up first, since a name is rarer than a household."""
    there = scope.within(within) & (scope.within(filters.area) if filters.area else Q())
    named = NameToken.objects.filter(there, token=name.lower() if name.isascii() else name).order_by("area", "person_id")
    persons = list(named.values_list("person_id", flat=True)[:_NAMESAKES])
    heads = Membership.objects.filter(true_on(day, filters.known_at), relation=relation.HEAD, person__in=persons)
    return list(heads.values_list("household_id", flat=True))


def _standing_then(within: str, filters: Filters, day: date) -> list[int]:
    values = standing_values(within, day, filters.known_at)
    there = categories_on(day)
    with over_all_facts() as cursor:
        cursor.execute(standing_sql(filters.known_at) + "SELECT DISTINCT groups FROM standing", values)
        chosen = [row[0] for row in cursor.fetchall() if _wanted(row[0], filters, there)]
        cursor.execute(
            standing_sql(filters.known_at)
            + "SELECT household_id FROM standing WHERE groups = ANY(%(chosen)s) AND starts_with(area, %(area)s)",
            {**values, "chosen": chosen, "area": filters.area},
        )
        return [row[0] for row in cursor.fetchall()]


def listing(*, within: str, filters: Filters | None = None, sort: str = "number", after: str = "", limit: int = 50) -> Page:
    """A page of households inside ``within``. ``sort`` is one of ``SORTS``; ``after`` comes from the page before."""
    chosen = filters or Filters()
    day = chosen.on or clock.today()
    first, second = SORTS.get(sort, SORTS["number"])
    rows = selected(within, chosen, day)
    if after:
        key, _colon, number = after.partition(":")
        rows = rows.filter(Q(**{f"{first}__gte": key}) & (Q(**{f"{first}__gt": key}) | Q(**{f"{second}__gt": number})))
    found = list(rows.select_related("merged_into").order_by(first, second)[: limit + 1])
    page = found[:limit]
    following = f"{getattr(page[-1], first)}:{page[-1].number}" if len(found) > limit else ""
    return Page(_rows(page, day, chosen.known_at), following)


def count(*, within: str, filters: Filters | None = None, at_most: int = 100_000) -> int:
    """How many households a listing has, counted no further than ``at_most``."""
    chosen = filters or Filters()
    return selected(within, chosen, chosen.on or clock.today())[:at_most].count()


def _rows(page: list[Household], day: date, known_at: datetime | None) -> tuple[Row, ...]:
    keys = [household.pk for household in page]
    heads = {
        spell.household_id: spell.person
        for spell in Membership.objects.filter(true_on(day, known_at), household__in=keys, relation=relation.HEAD).select_related("person")
    }
    people = dict(
        Membership.objects.filter(true_on(day, known_at), household__in=keys)
        .values_list("household_id")
        .annotate(Count("person", distinct=True))
    )
    names = divisions.names({household.area for household in page})
    categories = categories_on(day)
    groups = {household.pk: fold(household.groups, categories) for household in page}
    if not is_present(day, known_at):
        groups |= _groups_then(page, day, known_at)
    open_secrets([household.phone for household in page] + [head.id_number for head in heads.values()])
    rows = []
    for household in page:
        head = heads.get(household.pk)
        codes = tuple(filter(None, groups[household.pk].split("+")))
        rows.append(
            Row(
                id=household.pk,
                number=household.number,
                area=household.area,
                area_name=names.get(household.area, ""),
                address=household.address,
                phone=household.phone.clear,
                head_id=head.pk if head else None,
                head=head.name if head else "",
                head_id_masked=idnumber.mask(head.id_number.clear) if head else "",
                people=people.get(household.pk, 0),
                groups=codes,
                shorts=tuple(_(categories[code].short) for code in codes),
                opened_on=household.opened_on,
                closed_on=household.closed_on,
                merged_into=household.merged_into.number if household.merged_into else "",
            )
        )
    return tuple(rows)


def _groups_then(page: list[Household], day: date, known_at: datetime | None) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            standing_sql(known_at, only="household_id = ANY(%(keys)s)") + "SELECT household_id, groups FROM standing",
            {**standing_values("", day, known_at), "keys": [household.pk for household in page]},
        )
        return dict(cursor.fetchall())
