"""A made-up place that a demonstration is told of."""

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from anju import database
from anju.demo import place
from anju.divisions import source
from anju.vocabulary import division

Stand = Callable[..., None]


@pytest.fixture
def stands_for_the_city(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Stand:
    """``stands_for_the_city(counties=…, townships=…, villages=…, first=…)``: made-up counties in its stead; files go to a folder of the test."""

    def stand(*, counties: int, townships: int, villages: int, first: int) -> None:
        made = place.invented("2109", counties=counties, townships=townships, villages=villages, first=first)
        rows = sorted(made.names.items())

        def within(prefixes: Iterable[str]) -> list[tuple[str, str, division.Level]]:
            return [(code, name, division.level(code)) for code, name in rows if any(code.startswith(p) for p in prefixes)]

        def above(prefixes: Iterable[str]) -> list[tuple[str, str, division.Level]]:
            return [(code, name, division.level(code)) for code, name in rows if any(p.startswith(code) and p != code for p in prefixes)]

        monkeypatch.setattr(source, "load", within)
        monkeypatch.setattr(source, "rows", lambda prefix="": within([prefix]))
        monkeypatch.setattr(source, "above", above)
        monkeypatch.setattr(database, "home", lambda: tmp_path)

    return stand
