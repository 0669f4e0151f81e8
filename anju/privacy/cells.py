"""The cells of a workbook as they were sent, sealed some rows at a time, and opened for the page of one row."""

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from typing import Any, NamedTuple

from django.db import models

from anju.privacy import cipher, keys

PURPOSE = "rows"
TOGETHER = 50


class Part(NamedTuple):
    """Sealed cells of consecutive rows of a sheet: from ``row`` to the next part's."""

    sheet: str
    row: int
    sealed: bytes
    key_number: int


class SealedCells(models.Model):
    """A table of such parts. A model of it adds what the rows belong to, and says in ``SEALING`` what the parts are bound to."""

    sheet = models.CharField(max_length=120)
    row = models.PositiveIntegerField()
    sealed = models.BinaryField()
    key_number = models.PositiveIntegerField()

    class Meta:
        abstract = True


def seal(rows: Iterable[tuple[str, int, str]], bound: Callable[[str, int], bytes]) -> Iterator[Part]:
    """Sealed cells of rows in the file's order; each is (sheet, row, JSON of what is kept of it), bound to its first sheet and row."""
    ring = keys.ring()
    for sheet, of_sheet in groupby(rows, key=lambda row: row[0]):
        some = list(of_sheet)
        for start in range(0, len(some), TOGETHER):
            part = some[start : start + TOGETHER]
            text = "{" + ",".join(f'"{row}":{kept}' for _sheet, row, kept in part) + "}"
            first = part[0][1]
            sealed = cipher.seal(zlib.compress(text.encode(), 1), purpose=PURPOSE, bound_to=bound(sheet, first), ring=ring)
            yield Part(sheet, first, sealed, ring.active)


def opened(sealed: bytes, bound_to: bytes) -> dict[str, Any]:
    """Row number → what was kept of the row."""
    text = cipher.unseal(sealed, purpose=PURPOSE, bound_to=bound_to)
    rows: dict[str, Any] = json.loads(zlib.decompress(text))
    return rows
