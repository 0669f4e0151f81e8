"""What a household's columns in a national system's workbook are filled with; the app that knows a field declares it in its ``filling.py``.

    @fills("grade", "appraised_on")
    def appraisal(households: Sequence[int], asked: Asked) -> Filled: ...

A column nobody fills yet stays empty in the workbook: its heading tells whoever enters that it is asked for.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

Filled = Mapping[int, Mapping[str, object]]


@dataclass(frozen=True, slots=True)
class Asked:
    """As of which day, and whether numbers may be whole."""

    on: date
    full: bool


Filler = Callable[[Sequence[int], Asked], Filled]
_FILLERS: dict[str, Filler] = {}


def fills(*keys: str) -> Callable[[Filler], Filler]:
    """Declares the function that fills these columns: household → key → value, for some thousand households at a time; what isn't known is left out.
    A column is filled by the latest step that knows it: a later declaration takes the place of an earlier one."""

    def declare(filler: Filler) -> Filler:
        for key in keys:
            _FILLERS[key] = filler
        return filler

    return declare


def filled(keys: Iterable[str], households: Sequence[int], asked: Asked) -> dict[int, dict[str, object]]:
    """What is known of households for these columns."""
    wanted = set(keys)
    rows: dict[int, dict[str, object]] = {key: {} for key in households}
    for filler in dict.fromkeys(_FILLERS[key] for key in sorted(wanted) if key in _FILLERS):
        own = {key for key in wanted if _FILLERS.get(key) is filler}
        for household, values in filler(households, asked).items():
            if household in rows:
                rows[household].update({key: value for key, value in values.items() if key in own})
    return rows


def unfilled(keys: Iterable[str]) -> list[str]:
    """Columns that nobody fills yet."""
    return [key for key in keys if key not in _FILLERS]
