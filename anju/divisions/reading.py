"""Where the rows of a workbook say they are, each distinct wording read once against the places of an area."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from anju.divisions import queries
from anju.divisions.gazetteer import Resolution, Typed, resolve_all
from anju.vocabulary import division

_PARTS = ("division", "province", "city", "county", "township", "village", "group", "address")
_VILLAGE = 12


class Placed(NamedTuple):
    """Where a row is: the area, whether it is a village or below, the words as typed, what a clerk should know."""

    area: str
    placed: bool
    words: str
    doubt: str


class Places:
    """The places of an area, asked for the wordings of rows."""

    def __init__(self, area: str) -> None:
        self._area = area
        self._gazetteer = queries.gazetteer(area)
        self._known: dict[tuple[str, ...], Placed] = {}

    def find(self, values: Mapping[str, Any]) -> Placed:
        """Where the place columns of a row (and its address, where they don't reach a village) lead."""
        key = tuple(str(values.get(part) or "") for part in _PARTS)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = self._read(dict(zip(_PARTS, key, strict=True)))
        return found

    def _read(self, parts: dict[str, str]) -> Placed:
        address = parts.pop("address")
        typed = Typed(**parts)
        words = str(typed) or address
        if not words:
            return Placed(self._area, False, "", "没有写明所在村")
        answer = self._resolve(typed) if str(typed) else self._resolve(Typed(division=address))
        if len(answer.code) < _VILLAGE and address and str(typed):
            by_address = self._resolve(Typed(division=address))
            if len(by_address.code) >= _VILLAGE:
                answer = by_address
        area = answer.code or answer.reached or self._area
        if not division.contains(self._area, area):
            area = self._area
        placed = len(answer.code) >= _VILLAGE and area == answer.code
        return Placed(area, placed, words, "" if placed else answer.explanation or "只写到乡镇，没有写明所在村")

    def _resolve(self, typed: Typed) -> Resolution:
        return resolve_all(self._gazetteer, [typed])[typed]
