"""How a sender keeps its list: what its rows say of the households (events) and how its clerks type them (habit, rates).

A :class:`Rows` is the list before typing: who stands in which household, as what, where. :func:`later` derives one sender's view of
the households, :func:`repeated` puts rows in twice, :func:`typed` makes the cells and labels every row that differs from the truth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from random import Random

import numpy as np
from numpy.typing import NDArray

from anju.demo import damage, people, truth
from anju.demo.place import Place

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Rates:
    """Chances per row of one list, by label; and per household for what happens to households."""

    id_number: dict[str, float]
    name: dict[str, float]
    birth: dict[str, float]
    other: dict[str, float]
    listed_twice: float
    in_two_households: float

    def times(self, factor: float) -> "Rates":
        """The same kinds, more or less often."""
        ids, names, births, others = (
            {k: v * factor for k, v in table.items()} for table in (self.id_number, self.name, self.birth, self.other)
        )
        return Rates(ids, names, births, others, self.listed_twice * factor, self.in_two_households * factor)


EXPORT = Rates(
    id_number={
        "id-15-digits": 0.001, "id-lower-x": 0.02, "id-spaced": 0.0008, "id-digit-wrong": 0.0035, "id-check-digit-wrong": 0.0008,
        "id-digits-exchanged": 0.0015, "id-digit-lost": 0.0004, "id-missing": 0.004, "id-of-another": 0.0003,
    },
    name={"name-same-sound": 0.0012, "name-same-shape": 0.0006, "name-traditional": 0.0004, "name-short": 0.0002, "name-other": 0.0002},
    birth={"birth-wrong": 0.001, "birth-missing": 0.0005},
    other={"sex-wrong": 0.0008, "relation-wrong": 0.001},
    listed_twice=0.0006,
    in_two_households=0.0002,
)  # fmt: skip
"""A system's export: typed once, checked a little."""

TYPED = Rates(
    id_number={
        "id-15-digits": 0.004, "id-lower-x": 0.1, "id-full-width": 0.0015, "id-spaced": 0.004, "id-apostrophe": 0.0015,
        "id-digit-wrong": 0.009, "id-check-digit-wrong": 0.0018, "id-digits-exchanged": 0.004, "id-digit-lost": 0.0018,
        "id-digit-twice": 0.0012, "id-tail-lost": 0.0022, "id-scientific": 0.0015, "id-missing": 0.007, "id-of-another": 0.0008,
    },
    name={
        "name-spaced": 0.02, "name-noted": 0.0012, "name-dot": 0.25, "name-same-sound": 0.006, "name-same-shape": 0.003,
        "name-traditional": 0.0016, "name-short": 0.0012, "name-exchanged": 0.0006, "name-other": 0.0014,
    },
    birth={"birth-form": 0.03, "birth-month-only": 0.006, "birth-wrong": 0.006, "birth-missing": 0.004},
    other={"sex-wrong": 0.004, "relation-wrong": 0.005, "relation-missing": 0.004},
    listed_twice=0.003,
    in_two_households=0.0012,
)  # fmt: skip
"""A list kept by hand in townships and put together in the county."""


@dataclass(frozen=True, slots=True)
class Events:
    """What happened to households between the two lists: chances per household."""

    head_died: float = 0.008
    head_changed: float = 0.007
    split: float = 0.014
    merged: float = 0.005
    moved: float = 0.006
    member_left: float = 0.03
    member_joined: float = 0.025
    only_left: float = 0.015
    only_right: float = 0.012


@dataclass(frozen=True, slots=True)
class Habit:
    """How a sender writes its list: headings in its order, the words for sex and relation, numbering of households, form of days."""

    columns: tuple[tuple[str, str], ...]
    sexes: tuple[str, str] = ("男", "女")
    head_word: str = "户主"
    day: str = "iso"
    household: str = "village"
    titles: tuple[str, ...] = ()
    encoding: str = "utf-8-sig"
    shuffled: bool = False


RELATION_WORDS = {
    "02": "户主", "10": "配偶", "51": "父亲", "52": "母亲", "20": "子", "30": "女", "38": "儿媳", "41": "孙子", "42": "孙女", "70": "兄弟姐妹",
    "57": "公公", "58": "婆婆", "97": "其他亲属", "99": "非亲属",
}  # fmt: skip
RELATION_ELSEWHERE = {"20": "儿子", "30": "女儿", "38": "之儿媳", "41": "之孙子", "42": "之孙女", "70": "弟", "97": "其他"}


@dataclass
class Rows:
    """Rows of one list within a block, before anything is typed: who, in which household, as what, where."""

    who: Ints
    household: Ints
    relation: NDArray[np.str_]
    village: Ints
    main: Ints
    """Index of the row that this one repeats (itself for a person's first row)."""
    labels: dict[int, list[str]]

    def take(self, order: Ints) -> "Rows":
        """The same rows in another order."""
        back = np.empty(len(order), dtype=np.int64)
        back[order] = np.arange(len(order))
        return Rows(
            self.who[order],
            self.household[order],
            self.relation[order],
            self.village[order],
            back[self.main[order]],
            {int(back[row]): words for row, words in self.labels.items()},
        )


def _as_seen_from(new_head: str, other: str, head_sex: int) -> str:
    """The relation of another member when the member who was ``new_head`` to the old head becomes the head."""
    if new_head == "10":
        return {"10": "10", "20": "20", "30": "30", "38": "38", "41": "41", "42": "42", "51": "57", "52": "58"}.get(other, "97")
    if new_head in ("20", "30"):
        return {
            "10": "52" if head_sex == 1 else "51",
            "20": "70",
            "30": "70",
            "38": "10",
            "41": "20",
            "42": "30",
            "51": "97",
            "52": "97",
        }.get(other, "97")
    if new_head in ("51", "52"):
        return {"10": "38", "51": "10", "52": "10", "20": "41", "30": "42"}.get(other, "97")
    return "97"


def _heir(block: truth.Block, members: Ints, day: date) -> int | None:
    """Who becomes the head after the present one: the spouse, else the eldest grown child, brother or parent."""
    grown = np.datetime64(day) - np.timedelta64(365 * 18, "D")
    for wanted in (("10",), ("20", "30"), ("70",), ("52", "51")):
        for member in members.tolist():
            if block.relation[member] in wanted and block.born[member] < grown:
                return int(member)
    return None


@dataclass
class Later:
    """The right list's truth for a block: the same people after the events, and what became of each household."""

    rows: Rows
    absent_left: NDArray[np.bool_]
    """Persons who are not on the left list yet (joined later)."""
    kinds: dict[int, str]
    """Household of the block → kind of event; households not named are the same."""
    new_of: dict[int, int]
    """New household label → the household it split from."""
    into: dict[int, int]
    """Household that was merged → the household it went into."""
    gone: dict[int, list[str]]
    """Persons who are no longer on the right list → why."""


def later(block: truth.Block, rng: np.random.Generator, events: Events, only_right: NDArray[np.bool_], day: date) -> Later:
    household, relation = block.household.copy(), block.relation.copy()
    village = block.village[household].copy()
    keep = np.ones(block.persons, dtype=bool)
    absent_left = np.zeros(block.persons, dtype=bool)
    absent_left[only_right[household]] = True
    labels: dict[int, list[str]] = {}
    kinds: dict[int, str] = {}
    new_of: dict[int, int] = {}
    into: dict[int, int] = {}
    n = block.households
    draw = rng.random(n)
    limits = np.cumsum([events.head_died, events.head_changed, events.split, events.merged, events.moved, events.only_left])
    what = np.searchsorted(limits, draw, side="right")
    what[only_right] = 9
    adult = np.datetime64(day) - np.timedelta64(365 * 20, "D")
    next_label = n

    def label(persons: Ints, word: str) -> None:
        for person in persons.tolist():
            labels.setdefault(person, []).append(word)

    for index in np.flatnonzero(what < 6).tolist():
        members = np.arange(block.start[index], block.start[index + 1])
        head = int(members[0])
        if what[index] in (0, 1):
            heir = _heir(block, members[1:], day)
            if heir is None:
                continue
            new_relation = str(block.relation[heir])
            for member in members[1:].tolist():
                relation[member] = _as_seen_from(new_relation, str(block.relation[member]), int(block.sex[head]))
            relation[heir] = "02"
            relation[head] = {"10": "10", "20": "51", "30": "51", "70": "70", "51": "20", "52": "20"}[new_relation]
            if what[index] == 0:
                keep[head] = False
                labels[head] = ["left"]
            kinds[index] = "head_differs"
            label(members, "head-changed")
        elif what[index] == 2:
            leaving = [m for m in members[1:].tolist() if block.relation[m] in ("20", "38", "70", "41", "42") and block.born[m] < adult]
            leaving = leaving if any(block.relation[m] in ("20", "70") for m in leaving) else []
            if not leaving:
                continue
            first = next(m for m in leaving if block.relation[m] in ("20", "70"))
            leaving = [first] + [m for m in members.tolist() if block.relation[first] == "20" and block.relation[m] in ("38", "41", "42")]
            for member in leaving:
                relation[member] = {"38": "10", "41": "20", "42": "30"}.get(str(block.relation[member]), "02")
                household[member] = next_label
            new_of[next_label] = index
            next_label += 1
            kinds[index] = "split"
            label(members, "split")
        elif what[index] == 3:
            host = index + 1
            if host >= n or block.village[host] != block.village[index] or what[host] != 6 or host in kinds:
                continue
            household[members] = host
            relation[members] = "97"
            into[index] = host
            kinds[index] = kinds[host] = "merged"
            label(np.r_[members, np.arange(block.start[host], block.start[host + 1])], "merged")
        elif what[index] == 4:
            near = int(block.village[index]) + int(rng.integers(-12, 13))
            others = np.unique(block.village)
            others = others[others != block.village[index]]
            if not len(others):
                continue
            village[members] = others[np.argmin(np.abs(others - near))]
            kinds[index] = "moved"
            label(members, "moved")
        else:
            keep[members] = False
            label(members, "household-only-here")
    calm = np.flatnonzero((what == 6) & (block.size > 1) & ~np.isin(np.arange(n), list(kinds)))
    chance = rng.random(len(calm))
    for index in calm[chance < events.member_left].tolist():
        member = int(rng.integers(block.start[index] + 1, block.start[index + 1]))
        keep[member] = False
        labels.setdefault(member, []).append("left")
    for index in calm[chance > 1 - events.member_joined].tolist():
        member = int(block.start[index + 1]) - 1
        if block.relation[member] in ("20", "30", "41", "42", "38", "10"):
            absent_left[member] = True
            labels.setdefault(member, []).append("joined")
    for index in np.flatnonzero(only_right).tolist():
        label(np.arange(block.start[index], block.start[index + 1]), "household-only-here")
    who = np.flatnonzero(keep)
    rows = Rows(
        who,
        household[who],
        relation[who],
        village[who],
        np.arange(len(who)),
        {row: list(labels[p]) for row, p in enumerate(who.tolist()) if p in labels},
    )
    gone = {p: words for p, words in labels.items() if not keep[p]}
    return Later(rows, absent_left, kinds, new_of, into, gone)


def repeated(rows: Rows, rng: np.random.Generator, rates: Rates) -> Rows:
    """With rows listed twice and persons put into a second household besides."""
    n = len(rows.who)
    twice = np.flatnonzero(rng.random(n) < rates.listed_twice)
    second = np.flatnonzero(rng.random(n) < rates.in_two_households)
    if not len(twice) + len(second):
        return rows
    labels = dict(rows.labels)
    households = rows.household.copy()
    relation = rows.relation.copy()
    extra_household, extra_relation = households[second].copy(), relation[second].copy()
    extra_village = rows.village[second].copy()
    for i, row in enumerate(second.tolist()):
        near = (row + int(rng.integers(1, 40))) % n
        while households[near] == households[row] and near != row:
            near = (near + 1) % n
        extra_household[i] = households[near]
        extra_relation[i] = "97"
        extra_village[i] = rows.village[near]
    total = n
    for word, originals in (("listed-twice", twice), ("in-two-households", second)):
        for row in originals.tolist():
            labels[row] = [*labels.get(row, []), word]
            labels[total] = [*rows.labels.get(row, []), word]
            total += 1
    copies = np.r_[twice, second]
    return Rows(
        np.r_[rows.who, rows.who[copies]],
        np.r_[households, households[twice], extra_household],
        np.r_[relation, relation[twice], extra_relation],
        np.r_[rows.village, rows.village[twice], extra_village],
        np.r_[rows.main, copies],
        labels,
    )


def household_numbers(*, habit: Habit, block: truth.Block, place: Place, labels: Ints, village: Ints, side: int) -> list[str]:
    """The sender's own number for each household label, given where it was first listed (labels beyond the block's split off)."""
    known = np.minimum(labels, block.households - 1)
    serial = np.where(labels < block.households, block.serial[known], 0)
    village = np.where(labels < block.households, block.village[known], village)
    out: list[str] = []
    for label, number, where in zip(labels.tolist(), serial.tolist(), village.tolist(), strict=True):
        v = place.villages[where]
        own = number if label < block.households else 9_000_000 + int(block.serial[0]) + label
        if habit.household == "village":
            out.append(f"{v.code}{own % 10_000:04d}" if own < 9_000_000 else f"{v.code}9{own % 10_000:04d}")
        elif habit.household == "county":
            out.append(f"{v.county}{(own * 7 + 13) % 10_000_000:07d}")
        else:
            out.append(str(own + 1 + side * 100_000))
    return out


def _apply(
    values: list[str],
    rows: Rows,
    *,
    rng: np.random.Generator,
    rates: dict[str, float],
    ways: dict[str, Callable[[str, Random], str | None]],
    chance: Random,
) -> None:
    """Damage ``values`` in place, at most one kind a row, and note what was done; ways that don't fit the value leave it whole."""
    kinds = [k for k in rates if k in ways]
    which = np.searchsorted(np.cumsum([rates[k] for k in kinds]), rng.random(len(values)), side="right")
    for row in np.flatnonzero(which < len(kinds)).tolist():
        kind = kinds[which[row]]
        written = ways[kind](values[row], chance)
        if written is not None and written != values[row]:
            values[row] = written
            rows.labels.setdefault(row, []).append(kind)


def typed(
    block: truth.Block, *, place: Place, rows: Rows, habit: Habit, rates: Rates, rng: np.random.Generator, side: int, first_serial: int
) -> tuple[dict[str, list[str]], set[int]]:
    """The cells as the sender typed them, by column key; the labels in ``rows`` grow."""
    chance = Random(int(rng.integers(2**62)))
    who = rows.who
    ids: list[str] = block.id_number[who].tolist()
    names: list[str] = block.name[who].tolist()
    born: list[date] = block.born[who].tolist()
    codes: list[str] = rows.relation.tolist()
    words = RELATION_WORDS if side == 0 else {**RELATION_WORDS, **RELATION_ELSEWHERE}
    words = {**words, "02": habit.head_word}
    relations = [words[c] for c in codes]
    sexes = [habit.sexes[s - 1] for s in block.sex[who].tolist()]

    mates = np.flatnonzero(rng.random(len(ids)) < rates.id_number.get("id-of-another", 0.0)).tolist()
    for row in mates:
        index = int(block.household[who[row]])
        others = [m for m in range(int(block.start[index]), int(block.start[index + 1])) if m != who[row]]
        if others:
            ids[row] = str(block.id_number[chance.choice(others)])
            rows.labels.setdefault(row, []).append("id-of-another")
    whole = list(ids)
    id_rates = {k: v for k, v in rates.id_number.items() if k != "id-of-another"}
    _apply(ids, rows, rng=rng, rates=id_rates, ways=damage.ID_FORMS | damage.ID_MISTAKES, chance=chance)
    if mates:
        for row in mates:
            ids[row] = whole[row]
            rows.labels[row] = [w for w in rows.labels.get(row, []) if not w.startswith("id-") or w == "id-of-another"]
            if not rows.labels[row]:
                del rows.labels[row]
    numbers = {row for row, ws in rows.labels.items() if "id-tail-lost" in ws or "id-scientific" in ws}
    dotted = rates.name.get("name-dot", 0.0)
    name_rates = {k: v for k, v in rates.name.items() if k != "name-dot"}
    _apply(names, rows, rng=rng, rates=name_rates, ways=damage.NAME_FORMS | damage.NAME_MISTAKES, chance=chance)
    for row in [i for i, name in enumerate(names) if "·" in name]:
        if chance.random() < dotted and (written := damage.dot_changed(names[row], chance)) and written != names[row]:
            names[row] = written
            rows.labels.setdefault(row, []).append("name-dot")

    form = damage.DAY_FORMS[habit.day]
    days = np.datetime_as_string(block.born[who]).tolist() if habit.day == "iso" else [form(day, chance) for day in born]
    kinds = list(rates.birth)
    which = np.searchsorted(np.cumsum([rates.birth[k] for k in kinds]), rng.random(len(days)), side="right")
    for row in np.flatnonzero(which < len(kinds)).tolist():
        kind = kinds[which[row]]
        if kind == "birth-form":
            days[row] = damage.DAY_FORMS[chance.choice([k for k in damage.DAY_FORMS if k != habit.day])](born[row], chance)
        elif kind == "birth-month-only":
            days[row] = damage.month_only(born[row], chance)
        elif kind == "birth-wrong":
            days[row] = damage.day_wrong(born[row], chance)
        else:
            days[row] = ""
        rows.labels.setdefault(row, []).append(kind)
    for kind, cells in (("sex-wrong", sexes), ("relation-wrong", relations), ("relation-missing", relations)):
        for row in np.flatnonzero(rng.random(len(ids)) < rates.other.get(kind, 0.0)).tolist():
            if kind == "sex-wrong":
                cells[row] = habit.sexes[1 - habit.sexes.index(cells[row])]
            elif codes[row] == "02":
                continue
            else:
                cells[row] = (
                    "" if kind == "relation-missing" else chance.choice([w for w in ("子", "女", "配偶", "其他") if w != cells[row]])
                )
            rows.labels.setdefault(row, []).append(kind)

    villages = rows.village.tolist()
    wanted = {key for key, _ in habit.columns}
    heading = dict(habit.columns).get("division", "")
    by_address = "址" in heading
    codes_of = [v.code for v in place.villages]
    addresses = [v.address for v in place.villages]
    columns = {
        "id_number": ids,
        "name": names,
        "sex": sexes,
        "relation": relations,
        "birth_date": days,
        "household": household_numbers(habit=habit, block=block, place=place, labels=rows.household, village=rows.village, side=side),
        "division": [addresses[v] for v in villages] if by_address else [codes_of[v] for v in villages],
    }
    if by_address and side:
        groups = block.group[np.minimum(rows.household, block.households - 1)].tolist()
        columns["division"] = [f"{text}{group}组" for text, group in zip(columns["division"], groups, strict=True)]
    if "address" in wanted:
        columns["address"] = [place.villages[v].name for v in villages]
    if "nation" in wanted:
        columns["nation"] = [people.NATIONS[c].name for c in block.nation[who].tolist()]
    if "phone" in wanted:
        columns["phone"] = [phone(p) if r == habit.head_word else "" for p, r in zip(block.person[who].tolist(), relations, strict=True)]
    if "serial" in wanted:
        columns["serial"] = [str(n) for n in range(first_serial, first_serial + len(ids))]
    if "note" in wanted:
        columns["note"] = [""] * len(ids)
    return columns, numbers


def phone(person: int) -> str:
    """A telephone number nobody has: 154 was never allotted to an operator."""
    return f"154{(person * 7_919 + 12_345) % 100_000_000:08d}"
