"""One box finds a household: name, pinyin, initials, identity number or its last digits, household number, village.

Everything is looked up by equality or by a byte-order range on an index, which row-level security allows (recipes 1, 2).
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from anju.accounts import scope
from anju.divisions import queries as divisions
from anju.privacy import vault
from anju.registry.models import Household, Membership, NameToken, Person
from anju.registry.name_tokens import LONGEST_PART, bare
from anju.vocabulary import idnumber, relation
from anju.vocabulary.text import half_width


@dataclass(frozen=True, slots=True)
class Hit:
    """A person found, with the household where the person lives, or lived last (``present`` False)."""

    person_id: int
    name: str
    id_masked: str
    id_conflict: bool
    sex: str
    alive: bool
    relation_name: str
    present: bool
    household_id: int
    number: str
    area: str
    area_name: str
    address: str
    groups: tuple[str, ...]
    closed: bool


@dataclass(frozen=True, slots=True)
class Area:
    """A place whose name was typed."""

    code: str
    name: str
    path: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a text finds. ``understood`` says how it was read; ``after`` opens the next page, "" at the end."""

    understood: str
    hits: tuple[Hit, ...]
    areas: tuple[Area, ...]
    after: str


@dataclass(frozen=True, slots=True)
class _Asked:
    within: str
    area: str = ""
    cursor: tuple[str, ...] = ()
    limit: int = 20


_Way = Callable[[_Asked, str], list[tuple[str, int]] | None]


def _scoped(asked: _Asked) -> Q:
    """Inside the reader's area, and inside the place typed along with the name."""
    return scope.within(asked.within) & (scope.within(asked.area) if asked.area else Q())


def _by_token(asked: _Asked, token: str) -> list[tuple[str, int]]:
    rows = NameToken.objects.filter(_scoped(asked), token=token)
    if asked.cursor:
        area, person = asked.cursor[0], int(asked.cursor[1])
        rows = rows.filter(Q(area__gte=area) & (Q(area__gt=area) | Q(person_id__gt=person)))
    return list(rows.order_by("area", "person_id").values_list("area", "person_id")[: asked.limit + 1])


def _persons(asked: _Asked, rows: "QuerySet[Person]") -> list[tuple[str, int]]:
    rows = rows.filter(_scoped(asked))
    if asked.cursor:
        area, person = asked.cursor[0], int(asked.cursor[1])
        rows = rows.filter(Q(area__gte=area) & (Q(area__gt=area) | Q(pk__gt=person)))
    return list(rows.order_by("area", "pk").values_list("area", "pk")[: asked.limit + 1])


def _name(asked: _Asked, text: str) -> list[tuple[str, int]] | None:
    if text.isascii() or not bare(text):
        return None
    whole = bare(text)
    found = _by_token(asked, whole)
    if found or len(whole) <= LONGEST_PART:
        return found
    found = _by_token(replace(asked, limit=2000), whole[-LONGEST_PART:])
    names = dict(Person.objects.filter(pk__in=[person for _area, person in found]).values_list("pk", "name"))
    return [(area, person) for area, person in found if whole in bare(names[person])][: asked.limit + 1]


def _pinyin(asked: _Asked, text: str) -> list[tuple[str, int]] | None:
    token = re.sub(r"[^a-z]", "", text.lower().replace("ü", "v"))
    if len(token) < 2 or not re.fullmatch(r"[a-zA-ZüÜ' ]+", text):
        return None
    if found := _by_token(asked, token):
        return found
    if len(token) < 4:
        return []
    rows = NameToken.objects.filter(_scoped(asked), token__gt=token, token__lt=token + "~")
    if asked.cursor:
        return []
    return sorted(set(rows.order_by("token", "area", "person_id").values_list("area", "person_id")[: asked.limit]))


def _id_number(asked: _Asked, text: str) -> list[tuple[str, int]] | None:
    reading = idnumber.read(text)
    typed = reading.value or (reading.text if re.fullmatch(r"\d{17}[\dX]", reading.text) else "")
    if not typed:
        return None
    number = vault.secret(vault.ID, typed)
    return _persons(asked, Person.objects.filter(Q(id_number=number, id_conflict=False) | Q(id_number=number, id_conflict=True)))


def _id_tail(asked: _Asked, text: str) -> list[tuple[str, int]] | None:
    masked = re.fullmatch(r"(\d{2,8})?\*{2,}(\d{3,5}[\dXx])", text)
    typed = masked.group(2) if masked else text
    if not re.fullmatch(r"\d{3,5}[\dXx]", typed):
        return None
    start = (masked.group(1) or "") if masked else ""
    tokens = [token for token, number in vault.ending(typed.upper()) if number.startswith(start)]
    either = Q(id_number__in=tokens, id_conflict=False) | Q(id_number__in=tokens, id_conflict=True)
    return _persons(asked, Person.objects.filter(either)) if tokens else []


def _household_number(asked: _Asked, text: str) -> list[tuple[str, int]] | None:
    digits = text.replace("-", "")
    if not digits.isdigit() or not (13 <= len(digits) <= 17 or (len(digits) == 12 and text.endswith("-"))):
        return None
    start = f"{digits[:12]}-{digits[12:]}"
    rows = Household.objects.filter(_scoped(asked), number__gte=start, number__lt=start + "~")
    if asked.cursor:
        rows = rows.filter(number__gt=asked.cursor[0])
    keys = list(rows.order_by("number").values_list("pk", "number")[: asked.limit + 1])
    last = _last_heads(key for key, _number in keys)
    return [(number, last[key]) for key, number in keys if key in last]


def _last_heads(households: Iterable[int]) -> dict[int, int]:
    spells = Membership.objects.filter(household__in=list(households), superseded_at__isnull=True, relation=relation.HEAD)
    return dict(spells.order_by("valid_from", "id").values_list("household_id", "person_id"))


_WAYS: dict[str, tuple[str, _Way]] = {
    "id": ("身份证号", _id_number),
    "number": ("户编号", _household_number),
    "tail": ("身份证号末几位", _id_tail),
    "name": ("姓名", _name),
    "pinyin": ("姓名拼音", _pinyin),
}


def search(*, text: str, within: str, area: str = "", after: str = "", limit: int = 20) -> Found:
    """Persons and places that the text means inside ``within``; what was typed is recognised by its form.

    A place and a name together (``程沟村 张三``) find the name in the place.
    """
    parts = half_width(text).strip().split()
    asked = _Asked(within=within, area=area, limit=limit)
    areas: tuple[Area, ...] = ()
    if len(parts) > 1 and all(len(part) == 1 for part in parts):
        parts = ["".join(parts)]
    if len(parts) > 1 and all(part.isascii() and part.isalpha() for part in parts):
        parts = ["".join(parts)]
    if len(parts) > 1 and not area:
        places = divisions.search(parts[0], within, 1)
        if places:
            asked = replace(asked, area=places[0].code)
            areas = (Area(places[0].code, places[0].short_name, places[0].full_name),)
            parts = parts[1:]
    wanted = parts[0] if parts else ""
    if not wanted:
        return Found("", (), areas, "")
    ways = list(_WAYS)
    if after:
        way, *cursor = after.split(":")
        if way not in _WAYS or len(cursor) != 2 or not cursor[1].isdigit():
            return Found("", (), (), "")
        ways, asked = [way], replace(asked, cursor=tuple(cursor))
    for way in ways:
        label, look = _WAYS[way]
        rows = look(asked, wanted)
        if rows:
            page = rows[:limit]
            following = f"{way}:{page[-1][0]}:{page[-1][1]}" if len(rows) > limit else ""
            return Found(_(label), _hits([person for _area, person in page], within), areas or _areas(wanted, within, after), following)
    return Found("", (), areas or _areas(wanted, within, after), "")


def _areas(text: str, within: str, after: str) -> tuple[Area, ...]:
    if after or len(text) < 2 or (text.isdigit() and len(text) not in (6, 9, 12)):
        return ()
    return tuple(Area(place.code, place.short_name, place.full_name) for place in divisions.search(text, within, 5))


def _hits(persons: list[int], within: str) -> tuple[Hit, ...]:
    people = Person.objects.in_bulk(persons)
    vault.open_all(*people.values())
    spells: dict[int, Membership] = {}
    for spell in (
        Membership.objects.filter(scope.within(within), person__in=persons, superseded_at__isnull=True)
        .select_related("household")
        .order_by("valid_from", "id")
    ):
        held = spells.get(spell.person_id)
        if held is None or held.valid_to is not None:
            spells[spell.person_id] = spell
    names = divisions.names({spell.household.area for spell in spells.values()})
    return tuple(_hit(people[key], spells[key], names) for key in persons if key in spells)


def _hit(person: Person, spell: Membership, names: dict[str, str]) -> Hit:
    household = spell.household
    return Hit(
        person_id=person.pk,
        name=person.name,
        id_masked=idnumber.mask(person.id_number.clear),
        id_conflict=person.id_conflict,
        sex=person.sex,
        alive=person.alive,
        relation_name=_(relation.NAMES[spell.relation]),
        present=spell.valid_to is None,
        household_id=household.pk,
        number=household.number,
        area=household.area,
        area_name=names.get(household.area, ""),
        address=household.address,
        groups=tuple(filter(None, household.groups.split("+"))),
        closed=household.closed_on is not None,
    )
