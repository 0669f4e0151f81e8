"""Every read of places: the tree, names and codes of a day, search, places as typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db import connection
from django.db.models import Case, Exists, F, IntegerField, OuterRef, Q, QuerySet, Value, When

from anju.divisions import boundaries, naming
from anju.divisions.changes import in_force
from anju.divisions.gazetteer import Gazetteer, Outcome, Place, Resolution, Suggestion, Typed, resolve_all
from anju.divisions.loading import full_name
from anju.divisions.models import Division, DivisionTag, FormerName, SeismicIntensity, Succession, Tag
from anju.divisions.recoding import Left, columns, left_behind
from anju.vocabulary import division
from anju.vocabulary.division import Level

__all__ = [
    "Left",
    "Node",
    "Outcome",
    "Resolution",
    "Suggestion",
    "Typed",
    "ancestors",
    "below_county",
    "children",
    "columns",
    "find",
    "full_names",
    "left_behind",
    "mapped",
    "metres_outside",
    "names",
    "path",
    "predecessors",
    "resolve",
    "search",
    "seismic_intensity",
    "short_names",
    "succession",
    "successors",
    "tags",
    "tree",
    "valid",
    "within",
]


def valid(on: date | None = None) -> Q:
    """Places that exist under their code: now, or on a day."""
    if on is None:
        return Q(valid_to=None)
    return (Q(valid_from=None) | Q(valid_from__lte=on)) & (Q(valid_to=None) | Q(valid_to__gt=on))


def within(area: str) -> Q:
    """The place itself and everything below it: a byte-order range on the primary key."""
    low, high = division.bounds(area)
    return Q(code__gte=low, code__lt=high)


def find(code: str) -> Division | None:
    """The place of a code in any of its forms, closed ones included."""
    return Division.objects.filter(code=division.stem(code)).first()


def children(area: str, on: date | None = None) -> QuerySet[Division]:
    """The places directly below ("" gives the provinces), each with ``has_children``."""
    below = Division.objects.filter(valid(on), parent=OuterRef("pk"))
    return Division.objects.filter(valid(on), parent=division.stem(area) or None).annotate(has_children=Exists(below)).order_by("code")


def path(area: str) -> list[Division]:
    """From the province down to the place itself."""
    stem = division.stem(area)
    return list(Division.objects.filter(code__in=_prefixes(stem)).order_by("code"))


def ancestors(area: str) -> list[Division]:
    """From the province down to the place above."""
    stem = division.stem(area)
    return [place for place in path(stem) if place.code != stem]


def _prefixes(stem: str) -> list[str]:
    return [stem[:length] for length in (2, 4, 6, 9, 12) if length < len(stem)] + ([stem] if stem else [])


def names(codes: Iterable[str]) -> dict[str, str]:
    """Code → full name of today, for the codes that are there."""
    return dict(Division.objects.filter(code__in=set(codes)).values_list("code", "full_name"))


def short_names(codes: Iterable[str]) -> dict[str, str]:
    """Code → the place's own name as an address has it (``程沟村``)."""
    return dict(Division.objects.filter(code__in=set(codes)).values_list("code", "short_name"))


def below_county(areas: Iterable[str]) -> dict[str, str]:
    """Code → the place as a table inside a county shows it (``满堂红镇 小官村``), in one query."""
    wanted = set(areas)
    stems = {area[:length] for area in wanted for length in (6, 9, 12) if len(area) >= length} | wanted
    short = dict(Division.objects.filter(code__in=stems).values_list("code", "short_name"))
    return {
        area: " ".join(short[stem] for stem in dict.fromkeys((area[:9], area[:12], area)) if len(stem) >= 9 and stem in short)
        or short.get(area, area)
        for area in wanted
    }


def full_names(codes: Iterable[str], on: date | None = None) -> dict[str, str]:
    """Code → full name as it was on that day (renamings since are undone); today's without a day."""
    wanted = set(codes)
    if on is None:
        return names(wanted)
    every = {prefix for code in wanted for prefix in _prefixes(code)}
    called = {code: (name, level) for code, name, level in Division.objects.filter(code__in=every).values_list("code", "name", "level")}
    for code, name in (
        FormerName.objects.filter(division_id__in=every, until__gt=on).order_by("-until", "-id").values_list("division_id", "name")
    ):
        called[code] = (name, called[code][1])
    answer = {}
    for code in wanted:
        whole = ""
        for prefix in _prefixes(code):
            if prefix in called:
                name, number = called[prefix]
                level = Level(number)
                whole = full_name(whole, naming.short(name, level), level) or name
        if code in called:
            answer[code] = whole
    return answer


_FORWARD = """
    WITH RECURSIVE walk(origin, code) AS (
        SELECT c, c COLLATE "C" FROM unnest(%(codes)s::text[]) c
        UNION
        SELECT w.origin, s.{next}::text COLLATE "C" FROM walk w
        JOIN divisions_division d ON d.code = w.code
        JOIN divisions_succession s ON s.{last} = w.code
        JOIN divisions_divisionchange ch ON ch.id = s.change_id AND ch.reverses_id IS NULL AND {when}
        WHERE NOT ({valid}) AND NOT EXISTS (SELECT FROM divisions_divisionchange r WHERE r.reverses_id = ch.id)
    )
    SELECT w.origin, w.code FROM walk w JOIN divisions_division d ON d.code = w.code WHERE {valid} ORDER BY 1, 2
"""
_VALID_NOW = "d.valid_to IS NULL"
_VALID_ON = "(d.valid_from IS NULL OR d.valid_from <= %(on)s) AND (d.valid_to IS NULL OR d.valid_to > %(on)s)"


def _walk(codes: Iterable[str], on: date | None, *, forward: bool) -> dict[str, list[str]]:
    steps = {"last": "old_id", "next": "new_id"} if forward else {"last": "new_id", "next": "old_id"}
    when = "TRUE" if on is None else ('ch."on" <= %(on)s' if forward else 'ch."on" > %(on)s')
    found: dict[str, list[str]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _FORWARD.format(**steps, when=when, valid=_VALID_NOW if on is None else _VALID_ON),
            {"codes": sorted({division.stem(code) for code in codes}), "on": on},
        )
        for origin, code in cursor.fetchall():
            found.setdefault(origin, []).append(code)
    return found


def successors(code: str, on: date | None = None) -> list[str]:
    """What a code is now (or on a later day): itself while it is valid, else the codes that took its place; [] for an unknown one."""
    return _walk([code], on, forward=True).get(division.stem(code), [])


def predecessors(code: str, on: date) -> list[str]:
    """What was on that earlier day where the code is now: itself if it was valid then."""
    return _walk([code], on, forward=False).get(division.stem(code), [])


def succession(codes: Iterable[str], on: date | None = None) -> dict[str, str]:
    """Code → the one code it is now, for the codes that have exactly one successor."""
    return {code: found[0] for code, found in _walk(codes, on, forward=True).items() if len(found) == 1}


@dataclass(frozen=True, slots=True)
class Node:
    """A place in the tree page: ``count`` is the sum over everything at or below it."""

    code: str
    name: str
    full_name: str
    level: Level
    printed_code: str
    has_children: bool
    count: int


def tree(area: str, counts: Mapping[str, int] | None = None, on: date | None = None) -> list[Node]:
    """The places directly below ``area`` for one step of the tree; ``counts`` (code of any depth → number) are summed up to them."""
    places = list(children(area, on))
    sums = _sums([place.code for place in places], counts or {})
    above = set(
        Division.objects.filter(valid(on), parent__in=[place.code for place in places]).values_list("parent_id", flat=True).distinct()
    )
    return [
        Node(place.code, place.short_name, place.full_name, place.as_level, place.printed_code, place.code in above, sums[place.code])
        for place in places
    ]


def _sums(codes: Iterable[str], counts: Mapping[str, int]) -> dict[str, int]:
    sums = dict.fromkeys(codes, 0)
    lengths = sorted({len(code) for code in sums})
    for code, number in counts.items():
        for length in lengths:
            if code[:length] in sums and len(code) >= length:
                sums[code[:length]] += number
                break
    return sums


def tags(year: int, area: str = "") -> dict[str, list[Tag]]:
    """Code → tags of that year, for the places at or below ``area``."""
    low, high = division.bounds(area)
    found: dict[str, list[Tag]] = {}
    for code, value in (
        DivisionTag.objects.filter(year=year, division__gte=low, division__lt=high)
        .order_by("division", "id")
        .values_list("division", "tag")
    ):
        found.setdefault(code, []).append(Tag(value))
    return found


def seismic_intensity(area: str, on: date) -> SeismicIntensity | None:
    """The 抗震设防烈度 that holds for a place on a day: its own, else the nearest above it, else that of the code it came from."""
    for stem in dict.fromkeys([division.stem(area), *predecessors(area, date.min), *_came_from(area)]):
        found = (
            SeismicIntensity.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), division_id__in=_prefixes(stem), valid_from__lte=on)
            .order_by("-division_id")
            .first()
        )
        if found is not None:
            return found
    return None


def _came_from(area: str) -> list[str]:
    return list(Succession.objects.filter(in_force(), new_id=division.stem(area)).order_by("old_id").values_list("old_id", flat=True))


def search(text: str, within_area: str = "", limit: int = 20) -> list[Division]:
    """Places whose name, pinyin (``dalengzhen``), initials (``dlz``) or code begins with the text; best first, open ones only.

    Inside an area smaller than the nation names that merely contain the text follow. A whole address is read as one.
    """
    asked = naming.clean(text)
    if not asked:
        return []
    low, high = division.bounds(within_area)
    base = Division.objects.filter(valid(), code__gte=low, code__lt=high)
    if asked.isdigit():
        return list(base.filter(code__startswith=division.stem(asked) or asked).order_by("code")[:limit])
    if asked.isascii():
        sound = "".join(sign for sign in asked.lower() if sign.isalnum())
        return _ranked(base, Q(pinyin__startswith=sound) | Q(initials__startswith=sound), Q(pinyin=sound) | Q(initials=sound), limit)
    found = _ranked(base, Q(core__startswith=asked) | _kinds(asked), Q(short_name=asked) | Q(name=asked), limit)
    if not found:
        answer = resolve([asked], within_area)[asked] if within_area else None
        if answer and answer.code:
            found = list(Division.objects.filter(code=answer.code))
    if len(found) < limit and division.stem(within_area):
        there = {place.code for place in found}
        more = base.filter(full_name__contains=asked).exclude(code__in=there).order_by("level", "code")[: limit - len(found)]
        found += list(more)
    return found


def _kinds(asked: str) -> Q:
    """``大冷镇`` is found by its core ``大冷`` through the index, and then by its name."""
    either = Q(pk__in=[])
    for level in (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE):
        root = naming.core(asked, level)
        if root != asked:
            either |= Q(core=root) & (Q(short_name__startswith=asked) | Q(name__startswith=asked))
    return either


def _ranked(base: QuerySet[Division], match: Q, best: Q, limit: int) -> list[Division]:
    rank = Case(When(best, then=Value(0)), default=Value(1), output_field=IntegerField())
    return list(base.filter(match).annotate(rank=rank).order_by("rank", "level", "code")[:limit])


def mapped(area: str = "", level: Level = Level.COUNTY) -> tuple[dict[str, str], dict[str, set[str]]]:
    """What a map of ``area`` shows: (stem → name, stem → earlier stems that are wholly part of it). Inside a county the county itself.

    A city without counties stands for its county.
    """
    stem = division.stem(area)
    root = stem[:6] if level is Level.COUNTY else stem[:4]
    places = dict(Division.objects.filter(valid(), within(root), level=level).values_list("code", "short_name"))
    if level is Level.COUNTY:
        counties = Division.objects.filter(valid(), level=Level.COUNTY, parent=OuterRef("pk"))
        bare = Division.objects.filter(valid(), within(root[:4]), ~Exists(counties), level=Level.PREFECTURE)
        places |= dict(bare.values_list("code", "short_name"))
    steps = list(Succession.objects.filter(in_force(), new__level=level, named=True).values_list("old_id", "new_id"))
    onward: dict[str, set[str]] = {}
    for old, new in steps:
        if old != new:
            onward.setdefault(old, set()).add(new)
    came_from: dict[str, set[str]] = {}
    for origin in onward:
        code, seen = origin, {origin}
        while len(next_codes := onward.get(code, set())) == 1 and (code := next(iter(next_codes))) not in seen:
            seen.add(code)
        if code != origin and not onward.get(code) and code in places:
            came_from.setdefault(code, set()).add(origin)
    return places, came_from


def gazetteer(area: str = "") -> Gazetteer:
    """The places of an area with their former names and successors, ready to read texts against."""
    stem = division.stem(area)
    rows = Division.objects.filter(within(stem) | Q(code__in=_prefixes(stem))).exclude(valid_from=F("valid_to"))
    places = []
    closed = []
    for code, name, level, whole, number, valid_to in rows.values_list("code", "name", "level", "full_name", "number", "valid_to").iterator(
        5000
    ):
        places.append(Place(code, name, Level(level), whole, number, valid_to is not None))
        if valid_to is not None:
            closed.append(code)
    now = _walk(closed, None, forward=True) if closed else {}
    places = [place._replace(now=tuple(now.get(place.code, ()))) if place.closed else place for place in places]
    low, high = division.bounds(stem)
    former = FormerName.objects.filter(division__gte=low, division__lt=high).values_list("name", "division_id")
    return Gazetteer(places, within=stem, former=former)


def resolve(typed: Iterable[str | Typed], area: str = "") -> Mapping[str | Typed, Resolution]:
    """Places as typed (names, codes, whole addresses, or ``Typed`` columns) → what they are within ``area``; each distinct text once.

    The outcome is exact, alias (a looser spelling, a former name, a closed code with one successor), ambiguous or unknown; the
    latter two carry suggestions and no code.
    """
    return resolve_all(gazetteer(area), typed)


def metres_outside(area: str, points: Sequence[tuple[float, float]]) -> list[float | None]:
    """How far points (degrees east and north) lie outside the county of ``area``, in metres: 0 inside; None where no boundary is known."""
    county = division.stem(area)[:6]
    areas, came_from = mapped(county[:4], Level.COUNTY) if len(county) == 6 else ({}, {})
    return boundaries.metres_outside(county, areas, came_from, points) if county in areas else [None] * len(points)
