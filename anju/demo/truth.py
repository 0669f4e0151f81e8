"""What is true in the synthetic world: households, their members, relations, birth days, identity numbers.

Everything is drawn with numpy from a seed, a block of households at a time, so that a county and a province are made by the
same code in bounded memory. A household is composed by its *kind* (an old couple, three generations, …); ages, surnames and
relations then follow from each other as in a real household booklet.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from anju.demo import people
from anju.demo.place import Place
from anju.vocabulary.idnumber import CHECK_DIGITS, WEIGHTS

Ints = NDArray[np.int64]
Words = NDArray[np.str_]

BUSINESS_DAY = date(2020, 6, 10)
"""The day on which the demonstration lives."""

KINDS = (
    "old person alone",
    "person alone",
    "old couple",
    "couple and children",
    "couple, children and parents",
    "couple and grown children",
    "three generations, the old man is head",
    "one parent and children",
    "grandparents and grandchild",
    "brothers",
    "couple",
)
_HEAD_AGE = ((62, 90), (34, 60), (60, 84), (28, 48), (32, 55), (46, 64), (52, 76), (30, 52), (57, 74), (48, 74), (32, 62))
_HEAD_MALE = (0.62, 0.9, 0.9, 0.93, 0.95, 0.93, 0.92, 0.45, 0.8, 1.0, 0.92)

# Slots of a household, in the order in which they stand in the booklet.
_HEAD, _SPOUSE, _FATHER, _MOTHER, _CHILD, _DAUGHTER_IN_LAW, _GRANDCHILD, _BROTHER = 0, 1, 2, 3, 4, 8, 9, 11
_SLOTS = 12


@dataclass(frozen=True, slots=True)
class Shape:
    """How the households of a place are composed: a share for each of :data:`KINDS`, nations by the words of a county's name."""

    shares: tuple[float, ...]
    day: date = BUSINESS_DAY


POOR = Shape((0.17, 0.10, 0.22, 0.10, 0.04, 0.13, 0.06, 0.06, 0.03, 0.02, 0.07))
"""Registered poor households of the north-east: mostly old, 2.4 persons each."""
WHOLE_COUNTY = Shape((0.07, 0.05, 0.12, 0.25, 0.12, 0.15, 0.12, 0.04, 0.02, 0.01, 0.05))
"""Every household of a mountain county of the south-west: 3.3 persons each."""
KEY_GROUPS = Shape((0.11, 0.06, 0.12, 0.24, 0.09, 0.14, 0.10, 0.05, 0.02, 0.01, 0.06))
"""The four key groups of a southern province: 3.0 persons each."""

NATION_SHARES = (
    ("蒙古族", people.MONGOL, 0.22),
    ("满族", people.MANCHU, 0.3),
    ("回族", people.HUI, 0.3),
    ("苗族", people.MIAO, 0.35),
    ("土家族", people.TUJIA, 0.3),
    ("侗族", people.DONG, 0.4),
    ("瑶族", people.YAO, 0.4),
    ("彝族", people.YI, 0.3),
)
"""Nation, and its share of the households where the county's or township's name carries the nation's."""
_ELSEWHERE = (
    "110111", "130824", "130826", "150422", "150425", "150521", "150523", "210122", "210411", "210726", "211321", "220221", "220322",
    "230128", "230321", "320722", "341222", "370829", "371325", "410922", "411321", "420625", "422822", "430426", "431021", "440823",
    "450722", "500235", "510722", "511322", "520221", "522425", "530324", "530621", "610826", "620422", "640422", "652101",
)  # fmt: skip
_OLD_PREFIX = {"530326": ("532226", 1997)}
"""Counties whose number changed: those born before that year carry the older prefix, which stays valid for life."""


@dataclass(frozen=True)
class Block:
    """Some households and their members; members stand household by household, the head first."""

    serial: Ints
    """Serial of the household in the world."""
    village: Ints
    """Index into ``place.villages``."""
    group: Ints
    """Villager group 村民小组, from 1."""
    kind: Ints
    start: Ints
    """Where the members of a household begin; one longer than the households."""
    household: Ints
    """For each member, the index of the household in this block."""
    person: Ints
    """Serial of the person in the world."""
    relation: Words
    sex: NDArray[np.int8]
    born: NDArray[np.datetime64]
    nation: NDArray[np.int8]
    name: Words
    id_number: Words

    @property
    def households(self) -> int:
        """How many households."""
        return len(self.serial)

    @property
    def persons(self) -> int:
        """How many persons."""
        return len(self.person)

    @property
    def size(self) -> Ints:
        """Members of each household."""
        return np.diff(self.start)


class Numbers:
    """Gives identity numbers: place prefix, birth day, a sequence that no other person of that day and place has, check digit."""

    _DAYS = 45_000
    _EPOCH = np.datetime64("1900-01-01")

    def __init__(self) -> None:
        self._place: dict[str, int] = {}
        self._used = np.zeros((0, self._DAYS * 2), dtype=np.uint16)

    def give(self, prefix: Words, born: NDArray[np.datetime64], sex: NDArray[np.int8]) -> Words:
        """Numbers of 18 characters, valid by GB 11643; an odd sequence for men (1), an even one for women (2)."""
        n = len(prefix)
        places, place = np.unique(prefix, return_inverse=True)
        for code in places.tolist():
            if code not in self._place:
                self._place[code] = len(self._place)
        if len(self._place) > len(self._used):
            more = np.zeros((len(self._place) - len(self._used), self._DAYS * 2), dtype=np.uint16)
            self._used = np.vstack([self._used, more])
        place_no = np.array([self._place[code] for code in places.tolist()], dtype=np.int64)[place]
        days = (born - self._EPOCH).astype(np.int64)
        key = place_no * (self._DAYS * 2) + days * 2 + (sex == 1)
        order = np.argsort(key, kind="stable")
        ordered = key[order]
        first = np.r_[True, ordered[1:] != ordered[:-1]]
        begin = np.flatnonzero(first)
        nth = np.arange(n) - np.repeat(begin, np.diff(np.r_[begin, n]))
        flat = self._used.reshape(-1)
        turn = np.empty(n, dtype=np.int64)
        turn[order] = nth + flat[ordered]
        if n and turn.max() >= 500:
            raise ValueError("more than 500 births of one sex on one day in one county: the place is too small for so many people")
        flat[ordered[begin]] += np.diff(np.r_[begin, n]).astype(np.uint16)
        sequence = 2 * ((turn * 37 + key * 101) % 500) + (sex == 1)
        year = born.astype("datetime64[Y]").astype(np.int64) + 1970
        month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
        day = (born - born.astype("datetime64[M]")).astype(np.int64) + 1
        digits = np.empty((n, 17), dtype=np.int64)
        digits[:, :6] = np.array([[int(c) for c in code] for code in places.tolist()], dtype=np.int64).reshape(-1, 6)[place]
        for column, value, width in ((6, year, 4), (10, month, 2), (12, day, 2), (14, sequence, 3)):
            for i in range(width):
                digits[:, column + i] = value // 10 ** (width - 1 - i) % 10
        out = np.empty((n, 18), dtype=np.uint32)
        out[:, :17] = digits + ord("0")
        out[:, 17] = np.array([ord(c) for c in CHECK_DIGITS], dtype=np.uint32)[(digits * np.array(WEIGHTS)).sum(axis=1) % 11]
        return np.ascontiguousarray(out).view("<U18").ravel()


def _present(rng: np.random.Generator, kind: Ints, head_age: NDArray[np.float64]) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Which slots are taken and how old each member is (years, in fractions)."""
    n = len(kind)
    there = np.zeros((n, _SLOTS), dtype=bool)
    age = np.zeros((n, _SLOTS))
    there[:, _HEAD] = True
    age[:, _HEAD] = head_age
    there[:, _SPOUSE] = np.isin(kind, (2, 3, 4, 5, 10)) | ((kind == 6) & (rng.random(n) < 0.75)) | ((kind == 8) & (rng.random(n) < 0.6))
    age[:, _SPOUSE] = np.maximum(head_age + rng.normal(-1.5, 2.6, n), rng.uniform(21, 24, n))
    for slot, chance, gap in ((_FATHER, 0.45, 26), (_MOTHER, 0.75, 24)):
        age[:, slot] = head_age + gap + rng.gamma(2.0, 1.6, n)
        there[:, slot] = (kind == 4) & (rng.random(n) < chance) & (age[:, slot] < 95)
    orphaned = (kind == 4) & ~there[:, _FATHER] & ~there[:, _MOTHER]
    there[orphaned, _MOTHER] = age[orphaned, _MOTHER] < 95
    younger = np.minimum(head_age, age[:, _SPOUSE])
    eldest = np.where(kind == 6, head_age - rng.uniform(22, 26, n), younger - rng.uniform(21, 31, n))
    eldest = np.where(kind == 5, np.maximum(eldest, 18 + rng.random(n)), eldest)
    several = np.array([0, 0, 0, 1.75, 1.6, 1.4, 1.0, 1.6, 0, 0, 0])[kind]
    for i in range(4):
        another = np.clip(several - i, 0, 1) if i < 2 else np.where(several > 1.5, 0.1 / i, 0.0)
        age[:, _CHILD + i] = eldest if i == 0 else age[:, _CHILD + i - 1] - rng.uniform(1.4, 5.5, n)
        there[:, _CHILD + i] = (rng.random(n) < another) & (age[:, _CHILD + i] > 0.05)
        if i:
            there[:, _CHILD + i] &= there[:, _CHILD + i - 1]
    twins = there[:, _CHILD + 1] & (rng.random(n) < 0.012)
    age[twins, _CHILD + 1] = age[twins, _CHILD]
    age[:, _DAUGHTER_IN_LAW] = np.maximum(age[:, _CHILD] + rng.normal(-1.5, 2.2, n), rng.uniform(20.5, 23, n))
    there[:, _DAUGHTER_IN_LAW] = (kind == 6) & (rng.random(n) < 0.85)
    age[:, _GRANDCHILD] = np.where(
        kind == 6,
        age[:, _CHILD] - rng.uniform(21.5, 29, n),
        np.clip(head_age - rng.uniform(46, 56, n), rng.uniform(0.5, 5, n), rng.uniform(13, 18, n)),
    )
    there[:, _GRANDCHILD] = ((kind == 6) | (kind == 8)) & (age[:, _GRANDCHILD] > 0.05)
    age[:, _GRANDCHILD + 1] = age[:, _GRANDCHILD] - rng.uniform(1.4, 6, n)
    there[:, _GRANDCHILD + 1] = (kind == 6) & (rng.random(n) < 0.5) & there[:, _GRANDCHILD] & (age[:, _GRANDCHILD + 1] > 0.05)
    age[:, _BROTHER] = np.maximum(head_age - rng.uniform(1.4, 8, n), rng.uniform(18, 24, n))
    there[:, _BROTHER] = kind == 9
    return there, age


def _nations(rng: np.random.Generator, place: Place, village: Ints) -> NDArray[np.int8]:
    """A nation for each household, by the nations whose names the county and the township carry."""
    out = np.zeros(len(village), dtype=np.int8)
    draw = rng.random(len(village))
    for index in np.unique(village).tolist():
        where = place.villages[index]
        shares = [
            (nation, share * (1.6 if word in where.township_name else 1.0))
            for word, nation, share in NATION_SHARES
            if word in where.county_name or word in where.township_name
        ]
        if not shares and "自治" in place.names.get(where.county[:4], ""):
            shares = [(people.TUJIA, 0.3), (people.MIAO, 0.25)]
        if not shares:
            shares = [(people.MANCHU, 0.03)] if where.county.startswith("21") else []
        mine = np.flatnonzero(village == index) if shares else np.empty(0, dtype=np.int64)
        low = 0.0
        for nation, share in shares:
            out[mine[(draw[mine] >= low) & (draw[mine] < low + share)]] = nation
            low += share
    return out


def block(
    place: Place,
    rng: np.random.Generator,
    village: Ints,
    shape: Shape,
    numbers: Numbers,
    *,
    first_household: int = 0,
    first_person: int = 0,
) -> Block:
    """Households in the given villages (an index for each), complete with their members."""
    n = len(village)
    kind = np.searchsorted(np.cumsum(shape.shares), rng.random(n) * sum(shape.shares), side="right").clip(0, len(KINDS) - 1)
    low, high = np.array(_HEAD_AGE, dtype=np.float64).T
    head_age = low[kind] + rng.beta(1.3, 1.5, n) * (high - low)[kind]
    there, age = _present(rng, kind, head_age)

    sex = np.full((n, _SLOTS), 2, dtype=np.int8)
    sex[:, _HEAD] = np.where(rng.random(n) < np.array(_HEAD_MALE)[kind], 1, 2)
    sex[:, _SPOUSE] = 3 - sex[:, _HEAD]
    sex[:, _FATHER] = sex[:, _BROTHER] = 1
    sex[:, _CHILD : _CHILD + 4] = np.where(rng.random((n, 4)) < 0.53, 1, 2)
    sex[kind == 6, _CHILD] = 1
    sex[:, _GRANDCHILD : _GRANDCHILD + 2] = np.where(rng.random((n, 2)) < 0.53, 1, 2)

    nation = _nations(rng, place, village)
    own = people.surnames(rng, nation)
    husband = people.surnames(rng, nation)
    surname = np.empty((n, _SLOTS, 2), dtype=np.uint32)
    for slot in (_SPOUSE, _MOTHER, _DAUGHTER_IN_LAW):
        surname[:, slot] = people.surnames(rng, nation)
    father_of_children = np.where((sex[:, _HEAD] == 1)[:, None], own, np.where(there[:, [_SPOUSE]], surname[:, _SPOUSE], husband))
    for slot in (_HEAD, _FATHER, _BROTHER):
        surname[:, slot] = own
    for slot in (*range(_CHILD, _CHILD + 4), _GRANDCHILD, _GRANDCHILD + 1):
        surname[:, slot] = father_of_children

    son, grandson = sex[:, _CHILD : _CHILD + 4] == 1, sex[:, _GRANDCHILD : _GRANDCHILD + 2] == 1
    relation = np.empty((n, _SLOTS), dtype="<U2")
    for at, code in ((_HEAD, "02"), (_SPOUSE, "10"), (_FATHER, "51"), (_MOTHER, "52"), (_DAUGHTER_IN_LAW, "38"), (_BROTHER, "70")):
        relation[:, at] = code
    relation[:, _CHILD : _CHILD + 4] = np.where(son, "20", "30")
    relation[:, _GRANDCHILD : _GRANDCHILD + 2] = np.where(grandson, "41", "42")

    household, taken = np.nonzero(there)
    persons = len(household)
    days = np.floor(age[there] * 365.2425).astype(np.int64)
    born = np.datetime64(shape.day) - days.astype("timedelta64[D]")
    heaped = rng.random(persons) < 0.004
    born = np.where(heaped & (age[there] > 3), born.astype("datetime64[M]").astype("datetime64[D]"), born)
    sex_flat, surname_flat = sex[there], surname[there]
    nation_flat = nation[household].copy()
    married_in = np.isin(taken, (_SPOUSE, _MOTHER, _DAUGHTER_IN_LAW)) & (nation_flat != people.HAN) & (rng.random(persons) < 0.45)
    nation_flat[married_in] = people.HAN
    if married_in.any():
        surname_flat[married_in] = people.surnames(rng, nation_flat[married_in])
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    name = people.names(rng, surname_flat, nation_flat, sex_flat, year)

    counties = list(place.counties)
    county_of = np.array([counties.index(v.county) for v in place.villages], dtype=np.int64)
    county = county_of[village[household]]
    stranger = np.isin(taken, (_SPOUSE, _MOTHER, _DAUGHTER_IN_LAW))
    draw = rng.random(persons)
    neighbour = draw < np.where(stranger, 0.1, 0.01)
    far = draw > np.where(stranger, 0.97, 0.996)
    prefixes = np.array(counties + list(_ELSEWHERE), dtype="<U6")
    which = county.copy()
    which[neighbour] = rng.integers(0, len(counties), int(neighbour.sum()))
    which[far] = len(counties) + rng.integers(0, len(_ELSEWHERE), int(far.sum()))
    prefix = prefixes[which]
    for new, (old, before) in _OLD_PREFIX.items():
        prefix[(prefix == new) & (year < before)] = old

    start = np.r_[0, np.cumsum(there.sum(axis=1))].astype(np.int64)
    return Block(
        serial=first_household + np.arange(n, dtype=np.int64),
        village=village.astype(np.int64),
        group=rng.integers(1, 8, n).astype(np.int64),
        kind=kind.astype(np.int64),
        start=start,
        household=household.astype(np.int64),
        person=first_person + np.arange(persons, dtype=np.int64),
        relation=relation[there],
        sex=sex_flat,
        born=born,
        nation=nation_flat,
        name=name,
        id_number=numbers.give(prefix, born, sex_flat),
    )


def spread(rng: np.random.Generator, households: int, villages: int) -> Ints:
    """How many of ``households`` live in each village: uneven as in life, every village at least one where there are enough."""
    if households < villages:
        out = np.zeros(villages, dtype=np.int64)
        out[rng.choice(villages, households, replace=False)] = 1
        return out
    weight = rng.lognormal(0.0, 0.45, villages)
    exact = weight / weight.sum() * (households - villages)
    out = np.asarray(np.floor(exact), dtype=np.int64)
    rest = households - villages - int(out.sum())
    out[np.argsort(-(exact - out), kind="stable")[:rest]] += 1
    out += 1
    return out


def blocks(place: Place, households: int, shape: Shape, *, seed: int, size: int = 20_000) -> Iterator[Block]:
    """``households`` households in the order of their villages, in blocks of about ``size``; the same for the same seed."""
    root = np.random.SeedSequence(seed)
    rng = np.random.default_rng(root.spawn(1)[0])
    village = np.repeat(np.arange(len(place.villages)), spread(rng, households, len(place.villages)))
    numbers = Numbers()
    persons = 0
    for begin in range(0, households, size):
        part = np.random.default_rng(root.spawn(1)[0])
        made = block(place, part, village[begin : begin + size], shape, numbers, first_household=begin, first_person=persons)
        persons += made.persons
        yield made
