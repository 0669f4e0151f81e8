"""What was found out about a file before its rows are read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anju.tabular.layout import Layout


@dataclass(frozen=True)
class ColumnSeen:
    """One column of a file nobody has declared yet: its heading, samples, our guess of the key and why."""

    index: int
    heading: str
    samples: tuple[str, ...]
    guess: str | None
    reason: str


@dataclass(frozen=True)
class SheetPlan:
    """One data sheet: where its headings end and which column holds what.

    ``first_heading``/``last_heading`` are row numbers as the spreadsheet shows them (0 where there is none); ``columns`` maps our
    keys to column indices from 0; ``headings`` are the file's own, joined over two-row headings.
    """

    name: str
    index: int
    first_heading: int
    last_heading: int
    headings: tuple[str, ...]
    columns: Mapping[str, int]
    rows: int
    heading_rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Recognition:
    """What a file was recognised as.

    ``layout`` is None for an unknown file: then ``seen`` offers the columns for a mapping. ``columns`` and ``unmatched`` are those
    of the first data sheet. ``confidence`` 0–1. ``rivals``: other layouts that would fit, with their scores. ``rows``: about how
    many rows will come (for progress). ``other_sheets``: sheets that aren't part of the list, with the reason.
    """

    layout: Layout | None = field(repr=False)
    sheets: tuple[SheetPlan, ...]
    unmatched: tuple[str, ...]
    confidence: float
    kind: str
    encoding: str = ""
    delimiter: str = ""
    missing: tuple[str, ...] = ()
    rivals: tuple[tuple[str, float], ...] = ()
    other_sheets: tuple[tuple[str, str], ...] = ()
    seen: tuple[ColumnSeen, ...] = field(default=(), repr=False)
    constants: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        name = self.layout.title if self.layout else "未知的名单"
        return f"{name}：{'、'.join(plan.name or '文本表格' for plan in self.sheets)}，约 {self.rows} 行"

    @property
    def known(self) -> bool:
        """Whether the file can be read as it is; otherwise a clerk maps its columns first."""
        return self.layout is not None

    @property
    def sheet(self) -> str:
        return self.sheets[0].name

    @property
    def header_rows(self) -> tuple[int, int]:
        return self.sheets[0].first_heading, self.sheets[0].last_heading

    @property
    def columns(self) -> Mapping[str, int]:
        return self.sheets[0].columns

    @property
    def headings(self) -> tuple[str, ...]:
        return self.sheets[0].headings

    @property
    def rows(self) -> int:
        return sum(plan.rows for plan in self.sheets)

    def shown_headings(self) -> list[str]:
        """The headings that say something, of columns nobody has declared too."""
        return [column.heading for column in self.seen if column.heading] or [heading for heading in self.headings if heading]

    def as_data(self, hidden: Callable[[str], str]) -> dict[str, Any]:
        """What was recognised, as a page shows it; ``hidden`` masks numbers in the cells that help to tell the columns."""
        first, last = self.header_rows
        return {
            "layout": self.layout.key if self.layout else "",
            "sheets": [plan.name for plan in self.sheets],
            "header_rows": [first, last],
            "columns": {key: self.heading_of(key) for key in self.columns},
            "headings": self.shown_headings(),
            "unmatched": list(self.unmatched),
            "missing": list(self.missing),
            "confidence": self.confidence,
            "rows": self.rows,
            "other_sheets": [list(pair) for pair in self.other_sheets],
            "seen": [
                {
                    "index": one.index,
                    "heading": one.heading,
                    "samples": [hidden(text) for text in one.samples],
                    "guess": one.guess,
                    "reason": one.reason,
                }
                for one in self.seen
            ],
        }

    def heading_of(self, key: str) -> str:
        """The file's own heading of a key; empty where the file hasn't that column."""
        index = self.columns.get(key)
        return self.headings[index] if index is not None and index < len(self.headings) else ""
