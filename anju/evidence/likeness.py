"""Whether two pictures are copies of one, though one was compressed again, made smaller or brighter, cut at its edges or mirrored.

Two steps. *Signs* find candidates: the coarse waves of the picture's middle nine tenths as 64 signs, in four bands of 16 for an index of equal
values. Whoever asks tries the cuts a copy may have (``views``): the middle of the stored picture is looked for in every part of the asked one, a
little beyond its edges too, so one row a picture is enough. *The pattern* decides: the picture in 32 × 32, compared with the asked picture laid
over it as exactly as can be found, without the coarse light both may share. How the numbers were chosen: docs/decisions, 0020.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ends = tuple[int, int, int, int]

SIDE = 128
_SMALL = 32
_BANDS = 4
_BITS = 16
_ORDER = 6
"""Waves (k, l) with k + l up to this."""
_MIDDLE = (0.05, 0.95)

NEAR = 12
"""Signs that may differ (of 64) for a candidate."""
SURE = 0.88
"""Likeness of detail from which two pictures are copies, where their finest detail agrees too."""
_FINEST = 0.75
_PROMISING = 0.3
_PLAIN = 4.0
"""Grey steps of detail below which a picture (a bare wall, fog) is like too many to be told apart."""

_EDGES: tuple[tuple[float, float], ...] = tuple(
    (start, start + length)
    for length, starts in (
        (1.0, (-0.055, -0.028, 0.0, 0.028, 0.055)),
        (0.947, (0.0, 0.026, 0.053)),
        (0.9, (0.05,)),
        (0.855, (0.0475, 0.0725, 0.0975)),
        (0.81, (0.045, 0.07, 0.095, 0.12, 0.145)),
    )
    for start in starts
)
"""Where the middle of a stored picture may lie in the asked one, along one side, as shares of that side."""
_TRIES = 3
"""Views from which a stored picture is laid over the asked one."""
_CLOSELY = 3
"""Candidates that are looked at closely."""
_FLIPS: tuple[tuple[int, ...], ...] = ((), (0,), (1,))
"""Which of a band's most doubtful signs are tried the other way round."""


# ------------------------------------------------------------------------------------------------ signs


@dataclass(frozen=True, slots=True)
class Print:
    """What is kept of a picture: its 64 signs as a signed number, their bands, its pattern (32 × 32 bytes; empty where the picture is too plain)."""

    signs: int
    bands: tuple[int, ...]
    pattern: bytes


def _sampling(start: float, end: float, cells: int, side: int) -> tuple[Floats, NDArray[np.bool_]]:
    """(matrix that reads ``cells`` means between two places of a row of ``side`` values, mirrored beyond its ends; which cells lie inside)."""
    fine = 4
    at = start + (end - start) * (np.arange(cells * fine) + 0.5) / (cells * fine)
    inside: NDArray[np.bool_] = np.asarray(((at >= 0) & (at <= 1)).reshape(cells, fine).all(axis=1))
    at = np.abs(at)
    at = np.clip(np.where(at > 1, 2 - at, at), 0, 1) * side - 0.5
    low = np.floor(at).astype(int)
    share = at - low
    rows = np.repeat(np.arange(cells), fine)
    matrix = np.zeros((cells, side))
    np.add.at(matrix, (rows, np.clip(low, 0, side - 1)), (1 - share) / fine)
    np.add.at(matrix, (rows, np.clip(low + 1, 0, side - 1)), share / fine)
    return matrix, inside


@lru_cache(maxsize=2)
def _waves(edges: tuple[tuple[float, float], ...]) -> Floats:
    """The cosines 0 … order over each stretch of ``edges``, one below the other: (edges × waves, side)."""
    at = (np.arange(_SMALL) + 0.5) / _SMALL
    cosines = np.cos(np.pi * np.arange(_ORDER + 1)[:, None] * at[None, :])
    return np.concatenate([cosines @ _sampling(*edge, _SMALL, SIDE)[0] for edge in edges])


@lru_cache(maxsize=1)
def _chosen() -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """(k, l, weight) of the waves used, weighted so that each tells about as much: fine ones are weaker in photos, and those along one axis (sky
    over ground) stronger and alike from photo to photo."""
    pairs = [(k, l) for k in range(_ORDER + 1) for l in range(_ORDER + 1) if 0 < k + l <= _ORDER]  # noqa: E741
    k, l = (np.array(each) for each in zip(*pairs, strict=True))  # noqa: E741
    return k, l, np.hypot(k, l) * np.where((k == 0) | (l == 0), 0.45, 1.0)


@lru_cache(maxsize=1)
def _directions() -> Floats:
    """64 directions, those of a band at right angles: from a digest, as stored signs rest on them and they must never change."""
    count = len(_chosen()[0])
    made: list[Floats] = []
    for number in range(_BANDS * _BITS):
        bits = np.unpackbits(np.frombuffer(hashlib.sha256(f"anju likeness {number}".encode()).digest(), np.uint8))[:count]
        direction = bits.astype(np.float64) * 2 - 1
        for earlier in made[number - number % _BITS :]:
            direction = direction - (direction @ earlier) * earlier
        made.append(direction / np.sqrt(direction @ direction))
    return np.array(made)


def _projected(picture: Floats, edges: tuple[tuple[float, float], ...]) -> Floats:
    """How far each view lies to which side of the 64 directions: (edges², 64), rows by vertical then horizontal edge."""
    basis = _waves(edges)
    count, width = len(edges), _ORDER + 1
    whole = (basis @ picture @ basis.T).reshape(count, width, count, width).transpose(0, 2, 1, 3)
    k, l, weight = _chosen()  # noqa: E741
    found: Floats = (whole[:, :, k, l] * weight).reshape(count * count, -1) @ _directions().T
    return found


def _numbers(signs: NDArray[np.bool_]) -> list[int]:
    packed = np.packbits(signs, axis=1)
    return [int.from_bytes(row.tobytes(), "big", signed=True) for row in packed]


def _band_values(signs: NDArray[np.bool_]) -> NDArray[np.int64]:
    """(rows, bands) of 16-bit values."""
    weights = 1 << np.arange(_BITS - 1, -1, -1)
    values: NDArray[np.int64] = signs.reshape(len(signs), _BANDS, _BITS) @ weights
    return values


def _read(grey: bytes) -> Floats:
    return np.frombuffer(grey, np.uint8).reshape(SIDE, SIDE).astype(np.float64)


def print_of(grey: bytes) -> Print:
    """The print of a grey picture of 128 × 128 bytes, however wide it was."""
    picture = _read(grey)
    signs = _projected(picture, (_MIDDLE,)) > 0
    step = SIDE // _SMALL
    small = picture.reshape(_SMALL, step, _SMALL, step).mean((1, 3)).round()
    plain = float(_detail(small).std()) < _PLAIN
    return Print(
        _numbers(signs)[0], tuple(int(value) for value in _band_values(signs)[0]), b"" if plain else small.astype(np.uint8).tobytes()
    )


# ------------------------------------------------------------------------------------------------ the pattern


def _detail(small: Floats, reach: int = 4) -> Floats:
    """Without the coarse light: each cell less the mean of its surroundings, 9 × 9."""
    padded = np.pad(small, [(0, 0)] * (small.ndim - 2) + [(reach + 1, reach), (reach + 1, reach)], mode="edge")
    sums = padded.cumsum(-1).cumsum(-2)
    size = 2 * reach + 1
    mean = (sums[..., size:, size:] - sums[..., :-size, size:] - sums[..., size:, :-size] + sums[..., :-size, :-size]) / size**2
    found: Floats = small - mean
    return found


@lru_cache(maxsize=4096)
def _laid(start: int, end: int) -> tuple[Floats, NDArray[np.bool_]]:
    """Sampling of a stored side whose ends lie at two places (in 2,000ths) of the asked one."""
    return _sampling(start / 2000, end / 2000, _SMALL, SIDE)


class Asked:
    """A picture whose copies are looked for: ``signs`` of every view of it (as it is, then in a mirror); ``probes`` for the index, each (number of the
    view from 1, band, value); ``best`` for what the index gives."""

    def __init__(self, grey: bytes) -> None:
        self._straight = _read(grey)
        self._mirror = np.ascontiguousarray(self._straight[:, ::-1])
        straight, mirrored = _projected(self._straight, _EDGES), _projected(self._mirror, _EDGES)
        self._signs = np.concatenate([straight, mirrored]) > 0
        self.signs = _numbers(self._signs)
        self.probes = self._probes(np.abs(straight))

    def _probes(self, sure: Floats) -> list[tuple[int, int, int]]:
        """Every view's bands; of the straight ones also with their most doubtful signs turned."""
        values = _band_values(self._signs)
        doubtful = np.argsort(sure.reshape(len(sure), _BANDS, _BITS), axis=2)
        found: dict[tuple[int, int], int] = {}
        for flips in _FLIPS:
            tried = values if not flips else values[: len(sure)].copy()
            for flip in flips:
                tried ^= 1 << (_BITS - 1 - doubtful[:, :, flip])
            for band in range(_BANDS):
                unique, first = np.unique(tried[:, band], return_index=True)
                for value, view in zip(unique.tolist(), first.tolist(), strict=True):
                    found.setdefault((band, value), view + 1)
        return [(view, band, value) for (band, value), view in found.items()]

    def best(self, candidates: Iterable[tuple[int, bytes]]) -> tuple[float, int]:
        """(likeness, place among ``candidates``) of the stored picture most like this one, by their signs and patterns; (−1, −1) without any. Up to
        1, of their detail where they overlap, laid over each other as well as can be found; of the most promising only."""
        begun = []
        for place, (signs, pattern) in enumerate(candidates):
            if len(pattern) == _SMALL**2:
                small = np.frombuffer(pattern, np.uint8).reshape(_SMALL, _SMALL).astype(np.float64)
                detail = _detail(small)
                begun.append((*self._begin(signs, detail), place, small, detail))
        begun.sort(key=lambda one: -one[0])
        found = (-1.0, -1)
        for score, picture, ends, place, small, detail in begun[:_CLOSELY]:
            if score >= _PROMISING:
                closer, at = self._closer(picture, ends, detail, score)
                finest = self._likeness(picture, at, _detail(small, 1), 1)
                found = max(found, (closer if finest >= _FINEST else min(closer, finest), place))
        return found

    def _begin(self, signs: int, detail: Floats) -> tuple[float, Floats, Ends]:
        """The best of the views nearest by their signs, before the pictures are moved over each other."""
        stored = np.unpackbits(np.frombuffer(signs.to_bytes(8, "big", signed=True), np.uint8)).astype(bool)
        nearest = np.argsort((self._signs != stored).sum(1), kind="stable")[:_TRIES]
        tried = [self._edges_of(int(view)) for view in nearest]
        scores = [self._likeness(picture, ends, detail) for picture, ends in tried]
        best = int(np.argmax(scores))
        return scores[best], *tried[best]

    def _edges_of(self, view: int) -> tuple[Floats, Ends]:
        """Where the whole stored picture lies by a view of its middle."""
        count = len(_EDGES)
        mirror, rest = divmod(view, count * count)
        ends = []
        for start, end in (_EDGES[rest // count], _EDGES[rest % count]):
            beyond = (end - start) * _MIDDLE[0] / (_MIDDLE[1] - _MIDDLE[0])
            ends += [round((start - beyond) * 2000), round((end + beyond) * 2000)]
        return self._mirror if mirror else self._straight, (ends[0], ends[1], ends[2], ends[3])

    def _likeness(self, picture: Floats, ends: Ends, detail: Floats, reach: int = 4) -> float:
        down, down_inside = _laid(ends[0], ends[1])
        across, across_inside = _laid(ends[2], ends[3])
        inside = down_inside[:, None] & across_inside[None, :]
        if inside.mean() < 0.5:
            return -1.0
        seen = _detail(down @ picture @ across.T, reach)[inside]
        there = detail[inside]
        seen, there = seen - seen.mean(), there - there.mean()
        scale = float(np.sqrt((seen * seen).sum() * (there * there).sum()))
        return float((seen * there).sum()) / scale if scale > 1e-6 else -1.0

    def _closer(self, picture: Floats, ends: Ends, detail: Floats, score: float) -> tuple[float, Ends]:
        """Moves the four ends while that makes the pictures more alike, by smaller and smaller steps."""
        for step in (48, 24, 12, 6):
            moved = True
            while moved and score < 0.97:
                moved = False
                for way in ((1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (1, 1, 0, 0), (0, 0, 1, 1)):
                    for sign in (step, -step):
                        tried = (ends[0] + way[0] * sign, ends[1] + way[1] * sign, ends[2] + way[2] * sign, ends[3] + way[3] * sign)
                        if (better := self._likeness(picture, tried, detail)) > score:
                            ends, score, moved = tried, better, True
                            break
        return score, ends
