"""Whether two pictures are copies of one: signs of the coarse pattern to find candidates, the pattern in small to be sure."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

_SIDE = 128
_SMALL = 32
_BANDS = 4


@dataclass(frozen=True, slots=True)
class Print:
    """64 signs as a signed number, their four bands of 16, the pattern in small."""

    signs: int
    bands: tuple[int, int, int, int]
    pattern: bytes


@lru_cache(maxsize=1)
def _dct() -> NDArray[np.float64]:
    """The first nine cosines over the side."""
    at = (np.arange(_SIDE) + 0.5) / _SIDE
    return np.cos(np.pi * np.arange(9)[:, None] * at[None, :])


def print_of(grey: bytes) -> Print:
    """The fingerprint of a grey pattern (128 × 128 bytes)."""
    picture = np.frombuffer(grey, np.uint8).reshape(_SIDE, _SIDE).astype(np.float64)
    waves = (_dct() @ picture @ _dct().T)[1:, 1:]
    signs = (waves > 0).ravel()
    packed = int.from_bytes(np.packbits(signs).tobytes(), "big", signed=True)
    words = np.packbits(signs).view(">u2")
    small = picture.reshape(_SMALL, 4, _SMALL, 4).mean((1, 3))
    return Print(packed, (int(words[0]), int(words[1]), int(words[2]), int(words[3])), small.astype(np.uint8).tobytes())


@dataclass(frozen=True, slots=True)
class Look:
    """One way the picture may appear in a copy: cut, mirrored or as it is."""

    signs: int
    mirrored: bool = False
    left: float = 0.0
    right: float = 1.0
    top: float = 0.0
    bottom: float = 1.0


@dataclass(frozen=True, slots=True)
class Views:
    """All looks of a picture, and what to ask the index for each: (number of the look from 1, band, value)."""

    looks: tuple[Look, ...]
    probes: tuple[tuple[int, int, int], ...]


NEAR = 12
SURE = 0.95


def views(grey: bytes) -> Views:
    """What to look for."""
    made = print_of(grey)
    return Views((Look(made.signs),), tuple((1, band, value) for band, value in enumerate(made.bands)))


def score(grey: bytes, look: Look, pattern: bytes) -> float:
    """How much the picture, in one look, is the one of a pattern: 1 is the same."""
    one = np.frombuffer(print_of(grey).pattern, np.uint8).astype(np.float64)
    other = np.frombuffer(pattern, np.uint8).astype(np.float64)
    return float(np.corrcoef(one, other)[0, 1])
