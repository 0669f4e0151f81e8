"""The synthetic city or county as the departments see it: who is in which of the four groups, disabled, badly housed.

Two views of the same households exist: how they were (``block``) and how they are now (``now``: heads died, households split and
merged). The poverty office and the villages list what is now; the others lag behind, each in its own way.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from anju.demo import truth
from anju.demo.listing import Events, Ints, Later, later
from anju.demo.place import Place

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Spec:
    """Sizes of a shape: households of the four groups and how they overlap.

    ``db_inside``/``db_outside``: 低保 households that are registered poor, and that are not; likewise for 特困 (persons alone) and
    贫困残疾. ``plain``: households on no list, in ``roll_townships`` of ``roll_county`` whose village rolls are sent (None: every township).
    """

    prefix: str
    shape: truth.Shape
    jdlk: int
    db_inside: int
    db_outside: int
    tk_inside: int
    tk_outside: int
    cj_inside: int
    cj_outside: int
    plain: int
    roll_county: str
    roll_townships: int | None
    renovated_now: int
    renovated_before: int

    def scaled(self, factor: float) -> "Spec":
        """The same place with fewer households; shares stay."""
        return replace(
            self,
            jdlk=round(self.jdlk * factor),
            db_inside=round(self.db_inside * factor),
            db_outside=round(self.db_outside * factor),
            tk_inside=round(self.tk_inside * factor),
            tk_outside=round(self.tk_outside * factor),
            cj_inside=round(self.cj_inside * factor),
            cj_outside=round(self.cj_outside * factor),
            plain=round(self.plain * factor),
            renovated_now=round(self.renovated_now * factor),
            renovated_before=round(self.renovated_before * factor),
        )

    @property
    def households(self) -> int:
        """All households of the world."""
        return self.jdlk + self.db_outside + self.tk_outside + self.cj_outside + self.plain


FUXIN = Spec(
    prefix="2109", shape=truth.POOR, jdlk=41_248, db_inside=8_800, db_outside=13_200, tk_inside=2_000, tk_outside=2_000,
    cj_inside=6_300, cj_outside=2_700, plain=2_400, roll_county="210922", roll_townships=6, renovated_now=0, renovated_before=6_200,
)  # fmt: skip
"""Fuxin 阜新 in June 2020: 41,248 registered poor households (S2-08). This year's works aren't on a ledger any more: they are cases."""
HUIZE = Spec(
    prefix="530326", shape=truth.WHOLE_COUNTY, jdlk=92_000, db_inside=26_000, db_outside=12_000, tk_inside=2_600, tk_outside=3_900,
    cj_inside=8_500, cj_outside=5_500, plain=167_600, roll_county="530326", roll_townships=None, renovated_now=9_400, renovated_before=69_000,
)  # fmt: skip
"""Huize 会泽: all 281,000 households screened, 113,400 of them in the four groups (S0-29, S0-32)."""

SINCE_THEN = Events(
    head_died=0.012, head_changed=0.006, split=0.016, merged=0.004, moved=0.005, member_left=0.03, member_joined=0.025, only_left=0.0, only_right=0.0
)  # fmt: skip
"""What happened to households since the slow departments last looked."""


@dataclass(frozen=True)
class World:
    """The place, its households then and now, and what is true of them.

    ``poor`` (per label of ``now``): registered poor households; ``poor_person``: their members. ``allowance`` (per household of
    ``block``): 低保. ``extreme`` and ``disabled_poor`` (per person): 特困, 贫困残疾. ``kind``/``level``: disability, 0 for none. ``grade``
    (per household): A–D. ``plain`` (per household): on no list.
    """

    spec: Spec
    place: Place
    block: truth.Block
    now: Later
    poor: Flags
    poor_person: Flags
    allowance: Flags
    extreme: Flags
    disabled_poor: Flags
    kind: NDArray[np.int8]
    level: NDArray[np.int8]
    grade: NDArray[np.str_]
    plain: Flags
    roll: frozenset[str]
    """Townships whose village rolls are sent."""


def _pick(rng: np.random.Generator, among: Flags, count: int) -> Ints:
    found = np.flatnonzero(among)
    if len(found) < count:
        raise ValueError(f"only {len(found)} households fit where {count} are wanted: the place is too small")
    return np.sort(rng.choice(found, count, replace=False))


def make(place: Place, spec: Spec, *, seed: int = 2020) -> World:
    """The whole world of a spec, the same for the same seed. ``poor`` counts exactly ``spec.jdlk`` households."""
    rng = np.random.default_rng([seed, 2])
    counties = {v.county for v in place.villages}
    roll_county = spec.roll_county if spec.roll_county in counties else place.counties[0]
    in_county = [t for t in place.townships if t.startswith(roll_county)]
    roll = frozenset(in_county[: spec.roll_townships] if spec.roll_townships else in_county)
    grouped = spec.households - spec.plain
    village = np.repeat(np.arange(len(place.villages)), truth.spread(rng, grouped, len(place.villages)))
    rolled = np.array([i for i, v in enumerate(place.villages) if v.township in roll], dtype=np.int64)
    more = np.repeat(rolled, truth.spread(rng, spec.plain, len(rolled)))
    order = np.argsort(np.r_[village, more], kind="stable")
    plain = np.r_[np.zeros(grouped, dtype=bool), np.ones(spec.plain, dtype=bool)][order]
    village = np.r_[village, more][order]
    block = truth.block(place, np.random.default_rng([seed, 3]), village, spec.shape, truth.Numbers())
    n, day = block.households, spec.shape.day
    now = later(block, np.random.default_rng([seed, 4]), SINCE_THEN, np.zeros(n, dtype=bool), day)

    labels = np.unique(now.rows.household)
    origin = np.array([now.new_of.get(label, label) for label in labels.tolist()], dtype=np.int64)
    draw = rng.random(n)
    draw[plain] = 2.0
    chosen = labels[np.argsort(draw[origin], kind="stable")[: spec.jdlk]]
    poor = np.zeros(int(labels.max()) + 1, dtype=bool)
    poor[chosen] = True
    poor_person = np.zeros(block.persons, dtype=bool)
    poor_person[now.rows.who[poor[now.rows.household]]] = True
    poor_then = np.zeros(n, dtype=bool)
    poor_then[block.household[poor_person]] = True
    outside = ~poor_then & ~plain

    alone = (block.size == 1) & np.isin(block.kind, (0, 1))
    lone_out = _pick(rng, outside & alone, min(spec.tk_outside, int((outside & alone).sum())))
    lone_in = _pick(rng, poor_then & alone, min(spec.tk_inside, int((poor_then & alone).sum())))
    rest = outside.copy()
    rest[lone_out] = False
    cj_only = _pick(rng, rest, min(spec.cj_outside, int(rest.sum())))
    rest[cj_only] = False
    allowance = np.zeros(n, dtype=bool)
    allowance[rest] = True
    inside = poor_then.copy()
    inside[lone_in] = False
    allowance[_pick(rng, inside, spec.db_inside)] = True

    extreme = np.zeros(block.persons, dtype=bool)
    extreme[block.start[np.r_[lone_out, lone_in]]] = True
    age = (np.datetime64(day) - block.born).astype(np.int64) / 365.2425
    listed = poor_then | allowance
    disabled = (rng.random(block.persons) < np.where(age > 50, 0.11, 0.05)) & listed[block.household] & (age > 2)
    disabled[block.start[cj_only] + rng.integers(0, block.size[cj_only])] = True
    kind = np.where(disabled, rng.choice([1, 2, 3, 4, 5, 6, 7], block.persons, p=[0.14, 0.12, 0.02, 0.49, 0.1, 0.1, 0.03]), 0).astype(
        np.int8
    )
    level = np.where(disabled, rng.choice([1, 2, 3, 4], block.persons, p=[0.14, 0.3, 0.3, 0.26]), 0).astype(np.int8)
    with_disabled = np.zeros(n, dtype=bool)
    with_disabled[block.household[disabled]] = True
    fit = with_disabled & listed
    cj = np.zeros(n, dtype=bool)
    cj[_pick(rng, fit, min(spec.cj_inside, int(fit.sum())))] = True
    cj[cj_only] = True
    grade = rng.choice(["A", "B", "C", "D"], n, p=[0.34, 0.565, 0.055, 0.04])
    return World(
        spec, place, block, now, poor, poor_person, allowance, extreme, disabled & cj[block.household], kind, level, grade, plain, roll
    )  # fmt: skip
